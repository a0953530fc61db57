//! Applying what synchronisation decided, and reading intents (tables `mv`, `cs_link`, `intent`, `pending`, …).
//!
//! Invariants: a plan part is one transaction (D-24): values, links, staged operations and the consumption of pending
//! imports commit together; applying it twice equals once; work is taken off a list only as it was seen.

use sqlx::Row as _;
use syncline_model::plan::{Consumed, Intent, LinkChange, PendingSet, PlanPart, Sent};
use syncline_model::stage::StageRow;
use syncline_model::{CsId, DirectoryId, MvId, PartId};

use super::cs::numbers;
use super::row::{Columns as _, uuid_of};
use super::session::{TenantRead, TenantTx};
use super::work::{EVERYTHING, WorkSeen};
use crate::Result;

/// What the column of the provenance says of objects that we created.
const CREATED_BY_US: i16 = 2;
/// What the column of the kind says of links that keep a metaverse object alive.
const OWNING: [i16; 2] = [1, 2];

impl TenantRead {
    /// Metaverse objects of target objects that a part retired at this instant or before; those that we did not create
    /// only if `adopted`. In seconds since 1970. Objects of its directory that an inbound part owns are among them,
    /// whichever part retired them.
    pub async fn retired_until(
        &mut self,
        (part, directory): (PartId, DirectoryId),
        until: i64,
        adopted: bool,
    ) -> Result<Vec<MvId>> {
        let rows = sqlx::query(
            "-- cs_link.retired
             select distinct l.mv from cs_link l join cs on cs.id = l.cs
             where (l.part = $1 or l.kind = any ($6) and cs.directory = $5) and l.retired <= $2 and l.mv is not null
               and (l.provenance = $3 or $4) order by l.mv",
        )
        .bind(part.get())
        .bind(until)
        .bind(CREATED_BY_US)
        .bind(adopted)
        .bind(directory.get())
        .bind(OWNING.as_slice())
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| Ok(MvId(row.try_get(0)?))).collect()
    }

    /// Since when the target object of a part is retired that is retired longest and may be deleted.
    pub async fn retired_first(
        &mut self,
        (part, directory): (PartId, DirectoryId),
        adopted: bool,
    ) -> Result<Option<i64>> {
        let row = sqlx::query(
            "-- cs_link.retired_first
             select min(l.retired) from cs_link l join cs on cs.id = l.cs
             where (l.part = $1 or l.kind = any ($5) and cs.directory = $4) and l.retired is not null
               and l.mv is not null and (l.provenance = $2 or $3)",
        )
        .bind(part.get())
        .bind(CREATED_BY_US)
        .bind(adopted)
        .bind(directory.get())
        .bind(OWNING.as_slice())
        .fetch_one(self.conn())
        .await?;
        Ok(row.try_get(0)?)
    }

    /// What the outbound parts want of these objects.
    pub async fn intents(&mut self, ids: &[CsId]) -> Result<Vec<Intent>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "-- intent.of
             select cs, body from intent where cs = any ($1) order by cs",
        )
        .bind(numbers(ids))
        .fetch_all(self.conn())
        .await?;
        rows.iter()
            .map(|row| self.open_body("intent", "body", &[row.i64("cs")?], row.bytes("body")?))
            .collect()
    }

    /// All objects that something is wanted of.
    pub async fn intent_ids(&mut self) -> Result<Vec<CsId>> {
        let rows = sqlx::query(
            "-- intent.ids
             select cs from intent order by cs",
        )
        .fetch_all(self.conn())
        .await?;
        rows.iter().map(|row| Ok(CsId(row.try_get(0)?))).collect()
    }
}

impl TenantTx {
    /// Applies a plan part. `seen` is the work list as the sync read it.
    pub async fn apply_plan(
        &mut self,
        part: &PlanPart,
        seen: &WorkSeen,
        now_ms: i64,
    ) -> Result<()> {
        let rows: Vec<StageRow> = part
            .provisioned
            .iter()
            .map(|new| StageRow {
                row: new.row,
                body: Some(new.body.clone()),
                new: true,
            })
            .collect();
        self.cs_put(&rows).await?;
        self.mv_put(&part.mv).await?;
        self.mv_refs_remove(&part.mv_refs_removed).await?;
        self.mv_refs_put(&part.mv_refs_added).await?;
        self.links_put(&part.links).await?;
        self.keys_replace(&part.keys).await?;
        self.intents_put(&part.intents).await?;
        self.intents_remove(&part.intents_removed).await?;
        self.contests_put(&part.contests).await?;
        self.pending_put(&part.pending).await?;
        self.errors_put(&part.errors, now_ms).await?;
        self.consume(&part.consumed, seen).await?;
        self.cs_remove(&part.cs_removed).await?;
        self.mv_remove(&part.mv_removed).await?;
        self.work_add(&part.work_added).await?;
        self.work_done(&part.work_done, seen).await
    }

    async fn links_put(&mut self, links: &[LinkChange]) -> Result<()> {
        if links.is_empty() {
            return Ok(());
        }
        let (mut cs, mut mv, mut part, mut kind) = (vec![], vec![], vec![], vec![]);
        let (mut explicit, mut disjoin, mut provenance) = (vec![], vec![], vec![]);
        let mut retired = vec![];
        for change in links {
            cs.push(change.cs.get());
            mv.push(change.link.map(|link| link.mv.get()));
            part.push(change.link.map(|link| link.part.get()));
            kind.push(change.link.map(|link| i16::from(link.kind.code())));
            explicit.push(change.link.is_some_and(|link| link.explicit));
            disjoin.push(i16::from(change.disjoin.code()));
            provenance.push(i16::from(change.provenance.code()));
            retired.push(change.retired);
        }
        sqlx::query(
            "-- cs_link.put
             insert into cs_link (cs, mv, part, kind, explicit, disjoin, provenance, retired)
             select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int2[], $5::bool[], $6::int2[], $7::int2[],
                                  $8::int8[])
             on conflict (cs) do update
             set mv = excluded.mv, part = excluded.part, kind = excluded.kind, explicit = excluded.explicit,
                 disjoin = excluded.disjoin, provenance = excluded.provenance, retired = excluded.retired",
        )
        .bind(cs)
        .bind(mv)
        .bind(part)
        .bind(kind)
        .bind(explicit)
        .bind(disjoin)
        .bind(provenance)
        .bind(retired)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes consumed objects off their profiles' lists. An object whose image changed since it was evaluated stays; one
    /// that is on no list any more has its image noted as consumed.
    async fn consume(&mut self, consumed: &[Consumed], seen: &WorkSeen) -> Result<()> {
        if consumed.is_empty() {
            return Ok(());
        }
        let (mut profiles, mut ids, mut images, mut asked) = (vec![], vec![], vec![], vec![]);
        for c in consumed {
            profiles.push(c.profile.get());
            ids.push(c.cs.get());
            images.push(c.image.map(|hash| uuid_of(hash.get())));
            asked.push(seen.asked_of_consumed(c.profile, c.cs.get()));
        }
        sqlx::query(
            "-- work.consume
             delete from work
             using unnest($1::int8[], $2::int8[], $3::uuid[], $4::int4[]) as done (profile, object, image, asked)
             join cs on cs.id = done.object and cs.imported is not distinct from done.image
             where work.profile = done.profile and work.object = done.object
               and work.asked = coalesce(done.asked, work.asked)",
        )
        .bind(&profiles)
        .bind(&ids)
        .bind(&images)
        .bind(asked)
        .execute(self.conn())
        .await?;
        // 1 is a normal disconnector, discovered: what an object without a row is.
        sqlx::query(
            "-- cs_link.consume
             insert into cs_link (cs, disjoin, provenance, synced)
             select distinct on (done.object) done.object, 1, 1, done.image
             from unnest($1::int8[], $2::uuid[], $3::int8[]) as done (object, image, profile)
             join cs on cs.id = done.object and cs.imported is not distinct from done.image
             where not exists (select 1 from work where work.object = done.object)
               and not exists (select 1 from work join part on part.profile = work.profile
                               where work.object = $4 and work.profile <> done.profile
                                 and part.directory = cs.directory
                                 and not exists (select 1 from profile p
                                                 where p.id = work.profile and p.deleted_ms is not null))
             on conflict (cs) do update set synced = excluded.synced
             where cs_link.synced is distinct from excluded.synced",
        )
        .bind(ids)
        .bind(images)
        .bind(profiles)
        .bind(EVERYTHING)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes in an object's intent what a directory acknowledged of values that are sent when they change (D-43).
    pub async fn intent_sent(&mut self, cs: CsId, sent: &[Sent]) -> Result<()> {
        if sent.is_empty() {
            return Ok(());
        }
        let mut intents = self.intents(&[cs]).await?;
        intents.retain_mut(|intent| intent.note_sent(sent));
        self.intents_put(&intents).await
    }

    async fn intents_put(&mut self, intents: &[Intent]) -> Result<()> {
        if intents.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = intents.iter().map(|intent| intent.cs.get()).collect();
        let bodies: Vec<Vec<u8>> = intents
            .iter()
            .map(|intent| self.seal_body("intent", "body", &[intent.cs.get()], intent))
            .collect();
        sqlx::query(
            "-- intent.put
             insert into intent (cs, body) select * from unnest($1::int8[], $2::bytea[])
             on conflict (cs) do update set body = excluded.body",
        )
        .bind(ids)
        .bind(bodies)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    async fn intents_remove(&mut self, ids: &[CsId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "-- intent.remove
             delete from intent where cs = any ($1)",
        )
        .bind(numbers(ids))
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Replaces the pending operations of objects. One that stays the same keeps its row.
    async fn pending_put(&mut self, sets: &[PendingSet]) -> Result<()> {
        if sets.is_empty() {
            return Ok(());
        }
        let objects: Vec<i64> = sets.iter().map(|set| set.cs.get()).collect();
        sqlx::query(
            "-- pending.replace
             delete from pending where cs = any ($1)",
        )
        .bind(objects)
        .execute(self.conn())
        .await?;
        let mut rows = PendingColumns::default();
        for op in sets.iter().flat_map(|set| &set.ops) {
            rows.cs.push(op.cs.get());
            rows.pass.push(i16::from(op.pass()));
            rows.directory.push(op.directory.get());
            rows.profile.push(op.profile.get());
            rows.part.push(op.part.get());
            rows.object_type.push(i32::from(op.object_type.0));
            rows.verb.push(i16::from(op.verb().code()));
            rows.depth.push(i32::from(op.depth));
            rows.hash.push(op.hash.0.to_vec());
            rows.blocked
                .push(op.blocked.map(|blocked| i16::from(blocked.code())));
            rows.body
                .push(self.seal_body("pending", "body", &[op.cs.get(), op.pass().into()], op));
        }
        if rows.cs.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "-- pending.put
             insert into pending (cs, pass, directory, profile, part, object_type, verb, depth, op_hash, blocked, body)
             select * from unnest($1::int8[], $2::int2[], $3::int8[], $4::int8[], $5::int8[], $6::int4[], $7::int2[],
                                  $8::int4[], $9::bytea[], $10::int2[], $11::bytea[])",
        )
        .bind(rows.cs)
        .bind(rows.pass)
        .bind(rows.directory)
        .bind(rows.profile)
        .bind(rows.part)
        .bind(rows.object_type)
        .bind(rows.verb)
        .bind(rows.depth)
        .bind(rows.hash)
        .bind(rows.blocked)
        .bind(rows.body)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

#[derive(Default)]
struct PendingColumns {
    cs: Vec<i64>,
    pass: Vec<i16>,
    directory: Vec<i64>,
    profile: Vec<i64>,
    part: Vec<i64>,
    object_type: Vec<i32>,
    verb: Vec<i16>,
    depth: Vec<i32>,
    hash: Vec<Vec<u8>>,
    blocked: Vec<Option<i16>>,
    body: Vec<Vec<u8>>,
}
