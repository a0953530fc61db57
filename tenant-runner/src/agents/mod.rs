//! The agents whose tunnels are up, by directory.
//!
//! Invariants: an agent is used only after its hello matched the directory's pinned identity; the newest
//! tunnel of an agent replaces the older; a directory's schema is known before its first import.

mod enrol;
mod session;

use std::collections::BTreeMap;
use std::sync::Mutex;

use syncline_model::{AgentId, DirectoryId};

pub use enrol::{EnrolRefused, KEY_LIFETIME_MS, enrol, new_slot};
pub use session::{Session, SessionError, open};

/// The tunnels that are up.
#[derive(Default)]
pub struct Hub(Mutex<BTreeMap<AgentId, Session>>);

impl Hub {
    fn sessions(&self) -> std::sync::MutexGuard<'_, BTreeMap<AgentId, Session>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A tunnel to use for a directory: one whose agent holds a working credential, if there is one.
    pub fn of(&self, directory: DirectoryId) -> Option<Session> {
        let sessions = self.sessions();
        let mine = sessions
            .values()
            .filter(|s| s.directory == directory && s.link.is_open());
        mine.max_by_key(|s| (s.credential_works(), s.writes))
            .cloned()
    }

    /// The tunnel of an agent.
    pub fn get(&self, agent: AgentId) -> Option<Session> {
        self.sessions()
            .get(&agent)
            .filter(|s| s.link.is_open())
            .cloned()
    }

    /// Takes a tunnel in, in place of an older one of the same agent.
    pub fn put(&self, session: Session) {
        self.sessions().insert(session.agent, session);
    }

    /// Forgets a tunnel that closed, unless it was replaced since.
    pub fn remove(&self, session: &Session) {
        let mut sessions = self.sessions();
        if sessions
            .get(&session.agent)
            .is_some_and(|held| held.number == session.number)
        {
            sessions.remove(&session.agent);
        }
    }

    /// Forgets an agent's tunnel whatever it is.
    pub fn cut(&self, agent: AgentId) {
        self.sessions().remove(&agent);
    }
}
