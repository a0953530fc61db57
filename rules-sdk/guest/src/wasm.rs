//! The runtime of a wasm instance: one static, started by the host before each batch and by the program before each row.
//!
//! Invariants: wasm32 here has one thread; the host calls `reset` before any program runs.

use core::cell::UnsafeCell;

use crate::mem::Rt;

struct Single(UnsafeCell<Rt<'static>>);
// SAFETY: a wasm instance has one thread.
unsafe impl Sync for Single {}

static RUNTIME: Single = Single(UnsafeCell::new(Rt::linear()));

/// The runtime of this instance.
pub(crate) fn runtime() -> &'static mut Rt<'static> {
    // SAFETY: one thread, and no exported function calls another one while it holds the reference.
    unsafe { &mut *RUNTIME.0.get() }
}

/// The host says where the arena of the next batch lies.
#[unsafe(no_mangle)]
extern "C" fn reset(start: u32, end: u32) {
    runtime().set_arena(start as usize, end as usize);
}

/// Where the counters of a row lie: programs begin rows and count turns of loops without a call.
#[unsafe(no_mangle)]
extern "C" fn counters() -> u32 {
    (&raw mut runtime().counters).expose_provenance() as u32
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
