//! What follows an export where Entra Connect stands behind the directory: its own cycle, ordered through the agent.
//!
//! Invariants: the run is made in the transaction that ends its export and takes the mark that something changed, so
//! that no export is followed twice or not at all; its number is the wish that the agent knows the cycle by, so that
//! whatever interrupts the waiting goes on with the same cycle; no other step waits for it, and what goes wrong with it
//! holds nothing.

use std::sync::Arc;

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::message::{Severity, jobs as told};
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::{DirectoryId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, Run, RunDoc, TenantTx};
use syncline_wire::link::{Capability, ConnectorRun, CycleEvent, CycleKind, CycleRequest};

use super::{Said, Underway, failed, queued};
use crate::agents::Session;
use crate::app::App;
use crate::desk::persist;
use crate::http::settings_of;
use crate::reach::Reach;

/// Connections that may break in a row without a word of the cycle.
const SILENT_MAX: u32 = 5;

/// Adds the run that follows an export, in the transaction that ends the export: if the directory wants one, and
/// something was changed there since the last.
pub async fn add(app: &App, tx: &mut TenantTx, export: &Run) -> Result<Option<RunId>, StoreError> {
    let Some(directory) = export.directory else {
        return Ok(None);
    };
    if wanted(tx, directory).await?.is_none() || !tx.directory_followed(directory).await? {
        return Ok(None);
    }
    let run = queued(
        RunId(app.db.new_id().await?),
        RunKind::EntraConnectCycle,
        "export",
    );
    let run = Run {
        directory: Some(directory),
        cycle: export.cycle,
        doc: RunDoc {
            follows: Some(export.id),
            ..run.doc
        },
        ..run
    };
    tx.run_add(&run).await?;
    Ok(Some(run.id))
}

/// Begins, or goes on with, a run that was added, beside everything else.
pub fn begin(app: &Arc<App>, run: RunId) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = persist(|| work(&app, run)).await {
            failed(&app, run, &error, RunStatus::StoppedLeaseLost).await;
        }
    });
}

/// Goes on with what an earlier process left.
pub async fn resume(app: &Arc<App>, before_ms: i64) -> Result<(), StoreError> {
    let open = app.db.read().await?.runs_open().await?;
    let left = open
        .into_iter()
        .filter(|run| run.kind == RunKind::EntraConnectCycle && run.queued_ms < before_ms);
    left.for_each(|run| begin(app, run.id));
    Ok(())
}

/// Which cycle a directory wants after an export.
async fn wanted(
    tx: &mut TenantTx,
    directory: DirectoryId,
) -> Result<Option<CycleKind>, StoreError> {
    let row = tx.directory(directory).await?;
    let after = row.and_then(|row| settings_of(&row).after_export);
    Ok(after.map(|after| after.entra_connect.kind.into()))
}

/// What is known of the cycle so far.
struct Known {
    kind: CycleKind,
    /// Entra Connect took the order.
    is_ordered: bool,
    /// Its warnings were noted by this process.
    is_told: bool,
    warnings: u64,
}

async fn work(app: &Arc<App>, run: RunId) -> Result<(), StoreError> {
    let mut tx = app.db.write(Durability::Deferred).await?;
    let row = tx.run(run).await?.filter(|row| row.status.is_none());
    let Some((row, directory)) = row.and_then(|row| Some((row.clone(), row.directory?))) else {
        return Ok(());
    };
    let kind = wanted(&mut tx, directory).await?;
    tx.rollback().await?;
    let is_ordered = row.progress == Progress::EntraConnectAtWork;
    let progress = match is_ordered {
        true => Progress::EntraConnectAtWork,
        false => Progress::WaitingForEntraConnect,
    };
    let mut underway = Underway::begin(app, run, progress).await?;
    let Some(kind) = kind else {
        let fault = switched_off();
        return underway.end_by(status_of(&fault), &fault).await;
    };
    let mut known = Known {
        kind,
        is_ordered,
        is_told: false,
        warnings: 0,
    };
    match to_its_end(app, directory, &mut underway, &mut known).await? {
        Ok((seconds, runs)) => finish(app, underway, &known, seconds, runs).await,
        Err(fault) => underway.end_by(status_of(&fault), &fault).await,
    }
}

/// How a run ends that this stops. What was refused for good is told from what passes.
fn status_of(fault: &Fault) -> RunStatus {
    match fault.kind {
        ErrorKind::PolicyRefused => RunStatus::StoppedPermission,
        ErrorKind::Busy => RunStatus::NoStartBusy,
        ErrorKind::Timeout | ErrorKind::OutcomeUnknown => RunStatus::StoppedDeadline,
        ErrorKind::AgentOffline => RunStatus::StoppedAgentOffline,
        ErrorKind::Guard => RunStatus::NoStartConfiguration,
        _ => fault.stopped_status(),
    }
}

type Outcome = Result<(u64, Option<Vec<ConnectorRun>>), Fault>;

/// Asks, and follows the cycle over as many connections as it takes.
async fn to_its_end(
    app: &Arc<App>,
    directory: DirectoryId,
    underway: &mut Underway,
    known: &mut Known,
) -> Result<Outcome, StoreError> {
    let mut silent = 0;
    loop {
        let offering = app.hub.soon_offering(directory, Capability::EntraConnect);
        let Some(session) = offering.await else {
            return Ok(Err(Reach::none(app, directory)));
        };
        let mut heard = false;
        let outcome = follow(&session, underway, known, &mut heard).await?;
        match outcome {
            Err(fault) if fault.kind == ErrorKind::AgentOffline => {
                silent = if heard { 0 } else { silent + 1 };
                if silent == SILENT_MAX || app.hub.after(&session).await.is_none() {
                    return Ok(Err(fault));
                }
            }
            outcome => return Ok(outcome),
        }
    }
}

/// Follows the cycle over one connection.
async fn follow(
    session: &Session,
    underway: &mut Underway,
    known: &mut Known,
    heard: &mut bool,
) -> Result<Outcome, StoreError> {
    let request = CycleRequest {
        kind: known.kind,
        wish: underway.id().get().unsigned_abs(),
        ordered: known.is_ordered,
    };
    let mut events = match session.link.entra_connect_cycle(request).await {
        Ok(events) => events,
        Err(error) => return Ok(Err(error.into_fault())),
    };
    loop {
        let event = match events.next_item().await {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(Err(without_end())),
            Err(error) => return Ok(Err(error.into_fault())),
        };
        *heard = true;
        match event {
            CycleEvent::WaitingForRunningCycle | CycleEvent::Running { .. } => {}
            CycleEvent::Started { kind, warnings } => {
                known.kind = kind;
                if !known.is_told {
                    known.is_told = true;
                    for warning in &warnings {
                        known.warnings += 1;
                        let text = format!("{} {}", warning.message, warning.next_step);
                        underway.say(Said::under(Severity::Warning, &warning.code, text));
                    }
                }
                if !known.is_ordered {
                    known.is_ordered = true;
                    underway.progress(Progress::EntraConnectAtWork).await?;
                }
            }
            CycleEvent::Ended { seconds, runs } => return Ok(Ok((seconds, runs))),
        }
    }
}

/// Writes down how the cycle ended, in Entra Connect's own words.
async fn finish(
    app: &App,
    mut underway: Underway,
    known: &Known,
    seconds: u64,
    runs: Option<Vec<ConnectorRun>>,
) -> Result<(), StoreError> {
    let runs_said = runs.as_deref().unwrap_or_default();
    let unwell: Vec<&ConnectorRun> = runs_said.iter().filter(|r| !r.succeeded()).collect();
    underway.count("connector_runs", runs_said.len() as u64);
    underway.count("connector_runs_with_errors", unwell.len() as u64);
    let kind = known.kind.as_str();
    let told = if runs.is_some() {
        let each = runs_said
            .iter()
            .map(|r| format!("{} of {}: {}", r.profile, r.connector, r.result));
        each.collect::<Vec<_>>().join("; ")
    } else {
        "Entra Connect does not say how its connectors fared".into()
    };
    let text = format!("The {kind} cycle of Entra Connect ended after {seconds} seconds. {told}.");
    underway.say(Said::of(&told::ENTRA_CONNECT_ENDED, text));
    for run in &unwell {
        let text = format!(
            "Entra Connect ran {} of its connector {} and says: {}. What was exported is in Active Directory; look at \
             the run in Synchronization Service Manager.",
            run.profile, run.connector, run.result
        );
        let topic = format!("{} of {}", run.profile, run.connector);
        underway.say(Said::of(&told::ENTRA_CONNECT_RUN_ERRORS, text).about(topic));
    }
    let status = if unwell.is_empty() && known.warnings == 0 {
        RunStatus::Success
    } else {
        RunStatus::CompletedWarnings
    };
    let mut tx = app.db.write(Durability::Durable).await?;
    underway.end_in(&mut tx, status, None).await?;
    tx.commit().await
}

fn switched_off() -> Fault {
    Fault::new(
        "entra_connect.switched_off",
        ErrorKind::Guard,
        "The directory no longer asks for a cycle of Entra Connect after an export; none was ordered.",
        "Nothing to do: what was exported is in Active Directory, and Entra Connect's next cycle takes it.",
    )
}

fn without_end() -> Fault {
    Fault::new(
        "wire.malformed",
        ErrorKind::Internal,
        "The agent ended the answer without saying how the cycle of Entra Connect ended.",
        "Check that agent and service run released builds; if it stays, report it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tunnel::LinkError;

    #[test]
    fn an_agent_of_an_earlier_release_is_named_as_such() {
        let fault = LinkError::TooOld("/v1/entra-connect/cycle").into_fault();

        assert_eq!(fault.code, "agents.too_old");
        assert_eq!(status_of(&fault), RunStatus::StoppedPermission);
        assert!(fault.message.contains("too old"), "{fault}");
    }

    #[test]
    fn a_directory_that_asks_no_more_is_not_asked_for() {
        let fault = switched_off();

        assert_eq!(fault.kind, ErrorKind::Guard);
        assert_eq!(status_of(&fault), RunStatus::NoStartConfiguration);
    }

    #[test]
    fn what_passes_and_what_does_not_end_the_run_differently() {
        let status = |kind| status_of(&Fault::new("entra_connect.any", kind, "it", "that"));

        assert_eq!(status(ErrorKind::Busy), RunStatus::NoStartBusy);
        assert_eq!(
            status(ErrorKind::PolicyRefused),
            RunStatus::StoppedPermission
        );
        assert_eq!(status(ErrorKind::Permission), RunStatus::StoppedPermission);
        assert_eq!(status(ErrorKind::Timeout), RunStatus::StoppedDeadline);
        assert_eq!(
            status(ErrorKind::AgentOffline),
            RunStatus::StoppedAgentOffline
        );
        assert_eq!(
            status(ErrorKind::Connection),
            RunStatus::StoppedConnectivity
        );
    }
}
