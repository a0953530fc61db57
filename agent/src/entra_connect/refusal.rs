//! Why a cycle was not started, or its end not seen: a stable code, and what to do.

use std::time::Duration;

use syncline_connectors::contract::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::link::{CycleKind, CycleWarning};

use super::answer::Failed;
use super::process::NotSaid;
use super::told;

/// What is told of Entra Connect's own words at most, in bytes.
pub(super) const EVIDENCE_BYTES: usize = 600;

/// The policy file does not allow it.
pub fn not_allowed(kind: CycleKind) -> Fault {
    Fault::new(
        "entra_connect.not_allowed",
        ErrorKind::PolicyRefused,
        format!(
            "This agent's host does not allow {} cycles of Entra Connect to be started.",
            kind.as_str()
        ),
        format!(
            "If it should, add \"{}\" to `allow` under [entra_connect] of policy.toml on the agent's host.",
            kind.as_str()
        ),
    )
}

/// The host's switch stops everything.
pub fn held() -> Fault {
    Fault::new(
        "entra_connect.held",
        ErrorKind::PolicyRefused,
        "All writes of this agent are stopped on its host, and cycles of Entra Connect with them.",
        "Run `syncline-agent release` on the agent's host when it may go on.",
    )
}

/// The day's ceiling is reached.
pub fn ceiling() -> Fault {
    Fault::new(
        "entra_connect.ceiling",
        ErrorKind::PolicyRefused,
        "The agent has started as many cycles of Entra Connect today as its host allows.",
        "Wait for the next day (UTC), or raise `entra_connect_cycle` under [ceilings] of policy.toml.",
    )
}

/// The agent's policy or counters cannot be read or kept.
pub fn local(error: &crate::error::AgentError) -> Fault {
    Fault::new(
        error.code,
        ErrorKind::PolicyRefused,
        error.message.clone(),
        error.next.clone(),
    )
}

/// There is no PowerShell to ask.
pub fn powershell_missing(why: &str) -> Fault {
    Fault::new(
        "entra_connect.powershell_missing",
        ErrorKind::Permission,
        format!("The agent has no PowerShell to reach Entra Connect with: {why}."),
        "Install PowerShell on the agent's host and name its path under [entra_connect] of config.toml.",
    )
}

/// Entra Connect is switched off to be changed.
pub fn suspended() -> Fault {
    Fault::new(
        "entra_connect.scheduler_suspended",
        ErrorKind::Busy,
        "Entra Connect's scheduler is suspended: it is being upgraded, or its installation wizard is open. \
         No cycle starts until that is over, neither ours nor its own.",
        "Finish the upgrade or close the wizard on the Entra Connect server; somebody's disconnected session \
         may hold it open. What was exported is in Active Directory and is synchronised by the next cycle.",
    )
}

/// Somebody switched its schedule off.
pub fn disabled() -> Fault {
    Fault::new(
        "entra_connect.scheduler_disabled",
        ErrorKind::PolicyRefused,
        "Entra Connect's schedule is switched off (SyncCycleEnabled is False). That would not keep an ordered \
         cycle from running, but it is how administrators protect a change of its rules, so the agent orders none.",
        "Switch it on again when the change is done. If this server is run from outside only, set \
         `while_disabled = true` under [entra_connect] of policy.toml.",
    )
}

/// Another cycle, or a connector, does not come to its end.
pub fn busy(waited: Duration, words: Option<&str>) -> Fault {
    let fault = Fault::new(
        "entra_connect.busy",
        ErrorKind::Busy,
        format!(
            "Entra Connect was busy for {} seconds with something that was not started from here; no cycle was ordered.",
            waited.as_secs()
        ),
        "Look in Synchronization Service Manager at what runs, and at whether its installation wizard is open. \
         What was exported is in Active Directory and is synchronised by the next cycle.",
    );
    fault.with_evidence(cut(words.unwrap_or_default()))
}

/// It took the order, and nothing was to be seen of a cycle.
pub fn not_begun(waited: Duration) -> Fault {
    Fault::new(
        "entra_connect.not_begun",
        ErrorKind::Timeout,
        format!(
            "Entra Connect took the order for a cycle, and {} seconds later none was to be seen, neither at work nor in its history.",
            waited.as_secs()
        ),
        "Look at the Application event log of the Entra Connect server (source Directory Synchronization or ADSync).",
    )
}

/// The cycle does not end.
pub fn timed_out(after: Duration) -> Fault {
    Fault::new(
        "entra_connect.timed_out",
        ErrorKind::Timeout,
        format!(
            "The cycle of Entra Connect was still at work after {} seconds; it was started and goes on, only its end is no longer waited for.",
            after.as_secs()
        ),
        "Look at it in Synchronization Service Manager. For a large directory raise `cycle_ms` in config.toml.",
    )
}

/// The order was answered with another result than success.
pub fn start_failed(result: &str) -> Fault {
    let failed = Failed {
        stage: "start".into(),
        ..Failed::default()
    };
    told::failed(&failed).with_evidence(cut(&format!("Result: {result}")))
}

/// PowerShell itself did not answer.
pub fn not_said(why: &NotSaid, longest: Duration) -> Fault {
    match why {
        NotSaid::NotStarted(error) => powershell_missing(&error.to_string()),
        NotSaid::TimedOut => Fault::new(
            "entra_connect.call_timed_out",
            ErrorKind::Timeout,
            format!(
                "PowerShell did not answer within {} seconds and was ended. If it was to order a cycle, the cycle may have begun.",
                longest.as_secs()
            ),
            "Check the load of the Entra Connect server and the way to it, or raise `call_ms` in config.toml.",
        ),
        NotSaid::TooMuch => unreadable("it is longer than any answer of the agent's script"),
        NotSaid::Lost(why) => unreadable(why),
    }
}

/// What PowerShell said is no answer.
pub fn unreadable(why: &str) -> Fault {
    Fault::new(
        "entra_connect.output_unreadable",
        ErrorKind::Internal,
        format!("What PowerShell answered cannot be read: {why}."),
        "Run the configured PowerShell and `Get-ADSyncScheduler` by hand as the agent's user; an Entra Connect that tells no SyncCycleInProgress is too old.",
    )
}

/// The server exports nothing.
pub fn staging() -> CycleWarning {
    CycleWarning {
        code: "entra_connect.staging_mode".into(),
        message: "This Entra Connect server is in staging mode: the cycle imports and synchronises, and exports \
                  nothing to Entra ID."
            .into(),
        next_step: "Name the active server under [entra_connect] of policy.toml.".into(),
    }
}

/// Its own schedule is off, and the policy says to go on.
pub fn schedule_off() -> CycleWarning {
    CycleWarning {
        code: "entra_connect.scheduler_disabled".into(),
        message: "Entra Connect's own schedule is switched off: only cycles that are started from outside run.".into(),
        next_step: "See that one runs at least every seven days.".into(),
    }
}

/// It was ordered by a process of the agent that is no more.
pub fn forgotten() -> Fault {
    Fault::new(
        "entra_connect.forgotten",
        ErrorKind::OutcomeUnknown,
        "The cycle of Entra Connect was ordered, and the agent was started again while it was waited for: its end was \
         not seen. No second one is ordered.",
        "Look at it in Synchronization Service Manager.",
    )
}

/// The agent stops.
pub fn stopping() -> Fault {
    Fault::new(
        "agent.session_ending",
        ErrorKind::AgentOffline,
        "The agent ends this session; a cycle of Entra Connect that was ordered goes on.",
        "The same wish is sent again over the next session.",
    )
}

/// What is told of it at most.
pub(super) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(EVIDENCE_BYTES)].to_owned()
}
