//! The contract of both HTTP surfaces: what can be called, by whom, metered how, and answered how.
//!
//! Invariants: every route of the control plane and of the tenant runner stands in [`ops`] and is registered
//! through [`Surface`], which writes `openapi.yaml` in the same call; every error that leaves a process is a
//! [`Problem`] whose code stands in [`codes`]; nothing here reads a clock, a file or the network.

pub mod codes;
pub mod cursor;
pub mod document;
pub mod extract;
pub mod idempotency;
pub mod internal;
pub mod operation;
pub mod ops;
pub mod page;
pub mod precondition;
pub mod problem;
pub mod rights;
pub mod surface;

pub use codes::Code;
pub use document::Described;
pub use extract::{Body, JsonBytes, Params, PathParams};
pub use operation::{Access, Idempotency, Meter, Operation, SurfaceKind, Verb};
pub use page::{Page, PageQuery};
pub use problem::{FieldError, Problem};
pub use rights::{Right, Rights, Role};
pub use surface::Surface;

/// Header that carries the id of a request through every process and into every log line and error.
pub const REQUEST_ID: &str = "syncline-request-id";
