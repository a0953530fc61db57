//! What a failed cmdlet told, as a code.
//!
//! What Entra Connect says is recognised by its state first (see `cycle`), then by the exception's type,
//! last by its words, because words may change and may be translated. The words known here are those of
//! public reports: `Connector: … - AAD is busy.`, `Sync is already running.`, `Scheduler is already
//! suspended via global parameters.`

use syncline_connectors::contract::Fault;
use syncline_model::error::ErrorKind;

use super::answer::Failed;
use super::refusal::cut;

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
            "Put the account into the local groups ADSyncOperators and ADSyncBrowse of the Entra Connect server, and see that its \
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

fn has(text: &str, parts: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    parts
        .iter()
        .any(|part| text.contains(&part.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::super::refusal::EVIDENCE_BYTES;
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
        for (record, code) in [
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
            let fault = failed(&record);
            assert_eq!(fault.code, format!("entra_connect.{code}"), "{record:?}");
            assert!(fault.evidence.contains(&record.message));
            assert!(!fault.next_step.is_empty());
        }
    }

    #[test]
    fn each_sign_of_a_missing_right_is_enough() {
        let other = ("System.Exception", "NotSpecified", "?");
        for (exception, category, message) in [
            ("System.UnauthorizedAccessException", other.1, other.2),
            ("System.Security.SecurityException", other.1, other.2),
            (other.0, "PermissionDenied", other.2),
            (other.0, "SecurityError", other.2),
            (other.0, other.1, "Access is denied."),
            (other.0, other.1, "Access denied"),
            (other.0, other.1, "HRESULT: 0x80070005"),
            (
                other.0,
                other.1,
                "The requested operation requires elevation.",
            ),
        ] {
            for stage in ["module", "look", "start"] {
                let fault = failed(&record(stage, exception, category, message));
                assert_eq!(
                    fault.code, "entra_connect.not_elevated",
                    "{stage} {exception} {category} {message}"
                );
            }
        }
        let unlike = record("start", other.0, other.1, other.2);
        assert_eq!(failed(&unlike).code, "entra_connect.start_failed");
    }

    #[test]
    fn an_account_without_its_rights_is_told_so_before_an_order_and_not_after() {
        let mut broken = record(
            "look",
            "System.Runtime.InteropServices.COMException",
            "NotSpecified",
            "?",
        );
        broken.elevated = Some(false);
        assert_eq!(failed(&broken).code, "entra_connect.not_elevated");

        broken.stage = "start".into();
        assert_eq!(failed(&broken).code, "entra_connect.start_failed");
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
        let long = record("look", "x", "y", &"ü".repeat(5000));

        assert!(failed(&long).evidence.len() <= EVIDENCE_BYTES);
    }
}
