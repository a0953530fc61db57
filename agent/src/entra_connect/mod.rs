//! Beside Entra Connect: its cycle, started after an export and waited for.
//!
//! The service can ask for it and no more: which commands run is compiled in (`script`), whether and where
//! is the policy file's, with which PowerShell the configuration's. Each question to the scheduler is one
//! short process (`process`, `shell`, `answer`); what it all means is decided here (`cycle`, `watch`), and a
//! refusal has a stable code (`refusal`, `told`).
//!
//! Invariants: one cycle at a time, and at most one more that waits behind it; who asks before the order
//! joins it, who asks after it gets the next one, because a cycle that has begun may not see his export;
//! the same wish again is the same cycle; when the agent stops no process of its stays, and the cycle on
//! the Entra Connect server goes on.

mod answer;
mod cycle;
mod process;
mod refusal;
mod script;
mod shell;
mod told;
mod waiting;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleEvent, CycleKind, CycleRequest};

use crate::config::EntraConnectConfig;
use crate::directory::now_s;
use crate::error::AgentError;
use crate::home::Home;
use crate::policy::PolicyFile;
use crate::policy::ceilings::{Cost, Kind};
use crate::policy::counters::{Counters, Exceeded};
use crate::policy::entra_connect::EntraConnectPolicy;
use cycle::{Host, Limits};
pub use refusal::stopping as session_ending;
use shell::Shell;
use waiting::Cycle;
pub use waiting::Following;

const SECONDS_A_DAY: i64 = 86_400;

/// Starts cycles of Entra Connect.
pub struct EntraConnect(Arc<Shared>);

struct Shared {
    config: Option<EntraConnectConfig>,
    policy: Arc<PolicyFile>,
    home: Home,
    counters: Mutex<Counters>,
    line: Mutex<Line>,
}

/// Who is served, and who waits.
#[derive(Default)]
struct Line {
    current: Option<Arc<Cycle>>,
    next: Option<Arc<Cycle>>,
    last: Option<Arc<Cycle>>,
    work: Option<tokio::task::JoinHandle<()>>,
    stopping: bool,
}

impl EntraConnect {
    /// Of an agent.
    pub fn new(
        home: &Home,
        config: Option<EntraConnectConfig>,
        policy: Arc<PolicyFile>,
    ) -> Result<Self, AgentError> {
        let counters = Counters::open(&home.path("cycles"), now_s() / SECONDS_A_DAY)?;
        Ok(Self(Arc::new(Shared {
            config,
            policy,
            home: home.clone(),
            counters: Mutex::new(counters),
            line: Mutex::default(),
        })))
    }

    /// Whether the host allows any cycle at all.
    pub fn is_allowed(&self) -> bool {
        let policy = self.0.policy.current();
        self.0.config.is_some() && policy.is_ok_and(|policy| !policy.entra_connect.allow.is_empty())
    }

    /// Asks for a cycle; what it tells is to be followed. Must be called within the runtime.
    pub fn ask(&self, request: CycleRequest) -> Result<Following, Fault> {
        self.0.allows(request.kind)?;
        let shell = Shell::new(self.0.configured()?);
        let mut line = self.0.line();
        if line.stopping {
            return Err(refusal::stopping());
        }
        let known = [&line.current, &line.next, &line.last];
        if let Some(cycle) = known.into_iter().flatten().find(|c| c.knows(request.wish)) {
            return Ok(cycle.follow());
        }
        if request.ordered {
            return Err(refusal::forgotten());
        }
        let waiting = [&line.current, &line.next];
        if let Some(cycle) = waiting.into_iter().flatten().find(|c| c.join(request)) {
            return Ok(cycle.follow());
        }
        let cycle = Arc::new(Cycle::new(request));
        let following = cycle.follow();
        if line.current.is_some() {
            line.next = Some(cycle);
        } else {
            line.current = Some(cycle);
            let limits = Limits::from(self.0.configured()?);
            line.work = Some(tokio::spawn(work(Arc::clone(&self.0), shell, limits)));
        }
        Ok(following)
    }

    /// Ends what is under way here: no process stays. A cycle that was ordered goes on.
    pub async fn stop(&self) {
        let work = {
            let mut line = self.0.line();
            line.stopping = true;
            line.work.take()
        };
        if let Some(work) = work {
            work.abort();
            // It was aborted, or has ended by itself.
            let _ = work.await;
        }
    }
}

/// Serves the line until nobody waits.
async fn work(shared: Arc<Shared>, shell: Shell, limits: Limits) {
    let mut clearing = Clearing {
        shared: Arc::clone(&shared),
        in_order: false,
    };
    loop {
        let Some(cycle) = shared.line().current.clone() else {
            return;
        };
        let host = OnHost {
            shared: &shared,
            cycle: &cycle,
        };
        let ended = cycle::run(&shell, limits, &host).await;
        if let Err(fault) = &ended {
            tracing::warn!(code = %fault.code, "a cycle of Entra Connect: {}", fault.message);
        }
        let mut queue = shared.line();
        queue.current = queue.next.take();
        let over = queue.current.is_none();
        // What was refused before the order is tried again by the same wish.
        if cycle.was_ordered() {
            queue.last = Some(Arc::clone(&cycle));
        }
        if over {
            queue.work = None;
        }
        clearing.in_order = over;
        drop(queue);
        cycle.end(ended);
        if over {
            return;
        }
    }
}

/// However the work ends, nobody waits for what nobody does.
struct Clearing {
    shared: Arc<Shared>,
    in_order: bool,
}

impl Drop for Clearing {
    fn drop(&mut self) {
        if self.in_order {
            return;
        }
        let mut line = self.shared.line();
        for cycle in [line.current.take(), line.next.take()]
            .into_iter()
            .flatten()
        {
            cycle.end(Err(refusal::stopping()));
        }
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn configured(&self) -> Result<&EntraConnectConfig, Fault> {
        self.config
            .as_ref()
            .ok_or_else(|| refusal::powershell_missing("config.toml names none"))
    }

    fn allows(&self, kind: CycleKind) -> Result<EntraConnectPolicy, Fault> {
        if self.home.is_held() {
            return Err(refusal::held());
        }
        let policy = self.policy.current().map_err(|e| refusal::local(&e))?;
        if !policy.entra_connect.allows(kind) {
            return Err(refusal::not_allowed(kind));
        }
        Ok(policy.entra_connect.clone())
    }
}

/// The agent, to one cycle.
struct OnHost<'a> {
    shared: &'a Shared,
    cycle: &'a Cycle,
}

impl Host for OnHost<'_> {
    fn allows(&self, kind: CycleKind) -> Result<EntraConnectPolicy, Fault> {
        self.shared.allows(kind)
    }

    fn count(&self) -> Result<(), Fault> {
        let policy = self.shared.policy.current();
        let ceilings = policy.map_err(|e| refusal::local(&e))?.ceilings;
        let cost = [Cost {
            kind: Kind::EntraConnectCycle,
            count: 1,
        }];
        let counters = self.shared.counters.lock();
        let mut counters = counters.unwrap_or_else(PoisonError::into_inner);
        match counters.take(now_s() / SECONDS_A_DAY, &ceilings, &cost) {
            Ok(()) => Ok(()),
            Err(Exceeded::Ceiling(_)) => Err(refusal::ceiling()),
            Err(Exceeded::Unkept(error)) => {
                let path = self.shared.home.path("cycles");
                Err(refusal::local(&AgentError::file("written", &path, &error)))
            }
        }
    }

    fn ordering(&self, now: bool) -> CycleKind {
        self.cycle.ordering(now)
    }

    fn tell(&self, event: CycleEvent) {
        self.cycle.tell(event);
    }
}
