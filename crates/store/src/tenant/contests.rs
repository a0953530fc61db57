//! Contests: what imports contradicted of what is wanted (column `intent.contests`, D-48).
//!
//! Invariants: a contest stands with the intent of its object and goes with it; imports count, synchronisation and
//! people end, with the error that told it.

use syncline_model::contest::{Contest, ContestSet};
use syncline_model::{CsId, ProfileId};

use super::cs::numbers;
use super::row::Columns as _;
use super::session::{TenantRead, TenantTx};
use crate::Result;

impl TenantRead {
    /// The contests of these objects, of those that have some.
    pub async fn contests(&mut self, ids: &[CsId]) -> Result<Vec<ContestSet>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- intent.contests_of
             select cs, contests from intent where cs = any ($1) and contests is not null order by cs",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let cs = row.i64("cs")?;
                let contests: Vec<Contest> =
                    self.open_body("intent", "contests", &[cs], row.bytes("contests")?)?;
                Ok(ContestSet {
                    cs: CsId(cs),
                    contests,
                })
            })
            .collect()
    }
}

impl TenantTx {
    /// Writes contests over those that objects have. Of an object that nothing is wanted of there are none.
    pub(super) async fn contests_put(&mut self, sets: &[ContestSet]) -> Result<()> {
        if sets.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = sets.iter().map(|set| set.cs.get()).collect();
        let sealed: Vec<Option<Vec<u8>>> = sets
            .iter()
            .map(|set| {
                let key = [set.cs.get()];
                let some = Some(&set.contests).filter(|contests| !contests.is_empty());
                some.map(|contests| self.seal_body("intent", "contests", &key, contests))
            })
            .collect();
        sqlx::query(
            "-- intent.contests_put
             update intent set contests = new.contests
             from unnest($1::int8[], $2::bytea[]) as new (cs, contests) where intent.cs = new.cs",
        )
        .bind(ids)
        .bind(sealed)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends the contests of an object: what was given up is sent again. Answers whether there were any.
    pub async fn contests_end(&mut self, id: CsId) -> Result<bool> {
        let done = sqlx::query(
            "-- intent.contests_end
             with ended as (update intent set contests = null where cs = $1 and contests is not null returning cs),
                  told as (delete from error using ended where object = ended.cs and not is_mv and stage = 'confirm')
             select cs from ended",
        )
        .bind(id.get())
        .fetch_optional(self.conn())
        .await?;
        Ok(done.is_some())
    }

    /// Ends the contests in all directories of a profile, because other rules say what is wanted there; the profile looks
    /// again at whose they were.
    pub async fn contests_end_under(&mut self, profile: ProfileId) -> Result<()> {
        sqlx::query(
            "-- intent.contests_end_under
             with ended as (update intent set contests = null from cs
                            where cs.id = intent.cs and intent.contests is not null
                              and cs.directory in (select directory from part where profile = $1)
                            returning intent.cs),
                  told as (delete from error using ended where object = ended.cs and not is_mv and stage = 'confirm')
             insert into work (profile, object, is_mv)
             select distinct $1, l.mv, true from ended join cs_link l on l.cs = ended.cs where l.mv is not null
             on conflict (profile, object) do update set asked = work.asked + 1",
        )
        .bind(profile.get())
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
