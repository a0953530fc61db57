//! Why a link could not be made or a call failed.

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::link::{FrameError, WireError};

/// Why a link could not be made or a call failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// The other end is not the agent it should be.
    #[error(
        "the other end of the tunnel is not the confirmed agent: {0} (agents.identity_refused)"
    )]
    Identity(String),
    /// The agent answered, with this fault.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The tunnel broke, or the stream ended without its end.
    #[error("the connection to the agent broke: {0} (agents.offline)")]
    Cut(String),
    /// The agent did not answer in time.
    #[error("the agent did not answer in time (agents.timeout)")]
    Timeout,
    /// The agent does not know the call.
    #[error("the agent's build is too old for this: it does not know {0} (agents.too_old)")]
    TooOld(&'static str),
    /// The agent said something that is not of this protocol.
    #[error("the agent answered something that cannot be read: {0} (wire.malformed)")]
    Malformed(String),
}

impl LinkError {
    /// What it is to a run: whatever the agent said, or a fault of the connection.
    pub fn into_fault(self) -> Fault {
        let message = self.to_string();
        let (code, kind, next) = match self {
            Self::Fault(fault) => return fault,
            Self::Identity(_) => (
                "agents.identity_refused",
                ErrorKind::Authentication,
                "Compare the fingerprint on the agent's host; revoke the agent and enrol the host again.",
            ),
            Self::Cut(_) => (
                "agents.offline",
                ErrorKind::AgentOffline,
                "Nothing to do: it is tried again when the agent is back. Check the agent's service if it stays away.",
            ),
            Self::Timeout => (
                "agents.timeout",
                ErrorKind::Timeout,
                "It is tried again. Check the load of the agent's host and of its domain controller.",
            ),
            Self::TooOld(_) => (
                "agents.too_old",
                ErrorKind::Permission,
                "Install the agent of this release on its host.",
            ),
            Self::Malformed(_) => (
                "wire.malformed",
                ErrorKind::Internal,
                "Check that agent and service run released builds; if it stays, report it.",
            ),
        };
        Fault::new(code, kind, message, next)
    }
}

impl From<WireError> for LinkError {
    fn from(error: WireError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<FrameError> for LinkError {
    fn from(error: FrameError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<hyper::Error> for LinkError {
    fn from(error: hyper::Error) -> Self {
        Self::Cut(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_a_tunnel_fails_is_a_fault_of_its_own() {
        let told = |error: LinkError| {
            let fault = error.into_fault();
            assert!(fault.next_step.ends_with('.'), "{fault}");
            (fault.code.into_owned(), fault.kind)
        };
        let expected = |code: &str, kind| (code.to_owned(), kind);

        let cut = told(LinkError::Cut("the stream ended".into()));
        assert_eq!(cut, expected("agents.offline", ErrorKind::AgentOffline));
        let late = told(LinkError::Timeout);
        assert_eq!(late, expected("agents.timeout", ErrorKind::Timeout));
        let old = told(LinkError::TooOld("/v1/new"));
        assert_eq!(old, expected("agents.too_old", ErrorKind::Permission));
        let odd = told(LinkError::Malformed("no frame".into()));
        assert_eq!(odd, expected("wire.malformed", ErrorKind::Internal));
        let other = told(LinkError::Identity("another key".into()));
        let refused = ErrorKind::Authentication;
        assert_eq!(other, expected("agents.identity_refused", refused));
    }
}
