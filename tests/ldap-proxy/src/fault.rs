//! Fault points: where a test wants a connection to break.

use std::sync::{Mutex, PoisonError};

/// A connection breaks once, at the n-th event from the moment the fault is armed (1 is the next).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Instead of delivering the n-th search entry; the ones before it arrive.
    AtEntry(u64),
    /// When the n-th request of any kind arrives; it is not carried out.
    BeforeRequest(u64),
    /// When the n-th write arrives; it is not carried out.
    BeforeWrite(u64),
    /// When the n-th write was carried out; its answer is lost.
    AfterWrite(u64),
}

/// What happens that a fault may be waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Entry,
    Request,
    WriteArrived,
    WriteDone,
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<(Event, u64)>>);

impl Faults {
    pub(crate) fn arm(&self, fault: Fault) {
        let (event, count) = match fault {
            Fault::AtEntry(n) => (Event::Entry, n),
            Fault::BeforeRequest(n) => (Event::Request, n),
            Fault::BeforeWrite(n) => (Event::WriteArrived, n),
            Fault::AfterWrite(n) => (Event::WriteDone, n),
        };
        self.lock().push((event, count.max(1)));
    }

    /// How many faults have not happened yet.
    pub(crate) fn armed(&self) -> usize {
        self.lock().len()
    }

    /// Counts an event; true when a fault was waiting for it.
    pub(crate) fn strikes(&self, event: Event) -> bool {
        let mut armed = self.lock();
        armed
            .iter_mut()
            .filter(|(awaited, _)| *awaited == event)
            .for_each(|(_, count)| *count -= 1);
        let before = armed.len();
        armed.retain(|(_, count)| *count > 0);
        armed.len() < before
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Event, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_once_at_its_event() {
        let faults = Faults::default();
        faults.arm(Fault::AtEntry(2));
        faults.arm(Fault::AfterWrite(1));

        assert!(!faults.strikes(Event::Entry));
        assert!(!faults.strikes(Event::Request));
        assert!(faults.strikes(Event::Entry));
        assert!(!faults.strikes(Event::Entry));
        assert!(faults.strikes(Event::WriteDone));
        assert_eq!(faults.armed(), 0);
    }
}
