//! Initial passwords on their way from the account to their recipient.
//!
//! Invariants: only envelopes pass through here; an envelope is a row before its account is made by a connector of
//! this process, and in the transaction of the answer where an agent made it; an account that exists and has no
//! envelope is told, never passed over.

use std::collections::HashMap;
use std::fmt;

use serde_json::json;
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::error::ErrorKind;
use syncline_model::message::{Entry, jobs as told};
use syncline_model::op::{ObjectKey, Operation};
use syncline_model::password::Sealed;
use syncline_model::plan::EscrowEntry;
use syncline_model::{CsId, DirectoryId, MessageId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Due, Durability, Handover, HandoverState, Lane, Message, MessageBody, TenantDb, TenantTx,
};

use crate::http::context::now_ms;

/// The kind of the due row that ends envelopes whose time is over; its subject is 0.
pub const DUE: &str = "initial-passwords";
const DAY_MS: i64 = 24 * 3_600_000;

/// Keeps the envelopes of accounts that a connector of this process makes.
pub struct Keeper {
    db: TenantDb,
    accounts: HashMap<ObjectKey, (CsId, ProfileId)>,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({} accounts)", self.accounts.len())
    }
}

impl Keeper {
    /// Of the operations that make accounts with a password; `None` where none does.
    pub fn of(db: &TenantDb, entries: &[EscrowEntry]) -> Option<Self> {
        let making = entries
            .iter()
            .filter(|entry| entry.op.op.password().is_some());
        let accounts: HashMap<_, _> = making
            .map(|entry| (entry.op.op.object.clone(), (entry.op.cs, entry.op.profile)))
            .collect();
        (!accounts.is_empty()).then(|| Self {
            db: db.clone(),
            accounts,
        })
    }

    /// Keeps an envelope, durably.
    pub async fn keep(&self, add: &Operation, sealed: Sealed) -> Result<(), Fault> {
        let Some((cs, profile)) = self.accounts.get(&add.object) else {
            return Err(unkept("the account is none of this export"));
        };
        let Some(row) = handover(add, *cs, *profile, HandoverState::Begun, Some(sealed)) else {
            return Err(unkept("the operation has no password policy"));
        };
        let kept = async {
            let mut tx = self.db.write(Durability::Durable).await?;
            tx.handover_put(&row).await?;
            tx.commit().await
        };
        kept.await.map_err(|error| away(&error))
    }

    /// Forgets it: the account turned out to be another than a newly made one.
    pub async fn forget(&self, add: &Operation) -> Result<(), Fault> {
        let Some((cs, _)) = self.accounts.get(&add.object) else {
            return Ok(());
        };
        let forgotten = async {
            let mut tx = self.db.write(Durability::Durable).await?;
            tx.handovers_take(&[*cs], &[HandoverState::Begun]).await?;
            tx.commit().await
        };
        forgotten.await.map_err(|error| away(&error))
    }
}

fn unkept(why: &str) -> Fault {
    Fault::new(
        "export.password_unkept",
        ErrorKind::Internal,
        format!("The account was not created: its sealed password cannot be kept, {why}."),
        "Report this.",
    )
}

/// Nothing was sent yet: the database may come back.
fn away(error: &StoreError) -> Fault {
    tracing::warn!(
        code = error.code(),
        "a sealed password was not kept: {error}"
    );
    Fault::new(
        "export.password_unkept",
        ErrorKind::Connection,
        "The account was not created yet: its sealed password could not be kept.",
        "It is tried again.",
    )
}

fn handover(
    add: &Operation,
    cs: CsId,
    profile: ProfileId,
    state: HandoverState,
    envelope: Option<Sealed>,
) -> Option<Handover> {
    let policy = add.password()?;
    let made_ms = now_ms();
    Some(Handover {
        cs,
        directory: add.directory,
        profile,
        state,
        withheld: policy.disabled_until_handed_over,
        made_ms,
        ends_ms: made_ms + i64::from(policy.keep_days) * DAY_MS,
        recipient: policy.recipient.clone(),
        envelope,
    })
}

/// What the answer to an Add means for the password of its account, in the answer's own transaction. Answers the
/// message to write when the account has none that anybody could get, or when an envelope was thrown away with an Add
/// that was refused.
pub async fn settle(
    tx: &mut TenantTx,
    entry: &EscrowEntry,
    outcome: &OpOutcome,
    sealed: Option<Sealed>,
) -> Result<Option<NotDelivered>, StoreError> {
    let add = &entry.op.op;
    if add.password().is_none() {
        return Ok(None);
    }
    let (cs, profile) = (entry.op.cs, entry.op.profile);
    match outcome {
        OpOutcome::Unknown(_) => Ok(None),
        OpOutcome::Done(_) | OpOutcome::AcknowledgedWithoutId { .. } => {
            let begun = tx.handovers_take(&[cs], &[HandoverState::Begun]).await?;
            let kept = begun.into_iter().find_map(|row| row.envelope);
            let envelope = sealed.or(kept);
            let state = match envelope {
                Some(_) => HandoverState::Waiting,
                None => HandoverState::Undelivered,
            };
            if let Some(row) = handover(add, cs, profile, state, envelope) {
                tx.handover_put(&row).await?;
                if state == HandoverState::Waiting {
                    tx.due_ask(DUE, 0, row.ends_ms).await?;
                    return Ok(None);
                }
            }
            Ok(Some(NotDelivered {
                directory: entry.op.directory,
                profile,
                cs,
                withheld: add
                    .password()
                    .is_some_and(|policy| policy.disabled_until_handed_over),
                is_ours: true,
            }))
        }
        OpOutcome::Rejected(_) | OpOutcome::Throttled { .. } | OpOutcome::AlreadyGone => {
            let begun = tx.handovers_take(&[cs], &[HandoverState::Begun]).await?;
            let dropped = matches!(outcome, OpOutcome::Rejected(_)) && !begun.is_empty();
            Ok(dropped.then_some(NotDelivered {
                directory: entry.op.directory,
                profile,
                cs,
                withheld: false,
                is_ours: false,
            }))
        }
    }
}

/// An account whose password nobody can get.
#[derive(Debug, Clone, Copy)]
pub struct NotDelivered {
    directory: DirectoryId,
    profile: ProfileId,
    cs: CsId,
    withheld: bool,
    /// Whether the account is known to be the one that the envelope was for.
    is_ours: bool,
}

impl NotDelivered {
    /// What is said about it.
    pub fn message(&self, id: MessageId) -> Message {
        if !self.is_ours {
            return self.says(
                id,
                &told::PASSWORD_DISCARDED,
                format!(
                    "Nobody answered whether the account {} was created, and the one that has its name is not taken \
                     for it: the sealed password that was kept for it is gone. If that account is the one after all, \
                     reset its password in the directory.",
                    self.cs
                ),
            );
        }
        let and = then(self.withheld);
        self.says(
            id,
            &told::PASSWORD_NOT_DELIVERED,
            format!(
                "The account {} exists, but no sealed password came with it: it was restored with the password it \
                 had, or the answer that carried the envelope was lost with its sender. Reset its password in the \
                 directory{and}, then dismiss the entry under \u{201c}Passwords to hand over\u{201d}.",
                self.cs
            ),
        )
    }

    fn says(&self, id: MessageId, entry: &Entry, text: String) -> Message {
        Message {
            id,
            at_ms: now_ms(),
            severity: entry.severity,
            code: entry.code.into(),
            lane: Lane::None,
            topic: None,
            stops: false,
            run: None,
            directory: Some(self.directory),
            profile: Some(self.profile),
            object: Some(self.cs.get()),
            body: MessageBody {
                text,
                detail: json!(null),
            },
        }
    }
}

fn then(withheld: bool) -> &'static str {
    if withheld {
        "; it stays disabled until the entry is dismissed"
    } else {
        ""
    }
}

/// Ends envelopes whose time is over, and says so. Takes the due row off, or puts it to the next end.
pub async fn expire(db: &TenantDb, due: Option<&Due>) -> Result<(), StoreError> {
    if due.is_none() {
        let next = db.read().await?.handovers_next_end().await?;
        if next.is_none_or(|ends_ms| ends_ms > now_ms()) {
            return Ok(());
        }
    }
    let mut tx = db.write(Durability::Durable).await?;
    let expired = tx.handovers_expire(now_ms()).await?;
    for row in &expired {
        let about = NotDelivered {
            directory: row.directory,
            profile: row.profile,
            cs: row.cs,
            withheld: row.withheld,
            is_ours: true,
        };
        let id = MessageId(db.new_id().await?);
        let text = format!(
            "The sealed password of {} was not collected in time and is gone. Reset the password in the directory{}, \
             then dismiss the entry under \u{201c}Passwords to hand over\u{201d}.",
            row.cs,
            then(row.withheld)
        );
        tx.messages_say(&[about.says(id, &told::PASSWORD_EXPIRED, text)])
            .await?;
    }
    if let Some(due) = due {
        let next = tx.handovers_next_end().await?;
        tx.due_done(due, next).await?;
    }
    tx.commit().await
}
