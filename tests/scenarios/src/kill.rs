//! Dying in the middle of an export, and what the next start makes of it (D-53).
//!
//! Invariants: what was acknowledged stays; of the operation it died at, the directory alone knows what became of it; a start
//! resolves all that is in doubt before anything is read or sent.

use std::collections::BTreeSet;

use syncline_engine::export::{self, Look, Resolution};
use syncline_model::DirectoryId;
use syncline_model::connector::{AddTrace, ReadAnswer};
use syncline_model::import::ObjectName;
use syncline_model::op::{ObjectKey, OpHash};
use syncline_model::plan::{EscrowEntry, PlannedOp, Verb};

use crate::house::trace;
use crate::world::World;

/// Where in one operation an export dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before it was handed over.
    Before,
    /// It is in escrow, and the directory never heard of it.
    Claimed,
    /// The directory heard of it, and its answer was lost.
    Sent,
}

impl World {
    /// Exports, and dies at the operation of this number; an export that has fewer ends as usual.
    pub fn export_killed(&mut self, id: DirectoryId, at: usize, point: Point) {
        let mut here = self.staged();
        here.retain(|op| op.directory == id);
        let sent: BTreeSet<OpHash> = here.iter().take(at).map(|op| op.hash).collect();
        self.export_only(id, |op| sent.contains(&op.hash));
        let victim: Option<PlannedOp> = here.into_iter().nth(at);
        let is_known = |op: &PlannedOp| !self.db.escrow.contains_key(&op.cs);
        let victim = victim.filter(is_known).and_then(|op| self.sendable(op));
        let Some(op) = victim.filter(|_| point != Point::Before) else {
            return;
        };
        self.db.claim(&op, self.now);
        if point == Point::Sent {
            let created = self.db.created.clone();
            self.dir(id).apply(&created, &op.op);
        }
    }

    /// Resolves what is in doubt by reading the directory. Answers whether anything had taken effect.
    pub fn recover(&mut self, id: DirectoryId) -> bool {
        let in_doubt = self.db.escrow.values().filter(|e| e.op.directory == id);
        let in_doubt: Vec<EscrowEntry> = in_doubt.cloned().collect();
        let set = self.rule_set();
        let mut took_effect = false;
        for entry in &in_doubt {
            let resolution = match entry.op.verb() {
                Verb::Add => self.look_for(id, entry),
                Verb::Update | Verb::Delete => self.look_at(id, entry),
            };
            match resolution {
                Resolution::Settle(outcome) => {
                    took_effect = true;
                    self.finish(&set, entry, &outcome);
                }
                Resolution::Repeat => drop(self.db.escrow.remove(&entry.op.cs)),
                Resolution::Wait => panic!("its reads are fresh"),
            }
        }
        took_effect
    }

    fn look_for(&mut self, id: DirectoryId, entry: &EscrowEntry) -> Resolution {
        let created = self.db.created.clone();
        let look = match trace(self.dir(id), &created, &entry.op.op) {
            None => AddTrace::Absent,
            Some((anchor, dn)) => AddTrace::Present {
                anchor,
                dn,
                created: None,
                differing: Vec::new(),
                unfinished: Vec::new(),
                sealed: None,
            },
        };
        let known = |anchor: &_| self.db.by_anchor(id, anchor).is_some();
        export::resolve_add(entry, &look, known, Look::new(self.now, 0, 0))
    }

    fn look_at(&mut self, id: DirectoryId, entry: &EscrowEntry) -> Resolution {
        let anchor = match &entry.op.op.object {
            ObjectKey::Anchor(anchor) => anchor.clone(),
            new => self.db.created[new].clone(),
        };
        let fresh = Look::new(self.now, 0, 0);
        let directory = self.dir(id);
        let read = match directory.objects.contains_key(&anchor) {
            true => ReadAnswer::Found(directory.object(&anchor)),
            false => ReadAnswer::Missing(ObjectName::Anchor(anchor)),
        };
        export::resolve_change(entry, &read, fresh)
    }
}
