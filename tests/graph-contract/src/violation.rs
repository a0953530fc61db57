//! What is wrong with a request or a response: a code that never changes its meaning, and a sentence.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What kind of wrong, for example `property.unknown`.
    pub code: &'static str,
    /// Which thing is wrong and why, for a person.
    pub what: String,
}

impl Violation {
    pub(crate) fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self {
            code,
            what: what.into(),
        }
    }

    /// The same violation, said of a part of something bigger.
    pub(crate) fn within(self, whole: &str) -> Self {
        Self {
            what: format!("{whole}: {}", self.what),
            ..self
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.code)
    }
}
