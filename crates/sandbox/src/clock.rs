//! The clock of uploaded modules: moves the epoch of their engine while at least one of them runs.
//!
//! A tick only makes running code ask whether its time is over (see [`instance`](crate::instance)): a late tick costs a
//! call nothing, and a call ends with the first tick after its time.
//!
//! Invariants: nothing ticks while nothing runs; without its thread no uploaded module runs.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::engine::{Origin, engine};
use crate::limits::TICK;

// A module that runs away is stopped within 50 ms of its budget.
const _: () = assert!(TICK.as_millis() <= 50 / 2);

struct State {
    started: bool,
    running: usize,
}

static STATE: Mutex<State> = Mutex::new(State {
    started: false,
    running: 0,
});
static BEGUN: Condvar = Condvar::new();

/// An instance that may run.
pub(crate) struct Running(());

impl Running {
    /// Starts the clock, or keeps it going.
    pub fn begin() -> Result<Self, std::io::Error> {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.started {
            std::thread::Builder::new()
                .name("rules-clock".into())
                .spawn(tick)?;
            state.started = true;
        }
        state.running += 1;
        BEGUN.notify_one();
        Ok(Self(()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        STATE.lock().unwrap_or_else(PoisonError::into_inner).running -= 1;
    }
}

fn tick() {
    loop {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        while state.running == 0 {
            state = BEGUN.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        std::thread::sleep(TICK);
        engine(Origin::Upload).increment_epoch();
    }
}
