//! Waits: "my object is there", asked once and answered when it is.
//!
//! Invariants: who waits listens before he looks, so that no change is missed between the two; a handle holds its whole
//! question, sealed, so that it can be asked again of any runner of the tenant, and names nobody to who reads it.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Params, PathParams, Problem, codes};
use syncline_engine::keys::name_hashes;
use syncline_model::object::{CsKind, CsRow, Subject};
use syncline_model::{Anchor, CsId, DirectoryId, Dn, ProfileId, TenantId};
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;
use tokio::time::{Instant as Clock, timeout_at};

use super::Tenant;
use super::context::{Context, refused};
use crate::resource::cycle::{CycleWait, bounded};
use crate::resource::scheduler::Reason;
use crate::resource::wait::{NewWait, Wait, WaitState};
use crate::schedule::arrival::{Linked, Stored};
use crate::schedule::jobs::JobId;
use crate::schedule::picture::{Picture, by_job};

/// What handles are sealed for.
const HANDLE: &str = "wait";
/// Runs of a directory that are looked through for one that began late enough.
const RUNS: i64 = 100;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::WAITS_CREATE, create, |d| {
            d.body::<NewWait>()
                .returns::<Wait>(200, "How far it has come.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::WAITS_GET, get, |d| {
            d.query::<CycleWait>()
                .returns::<Wait>(200, "How far it has come.")
        })
}

async fn create(context: Context, Body(new): Body<NewWait>) -> Result<Response, Problem> {
    let longest = new.wait_s.map(bounded).unwrap_or_default();
    let question = NewWait {
        wait_s: None,
        ..new
    };
    valid(&context, &question).await?;
    let told = asked(&context, &question, longest).await?;
    Ok((StatusCode::OK, Body(told)).into_response())
}

async fn get(
    context: Context,
    PathParams((_, handle)): PathParams<(TenantId, String)>,
    Params(wait): Params<CycleWait>,
) -> Result<Body<Wait>, Problem> {
    let question = opened(&context, &handle).ok_or_else(Problem::not_found)?;
    let longest = wait.duration().unwrap_or_default();
    asked(&context, &question, longest).await.map(Body)
}

fn opened(context: &Context, handle: &str) -> Option<NewWait> {
    let sealed = URL_SAFE_NO_PAD.decode(handle).ok()?;
    let question = context.app.db.open_handle(HANDLE, &sealed).ok()?;
    serde_json::from_slice(&question).ok()
}

fn sealed(context: &Context, question: &NewWait) -> String {
    let question = serde_json::to_vec(question).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(context.app.db.seal_handle(HANDLE, &question))
}

/// Refuses a question that names no object, or more than one.
async fn valid(context: &Context, question: &NewWait) -> Result<(), Problem> {
    let refuse = |at: &str, text: &str| {
        let problem = Problem::new(
            &codes::INVALID,
            "It is not told which object is waited for.",
        );
        Err(problem.field(at, "object", text))
    };
    let named = [
        question.object.is_some(),
        question.anchor.is_some(),
        question.dn.is_some(),
    ];
    if named.iter().filter(|is_named| **is_named).count() != 1 {
        return refuse("", "Exactly one of `object`, `anchor` and `dn` names it.");
    }
    if question.object.is_none() && question.directory.is_none() {
        return refuse(
            "/directory",
            "`anchor` and `dn` are names within a directory.",
        );
    }
    if let Some(dn) = &question.dn
        && dn.parse::<Dn>().is_err()
    {
        return refuse("/dn", "It is no distinguished name.");
    }
    if let Some(directory) = question.directory {
        let mut read = context.read().await?;
        let row = read.directory(directory).await.map_err(refused)?;
        if row.is_none() {
            return refuse("/directory", "There is no such directory.");
        }
    }
    Ok(())
}

/// Answers when the change is there, when nothing is to come, or after `longest`.
async fn asked(context: &Context, question: &NewWait, longest: Duration) -> Result<Wait, Problem> {
    let mut moved = context.app.signals.subscribe();
    let until = Clock::now() + longest;
    loop {
        moved.borrow_and_update();
        let stored = stored(context, question).await.map_err(refused)?;
        let state = stored.state();
        let reached = question.until.is_reached(state);
        if !reached && state != WaitState::NoTarget {
            // What an export, an import or a cycle did is told when it ends.
            let changed = timeout_at(until, moved.changed()).await;
            if matches!(changed, Ok(Ok(()))) {
                continue;
            }
        }
        let why_not = match reached {
            true => Vec::new(),
            false => why_not(context, question, &stored).await.map_err(refused)?,
        };
        return Ok(Wait {
            id: sealed(context, question),
            until: question.until,
            state,
            reached,
            object: stored.object.map(|row| row.id),
            targets: stored.targets(),
            why_not,
        });
    }
}

/// What is stored of the object, in one snapshot.
async fn stored(context: &Context, question: &NewWait) -> Result<Stored, StoreError> {
    let mut read = context.app.db.read().await?;
    let Some(object) = found(context, &mut read, question).await? else {
        return Ok(Stored::default());
    };
    let rows = match object.link {
        Some(link) => read.cs_linked_to(&[link.mv]).await?,
        None => vec![object],
    };
    let ids: Vec<CsId> = rows.iter().map(|row| row.id).collect();
    let staged: BTreeSet<CsId> = read
        .pending_ops(&ids)
        .await?
        .iter()
        .map(|op| op.cs)
        .collect();
    let in_doubt = read.in_doubt(&ids).await?;
    let unconfirmed = read.memory(&ids).await?;
    let linked = rows.into_iter().map(|row| Linked {
        row,
        staged: staged.contains(&row.id),
        in_doubt: in_doubt.contains(&row.id),
        unconfirmed: unconfirmed.iter().any(|entry| entry.cs == row.id),
    });
    let linked = linked.collect();
    Ok(Stored {
        object: Some(object),
        is_read: is_read(&mut read, question, object.directory).await?,
        is_listed: !read.work_on(&subjects(&object)).await?.is_empty(),
        linked,
    })
}

fn subjects(object: &CsRow) -> Vec<Subject> {
    let mv = object.link.map(|link| Subject::Mv(link.mv));
    [Subject::Cs(object.id)].into_iter().chain(mv).collect()
}

async fn found(
    context: &Context,
    read: &mut TenantRead,
    question: &NewWait,
) -> Result<Option<CsRow>, StoreError> {
    let rows = match (question, question.directory) {
        (
            NewWait {
                object: Some(id), ..
            },
            _,
        ) => read.cs_rows_by_id(&[*id]).await?,
        (
            NewWait {
                anchor: Some(text), ..
            },
            Some(directory),
        ) => {
            let rows = read.cs_rows_by_anchor(directory, &anchors(text)).await?;
            rows.into_iter().map(|(_, row)| row).collect()
        }
        (NewWait { dn: Some(dn), .. }, Some(directory)) => {
            by_name(context, read, directory, dn).await?
        }
        _ => Vec::new(),
    };
    Ok(rows.into_iter().find(|row| row.kind == CsKind::Staging))
}

/// Everything that a text may spell as an immutable id.
fn anchors(text: &str) -> Vec<Anchor> {
    let spelt = |kind: &str| {
        let written = serde_json::Value::String(format!("{kind}:{text}"));
        serde_json::from_value::<Anchor>(written).ok()
    };
    ["guid", "text", "bytes"]
        .into_iter()
        .filter_map(spelt)
        .collect()
}

/// The object of a name, found from the top of its directory down.
async fn by_name(
    context: &Context,
    read: &mut TenantRead,
    directory: DirectoryId,
    dn: &str,
) -> Result<Vec<CsRow>, StoreError> {
    let Ok(dn) = dn.parse::<Dn>() else {
        return Ok(Vec::new());
    };
    let mut at: Option<CsRow> = None;
    for rdn in dn.rdns().iter().rev() {
        let parent = at.map(|row| row.id);
        let (name, _) = name_hashes(context.app.db.keys(), directory, parent, rdn);
        at = read.cs_rows_by_name(&[name]).await?.into_iter().next();
        if at.is_none() {
            return Ok(Vec::new());
        }
    }
    Ok(at.into_iter().collect())
}

/// Whether an import of a directory has begun since the object was changed, and ended well.
async fn is_read(
    read: &mut TenantRead,
    question: &NewWait,
    directory: DirectoryId,
) -> Result<bool, StoreError> {
    let Some(changed_at) = question.changed_at else {
        return Ok(true);
    };
    let runs = by_job(read.run_marks(&[directory], &[], RUNS).await?);
    let reads = [JobId::Import(directory), JobId::Confirm(directory)];
    let mut read = reads.iter().filter_map(|job| runs.get(job)).flatten();
    Ok(read.any(|run| {
        let is_late = run.started_ms.is_some_and(|ms| ms >= changed_at.unix_ms());
        is_late && run.status.is_some_and(|status| status.completed())
    }))
}

/// Why it is not there yet.
async fn why_not(
    context: &Context,
    question: &NewWait,
    stored: &Stored,
) -> Result<Vec<Reason>, StoreError> {
    let picture = Picture::take(&context.app).await?;
    let mut read = context.app.db.read().await?;
    let directory = stored
        .object
        .map(|row| row.directory)
        .or(question.directory);
    let mut why = match (stored.state(), stored.object, directory) {
        (WaitState::Unseen | WaitState::Unread, _, Some(directory)) => {
            picture.why_no_job(JobId::Import(directory))
        }
        (WaitState::Unsynchronised, Some(object), _) => {
            let who = read.work_on(&subjects(&object)).await?;
            who.into_iter()
                .flat_map(|profile| picture.why_no_job(JobId::Sync(profile)))
                .collect()
        }
        _ => {
            let behind = stored.targets().into_iter();
            let behind = behind.filter(|target| !question.until.is_reached(target.state));
            let ids: Vec<CsId> = behind.clone().map(|target| target.object).collect();
            let mut why: Vec<Reason> = behind
                .filter(|target| target.state == WaitState::Exported)
                .flat_map(|target| picture.why_no_job(JobId::Confirm(target.directory)))
                .collect();
            let staged = read.pending_ops(&ids).await?;
            let staged: BTreeSet<(DirectoryId, ProfileId)> =
                staged.iter().map(|op| (op.directory, op.profile)).collect();
            for (directory, profile) in staged {
                why.extend(picture.why_not_sent_yet(directory, profile));
            }
            why
        }
    };
    let mut seen = Vec::new();
    why.retain(|reason| {
        let is_new = !seen.contains(reason);
        seen.push(reason.clone());
        is_new
    });
    Ok(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_up_as_everything_that_it_may_spell() {
        let guid = anchors("00112233-4455-6677-8899-aabbccddeeff");
        let octets = anchors("0x0102");

        assert_eq!(guid.len(), 2, "{guid:?}");
        assert!(matches!(guid[0], Anchor::Guid(_)));
        assert!(octets.contains(&Anchor::Bytes([1, 2].into())));
        assert_eq!(anchors("4711"), [Anchor::Text("4711".into())]);
    }
}
