//! Cranelift: turns the runtime module and program modules into native code. Feature `compile` only.
//!
//! Invariants: a module is validated against an allow-list before Cranelift sees it; the runtime is compiled when
//! somebody asks for it, at most once a compiler.

use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use syncline_model::rules::ProgramManifest;

use crate::artifact::Artifact;
use crate::engine::{self, Origin};
use crate::program::{LoadError, Program};
use crate::refusal::Refusal;
use crate::runtime::Runtime;
use crate::validate::Interface;
use crate::{manifest, validate};

/// Why a module was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The validator does not let it in.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Its manifest says what cannot be.
    #[error(
        "the manifest does not describe a program: {0}; compile the profile again (`rules.module_manifest`)"
    )]
    Manifest(String),
    /// Cranelift failed.
    #[error("the module could not be compiled: {0} (`rules.module_compile`)")]
    Engine(String),
    /// What was compiled cannot be loaded in this process.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// A compiler for programs of one origin, which all import its runtime module.
pub struct Compiler {
    origin: Origin,
    interface: Interface,
    key: String,
    wasm: Vec<u8>,
    runtime: Mutex<Option<Runtime>>,
}

impl Compiler {
    /// For modules of our own compiler.
    pub fn new(runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        Self::of(Origin::Compiler, runtime_wasm)
    }

    /// For modules that did not come from our own: what it makes is stopped by the clock as well.
    pub fn for_uploads(runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        Self::of(Origin::Upload, runtime_wasm)
    }

    fn of(origin: Origin, wasm: &[u8]) -> Result<Self, CompileError> {
        Ok(Self {
            origin,
            interface: validate::runtime(wasm)?,
            key: key(origin, wasm),
            wasm: wasm.to_vec(),
            runtime: Mutex::default(),
        })
    }

    /// What the manifests of its programs call the runtime.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Compiles the runtime, for [`Runtime::load`] or, written to a file, [`Runtime::map`].
    pub fn native_runtime(&self) -> Result<Vec<u8>, CompileError> {
        let mut bytes = precompile(self.origin, &self.wasm)?;
        bytes.extend(self.key.as_bytes());
        Ok(bytes)
    }

    /// The runtime, compiled in this process.
    pub fn runtime(&self) -> Result<Runtime, CompileError> {
        let mut runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.clone());
        }
        let native = self.native_runtime()?;
        // SAFETY: made by the line above.
        let loaded = unsafe { Runtime::load(self.origin, &native) }?;
        Ok(runtime.insert(loaded).clone())
    }

    /// Validates and compiles a program to an artifact. `manifest.runtime` is filled in.
    pub fn compile(
        &self,
        mut manifest: ProgramManifest,
        program_wasm: &[u8],
    ) -> Result<Vec<u8>, CompileError> {
        manifest::check(&manifest).map_err(CompileError::Manifest)?;
        validate::program(program_wasm, &self.interface, manifest.literals_end)?;
        let program = precompile(self.origin, program_wasm)?;
        manifest.runtime.clone_from(&self.key);
        Ok(Artifact {
            origin: self.origin,
            manifest,
            program: &program,
        }
        .encode())
    }

    /// Compiles a program and loads it in this process.
    pub fn program(
        &self,
        manifest: ProgramManifest,
        program_wasm: &[u8],
    ) -> Result<Program, CompileError> {
        let artifact = self.compile(manifest, program_wasm)?;
        // SAFETY: made by the line above.
        Ok(unsafe { Program::load(&artifact, &self.runtime()?) }?)
    }
}

fn precompile(origin: Origin, wasm: &[u8]) -> Result<Vec<u8>, CompileError> {
    engine::engine(origin)
        .precompile_module(wasm)
        .map_err(|e| CompileError::Engine(format!("{e:#}")))
}

/// SHA-256, hexadecimal, over everything that the native code of a runtime depends on.
fn key(origin: Origin, wasm: &[u8]) -> String {
    let mut digest = Digesting(Sha256::new_with_prefix(b"syncline rule runtime 1"));
    digest.write_u32(origin as u32);
    digest.write(&Sha256::digest(wasm));
    engine::engine(origin)
        .precompile_compatibility_hash()
        .hash(&mut digest);
    let digest = digest.0.finalize();
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// Takes in what hashes itself.
struct Digesting(Sha256);

impl Hasher for Digesting {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
