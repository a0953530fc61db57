//! An agent beside a double of Entra Connect, and the runner that asks it.

use std::path::Path;

use syncline_agent::home::{Home, write_private};
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::pwsh::{Pwsh, Scheduler};
use syncline_agent_tests::relay::Standing;
use syncline_agent_tests::tunnel::{AgentLink, Incoming, LinkError};
use syncline_agent_tests::wait::within;
use syncline_agent_tests::world::{RunningAgent, World};
use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleEvent, CycleKind, CycleRequest};

/// The double's binary.
pub const DOUBLE: &str = env!("CARGO_BIN_EXE_syncline-pwsh-double");

/// A policy file that allows delta cycles.
pub const DELTA: &str = "[entra_connect]\nallow = ['delta']\n";

/// How long things may take: long enough for a loaded machine, short where waiting is the point.
pub const PATIENT: &str = "wait_ms = 25000\nbegin_ms = 25000\ncycle_ms = 25000\ncall_ms = 25000\n";

/// Agent, double, runner.
pub struct Beside {
    /// The service.
    pub world: World,
    /// The agent.
    pub agent: RunningAgent,
    /// The runner's link.
    pub link: AgentLink,
    /// The double.
    pub pwsh: Pwsh,
}

impl Beside {
    /// With this policy and these limits, over this scheduler.
    pub async fn start(policy: &str, limits: &str, scheduler: Scheduler) -> Self {
        let (world, home, pwsh) = prepared(policy, limits, scheduler).await;
        let agent = RunningAgent::start(home, MemoryDirectory::new());
        let link = world.next_link().await.unwrap();
        Self {
            world,
            agent,
            link,
            pwsh,
        }
    }

    /// Delta cycles are allowed, and there is time.
    pub async fn ready(scheduler: Scheduler) -> Self {
        Self::start(DELTA, PATIENT, scheduler).await
    }

    /// Asks for a delta cycle and follows it to its end.
    pub async fn cycle(&self, wish: u64) -> (Vec<CycleEvent>, Result<(), Fault>) {
        follow(ask(&self.link, CycleKind::Delta, wish).await).await
    }

    /// The code that a delta cycle is refused with.
    pub async fn code(&self) -> String {
        self.cycle(1).await.1.unwrap_err().code.into_owned()
    }

    /// Writes the policy file.
    pub fn policy(&self, text: &str) {
        write_private(&self.agent.agent.home.policy(), text.as_bytes()).unwrap();
    }
}

/// An enrolled, confirmed agent that does not run yet.
pub async fn prepared(policy: &str, limits: &str, scheduler: Scheduler) -> (World, Home, Pwsh) {
    let world = World::start().await;
    let home = world.enrol().await;
    world.set_standing(Standing::Confirmed);
    let pwsh = Pwsh::install(&world.path("pwsh"), DOUBLE);
    pwsh.write(&scheduler);
    configure(&world, &home, &pwsh.program(), limits);
    write_private(&home.policy(), policy.as_bytes()).unwrap();
    (world, home, pwsh)
}

/// Names this PowerShell in the configuration.
pub fn configure(world: &World, home: &Home, program: &Path, limits: &str) {
    let section = format!(
        "[entra_connect]\npowershell = '{}'\nlook_every_ms = 10\n{limits}",
        program.display()
    );
    world.configure(home, &section);
}

/// Asks for a cycle.
pub async fn ask(
    link: &AgentLink,
    kind: CycleKind,
    wish: u64,
) -> Result<Incoming<CycleEvent>, LinkError> {
    link.entra_connect_cycle(CycleRequest {
        kind,
        wish,
        ordered: false,
    })
    .await
}

/// Follows a cycle to its end.
pub async fn follow(
    asked: Result<Incoming<CycleEvent>, LinkError>,
) -> (Vec<CycleEvent>, Result<(), Fault>) {
    let mut events = Vec::new();
    let mut stream = asked.unwrap();
    loop {
        match within("the cycle's next event", stream.next_item()).await {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error.into_fault())),
        }
    }
}

/// The words of these events; what runs on is one word.
pub fn words(events: &[CycleEvent]) -> Vec<&'static str> {
    let mut words: Vec<_> = events
        .iter()
        .map(|event| match event {
            CycleEvent::WaitingForRunningCycle => "waiting",
            CycleEvent::Started { .. } => "started",
            CycleEvent::Running { .. } => "running",
            CycleEvent::Ended { .. } => "ended",
        })
        .collect();
    words.dedup();
    words
}
