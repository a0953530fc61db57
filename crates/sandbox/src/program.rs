//! A loaded program: packs rows, calls compiled code, reads answers, and isolates the row that cannot be answered.
//!
//! Invariants: the answer of a row does not depend on the rows beside it: a batch that traps or fills the arena is split
//! and repeated, and only a row that fails alone in a fresh arena gets the error. After a trap the instance is dropped.

use syncline_model::rules::{LIBRARY_VERSION, ProgramManifest, Role, RuleValue};
use wasmtime::{Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TypedFunc};

use crate::artifact::{Artifact, ArtifactError};
use crate::batch::{Answer, BatchInput, BatchOutput, Column, RowError, RowOutput, Scope};
use crate::pack::{OUTPUT_STRIDE, PackError, Packed, pack};
use crate::read::{Cell, Reader};
use crate::{engine, limits, message};

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
    /// The instance could not be created.
    #[error("the sandbox could not be set up: {0} (`rules.sandbox`)")]
    Instance(String),
}

/// A compiled part, ready to run. One per run and worker; it keeps its instance between batches.
pub struct Program {
    manifest: ProgramManifest,
    runtime: Module,
    module: Module,
    instance: Option<Instance>,
    buffer: Vec<u8>,
    fuel: u64,
}

struct Instance {
    store: Store<StoreLimits>,
    memory: Memory,
    reset: TypedFunc<(i32, i32), ()>,
    run: TypedFunc<(i32, i32), ()>,
}

impl Program {
    /// Loads an artifact.
    ///
    /// # Safety
    ///
    /// The artifact contains native code that this process will execute. The caller must have authenticated `bytes` as
    /// the output of our own compiler, unchanged since (a keyed MAC, or a pipe from a compile child it started itself).
    pub unsafe fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let artifact = Artifact::parse(bytes)?;
        if artifact.manifest.library != LIBRARY_VERSION {
            return Err(LoadError::Library {
                found: artifact.manifest.library,
            });
        }
        let engine = engine::engine();
        let refused = |error: wasmtime::Error| LoadError::Engine(error.to_string());
        let runtime = engine::runtime(&artifact.manifest.runtime, || {
            // SAFETY: the caller vouches for the bytes, as this function demands.
            unsafe { Module::deserialize(engine, artifact.runtime) }.map_err(refused)
        })?;
        // SAFETY: as above.
        let module = unsafe { Module::deserialize(engine, artifact.program) }.map_err(refused)?;
        let program = Self {
            manifest: artifact.manifest,
            runtime,
            module,
            instance: None,
            buffer: Vec::new(),
            fuel: 0,
        };
        // Proves that it can be instantiated; the instance itself is made when rows come.
        program.instantiate().map_err(refused)?;
        Ok(program)
    }

    /// What the program reads and answers.
    pub fn manifest(&self) -> &ProgramManifest {
        &self.manifest
    }

    /// Gives the instance's memory back until rows come again. A process that holds many programs calls it between
    /// runs, because an instance's whole address space counts against the process' limit.
    pub fn rest(&mut self) {
        self.instance = None;
    }

    /// Fuel that the last [`run`](Self::run) used in calls that came to their end.
    pub fn fuel_used(&self) -> u64 {
        self.fuel
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
        self.fuel = 0;
        let mut rows = Vec::with_capacity(input.rows);
        if input.rows > 0 {
            self.range(input, 0, input.rows, &mut rows)?;
        }
        Ok(BatchOutput { rows })
    }

    /// Rows `from..to`; halves the range until what fails is alone.
    fn range(
        &mut self,
        input: &BatchInput<'_>,
        from: usize,
        to: usize,
        out: &mut Vec<RowOutput>,
    ) -> Result<(), RunError> {
        let why = match self.attempt(input, from, to, out)? {
            None => return Ok(()),
            Some(why) => why,
        };
        if to - from == 1 {
            out.push(self.stopped_row(why));
            return Ok(());
        }
        let middle = from + (to - from) / 2;
        self.range(input, from, middle, out)?;
        self.range(input, middle, to, out)
    }

    /// One call. `Some(why)` when it has to be repeated in halves (nothing was pushed then).
    fn attempt(
        &mut self,
        input: &BatchInput<'_>,
        from: usize,
        to: usize,
        out: &mut Vec<RowOutput>,
    ) -> Result<Option<&'static str>, RunError> {
        let packed = match pack(
            &self.manifest,
            input,
            from,
            to,
            std::mem::take(&mut self.buffer),
        ) {
            Ok(packed) => packed,
            Err(PackError::TooLarge) => {
                return Ok(Some("its values are larger than the sandbox takes"));
            }
            Err(PackError::Type { slot }) => return Err(RunError::Type { slot }),
        };
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => self
                .instantiate()
                .map_err(|e| RunError::Instance(e.to_string()))?,
        };
        let called = instance.call(&packed, to - from);
        let mut why = None;
        if let Ok(fuel) = called {
            self.fuel += fuel;
            let start = out.len();
            let memory = instance.memory.data(&instance.store);
            for row in 0..to - from {
                match self.read_row(memory, &packed, row, to - from == 1) {
                    Some(answers) => out.push(answers),
                    None => {
                        out.truncate(start);
                        why = Some("its values outgrew the sandbox's memory");
                        break;
                    }
                }
            }
            self.instance = Some(instance);
        } else {
            why = Some("its rules used up their time or memory");
        }
        self.buffer = packed.bytes;
        Ok(why)
    }

    /// The answers of one row; `None` when an output met the end of the arena and the row was not alone.
    fn read_row(
        &self,
        memory: &[u8],
        packed: &Packed,
        row: usize,
        alone: bool,
    ) -> Option<RowOutput> {
        let mut reader = Reader {
            memory,
            bytes_left: limits::ROW_BYTES_MAX,
        };
        let status = reader.half(packed.status + row as u32 * 4);
        let mut answer = |output: usize| -> Option<Answer> {
            let at = packed.outputs[output] + row as u32 * OUTPUT_STRIDE;
            let attr = self.manifest.outputs[output].attr;
            let stopped = |why: &str| Answer::Error(message::stopped(&self.manifest, output, why));
            let cell = reader
                .word(at)
                .map_or(Cell::Hostile, |word| reader.output(word, attr));
            Some(match cell {
                Cell::Null => Answer::Null,
                Cell::Value(value) => Answer::Value(value),
                Cell::Ignore => Answer::Ignore,
                Cell::AuthoritativeNull => Answer::AuthoritativeNull,
                Cell::Arena if alone => stopped("its values outgrew the sandbox's memory"),
                Cell::Arena => return None,
                Cell::TooLarge => stopped("a result is larger than an attribute may be"),
                Cell::Hostile => stopped("the compiled rule left no readable answer"),
                Cell::Error { kind, site } => {
                    let custom = reader
                        .word(at + 8)
                        .filter(|w| *w != 0)
                        .and_then(|w| reader.text(w).ok());
                    Answer::Error(message::row_error(
                        &self.manifest,
                        output,
                        kind,
                        site,
                        custom,
                    ))
                }
            })
        };
        let empty = |scope| RowOutput {
            scope,
            keys: Vec::new(),
            dn: None,
            flows: Vec::new(),
        };
        match status {
            Some(0) => return Some(empty(Scope::Out)),
            Some(1) => {}
            _ => {
                let error = match answer(0)? {
                    Answer::Error(error) => error,
                    _ => message::stopped(
                        &self.manifest,
                        0,
                        "the compiled rule left no readable answer",
                    ),
                };
                return Some(empty(Scope::Error(error)));
            }
        }
        let mut row = RowOutput {
            scope: Scope::In,
            keys: Vec::with_capacity(self.manifest.keys as usize),
            dn: None,
            flows: vec![Answer::Direct; self.manifest.flows.len()],
        };
        for (index, output) in self.manifest.outputs.iter().enumerate() {
            match output.role {
                Role::Scope => {}
                Role::Key(_) => row.keys.push(key(&self.manifest, index, answer(index)?)),
                Role::Dn => row.dn = Some(answer(index)?),
                Role::Flow(flow) => {
                    let answer = answer(index)?;
                    if let Some(slot) = row.flows.get_mut(flow as usize) {
                        *slot = answer;
                    }
                }
            }
        }
        Some(row)
    }

    fn stopped_row(&self, why: &str) -> RowOutput {
        let scoped = self
            .manifest
            .outputs
            .first()
            .is_some_and(|o| o.role == Role::Scope);
        let stopped = |index: usize| message::stopped(&self.manifest, index, why);
        let mut row = RowOutput {
            scope: Scope::In,
            keys: Vec::new(),
            dn: None,
            flows: Vec::new(),
        };
        if scoped {
            row.scope = Scope::Error(stopped(0));
            return row;
        }
        row.flows = vec![Answer::Direct; self.manifest.flows.len()];
        for (index, output) in self.manifest.outputs.iter().enumerate() {
            match output.role {
                Role::Scope => {}
                Role::Key(_) => row.keys.push(Err(stopped(index))),
                Role::Dn => row.dn = Some(Answer::Error(stopped(index))),
                Role::Flow(flow) => {
                    if let Some(slot) = row.flows.get_mut(flow as usize) {
                        *slot = Answer::Error(stopped(index));
                    }
                }
            }
        }
        row
    }

    fn instantiate(&self) -> Result<Instance, wasmtime::Error> {
        let limits = StoreLimitsBuilder::new()
            .memory_size(limits::MEMORY_BYTES_MAX as usize)
            .memories(1)
            .tables(1)
            .table_elements(10_000)
            .instances(2)
            .build();
        let mut store = Store::new(engine::engine(), limits);
        store.limiter(|limits| limits);
        store.set_fuel(limits::FUEL_PER_ROW)?;
        let mut linker = Linker::new(engine::engine());
        let runtime = linker.instantiate(&mut store, &self.runtime)?;
        linker.instance(&mut store, "rt", runtime)?;
        let program = linker.instantiate(&mut store, &self.module)?;
        let memory = runtime
            .get_memory(&mut store, "memory")
            .ok_or_else(|| wasmtime::Error::msg("the runtime module exports no memory"))?;
        let pages = u64::from(limits::MEMORY_BYTES_MAX) / 65_536;
        let missing = pages.saturating_sub(memory.size(&store));
        // Address space only: a page costs memory when a batch touches it for the first time.
        memory.grow(&mut store, missing)?;
        let reset = runtime.get_typed_func(&mut store, "reset")?;
        let run = program.get_typed_func(&mut store, "run")?;
        Ok(Instance {
            store,
            memory,
            reset,
            run,
        })
    }
}

impl Instance {
    /// Runs the rows and says how much fuel they took.
    fn call(&mut self, packed: &Packed, rows: usize) -> Result<u64, wasmtime::Error> {
        let fuel = limits::FUEL_PER_ROW.saturating_mul(rows as u64);
        self.store.set_fuel(fuel)?;
        self.memory
            .write(&mut self.store, packed.base as usize, &packed.bytes)?;
        self.reset.call(
            &mut self.store,
            (packed.end() as i32, limits::MEMORY_BYTES_MAX as i32),
        )?;
        self.run
            .call(&mut self.store, (packed.base as i32, rows as i32))?;
        Ok(fuel - self.store.get_fuel()?)
    }
}

fn key(
    manifest: &ProgramManifest,
    output: usize,
    answer: Answer,
) -> Result<Option<String>, RowError> {
    match answer {
        Answer::Value(RuleValue::String(text)) => Ok(Some(text)),
        Answer::Null | Answer::AuthoritativeNull | Answer::Ignore | Answer::Direct => Ok(None),
        Answer::Error(error) => Err(error),
        Answer::Value(_) => Err(message::stopped(
            manifest,
            output,
            "the compiled rule left a key that is no text",
        )),
    }
}
