//! `syncline-compile`, confined and short-lived: a child a request of a runner's compile channel, and one a host for the
//! runtime that all rule programs import.
//!
//! Bytes go in on its standard input and come out on its standard output; the host looks at neither.
//! Invariants: a compiler has no socket, no directory, no key, and not its runner's uid; it ends
//! within its wall-clock limit; a failed compile is an answer, never the end of the channel.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use syncline_model::TenantId;
use syncline_wire::compile::Reply;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;

use crate::config::RunnerLimits;
use crate::error::{HostError, Result};
use crate::identities::Identity;
use crate::launch::landlock::Rules;
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program, Streams};

/// How a child is started.
pub(crate) struct Child {
    /// What logs call it.
    pub name: String,
    pub program: PathBuf,
    pub identity: Option<Identity>,
    pub limits: RunnerLimits,
}

impl Child {
    /// What it answers to this request, at most so many bytes.
    pub async fn answer(
        &self,
        argument: Option<&str>,
        request: &[u8],
        most: u64,
    ) -> Result<Vec<u8>> {
        let program = Program::open(&self.program)?;
        let landlock = Rules::new().build(&program)?;
        let mut launch = Launch::new(&self.name, program)?
            .streams(Streams::Piped)
            .limit(libc::RLIMIT_CPU, self.limits.compile_cpu_seconds)
            .limit(libc::RLIMIT_DATA, self.limits.compile_memory_bytes)
            .limit(libc::RLIMIT_NOFILE, 64)
            .limit(libc::RLIMIT_FSIZE, 0)
            .confinement(Confinement {
                landlock,
                filters: seccomp::filters(Sockets::None)?,
            });
        if let Some(argument) = argument {
            launch = launch.argument(argument)?;
        }
        if self.identity.is_some() {
            launch = launch.limit(libc::RLIMIT_NPROC, 64);
        }
        let mut process = launch.identity(self.identity.clone()).start().await?;
        let (mut input, output) = process
            .take_streams()
            .ok_or_else(|| failed("it has no streams"))?;

        let wall = Duration::from_secs(self.limits.compile_wall_seconds);
        let talk = async {
            let send = async move {
                // A compiler that stops reading says why in its answer or its exit code.
                let _ = input.write_all(request).await;
                let _ = input.shutdown().await;
            };
            let mut answer = Vec::new();
            let mut output = output.take(most + 1);
            let ((), read) = tokio::join!(send, output.read_to_end(&mut answer));
            read.map(|_| answer)
        };
        let why = match tokio::time::timeout(wall, talk).await {
            Ok(Ok(answer)) if answer.len() as u64 <= most => {
                let Ok(ended) = tokio::time::timeout(wall, process.wait()).await else {
                    return Err(stopped(process, "it did not end after its answer").await?);
                };
                let ended = ended?;
                return if ended.is_success() {
                    Ok(answer)
                } else {
                    Err(failed(&format!("it ended with {ended}")))
                };
            }
            Ok(Ok(_)) => format!("its answer is over {most} bytes"),
            Ok(Err(e)) => format!("its answer could not be read: {e}"),
            Err(_) => format!("it took longer than {} s", wall.as_secs()),
        };
        Err(stopped(process, &why).await?)
    }
}

async fn stopped(mut process: Process, why: &str) -> Result<HostError> {
    process
        .end(&[(Signal::KILL, Duration::from_secs(5))])
        .await?;
    Ok(failed(why))
}

fn failed(why: &str) -> HostError {
    HostError::new(
        "host.compile",
        format!("the rules could not be compiled: {why}"),
    )
}

/// What compiles for one runner.
pub(crate) struct Compiler {
    pub tenant: TenantId,
    pub child: Child,
    /// How many compile at once on this machine.
    pub turn: Arc<Semaphore>,
}

impl Compiler {
    /// Answers requests until the runner closes its end.
    pub async fn serve(self, channel: UnixStream) {
        let prepared = channel
            .set_nonblocking(true)
            .and_then(|()| tokio::net::UnixStream::from_std(channel));
        let mut channel = match prepared {
            Ok(channel) => channel,
            Err(e) => {
                return tracing::error!(tenant = %self.tenant, error = %e, "the compile channel cannot be used");
            }
        };
        while let Some(request) = self.request(&mut channel).await {
            let reply = match self.compile(&request).await {
                Ok(answer) => Reply::Done(answer),
                Err(e) => {
                    tracing::warn!(tenant = %self.tenant, error = %e, "a compile failed");
                    Reply::Failed(e.to_string())
                }
            };
            let body = reply.encode();
            let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
            if channel.write_all(&length).await.is_err() || channel.write_all(&body).await.is_err()
            {
                return;
            }
        }
    }

    /// The next request; `None` when there is none, or one over the limit, after which the stream
    /// has no beginning any more.
    async fn request(&self, channel: &mut tokio::net::UnixStream) -> Option<Vec<u8>> {
        let length = channel.read_u32().await.ok()?;
        if length > self.child.limits.compile_bytes {
            tracing::warn!(tenant = %self.tenant, length, "a compile request is over the limit; closing the channel");
            return None;
        }
        let mut request = Vec::new();
        let read = channel
            .take(length.into())
            .read_to_end(&mut request)
            .await
            .ok()?;
        (read as u64 == u64::from(length)).then_some(request)
    }

    async fn compile(&self, request: &[u8]) -> Result<Vec<u8>> {
        let _turn = self
            .turn
            .acquire()
            .await
            .map_err(|_| failed("the host is stopping"))?;
        let most = u64::from(self.child.limits.compile_bytes);
        self.child.answer(None, request, most).await
    }
}
