//! What is known about target objects beside their images, in one question.
//!
//! Invariants: the same rows, opened the same way, as the questions for each kind alone.

use syncline_model::CsId;
use syncline_model::contest::{Contest, ContestSet};
use syncline_model::plan::{EscrowEntry, Intent, MemoryEntry, PlannedOp};

use super::cs::numbers;
use super::row::Columns as _;
use super::session::TenantRead;
use crate::{Result, StoreError};

/// What is known about target objects beside their images, each kind by object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Targets {
    /// What the rules want of them.
    pub intents: Vec<Intent>,
    /// What imports contradicted of it.
    pub contests: Vec<ContestSet>,
    /// Acknowledged and not confirmed, in the order of acknowledgement.
    pub memory: Vec<MemoryEntry>,
    /// Handed over, outcome unknown.
    pub escrow: Vec<EscrowEntry>,
    /// Staged operations.
    pub pending: Vec<PlannedOp>,
    /// Accounts that stay disabled for now.
    pub withheld: Vec<CsId>,
}

impl TenantRead {
    /// What is known about these target objects.
    pub async fn targets(&mut self, ids: &[CsId]) -> Result<Targets> {
        if ids.is_empty() {
            return Ok(Targets::default());
        }
        let rows = sqlx::query(
            "-- targets.of
             select 1 as kind, cs, 0::int8 as number, body from intent where cs = any ($1)
             union all
             select 2, cs, 0, contests from intent where cs = any ($1) and contests is not null
             union all
             select 3, cs, export_seq, body from memory where cs = any ($1)
             union all
             select 4, cs, export_seq, body from escrow where cs = any ($1)
             union all
             select 5, cs, pass, body from pending where cs = any ($1)
             union all
             select 6, cs, 0, ''::bytea from initial_password where cs = any ($1) and withheld
             order by 1, 2, 3",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        let mut found = Targets::default();
        for row in &rows {
            let (cs, number, sealed) = (row.i64("cs")?, row.i64("number")?, row.bytes("body")?);
            match row.i32("kind")? {
                1 => {
                    let intent = self.open_body("intent", "body", &[cs], sealed)?;
                    found.intents.push(intent);
                }
                2 => {
                    let contests: Vec<Contest> =
                        self.open_body("intent", "contests", &[cs], sealed)?;
                    let cs = CsId(cs);
                    found.contests.push(ContestSet { cs, contests });
                }
                3 => {
                    let entry = self.open_body("memory", "body", &[cs, number], sealed)?;
                    found.memory.push(entry);
                }
                4 => {
                    let entry = self.open_body("escrow", "body", &[cs, number], sealed)?;
                    found.escrow.push(entry);
                }
                5 => {
                    let op = self.open_body("pending", "body", &[cs, number], sealed)?;
                    found.pending.push(op);
                }
                6 => found.withheld.push(CsId(cs)),
                other => {
                    let what = format!("{other} is not a kind of row");
                    return Err(StoreError::damaged("targets", "kind", cs, what));
                }
            }
        }
        Ok(found)
    }
}
