//! The account that is given of every rule and flow.

use super::{Body, Draft};
use crate::config::Direction;
use crate::landscape::Found;
use crate::report::{
    At, ConnectorEntry, Counts, FlowEntry, Matter, Outcome, Remark, Report, RuleEntry,
};
use crate::translate::remark;
use crate::xml::shown;

/// Differences that hold for every rule that was imported, with the numbers of the decisions behind them.
const GENERAL: [(&str, &str); 12] = [
    (
        "D-15c.no_id",
        "An object that was created and whose id the directory did not return is taken up by its name at the next import, and is not created again.",
    ),
    (
        "D-20.containers",
        "Containers are known by their identity: renaming or moving one changes nothing in scope.",
    ),
    (
        "D-26.ambiguous",
        "A join that finds several objects is an error and creates nothing; there a new object is made.",
    ),
    (
        "D-30.ignore",
        "`IgnoreThisFlow` of an inbound flow is no opinion; there the old value stays, whatever it came from.",
    ),
    (
        "D-36.staged",
        "Inbound rules read what was imported and never what is staged; `ImportedValue` is therefore every attribute.",
    ),
    (
        "D-38.steps",
        "Nobody chooses full or delta steps: what a change makes necessary is queued by itself.",
    ),
    (
        "D-41.baseline",
        "Nothing is created in a directory before it was read completely once.",
    ),
    (
        "D-41.name",
        "An object whose name is taken is a conflict that names the other one; there it is joined silently.",
    ),
    (
        "D-44.return",
        "A source object that comes back finds its metaverse object again without a match rule.",
    ),
    (
        "D-46.deletion",
        "What Syncline did not create is never deleted unless the part says so.",
    ),
    (
        "D-52.guard",
        "A guard counts every destructive kind of operation over a day, lists what it holds and asks; there only deletions of one run are counted.",
    ),
    (
        "D-55.confirm",
        "An export is sent again when an import that began later contradicts it, and imports and exports do not overlap in the same object.",
    ),
];

impl Draft<'_> {
    /// What became of everything.
    pub fn report(&self) -> Report {
        let rules: Vec<RuleEntry> = (0..self.rules.len()).map(|at| self.entry(at)).collect();
        let flows = rules
            .iter()
            .flat_map(|rule| rule.flows.iter().map(|flow| flow.outcome));
        Report {
            rules_count: Counts::of(rules.iter().map(|rule| rule.outcome)),
            flows_count: Counts::of(flows),
            connectors: self.connectors(),
            general: GENERAL
                .iter()
                .map(|(code, message)| remark(code, *message))
                .collect(),
            matters: self.all_matters(),
            rules,
        }
    }

    fn entry(&self, at: usize) -> RuleEntry {
        let (rule, state) = (&self.config.rules[at], &self.rules[at]);
        let parts: Vec<usize> = self
            .living()
            .filter(|(_, p)| p.rules.contains(&at))
            .map(|(p, _)| p)
            .collect();
        let flows: Vec<FlowEntry> = (0..rule.flows.len())
            .map(|f| self.flow(at, f, &parts))
            .collect();
        let mut remarks = state.remarks.clone();
        remarks.extend(self.unfed(at, &parts));
        let outcome = match &state.out {
            Some((outcome, said)) if parts.is_empty() => {
                remarks.push(said.clone());
                *outcome
            }
            _ if parts.is_empty() => Outcome::Work,
            _ => {
                let same =
                    |flow: &FlowEntry| matches!(flow.outcome, Outcome::Imported | Outcome::Covered);
                match remarks.is_empty() && flows.iter().all(same) {
                    true => Outcome::Imported,
                    false => Outcome::Differs,
                }
            }
        };
        remarks.sort();
        remarks.dedup();
        let connector = self.config.connectors.get(&rule.connector);
        RuleEntry {
            id: rule.id.clone(),
            name: rule.name.clone(),
            precedence: rule.precedence,
            connector: connector.map_or_else(|| rule.connector.clone(), |c| c.name.clone()),
            inbound: rule.direction == Direction::Inbound,
            object_type: shown(&rule.object_type),
            metaverse_type: shown(&rule.metaverse_type),
            outcome,
            at: parts.iter().map(|part| self.at(*part, "")).collect(),
            remarks,
            flows,
        }
    }

    /// A scope over the metaverse that asks for what no draft gives.
    fn unfed(&self, at: usize, parts: &[usize]) -> Option<Remark> {
        let rule = &self.config.rules[at];
        if rule.direction == Direction::Inbound || parts.is_empty() {
            return None;
        }
        let given = |name: &str| match self.names.attr(&self.parts[parts[0]].metaverse_type, name) {
            Found::Attr(def) => self.living().any(|(_, part)| {
                part.metaverse_type == self.parts[parts[0]].metaverse_type
                    && matches!(part.body, Body::Inbound(_))
                    && part.body.flows().iter().any(|flow| flow.to == def.name)
            }),
            _ => false,
        };
        let type_name = &self.parts[parts[0]].metaverse_type;
        let fed_there = |name: &str| {
            self.config.rules.iter().any(|other| {
                other.direction == Direction::Inbound
                    && !other.disabled
                    && other.metaverse_type == *type_name
                    && other
                        .flows
                        .iter()
                        .any(|flow| flow.to.eq_ignore_ascii_case(name))
            })
        };
        let asked = rule
            .scope
            .iter()
            .flatten()
            .map(|clause| clause.attribute.as_str());
        let mut unfed: Vec<String> = asked
            .filter(|name| fed_there(name) && !given(name))
            .map(|name| format!("`{name}`"))
            .collect();
        unfed.sort();
        unfed.dedup();
        let message = format!(
            "The scope asks for {}, to which nothing flows in the drafts, so that it never has a value: read in the what-if whom \
             that lets in or keeps out.",
            unfed.join(", ")
        );
        (!unfed.is_empty()).then(|| remark("scope.unfed", message))
    }

    fn flow(&self, rule: usize, at: usize, parts: &[usize]) -> FlowEntry {
        let (held, state) = (&self.config.rules[rule].flows[at], &self.rules[rule]);
        let own = &state.flows[at];
        let placed = parts.iter().find_map(|part| {
            let index = self.parts[*part]
                .of
                .iter()
                .position(|of| of.contains(&(rule, at)))?;
            Some(self.at(*part, &format!("/flows/{index}")))
        });
        let mut remarks: Vec<Remark> = own.remarks.clone();
        let outcome = match (&placed, &own.out, &state.out) {
            (Some(_), ..) if remarks.is_empty() => Outcome::Imported,
            (Some(_), ..) => Outcome::Differs,
            (None, _, Some((outcome, said))) if parts.is_empty() => {
                remarks = vec![said.clone()];
                *outcome
            }
            (None, Some((outcome, said)), _) => {
                // What would have differed does not matter of what is not there.
                remarks = vec![said.clone()];
                *outcome
            }
            (None, None, _) => {
                remarks = vec![remark(
                    "flow.lost",
                    "The part that it would be in could not be drafted.",
                )];
                Outcome::Work
            }
        };
        remarks.sort();
        remarks.dedup();
        FlowEntry {
            to: shown(&held.to),
            outcome,
            at: placed,
            remarks,
        }
    }

    /// The place of a part in the drafts.
    fn at(&self, part: usize, below: &str) -> At {
        let held = &self.parts[part];
        let types: std::collections::BTreeSet<&str> = self
            .living()
            .map(|(_, part)| part.metaverse_type.as_str())
            .collect();
        let inbound = matches!(held.body, Body::Inbound(_));
        let same = self
            .of_type(&held.metaverse_type)
            .filter(|(_, other)| matches!(other.body, Body::Inbound(_)) == inbound);
        let index = same.take_while(|(at, _)| *at != part).count();
        let direction = if inbound { "inbound" } else { "outbound" };
        At {
            draft: types
                .iter()
                .take_while(|name| **name != held.metaverse_type)
                .count(),
            pointer: format!("/{direction}/{index}{below}"),
        }
    }

    fn connectors(&self) -> Vec<ConnectorEntry> {
        let entry = |connector: &crate::config::Connector| {
            let place = self.landscape.places.get(&connector.id);
            let known =
                |name: &&String| place.is_some_and(|place| place.object_type(name).is_none());
            let types_missing = connector.types.iter().filter(known).cloned().collect();
            let hidden = |name: &&String| {
                let types = place.map(|place| place.schema.types.values());
                types.is_some_and(|mut types| {
                    !types.any(|def| {
                        matches!(
                            place.map(|p| p.attr(connector, def, name)),
                            Some(Found::Attr(_))
                        )
                    })
                })
            };
            let read = connector
                .partitions
                .iter()
                .filter(|partition| partition.selected);
            let list = |of: fn(&crate::config::Partition) -> &Vec<String>| {
                read.clone()
                    .flat_map(|p| of(p).iter().map(|name| shown(name)))
                    .collect()
            };
            ConnectorEntry {
                id: connector.id.clone(),
                name: connector.name.clone(),
                kind: connector.kind.clone(),
                placed: place.is_some(),
                types: connector.types.clone(),
                attributes: connector.attributes.clone(),
                types_missing,
                attributes_missing: connector
                    .attributes
                    .iter()
                    .filter(hidden)
                    .cloned()
                    .collect(),
                included: list(|p| &p.included),
                excluded: list(|p| &p.excluded),
            }
        };
        self.config.connectors.values().map(entry).collect()
    }

    fn all_matters(&self) -> Vec<Matter> {
        let work = self.config.work.iter().map(|work| Matter {
            about: work.about.clone(),
            remark: remark(work.code, work.message.clone()),
        });
        let unknown = self.config.unknown.0.iter().map(|(path, times)| Matter {
            about: path.clone(),
            remark: remark(
                "element.unknown",
                format!("The element is not understood ({times} times) and was not read."),
            ),
        });
        work.chain(unknown)
            .chain(self.matters.iter().cloned())
            .collect()
    }
}
