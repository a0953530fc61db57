//! The engine's questions, answered from one snapshot of the tenant's schema.
//!
//! Invariants: one reader is one snapshot; ids for new objects come from the tenant's sequence in a run, and
//! from a range that is never stored in a what-if.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};

use syncline_engine::reader::{CsReader, Due, SyncReader, TargetState};
use syncline_model::contest::ContestSet;
use syncline_model::error::Stage;
use syncline_model::object::{
    CsBody, CsKind, CsObject, CsRef, CsRow, KeyHash, KeyId, KeyRow, MvObject, MvRef, Subject,
};
use syncline_model::plan::MemoryEntry;
use syncline_model::stage::Before;
use syncline_model::{Anchor, CsId, DirectoryId, MvId, PartId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{TenantDb, TenantRead, Whom, WorkSeen};
use tokio::sync::Mutex;

use super::config::Configuration;

/// Ids from here on stand for objects of what-ifs; the tenant's sequence never reaches them.
const WHAT_IF_IDS: i64 = 1 << 62;

/// A snapshot as the engine reads it.
pub struct Snapshot {
    db: TenantDb,
    read: Mutex<TenantRead>,
    seen: Mutex<Option<WorkSeen>>,
    imagined: Option<AtomicI64>,
    /// The full import that reads, which put aside what it changed.
    run: Option<RunId>,
    /// A profile that is nowhere saved, or whose rules read the clock: all objects of its directories are its work.
    whole: Option<(ProfileId, BTreeSet<DirectoryId>)>,
    /// Whom everything is, when the list says that everything is to be looked at.
    everything: Whom,
}

impl Snapshot {
    /// Of the present, for a run.
    pub async fn for_run(db: &TenantDb) -> Result<Self, StoreError> {
        Ok(Self::over(db, db.read().await?))
    }

    /// Over a snapshot that something was read from already.
    pub fn over(db: &TenantDb, read: TenantRead) -> Self {
        Self {
            db: db.clone(),
            read: Mutex::new(read),
            seen: Mutex::default(),
            imagined: None,
            run: None,
            whole: None,
            everything: Whom::All,
        }
    }

    /// Of the present, for an import.
    pub async fn for_import(db: &TenantDb, run: RunId) -> Result<Self, StoreError> {
        Ok(Self {
            run: Some(run),
            ..Self::for_run(db).await?
        })
    }

    /// Of the present, for a what-if: new objects get ids that are never stored.
    pub async fn for_what_if(db: &TenantDb) -> Result<Self, StoreError> {
        Ok(Self {
            imagined: Some(AtomicI64::new(WHAT_IF_IDS)),
            ..Self::for_run(db).await?
        })
    }

    /// Of the present, for a profile over these directories that is nowhere saved.
    pub async fn for_draft(
        db: &TenantDb,
        profile: ProfileId,
        directories: BTreeSet<DirectoryId>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            whole: Some((profile, directories)),
            ..Self::for_what_if(db).await?
        })
    }

    /// The same, with all objects of a profile as its work where its rules read the clock: what they say of an object
    /// changes though the object does not.
    pub fn timed(self, configuration: &Configuration, profile: ProfileId) -> Self {
        if !configuration.reads_clock(profile) {
            return self;
        }
        Self {
            whole: Some((profile, configuration.directories_of(profile))),
            ..self
        }
    }

    /// The same, where everything is only whom a change of the configuration concerns.
    pub fn affecting(self, everything: Whom) -> Self {
        Self { everything, ..self }
    }

    /// Everything that a profile over these directories can look at, saved or not.
    async fn whole(&self, directories: &BTreeSet<DirectoryId>) -> Result<Vec<Subject>, StoreError> {
        let mut read = self.read.lock().await;
        let mut subjects = Vec::new();
        for directory in directories {
            let rows = read.cs_rows(Some(*directory)).await?;
            let staged = rows.iter().filter(|row| row.kind == CsKind::Staging);
            subjects.extend(staged.map(|row| Subject::Cs(row.id)));
        }
        let rows = read.mv_rows().await?;
        subjects.extend(rows.iter().map(|row| Subject::Mv(row.id)));
        Ok(subjects)
    }

    /// The work list as the engine read it.
    pub async fn seen(&self) -> WorkSeen {
        self.seen.lock().await.clone().unwrap_or_default()
    }

    /// The snapshot itself, for what the engine does not ask.
    pub fn read(&self) -> &Mutex<TenantRead> {
        &self.read
    }
}

impl CsReader for Snapshot {
    type Error = StoreError;

    async fn by_anchor(
        &self,
        directory: DirectoryId,
        anchors: &[Anchor],
    ) -> Result<Vec<(Anchor, CsRow)>, StoreError> {
        let mut read = self.read.lock().await;
        read.cs_rows_by_anchor(directory, anchors).await
    }

    async fn by_name(&self, _: DirectoryId, names: &[KeyHash]) -> Result<Vec<CsRow>, StoreError> {
        self.read.lock().await.cs_rows_by_name(names).await
    }

    async fn rows(&self, ids: &[CsId]) -> Result<Vec<CsRow>, StoreError> {
        self.read.lock().await.cs_rows_by_id(ids).await
    }

    async fn objects(&self, ids: &[CsId]) -> Result<Vec<CsObject>, StoreError> {
        self.read.lock().await.cs_objects(ids).await
    }

    async fn refs_from(&self, ids: &[CsId]) -> Result<Vec<CsRef>, StoreError> {
        self.read.lock().await.refs_from(ids).await
    }

    async fn refs_exist(&self, refs: &[CsRef]) -> Result<Vec<CsRef>, StoreError> {
        self.read.lock().await.refs_present(refs).await
    }

    async fn in_doubt(&self, ids: &[CsId]) -> Result<Vec<CsId>, StoreError> {
        let entries = self.read.lock().await.escrow_of(ids).await?;
        Ok(entries.into_iter().map(|entry| entry.op.cs).collect())
    }

    async fn memory(&self, ids: &[CsId]) -> Result<Vec<MemoryEntry>, StoreError> {
        self.read.lock().await.memory(ids).await
    }

    async fn contests(&self, ids: &[CsId]) -> Result<Vec<ContestSet>, StoreError> {
        self.read.lock().await.contests(ids).await
    }

    async fn erring(
        &self,
        subjects: &[Subject],
    ) -> Result<Vec<(Subject, Stage, Option<PartId>)>, StoreError> {
        self.read.lock().await.errors_standing(subjects).await
    }

    async fn aside(&self, page: i32, ids: &[CsId]) -> Result<Vec<Before>, StoreError> {
        let Some(run) = self.run else {
            return Ok(Vec::new());
        };
        let aside = self.read.lock().await.run_aside(run, page).await?;
        Ok(aside.into_iter().filter(|b| ids.contains(&b.cs)).collect())
    }

    async fn reserve(&self, count: u64) -> Result<Range<i64>, StoreError> {
        if let Some(next) = &self.imagined {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let first = next.fetch_add(count, Ordering::Relaxed);
            return Ok(first..first + count);
        }
        let (first, end) = self
            .db
            .new_ids(usize::try_from(count).unwrap_or(usize::MAX))
            .await?
            .bounds();
        Ok(first..end)
    }
}

impl SyncReader for Snapshot {
    async fn work(&self, profile: ProfileId) -> Result<Vec<Subject>, StoreError> {
        let seen = self.read.lock().await.work(profile).await?;
        let mut subjects: Vec<Subject> = seen.subjects().collect();
        if seen.everything() {
            let mut read = self.read.lock().await;
            subjects.extend(read.work_of(profile, &self.everything).await?);
        }
        *self.seen.lock().await = Some(seen);
        if let Some((_, directories)) = self.whole.as_ref().filter(|(id, _)| *id == profile) {
            subjects.extend(self.whole(directories).await?);
        }
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }

    async fn due(&self, due: &[Due]) -> Result<Vec<MvId>, StoreError> {
        let mut read = self.read.lock().await;
        let mut found = Vec::new();
        for one in due {
            match one {
                Due::Retired {
                    part,
                    directory,
                    until,
                    adopted,
                } => {
                    let of = (*part, *directory);
                    found.extend(read.retired_until(of, *until, *adopted).await?);
                }
                Due::Scheduled { mv_type, until } => {
                    found.extend(read.scheduled_until(*mv_type, *until).await?);
                }
            }
        }
        Ok(found)
    }

    async fn refs_to(&self, ids: &[CsId]) -> Result<Vec<CsRef>, StoreError> {
        self.read.lock().await.refs_to(ids).await
    }

    async fn links_of(&self, ids: &[MvId]) -> Result<Vec<CsRow>, StoreError> {
        self.read.lock().await.cs_linked_to(ids).await
    }

    async fn by_unique(&self, _: DirectoryId, names: &[KeyHash]) -> Result<Vec<CsRow>, StoreError> {
        self.read.lock().await.cs_rows_by_unique(names).await
    }

    async fn bodies(&self, ids: &[CsId]) -> Result<Vec<(CsId, CsBody)>, StoreError> {
        let objects = self.read.lock().await.cs_objects(ids).await?;
        Ok(objects.into_iter().map(|o| (o.row.id, o.body)).collect())
    }

    async fn mv(&self, ids: &[MvId]) -> Result<Vec<MvObject>, StoreError> {
        self.read.lock().await.mv_objects(ids).await
    }

    async fn mv_refs(&self, ids: &[MvId]) -> Result<Vec<MvRef>, StoreError> {
        self.read.lock().await.mv_refs_from(ids).await
    }

    async fn mv_referrers(&self, ids: &[MvId]) -> Result<Vec<MvId>, StoreError> {
        let refs = self.read.lock().await.mv_refs_to(ids).await?;
        let mut from: Vec<MvId> = refs.into_iter().map(|r| r.from).collect();
        from.sort_unstable();
        from.dedup();
        Ok(from)
    }

    async fn find_keys(&self, keys: &[(KeyId, KeyHash)]) -> Result<Vec<KeyRow>, StoreError> {
        self.read.lock().await.keys_find_all(keys).await
    }

    async fn keys_of(&self, subjects: &[Subject]) -> Result<Vec<KeyRow>, StoreError> {
        self.read.lock().await.keys_of(subjects).await
    }

    async fn targets(&self, ids: &[CsId]) -> Result<Vec<(CsId, TargetState)>, StoreError> {
        let found = self.read.lock().await.targets(ids).await?;
        let mut states: BTreeMap<CsId, TargetState> = BTreeMap::new();
        for intent in found.intents {
            let cs = intent.cs;
            states.entry(cs).or_default().intent = Some(intent);
        }
        for set in found.contests {
            states.entry(set.cs).or_default().contests = set.contests;
        }
        for entry in found.memory {
            states.entry(entry.cs).or_default().memory.push(entry);
        }
        for entry in found.escrow {
            states.entry(entry.op.cs).or_default().escrow.push(entry);
        }
        for op in found.pending {
            states.entry(op.cs).or_default().pending.push(op);
        }
        for cs in found.withheld {
            states.entry(cs).or_default().withheld = true;
        }
        Ok(states.into_iter().collect())
    }
}
