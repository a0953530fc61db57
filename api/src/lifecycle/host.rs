//! Asking the host over its socket.
//!
//! Invariants: one connection a request, so that a long answer holds nobody up; a line is bounded before it is read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use syncline_model::TenantId;
use syncline_wire::host::{
    Answer, HostStatus, LINE_BYTES_MAX, Refusal, Reply, Request, RunnerStatus, StepReport,
};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

/// Why the host did not do it.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// It cannot be reached, or went away.
    #[error("the host does not answer on its socket: {0} (host.unreachable)")]
    Unreachable(String),
    /// It refused.
    #[error("{0}")]
    Refused(Refusal),
    /// It answered something else than was asked.
    #[error(
        "the host's answer does not belong to the request: host and API are of different releases (host.answer)"
    )]
    Answer,
}

/// The host's five verbs.
#[derive(Clone)]
pub struct HostClient {
    socket: PathBuf,
}

impl HostClient {
    /// Over this socket.
    pub fn new(socket: &Path) -> Self {
        HostClient {
            socket: socket.into(),
        }
    }

    /// Makes schema, role, key and generation be there.
    pub async fn ensure(
        &self,
        tenant: TenantId,
        generation: i64,
    ) -> Result<Vec<StepReport>, HostError> {
        match self
            .ask(
                &Request::Ensure { tenant, generation },
                Duration::from_secs(120),
            )
            .await?
        {
            Answer::Ensure { steps, .. } => Ok(steps),
            _ => Err(HostError::Answer),
        }
    }

    /// Starts the runner, or finds it running.
    pub async fn start(
        &self,
        tenant: TenantId,
        generation: i64,
    ) -> Result<RunnerStatus, HostError> {
        match self
            .ask(
                &Request::Start { tenant, generation },
                Duration::from_secs(60),
            )
            .await?
        {
            Answer::Start(status) => Ok(status),
            _ => Err(HostError::Answer),
        }
    }

    /// Stops the runner.
    pub async fn stop(&self, tenant: TenantId) -> Result<(), HostError> {
        match self
            .ask(&Request::Stop { tenant }, Duration::from_secs(60))
            .await?
        {
            Answer::Stop { .. } => Ok(()),
            _ => Err(HostError::Answer),
        }
    }

    /// What runs. With `unless_change` the host answers when something has changed, or after 30 seconds.
    pub async fn status(
        &self,
        tenant: Option<TenantId>,
        unless_change: Option<u64>,
    ) -> Result<HostStatus, HostError> {
        match self
            .ask(
                &Request::Status {
                    tenant,
                    unless_change,
                },
                Duration::from_secs(40),
            )
            .await?
        {
            Answer::Status(status) => Ok(status),
            _ => Err(HostError::Answer),
        }
    }

    async fn ask(&self, request: &Request, patience: Duration) -> Result<Answer, HostError> {
        let exchange = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            let mut line = serde_json::to_vec(request)?;
            line.push(b'\n');
            stream.write_all(&line).await?;
            let mut answer = Vec::new();
            BufReader::new(stream)
                .take(LINE_BYTES_MAX as u64)
                .read_until(b'\n', &mut answer)
                .await?;
            std::io::Result::Ok(answer)
        };
        let line = match tokio::time::timeout(patience, exchange).await {
            Ok(Ok(line)) => line,
            Ok(Err(error)) => return Err(HostError::Unreachable(error.to_string())),
            Err(_) => {
                return Err(HostError::Unreachable(format!(
                    "no answer in {} s",
                    patience.as_secs()
                )));
            }
        };
        match serde_json::from_slice::<Reply>(&line) {
            Ok(Reply::Ok(answer)) => Ok(answer),
            Ok(Reply::Error(refusal)) => Err(HostError::Refused(refusal)),
            Err(_) => Err(HostError::Answer),
        }
    }
}
