//! Why files cannot be read as a configuration at all. What can be read in part is told in the report.

/// A set of files that is no configuration. Codes are stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More files or more text than an export has.
    #[error("{what}: an export is at most {limit}; send only the configuration's own XML files")]
    TooLarge {
        /// What there is too much of.
        what: String,
        /// What is allowed.
        limit: String,
    },
    /// A file that is no XML, or XML of a kind that exports never hold (a document type, more than the nodes of an export).
    #[error("`{file}` cannot be read: {why}; export the configuration again")]
    Malformed {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// Elements nested deeper than any export nests them.
    #[error("`{file}` nests elements more than {limit} deep, which no export does")]
    TooDeep {
        /// The file.
        file: String,
        /// What is allowed.
        limit: usize,
    },
    /// None of the files is what was asked for.
    #[error("none of the files is {expected}: choose the folder that the export wrote")]
    Nothing {
        /// What was looked for.
        expected: &'static str,
    },
    /// Two files are the same thing.
    #[error("`{file}` says what `{other}` said already ({what}): leave one of them out")]
    Twice {
        /// The second file.
        file: String,
        /// The first.
        other: String,
        /// What both are.
        what: String,
    },
    /// Something that everything else hangs on is missing or no value of its kind.
    #[error("`{file}` has no usable `{field}`: {why}")]
    Field {
        /// The file.
        file: String,
        /// The element.
        field: String,
        /// Why it cannot be used.
        why: String,
    },
}

impl ReadError {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "import.too_large",
            Self::Malformed { .. } => "import.malformed",
            Self::TooDeep { .. } => "import.too_deep",
            Self::Nothing { .. } => "import.nothing",
            Self::Twice { .. } => "import.twice",
            Self::Field { .. } => "import.field",
        }
    }

    /// The file that it is about.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Malformed { file, .. }
            | Self::TooDeep { file, .. }
            | Self::Twice { file, .. }
            | Self::Field { file, .. } => Some(file),
            Self::TooLarge { .. } | Self::Nothing { .. } => None,
        }
    }
}
