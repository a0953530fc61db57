//! Which staged operations rest: a directory refused them, and it is not their time yet (D-71).
//!
//! Invariants: only the operation that was refused rests, never another one of its object; a person who asks for an
//! export has everything tried that was refused before.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::export::{Asking, Refusal, rests_until};
use syncline_model::CsId;
use syncline_model::error::Stage;
use syncline_model::object::Subject;
use syncline_model::plan::PlannedOp;
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;

use crate::resource::instant::Instant;

/// Objects whose errors are read at once.
const AT_ONCE: usize = 4096;

/// What directories refused of some operations, and said why.
#[derive(Debug, Default)]
pub struct Refused(BTreeMap<CsId, Vec<(Refusal, String)>>);

impl Refused {
    /// What stands against these operations.
    pub async fn of(read: &mut TenantRead, ops: &[PlannedOp]) -> Result<Self, StoreError> {
        let ids: BTreeSet<CsId> = ops.iter().map(|op| op.cs).collect();
        let subjects: Vec<Subject> = ids.into_iter().map(Subject::Cs).collect();
        let mut refused: BTreeMap<CsId, Vec<(Refusal, String)>> = BTreeMap::new();
        for chunk in subjects.chunks(AT_ONCE) {
            let errors = read.errors_of(chunk).await?;
            for error in errors.into_iter().filter(|e| e.stage == Stage::Export) {
                let refusal = Refusal::of(&error.entry, error.last_ms, error.retry_ms);
                if let (Subject::Cs(cs), Some(refusal)) = (error.subject, refusal) {
                    let one = (refusal, error.entry.message);
                    refused.entry(cs).or_default().push(one);
                }
            }
        }
        Ok(Self(refused))
    }

    /// Whether a directory refused this very operation.
    pub fn has(&self, op: &PlannedOp) -> bool {
        let its = self.0.get(&op.cs).into_iter().flatten();
        its.into_iter().any(|(refusal, _)| refusal.op == op.hash)
    }

    /// Until when an operation rests, and why; `None` when it goes.
    pub fn rests(&self, op: &PlannedOp, asking: &Asking) -> Option<(i64, &str)> {
        let its = self.0.get(&op.cs)?;
        let refusals: Vec<Refusal> = its.iter().map(|(refusal, _)| *refusal).collect();
        let until = rests_until(op.hash, &refusals, asking)?;
        let why = its.iter().find(|(refusal, _)| refusal.op == op.hash);
        Some((until, why.map_or("", |(_, why)| why)))
    }
}

/// How many operations rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resting {
    /// How many.
    pub count: u64,
    /// Until when the first of them does, in milliseconds since 1970.
    pub until_ms: Option<i64>,
}

impl Resting {
    /// One more, until then.
    pub fn note(&mut self, until_ms: i64) {
        self.count += 1;
        self.until_ms = Some(self.until_ms.map_or(until_ms, |first| first.min(until_ms)));
    }

    /// What is said about them; `None` when none does.
    pub fn text(&self) -> Option<String> {
        let until = Instant::from_unix_ms(self.until_ms?);
        let rest = match self.count {
            1 => "1 operation that the directory refused rests".to_owned(),
            n => format!("{n} operations that the directory refused rest"),
        };
        Some(format!(
            "{rest} until {until} at the earliest. Correct what the objects' errors name; a changed operation goes with \
             the next export, and a cycle that a person starts tries them all."
        ))
    }
}
