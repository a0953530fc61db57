//! Names of log and span fields. One word per thing, as in GLOSSARY.md.

/// Id of the request, the same in every process and in the error the caller saw.
pub const REQUEST: &str = "request";
/// W3C trace id.
pub const TRACE: &str = "trace_id";
/// Tenant id.
pub const TENANT: &str = "tenant";
/// Operation id from the operation table.
pub const OPERATION: &str = "operation";
/// HTTP status of the answer.
pub const STATUS: &str = "status";
/// Stable code of a refusal or error.
pub const CODE: &str = "code";
/// Milliseconds something took.
pub const ELAPSED_MS: &str = "elapsed_ms";
/// Directory id.
pub const DIRECTORY: &str = "directory";
/// Profile id.
pub const PROFILE: &str = "profile";
/// Run id.
pub const RUN: &str = "run";
/// Agent id.
pub const AGENT: &str = "agent";
