//! What starts by time: the rows of what is due, turned into orders.
//!
//! Invariants: a row is put to its next instant in the transaction that writes its order, so that neither a crash nor a
//! runner that was down starts a cycle twice or not at all (T-11); a start that is left out moves its row all the same;
//! what is switched off is not waited for.

use std::sync::Arc;
use std::time::Duration;

use syncline_model::{CycleId, ProfileId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Due, Durability, ProfileRow, TenantTx};

use super::{DUE_INTERVAL, Desk, LOOK, Request};
use crate::app::App;
use crate::http::context::now_ms;
use crate::resource::cycle::{Exports, Policy};
use crate::schedule::order::Trigger;
use crate::schedule::settings::{ProfileSchedule, Schedules};

/// What is written together with an order, so that neither is there without the other.
#[derive(Default)]
pub(super) struct Beside {
    act: Option<Act>,
    start: Option<Start>,
}

/// A start by time: the row that was due, when it is due next, and what becomes of the profile's schedule.
struct Start {
    due: Due,
    next_ms: Option<i64>,
    schedule: Option<(Schedules, ProfileSchedule)>,
}

impl Beside {
    /// An act of somebody.
    pub(super) fn act(act: Option<Act>) -> Self {
        Self { act, start: None }
    }

    /// Writes it, about the cycle that was ordered.
    pub(super) async fn write(self, tx: &mut TenantTx, cycle: CycleId) -> Result<(), StoreError> {
        if let Some(act) = self.act {
            tx.audit(Act {
                target: Some(cycle.to_string()),
                ..act
            });
        }
        match self.start {
            Some(start) => start.write(tx).await,
            None => Ok(()),
        }
    }
}

impl Start {
    /// What a row that is due means for a profile.
    fn of(due: &Due, row: &ProfileRow, schedules: &Schedules, now_ms: i64) -> Self {
        let (_, schedule) = schedules.of(row.id);
        let timetable = schedule.timetable(&row.doc.triggers);
        let next = timetable.next(&schedules.zone(), due.at_ms, now_ms);
        let started = schedule.started();
        Self {
            due: due.clone(),
            next_ms: next.map(|next| next.at_ms),
            schedule: (started != schedule).then(|| (schedules.clone(), started)),
        }
    }

    async fn write(self, tx: &mut TenantTx) -> Result<(), StoreError> {
        let profile = ProfileId(self.due.subject);
        tx.due_done(&self.due, self.next_ms).await?;
        match self.schedule {
            Some((mut schedules, started)) => schedules.put(tx, profile, started).await,
            None => Ok(()),
        }
    }
}

impl Desk {
    /// Starts the profiles whose time has come.
    pub(super) async fn start_by_time(
        &self,
        due: &[Due],
        profiles: &[ProfileRow],
        schedules: Schedules,
    ) -> Result<(), StoreError> {
        for row in due.iter().filter(|due| due.kind == DUE_INTERVAL) {
            let Some(profile) = profiles.iter().find(|p| p.id.get() == row.subject) else {
                self.put_off(row, None).await?;
                continue;
            };
            let (_, schedule) = schedules.of(profile.id);
            let start = Start::of(row, profile, &schedules, now_ms());
            if !schedules.runs(profile.id) {
                // Neither skipped nor begun: what was set for the next start stays.
                self.put_off(row, start.next_ms).await?;
            } else if schedule.skip_next {
                self.leave_out(start).await?;
            } else {
                let request = Request {
                    trigger: Trigger::Interval,
                    profiles: [profile.id].into(),
                    imports: None,
                    full: schedule.next_policy == Policy::Initial,
                    exports: schedule.exports == Exports::Allowed,
                };
                let beside = Beside {
                    act: None,
                    start: Some(start),
                };
                self.order_with(request, beside).await?;
            }
        }
        Ok(())
    }

    /// Puts a row to its next instant without an order, or takes it off.
    async fn put_off(&self, row: &Due, next_ms: Option<i64>) -> Result<(), StoreError> {
        let mut tx = self.db.write(Durability::Durable).await?;
        tx.due_done(row, next_ms).await?;
        tx.commit().await
    }

    async fn leave_out(&self, start: Start) -> Result<(), StoreError> {
        let mut tx = self.db.write(Durability::Durable).await?;
        start.write(&mut tx).await?;
        tx.commit().await
    }

    /// How long until something is due, which the API is told as well.
    pub(super) async fn until_due(&self, app: &Arc<App>) -> Duration {
        let next = self.next_due_ms().await.unwrap_or(None);
        app.next_due(next);
        let wait = next.map(|at| u64::try_from(at - now_ms()).unwrap_or(0));
        wait.map_or(LOOK, |ms| Duration::from_millis(ms).min(LOOK))
    }

    async fn next_due_ms(&self) -> Result<Option<i64>, StoreError> {
        let mut read = self.db.read().await?;
        let schedules = Schedules::load(&mut read).await?;
        let due = read.due().await?;
        let waited_for = due.iter().filter(|due| schedules.counts(due));
        Ok(waited_for.map(|due| due.at_ms).min())
    }
}
