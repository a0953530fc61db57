//! What the host cannot do, in words for an operator.

use std::error::Error;
use std::fmt;

use syncline_store::admin::AdminError;
use syncline_wire::host::Refusal;

/// A failure: what happened to which thing, why, and what to do, with a stable code.
#[derive(Debug)]
pub struct HostError {
    code: &'static str,
    message: String,
    retry: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What the host answers.
pub type Result<T, E = HostError> = std::result::Result<T, E>;

impl HostError {
    /// A failure that stays until someone changes something.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry: false,
            source: None,
        }
    }

    /// The same request may succeed later.
    pub fn or_later(mut self) -> Self {
        self.retry = true;
        self
    }

    /// With the error underneath.
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether the same request may succeed later without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        self.retry
    }

    /// The form that travels over the host socket.
    pub fn refusal(&self) -> Refusal {
        let mut message = self.message.clone();
        if let Some(source) = &self.source {
            message.push_str(": ");
            message.push_str(&source.to_string());
        }
        Refusal {
            code: self.code.to_owned(),
            message,
            retry: self.retry,
        }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        write!(f, " ({})", self.code)
    }
}

impl Error for HostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn Error + 'static))
    }
}

impl From<AdminError> for HostError {
    fn from(error: AdminError) -> Self {
        let transient = error.is_transient();
        let made = match error {
            AdminError::Removed(tenant) => Self::new(
                "host.tenant_removed",
                format!(
                    "{tenant} was removed from this host, its key is destroyed; sign the customer up again under a new tenant"
                ),
            ),
            error => {
                Self::new("host.database", "the database did not do what was asked").because(error)
            }
        };
        if transient { made.or_later() } else { made }
    }
}
