//! The process of the way out: its socket, its uid, what it may see.
//!
//! Invariant: the host keeps the listening socket, so that who asks while it is started again waits and is answered.

use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::time::Duration;

use syncline_wire::boot::{EgressBoot, FORMAT};

use crate::bind;
use crate::dirs::cannot;
use crate::document;
use crate::error::Result;
use crate::host::Inner;
use crate::keep::Kept;
use crate::launch::landlock::{NAME_RESOLUTION, Rules};
use crate::launch::seccomp::{self, Sockets};
use crate::launch::{Confinement, Launch, Process, Program};

/// Starts the process of the way out.
pub(crate) struct WayOut {
    inner: Arc<Inner>,
    listener: UnixListener,
}

impl WayOut {
    /// Binds its socket.
    pub fn bind(inner: Arc<Inner>) -> Result<Self> {
        let socket = inner.dirs.egress_socket();
        let listener = bind::listener(&socket, inner.identities.clients_gid(), 0o660)?;
        Ok(Self { inner, listener })
    }
}

impl Drop for WayOut {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.inner.dirs.egress_socket());
    }
}

impl Kept for WayOut {
    const NAME: &'static str = "the way out";

    fn grace(&self) -> Duration {
        self.inner.config.stop_grace
    }

    async fn launch(&mut self) -> Result<Process> {
        launch(&self.inner, &self.listener).await
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
        outlets: inner.config.outlets.clone(),
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
