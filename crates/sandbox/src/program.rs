//! A loaded program: packs rows, calls compiled code, reads answers, and isolates the row that cannot be answered.
//!
//! Invariants: the answer of a row does not depend on the rows beside it: a batch that traps or fills the arena is split
//! and repeated, and only a row that fails alone in a fresh arena gets the error. After a trap the instance is dropped.

use std::sync::Arc;

use syncline_model::rules::{LIBRARY_VERSION, ProgramManifest};
use wasmtime::Module;

use crate::artifact::{Artifact, ArtifactError};
use crate::batch::{BatchInput, BatchOutput, Column, RowSource, Sink, StoredInput};
use crate::engine::{self, Origin};
use crate::instance::{Instance, Modules};
use crate::pack::{PackError, Packed, pack};
use crate::read::Reader;
use crate::rows::Kept;
use crate::runtime::Runtime;
use crate::{limits, manifest, rows, signature, stored};

/// Why an artifact cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The bytes are no artifact.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// Compiled with a library that may give other answers.
    #[error(
        "the rule artifact was compiled with library version {found}, this program has {LIBRARY_VERSION}; compile the profile again (`rules.artifact_library`)"
    )]
    Library {
        /// What the artifact says.
        found: u32,
    },
    /// Compiled by another engine build or for another processor, or without the exports a program needs.
    #[error(
        "the rule artifact does not fit this engine or processor: {0}; compile the profile again (`rules.artifact_engine`)"
    )]
    Engine(String),
    /// Compiled for another runtime: another release, another processor, or somebody else's programs.
    #[error(
        "the rule artifact was compiled for the runtime {wanted}, this process has {found}; compile the profile again (`rules.artifact_runtime`)"
    )]
    Runtime {
        /// What the artifact names.
        wanted: String,
        /// What it was to be loaded onto.
        found: String,
    },
    /// Its manifest says what cannot be.
    #[error(
        "the manifest of the rule artifact does not describe a program: {0}; compile the profile again (`rules.artifact_manifest`)"
    )]
    Manifest(String),
    /// Its parts do not belong together, or ask for what a program may not have.
    #[error(
        "the rule artifact is not what our compiler makes: {0}; compile the profile again (`rules.artifact_signature`)"
    )]
    Signature(String),
}

/// Why a batch was refused as a whole. Never caused by what the rows hold, only by how the caller built the batch.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The columns are not those of the manifest.
    #[error("the batch has {found} columns, the program reads {expected} (`rules.batch_shape`)")]
    Columns {
        /// Columns in the batch.
        found: usize,
        /// Slots in the manifest.
        expected: usize,
    },
    /// A column is shorter or longer than the batch.
    #[error("column {slot} does not have one value per row (`rules.batch_shape`)")]
    Rows {
        /// The column.
        slot: usize,
    },
    /// A value is not of its slot's type.
    #[error(
        "column {slot} holds a value that is not of the type in the manifest (`rules.batch_type`)"
    )]
    Type {
        /// The column.
        slot: usize,
    },
    /// A stored body is damaged.
    #[error(
        "the stored attributes of row {row} are damaged; import the object again (`rules.batch_body`)"
    )]
    Body {
        /// The row.
        row: usize,
    },
    /// The answers of the rows are too many bytes to be held at once.
    #[error(
        "the answers of {rows} rows are more than {} bytes together; ask for fewer rows at once (`rules.batch_output`)",
        limits::BATCH_BYTES_MAX
    )]
    Output {
        /// How many rows were asked for.
        rows: usize,
    },
    /// The instance could not be created.
    #[error("the sandbox could not be set up: {0} (`rules.sandbox`)")]
    Instance(String),
}

/// What was just done with a range of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// They lie in the program's memory.
    Packed,
    /// The program was called.
    Evaluated,
    /// Their answers were read.
    Read,
}

/// A packed batch; see [`Program::image`].
#[derive(Debug, Clone)]
pub struct Image {
    /// Address of the first byte.
    pub base: u32,
    /// Header, columns, room for outputs, values.
    pub bytes: Vec<u8>,
}

/// Is told each stage.
type Watch = Box<dyn FnMut(Stage) + Send>;

/// A compiled part, ready to run. One per run and worker; it keeps its instance between batches.
pub struct Program {
    manifest: Arc<ProgramManifest>,
    modules: Modules,
    instance: Option<Instance>,
    buffer: Vec<u8>,
    fuel: u64,
    /// What the answers of the batch under way take.
    bytes: usize,
    watch: Option<Watch>,
}

impl Program {
    /// Loads an artifact onto its runtime.
    ///
    /// # Safety
    ///
    /// The artifact contains native code that this process will execute. The caller must have authenticated `bytes` as
    /// the output of our own compiler, unchanged since (a keyed MAC, or a pipe from a compile child it started itself).
    pub unsafe fn load(bytes: &[u8], runtime: &Runtime) -> Result<Self, LoadError> {
        let artifact = Artifact::parse(bytes)?;
        if artifact.manifest.library != LIBRARY_VERSION {
            return Err(LoadError::Library {
                found: artifact.manifest.library,
            });
        }
        manifest::check(&artifact.manifest).map_err(LoadError::Manifest)?;
        let origin = artifact.origin;
        if artifact.manifest.runtime != runtime.key() || origin != runtime.origin() {
            return Err(LoadError::Runtime {
                wanted: artifact.manifest.runtime,
                found: runtime.key().to_owned(),
            });
        }
        let refused = |error: wasmtime::Error| LoadError::Engine(format!("{error:#}"));
        let engine = engine::engine(origin);
        // SAFETY: the caller vouches for the bytes, as this function demands.
        let module = unsafe { Module::deserialize(engine, artifact.program) }.map_err(refused)?;
        signature::program(runtime.module(), &module).map_err(LoadError::Signature)?;
        let program = Self {
            manifest: Arc::new(artifact.manifest),
            modules: Modules {
                origin,
                runtime: runtime.module().clone(),
                program: module,
            },
            instance: None,
            buffer: Vec::new(),
            fuel: 0,
            bytes: 0,
            watch: None,
        };
        // Proves that it can be instantiated; the instance itself is made when rows come.
        program.modules.instantiate().map_err(refused)?;
        Ok(program)
    }

    /// What the program reads and answers.
    pub fn manifest(&self) -> &Arc<ProgramManifest> {
        &self.manifest
    }

    /// Who made it.
    pub fn origin(&self) -> Origin {
        self.modules.origin
    }

    /// Gives the instance's memory back until rows come again. A process that holds many programs calls it between
    /// runs, because an instance's whole address space counts against the process' limit.
    pub fn rest(&mut self) {
        self.instance = None;
    }

    /// Makes the instance now rather than when rows come.
    pub fn ready(&mut self) -> Result<(), RunError> {
        if self.instance.is_none() {
            self.instance = Some(self.instantiate()?);
        }
        Ok(())
    }

    fn instantiate(&self) -> Result<Instance, RunError> {
        self.modules
            .instantiate()
            .map_err(|e| RunError::Instance(e.to_string()))
    }

    /// Fuel that the last [`run`](Self::run) used in calls that came to their end.
    pub fn fuel_used(&self) -> u64 {
        self.fuel
    }

    /// Calls `watch` after each stage of each call, for who wants to know where the time goes.
    pub fn watch(&mut self, watch: impl FnMut(Stage) + Send + 'static) {
        self.watch = Some(Box::new(watch));
    }

    fn passed(&mut self, stage: Stage) {
        if let Some(watch) = &mut self.watch {
            watch(stage);
        }
    }

    /// The memory that the program would see, for who reads the same layout another way. `None` where the batch has to be
    /// split or is not of the manifest's types.
    pub fn image(&self, input: &BatchInput<'_>) -> Option<Image> {
        let packed = pack(&self.manifest, input, 0, input.rows, Vec::new()).ok()?;
        Some(Image {
            base: packed.base,
            bytes: packed.bytes,
        })
    }

    /// Evaluates every row of the batch.
    pub fn run(&mut self, input: &BatchInput<'_>) -> Result<BatchOutput, RunError> {
        let expected = self.manifest.slots.len();
        if input.columns.len() != expected {
            return Err(RunError::Columns {
                found: input.columns.len(),
                expected,
            });
        }
        for (slot, column) in input.columns.iter().enumerate() {
            if matches!(column, Column::Rows(values) if values.len() != input.rows) {
                return Err(RunError::Rows { slot });
            }
        }
        let manifest = Arc::clone(&self.manifest);
        let mut kept = Kept {
            manifest: &manifest,
            rows: Vec::with_capacity(input.rows),
        };
        self.all(&Lending(input), &mut kept)?;
        Ok(BatchOutput { rows: kept.rows })
    }

    /// Evaluates every row that the source lends and gives the answers to the sink.
    pub fn run_rows<R: RowSource>(
        &mut self,
        input: &R,
        sink: &mut dyn Sink,
    ) -> Result<(), RunError> {
        let (expected, found) = (self.manifest.slots.len(), input.columns());
        if found != expected {
            return Err(RunError::Columns { found, expected });
        }
        self.all(&Lending(input), sink)
    }

    /// Evaluates every stored body and gives the answers to the sink.
    pub fn run_stored(
        &mut self,
        input: &StoredInput<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), RunError> {
        let expected = self.manifest.slots.len();
        if input.attributes.len() != expected {
            return Err(RunError::Columns {
                found: input.attributes.len(),
                expected,
            });
        }
        self.all(input, sink)
    }

    fn all(&mut self, rows: &impl Rows, sink: &mut dyn Sink) -> Result<(), RunError> {
        self.fuel = 0;
        self.bytes = 0;
        let len = rows.len();
        (0..len)
            .step_by(limits::CALL_ROWS)
            .try_for_each(|from| self.range(rows, from, len.min(from + limits::CALL_ROWS), sink))
    }

    /// Rows `from..to`; halves the range until what fails is alone.
    fn range(
        &mut self,
        input: &impl Rows,
        from: usize,
        to: usize,
        sink: &mut dyn Sink,
    ) -> Result<(), RunError> {
        let why = match self.attempt(input, from, to, sink)? {
            None => return Ok(()),
            Some(why) => why,
        };
        if to - from == 1 {
            rows::stopped(&self.manifest, why, sink);
            return Ok(());
        }
        let middle = from + (to - from) / 2;
        self.range(input, from, middle, sink)?;
        self.range(input, middle, to, sink)
    }

    /// One call. `Some(why)` when it has to be repeated in halves (the sink got nothing then).
    fn attempt(
        &mut self,
        input: &impl Rows,
        from: usize,
        to: usize,
        sink: &mut dyn Sink,
    ) -> Result<Option<&'static str>, RunError> {
        let buffer = std::mem::take(&mut self.buffer);
        let packed = match input.pack(&self.manifest, from, to, buffer) {
            Ok(packed) => packed,
            Err(PackError::TooLarge) => {
                return Ok(Some("its values are larger than the sandbox takes"));
            }
            Err(PackError::Type { slot }) => return Err(RunError::Type { slot }),
            Err(PackError::Body { row }) => return Err(RunError::Body { row }),
        };
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => self.instantiate()?,
        };
        let loaded = instance.load(&packed);
        self.passed(Stage::Packed);
        let called = loaded.and_then(|()| instance.call(&packed, to - from));
        self.passed(Stage::Evaluated);
        let mut why = None;
        if let Ok(fuel) = called {
            self.fuel += fuel;
            let mut reader = Reader::new(instance.memory(), limits::ROW_BYTES_MAX);
            if to - from > 1 && rows::met_the_end(&reader, &packed, to - from) {
                why = Some("its values outgrew the sandbox's memory");
            } else {
                for row in 0..to - from {
                    self.bytes += rows::read(&self.manifest, &mut reader, &packed, row, sink);
                    if self.bytes > limits::BATCH_BYTES_MAX {
                        return Err(RunError::Output { rows: input.len() });
                    }
                }
            }
            self.instance = instance.is_reusable().then_some(instance);
        } else {
            why = Some("its rules used up their time or memory");
        }
        self.buffer = packed.bytes;
        self.passed(Stage::Read);
        Ok(why)
    }
}

/// Rows in any form that can be packed.
trait Rows {
    fn len(&self) -> usize;

    fn pack(
        &self,
        manifest: &ProgramManifest,
        from: usize,
        to: usize,
        buffer: Vec<u8>,
    ) -> Result<Packed, PackError>;
}

/// A source whose columns were counted.
struct Lending<'r, R>(&'r R);

impl<R: RowSource> Rows for Lending<'_, R> {
    fn len(&self) -> usize {
        self.0.rows()
    }

    fn pack(
        &self,
        manifest: &ProgramManifest,
        from: usize,
        to: usize,
        buffer: Vec<u8>,
    ) -> Result<Packed, PackError> {
        pack(manifest, self.0, from, to, buffer)
    }
}

impl Rows for StoredInput<'_> {
    fn len(&self) -> usize {
        self.bodies.len()
    }

    fn pack(
        &self,
        manifest: &ProgramManifest,
        from: usize,
        to: usize,
        buffer: Vec<u8>,
    ) -> Result<Packed, PackError> {
        stored::pack(manifest, self, from, to, buffer)
    }
}

#[cfg(all(test, feature = "compile"))]
pub(crate) mod tests;
