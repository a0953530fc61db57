//! The sandbox: loads a compiled part of a profile and runs batches of rows through it, under limits.
//!
//! Invariants: a program reaches nothing but its own memory and the runtime module; every cell it leaves behind is
//! checked before it is used; a row that cannot be answered gets an error of its own and costs no other row its answer.
//! Cranelift is linked only with the feature `compile`, which the runner never turns on.

mod artifact;
mod batch;
#[cfg(feature = "compile")]
mod compile;
mod engine;
mod message;
mod pack;
mod program;
mod read;

pub use artifact::{Artifact, ArtifactError};
pub use batch::{Answer, BatchInput, BatchOutput, Column, In, RowError, RowOutput, Scope};
#[cfg(feature = "compile")]
pub use compile::{CompileError, Compiler};
pub use program::{LoadError, Program, RunError};

/// What one program may use.
pub mod limits {
    /// Linear memory of one instance.
    pub const MEMORY_BYTES_MAX: u32 = 64 << 20;
    /// Packed input of one call; a larger batch is split, a larger row is refused.
    pub const INPUT_BYTES_MAX: usize = 16 << 20;
    /// Fuel per row and call: the net below the runtime's own work units.
    pub const FUEL_PER_ROW: u64 = 4_000_000;
    /// Stack of compiled code.
    pub const STACK_BYTES_MAX: usize = 512 << 10;
    /// One value on its way out.
    pub const VALUE_BYTES_MAX: usize = 1 << 20;
    /// Values of one attribute on their way out.
    pub const VALUES_MAX: usize = 5_000;
    /// All values of one row on their way out.
    pub const ROW_BYTES_MAX: usize = 4 << 20;
    /// The module before compilation.
    pub const MODULE_BYTES_MAX: usize = 1 << 20;
    /// One function body before compilation.
    pub const FUNCTION_BYTES_MAX: u32 = 64 << 10;
}
