//! Disabling a target object in place of deleting it, and what follows by time alone (D-46).
//!
//! Invariants: a retired object keeps its link, to a tombstone where its metaverse object is gone; it is deleted only where
//! we may, and never before its days are over; a name that is not free withholds only the move.

use super::*;
use syncline_model::profile::GraceAction;

impl Pass<'_> {
    /// Retires a target object, or keeps it retired. `false` when its days are over and it is to be deleted.
    pub(super) fn retire(&mut self, mv: MvId, row: &CsRow, link: Link, dead: bool) -> bool {
        let Some((_, part)) = self.cx.set.outbound_part(link.part) else {
            return false;
        };
        let since = row.retired.unwrap_or(self.cx.now);
        let after = self.cx.set.deletes_after(part, row.provenance);
        if after.is_some_and(|after| since.saturating_add(after) <= self.cx.now) {
            return false;
        }
        // What an inbound part joined belongs from now on to the part that disables it, unless it keeps its metaverse object
        // alive: that it goes on doing (D-29).
        let departing = dead || link.kind == LinkKind::Departing;
        let owning = row.link.filter(|l| l.kind.owns() && !departing);
        let kind = if departing {
            LinkKind::Departing
        } else {
            LinkKind::Target
        };
        let kept = owning.unwrap_or(Link { kind, ..link });
        self.links.retire(row.id, kept, since);
        if row.retired.is_none() {
            let others = vec![Subject::Cs(row.id)];
            self.event(EventKind::Retired, mv, Some(part.id), others);
        }
        let place = match self.targets.retreats.get(&row.id) {
            Some(retreat) => {
                for entry in &retreat.errors {
                    self.fail(mv, part.id, entry.clone());
                }
                self.may_move(mv, row, retreat)
            }
            None => false,
        };
        self.decide(mv, row.id, part.id, Act::Retire { place });
        true
    }

    /// A metaverse object that is kept for its return: its target objects stay as they are, or are disabled (D-44). What is
    /// staged for them is withdrawn.
    pub(super) fn keep(&mut self, mv: MvId) {
        let linked: Vec<CsRow> = self.links.of(mv).copied().collect();
        for row in linked {
            let Some(link) = row.link else { continue };
            let managed = self.targets.managed.contains_key(&row.id);
            match link.kind {
                LinkKind::Departing => self.keep_departing_one(mv, &row, link),
                LinkKind::Target => self.keep_target(mv, &row, link),
                _ if managed => self.keep_target(mv, &row, link),
                _ => {}
            }
        }
    }

    fn keep_target(&mut self, mv: MvId, row: &CsRow, link: Link) {
        if self.never_sent(row) {
            self.withdraw(mv, row);
            return;
        }
        let link = Link {
            part: self.part_of(row, link),
            ..link
        };
        let part = self.cx.set.outbound_part(link.part).map(|(_, part)| part);
        let disables = part.is_some_and(|part| {
            let mv_type = self.cx.set.mv.get(&part.mv_type);
            let action = mv_type.map(|mv| mv.deletion.grace_action);
            let disables = action == Some(GraceAction::Disable) || row.retired.is_some();
            disables && part.disable.is_some()
        });
        if !disables || !self.retire(mv, row, link, false) {
            self.decide(mv, row.id, link.part, Act::Freeze);
        }
    }

    /// A retired object is wanted again: its flows enable it (D-46).
    pub(super) fn reinstate(&mut self, mv: MvId, row: &CsRow, part: PartId) {
        if row.retired.is_some() {
            let others = vec![Subject::Cs(row.id)];
            self.event(EventKind::Reinstated, mv, Some(part), others);
        }
    }
}
