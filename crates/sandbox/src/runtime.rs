//! The runtime module as native code: compiled once, shared by all programs of a process.
//!
//! Its form is the engine's object file and, behind it, the 64 hexadecimal digits of its key. Where that lies in a file of
//! its own, the pages are the kernel's, shared by all processes that map it.
//!
//! Invariants: a program is loaded onto the runtime that its manifest names and onto no other; the key covers the module,
//! the build of the engine, its settings and the processor they were made for.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use wasmtime::Module;

use crate::engine::{Origin, engine};
use crate::program::LoadError;
use crate::signature;

/// Hexadecimal digits of a SHA-256.
const KEY_CHARS: usize = 64;

/// A loaded runtime module.
#[derive(Clone)]
pub struct Runtime {
    origin: Origin,
    key: String,
    module: Module,
}

impl Runtime {
    /// Loads what [`Compiler::native_runtime`](crate::Compiler::native_runtime) made.
    ///
    /// # Safety
    ///
    /// These bytes hold native code that this process will execute. The caller must know them to be what our own compiler
    /// made, unchanged since.
    pub unsafe fn load(origin: Origin, bytes: &[u8]) -> Result<Self, LoadError> {
        let (native, key) = bytes
            .split_last_chunk::<KEY_CHARS>()
            .ok_or_else(|| LoadError::Engine("the runtime ends too early".into()))?;
        // SAFETY: the caller vouches for the bytes.
        let module = unsafe { Module::deserialize(engine(origin), native) };
        Self::of(origin, *key, module)
    }

    /// The same for the programs of our own compiler, mapped from a file that holds nothing else.
    ///
    /// # Safety
    ///
    /// As for [`load`](Self::load); and nobody may change the file while this process lives.
    pub unsafe fn map(file: File) -> Result<Self, LoadError> {
        let mut key = [0; KEY_CHARS];
        // By position: other processes may share the descriptor's.
        file.metadata()
            .map(|metadata| metadata.len().saturating_sub(KEY_CHARS as u64))
            .and_then(|at| file.read_exact_at(&mut key, at))
            .map_err(|error| LoadError::Engine(format!("the runtime cannot be read: {error}")))?;
        // SAFETY: the caller vouches for the file. What stands behind the object file belongs to none of its sections.
        let module = unsafe { Module::deserialize_open_file(engine(Origin::Compiler), file) };
        Self::of(Origin::Compiler, key, module)
    }

    fn of(
        origin: Origin,
        key: [u8; KEY_CHARS],
        module: Result<Module, wasmtime::Error>,
    ) -> Result<Self, LoadError> {
        let module = module.map_err(|error| LoadError::Engine(format!("{error:#}")))?;
        signature::runtime(&module).map_err(LoadError::Signature)?;
        let key = String::from_utf8(key.to_vec())
            .map_err(|_| LoadError::Engine("the runtime does not end with its key".into()))?;
        Ok(Self {
            origin,
            key,
            module,
        })
    }

    /// What the manifests of its programs call it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whose programs it takes.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn module(&self) -> &Module {
        &self.module
    }
}
