//! The tunnels that are up, and those that are expected back.
//!
//! Invariants: an agent is used only after its hello matched the directory's pinned identity; the newest tunnel of an
//! agent replaces the older; a tunnel is waited for only where one was a moment ago or has to come after a restart.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use syncline_model::{AgentId, DirectoryId};
use syncline_wire::link::Capability;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Session;

/// How long the return of an agent is waited for: a service manager starts it again within seconds, and so does the
/// host with what lies between.
const RETURN: Duration = Duration::from_secs(30);
/// A tunnel of which a stream broke closes within this time, or lives on.
const CLOSING: Duration = Duration::from_secs(1);

/// The tunnels that are up.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
    grown: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    sessions: BTreeMap<AgentId, Session>,
    /// Until when a directory's agent is waited for.
    expected: BTreeMap<DirectoryId, Instant>,
}

impl Hub {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A tunnel to use for a directory: one whose agent holds a working credential, if there is one.
    pub fn of(&self, directory: DirectoryId) -> Option<Session> {
        let state = self.state();
        let mine = state
            .sessions
            .values()
            .filter(|s| s.directory == directory && s.link.is_open());
        mine.max_by_key(|s| (s.credential_works(), s.writes))
            .cloned()
    }

    /// A tunnel of a directory whose agent can do something that not every agent can.
    pub fn offering(&self, directory: DirectoryId, what: Capability) -> Option<Session> {
        let state = self.state();
        let mine = |s: &&Session| s.directory == directory && s.link.is_open() && s.offers(what);
        state.sessions.values().find(mine).cloned()
    }

    /// The same as [`Hub::of`], for work that would stop without one: where one was a moment ago, its return is waited
    /// for.
    pub async fn soon(&self, directory: DirectoryId) -> Option<Session> {
        self.soon_by(directory, || self.of(directory)).await
    }

    /// The same, of an agent that can do something; in the end any, which then says why it cannot.
    pub async fn soon_offering(&self, directory: DirectoryId, what: Capability) -> Option<Session> {
        let offering = self
            .soon_by(directory, || self.offering(directory, what))
            .await;
        offering.or_else(|| self.of(directory))
    }

    async fn soon_by(
        &self,
        directory: DirectoryId,
        find: impl Fn() -> Option<Session>,
    ) -> Option<Session> {
        let mut grown = self.grown.subscribe();
        loop {
            grown.borrow_and_update();
            if let Some(session) = find() {
                return Some(session);
            }
            let until = self.state().expected.get(&directory).copied()?;
            let came = tokio::time::timeout_at(until, grown.changed()).await;
            if !matches!(came, Ok(Ok(()))) {
                return find();
            }
        }
    }

    /// A tunnel to go on with after a stream of this one broke.
    pub async fn after(&self, broken: &Session) -> Option<Session> {
        // The stream ends a moment before its connection is known to be gone.
        if tokio::time::timeout(CLOSING, broken.link.closed())
            .await
            .is_ok()
        {
            self.remove(broken);
        }
        self.soon(broken.directory).await
    }

    /// The tunnel of an agent.
    pub fn get(&self, agent: AgentId) -> Option<Session> {
        self.state()
            .sessions
            .get(&agent)
            .filter(|s| s.link.is_open())
            .cloned()
    }

    /// A directory has a confirmed agent, whose tunnel will come.
    pub fn expect(&self, directory: DirectoryId) {
        self.state()
            .expected
            .insert(directory, Instant::now() + RETURN);
    }

    /// Takes a tunnel in, in place of an older one of the same agent.
    pub fn put(&self, session: Session) {
        self.state().sessions.insert(session.agent, session);
        self.grown.send_modify(|n| *n += 1);
    }

    /// Forgets a tunnel that closed, unless it was replaced since.
    pub fn remove(&self, session: &Session) {
        let mut state = self.state();
        if state
            .sessions
            .get(&session.agent)
            .is_some_and(|held| held.number == session.number)
        {
            state.sessions.remove(&session.agent);
            let until = Instant::now() + RETURN;
            state.expected.insert(session.directory, until);
        }
    }

    /// Forgets an agent's tunnel whatever it is: nobody waits for it.
    pub fn cut(&self, agent: AgentId) {
        let mut state = self.state();
        if let Some(session) = state.sessions.remove(&agent) {
            state.expected.remove(&session.directory);
        }
        drop(state);
        self.grown.send_modify(|n| *n += 1);
    }
}
