//! Which rules are one part: those of one connector, object type and metaverse type, in one direction.

use std::collections::BTreeMap;

use super::{Draft, Outcome};
use crate::config::{Connector, Direction, Link, Rule};
use crate::landscape::{Found, Place};
use crate::translate::{Reads, remark};
use syncline_model::schema::TypeDef;

/// The rules of one part or several, and where they go.
pub(super) struct Group<'a> {
    pub(super) connector: &'a Connector,
    pub(super) place: &'a Place,
    pub(super) object_type: &'a TypeDef,
    pub(super) metaverse_type: String,
    /// Indexes of the rules, by precedence.
    pub(super) rules: Vec<usize>,
}

impl<'a> Draft<'a> {
    /// Makes the parts of every group.
    pub(super) fn gather(&mut self) {
        let config = self.config;
        type Key<'k> = (Direction, &'k str, String, String);
        let mut groups: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        for (at, rule) in config.rules.iter().enumerate() {
            for work in &rule.work {
                let said = remark(work.code, work.message.clone());
                self.rules[at].remarks.push(said);
            }
            if rule.disabled {
                let said = remark(
                    "rule.disabled",
                    "The rule is switched off and was not drafted.",
                );
                self.rules[at].out = Some((Outcome::Disabled, said));
                continue;
            }
            let key = (
                rule.direction,
                rule.connector.as_str(),
                rule.object_type.clone(),
                self.metaverse_type(at, rule),
            );
            groups.entry(key).or_default().push(at);
        }
        for ((direction, connector, object_type, metaverse_type), rules) in groups {
            match self.placed(connector, &object_type) {
                Ok((connector, place, object_type)) => {
                    let group = Group {
                        connector,
                        place,
                        object_type,
                        metaverse_type,
                        rules,
                    };
                    match direction {
                        Direction::Inbound => self.inbound(&group),
                        Direction::Outbound => self.outbound(&group),
                    }
                }
                Err(said) => {
                    for rule in rules {
                        self.rules[rule].out = Some((Outcome::Work, said.clone()));
                    }
                }
            }
        }
        for at in 0..self.rules.len() {
            self.of_rule(at);
        }
    }

    /// What is said of a rule whatever it becomes.
    fn of_rule(&mut self, at: usize) {
        let rule = &self.config.rules[at];
        let state = &mut self.rules[at];
        if rule.password_sync {
            let message = "The rule lets password hashes be synchronised. Syncline copies none.";
            state.remarks.push(remark("password.hash_sync", message));
        }
        if let Some(interval) = &rule.soft_delete {
            let message = format!(
                "Deleted objects are kept there for {interval}. Say how long in the draft's `deletion` (`grace_days`)."
            );
            state.remarks.push(remark("deletion.soft", message));
        }
    }

    /// The metaverse type of a rule: of one that links to any type, the one that its joins name.
    fn metaverse_type(&mut self, at: usize, rule: &Rule) -> String {
        if rule.metaverse_type != "*" {
            return rule.metaverse_type.clone();
        }
        let joined: Vec<String> = rule
            .joins
            .iter()
            .flatten()
            .map(|c| c.metaverse.clone())
            .collect();
        let found: Vec<String> = self.names.types_with(&joined).cloned().collect();
        let chosen = found
            .iter()
            .find(|t| *t == "person")
            .or_else(|| found.first());
        let Some(chosen) = chosen.cloned() else {
            return rule.metaverse_type.clone();
        };
        let message = format!(
            "The rule joins objects of any metaverse type; here it joins those of type `{chosen}` alone. Where others ({}) \
             are meant too, add a part for them with a scope that tells them apart.",
            found
                .iter()
                .filter(|t| **t != chosen)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        );
        if found.len() > 1 {
            self.rules[at]
                .remarks
                .push(remark("link.any_type", message));
        }
        chosen
    }

    /// Where the rules of a connector and type go.
    fn placed(
        &self,
        connector: &str,
        object_type: &str,
    ) -> Result<(&'a Connector, &'a Place, &'a TypeDef), crate::report::Remark> {
        let config = self.config;
        let Some(known) = config.connectors.get(connector) else {
            let message = format!(
                "The files hold no connector {connector}: export it, or remove the rule there."
            );
            return Err(remark("connector.missing", message));
        };
        let Some(place) = self.landscape.places.get(connector) else {
            let message = format!(
                "No directory was chosen for the connector `{}`.",
                known.name
            );
            return Err(remark("connector.unplaced", message));
        };
        let Some(found) = place.object_type(object_type) else {
            let message = format!(
                "The directory has no objects of type `{object_type}`: Syncline does not synchronise them there. Keep what \
                 does it now, or leave the rule out."
            );
            return Err(remark("type.missing", message));
        };
        Ok((known, place, found))
    }

    /// Rules of a group that link by themselves: those that create, and those with joins.
    pub(super) fn linking(&self, group: &Group<'_>, creating_only: bool) -> Vec<usize> {
        let links = |at: &&usize| {
            let rule = &self.config.rules[**at];
            rule.link != Link::Join || (!creating_only && !rule.joins.is_empty())
        };
        group.rules.iter().filter(links).copied().collect()
    }

    /// What an attribute is in the group's directory.
    pub(super) fn connected(&self, group: &Group<'_>, name: &str) -> Found {
        group.place.attr(group.connector, group.object_type, name)
    }

    /// Looks at one side with the parameters of the group's connector.
    pub(super) fn reading<T>(
        &self,
        group: &Group<'_>,
        over_metaverse: bool,
        with: impl FnOnce(&Reads<'_>) -> T,
    ) -> T {
        let look = |name: &str| match over_metaverse {
            true => self.names.attr(&group.metaverse_type, name),
            false => self.connected(group, name),
        };
        let parameter = |name: &str| self.names.parameter(&group.connector.id, name);
        with(&Reads {
            look: &look,
            parameter: &parameter,
        })
    }
}
