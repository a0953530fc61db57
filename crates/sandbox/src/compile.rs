//! Cranelift: turns the runtime module and a program module into an artifact. Feature `compile` only.
//!
//! Invariants: a module is validated against an allow-list before Cranelift sees it; the runtime is compiled once per
//! compiler and shared by all its artifacts.

use syncline_model::rules::ProgramManifest;

use crate::artifact::{self, Artifact};
use crate::engine::{self, Origin};
use crate::refusal::Refusal;
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
}

/// A compiler with its runtime module, for programs of one origin.
pub struct Compiler {
    origin: Origin,
    interface: Interface,
    hash: String,
    runtime: Vec<u8>,
}

impl Compiler {
    /// Compiles the runtime module, which all programs of this compiler import.
    pub fn new(runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        Self::of(Origin::Compiler, runtime_wasm)
    }

    /// A compiler for modules that did not come from our own: what it makes is stopped by the clock as well.
    pub fn for_uploads(runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        Self::of(Origin::Upload, runtime_wasm)
    }

    fn of(origin: Origin, runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        let interface = validate::runtime(runtime_wasm)?;
        let runtime = precompile(origin, runtime_wasm)?;
        Ok(Self {
            origin,
            interface,
            hash: artifact::hash(&runtime),
            runtime,
        })
    }

    /// Validates and compiles a program. `manifest.runtime` is filled in.
    pub fn compile(
        &self,
        mut manifest: ProgramManifest,
        program_wasm: &[u8],
    ) -> Result<Vec<u8>, CompileError> {
        manifest::check(&manifest).map_err(CompileError::Manifest)?;
        validate::program(program_wasm, &self.interface, manifest.literals_end)?;
        let program = precompile(self.origin, program_wasm)?;
        manifest.runtime.clone_from(&self.hash);
        Ok(Artifact {
            origin: self.origin,
            manifest,
            runtime: &self.runtime,
            program: &program,
        }
        .encode())
    }
}

fn precompile(origin: Origin, wasm: &[u8]) -> Result<Vec<u8>, CompileError> {
    engine::engine(origin)
        .precompile_module(wasm)
        .map_err(|e| CompileError::Engine(format!("{e:#}")))
}
