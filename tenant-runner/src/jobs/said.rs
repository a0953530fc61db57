//! What a run has to say of its directory or its profile when it ends.

use syncline_model::connector::Fault;
use syncline_model::message::{Entry, Severity};

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How much it matters.
    pub severity: Severity,
    /// The code.
    pub code: String,
    /// Which of several things it is about.
    pub topic: Option<String>,
    /// What happened to which thing, why, and what to do.
    pub text: String,
}

impl Said {
    /// What the catalogue has an entry for.
    pub fn of(entry: &Entry, text: impl Into<String>) -> Self {
        Self::under(entry.severity, entry.code, text)
    }

    /// What a connector says, under its own code.
    pub fn under(severity: Severity, code: &str, text: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            topic: None,
            text: text.into(),
        }
    }

    /// A fault that stopped the run, in these words.
    pub fn stop(fault: &Fault, text: impl Into<String>) -> Self {
        Self::under(Severity::Error, &fault.code, text)
    }

    /// The same of one of several things: each has an entry of its own.
    #[must_use]
    pub fn about(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }
}
