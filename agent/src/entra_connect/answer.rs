//! What the script answered, read like anything from outside.
//!
//! Invariants: exactly one marked line is the answer, and other lines are passed over; an answer that
//! lacks what decides is none.

use serde::Deserialize;
use syncline_wire::link::{CYCLE_RUNS_MAX, ConnectorRun};

use super::script::MARK;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// How the scheduler stands.
    Scheduler(Scheduler),
    /// What `Start-ADSyncSyncCycle` gave back as its `Result`.
    Started(String),
    /// A cmdlet, or the way to it, failed.
    Failed(Failed),
}

/// The facts of `Get-ADSyncScheduler` that decide, and what else was there to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scheduler {
    /// `SyncCycleInProgress`.
    pub in_progress: bool,
    /// `SyncCycleEnabled`: whether its own schedule runs cycles.
    pub enabled: bool,
    /// `StagingModeEnabled`: whether exports are left out.
    pub staging: bool,
    /// `SchedulerSuspended`: set during an upgrade, or while the installation wizard is open.
    pub suspended: bool,
    /// How many connectors `Get-ADSyncConnectorRunStatus` lists; none where it cannot be asked.
    pub connectors_busy: usize,
    /// What `Get-ADSyncRunProfileResult` lists; `None` where it cannot be asked.
    pub runs: Option<Vec<Run>>,
}

/// A run of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// `RunHistoryId`.
    pub id: String,
    /// What is told of it.
    pub run: ConnectorRun,
}

/// An error record of PowerShell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Failed {
    /// How far the script was: `module`, `look`, `start`, or `remote` when there was no session.
    pub stage: String,
    /// The exception's type.
    #[serde(rename = "type")]
    pub exception: String,
    /// The first line of `FullyQualifiedErrorId`.
    pub id: String,
    /// The category, such as `PermissionDenied`.
    pub category: String,
    /// The exception's message.
    pub message: String,
    /// Whether the account has its administrator rights in this session, where that can be told.
    pub elevated: Option<bool>,
}

/// Reads an answer; the error says what it lacks.
pub fn read(output: &[u8]) -> Result<Answer, String> {
    let text = String::from_utf8_lossy(output);
    let mut marked = text.lines().filter_map(|line| {
        line.trim_start_matches('\u{feff}')
            .trim()
            .strip_prefix(MARK)
    });
    let answer = match (marked.next(), marked.next()) {
        (Some(answer), None) => answer,
        (None, _) => return Err("it holds no answer".into()),
        (Some(_), Some(_)) => return Err("it holds more than one answer".into()),
    };
    let text: Text = serde_json::from_str(answer).map_err(|error| error.to_string())?;
    match (text.scheduler, text.started, text.failed) {
        (Some(scheduler), None, None) => Ok(Answer::Scheduler(Scheduler {
            in_progress: said(scheduler.in_progress, "SyncCycleInProgress")?,
            enabled: said(scheduler.enabled, "SyncCycleEnabled")?,
            staging: scheduler.staging.unwrap_or_default(),
            suspended: scheduler.suspended.unwrap_or_default(),
            connectors_busy: text.connectors_busy.unwrap_or_default(),
            runs: text.runs.map(runs),
        })),
        (None, Some(result), None) => Ok(Answer::Started(result)),
        (None, None, Some(failed)) => Ok(Answer::Failed(failed)),
        _ => Err("it holds not exactly one of what can be answered".into()),
    }
}

/// Builds that do not say it cannot be waited for.
fn said(value: Option<bool>, name: &str) -> Result<bool, String> {
    value.ok_or_else(|| format!("Get-ADSyncScheduler says no {name}"))
}

fn runs(runs: Vec<RunText>) -> Vec<Run> {
    runs.into_iter()
        .filter(|run| !run.id.is_empty())
        .take(CYCLE_RUNS_MAX)
        .map(|run| Run {
            id: run.id,
            run: ConnectorRun {
                connector: run.connector,
                profile: run.profile,
                result: run.result,
            },
        })
        .collect()
}

#[derive(Deserialize)]
struct Text {
    scheduler: Option<SchedulerText>,
    connectors_busy: Option<usize>,
    runs: Option<Vec<RunText>>,
    started: Option<String>,
    failed: Option<Failed>,
}

#[derive(Deserialize)]
struct SchedulerText {
    in_progress: Option<bool>,
    enabled: Option<bool>,
    staging: Option<bool>,
    suspended: Option<bool>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct RunText {
    id: String,
    connector: String,
    profile: String,
    result: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Vec<u8> {
        format!("{MARK}{json}\r\n").into_bytes()
    }

    #[test]
    fn an_answer_is_found_among_what_else_a_host_prints() {
        let mut output = "\u{feff}WARNING: a module says hello\r\n"
            .as_bytes()
            .to_vec();
        output.extend(line(
            r#"{"scheduler":{"in_progress":false,"enabled":true,"staging":null,"suspended":true},
               "connectors_busy":2,"runs":[{"id":"7","connector":"M\u00fcnchen","profile":"Export","result":"success"}]}"#
                .replace('\n', "")
                .as_str(),
        ));

        let Ok(Answer::Scheduler(scheduler)) = read(&output) else {
            panic!("{:?}", read(&output));
        };

        assert!(scheduler.enabled && scheduler.suspended && !scheduler.in_progress);
        assert_eq!(scheduler.connectors_busy, 2);
        assert_eq!(scheduler.runs.unwrap()[0].run.connector, "München");
    }

    #[test]
    fn orders_and_failures_are_read() {
        assert_eq!(
            read(&line(r#"{"started":"Success"}"#)),
            Ok(Answer::Started("Success".into()))
        );
        let failed = read(&line(
            r#"{"failed":{"stage":"start","type":"T","message":"m","new":1}}"#,
        ));
        assert!(
            matches!(failed, Ok(Answer::Failed(f)) if f.stage == "start" && f.exception == "T")
        );
    }

    #[test]
    fn what_does_not_decide_is_no_answer() {
        for json in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"started":"Success","failed":{}}"#,
            r#"{"scheduler":{"enabled":true}}"#,
            r#"{"scheduler":{"in_progress":"no","enabled":true}}"#,
        ] {
            assert!(read(&line(json)).is_err(), "{json}");
        }
        assert!(read(b"").is_err());
        assert!(read(&[0xff; 4096]).is_err());
        let twice = [line(r#"{"started":"Success"}"#), line(r#"{"started":"x"}"#)].concat();
        assert!(read(&twice).is_err());
    }
}
