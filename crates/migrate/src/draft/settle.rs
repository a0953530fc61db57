//! What holds across the parts of a draft: merges that others do not make, and the order of precedence.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::profile::Flow;
use syncline_model::{AttrName, DirectoryId};

use super::flows::FlowId;
use super::{Body, Draft, Outcome};
use crate::translate::remark;

impl Draft<'_> {
    /// All flows to a metaverse attribute merge, or none does.
    pub(super) fn merges(&mut self) {
        /// A flow: its part, its place in it, and whether it merges.
        type Place = (usize, usize, bool);
        let mut flows: BTreeMap<(String, AttrName), Vec<Place>> = BTreeMap::new();
        for (at, part) in self.parts.iter().enumerate() {
            if let Body::Inbound(body) = &part.body {
                for (f, flow) in body.flows.iter().enumerate() {
                    let key = (part.metaverse_type.clone(), flow.to.clone());
                    flows.entry(key).or_default().push((at, f, flow.merge));
                }
            }
        }
        for all in flows.into_values() {
            let merging = all.iter().filter(|(.., merge)| *merge).count();
            if merging == 0 || merging == all.len() {
                continue;
            }
            for (at, f, merge) in all {
                if !merge {
                    continue;
                }
                let part = &mut self.parts[at];
                part.body.flows_mut()[f].merge = false;
                let message = "Some flows to this attribute are united there and some are not. Here all are or none is: none is, and \
                    the strongest decides (D-33).";
                for (rule, flow) in part.of[f].clone() {
                    self.rules[rule].flows[flow]
                        .remarks
                        .push(remark("D-33.mixed", message));
                }
            }
        }
    }

    /// What is written to an object is not read from it: the target would decide about itself.
    pub(super) fn both_ways(&mut self) {
        let mut written: BTreeSet<(DirectoryId, String, AttrName)> = BTreeSet::new();
        for part in &self.parts {
            if let Body::Outbound(body) = &part.body {
                let place =
                    |flow: &Flow| (body.directory, body.object_type.clone(), flow.to.clone());
                written.extend(body.flows.iter().map(place));
            }
        }
        for part in &mut self.parts {
            let Body::Inbound(body) = &mut part.body else {
                continue;
            };
            for at in (0..body.flows.len()).rev() {
                let Some(from) = &body.flows[at].from else {
                    continue;
                };
                let place = (body.directory, body.object_type.clone(), from.clone());
                if !written.contains(&place) {
                    continue;
                }
                let message = format!(
                    "`{from}` is written to the same objects, so it is not read from them (D-43). Where the target\u{2019}s own value \
                     is to stay when no source gives one, let the flow that writes it say `IgnoreThisFlow` then."
                );
                body.flows.remove(at);
                for (rule, flow) in part.of.remove(at) {
                    let said = remark("D-43.both_ways", message.clone());
                    self.rules[rule].flows[flow].out = Some((Outcome::Work, said));
                }
            }
        }
    }

    /// Precedence is the order of parts, for all attributes of a part alike. Says where that is not what the rules said.
    pub(super) fn order(&mut self) {
        // For each attribute, what earlier parts of each directory gave: the weakest precedence among them. Two types of one
        // directory never give to the same object.
        type Given = BTreeMap<DirectoryId, i64>;
        let mut weakest: BTreeMap<(String, AttrName), Given> = BTreeMap::new();
        let mut wrong = Vec::new();
        for part in &self.parts {
            let Body::Inbound(body) = &part.body else {
                continue;
            };
            for (flow, of) in body.flows.iter().zip(&part.of) {
                let strength = |(rule, at): &FlowId| {
                    let rule = &self.config.rules[*rule];
                    rule.flows[*at].rank.unwrap_or(rule.precedence)
                };
                let strengths = of.iter().map(strength);
                let (Some(strongest), Some(last)) = (strengths.clone().min(), strengths.max())
                else {
                    continue;
                };
                let key = (part.metaverse_type.clone(), flow.to.clone());
                let before = weakest.entry(key).or_default();
                let mut others = before.iter().filter(|(other, _)| **other != body.directory);
                if others.any(|(_, weakest)| strongest < *weakest) {
                    wrong.extend(of.iter().copied());
                }
                let own = before.entry(body.directory).or_insert(i64::MIN);
                *own = (*own).max(last);
            }
        }
        for (rule, at) in wrong {
            let message = "The rule is stronger there than one whose part stands before its own. Here the order of parts decides, for \
                all attributes of a part alike: move the part if this attribute matters more.";
            self.rules[rule].flows[at]
                .remarks
                .push(remark("D-31.order", message));
        }
    }
}
