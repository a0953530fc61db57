//! What the relay needs from the rest of the API.

use async_trait::async_trait;
use syncline_contract::Problem;
use syncline_model::{AgentId, DirectoryId, TenantId};
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey};
use tokio::io::{AsyncRead, AsyncWrite};

/// A byte stream to a runner.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A byte stream to a runner.
pub type BoxStream = Box<dyn Stream>;

/// Whether an agent may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Enrolled; its fingerprint is not confirmed yet.
    Pending,
    /// Confirmed.
    Confirmed,
    /// Revoked.
    Revoked,
}

/// What the API keeps about an agent (from the runner's list, so that it is known while the runner sleeps).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAgent {
    /// Its public key, as SubjectPublicKeyInfo.
    pub public_key: Vec<u8>,
    /// Whether it may connect.
    pub standing: Standing,
}

/// Why there is no tunnel to a runner now.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TunnelError {
    /// The runner sleeps; nothing is wrong.
    #[error("the runner sleeps")]
    Asleep,
    /// The runner cannot be reached or refused.
    #[error("the runner gave no tunnel: {0}")]
    Unavailable(String),
}

/// The tenants' side of the relay.
#[async_trait]
pub trait Tenants: Send + Sync + 'static {
    /// Hands an enrolment to the tenant's runner, which judges the key.
    async fn enrol(
        &self,
        key: EnrolmentKey,
        request: EnrolRequest,
    ) -> Result<EnrolResponse, Problem>;

    /// An agent by id; `None` when the tenant or the agent does not exist. Answered from a cache.
    async fn agent(&self, tenant: TenantId, agent: AgentId) -> Result<Option<KnownAgent>, Problem>;

    /// Opens the runner's end of an agent's tunnel. Does not wake a sleeping runner.
    async fn open_tunnel(&self, tenant: TenantId, agent: AgentId)
    -> Result<BoxStream, TunnelError>;

    /// An agent says that its directory changed while no tunnel was open.
    async fn directory_changed(&self, tenant: TenantId, agent: AgentId, directory: DirectoryId);
}
