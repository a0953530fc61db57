//! `status`: how this agent stands, from its files.

use std::sync::Arc;

use syncline_wire::link::CredentialState;

use crate::config::Config;
use crate::directory::Directory;
use crate::error::AgentError;
use crate::home::Home;
use crate::identity::AgentIdentity;
use crate::policy::PolicyFile;
use crate::status::{Connection, Status};

pub(super) fn status(home: &Home) -> Result<(), AgentError> {
    // An unlocked directory has no running agent, whatever its last words were.
    let running = home.lock().is_err();
    // Only read: counters and journal belong to the agent that runs.
    let identity = AgentIdentity::load(home)?;
    let config = Config::load(&home.config())?;
    let policy = Arc::new(PolicyFile::new(home.policy()));
    let directory = Directory::configured(home, config.directory, Arc::clone(&policy));
    let enrolment = &identity.enrolment;
    println!("agent:       {} of {}", enrolment.agent, enrolment.tenant);
    println!("directory:   {}", enrolment.directory);
    println!("service:     {}", enrolment.url);
    println!("fingerprint: {}", identity.fingerprint());
    let credential = match directory.credential_state() {
        CredentialState::Missing => "missing",
        CredentialState::Present => "present",
        CredentialState::RefusedSince { .. } => "refused",
    };
    println!("credential:  {credential}");
    let writes = match policy.current() {
        Err(_) => "none: policy.toml is not valid",
        Ok(_) if home.is_held() => "none: held on this host",
        Ok(policy) if policy.writes => "as the policy allows",
        Ok(_) => "none: read-only",
    };
    println!("writes:      {writes}");
    let connection = match Status::new(home).read().map(|report| report.connection) {
        _ if !running => "not running".to_owned(),
        None => "starting".to_owned(),
        Some(Connection::Connected) => "connected".to_owned(),
        Some(Connection::Revoked) => "revoked".to_owned(),
        Some(Connection::Waiting { because }) => format!("waiting: {because}"),
    };
    println!("connection:  {connection}");
    Ok(())
}
