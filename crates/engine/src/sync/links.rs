//! Links as the run sees them: what was read, overlaid with what the run decided.
//!
//! Invariants: a row's link changes only through [`Links::set`]; the index by metaverse object always
//! agrees with the rows; what was read stays known, so that a change can be told from none.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::object::{
    CsBody, CsRow, Disjoin, KeyHash, Link, LinkKind, Provenance, SourceKey, TypeId,
};
use syncline_model::plan::{LinkChange, Provisioned};
use syncline_model::{CsId, DirectoryId, MvId};

use super::fate::Fate;

/// A metaverse object that this run creates.
#[derive(Debug, Clone)]
pub struct NewMv {
    /// Its type.
    pub mv_type: TypeId,
    /// The source that projected it.
    pub origin: SourceKey,
}

/// What an object is to be called. In a flat directory only the last one is there.
#[derive(Debug, Clone)]
pub struct NewName {
    /// The container.
    pub parent: Option<CsId>,
    /// The RDN as text.
    pub rdn: Option<String>,
    /// Hash of the name as imports compare it.
    pub name: Option<KeyHash>,
    /// Hash of the name as the directory keeps it unique; `None` of what has no name any more.
    pub unique: Option<KeyHash>,
}

/// What a run can change of a row: link, disjoin state, provenance, since when it is retired.
type Standing = (Option<Link>, Disjoin, Provenance, Option<i64>);

fn standing(row: &CsRow) -> Standing {
    (row.link, row.disjoin, row.provenance, row.retired)
}

/// Narrow tables of a run.
#[derive(Debug, Default)]
pub struct Links {
    rows: BTreeMap<CsId, CsRow>,
    read: BTreeMap<CsId, Standing>,
    by_mv: BTreeMap<MvId, BTreeSet<CsId>>,
    /// Metaverse objects that this run creates.
    pub new_mv: BTreeMap<MvId, NewMv>,
    /// Connector-space objects that this run provisions.
    pub provisioned: BTreeMap<CsId, Provisioned>,
    /// Objects whose name changed before their Add was sent.
    pub renamed: BTreeMap<CsId, Provisioned>,
    /// Rows that go.
    pub removed: BTreeSet<CsId>,
    /// What becomes of metaverse objects.
    fates: BTreeMap<MvId, Fate>,
    /// Names that this run gives out, whichever of its rounds.
    given: BTreeMap<KeyHash, CsId>,
    /// Objects that were asked for the name they are to have, whichever round it was.
    pub settled: BTreeSet<CsId>,
    /// Those of them that give up the name they hold.
    pub leaving: BTreeSet<CsId>,
    /// Those that go aside before they take this name, because it is exchanged.
    pub aside: BTreeMap<CsId, KeyHash>,
    /// Names that rows held when the run began and gave up in it.
    vacated: BTreeMap<KeyHash, CsId>,
}

impl Links {
    /// Takes note of rows as they were read. Rows that are known already keep the run's view.
    pub fn learn(&mut self, rows: impl IntoIterator<Item = CsRow>) {
        for row in rows {
            if let std::collections::btree_map::Entry::Vacant(entry) = self.rows.entry(row.id) {
                entry.insert(row);
                if let Some(link) = row.link {
                    self.by_mv.entry(link.mv).or_default().insert(row.id);
                }
            }
        }
    }

    /// Whether a row is known.
    pub fn knows(&self, cs: CsId) -> bool {
        self.rows.contains_key(&cs)
    }

    /// A row as the run sees it.
    pub fn row(&self, cs: CsId) -> Option<&CsRow> {
        self.rows.get(&cs)
    }

    /// An object's link as the run sees it, departing ones included.
    pub fn link(&self, cs: CsId) -> Option<Link> {
        self.rows.get(&cs)?.link
    }

    /// The metaverse object that references to this object resolve to (D-35, D-45).
    pub fn resolve(&self, cs: CsId) -> Option<MvId> {
        self.link(cs)
            .filter(|link| link.kind != LinkKind::Departing)
            .map(|link| link.mv)
    }

    /// Objects linked to a metaverse object, departing ones included, by id.
    pub fn of(&self, mv: MvId) -> impl Iterator<Item = &CsRow> {
        self.by_mv
            .get(&mv)
            .into_iter()
            .flatten()
            .map(|cs| &self.rows[cs])
    }

    /// The object that holds the slot of a directory (D-10).
    pub fn holder(&self, mv: MvId, directory: DirectoryId) -> Option<&CsRow> {
        self.of(mv).find(|row| {
            row.directory == directory && row.link.is_some_and(|l| l.kind != LinkKind::Departing)
        })
    }

    /// Whether a link of type provision or sticky is left.
    pub fn owned(&self, mv: MvId) -> bool {
        self.of(mv)
            .any(|row| row.link.is_some_and(|link| link.kind.owns()))
    }

    /// Whether a metaverse object lives (D-44).
    pub fn alive(&self, mv: MvId) -> bool {
        self.fate(mv) == Fate::Lives
    }

    /// What becomes of a metaverse object, as it was decided.
    pub fn fate(&self, mv: MvId) -> Fate {
        match self.fates.get(&mv) {
            Some(fate) => *fate,
            None if self.owned(mv) => Fate::Lives,
            None => Fate::Gone,
        }
    }

    /// Whether this run ends a metaverse object.
    pub fn is_gone(&self, mv: MvId) -> bool {
        self.fates.get(&mv) == Some(&Fate::Gone)
    }

    /// Takes note of what becomes of a metaverse object.
    pub fn decide(&mut self, mv: MvId, fate: Fate) {
        self.fates.insert(mv, fate);
    }

    /// Begins, changes or ends a link. A retired object is not retired any more.
    pub fn set(&mut self, cs: CsId, link: Option<Link>, disjoin: Disjoin) {
        let Some(row) = self.rows.get_mut(&cs) else {
            return;
        };
        self.read.entry(cs).or_insert(standing(row));
        row.retired = None;
        if let Some(old) = row.link
            && let Some(linked) = self.by_mv.get_mut(&old.mv)
        {
            linked.remove(&cs);
        }
        row.link = link;
        row.disjoin = disjoin;
        if let Some(new) = link {
            self.by_mv.entry(new.mv).or_default().insert(cs);
        }
    }

    /// Keeps the link of an object that is retired since then.
    pub fn retire(&mut self, cs: CsId, link: Link, since: i64) {
        self.set(cs, Some(link), Disjoin::Normal);
        if let Some(row) = self.rows.get_mut(&cs) {
            row.retired = Some(since);
        }
    }

    /// Changes where an object is known to come from.
    pub fn set_provenance(&mut self, cs: CsId, provenance: Provenance) {
        if let Some(row) = self.rows.get_mut(&cs) {
            self.read.entry(cs).or_insert(standing(row));
            row.provenance = provenance;
        }
    }

    /// Adds an object that this run provisions.
    pub fn provision(&mut self, provisioned: Provisioned) {
        self.learn([provisioned.row]);
        self.provisioned.insert(provisioned.row.id, provisioned);
    }

    /// Gives a provisioned object, whose Add was not sent, another name.
    pub fn rename(&mut self, cs: CsId, place: NewName) {
        self.vacate(cs);
        let Some(row) = self.rows.get_mut(&cs) else {
            return;
        };
        row.parent = place.parent;
        row.name = place.name;
        row.unique = place.unique;
        let body = CsBody {
            anchor: None,
            rdn: place.rdn,
            ..CsBody::default()
        };
        self.renamed.insert(cs, Provisioned { row: *row, body });
    }

    /// Takes note that this run gives a name to an object.
    pub fn give(&mut self, unique: KeyHash, cs: CsId) {
        self.given.insert(unique, cs);
    }

    /// The object that this run gave a name to.
    pub fn given(&self, unique: KeyHash) -> Option<CsId> {
        let cs = self.given.get(&unique)?;
        (!self.removed.contains(cs)).then_some(*cs)
    }

    /// The objects between which this run hands over a name: who gives it up, who takes it.
    pub fn handed_over(&self) -> impl Iterator<Item = (CsId, CsId)> + '_ {
        let handed = self.vacated.iter();
        handed.filter_map(|(unique, from)| Some((*from, self.given(*unique)?)))
    }

    fn vacate(&mut self, cs: CsId) {
        let held = self.rows.get(&cs).and_then(|row| row.unique);
        let begun_with = !self.provisioned.contains_key(&cs) && !self.renamed.contains_key(&cs);
        self.vacated
            .extend(held.filter(|_| begun_with).map(|unique| (unique, cs)));
    }

    /// Ends the link of an object whose row goes.
    pub fn remove(&mut self, cs: CsId) {
        self.vacate(cs);
        let disjoin = self
            .rows
            .get(&cs)
            .map_or(Disjoin::Normal, |row| row.disjoin);
        self.set(cs, None, disjoin);
        self.provisioned.remove(&cs);
        self.removed.insert(cs);
    }

    /// The link before the run, if the run changed the row.
    pub fn before(&self, cs: CsId) -> Option<Option<Link>> {
        self.read.get(&cs).map(|(link, ..)| *link)
    }

    /// The change of a row to be written, if its link, state or provenance differs from what was read.
    pub fn change(&self, cs: CsId) -> Option<LinkChange> {
        let read = self.read.get(&cs)?;
        let row = self.rows.get(&cs)?;
        let stays = *read == standing(row);
        let written_whole = self.provisioned.contains_key(&cs) || self.renamed.contains_key(&cs);
        if stays || self.removed.contains(&cs) || written_whole {
            return None;
        }
        Some(LinkChange {
            cs,
            link: row.link,
            disjoin: row.disjoin,
            provenance: row.provenance,
            retired: row.retired,
        })
    }

    /// Objects of which something has to be written.
    pub fn changed(&self) -> impl Iterator<Item = CsId> + '_ {
        let read = self.read.keys().copied();
        read.filter(|cs| self.change(*cs).is_some())
    }

    /// Objects whose link is not what it was read as.
    pub fn moved(&self) -> impl Iterator<Item = (CsId, Option<Link>, Option<Link>)> + '_ {
        self.read.iter().filter_map(|(cs, (old, ..))| {
            let new = self.rows.get(cs).and_then(|row| row.link);
            (*old != new).then_some((*cs, *old, new))
        })
    }
}
