//! The sandbox: loads a compiled part of a profile and runs batches of rows through it, under limits.
//!
//! Invariants: a program reaches nothing but its own memory and the runtime module; every cell it leaves behind is
//! checked before it is used; a row that cannot be answered gets an error of its own and costs no other row its answer.
//! No module is compiled or loaded that the validator does not know by everything it asks for and gives.
//! Cranelift is linked only with the feature `compile`, which the runner never turns on.

mod artifact;
mod batch;
mod clock;
#[cfg(feature = "compile")]
mod compile;
mod engine;
mod instance;
pub mod limits;
mod manifest;
mod message;
mod pack;
mod program;
mod read;
#[cfg(feature = "compile")]
mod refusal;
mod rows;
mod runtime;
#[cfg(feature = "compile")]
mod scan;
mod signature;
mod stored;
#[cfg(feature = "compile")]
mod validate;
#[cfg(feature = "compile")]
mod weight;

pub use artifact::{Artifact, ArtifactError};
pub use batch::{
    Answer, BatchInput, BatchOutput, Column, In, Lent, RowError, RowOutput, RowSource, Scope, Seen,
    SeenAnswer, Sink, StoredInput,
};
#[cfg(feature = "compile")]
pub use compile::{CompileError, Compiler};
pub use engine::Origin;
pub use program::{Image, LoadError, Program, RunError, Stage};
#[cfg(feature = "compile")]
pub use refusal::Refusal;
pub use runtime::Runtime;
