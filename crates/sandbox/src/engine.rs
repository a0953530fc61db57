//! The one wasmtime engine of a process, and the runtime modules it has already loaded.
//!
//! Invariants: compiling and loading use the same settings, else wasmtime refuses the artifact; no WASI, no threads,
//! no component model; fuel is always on.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use wasmtime::{Config, Engine, Module};

use crate::limits;

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&config()).expect("the settings fit this machine"));
static RUNTIMES: Mutex<BTreeMap<String, Module>> = Mutex::new(BTreeMap::new());

/// How many runtimes are kept; a process meets more than one only while a release is rolled out.
const RUNTIMES_MAX: usize = 4;

fn config() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
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

/// The engine of this process.
pub(crate) fn engine() -> &'static Engine {
    &ENGINE
}

/// The runtime module with this hash, loaded by `load` when it is met for the first time.
pub(crate) fn runtime<E>(
    hash: &str,
    load: impl FnOnce() -> Result<Module, E>,
) -> Result<Module, E> {
    let mut runtimes = RUNTIMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = runtimes.get(hash) {
        return Ok(module.clone());
    }
    let module = load()?;
    if runtimes.len() >= RUNTIMES_MAX {
        runtimes.pop_first();
    }
    runtimes.insert(hash.to_owned(), module.clone());
    Ok(module)
}
