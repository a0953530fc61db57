//! The running agent: what its handlers share.

use std::sync::Arc;

use syncline_connectors::contract::Connector;
use tokio::sync::Mutex;

use crate::config::Config;
use crate::directory::Directory;
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
    /// The host's name.
    pub computer: String,
}

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
        Ok(Arc::new(Self {
            home,
            config,
            identity,
            policy,
            directory,
            lane: Mutex::new(lane),
            computer: computer(),
        }))
    }
}

/// The host's own name.
pub fn computer() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}
