//! Initial passwords to hand over: what waits, collecting it once, dismissing what cannot be collected any more.
//!
//! Invariants: an answer holds envelopes, never a password; collecting takes the envelope out of the database in the
//! transaction that audits it; an account that waited for it is enabled by an ordinary export afterwards.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use syncline_connectors::password::RecipientKey;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, Problem, codes};
use syncline_model::object::Subject;
use syncline_model::password::{Recipient, Sealed};
use syncline_model::plan::WorkItem;
use syncline_model::{CsId, ProfileId};
use syncline_store::tenant::{Durability, Handover, HandoverState, TenantTx};

use super::Tenant;
use super::context::{Context, now_ms, refused};
use super::runs::{cut, position, sealed};
use crate::desk::Request;
use crate::jobs::passwords;
use crate::present;
use crate::resource::instant::Instant;
use crate::resource::password::{
    Collected, CollectedPassword, PasswordHandover, PasswordState, Selected,
};
use crate::schedule::order::Trigger;

/// Accounts of one call at most.
const AT_ONCE: usize = 100;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::INITIAL_PASSWORDS_LIST, list, |d| {
            d.query::<PageQuery>().returns::<Page<PasswordHandover>>(
                200,
                "Accounts whose password nobody has yet, in stable order.",
            )
        })
        .serve(&ops::INITIAL_PASSWORDS_COLLECT, collect, |d| {
            d.body::<Selected>()
                .returns::<Collected>(
                    200,
                    "The envelopes, which are gone here from now on. What was asked for and is not among them was \
                     collected before, or is over.",
                )
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::INITIAL_PASSWORDS_DISMISS, dismiss, |d| {
            d.body::<Selected>()
                .returns::<Selected>(200, "The accounts that were dismissed.")
                .fails(&[&codes::INVALID])
        })
}

async fn list(
    context: Context,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<PasswordHandover>>, Problem> {
    passwords::expire(&context.app.db, None)
        .await
        .map_err(refused)?;
    let scope = "initial-passwords";
    let after = CsId(position(&context, scope, &page)?.unwrap_or(0));
    let mut read = context.read().await?;
    let rows = read
        .handovers(after, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, scope, last.cs.get())
    });
    let ids: Vec<CsId> = part.items.iter().map(|row| row.cs).collect();
    let attrs = context.app.db.attrs();
    let objects = read.cs_objects(&ids).await.map_err(refused)?;
    let names: BTreeMap<CsId, String> = objects
        .iter()
        .map(|object| (object.row.id, present::name(object, &attrs)))
        .collect();
    let items = part.items.into_iter().map(|row| view(row, &names));
    Ok(Body(Page {
        items: items.collect(),
        next: part.next,
    }))
}

fn view(row: Handover, names: &BTreeMap<CsId, String>) -> PasswordHandover {
    PasswordHandover {
        object: row.cs,
        name: names
            .get(&row.cs)
            .cloned()
            .unwrap_or_else(|| row.cs.to_string()),
        directory: row.directory,
        profile: row.profile,
        state: match row.state {
            HandoverState::Begun | HandoverState::Waiting => PasswordState::Waiting,
            HandoverState::Expired => PasswordState::Expired,
            HandoverState::Undelivered => PasswordState::Undelivered,
        },
        disabled_until_handed_over: row.withheld,
        fingerprint: fingerprint(&row.recipient),
        recipient: row.recipient,
        made_at: Instant::from_unix_ms(row.made_ms),
        ends_at: Instant::from_unix_ms(row.ends_ms),
    }
}

/// SHA-256 of the recipient's key; empty where it is none, which no saved profile has.
pub fn fingerprint(recipient: &Recipient) -> String {
    let key = recipient.key.parse::<RecipientKey>();
    key.map(|key| key.fingerprint()).unwrap_or_default()
}

async fn collect(
    context: Context,
    Body(asked): Body<Selected>,
) -> Result<Body<Collected>, Problem> {
    let objects = checked(asked)?;
    let taken = end(
        &context,
        &objects,
        &[HandoverState::Waiting],
        "initial-passwords.collect",
    )
    .await?;
    let items = taken.into_iter().filter_map(|row| {
        Some(CollectedPassword {
            object: row.cs,
            file_name: format!("{}.age", row.cs),
            fingerprint: fingerprint(&row.recipient),
            recipient: row.recipient,
            envelope: armored(row.envelope.as_ref()?),
        })
    });
    Ok(Body(Collected {
        items: items.collect(),
    }))
}

async fn dismiss(context: Context, Body(asked): Body<Selected>) -> Result<Body<Selected>, Problem> {
    let objects = checked(asked)?;
    let taken = end(
        &context,
        &objects,
        &[HandoverState::Expired, HandoverState::Undelivered],
        "initial-passwords.dismiss",
    )
    .await?;
    Ok(Body(Selected {
        objects: taken.into_iter().map(|row| row.cs).collect(),
    }))
}

fn checked(asked: Selected) -> Result<Vec<CsId>, Problem> {
    if asked.objects.is_empty() || asked.objects.len() > AT_ONCE {
        let text = format!("1 to {AT_ONCE} accounts are named in one call.");
        return Err(
            Problem::new(&codes::INVALID, "The accounts cannot be taken.")
                .field("/objects", "length", text),
        );
    }
    Ok(asked.objects)
}

/// Takes rows, writes down who did it, and has the accounts that waited looked at again.
async fn end(
    context: &Context,
    objects: &[CsId],
    states: &[HandoverState],
    action: &str,
) -> Result<Vec<Handover>, Problem> {
    let app = &context.app;
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    let taken = tx.handovers_take(objects, states).await.map_err(refused)?;
    if taken.is_empty() {
        return Ok(taken);
    }
    let woken = wake(&mut tx, &taken).await.map_err(refused)?;
    for row in &taken {
        tx.messages_end_about(row.cs.get(), now_ms())
            .await
            .map_err(refused)?;
        // The recipient is named in the record; the envelope is not.
        let detail = json!({
            "directory": row.directory,
            "recipient": row.recipient.name,
            "fingerprint": fingerprint(&row.recipient),
        });
        tx.audit(context.act(action, row.cs, detail));
    }
    tx.commit().await.map_err(refused)?;
    app.outbox_grew();
    if !woken.is_empty() {
        let request = Request {
            trigger: Trigger::Call,
            profiles: woken.into_iter().collect(),
            imports: Some(std::collections::BTreeSet::new()),
            full: false,
            exports: true,
        };
        // The envelopes are out: that no cycle could be ordered now is no reason to withhold the answer.
        if let Err(error) = app.desk.order(request, None).await {
            tracing::warn!(
                code = error.code(),
                "the enabling waits for the next cycle: {error}"
            );
        }
    }
    Ok(taken)
}

/// Puts accounts that may be enabled now on their profiles' lists.
async fn wake(
    tx: &mut TenantTx,
    taken: &[Handover],
) -> Result<Vec<ProfileId>, syncline_store::StoreError> {
    let waiting: Vec<CsId> = taken
        .iter()
        .filter(|row| row.withheld)
        .map(|row| row.cs)
        .collect();
    let mut work = Vec::new();
    let mut profiles = Vec::new();
    for row in tx.cs_rows_by_id(&waiting).await? {
        let profile = taken.iter().find(|one| one.cs == row.id);
        if let (Some(link), Some(one)) = (row.link, profile) {
            work.push(WorkItem {
                profile: one.profile,
                subject: Subject::Mv(link.mv),
            });
            profiles.push(one.profile);
        }
    }
    tx.work_add(&work).await?;
    Ok(profiles)
}

/// An age file as text, which mail and tickets carry unharmed. Source: C2SP `age.md`, "ASCII armor".
fn armored(sealed: &Sealed) -> String {
    let text = STANDARD.encode(&sealed.0);
    let mut out = String::from("-----BEGIN AGE ENCRYPTED FILE-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|octet| char::from(*octet)));
        out.push('\n');
    }
    out.push_str("-----END AGE ENCRYPTED FILE-----\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armor_has_lines_of_64_characters() {
        let text = armored(&Sealed(vec![7; 100]));

        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(
            (lines[1].len(), lines[2].len(), lines[3].len()),
            (64, 64, 8)
        );
        assert!(text.ends_with("-----END AGE ENCRYPTED FILE-----\n"));
    }
}
