//! The process of the way out, started with a uid of its own and started again when it ends by itself.
//!
//! Invariant: the host keeps the listening socket, so that who asks while it is started again waits and is answered.

use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use syncline_wire::boot::{EgressBoot, FORMAT};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::bind;
use crate::dirs::cannot;
use crate::document;
use crate::error::Result;
use crate::host::Inner;
use crate::launch::landlock::{NAME_RESOLUTION, Rules};
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program};

const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
const STEADY: Duration = Duration::from_secs(60);

/// The way out, kept running.
#[derive(Debug)]
pub(crate) struct Egress {
    stop: Option<oneshot::Sender<()>>,
    keeper: JoinHandle<()>,
}

impl Egress {
    /// Binds the socket and starts the process.
    pub async fn start(inner: Arc<Inner>) -> Result<Self> {
        let socket = inner.dirs.egress_socket();
        let listener = bind::listener(&socket, inner.identities.clients_gid(), 0o660)?;
        let first = launch(&inner, &listener).await?;
        let (stop, stopped) = oneshot::channel();
        let keeper = tokio::spawn(keep(inner, listener, first, stopped));
        Ok(Self {
            stop: Some(stop),
            keeper,
        })
    }

    /// Ends it.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.keeper).await;
    }
}

impl Drop for Egress {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(
    inner: Arc<Inner>,
    listener: UnixListener,
    mut process: Process,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut pause = PAUSE.0;
    loop {
        let started = Instant::now();
        tokio::select! {
            _ = &mut stopped => {
                let _ = process.end(&[(Signal::TERM, inner.config.stop_grace)]).await;
                let _ = std::fs::remove_file(inner.dirs.egress_socket());
                return;
            }
            ended = process.wait() => {
                let how = ended.map_or_else(|e| e.to_string(), |e| e.to_string());
                tracing::error!(ended = %how, "the way out ended by itself; starting it again");
            }
        }
        if started.elapsed() > STEADY {
            pause = PAUSE.0;
        }
        process = loop {
            tokio::select! {
                _ = &mut stopped => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE.1);
            match launch(&inner, &listener).await {
                Ok(process) => break process,
                Err(e) => tracing::error!(error = %e, "the way out did not start; trying again"),
            }
        };
    }
}

async fn launch(inner: &Inner, listener: &UnixListener) -> Result<Process> {
    let program = Program::open(&inner.config.programs.host)?;
    let mut rules = Rules::new();
    for path in NAME_RESOLUTION {
        rules = rules.read(path);
    }
    let landlock = rules.build(&program)?;
    let boot = EgressBoot {
        format: FORMAT,
        clouds: inner.config.clouds.clone(),
        runners: inner.identities.runners(),
        log: inner.config.log.clone(),
    };
    let listener = listener
        .try_clone()
        .map_err(|e| cannot("keep open", &inner.dirs.egress_socket(), e))?;
    Launch::new("egress", program)?
        .argument("egress")?
        .descriptors(vec![listener.into(), document::pipe(&boot)?])
        .limit(libc::RLIMIT_NOFILE, 16_384)
        .limit(libc::RLIMIT_DATA, 256 << 20)
        .confinement(Confinement {
            landlock,
            filters: seccomp::filters(Sockets::Internet)?,
        })
        .identity(inner.identities.egress())
        .start()
        .await
}
