//! Where retiring objects are to lie meanwhile (D-46): names, before anything is decided.
//!
//! Invariants: a name is computed over the metaverse object as it is, or as it was last; asked only of objects that no part
//! wants any more, of parts that move what they disable.

use super::*;
use syncline_model::object::CsRow;

use super::appraise::{Appraised, parse_name};
use super::observe::Verdict;
use crate::rules::RuleRow;

impl<R: SyncReader> Run<'_, R> {
    /// Computes the names of retiring objects.
    pub(super) async fn retreats(
        &mut self,
        round: &[MvId],
        wishes: &[Wish],
        targets: &mut Targets,
    ) -> Result<(), SyncError<R::Error>> {
        let candidates = self.retiring(round, wishes, targets);
        let mvs: BTreeSet<MvId> = candidates.iter().map(|(_, mv, _)| *mv).collect();
        let mvs: Vec<MvId> = mvs.into_iter().collect();
        let mut retreats = Vec::new();
        for chunk in mvs.chunks(self.cx.batch.get()) {
            let values = self.last_values(chunk).await?;
            let mut appraised: Vec<(CsId, Appraised)> = Vec::new();
            for (index, part) in self.cx.set.outbound.iter().enumerate() {
                let of_part =
                    |(_, mv, n): &&(CsId, MvId, usize)| *n == index && values.contains_key(mv);
                let concerned: Vec<_> = candidates.iter().filter(of_part).collect();
                if concerned.is_empty() {
                    continue;
                }
                let rows: Vec<RuleRow<'_>> = concerned
                    .iter()
                    .map(|(_, mv, _)| RuleRow::of(Subject::Mv(*mv), &values[mv]))
                    .collect();
                let said = self.cx.rules.disable(part.id, &rows)?;
                for ((cs, mv, _), answer) in concerned.into_iter().zip(&said) {
                    let one = Appraised {
                        mv: *mv,
                        part: index,
                        verdict: Verdict::In,
                        keys: Vec::new(),
                        dn: Some(parse_name(answer)),
                        unique: None,
                        missing: Vec::new(),
                        waiting: false,
                        errors: Vec::new(),
                    };
                    appraised.push((*cs, one));
                }
            }
            for (cs, one) in appraised {
                let names = &mut self.names;
                let wish = names.resolve(&self.cx, self.reader, &mut self.links, one);
                retreats.push((cs, wish.await?));
            }
        }
        let wishes: Vec<Wish> = retreats.iter().map(|(_, wish)| wish.clone()).collect();
        targets.retreats.extend(retreats);
        self.look_up_names(&wishes, targets).await?;
        Ok(())
    }

    /// Objects that a part disables and moves, with their metaverse object and the part's index.
    fn retiring(
        &self,
        round: &[MvId],
        wishes: &[Wish],
        targets: &Targets,
    ) -> Vec<(CsId, MvId, usize)> {
        let set = self.cx.set;
        if !set.outbound.iter().any(moves) {
            return Vec::new();
        }
        let kept: BTreeSet<(MvId, syncline_model::DirectoryId)> = wishes
            .iter()
            .filter(|wish| wish.verdict != Verdict::Out)
            .map(|wish| (wish.mv, set.outbound[wish.part].directory))
            .collect();
        let retiring = |row: &CsRow| {
            let link = row.link?;
            let managed = targets.managed.get(&row.id).copied();
            let is_target = matches!(link.kind, LinkKind::Target | LinkKind::Departing);
            let part = managed.or(is_target.then_some(link.part))?;
            let (index, part) = set.outbound_part(part).filter(|(_, part)| moves(part))?;
            let departing = link.kind == LinkKind::Departing && row.retired.is_some();
            let leaves = departing || !kept.contains(&(link.mv, part.directory));
            leaves.then_some((row.id, link.mv, index))
        };
        let rows = round.iter().flat_map(|mv| self.links.of(*mv));
        rows.filter_map(retiring).collect()
    }

    /// The values of metaverse objects: what flows into them, or what they held last.
    async fn last_values(
        &self,
        mvs: &[MvId],
    ) -> Result<BTreeMap<MvId, Attrs>, SyncError<R::Error>> {
        let batch = self.load(mvs).await?;
        let inputs = self.inputs(mvs, &batch);
        let valued = contribute::contribute(&self.cx, &inputs)?;
        let held = batch.old.iter();
        let mut values: BTreeMap<MvId, Attrs> =
            held.map(|(mv, old)| (*mv, old.body.attrs())).collect();
        for (input, valued) in inputs.iter().zip(&valued) {
            if self.links.alive(input.id) {
                values.insert(input.id, valued.attrs());
            }
        }
        Ok(values)
    }
}

/// Whether a part moves what it disables.
fn moves(part: &crate::ruleset::Outbound) -> bool {
    part.disable.as_ref().is_some_and(|disable| disable.named)
}
