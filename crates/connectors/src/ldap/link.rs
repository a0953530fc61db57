//! The connection to the directory: made, kept, replaced when it is lost.
//!
//! Invariants: the server's certificate is checked before a password is sent, and a password is sent
//! under TLS only; a connection that failed is never used again; `Lost` tells a request that may have
//! taken effect from one that never left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use tokio::sync::Mutex;

use super::config::LdapConfig;
use super::errors;
use super::session::Session;

/// After this many requests a connection is replaced: the library never frees the numbers of ended searches.
const REQUESTS_PER_CONNECTION: u32 = 20_000;

/// A request that got no answer.
#[derive(Debug)]
pub struct Lost {
    /// Whether the directory may have received it.
    pub sent: bool,
    /// What happened.
    pub fault: Fault,
}

/// What the sessions of one connection share.
#[derive(Debug, Default)]
pub struct Health {
    broken: AtomicBool,
    requests: AtomicU32,
}

impl Health {
    /// Counts a request.
    pub fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Says that an answer did not come: the connection is not to be trusted any more.
    pub fn broke(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    fn usable(&self) -> bool {
        !self.broken.load(Ordering::Relaxed)
            && self.requests.load(Ordering::Relaxed) < REQUESTS_PER_CONNECTION
    }
}

struct Live {
    ldap: Ldap,
    health: Arc<Health>,
    used: Instant,
}

/// The supervised connection.
pub struct Link {
    config: Arc<LdapConfig>,
    live: Mutex<Option<Live>>,
}

impl Link {
    /// A link that connects when it is first used.
    pub fn new(config: Arc<LdapConfig>) -> Self {
        Self {
            config,
            live: Mutex::new(None),
        }
    }

    /// A session on the living connection, or on a new one.
    pub async fn session(&self) -> Result<Session, Fault> {
        let mut slot = self.live.lock().await;
        if let Some(mut live) = slot.take()
            && live.health.usable()
            && !live.ldap.is_closed()
        {
            let mut session = self.session_on(&live);
            if live.used.elapsed() < self.config.idle_max || session.answers().await {
                live.used = Instant::now();
                *slot = Some(live);
                return Ok(session);
            }
        }
        let ldap = connect(&self.config).await?;
        let live = Live {
            ldap,
            health: Arc::default(),
            used: Instant::now(),
        };
        let session = self.session_on(&live);
        *slot = Some(live);
        Ok(session)
    }

    fn session_on(&self, live: &Live) -> Session {
        Session::new(
            live.ldap.clone(),
            Arc::clone(&live.health),
            self.config.answer_timeout,
        )
    }
}

async fn connect(config: &LdapConfig) -> Result<Ldap, Fault> {
    if !config.url.starts_with("ldaps://") {
        return Err(Fault::new(
            "connect.scheme_refused",
            ErrorKind::Connection,
            format!("\"{}\" is not an LDAPS address.", config.url),
            "Give the address as ldaps://host; passwords are sent under TLS only.",
        ));
    }
    if config.password.reveal().is_empty() || config.bind_name.is_empty() {
        // A simple bind without a password succeeds as nobody.
        return Err(Fault::new(
            "connect.credentials_missing",
            ErrorKind::Authentication,
            format!("No credentials are set for {}.", config.url),
            "Set them on the agent's host with `syncline-agent credential set`.",
        ));
    }
    let mut settings = LdapConnSettings::new().set_conn_timeout(config.connect_timeout);
    if config.ca_file.is_some() {
        settings = settings.set_config(Arc::new(tls(config)?));
    }
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, &config.url)
        .await
        .map_err(|error| not_connected(config, error))?;
    tokio::spawn(async move {
        // Its end, also by panic, closes the channel that every session watches.
        if let Err(error) = connection.drive().await {
            tracing::debug!(%error, "ldap connection ended");
        }
    });
    let bound = ldap
        .with_timeout(config.connect_timeout)
        .simple_bind(&config.bind_name, config.password.reveal())
        .await
        .map_err(|error| lost(&error).fault)?;
    if bound.rc != 0 {
        return Err(errors::bind_refusal(&config.url, &config.bind_name, &bound));
    }
    Ok(ldap)
}

fn tls(config: &LdapConfig) -> Result<rustls::ClientConfig, Fault> {
    let path = config.ca_file.as_deref().unwrap_or_else(|| "".as_ref());
    let unusable = |why: String| {
        Fault::new(
            "connect.ca_file_unusable",
            ErrorKind::Connection,
            format!("The CA file {} cannot be used: {why}.", path.display()),
            "Give a PEM file with the certificate of the authority that issued the domain controller's.",
        )
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("it holds no certificate".into()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn not_connected(config: &LdapConfig, error: LdapError) -> Fault {
    let url = &config.url;
    let (code, kind, message, next) = match &error {
        LdapError::Timeout { .. } => (
            "connect.timeout",
            ErrorKind::Timeout,
            format!("{url} did not answer in time."),
            "Check address, firewall and the domain controller's load.",
        ),
        LdapError::Io { source } => match tls_error(source) {
            Some(rustls::Error::InvalidCertificate(_)) => (
                "connect.certificate_untrusted",
                ErrorKind::Connection,
                format!("The certificate of {url} is not trusted."),
                "Give the certificate of the authority that issued it as CA file, and connect by a name that it carries.",
            ),
            Some(_) => (
                "connect.tls_failed",
                ErrorKind::Connection,
                format!("No TLS connection could be made to {url}."),
                "Check that the port speaks LDAPS and TLS 1.2 or newer.",
            ),
            None => (
                "connect.unreachable",
                ErrorKind::Connection,
                format!("{url} cannot be reached."),
                "Check address, name resolution, firewall and whether the domain controller runs.",
            ),
        },
        _ => (
            "connect.address_invalid",
            ErrorKind::Connection,
            format!("\"{url}\" is not an address that can be connected to."),
            "Give the address as ldaps://host or ldaps://host:port.",
        ),
    };
    Fault::new(code, kind, message, next).with_evidence(error.to_string())
}

fn tls_error(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A request that failed without an answer of the directory.
pub fn lost(error: &LdapError) -> Lost {
    let (sent, code, kind, message) = match error {
        LdapError::OpSend { .. } => (
            false,
            "connect.lost",
            ErrorKind::Connection,
            "The connection to the directory was lost.",
        ),
        LdapError::Timeout { .. } => (
            true,
            "connect.timeout",
            ErrorKind::Timeout,
            "The directory did not answer in time.",
        ),
        LdapError::FilterParsing | LdapError::AddNoValues => (
            false,
            "connector.internal",
            ErrorKind::Internal,
            "The connector made a request that cannot be sent.",
        ),
        _ => (
            true,
            "connect.lost",
            ErrorKind::Connection,
            "The connection to the directory was lost before it answered.",
        ),
    };
    let next = match kind {
        ErrorKind::Internal => "Report this with the text below.",
        _ => "It is tried again; check the domain controller and the network if this stays.",
    };
    Lost {
        sent,
        fault: Fault::new(code, kind, message, next).with_evidence(error.to_string()),
    }
}
