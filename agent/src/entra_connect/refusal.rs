//! Why a cycle was not started, or its end not seen: a stable code, and what to do.
//!
//! What Entra Connect says is recognised by its state first (see `cycle`), then by the exception's type,
//! last by its words, because words may change and may be translated. The words known here are those of
//! public reports: `Connector: … - AAD is busy.`, `Sync is already running.`, `Scheduler is already
//! suspended via global parameters.`

use std::time::Duration;

use syncline_connectors::contract::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::link::{CycleKind, CycleWarning};

use super::answer::Failed;
use super::process::NotSaid;

/// What is told of Entra Connect's own words at most, in bytes.
const EVIDENCE_BYTES: usize = 600;

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
    classify(&failed).with_evidence(cut(&format!("Result: {result}")))
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

/// A cmdlet, or the way to it, failed.
pub fn failed(failed: &Failed) -> Fault {
    classify(failed).with_evidence(evidence(failed))
}

/// Whether this failure of an order says that something else is at work.
pub fn says_busy(failed: &Failed) -> bool {
    failed.stage == "start" && has(&failed.message, &["busy", "already running"])
}

/// Whether it says that the scheduler is suspended.
pub fn says_suspended(failed: &Failed) -> bool {
    failed.stage == "start" && has(&failed.message, &["suspended"])
}

/// The exception's own words, bounded.
pub fn evidence(failed: &Failed) -> String {
    cut(&format!("{}: {}", failed.exception, failed.message))
}

fn classify(failed: &Failed) -> Fault {
    let remote = failed.stage == "remote";
    let missing = has(
        &failed.exception,
        &["CommandNotFoundException", "FileNotFoundException"],
    ) || has(&failed.id, &["Modules_ModuleNotFound", "CommandNotFound"]);
    if remote {
        Fault::new(
            "entra_connect.remote_failed",
            ErrorKind::Connection,
            "The Entra Connect server was not reached by PowerShell, or did not let the agent in.",
            "Check by hand, as the agent's user, that a session to the server named in policy.toml can be made: \
             over ssh with a known host key and the agent's own key, over winrm with a Kerberos ticket.",
        )
    } else if missing {
        Fault::new(
            "entra_connect.module_missing",
            ErrorKind::Permission,
            "The PowerShell module ADSync is not there.",
            "Name the Entra Connect server as `server` under [entra_connect] of policy.toml, or install the agent's \
             PowerShell where Entra Connect is.",
        )
    } else if refused(failed) {
        Fault::new(
            "entra_connect.not_elevated",
            ErrorKind::Permission,
            "Entra Connect did not let the agent's account ask its scheduler.",
            "Put the account into the local group ADSyncOperators of the Entra Connect server, and see that its \
             session is elevated: a task or service runs with its rights, an ordinary sign-in may not.",
        )
    } else if failed.stage == "start" {
        Fault::new(
            "entra_connect.start_failed",
            ErrorKind::Internal,
            "Entra Connect did not start a cycle.",
            "Run `Start-ADSyncSyncCycle -PolicyType Delta` by hand on the Entra Connect server and see what it says.",
        )
    } else {
        Fault::new(
            "entra_connect.look_failed",
            ErrorKind::Internal,
            "Entra Connect's scheduler could not be asked how it stands.",
            "Run `Get-ADSyncScheduler` by hand on the Entra Connect server; its service may not run, or it may not reach Entra.",
        )
    }
}

/// Whether it is a missing right. An account without its administrator rights that fails before anything
/// was ordered lacks them, most likely.
fn refused(failed: &Failed) -> bool {
    has(
        &failed.exception,
        &["UnauthorizedAccessException", "SecurityException"],
    ) || has(&failed.category, &["PermissionDenied", "SecurityError"])
        || has(
            &failed.message,
            &["access is denied", "access denied", "0x80070005", "elevat"],
        )
        || (failed.stage != "start" && failed.elevated == Some(false))
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

/// The agent stops.
pub fn stopping() -> Fault {
    Fault::new(
        "agent.session_ending",
        ErrorKind::AgentOffline,
        "The agent ends this session; a cycle of Entra Connect that was ordered goes on.",
        "The same wish is sent again over the next session.",
    )
}

fn has(text: &str, parts: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    parts
        .iter()
        .any(|part| text.contains(&part.to_ascii_lowercase()))
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(EVIDENCE_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(stage: &str, exception: &str, category: &str, message: &str) -> Failed {
        Failed {
            stage: stage.into(),
            exception: exception.into(),
            category: category.into(),
            message: message.into(),
            ..Failed::default()
        }
    }

    #[test]
    fn error_records_become_codes() {
        let invalid = "System.InvalidOperationException";
        for (failed, code) in [
            (
                record(
                    "module",
                    "System.IO.FileNotFoundException",
                    "ResourceUnavailable",
                    "The specified module 'ADSync' was not loaded because no valid module file was found in any module directory.",
                ),
                "module_missing",
            ),
            (
                record(
                    "look",
                    "System.Management.Automation.CommandNotFoundException",
                    "ObjectNotFound",
                    "The term 'Get-ADSyncScheduler' is not recognized",
                ),
                "module_missing",
            ),
            (
                record(
                    "look",
                    "System.UnauthorizedAccessException",
                    "PermissionDenied",
                    "Access is denied.",
                ),
                "not_elevated",
            ),
            (
                record(
                    "remote",
                    "System.Management.Automation.Remoting.PSRemotingTransportException",
                    "OpenError",
                    "Access is denied.",
                ),
                "remote_failed",
            ),
            (
                record("start", invalid, "WriteError", "It is not the day for it."),
                "start_failed",
            ),
            (
                record("look", invalid, "ReadError", "Showing a modal dialog box"),
                "look_failed",
            ),
        ] {
            let fault = super::failed(&failed);
            assert_eq!(fault.code, format!("entra_connect.{code}"), "{failed:?}");
            assert!(fault.evidence.contains(&failed.message));
            assert!(!fault.next_step.is_empty());
        }
    }

    #[test]
    fn an_account_without_its_rights_is_told_so_before_an_order_and_not_after() {
        let mut failed = record(
            "look",
            "System.Runtime.InteropServices.COMException",
            "NotSpecified",
            "?",
        );
        failed.elevated = Some(false);
        assert_eq!(super::failed(&failed).code, "entra_connect.not_elevated");

        failed.stage = "start".into();
        assert_eq!(super::failed(&failed).code, "entra_connect.start_failed");
    }

    #[test]
    fn the_known_words_of_a_refused_order_are_recognised() {
        let start = |message: &str| {
            record(
                "start",
                "System.InvalidOperationException",
                "WriteError",
                message,
            )
        };

        assert!(says_busy(&start(
            "System.InvalidOperationException: Connector: contoso.onmicrosoft.com - AAD is busy."
        )));
        assert!(says_busy(&start(
            "Sync is already running. Cannot start a new run till this one completes."
        )));
        assert!(says_suspended(&start(
            "System.InvalidOperationException: Scheduler is already suspended via global parameters."
        )));
        assert!(!says_busy(&record("look", "x", "y", "AAD is busy")));
    }

    #[test]
    fn evidence_is_bounded() {
        let failed = record("look", "x", "y", &"ü".repeat(5000));

        assert!(super::failed(&failed).evidence.len() <= EVIDENCE_BYTES);
    }
}
