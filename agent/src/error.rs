//! Errors of the agent's commands: what happened to which thing, what to do, and a stable code.

use std::fmt;

/// An error an administrator of the host reads.
#[derive(Debug)]
pub struct AgentError {
    /// Stable code.
    pub code: &'static str,
    /// What happened, to which thing, and why.
    pub message: String,
    /// What to do.
    pub next: String,
}

impl AgentError {
    /// An error.
    pub fn new(code: &'static str, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            next: next.into(),
        }
    }

    /// A file that could not be read or written.
    pub fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(
            "agent.file",
            format!("{} could not be {what}: {error}.", path.display()),
            "Run the agent as the user who owns its data directory, and check space and rights.",
        )
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.message, self.next, self.code)
    }
}

impl std::error::Error for AgentError {}
