//! What a function costs Cranelift beyond its size: its blocks, its locals, and how they meet. Feature `compile` only.
//!
//! Cranelift gives each local a value of its own wherever two ways meet. 15 KB of WebAssembly, 64 blocks around 1,000
//! assignments, kept it busy for eight seconds and gigabytes. Two sums grow as that work does, so both have a limit:
//! *meetings*, the locals assigned within each block, and *reaches*, the blocks times the locals of a function.
//!
//! Invariants: one pass, in time and memory that the size of the function bounds.

use wasmparser::{FunctionBody, Operator};

use crate::limits;
use crate::refusal::{Refusal, at_most};
use crate::scan::invalid;

/// The sums of the functions read so far.
#[derive(Default)]
pub(crate) struct Weight {
    meetings: usize,
    reaches: usize,
}

impl Weight {
    /// Adds a function, and refuses what is too much.
    pub fn add(&mut self, body: &FunctionBody<'_>) -> Result<(), Refusal> {
        let size = body.range().len();
        at_most("bytes in one function", size, limits::FUNCTION_BYTES_MAX)?;
        let mut locals = 0_usize;
        for group in body.get_locals_reader().map_err(invalid)? {
            locals += group.map_err(invalid)?.0 as usize;
        }
        at_most("locals in one function", locals, limits::LOCALS_MAX)?;

        let mut open: Vec<Assigned> = Vec::new();
        let mut blocks = 0;
        for operator in body.get_operators_reader().map_err(invalid)? {
            match operator.map_err(invalid)? {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    blocks += 1;
                    open.push(Assigned::default());
                    at_most("blocks within one another", open.len(), limits::NESTING_MAX)?;
                }
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    if let Some(block) = open.last_mut() {
                        block.insert(local_index as usize);
                    }
                }
                Operator::End => {
                    if let Some(block) = open.pop() {
                        self.meetings += block.count();
                        at_most("meetings of values", self.meetings, limits::MEETINGS_MAX)?;
                        if let Some(around) = open.last_mut() {
                            around.merge(&block);
                        }
                    }
                }
                _ => {}
            }
        }
        self.reaches += blocks * locals;
        at_most("locals times blocks", self.reaches, limits::REACHES_MAX)
    }
}

/// The locals assigned within a block, as bits.
#[derive(Default)]
struct Assigned(Vec<u64>);

impl Assigned {
    fn insert(&mut self, local: usize) {
        if self.0.len() <= local / 64 {
            self.0.resize(local / 64 + 1, 0);
        }
        self.0[local / 64] |= 1 << (local % 64);
    }

    fn merge(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}
