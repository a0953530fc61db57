//! The running agent: what its handlers share.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use syncline_connectors::contract::Connector;
use syncline_wire::link::{CredentialState, PolicySummary};
use tokio::sync::Mutex;

use crate::config::Config;
use crate::directory::Directory;
use crate::entra_connect::EntraConnect;
use crate::error::AgentError;
use crate::export::Lane;
use crate::home::Home;
use crate::identity::AgentIdentity;
use crate::policy::PolicyFile;

/// The running agent.
pub struct Agent {
    /// Its data directory.
    pub home: Home,
    /// Its configuration.
    pub config: Config,
    /// Who it is.
    pub identity: AgentIdentity,
    /// What it may do.
    pub policy: Arc<PolicyFile>,
    /// Its directory.
    pub directory: Arc<Directory>,
    /// The one lane of writes.
    pub lane: Mutex<Lane>,
    /// The Entra Connect beside it.
    pub entra_connect: EntraConnect,
    /// The host's name.
    pub computer: String,
    told: std::sync::Mutex<Option<Standing>>,
}

/// What a runner is told of credential and policy when it says hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The state of the directory credential.
    pub credential: CredentialState,
    /// The local policy in short.
    pub policy: PolicySummary,
    /// Whether the directory was ever reached by this process.
    pub reached: bool,
}

/// How often it is looked whether what the runner was told still holds.
const LOOK: Duration = Duration::from_secs(1);

impl Agent {
    /// The agent of a data directory.
    pub fn load(home: Home) -> Result<Arc<Self>, AgentError> {
        let config = Config::load(&home.config())?;
        let policy = Arc::new(PolicyFile::new(home.policy()));
        let directory = Directory::configured(&home, config.directory.clone(), Arc::clone(&policy));
        Self::assemble(home, config, policy, directory)
    }

    /// The agent of a data directory, over a connector that is made already.
    pub fn with_connector(
        home: Home,
        connector: Arc<dyn Connector>,
    ) -> Result<Arc<Self>, AgentError> {
        let config = Config::load(&home.config())?;
        let policy = Arc::new(PolicyFile::new(home.policy()));
        let directory = Directory::made(&home, connector, Arc::clone(&policy));
        Self::assemble(home, config, policy, directory)
    }

    fn assemble(
        home: Home,
        config: Config,
        policy: Arc<PolicyFile>,
        directory: Directory,
    ) -> Result<Arc<Self>, AgentError> {
        let identity = AgentIdentity::load(&home)?;
        let directory = Arc::new(directory);
        let lane = Lane::open(
            &home,
            Arc::clone(&directory),
            Arc::clone(&policy),
            identity.enrolment.directory,
        )?;
        let entra_connect =
            EntraConnect::new(&home, config.entra_connect.clone(), Arc::clone(&policy))?;
        Ok(Arc::new(Self {
            home,
            config,
            identity,
            policy,
            directory,
            lane: Mutex::new(lane),
            entra_connect,
            computer: computer(),
            told: std::sync::Mutex::new(None),
        }))
    }

    /// How credential and policy stand now.
    pub fn standing(&self) -> Standing {
        let policy = self.policy.current();
        Standing {
            credential: self.directory.credential_state(),
            reached: self.directory.was_reached(),
            policy: PolicySummary {
                writes: policy.as_ref().is_ok_and(|policy| policy.writes),
                held: self.home.is_held(),
                digest: policy.map(|policy| policy.digest).unwrap_or_default(),
            },
        }
    }

    /// A runner was told this; `None` when a session begins, before its hello.
    pub fn tell(&self, standing: Option<Standing>) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// Waits until what a runner was told no longer holds: it has to say hello again.
    pub async fn standing_changed(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let told = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.is_some_and(|told| told != self.standing()) {
                return;
            }
        }
    }
}

/// The host's own name.
pub fn computer() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}
