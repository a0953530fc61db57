//! Who a request comes from and what it may do, as the guard found it.

use axum::extract::FromRequestParts;
use http::request::Parts;
use syncline_contract::{Problem, Rights, Role};
use syncline_model::{PrincipalId, TenantId};
use syncline_store::control::{Observed, PrincipalKind};
use syncline_wire::assertion::{Channel, Principal, RequestId};

use crate::session::BrowserSecret;

/// The caller of a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub principal: PrincipalId,
    /// Person or workload.
    pub kind: PrincipalKind,
    /// The directory tenant that vouches for it.
    pub directory_tenant: String,
    /// How it came in.
    pub channel: Channel,
    /// The request's id.
    pub request: RequestId,
    /// What it may do in the tenant of the path, where there is one.
    pub member: Option<Membership>,
}

/// The caller's place in the tenant of the path.
#[derive(Debug, Clone)]
pub struct Membership {
    /// Which tenant.
    pub tenant: TenantId,
    /// The caller's role.
    pub role: Role,
    /// The tenant's owner generation.
    pub generation: i64,
    /// Whether its runner is there.
    pub observed: Observed,
    /// How many members hold the approve right.
    pub approvers: u16,
}

impl Caller {
    /// The caller as assertions name it.
    pub fn asserted(&self) -> Principal {
        match self.kind {
            PrincipalKind::User => Principal::User(self.principal),
            PrincipalKind::Application => Principal::Application(self.principal),
        }
    }

    /// The rights in the tenant of the path.
    pub fn rights(&self) -> Rights {
        self.member
            .as_ref()
            .map_or(Rights::NONE, |member| member.role.rights())
    }

    /// The tenant of the path. Only operations with a member right have one.
    pub fn tenant(&self) -> Result<&Membership, Problem> {
        self.member.as_ref().ok_or_else(Problem::not_found)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| {
            tracing::error!(
                code = "api.guard_missing",
                "a handler asked for the caller of an operation that has none"
            );
            Problem::internal()
        })
    }
}

/// The session a request came with, for the operations about the session itself.
#[derive(Clone)]
pub struct CameWith(pub BrowserSecret);

/// The id of a request, also where nobody is signed in.
#[derive(Debug, Clone, Copy)]
pub struct ThisRequest(pub RequestId);

impl<S: Send + Sync> FromRequestParts<S> for ThisRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<ThisRequest>()
            .copied()
            .ok_or_else(Problem::internal)
    }
}
