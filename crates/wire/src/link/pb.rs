//! The protobuf messages, and the small conversions several operations share.
//!
//! Field numbers are for ever: a field that goes leaves its number unused.

use bytes::Bytes;
use prost::{Message, Oneof};
use syncline_model::connector::Fault as ModelFault;
use syncline_model::error::ErrorKind;
use syncline_model::flat::{self, Reader};
use syncline_model::import::ObjectName as ModelName;
use syncline_model::{Anchor, AttrName, Dn, Value, Values};

use super::WireError;

#[derive(Clone, PartialEq, Message)]
pub struct Fault {
    #[prost(string, tag = "1")]
    pub code: String,
    #[prost(string, tag = "2")]
    pub kind: String,
    #[prost(string, tag = "3")]
    pub message: String,
    #[prost(string, tag = "4")]
    pub next_step: String,
    #[prost(string, tag = "5")]
    pub evidence: String,
    #[prost(string, optional, tag = "6")]
    pub attr: Option<String>,
}

/// An object by id (tagged bytes) or by name.
#[derive(Clone, PartialEq, Message)]
pub struct ObjectName {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub anchor: Option<Bytes>,
    #[prost(string, optional, tag = "2")]
    pub dn: Option<String>,
}

/// An attribute by its number in the page's table; values in the flat codec, none is cleared.
#[derive(Clone, PartialEq, Message)]
pub struct Attr {
    #[prost(uint32, tag = "1")]
    pub name: u32,
    #[prost(bytes = "bytes", tag = "2")]
    pub values: Bytes,
}

/// A reference attribute by its number in the page's table.
#[derive(Clone, PartialEq, Message)]
pub struct Refs {
    #[prost(uint32, tag = "1")]
    pub name: u32,
    #[prost(message, repeated, tag = "2")]
    pub targets: Vec<ObjectName>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Object {
    #[prost(bytes = "bytes", tag = "1")]
    pub anchor: Bytes,
    #[prost(string, tag = "2")]
    pub dn: String,
    #[prost(string, tag = "3")]
    pub object_type: String,
    #[prost(message, repeated, tag = "4")]
    pub attrs: Vec<Attr>,
    #[prost(message, repeated, tag = "5")]
    pub refs: Vec<Refs>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Change {
    #[prost(bytes = "bytes", tag = "1")]
    pub anchor: Bytes,
    #[prost(string, optional, tag = "2")]
    pub dn: Option<String>,
    #[prost(message, repeated, tag = "3")]
    pub attrs: Vec<Attr>,
    #[prost(message, repeated, tag = "4")]
    pub refs_set: Vec<Refs>,
    #[prost(message, repeated, tag = "5")]
    pub refs_added: Vec<Refs>,
    #[prost(message, repeated, tag = "6")]
    pub refs_removed: Vec<Refs>,
    #[prost(string, optional, tag = "7")]
    pub object_type: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadError {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub anchor: Option<Bytes>,
    #[prost(string, optional, tag = "2")]
    pub dn: Option<String>,
    #[prost(string, tag = "3")]
    pub code: String,
    #[prost(string, tag = "4")]
    pub message: String,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum EntryKind {
    #[prost(message, tag = "1")]
    Object(Object),
    #[prost(message, tag = "2")]
    Change(Change),
    #[prost(bytes = "bytes", tag = "3")]
    Deleted(Bytes),
    #[prost(message, tag = "4")]
    ReadError(ReadError),
}

#[derive(Clone, PartialEq, Message)]
pub struct Entry {
    #[prost(oneof = "EntryKind", tags = "1, 2, 3, 4")]
    pub kind: Option<EntryKind>,
}

/// Entries and the attribute names they use, each spelled once.
#[derive(Clone, PartialEq, Message)]
pub struct Page {
    #[prost(string, repeated, tag = "1")]
    pub names: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub entries: Vec<Entry>,
}

/// Objects of a type, and the attributes wanted of each.
#[derive(Clone, PartialEq, Message)]
pub struct TypeSelection {
    #[prost(string, tag = "1")]
    pub object_type: String,
    #[prost(string, repeated, tag = "2")]
    pub attrs: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ImportRequest {
    /// Absent is a full import.
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub watermark: Option<Bytes>,
    #[prost(message, repeated, tag = "2")]
    pub containers: Vec<ObjectName>,
    #[prost(message, repeated, tag = "3")]
    pub types: Vec<TypeSelection>,
    #[prost(uint32, tag = "4")]
    pub page_size: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct ImportEnd {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub watermark: Option<Bytes>,
    #[prost(uint64, tag = "2")]
    pub pages: u64,
    #[prost(uint64, tag = "3")]
    pub objects: u64,
    #[prost(uint64, tag = "4")]
    pub changes: u64,
    #[prost(uint64, tag = "5")]
    pub deletes: u64,
    #[prost(uint64, tag = "6")]
    pub read_errors: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadRequest {
    #[prost(message, repeated, tag = "1")]
    pub objects: Vec<ObjectName>,
    #[prost(message, repeated, tag = "2")]
    pub types: Vec<TypeSelection>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadAnswer {
    /// A page of the one entry that was found.
    #[prost(message, optional, tag = "1")]
    pub found: Option<Page>,
    #[prost(message, optional, tag = "2")]
    pub missing: Option<ObjectName>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ChangeNotice {
    #[prost(uint64, tag = "1")]
    pub objects: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct ExportOp {
    #[prost(bytes = "bytes", tag = "1")]
    pub canonical: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub hash: Bytes,
    #[prost(string, tag = "3")]
    pub released_by: String,
    #[prost(sint64, tag = "4")]
    pub escrowed_at: i64,
    #[prost(uint32, tag = "5")]
    pub attempt: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Applied {
    #[prost(bytes = "bytes", tag = "1")]
    pub anchor: Bytes,
    #[prost(string, optional, tag = "2")]
    pub dn: Option<String>,
    #[prost(message, repeated, tag = "3")]
    pub refused: Vec<Fault>,
    #[prost(bool, tag = "4")]
    pub no_op: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct Throttled {
    #[prost(uint64, tag = "1")]
    pub after_ms: u64,
    #[prost(message, optional, tag = "2")]
    pub fault: Option<Fault>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Nothing {}

#[derive(Clone, PartialEq, Oneof)]
pub enum Outcome {
    #[prost(message, tag = "2")]
    Done(Applied),
    #[prost(message, tag = "3")]
    AlreadyGone(Nothing),
    #[prost(string, tag = "4")]
    AcknowledgedWithoutId(String),
    #[prost(message, tag = "5")]
    Rejected(Fault),
    #[prost(message, tag = "6")]
    Throttled(Throttled),
    #[prost(message, tag = "7")]
    Unknown(Fault),
}

#[derive(Clone, PartialEq, Message)]
pub struct OpResult {
    #[prost(bytes = "bytes", tag = "1")]
    pub hash: Bytes,
    #[prost(oneof = "Outcome", tags = "2, 3, 4, 5, 6, 7")]
    pub outcome: Option<Outcome>,
    /// An age file.
    #[prost(bytes = "bytes", optional, tag = "8")]
    pub sealed: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TraceAdd {
    #[prost(bytes = "bytes", tag = "1")]
    pub canonical: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub hash: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct Present {
    #[prost(bytes = "bytes", tag = "1")]
    pub anchor: Bytes,
    #[prost(string, tag = "2")]
    pub dn: String,
    #[prost(sint64, optional, tag = "3")]
    pub created: Option<i64>,
    #[prost(string, repeated, tag = "4")]
    pub differing: Vec<String>,
    #[prost(string, repeated, tag = "5")]
    pub unfinished: Vec<String>,
    /// An age file.
    #[prost(bytes = "bytes", optional, tag = "6")]
    pub sealed: Option<Bytes>,
}

/// Nothing present is `Absent`.
#[derive(Clone, PartialEq, Message)]
pub struct AddTrace {
    #[prost(message, optional, tag = "1")]
    pub present: Option<Present>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Hello {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    #[prost(uint32, tag = "2")]
    pub protocol_min: u32,
    #[prost(uint64, tag = "3")]
    pub capabilities: u64,
    #[prost(string, tag = "4")]
    pub build: String,
    #[prost(string, tag = "5")]
    pub directory: String,
    /// A file format, as JSON.
    #[prost(bytes = "bytes", optional, tag = "6")]
    pub format: Option<Bytes>,
}

/// The draft is a file format, as JSON.
#[derive(Clone, PartialEq, Message)]
pub struct InspectFile {
    #[prost(bytes = "bytes", optional, tag = "1")]
    pub draft: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Json {
    #[prost(bytes = "bytes", tag = "1")]
    pub json: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct Identity {
    #[prost(string, tag = "1")]
    pub kind: String,
    #[prost(string, tag = "2")]
    pub pin: String,
    #[prost(string, tag = "3")]
    pub base_dn: String,
    #[prost(string, repeated, tag = "4")]
    pub naming_contexts: Vec<String>,
    #[prost(string, optional, tag = "5")]
    pub forest: Option<String>,
    #[prost(sint64, optional, tag = "6")]
    pub functional_level: Option<i64>,
    #[prost(string, tag = "7")]
    pub server: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct ConnectorCapabilities {
    #[prost(bool, tag = "1")]
    pub delta: bool,
    #[prost(bool, tag = "2")]
    pub change_notices: bool,
    #[prost(bool, tag = "3")]
    pub export: bool,
    #[prost(bool, tag = "5")]
    pub rename: bool,
    #[prost(uint64, tag = "6")]
    pub settle_ms: u64,
}

#[derive(Clone, PartialEq, Message)]
pub struct HelloAnswer {
    #[prost(uint32, tag = "1")]
    pub protocol: u32,
    #[prost(uint64, tag = "2")]
    pub capabilities: u64,
    #[prost(string, tag = "3")]
    pub build: String,
    #[prost(string, tag = "4")]
    pub computer: String,
    #[prost(string, tag = "5")]
    pub credential: String,
    #[prost(sint64, tag = "6")]
    pub credential_refused_since_s: i64,
    #[prost(message, optional, tag = "7")]
    pub identity: Option<Identity>,
    #[prost(message, optional, tag = "8")]
    pub identity_fault: Option<Fault>,
    #[prost(message, optional, tag = "9")]
    pub connector: Option<ConnectorCapabilities>,
    #[prost(bool, tag = "10")]
    pub writes: bool,
    #[prost(bool, tag = "11")]
    pub held: bool,
    #[prost(bytes = "bytes", tag = "12")]
    pub policy_digest: Bytes,
    #[prost(sint64, tag = "13")]
    pub certificate_expires_s: i64,
}

#[derive(Clone, PartialEq, Message)]
pub struct SchemaAnswer {
    #[prost(bytes = "bytes", tag = "1")]
    pub json: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct Pem {
    #[prost(string, tag = "1")]
    pub pem: String,
}

pub fn fault(fault: &ModelFault) -> Fault {
    Fault {
        code: fault.code.clone().into_owned(),
        kind: fault.kind.code().to_owned(),
        message: fault.message.clone(),
        next_step: fault.next_step.clone(),
        evidence: fault.evidence.clone(),
        attr: fault.attr.as_ref().map(|a| a.as_str().to_owned()),
    }
}

/// A kind that a newer peer knows and we do not is `Internal`; code and texts stay.
pub fn model_fault(fault: Fault) -> ModelFault {
    let kind = ErrorKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.code() == fault.kind)
        .unwrap_or(ErrorKind::Internal);
    let model = ModelFault::new(fault.code, kind, fault.message, fault.next_step)
        .with_evidence(fault.evidence);
    match fault.attr {
        Some(attr) => model.on_attr(AttrName::new(attr)),
        None => model,
    }
}

pub fn anchor(anchor: &Anchor) -> Bytes {
    anchor.tagged().into()
}

pub fn model_anchor(tagged: &[u8]) -> Result<Anchor, WireError> {
    Anchor::from_tagged(tagged).ok_or_else(|| WireError::new("an object id cannot be read"))
}

pub fn model_dn(text: &str) -> Result<Dn, WireError> {
    text.parse()
        .map_err(|_| WireError::new("an object name cannot be read"))
}

pub fn name(name: &ModelName) -> ObjectName {
    match name {
        ModelName::Anchor(a) => ObjectName {
            anchor: Some(anchor(a)),
            dn: None,
        },
        ModelName::Dn(dn) => ObjectName {
            anchor: None,
            dn: Some(dn.to_string()),
        },
    }
}

pub fn model_name(name: &ObjectName) -> Result<ModelName, WireError> {
    match (&name.anchor, &name.dn) {
        (Some(tagged), None) => Ok(ModelName::Anchor(model_anchor(tagged)?)),
        (None, Some(dn)) => Ok(ModelName::Dn(model_dn(dn)?)),
        _ => Err(WireError::new(
            "an object is named by neither or both of id and name",
        )),
    }
}

pub fn values(values: &Values) -> Bytes {
    let mut out = Vec::new();
    for value in values {
        flat::encode_value(value, &mut out);
    }
    out.into()
}

/// No bytes is `None`; anything but a value set in canonical order is refused.
pub fn model_values(bytes: &[u8]) -> Result<Option<Values>, WireError> {
    let mut reader = Reader::new(bytes);
    let mut read: Vec<Value> = Vec::new();
    while !reader.is_done() {
        read.push(
            reader
                .value()
                .map_err(|error| WireError::new(error.to_string()))?,
        );
    }
    if read.is_empty() {
        return Ok(None);
    }
    match Values::new(read.iter().cloned()) {
        Some(set) if set.as_slice() == read => Ok(Some(set)),
        _ => Err(WireError::new("a value set is not in canonical form")),
    }
}

pub fn selection(types: &[(String, Vec<AttrName>)]) -> Vec<TypeSelection> {
    types
        .iter()
        .map(|(object_type, attrs)| TypeSelection {
            object_type: object_type.clone(),
            attrs: attrs.iter().map(|a| a.as_str().to_owned()).collect(),
        })
        .collect()
}

pub fn model_selection(types: Vec<TypeSelection>) -> Vec<(String, Vec<AttrName>)> {
    types
        .into_iter()
        .map(|t| (t.object_type, t.attrs.iter().map(AttrName::new).collect()))
        .collect()
}
