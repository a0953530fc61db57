//! The wasmtime engines of a process.
//!
//! Invariants: compiling and loading use the same settings, else wasmtime refuses the artifact; no WASI, no threads,
//! no component model; fuel is always on. Only the engine of uploaded modules has a clock, so no uploaded module can
//! be loaded without one.

use std::sync::LazyLock;

use wasmtime::{Config, Engine};

use crate::limits;

/// Who made a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Our compiler, from rules: counts its own work, with fuel as the net below.
    Compiler,
    /// Anybody else: may count nothing, so fuel and the clock stop it, and it starts afresh at every call.
    Upload,
}

static OURS: LazyLock<Engine> = LazyLock::new(|| make(Origin::Compiler));
static UPLOADS: LazyLock<Engine> = LazyLock::new(|| make(Origin::Upload));

fn make(origin: Origin) -> Engine {
    Engine::new(&config(origin)).expect("the settings fit this machine")
}

fn config(origin: Origin) -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(origin == Origin::Upload)
        .max_wasm_stack(limits::STACK_BYTES_MAX)
        .wasm_backtrace_max_frames(None)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false);
    #[cfg(feature = "compile")]
    config.cranelift_nan_canonicalization(true);
    config
}

/// The engine for modules of this origin.
pub(crate) fn engine(origin: Origin) -> &'static Engine {
    match origin {
        Origin::Compiler => &OURS,
        Origin::Upload => &UPLOADS,
    }
}
