//! What one operation of an HTTP surface is: its id, its route, who may call it, how it is metered and repeated.
//!
//! Invariants: an operation is a constant; everything that depends on "which call is this" (routing, rights,
//! metering, body limits, the document) reads this value and nothing else.

use http::Method;

use crate::rights::Right;

/// The HTTP methods our surfaces use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Verb {
    /// The method on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }

    /// The method in the form of the HTTP libraries.
    pub const fn http(self) -> Method {
        match self {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Patch => Method::PATCH,
            Verb::Delete => Method::DELETE,
        }
    }
}

/// Which process answers an operation, and over which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SurfaceKind {
    /// Answered by the API itself.
    Control,
    /// Answered by the tenant's runner; the API authorises and passes the body through.
    Tenant,
    /// Called by agents on the API's listener.
    Agent,
    /// Called by the API on a runner's socket; never reachable from outside.
    Internal,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Anyone, without sign-in.
    Public,
    /// Any signed-in principal; the answer is about that principal alone.
    SignedIn,
    /// A member of the tenant in the path whose role holds this right.
    Member(Right),
    /// An agent that proves possession of its key, or of an enrolment key.
    Agent,
    /// The control plane itself: an assertion with the principal `system`.
    System,
}

/// How an operation stands to being sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// Changes nothing.
    Safe,
    /// Sending it again leaves the same state (PUT and DELETE under If-Match, confirm, pause …).
    Repeatable,
    /// Creates something: `Idempotency-Key` is required, and a repeat gets the first answer.
    Key,
}

/// What a call counts as in the usage ledger. Effects (objects imported, operations exported) are metered by
/// the effect's own transaction, not by the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meter {
    /// Not counted.
    None,
    /// One `api_calls`, billable when it came with a bearer token or a key.
    ApiCall,
}

/// One operation of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Stable name, `resource.verb`; the OpenAPI operation id.
    pub id: &'static str,
    /// HTTP method.
    pub method: Verb,
    /// Route with `{name}` parameters, in the form both axum and OpenAPI read.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What the call counts as.
    pub meter: Meter,
    /// How it stands to being sent twice.
    pub idempotency: Idempotency,
    /// Whether `If-Match` is required (428 without it).
    pub precondition: bool,
    /// Which process answers it.
    pub surface: SurfaceKind,
    /// Largest request body in bytes; 0 where a body is refused.
    pub max_body: usize,
    /// First sentence of its documentation.
    pub summary: &'static str,
}

/// Largest JSON body of an ordinary operation.
pub const JSON_BODY: usize = 256 * 1024;
/// Largest body that carries a whole profile.
pub const PROFILE_BODY: usize = 2 * 1024 * 1024;
/// Largest body that carries the exported configuration of another product.
pub const DRAFT_BODY: usize = 32 * 1024 * 1024;

impl Operation {
    pub(crate) const fn new(
        id: &'static str,
        method: Verb,
        path: &'static str,
        surface: SurfaceKind,
        access: Access,
        summary: &'static str,
    ) -> Self {
        let reads = matches!(method, Verb::Get);
        Operation {
            id,
            method,
            path,
            access,
            meter: match surface {
                SurfaceKind::Control | SurfaceKind::Tenant => Meter::ApiCall,
                SurfaceKind::Agent | SurfaceKind::Internal => Meter::None,
            },
            idempotency: if reads {
                Idempotency::Safe
            } else {
                Idempotency::Repeatable
            },
            precondition: false,
            surface,
            max_body: if reads { 0 } else { JSON_BODY },
            summary,
        }
    }

    pub(crate) const fn key(self) -> Self {
        Operation {
            idempotency: Idempotency::Key,
            ..self
        }
    }

    pub(crate) const fn if_match(self) -> Self {
        Operation {
            precondition: true,
            ..self
        }
    }

    pub(crate) const fn body(self, max_body: usize) -> Self {
        Operation { max_body, ..self }
    }

    pub(crate) const fn unmetered(self) -> Self {
        Operation {
            meter: Meter::None,
            ..self
        }
    }

    /// The right a member needs, where the operation belongs to a tenant.
    pub const fn right(&self) -> Option<Right> {
        match self.access {
            Access::Member(right) => Some(right),
            _ => None,
        }
    }

    /// The names of the path parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Whether a tenant stands in the path.
    pub fn in_tenant(&self) -> bool {
        self.path.starts_with("/v1/tenants/{tenant}")
    }
}

/// Declares operations as constants and the table of all of them from one text: the doc comment becomes the
/// summary in `openapi.yaml`.
macro_rules! operations {
    ($surface:ident: $(
        $(#[doc = $doc:literal])+
        $name:ident = $id:literal, $method:ident $path:literal, $access:expr $(, $flag:ident $(($arg:expr))?)*;
    )*) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::operation::Operation = $crate::operation::Operation::new(
                $id, $crate::operation::Verb::$method, $path, $crate::operation::SurfaceKind::$surface, $access, concat!($($doc),+),
            )$(.$flag($($arg)?))*;
        )*

        /// Every operation of this surface, in documentation order.
        pub static TABLE: &[&$crate::operation::Operation] = &[$(&$name),*];
    };
}
pub(crate) use operations;
