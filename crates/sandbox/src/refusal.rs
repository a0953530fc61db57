//! Why a module is not let in: one variant, one code and one sentence for each wall.
//!
//! Invariants: a sentence names what was found, what is allowed and what to do; a code is never reused.

use crate::limits;

/// Why a module is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No module, or one that uses a feature outside the allow-list.
    #[error(
        "the module is not plain WebAssembly 1.0 with SIMD, bulk memory, sign extension and saturating conversion: {0}; build it for those features only (`rules.module_invalid`)"
    )]
    Invalid(String),
    /// Too much of something.
    #[error(
        "the module has {found} {what}, at most {max} are allowed; split the profile or the expression (`rules.module_size`)"
    )]
    Size {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there may be.
        max: u64,
    },
    /// A section that only tools read.
    #[error(
        "the module has the custom section `{0}`, none is allowed; strip the module (`rules.module_section`)"
    )]
    Section(String),
    /// An import that is not the runtime's, or not as the runtime gives it.
    #[error(
        "the module imports `{module}.{name}` as {found}, allowed is {allowed}; import nothing but the runtime's functions and memory, as they are (`rules.module_import`)"
    )]
    Import {
        /// The module that is asked for.
        module: String,
        /// The name in it.
        name: String,
        /// The kind and type that the module wants.
        found: String,
        /// What the runtime gives under this name.
        allowed: String,
    },
    /// Not the one export that a program has.
    #[error(
        "the module exports {found}, allowed is {allowed}; export that and nothing else (`rules.module_export`)"
    )]
    Export {
        /// What it exports.
        found: String,
        /// What it may export.
        allowed: &'static str,
    },
    /// Something that would run before `run` is called.
    #[error(
        "the module has a start function, none is allowed; move its work into `run` (`rules.module_start`)"
    )]
    Start,
    /// Another memory than the one of the runtime.
    #[error(
        "the module's memory is {found}, allowed is {allowed}; use the runtime's memory and no other (`rules.module_memory`)"
    )]
    Memory {
        /// The memory or memories it has.
        found: String,
        /// What it may have.
        allowed: String,
    },
    /// A table without end, or more than one.
    #[error(
        "the module's table is {found}, allowed is one table of functions with at most {} elements and a declared maximum; shrink it (`rules.module_table`)",
        limits::TABLE_ELEMENTS_MAX
    )]
    Table {
        /// The table or tables it has.
        found: String,
    },
    /// A segment that would be written where it does not belong.
    #[error(
        "the module writes a {kind} segment to {found}, allowed is {allowed}; place it at a constant address in there (`rules.module_segment`)"
    )]
    Segment {
        /// `data` or `element`.
        kind: &'static str,
        /// Where it would be written.
        found: String,
        /// Where it may be written.
        allowed: String,
    },
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "rules.module_invalid",
            Self::Size { .. } => "rules.module_size",
            Self::Section(_) => "rules.module_section",
            Self::Import { .. } => "rules.module_import",
            Self::Export { .. } => "rules.module_export",
            Self::Start => "rules.module_start",
            Self::Memory { .. } => "rules.module_memory",
            Self::Table { .. } => "rules.module_table",
            Self::Segment { .. } => "rules.module_segment",
        }
    }
}

/// Refuses more than `max` of something.
pub(crate) fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), Refusal> {
    if found <= max {
        return Ok(());
    }
    Err(Refusal::Size {
        what,
        found: found as u64,
        max: max as u64,
    })
}
