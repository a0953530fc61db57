//! An instance: a store with its limits, the runtime's memory, and the one call that evaluates a range of rows.
//!
//! Invariants: memory, tables and instances are bounded by the store, work by fuel; an uploaded module also by the clock,
//! and it never sees what an earlier call left.

use std::time::Instant;

use wasmtime::{Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TypedFunc, UpdateDeadline};

use crate::clock::Running;
use crate::engine::{Origin, engine};
use crate::pack::Packed;
use crate::{limits, signature};

/// The loaded modules of a program.
pub(crate) struct Modules {
    pub origin: Origin,
    pub runtime: Module,
    pub program: Module,
}

/// What the store asks while code runs.
struct Bounds {
    memory: StoreLimits,
    /// When the call under way began.
    began: Instant,
}

/// A program's own memory and functions.
pub(crate) struct Instance {
    origin: Origin,
    /// Keeps the clock going; an upload's instance lives for one call.
    _running: Option<Running>,
    store: Store<Bounds>,
    memory: Memory,
    reset: TypedFunc<(i32, i32), ()>,
    run: TypedFunc<(i32, i32), ()>,
}

impl Modules {
    /// A fresh instance.
    pub fn instantiate(&self) -> Result<Instance, wasmtime::Error> {
        let engine = engine(self.origin);
        // A runtime and a program, each with a table of its own where it has indirect calls.
        let memory = StoreLimitsBuilder::new()
            .memory_size(limits::MEMORY_BYTES_MAX as usize)
            .memories(1)
            .tables(2)
            .table_elements(limits::TABLE_ELEMENTS_MAX as usize)
            .instances(2)
            .build();
        let began = Instant::now();
        let mut store = Store::new(engine, Bounds { memory, began });
        store.limiter(|bounds| &mut bounds.memory);
        store.set_fuel(limits::FUEL_PER_ROW)?;
        let mut running = None;
        if self.origin == Origin::Upload {
            running = Some(Running::begin()?);
            store.set_epoch_deadline(1);
            store.epoch_deadline_callback(|store| {
                Ok(if store.data().began.elapsed() < limits::CALL_TIME_MAX {
                    UpdateDeadline::Continue(1)
                } else {
                    UpdateDeadline::Interrupt
                })
            });
        }
        // Without a linker, which would look at every export of the runtime; all imports are the runtime's (`signature`).
        let runtime = wasmtime::Instance::new(&mut store, &self.runtime, &[])?;
        let given = |name: &str, store: &mut Store<Bounds>| {
            let export = runtime.get_export(&mut *store, name);
            export.ok_or_else(|| wasmtime::Error::msg("the runtime module lacks an export"))
        };
        let imports = (self.program.imports())
            .map(|import| given(import.name(), &mut store))
            .collect::<Result<Vec<_>, _>>()?;
        let program = wasmtime::Instance::new(&mut store, &self.program, &imports)?;
        let memory = runtime
            .get_memory(&mut store, signature::MEMORY)
            .ok_or_else(|| wasmtime::Error::msg("the runtime module exports no memory"))?;
        let missing = limits::MEMORY_PAGES_MAX.saturating_sub(memory.size(&store));
        // Address space only: a page costs memory when a batch touches it for the first time.
        memory.grow(&mut store, missing)?;
        let reset = runtime.get_typed_func(&mut store, signature::HOST_ONLY)?;
        let run = program.get_typed_func(&mut store, signature::RUN)?;
        Ok(Instance {
            origin: self.origin,
            _running: running,
            store,
            memory,
            reset,
            run,
        })
    }
}

impl Instance {
    /// Puts the rows where the program reads them.
    pub fn load(&mut self, packed: &Packed) -> Result<(), wasmtime::Error> {
        self.memory
            .write(&mut self.store, packed.base as usize, &packed.bytes)?;
        Ok(())
    }

    /// Runs the rows that were loaded and says how much fuel they took.
    pub fn call(&mut self, packed: &Packed, rows: usize) -> Result<u64, wasmtime::Error> {
        // Our runtime counts every row by itself. An upload may not, so a call has no more than a row alone would have:
        // what a row gets can then not depend on the rows beside it.
        let fuel = match self.origin {
            Origin::Compiler => limits::FUEL_PER_ROW.saturating_mul(rows as u64),
            Origin::Upload => limits::FUEL_PER_ROW,
        };
        self.fuelled(packed, rows, fuel)
    }

    fn fuelled(&mut self, packed: &Packed, rows: usize, fuel: u64) -> Result<u64, wasmtime::Error> {
        self.store.set_fuel(fuel)?;
        self.store.data_mut().began = Instant::now();
        self.reset.call(
            &mut self.store,
            (packed.end() as i32, limits::MEMORY_BYTES_MAX as i32),
        )?;
        self.run
            .call(&mut self.store, (packed.base as i32, rows as i32))?;
        Ok(fuel - self.store.get_fuel()?)
    }

    /// What the call left.
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Whether the next call may have what this one left.
    pub fn is_reusable(&self) -> bool {
        self.origin == Origin::Compiler
    }
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    use wasm_encoder::{BlockType, Instruction};
    use wasmtime::Trap;

    use super::*;
    use crate::batch::BatchInput;
    use crate::manifest::tests::manifest;
    use crate::pack::pack;
    use crate::program::tests::{CALL, MEMORY, module};

    /// How the call of an endless loop with all fuel there is ended, and how long it took.
    fn endless(origin: Origin, fuel: u64) -> (Option<Trap>, std::time::Duration) {
        let load = |wasm: &[u8]| {
            let native = engine(origin).precompile_module(wasm).unwrap();
            // SAFETY: made by the engine of this process.
            unsafe { Module::deserialize(engine(origin), native) }.unwrap()
        };
        let forever = [
            Instruction::Loop(BlockType::Empty),
            Instruction::Br(0),
            Instruction::End,
        ];
        let memory = ("memory", wasm_encoder::EntityType::Memory(MEMORY));
        let modules = Modules {
            origin,
            runtime: load(&module("reset", &CALL, &[], &[])),
            program: load(&module("run", &CALL, &[memory], &forever)),
        };
        let batch = BatchInput {
            rows: 1,
            columns: vec![],
        };
        let packed = pack(&manifest(&[]), &batch, 0, 1, Vec::new()).ok().unwrap();

        let mut instance = modules.instantiate().unwrap();
        instance.load(&packed).unwrap();
        let ended = instance.fuelled(&packed, 1, fuel);
        let took = instance.store.data().began.elapsed();
        (ended.unwrap_err().downcast_ref::<Trap>().copied(), took)
    }

    #[test]
    fn the_clock_stops_an_upload_that_fuel_does_not_after_its_whole_time() {
        let (trap, took) = endless(Origin::Upload, u64::MAX);

        assert_eq!(trap, Some(Trap::Interrupt));
        assert!(took >= limits::CALL_TIME_MAX);
        println!(
            "stopped {:?} after its budget",
            took - limits::CALL_TIME_MAX
        );
    }

    #[test]
    fn fuel_stops_both_kinds() {
        for origin in [Origin::Compiler, Origin::Upload] {
            let (trap, took) = endless(origin, limits::FUEL_PER_ROW);

            assert_eq!(trap, Some(Trap::OutOfFuel));
            println!("{origin:?}: one row's fuel lasted {took:?}");
        }
    }
}
