//! Standing errors of objects (table `error`, D-71).
//!
//! Invariants: an object's errors at a stage under a part are replaced together; one that stays keeps when it was
//! first seen and counts on; one that is not said again ends, and stays to be looked at until it expires or comes back;
//! when it is tried again follows from its class alone; messages are sealed.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgRow;
use syncline_model::error::Stage;
use syncline_model::object::Subject;
use syncline_model::op::OpHash;
use syncline_model::plan::PlannedOp;
use syncline_model::stage::{ErrorEntry, ErrorSet};
use syncline_model::{DirectoryId, MessageId, PartId, ProfileId, RunId};

use super::row::{Columns as _, from_word, word};
use super::session::{TenantRead, TenantTx};
use super::settings::halves;
use super::work::{number, subject};
use crate::Result;

/// An error as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingError {
    /// The id of the entry.
    pub id: MessageId,
    /// The object.
    pub subject: Subject,
    /// The directory it is about.
    pub directory: Option<DirectoryId>,
    /// The profile whose rules it is about, or that keeps the object.
    pub profile: Option<ProfileId>,
    /// The run that saw it last.
    pub run: Option<RunId>,
    /// The stage.
    pub stage: Stage,
    /// The part, if one is concerned.
    pub part: Option<PartId>,
    /// What is wrong.
    pub entry: ErrorEntry,
    /// When it was first seen.
    pub first_ms: i64,
    /// When it was last seen.
    pub last_ms: i64,
    /// How often.
    pub count: i32,
    /// When it is tried again although nothing changed; `None`: not before something changes.
    pub retry_ms: Option<i64>,
    /// When it ended; `None` while it stands.
    pub ended_ms: Option<i64>,
}

/// The key of an entry: object, stage, part, kind, attribute.
type Key = (i64, String, i64, String, i32);

fn key(subject: Subject, stage: Stage, part: i64, entry: &ErrorEntry) -> Key {
    let attr = entry.attr.map_or(-1, |attr| i32::from(attr.0));
    let (stage, kind) = (word(&stage), word(&entry.kind));
    (number(subject), stage, part, kind, attr)
}

impl TenantRead {
    /// The errors of these objects.
    pub async fn errors_of(&mut self, subjects: &[Subject]) -> Result<Vec<StandingError>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = subjects.iter().map(|s| number(*s)).collect();
        let rows = sqlx::query(
            "-- error.of
             select * from error where object = any ($1) and ended_ms is null order by object, stage, part, kind, attr",
        )
        .bind(ids)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.standing_error(row)).collect()
    }

    /// Which of these objects have errors, with the stage and part of each.
    pub async fn errors_standing(
        &mut self,
        subjects: &[Subject],
    ) -> Result<Vec<(Subject, Stage, Option<PartId>)>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = subjects.iter().map(|s| number(*s)).collect();
        let rows = sqlx::query(
            "-- error.standing_of
             select distinct object, is_mv, stage, part from error
             where object = any ($1) and ended_ms is null order by object, stage, part",
        )
        .bind(ids)
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| {
                let (object, part) = (row.i64("object")?, row.i64("part")?);
                Ok((
                    subject(object, row.flag("is_mv")?),
                    from_word("error", "stage", object, row.text("stage")?)?,
                    (part != 0).then_some(PartId(part)),
                ))
            })
            .collect()
    }

    /// A page of standing errors behind an object, for lists.
    pub async fn errors_page(&mut self, after: i64, limit: i64) -> Result<Vec<StandingError>> {
        let rows = sqlx::query(
            "-- error.page
             select * from error where object > $1 and ended_ms is null order by object, stage, part, kind, attr limit $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| self.standing_error(row)).collect()
    }

    pub(super) fn standing_error(&self, row: &PgRow) -> Result<StandingError> {
        let (object, part, attr) = (row.i64("object")?, row.i64("part")?, row.i32("attr")?);
        let (stage, kind) = (row.text("stage")?, row.text("kind")?);
        Ok(StandingError {
            id: MessageId(row.i64("id")?),
            directory: row.opt_i64("directory")?.map(DirectoryId),
            profile: row.opt_i64("profile")?.map(ProfileId),
            run: row.opt_i64("run")?.map(RunId),
            ended_ms: row.opt_i64("ended_ms")?,
            subject: subject(object, row.flag("is_mv")?),
            stage: from_word("error", "stage", object, stage)?,
            part: (part != 0).then_some(PartId(part)),
            entry: self.open_body(
                "error",
                "body",
                &self.error_place(object, stage, part, kind, attr),
                row.bytes("body")?,
            )?,
            first_ms: row.i64("first_ms")?,
            last_ms: row.i64("last_ms")?,
            count: row.i32("count")?,
            retry_ms: row.opt_i64("retry_ms")?,
        })
    }

    fn error_place(&self, object: i64, stage: &str, part: i64, kind: &str, attr: i32) -> [i64; 5] {
        let [high, low] = halves(
            self.keys()
                .secret_hash("error", format!("{stage}/{kind}").as_bytes()),
        );
        [object, part, attr.into(), high, low]
    }
}

impl TenantTx {
    /// Replaces errors, set by set.
    pub async fn errors_put(&mut self, sets: &[ErrorSet], now_ms: i64) -> Result<()> {
        self.errors_put_beside(sets, &BTreeSet::new(), now_ms).await
    }

    /// Writes what became of one operation of an object. An object has up to two, one a pass, and the second says nothing
    /// about the first: what a directory refused of the first stays, and what it refused of the second as long as that
    /// is pending.
    pub async fn errors_put_of(
        &mut self,
        set: &ErrorSet,
        op: &PlannedOp,
        now_ms: i64,
    ) -> Result<()> {
        let mut others = self.errors_of(&[set.subject]).await?;
        others.retain(|error| {
            let of_other = error.entry.op.is_some_and(|other| other != op.hash);
            (error.stage, error.part) == (set.stage, set.part) && of_other
        });
        if others.is_empty() {
            return self.errors_put(std::slice::from_ref(set), now_ms).await;
        }
        if op.pass() == 1 {
            let pending = self.pending_ops(&[op.cs]).await?;
            let pending: BTreeSet<OpHash> = pending.iter().map(|op| op.hash).collect();
            others.retain(|error| error.entry.op.is_some_and(|op| pending.contains(&op)));
        }
        let keep = others.iter().map(|error| {
            let part = error.part.map_or(0, PartId::get);
            key(error.subject, error.stage, part, &error.entry)
        });
        let keep: BTreeSet<Key> = keep.collect();
        self.errors_put_beside(std::slice::from_ref(set), &keep, now_ms)
            .await
    }

    async fn errors_put_beside(
        &mut self,
        sets: &[ErrorSet],
        keep: &BTreeSet<Key>,
        now_ms: i64,
    ) -> Result<()> {
        if sets.is_empty() {
            return Ok(());
        }
        let mut replaced: BTreeSet<(i64, String, i64)> = BTreeSet::new();
        let mut entries: BTreeMap<Key, (bool, &ErrorEntry)> = BTreeMap::new();
        for set in sets {
            let (object, stage) = (number(set.subject), word(&set.stage));
            let part = set.part.map_or(0, PartId::get);
            for entry in &set.entries {
                let key = key(set.subject, set.stage, part, entry);
                entries.insert(key, (matches!(set.subject, Subject::Mv(_)), entry));
            }
            replaced.insert((object, stage, part));
        }
        let counts = self
            .errors_replace(&replaced, &entries, keep, now_ms)
            .await?;
        self.errors_write(&entries, &counts, now_ms).await
    }

    /// Ends what stands and is not said again; answers how often what stays was seen.
    async fn errors_replace(
        &mut self,
        replaced: &BTreeSet<(i64, String, i64)>,
        entries: &BTreeMap<Key, (bool, &ErrorEntry)>,
        keep: &BTreeSet<Key>,
        now_ms: i64,
    ) -> Result<BTreeMap<Key, i32>> {
        let objects: BTreeSet<i64> = replaced.iter().map(|(object, ..)| *object).collect();
        let rows = sqlx::query(
            "-- error.standing
             select id, object, stage, part, kind, attr, count from error where object = any ($1) and ended_ms is null",
        )
        .bind(objects.into_iter().collect::<Vec<i64>>())
        .fetch_all(self.conn())
        .await?;
        let mut counts = BTreeMap::new();
        let mut over = Vec::new();
        for row in rows {
            let (object, part, attr) = (row.i64("object")?, row.i64("part")?, row.i32("attr")?);
            let (stage, kind) = (row.text("stage")?.to_owned(), row.text("kind")?.to_owned());
            if !replaced.contains(&(object, stage.clone(), part)) {
                continue;
            }
            let key = (object, stage, part, kind, attr);
            if entries.contains_key(&key) {
                counts.insert(key, row.i32("count")?);
            } else if !keep.contains(&key) {
                over.push(row.i64("id")?);
            }
        }
        if !over.is_empty() {
            sqlx::query(
                "-- error.end
                 update error set ended_ms = $2 where id = any ($1)",
            )
            .bind(over)
            .bind(now_ms)
            .execute(self.conn())
            .await?;
        }
        Ok(counts)
    }

    async fn errors_write(
        &mut self,
        entries: &BTreeMap<Key, (bool, &ErrorEntry)>,
        counts: &BTreeMap<Key, i32>,
        now_ms: i64,
    ) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (mut objects, mut stages, mut parts, mut kinds, mut attrs) =
            (vec![], vec![], vec![], vec![], vec![]);
        let (mut mvs, mut retries, mut bodies) = (vec![], vec![], vec![]);
        for (key, (is_mv, entry)) in entries {
            let (object, stage, part, kind, attr) = key;
            let count = counts.get(key).copied().unwrap_or(0) + 1;
            let place = self.error_place(*object, stage, *part, kind, *attr);
            let after_ms = entry.kind.class().retry().after_ms(count);
            objects.push(*object);
            stages.push(stage.as_str());
            parts.push(*part);
            kinds.push(kind.as_str());
            attrs.push(*attr);
            mvs.push(*is_mv);
            retries.push(after_ms.map(|ms| now_ms + ms));
            bodies.push(self.seal_body("error", "body", &place, *entry));
        }
        let run = self.run.map(RunId::get);
        sqlx::query(
            "-- error.put
             insert into error (object, stage, part, kind, attr, is_mv, directory, profile, first_ms, last_ms, count,
                                retry_ms, since_run, run, body)
             select new.object, new.stage, new.part, new.kind, new.attr, new.is_mv,
                    coalesce(cs.directory, part.directory), coalesce(part.profile, linking.profile), $9, $9, 1,
                    new.retry_ms, $10, $10, new.body
             from unnest($1::int8[], $2::text[], $3::int8[], $4::text[], $5::int4[], $6::bool[], $7::int8[], $8::bytea[])
                  as new (object, stage, part, kind, attr, is_mv, retry_ms, body)
                  left join part on part.id = new.part
                  left join cs on cs.id = new.object and not new.is_mv
                  left join cs_link link on link.cs = new.object and not new.is_mv
                  left join part linking on linking.id = link.part
             on conflict (object, stage, part, kind, attr) do update
             set id = case when error.ended_ms is null then error.id else excluded.id end,
                 first_ms = case when error.ended_ms is null then error.first_ms else excluded.first_ms end,
                 count = case when error.ended_ms is null then error.count + 1 else 1 end,
                 since_run = case when error.ended_ms is null then error.since_run else excluded.since_run end,
                 directory = excluded.directory, profile = excluded.profile, last_ms = excluded.last_ms,
                 retry_ms = excluded.retry_ms, run = excluded.run, ended_ms = null, body = excluded.body",
        )
        .bind(objects)
        .bind(stages)
        .bind(parts)
        .bind(kinds)
        .bind(attrs)
        .bind(mvs)
        .bind(retries)
        .bind(bodies)
        .bind(now_ms)
        .bind(run)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
