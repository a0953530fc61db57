//! Synchronisation of one profile: leave, link, flow, then outward, over its work list (D-23, D-37).
//!
//! Invariants: passes run over ids and keys of the whole set and write nothing; values flow in batches of
//! at most [`BATCH`] metaverse objects, each one [`PlanPart`]; a run hands parts to the tenant's
//! transaction, a what-if keeps them. A part that was not reached is found again by the next run.

pub mod appraise;
mod batch;
pub mod believed;
mod cardinality;
pub mod contribute;
pub mod derive;
pub mod fate;
pub mod flow;
mod fresh;
mod inward;
pub mod join;
pub mod leave;
pub mod links;
mod look;
mod names;
pub mod observe;
mod outward;
mod part;
pub mod provision;
mod retain;
mod retreat;
pub mod seal;
pub mod sent;
mod touch;
mod wake;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::num::NonZeroUsize;

use syncline_model::attrs::Attrs;
use syncline_model::object::{
    ContentHash, CsObject, CsRef, Hashing, KeyHash, KeyId, KeyRow, LinkKind, MvObject, MvRef,
    MvState, PendingImport, Subject,
};
use syncline_model::plan::{Event, EventKind, PlanPart};
use syncline_model::profile::DeleteWhen;
use syncline_model::stage::ErrorEntry;
use syncline_model::{Anchor, CsId, MvId, PartId, ProfileId};

use crate::reader::{Due, SyncReader};
use crate::rules::{Rules, RulesFailure};
use crate::ruleset::{DAY_S, OtherKey, RuleSet};
use appraise::Wish;
use contribute::{MvInput, Source, Valued};
use links::Links;
use names::Names;
use observe::{Observed, Side};
use provision::{Decided, Decision, Targets};
use wake::Wakes;

/// Most objects whose bodies are in memory at once. One part is written while the next is computed: several small ones
/// keep both the database and the engine at work.
pub const BATCH: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// What every pass may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The active configuration.
    pub set: &'a RuleSet,
    /// Its compiled rules.
    pub rules: &'a dyn Rules,
    /// Hashing under the tenant's keys.
    pub hashing: &'a dyn Hashing,
    /// The running profile.
    pub profile: ProfileId,
    /// The present, in seconds since 1970.
    pub now: i64,
    /// Most objects of one part and of one look-up: [`BATCH`], or few where a test wants many parts of little data.
    pub batch: NonZeroUsize,
}

impl Context<'_> {
    /// The profile of a part, if the part is still configured.
    pub fn owner_of(&self, part: PartId) -> Option<ProfileId> {
        let inbound = self.set.inbound_part(part).map(|(_, part)| part.profile);
        inbound.or_else(|| self.set.outbound_part(part).map(|(_, part)| part.profile))
    }
}

/// Where parts go: the tenant's transaction, or a what-if's tables.
pub trait Sink {
    /// What writing can fail with.
    type Error;

    /// Takes a part.
    fn part(&mut self, part: PlanPart) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why a synchronisation stopped.
#[derive(Debug, thiserror::Error)]
pub enum SyncError<E> {
    /// Reading or writing failed.
    #[error("the tenant's data could not be read or written")]
    Store(E),
    /// A program cannot be run.
    #[error(transparent)]
    Rules(#[from] RulesFailure),
}

/// What a synchronisation did, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects on the work list.
    pub work: u64,
    /// Metaverse objects evaluated.
    pub evaluated: u64,
    /// Parts.
    pub parts: u64,
    /// Events by kind.
    pub events: BTreeMap<EventKind, u64>,
    /// Objects with errors.
    pub errors: u64,
    /// References without a metaverse object (D-35).
    pub unresolved: u64,
    /// Parts that changed more than work lists.
    pub changing_parts: u64,
}

/// Synchronises one profile.
pub async fn sync<R: SyncReader, S: Sink<Error = R::Error>>(
    cx: Context<'_>,
    reader: &R,
    sink: &mut S,
) -> Result<Summary, SyncError<R::Error>> {
    let mut run = Run::new(cx, reader);
    run.load_work().await?;
    if run.work_cs.is_empty() && run.work_mv.is_empty() {
        return Ok(run.summary);
    }
    run.observe_and_leave().await?;
    run.link_inbound().await?;
    run.touch().await?;
    run.link_outbound().await?;
    run.let_go();
    run.flow(sink).await?;
    Ok(run.summary)
}

/// What a profile waits for by time alone: asked with the present it finds what has passed, asked with a later instant what
/// comes until then.
pub fn due(set: &RuleSet, profile: ProfileId, now: i64) -> Vec<Due> {
    let parts = set.outbound.iter().filter(|part| part.profile == profile);
    let retired = parts.filter_map(|part| {
        let after = part.disable.as_ref()?.delete_after_s?;
        Some(Due::Retired {
            part: part.id,
            directory: part.directory,
            until: now - after,
            adopted: part.delete_adopted,
        })
    });
    let kept = set.mv.iter().filter_map(|(mv_type, mv)| {
        let ends = mv.deletion.when != DeleteWhen::Never && mv.deletion.grace_days > 0;
        ends.then_some(Due::Scheduled {
            mv_type: *mv_type,
            until: now - i64::from(mv.deletion.grace_days) * DAY_S,
        })
    });
    retired.chain(kept).collect()
}

/// The narrow tables of one synchronisation.
struct Run<'a, R> {
    cx: Context<'a>,
    reader: &'a R,
    links: Links,
    names: Names,
    /// Objects on the work list and the image that this run sees.
    work_cs: BTreeMap<CsId, Option<ContentHash>>,
    work_mv: BTreeSet<MvId>,
    observed: Vec<Observed>,
    /// Where an observed object stands in `observed`.
    observed_at: BTreeMap<CsId, usize>,
    /// Observed objects without a link, by their own match keys.
    loose: BTreeMap<(KeyId, KeyHash), BTreeSet<CsId>>,
    /// Keys of target objects on the work list.
    target_keys: BTreeMap<CsId, Vec<(KeyId, KeyHash)>>,
    /// Links that ended, by metaverse object.
    left: BTreeMap<MvId, Vec<leave::Left>>,
    cs_errors: BTreeMap<(CsId, PartId), Vec<ErrorEntry>>,
    cs_events: BTreeMap<CsId, Vec<Event>>,
    /// Metaverse objects to evaluate.
    touched: BTreeSet<MvId>,
    /// Metaverse objects all of whose links are known.
    complete: BTreeSet<MvId>,
    decisions: BTreeMap<MvId, Vec<Decision>>,
    /// Target objects that are deleted, once everything is decided.
    doomed: BTreeSet<CsId>,
    mv_events: BTreeMap<MvId, Vec<Event>>,
    mv_errors: BTreeMap<MvId, Vec<(PartId, ErrorEntry)>>,
    waits: BTreeMap<MvId, BTreeSet<(KeyId, KeyHash)>>,
    wakes: Wakes,
    /// Anchors of observed objects and of those that left.
    anchors: BTreeMap<CsId, Anchor>,
    /// What each live metaverse object has for an origin: the order of D-23 and the keys of new objects.
    origins: BTreeMap<MvId, syncline_model::object::SourceKey>,
    /// What was read to appraise metaverse objects, until their part is made.
    appraisals: BTreeMap<MvId, batch::Appraisal>,
    summary: Summary,
}

/// The wide side of a batch of metaverse objects.
#[derive(Default)]
pub(crate) struct Batch {
    old: BTreeMap<MvId, MvObject>,
    old_refs: BTreeMap<MvId, Vec<MvRef>>,
    objects: BTreeMap<CsId, CsObject>,
    refs: BTreeMap<CsId, Vec<CsRef>>,
}

impl<'a, R: SyncReader> Run<'a, R> {
    fn new(cx: Context<'a>, reader: &'a R) -> Self {
        Self {
            cx,
            reader,
            links: Links::default(),
            names: Names::default(),
            work_cs: BTreeMap::new(),
            work_mv: BTreeSet::new(),
            observed: Vec::new(),
            observed_at: BTreeMap::new(),
            loose: BTreeMap::new(),
            target_keys: BTreeMap::new(),
            left: BTreeMap::new(),
            cs_errors: BTreeMap::new(),
            cs_events: BTreeMap::new(),
            touched: BTreeSet::new(),
            complete: BTreeSet::new(),
            decisions: BTreeMap::new(),
            doomed: BTreeSet::new(),
            mv_events: BTreeMap::new(),
            mv_errors: BTreeMap::new(),
            waits: BTreeMap::new(),
            wakes: Wakes::default(),
            anchors: BTreeMap::new(),
            origins: BTreeMap::new(),
            appraisals: BTreeMap::new(),
            summary: Summary::default(),
        }
    }

    async fn load_work(&mut self) -> Result<(), SyncError<R::Error>> {
        let work = self
            .reader
            .work(self.cx.profile)
            .await
            .map_err(SyncError::Store)?;
        self.summary.work = work.len() as u64;
        let mut ids = Vec::new();
        for subject in work {
            match subject {
                Subject::Cs(cs) => {
                    self.work_cs.insert(cs, None);
                    ids.push(cs);
                }
                Subject::Mv(mv) => {
                    self.work_mv.insert(mv);
                }
            }
        }
        for chunk in ids.chunks(self.cx.batch.get()) {
            let rows = self.reader.rows(chunk).await.map_err(SyncError::Store)?;
            for row in &rows {
                self.work_cs.insert(row.id, row.imported);
            }
            self.links.learn(rows);
        }
        let due = due(self.cx.set, self.cx.profile, self.cx.now);
        if !due.is_empty() {
            let passed = self.reader.due(&due).await.map_err(SyncError::Store)?;
            self.work_mv.extend(passed);
        }
        Ok(())
    }
}
