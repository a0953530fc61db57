//! Cranelift: turns the runtime module and a program module into an artifact. Feature `compile` only.
//!
//! Invariants: a module is validated against an allow-list before Cranelift sees it; the runtime is compiled once per
//! compiler and shared by all its artifacts.

use sha2::{Digest, Sha256};
use syncline_model::rules::ProgramManifest;
use wasmparser::{Parser, Payload, TypeRef, Validator, WasmFeatures};

use crate::artifact::Artifact;
use crate::{engine, limits};

/// Why a module was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Larger than a module or function may be.
    #[error(
        "the compiled rules are too large ({what}: {size} bytes, at most {max}); split the profile (`rules.module_size`)"
    )]
    Size {
        /// Which part.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The limit.
        max: usize,
    },
    /// Uses something that a rule module may not use.
    #[error("the module is not allowed: {0} (`rules.module_refused`)")]
    Refused(String),
    /// Cranelift failed.
    #[error("the module could not be compiled: {0} (`rules.module_compile`)")]
    Engine(String),
}

/// A compiler with its runtime module.
pub struct Compiler {
    hash: String,
    runtime: Vec<u8>,
}

impl Compiler {
    /// Compiles the runtime module, which all programs of this compiler import.
    pub fn new(runtime_wasm: &[u8]) -> Result<Self, CompileError> {
        let runtime = precompile(runtime_wasm)?;
        Ok(Self {
            hash: hex(&Sha256::digest(&runtime)),
            runtime,
        })
    }

    /// Compiles a program. `manifest.runtime` is filled in.
    pub fn compile(
        &self,
        mut manifest: ProgramManifest,
        program_wasm: &[u8],
    ) -> Result<Vec<u8>, CompileError> {
        check(program_wasm)?;
        let program = precompile(program_wasm)?;
        manifest.runtime.clone_from(&self.hash);
        Ok(Artifact {
            manifest,
            runtime: &self.runtime,
            program: &program,
        }
        .encode())
    }
}

fn precompile(wasm: &[u8]) -> Result<Vec<u8>, CompileError> {
    engine::engine()
        .precompile_module(wasm)
        .map_err(|e| CompileError::Engine(format!("{e:#}")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The allow-list: MVP, bulk memory, sign extension, saturating conversion and SIMD; imports from the runtime only.
fn check(wasm: &[u8]) -> Result<(), CompileError> {
    if wasm.len() > limits::MODULE_BYTES_MAX {
        return Err(CompileError::Size {
            what: "module",
            size: wasm.len(),
            max: limits::MODULE_BYTES_MAX,
        });
    }
    let features = WasmFeatures::WASM1
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIMD;
    let refused = |what: String| CompileError::Refused(what);
    Validator::new_with_features(features)
        .validate_all(wasm)
        .map_err(|e| refused(e.to_string()))?;
    let mut runs = false;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|e| refused(e.to_string()))? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(|e| refused(e.to_string()))?;
                    let fits = matches!(import.ty, TypeRef::Func(_) | TypeRef::Memory(_));
                    if import.module != "rt" || !fits {
                        return Err(refused(format!(
                            "it imports `{}.{}`",
                            import.module, import.name
                        )));
                    }
                }
            }
            Payload::StartSection { .. } => return Err(refused("it has a start function".into())),
            Payload::MemorySection(section) if section.count() > 0 => {
                return Err(refused("it brings its own memory".into()));
            }
            Payload::TableSection(section) if section.count() > 0 => {
                return Err(refused("it brings its own table".into()));
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export.map_err(|e| refused(e.to_string()))?;
                    if export.name != "run" {
                        return Err(refused(format!("it exports `{}`", export.name)));
                    }
                    runs = true;
                }
            }
            Payload::CodeSectionEntry(body) => {
                let size = body.range().len();
                if size > limits::FUNCTION_BYTES_MAX as usize {
                    return Err(CompileError::Size {
                        what: "one expression",
                        size,
                        max: limits::FUNCTION_BYTES_MAX as usize,
                    });
                }
            }
            _ => {}
        }
    }
    if runs {
        Ok(())
    } else {
        Err(refused("it does not export `run`".into()))
    }
}
