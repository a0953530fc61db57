//! What the engine reads while it decides: one snapshot of a tenant's tables, asked in batches.
//!
//! Invariants: every method reads the same snapshot; unknown ids are left out of an answer, never an
//! error; answers may come in any order. The driver decides nothing by the order in which rows arrive.

use std::future::Future;
use std::ops::Range;

use syncline_model::contest::{Contest, ContestSet};
use syncline_model::error::Stage;
use syncline_model::object::{
    CsBody, CsObject, CsRef, CsRow, KeyHash, KeyId, KeyRow, MvObject, MvRef, Subject, TypeId,
};
use syncline_model::plan::{EscrowEntry, Intent, MemoryEntry, PlannedOp};
use syncline_model::stage::Before;
use syncline_model::{Anchor, CsId, DirectoryId, MvId, PartId, ProfileId};

/// What is known about a target object beside its image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TargetState {
    /// What the rules wanted last.
    pub intent: Option<Intent>,
    /// Acknowledged and not confirmed, by `export_seq`.
    pub memory: Vec<MemoryEntry>,
    /// What imports contradicted of what it wants.
    pub contests: Vec<Contest>,
    /// Handed over, outcome unknown.
    pub escrow: Vec<EscrowEntry>,
    /// Staged operations, by pass.
    pub pending: Vec<PlannedOp>,
    /// Its initial password was not handed over yet, and it stays disabled until then.
    pub withheld: bool,
}

/// Objects whose instant has passed (D-37): what a synchronisation takes beside its work list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Metaverse objects of target objects of a part that are retired since then or longer.
    Retired {
        /// The part.
        part: PartId,
        /// Its directory: what it disables of objects that an inbound part owns has that part's link.
        directory: DirectoryId,
        /// Since when at the latest, in seconds since 1970.
        until: i64,
        /// Also those that we did not create.
        adopted: bool,
    },
    /// Metaverse objects of a type that are scheduled since then or longer.
    Scheduled {
        /// The type.
        mv_type: TypeId,
        /// Since when at the latest, in seconds since 1970.
        until: i64,
    },
}

/// An object that has errors, with the stage and part of them.
pub type Erring = (Subject, Stage, Option<PartId>);

/// Reading one directory's connector space, for imports.
pub trait CsReader: Sync {
    /// What a read can fail with.
    type Error: Send;

    /// Rows by anchor.
    fn by_anchor(
        &self,
        directory: DirectoryId,
        anchors: &[Anchor],
    ) -> impl Future<Output = Result<Vec<(Anchor, CsRow)>, Self::Error>> + Send;

    /// Rows that occupy a name (`cs.name`).
    fn by_name(
        &self,
        directory: DirectoryId,
        names: &[KeyHash],
    ) -> impl Future<Output = Result<Vec<CsRow>, Self::Error>> + Send;

    /// Rows by id.
    fn rows(&self, ids: &[CsId]) -> impl Future<Output = Result<Vec<CsRow>, Self::Error>> + Send;

    /// Rows with their bodies, by id.
    fn objects(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<CsObject>, Self::Error>> + Send;

    /// References by referring object.
    fn refs_from(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<CsRef>, Self::Error>> + Send;

    /// Which of these references exist.
    fn refs_exist(
        &self,
        refs: &[CsRef],
    ) -> impl Future<Output = Result<Vec<CsRef>, Self::Error>> + Send;

    /// Which of these objects have an operation of unknown outcome.
    fn in_doubt(&self, ids: &[CsId])
    -> impl Future<Output = Result<Vec<CsId>, Self::Error>> + Send;

    /// Acknowledged and unconfirmed operations by target object.
    fn memory(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<MemoryEntry>, Self::Error>> + Send;

    /// Contests by target object, of those that have some.
    fn contests(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<ContestSet>, Self::Error>> + Send;

    /// Objects that have errors, with the stage and part of each.
    fn erring(
        &self,
        subjects: &[Subject],
    ) -> impl Future<Output = Result<Vec<Erring>, Self::Error>> + Send;

    /// What these objects were before this page of the run changed them (`StagePart::before`).
    fn aside(
        &self,
        page: i32,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<Before>, Self::Error>> + Send;

    /// Reserves this many engine ids. A what-if answers from a range that is never stored.
    fn reserve(&self, count: u64) -> impl Future<Output = Result<Range<i64>, Self::Error>> + Send;
}

/// Reading everything a synchronisation needs.
pub trait SyncReader: CsReader {
    /// The work list of a profile.
    fn work(
        &self,
        profile: ProfileId,
    ) -> impl Future<Output = Result<Vec<Subject>, Self::Error>> + Send;

    /// Metaverse objects that one of these instants is about.
    fn due(&self, due: &[Due]) -> impl Future<Output = Result<Vec<MvId>, Self::Error>> + Send;

    /// References by the object referred to.
    fn refs_to(&self, ids: &[CsId])
    -> impl Future<Output = Result<Vec<CsRef>, Self::Error>> + Send;

    /// All rows linked to these metaverse objects.
    fn links_of(
        &self,
        ids: &[MvId],
    ) -> impl Future<Output = Result<Vec<CsRow>, Self::Error>> + Send;

    /// Rows that occupy a name under the uniqueness fold (`cs.unique`).
    fn by_unique(
        &self,
        directory: DirectoryId,
        names: &[KeyHash],
    ) -> impl Future<Output = Result<Vec<CsRow>, Self::Error>> + Send;

    /// Bodies of the sealed wide part, anchors and RDNs included.
    fn bodies(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<(CsId, CsBody)>, Self::Error>> + Send;

    /// Metaverse objects.
    fn mv(&self, ids: &[MvId]) -> impl Future<Output = Result<Vec<MvObject>, Self::Error>> + Send;

    /// Metaverse references by referring object.
    fn mv_refs(&self, ids: &[MvId])
    -> impl Future<Output = Result<Vec<MvRef>, Self::Error>> + Send;

    /// Metaverse objects that refer to any of these.
    fn mv_referrers(
        &self,
        ids: &[MvId],
    ) -> impl Future<Output = Result<Vec<MvId>, Self::Error>> + Send;

    /// Key rows by key.
    fn find_keys(
        &self,
        keys: &[(KeyId, KeyHash)],
    ) -> impl Future<Output = Result<Vec<KeyRow>, Self::Error>> + Send;

    /// Key rows by subject.
    fn keys_of(
        &self,
        subjects: &[Subject],
    ) -> impl Future<Output = Result<Vec<KeyRow>, Self::Error>> + Send;

    /// What is known about target objects beside their images.
    fn targets(
        &self,
        ids: &[CsId],
    ) -> impl Future<Output = Result<Vec<(CsId, TargetState)>, Self::Error>> + Send;
}
