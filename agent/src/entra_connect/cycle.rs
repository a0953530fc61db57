//! One cycle: waited for its turn, ordered, followed to its end.
//!
//! Invariants: nothing is ordered that the host does not allow at that moment, nor while another cycle is
//! at work; what Entra Connect refuses is judged by its state before its words; a failed look ends nothing
//! that is under way until several failed in a row.

use std::time::{Duration, Instant};

use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleEvent, CycleKind};

use super::answer::{Answer, Failed, Scheduler};
use super::refusal;
use super::script::Task;
use super::shell::{Failure, Shell};
use super::told;
use super::watch::{Stage, Watch};
use crate::config::EntraConnectConfig;
use crate::policy::entra_connect::EntraConnectPolicy;

/// Looks that may fail in a row while a cycle is waited for.
const LOOKS_LOST_MAX: u32 = 3;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Between two looks.
    pub look_every: Duration,
    /// For a running cycle to end.
    pub wait: Duration,
    /// For a cycle to begin.
    pub begin: Duration,
    /// For a cycle to end.
    pub cycle: Duration,
}

impl From<&EntraConnectConfig> for Limits {
    fn from(config: &EntraConnectConfig) -> Self {
        Self {
            look_every: Duration::from_millis(config.look_every_ms.max(1)),
            wait: Duration::from_millis(config.wait_ms),
            begin: Duration::from_millis(config.begin_ms),
            cycle: Duration::from_millis(config.cycle_ms),
        }
    }
}

/// What a cycle asks its host, and tells those who wait.
pub trait Host: Sync {
    /// What the policy file says now, if it and the host's switch let this cycle be started.
    fn allows(&self, kind: CycleKind) -> Result<EntraConnectPolicy, Fault>;
    /// Counts a cycle that is about to be ordered.
    fn count(&self) -> Result<(), Fault>;
    /// It is ordered now, and whoever asks from now on wants another one; or it certainly was not taken
    /// after all. Says which kind is wanted by now.
    fn ordering(&self, now: bool) -> CycleKind;
    /// Tells those who wait.
    fn tell(&self, event: CycleEvent);
}

/// Runs one cycle to its end.
pub async fn run(shell: &Shell, limits: Limits, host: &impl Host) -> Result<(), Fault> {
    let (before, policy) = order(shell, limits, host).await?;
    let ordered = Instant::now();
    let seconds = || ordered.elapsed().as_secs();
    let mut watch = Watch::new(&before);
    let mut lost = 0;
    loop {
        tokio::time::sleep(limits.look_every).await;
        let begun = match look(shell, &policy).await {
            Ok(scheduler) => {
                lost = 0;
                match watch.see(&scheduler) {
                    Stage::NotBegun => false,
                    Stage::Running => {
                        host.tell(CycleEvent::Running { seconds: seconds() });
                        true
                    }
                    Stage::Ended(runs) => {
                        host.tell(CycleEvent::Ended {
                            seconds: seconds(),
                            runs,
                        });
                        return Ok(());
                    }
                }
            }
            Err(fault) => {
                lost += 1;
                tracing::info!(code = %fault.code, "Entra Connect was not seen");
                if lost == LOOKS_LOST_MAX {
                    return Err(fault);
                }
                true
            }
        };
        if !begun && ordered.elapsed() >= limits.begin {
            return Err(refusal::not_begun(ordered.elapsed()));
        }
        if ordered.elapsed() >= limits.cycle {
            return Err(refusal::timed_out(ordered.elapsed()));
        }
    }
}

/// Waits until nothing is at work and orders the cycle: the last look before it, and the policy it was
/// ordered under.
async fn order(
    shell: &Shell,
    limits: Limits,
    host: &impl Host,
) -> Result<(Scheduler, EntraConnectPolicy), Fault> {
    let came = Instant::now();
    let mut counted = false;
    let mut waiting = false;
    let mut lost = 0;
    let mut words = None;
    loop {
        let kind = host.ordering(false);
        let policy = host.allows(kind)?;
        let scheduler = match look(shell, &policy).await {
            Ok(scheduler) => Some(scheduler),
            // The first look says what is wrong for good; later ones may miss.
            Err(fault) if !waiting || lost + 1 == LOOKS_LOST_MAX => return Err(fault),
            Err(_) => None,
        };
        lost = if scheduler.is_some() { 0 } else { lost + 1 };
        if let Some(scheduler) = scheduler {
            if scheduler.suspended {
                return Err(refusal::suspended());
            }
            if !scheduler.enabled && !policy.while_disabled {
                return Err(refusal::disabled());
            }
            if !scheduler.in_progress && scheduler.connectors_busy == 0 {
                if !counted {
                    host.count()?;
                    counted = true;
                }
                match give(shell, &policy, host, &scheduler).await? {
                    Given::Taken => return Ok((scheduler, policy)),
                    Given::Busy(said) => words = Some(said),
                }
            }
        }
        if !waiting {
            waiting = true;
            host.tell(CycleEvent::WaitingForRunningCycle);
        }
        if came.elapsed() + limits.look_every > limits.wait {
            return Err(refusal::busy(came.elapsed(), words.as_deref()));
        }
        tokio::time::sleep(limits.look_every).await;
    }
}

/// What became of an order that was not refused for good.
enum Given {
    /// Entra Connect took it.
    Taken,
    /// Something was at work after all; these are its words.
    Busy(String),
}

/// Gives the order. Where it certainly was not taken, the cycle is open for wishes again.
async fn give(
    shell: &Shell,
    policy: &EntraConnectPolicy,
    host: &impl Host,
    before: &Scheduler,
) -> Result<Given, Fault> {
    let kind = host.ordering(true);
    let given = match host.allows(kind) {
        Err(fault) => Err(fault),
        Ok(_) => match shell.ask(Task::Start(kind), policy.server.as_ref()).await {
            Ok(Answer::Started(result)) if result.eq_ignore_ascii_case("success") => {
                tracing::info!(
                    kind = kind.as_str(),
                    "Entra Connect took the order for a cycle"
                );
                host.tell(started(kind, before));
                return Ok(Given::Taken);
            }
            Ok(Answer::Started(result)) => Err(refusal::start_failed(&result)),
            Err(Failure::Told(failed)) if failed.stage != "remote" => {
                refused(shell, policy, &failed).await
            }
            // It may have been taken: a session broke, or an answer was lost.
            Err(failure) => return Err(failure.into()),
            Ok(_) => return Err(refusal::unreadable("it answers another question")),
        },
    };
    host.ordering(false);
    given
}

/// Why a cmdlet refused the order: by its known words, else by how the scheduler stands after it.
async fn refused(
    shell: &Shell,
    policy: &EntraConnectPolicy,
    failed: &Failed,
) -> Result<Given, Fault> {
    let said = told::evidence(failed);
    if told::says_suspended(failed) {
        return Err(refusal::suspended().with_evidence(said));
    }
    if told::says_busy(failed) {
        return Ok(Given::Busy(said));
    }
    match look(shell, policy).await {
        Ok(now) if failed.stage == "start" && now.suspended => {
            Err(refusal::suspended().with_evidence(said))
        }
        Ok(now) if failed.stage == "start" && (now.in_progress || now.connectors_busy > 0) => {
            Ok(Given::Busy(said))
        }
        // What refused the order says more than a look that failed after it.
        _ => Err(told::failed(failed)),
    }
}

fn started(kind: CycleKind, scheduler: &Scheduler) -> CycleEvent {
    let warnings = [
        (scheduler.staging, refusal::staging as fn() -> _),
        (!scheduler.enabled, refusal::schedule_off),
    ];
    CycleEvent::Started {
        kind,
        warnings: warnings
            .into_iter()
            .filter_map(|(is, warning)| is.then(warning))
            .collect(),
    }
}

async fn look(shell: &Shell, policy: &EntraConnectPolicy) -> Result<Scheduler, Fault> {
    match shell.ask(Task::Look, policy.server.as_ref()).await {
        Ok(Answer::Scheduler(scheduler)) => Ok(scheduler),
        Ok(_) => Err(refusal::unreadable("it answers another question")),
        Err(failure) => Err(failure.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A host whose policy file was changed while the scheduler was looked at.
    #[derive(Default)]
    struct Revoked {
        ordering: AtomicBool,
    }

    impl Host for Revoked {
        fn allows(&self, kind: CycleKind) -> Result<EntraConnectPolicy, Fault> {
            Err(refusal::not_allowed(kind))
        }

        fn count(&self) -> Result<(), Fault> {
            Ok(())
        }

        fn ordering(&self, now: bool) -> CycleKind {
            self.ordering.store(now, Ordering::SeqCst);
            CycleKind::Delta
        }

        fn tell(&self, event: CycleEvent) {
            panic!("{event:?}");
        }
    }

    #[tokio::test]
    async fn the_policy_of_that_moment_decides_about_the_order() {
        let config = toml::from_str("powershell = '/nowhere/pwsh'");
        let shell = Shell::new(&config.unwrap());
        let (host, policy) = (Revoked::default(), EntraConnectPolicy::default());

        let given = give(&shell, &policy, &host, &Scheduler::default()).await;

        assert_eq!(given.err().unwrap().code, "entra_connect.not_allowed");
        assert!(!host.ordering.load(Ordering::SeqCst), "nothing was ordered");
    }
}
