//! The inner protocol: what runner and agent say to each other inside the tunnel, over HTTP/2.
//!
//! Every operation is a `POST`; both bodies are streams of frames (see [`frame`]) that end with an
//! explicit end or a fault, so that a cut stream is never taken for a complete one. Messages are
//! protobuf; a peer ignores fields it does not know and asks for nothing whose capability bit is absent.
//!
//! Invariants: operations travel as the canonical bytes that were hashed; every message converts to
//! model types or is [`WireError`]; nothing here holds a directory credential.

mod entra_connect;
mod export;
pub mod frame;
mod hello;
mod import;
mod inspect;
mod pb;
mod read;

use bytes::Bytes;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

pub use entra_connect::{
    ConnectorRun, CycleEvent, CycleKind, CycleRequest, CycleWarning, RUNS_MAX as CYCLE_RUNS_MAX,
};
pub use export::{ExportContext, ExportOp, OpResult, TraceAdd};
pub use frame::{Decoder, Frame, FrameError, FrameKind};
pub use hello::{
    Capability, CertificateInstall, CertificateRequest, CredentialState, Empty, Hello, HelloAnswer,
    PolicySummary, SchemaAnswer,
};
pub use inspect::{InspectAnswer, InspectFile};

/// The protocol's number; raised when an old peer would misread a new one.
pub const PROTOCOL: u32 = 1;
/// The oldest number this build still speaks.
pub const PROTOCOL_MIN: u32 = 1;

/// Paths of the operations.
pub mod path {
    /// Versions, capabilities, identity: [`super::Hello`] → [`super::HelloAnswer`].
    pub const HELLO: &str = "/v1/hello";
    /// [`super::Empty`] → [`super::SchemaAnswer`].
    pub const SCHEMA: &str = "/v1/schema";
    /// `ImportRequest` → `ImportPage`…, ended by `ImportEnd`.
    pub const IMPORT: &str = "/v1/import";
    /// [`super::ExportOp`]… → [`super::OpResult`]….
    pub const EXPORT: &str = "/v1/export";
    /// [`super::TraceAdd`] → `AddTrace`.
    pub const TRACE_ADD: &str = "/v1/trace-add";
    /// `ReadRequest` → `ReadAnswer`….
    pub const READ: &str = "/v1/read";
    /// [`super::InspectFile`] → [`super::InspectAnswer`]. Only to agents with `Capability::InspectFile`.
    pub const INSPECT: &str = "/v1/inspect";
    /// [`super::Empty`] → `ChangeNotice`…, until either side leaves.
    pub const CHANGES: &str = "/v1/changes";
    /// [`super::CycleRequest`] → [`super::CycleEvent`]…, the last of them its end.
    pub const ENTRA_CONNECT_CYCLE: &str = "/v1/entra-connect/cycle";
    /// [`super::Empty`] → [`super::CertificateRequest`].
    pub const CERTIFICATE_REQUEST: &str = "/v1/certificate/request";
    /// [`super::CertificateInstall`] → [`super::Empty`].
    pub const CERTIFICATE_INSTALL: &str = "/v1/certificate/install";
}

/// A message that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message from the other end of the tunnel is damaged: {0} (wire.malformed)")]
pub struct WireError(pub(crate) String);

impl WireError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self(format!("{what} is missing"))
    }
}

impl From<prost::DecodeError> for WireError {
    fn from(error: prost::DecodeError) -> Self {
        Self(error.to_string())
    }
}

impl From<WireError> for Fault {
    fn from(error: WireError) -> Self {
        Self::new(
            "wire.malformed",
            ErrorKind::Internal,
            error.to_string(),
            "Check that agent and service run released builds; if it stays, report it.",
        )
    }
}

/// A value that travels as one message.
pub trait Message: Sized {
    /// Its bytes.
    fn to_wire(&self) -> Bytes;
    /// The value behind bytes from outside.
    fn from_wire(bytes: Bytes) -> Result<Self, WireError>;
}

impl Message for Fault {
    fn to_wire(&self) -> Bytes {
        encode(&pb::fault(self))
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        Ok(pb::model_fault(decode(bytes)?))
    }
}

fn encode(message: &impl prost::Message) -> Bytes {
    message.encode_to_vec().into()
}

fn decode<M: prost::Message + Default>(bytes: Bytes) -> Result<M, WireError> {
    Ok(M::decode(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_back_and_an_unknown_kind_of_a_newer_peer_is_internal() {
        let fault = Fault::new(
            "export.name_taken",
            ErrorKind::ObjectExists,
            "The name is taken.",
            "Rename one.",
        )
        .with_evidence("rc 68")
        .on_attr("cn".into());

        assert_eq!(Fault::from_wire(fault.to_wire()), Ok(fault.clone()));

        let mut newer = pb::fault(&fault);
        newer.kind = "something-new".into();
        let read = Fault::from_wire(encode(&newer)).unwrap();
        assert_eq!(
            (read.kind, read.code.as_ref()),
            (ErrorKind::Internal, "export.name_taken")
        );
    }
}
