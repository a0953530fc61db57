//! The running proxy and its handle: switch manners, arm faults, read the record.

use crate::{
    Fault, Manners, Write, connection,
    dirsync::Walks,
    fault::Faults,
    record::Recorder,
    shared::{Counters, Shared},
    tls::{ClientSide, DirectorySide},
};
use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use syncline_lab::{DomainController, LabCa, LabError, LoopbackAddress};
use tokio::{runtime::Runtime, sync::watch};

/// Why a proxy did not start.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// An address, a certificate or the directory was not to be had.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A socket or a file was not to be had.
    #[error("The LDAP proxy could not {what}: {source} (`ldap_proxy.io`)")]
    Io {
        /// What it tried.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A certificate or key could not be used.
    #[error("The LDAP proxy could not use a certificate or key: {0} (`ldap_proxy.tls`)")]
    Tls(String),
}

impl ProxyError {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// What a proxy does, and where it keeps its record.
#[derive(Debug, Clone)]
pub struct ProxyOptions {
    /// The manners imposed from the start.
    pub manners: Manners,
    /// Where every write is appended as a JSON line; the handle answers them in any case.
    pub record: Option<PathBuf>,
    /// The address to take if it is free: that of an earlier run, which clients remember.
    pub prefer: Option<Ipv4Addr>,
}

impl ProxyOptions {
    /// These manners, the record in memory.
    #[must_use]
    pub fn with(manners: Manners) -> Self {
        Self {
            manners,
            record: None,
            prefer: None,
        }
    }

    /// Windows' manners with this seed, the record in memory.
    #[must_use]
    pub fn windows(seed: u64) -> Self {
        Self::with(Manners::windows(seed))
    }
}

/// What a proxy has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Connections accepted.
    pub connections: u64,
    /// Requests received.
    pub requests: u64,
    /// Search entries delivered.
    pub entries: u64,
    /// Requests refused as busy or unavailable.
    pub refused: u64,
}

/// A running proxy; dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    _held: Option<LoopbackAddress>,
}

impl Proxy {
    /// Puts a proxy in front of a domain controller of the lab, on port 636 of an address of its own.
    pub fn in_front_of(
        controller: &DomainController,
        options: ProxyOptions,
    ) -> Result<Self, ProxyError> {
        let directory = SocketAddr::from((controller.ip(), 636));
        let held = LoopbackAddress::take_or(options.prefer)?;
        let mut proxy = Self::start(SocketAddr::from((held.ip(), 636)), directory, options)?;
        proxy._held = Some(held);
        Ok(proxy)
    }

    /// Listens on `listen` and speaks LDAPS to `directory`; both certificates are the lab CA's.
    pub fn start(
        listen: SocketAddr,
        directory: SocketAddr,
        options: ProxyOptions,
    ) -> Result<Self, ProxyError> {
        let ca = LabCa::open()?;
        let identity = ca.issue(&[&listen.ip().to_string(), "ldap-proxy.test"])?;
        let record = options.record.as_deref();
        let recorder = Recorder::open(record).map_err(ProxyError::io("open its record"))?;
        let shared = Arc::new(Shared {
            manners: RwLock::new(options.manners),
            faults: Faults::default(),
            recorder,
            walks: Walks::default(),
            counters: Counters::default(),
            client_side: ClientSide::new(&identity.certificate_pem, &identity.key_pem)?,
            directory_side: DirectorySide::new(directory, &ca.pem()?)?,
            away: AtomicBool::new(false),
            breaks: watch::Sender::new(0),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("ldap-proxy")
            .enable_all()
            .build()
            .map_err(ProxyError::io("start its threads"))?;
        let listener =
            TcpListener::bind(listen).map_err(ProxyError::io(format!("listen on {listen}")))?;
        let address = listener
            .local_addr()
            .map_err(ProxyError::io("read its address"))?;
        listener
            .set_nonblocking(true)
            .map_err(ProxyError::io("set up its socket"))?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)
                .map_err(ProxyError::io("set up its socket"))?
        };
        runtime.spawn(accept(listener, shared.clone()));
        Ok(Self {
            address,
            shared,
            runtime: Some(runtime),
            _held: None,
        })
    }

    /// `ldaps://127.x.y.z:port`, for clients that trust the lab's CA.
    #[must_use]
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the manners from the next request on.
    pub fn set_manners(&self, change: impl FnOnce(&mut Manners)) {
        change(
            &mut self
                .shared
                .manners
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Arms a fault; several may be armed.
    pub fn arm(&self, fault: Fault) {
        self.shared.faults.arm(fault);
    }

    /// How many armed faults have not struck yet.
    #[must_use]
    pub fn armed(&self) -> usize {
        self.shared.faults.armed()
    }

    /// Breaks every open connection now.
    pub fn break_connections(&self) {
        self.shared.breaks.send_modify(|count| *count += 1);
    }

    /// The directory goes away: open connections break, new ones are closed at once.
    pub fn go_away(&self) {
        self.shared.away.store(true, Ordering::SeqCst);
        self.break_connections();
    }

    /// The directory is back.
    pub fn come_back(&self) {
        self.shared.away.store(false, Ordering::SeqCst);
    }

    /// Every write so far, in the order of the answers.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        self.shared.recorder.writes()
    }

    /// What it has seen so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let counters = &self.shared.counters;
        Stats {
            connections: counters.connections.load(Ordering::Relaxed),
            requests: counters.requests.load(Ordering::Relaxed),
            entries: counters.entries.load(Ordering::Relaxed),
            refused: counters.refused.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // In the background: the handle may be dropped inside another runtime.
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((tcp, _)) = listener.accept().await else {
            continue;
        };
        if shared.away.load(Ordering::SeqCst) {
            continue;
        }
        Counters::count(&shared.counters.connections);
        let shared = shared.clone();
        tokio::spawn(async move {
            // A client that breaks off is what this proxy is for; its error is the client's to tell.
            let _ = connection::serve(shared, tcp).await;
        });
    }
}

/// Reads a record that a proxy appended to a file.
pub fn read_record(file: &std::path::Path) -> Result<Vec<Write>, ProxyError> {
    let text =
        fs::read_to_string(file).map_err(ProxyError::io(format!("read {}", file.display())))?;
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(io::Error::other))
        .collect::<io::Result<_>>()
        .map_err(ProxyError::io(format!("understand {}", file.display())))
}

/// The address a proxy takes when nobody cares: loopback, any free port.
pub const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
