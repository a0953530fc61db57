//! The agent's directory: one connector, made when credential and policy allow it.
//!
//! Invariants: nothing is dialled that the policy file does not name; a refused password is not tried
//! again until it is set anew or some time has passed, so that no account is locked by us; a directory
//! that turns out to be another domain than at first bind is not used; HR files are read only in the folder
//! that this host names.

pub mod facts;
mod files;
mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use syncline_connectors::contract::{Connector, DirectoryIdentity, Fault};
use syncline_connectors::csv::CsvConnector;
use syncline_connectors::ldap::{DirectoryKind, LdapConfig, LdapConnector, Secret};
use syncline_model::Dn;
use syncline_model::error::ErrorKind;
use syncline_wire::link::CredentialState;
use tokio::sync::watch as channel;

use crate::config::{DirectoryConfig, LdapDirectory};
use crate::home::{self, Home, Stamp};
use crate::policy::{Policy, PolicyFile};

/// A refused password is tried again after this long even if it was not set anew.
const REFUSED_RETRY: Duration = Duration::from_secs(900);

/// The directory and the state of its credential.
pub struct Directory {
    source: Source,
    policy: Arc<PolicyFile>,
    /// Locked while it is compared, so that two first binds at once pin one domain.
    pin: Mutex<PathBuf>,
    state: Mutex<State>,
    changes: channel::Sender<u64>,
}

enum Source {
    Ldap {
        kind: DirectoryKind,
        config: LdapDirectory,
        credential: PathBuf,
    },
    Files(Arc<CsvConnector>),
    Made(Arc<dyn Connector>),
    Unconfigured,
}

#[derive(Default)]
struct State {
    /// The connector and the state of the credential file it was made with.
    connector: Option<(Stamp, Arc<dyn Connector>)>,
    refused: Option<Refused>,
    identity: Option<Arc<DirectoryIdentity>>,
}

struct Refused {
    at: Instant,
    since_s: i64,
    credential: Stamp,
}

impl Directory {
    /// The directory of a configuration; without one, every call says so.
    pub fn configured(
        home: &Home,
        config: Option<DirectoryConfig>,
        policy: Arc<PolicyFile>,
    ) -> Self {
        let ldap = |kind, config| Source::Ldap {
            kind,
            config,
            credential: home.credential(),
        };
        let source = match config {
            None => Source::Unconfigured,
            Some(DirectoryConfig::ActiveDirectory(config)) => {
                ldap(DirectoryKind::ActiveDirectory, config)
            }
            Some(DirectoryConfig::Openldap(config)) => ldap(DirectoryKind::OpenLdap, config),
            Some(DirectoryConfig::HrFile(config)) => Source::Files(files::open(home, &config)),
        };
        Self::over(source, home, policy)
    }

    /// A directory over a connector that is made already.
    pub fn made(home: &Home, connector: Arc<dyn Connector>, policy: Arc<PolicyFile>) -> Self {
        Self::over(Source::Made(connector), home, policy)
    }

    fn over(source: Source, home: &Home, policy: Arc<PolicyFile>) -> Self {
        Self {
            source,
            policy,
            pin: Mutex::new(home.path("domain-pin")),
            state: Mutex::default(),
            changes: channel::channel(0).0,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the cloud may know about the credential.
    pub fn credential_state(&self) -> CredentialState {
        match &self.source {
            Source::Unconfigured => CredentialState::Missing,
            // Files need none.
            Source::Made(_) | Source::Files(_) => CredentialState::Present,
            Source::Ldap { credential, .. } => {
                match (home::stamp(credential), &self.state().refused) {
                    (None, _) => CredentialState::Missing,
                    (at, Some(refused)) if refused.credential == at => {
                        CredentialState::RefusedSince {
                            since_s: refused.since_s,
                        }
                    }
                    _ => CredentialState::Present,
                }
            }
        }
    }

    /// What the connector can do, as far as that is known without connecting.
    pub fn connector(&self) -> Result<Arc<dyn Connector>, Fault> {
        let (kind, config, credential) = match &self.source {
            Source::Made(connector) => return Ok(connector.clone()),
            Source::Files(connector) => {
                self.valid_policy()?;
                return Ok(connector.clone());
            }
            Source::Unconfigured => return Err(unconfigured()),
            Source::Ldap {
                kind,
                config,
                credential,
            } => (*kind, config, credential),
        };
        let set_at = home::stamp(credential);
        let mut state = self.state();
        if let Some(refused) = &state.refused
            && refused.credential == set_at
            && refused.at.elapsed() < REFUSED_RETRY
        {
            return Err(Fault::new(
                "connect.credentials_refused",
                ErrorKind::Authentication,
                "The directory refused the agent's credential; it is not tried again so that the account is not locked.",
                "On the agent's host run `syncline-agent credential set` with the right password.",
            ));
        }
        if let Some((made_with, connector)) = &state.connector
            && *made_with == set_at
        {
            return Ok(connector.clone());
        }
        let policy = self.valid_policy()?;
        if !policy.may_dial(config.host()) {
            return Err(Fault::new(
                "agent.host_not_allowed",
                ErrorKind::PolicyRefused,
                "The policy file on the agent's host does not name the directory's host.",
                "On that host add it to `hosts` in policy.toml.",
            ));
        }
        let password = home::read_private(credential)
            .map_err(|error| local(&error))?
            .ok_or_else(|| {
                Fault::new(
                    "connect.credentials_missing",
                    ErrorKind::Authentication,
                    "No directory credential is set on the agent's host.",
                    "On that host run `syncline-agent credential set`.",
                )
            })?;
        let password = Secret::new(password.trim_end_matches(['\r', '\n']));
        let mut ldap = LdapConfig::new(kind, config.url.clone(), config.bind.clone(), password);
        ldap.ca_file = config.ca_file.clone();
        ldap.base_dn = config.base_dn.clone();
        let connector: Arc<dyn Connector> = Arc::new(LdapConnector::new(ldap));
        state.refused = None;
        state.connector = Some((set_at, connector.clone()));
        Ok(connector)
    }

    fn valid_policy(&self) -> Result<Arc<Policy>, Fault> {
        self.policy.current().map_err(|error| {
            tracing::error!(code = error.code, "{}", error.message);
            Fault::new(
                "agent.policy_invalid",
                ErrorKind::PolicyRefused,
                "The policy file on the agent's host is not valid, so nothing is dialled or read.",
                "On that host run `syncline-agent policy check`.",
            )
        })
    }

    /// Takes note of what a fault says about the credential. Passes the fault on.
    pub fn noted(&self, fault: Fault) -> Fault {
        let refused = fault.code == "connect.credentials_refused"
            || (fault.kind == ErrorKind::Authentication && fault.code.starts_with("connect."));
        if refused && let Source::Ldap { credential, .. } = &self.source {
            let mut state = self.state();
            let credential = home::stamp(credential);
            let known = state
                .refused
                .as_ref()
                .filter(|r| r.credential == credential);
            let since_s = known.map_or_else(now_s, |refused| refused.since_s);
            state.refused = Some(Refused {
                at: Instant::now(),
                since_s,
                credential,
            });
        }
        fault
    }

    /// Who the directory says it is, asked now; another domain than the first time is a fault.
    pub async fn identity(&self) -> Result<Arc<DirectoryIdentity>, Fault> {
        let connector = self.connector()?;
        let identity = connector.identity().await.map_err(|f| self.noted(f))?;
        self.check_pin(&identity.pin)?;
        let identity = Arc::new(identity);
        self.state().identity = Some(identity.clone());
        Ok(identity)
    }

    /// Whether the directory has said who it is since this process began.
    pub fn was_reached(&self) -> bool {
        self.state().identity.is_some()
    }

    /// Who the directory says it is, asked once.
    pub async fn known(&self) -> Result<Arc<DirectoryIdentity>, Fault> {
        let known = self.state().identity.clone();
        match known {
            Some(identity) => Ok(identity),
            None => self.identity().await,
        }
    }

    /// The domain head, asked once.
    pub async fn head(&self) -> Result<Dn, Fault> {
        let identity = self.known().await?;
        domain_head(&identity).ok_or_else(|| {
            Fault::new(
                "agent.domain_unknown",
                ErrorKind::Connection,
                "The directory does not say which domain it is.",
                "Check the configured base DN on the agent's host.",
            )
        })
    }

    fn check_pin(&self, pin: &str) -> Result<(), Fault> {
        let path = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        match home::read_trusted(&path).map_err(|error| local(&error))? {
            Some(known) if known == pin => Ok(()),
            None if !pin.is_empty() => {
                home::write_private(&path, pin.as_bytes()).map_err(|error| local(&error))
            }
            _ => Err(Fault::new(
                "agent.domain_changed",
                ErrorKind::Authentication,
                "The agent reached another domain or HR system than the first time; nothing is read or written.",
                "Point config.toml at the right domain controller or name the right HR system, or enrol the host anew for the other.",
            )),
        }
    }

    /// A counter that rises with every change of the directory.
    pub fn changes(&self) -> channel::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// A local failure, for the cloud: its code and text name no secret.
pub fn local(error: &crate::error::AgentError) -> Fault {
    Fault::new(
        error.code,
        ErrorKind::PolicyRefused,
        format!("On the agent's host: {}", error.message),
        error.next.clone(),
    )
}

fn unconfigured() -> Fault {
    Fault::new(
        "agent.directory_unconfigured",
        ErrorKind::Connection,
        "No directory is configured on the agent's host.",
        "On that host fill in `[directory]` in config.toml.",
    )
}

/// The naming context that holds the base: the domain, also when the base is a container in it.
fn domain_head(identity: &DirectoryIdentity) -> Option<Dn> {
    let base: Dn = identity.base_dn.parse().ok()?;
    let contexts = identity.naming_contexts.iter();
    let head = contexts
        .filter_map(|context| context.parse::<Dn>().ok())
        .filter(|context| context.rdn().is_some() && base.is_under(context))
        .max_by_key(|context| context.rdns().len());
    Some(head.unwrap_or(base))
}

/// Seconds since 1970.
pub fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(base: &str, contexts: &[&str]) -> DirectoryIdentity {
        DirectoryIdentity {
            base_dn: base.into(),
            naming_contexts: contexts.iter().map(|c| (*c).into()).collect(),
            ..DirectoryIdentity::default()
        }
    }

    #[test]
    fn the_domain_head_is_the_naming_context_around_the_base() {
        let contexts = [
            "DC=x,DC=test",
            "CN=Configuration,DC=x,DC=test",
            "CN=Schema,CN=Configuration,DC=x,DC=test",
        ];
        let head = |base: &str| domain_head(&identity(base, &contexts)).unwrap().to_string();

        assert_eq!(head("dc=x,dc=test"), "DC=x,DC=test");
        assert_eq!(head("OU=People,DC=x,DC=test"), "DC=x,DC=test");
        assert_eq!(
            domain_head(&identity("DC=y", &[])).unwrap().to_string(),
            "DC=y"
        );
    }

    fn configured(directory: &std::path::Path, policy: &str) -> (Home, Directory) {
        let home = Home::create(&directory.join("data")).unwrap();
        home::write_private(&home.policy(), policy.as_bytes()).unwrap();
        let config = DirectoryConfig::ActiveDirectory(LdapDirectory {
            url: "ldaps://dc1.x.test".into(),
            bind: "svc".into(),
            base_dn: None,
            ca_file: None,
        });
        let policy = Arc::new(PolicyFile::new(home.policy()));
        let directory = Directory::configured(&home, Some(config), policy);
        (home, directory)
    }

    fn code(result: Result<Arc<dyn Connector>, Fault>) -> String {
        result
            .err()
            .map(|fault| fault.code.into_owned())
            .unwrap_or_default()
    }

    #[test]
    fn nothing_is_dialled_without_the_policy_naming_the_host_and_a_credential() {
        let temporary = tempfile::tempdir().unwrap();
        let (home, directory) = configured(temporary.path(), "hosts = ['dc2.x.test']");
        assert_eq!(code(directory.connector()), "agent.host_not_allowed");

        home::write_private(&home.policy(), b"hosts = ['DC1.x.test'] # now\n").unwrap();
        assert_eq!(code(directory.connector()), "connect.credentials_missing");
        assert_eq!(directory.credential_state(), CredentialState::Missing);

        home::write_private(&home.credential(), b"hunter2\n").unwrap();
        assert!(directory.connector().is_ok());
        assert_eq!(directory.credential_state(), CredentialState::Present);
    }

    #[test]
    fn a_refused_password_is_not_tried_again_until_it_is_set_anew() {
        let temporary = tempfile::tempdir().unwrap();
        let (home, directory) = configured(temporary.path(), "hosts = ['dc1.x.test']");
        home::write_private(&home.credential(), b"wrong").unwrap();
        assert!(directory.connector().is_ok());

        directory.noted(Fault::new(
            "connect.credentials_refused",
            ErrorKind::Authentication,
            "",
            "",
        ));

        assert_eq!(code(directory.connector()), "connect.credentials_refused");
        assert!(matches!(
            directory.credential_state(),
            CredentialState::RefusedSince { since_s } if since_s > 0
        ));
        home::write_private(&home.credential(), b"right").unwrap();
        assert!(directory.connector().is_ok());
    }

    #[test]
    fn the_first_domain_is_the_only_one() {
        let temporary = tempfile::tempdir().unwrap();
        let (_, directory) = configured(temporary.path(), "");

        assert!(directory.check_pin("").is_err());
        assert!(directory.check_pin("S-1-5-21-1").is_ok());
        assert!(directory.check_pin("S-1-5-21-1").is_ok());
        assert_eq!(
            directory.check_pin("S-1-5-21-2").unwrap_err().code,
            "agent.domain_changed"
        );
    }
}
