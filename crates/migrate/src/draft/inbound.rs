//! Inbound parts.

use syncline_model::profile::{Expr, InboundPair, InboundPart, LinkType, Rule as Tree};
use syncline_model::rules::Dialect;

use super::group::Group;
use super::keys::{Sides, keys};
use super::{Body, Draft, Outcome, Part};
use crate::config::{Clause, Condition, Link};
use crate::report::Remark;
use crate::scope::condition;
use crate::translate::{Texts, remark};

impl Draft<'_> {
    /// The parts that the inbound rules of a group are.
    pub(super) fn inbound(&mut self, group: &Group<'_>) {
        let linking = self.linking(group, false);
        let mut owners: Vec<Vec<usize>> = Vec::new();
        for rule in linking {
            let scope = &self.config.rules[rule].scope;
            let same = owners.iter_mut().find(|owner| {
                let other = &self.config.rules[owner[0]].scope;
                scope == other || scope.is_empty() || other.is_empty()
            });
            match same {
                Some(owner) => {
                    owner.push(rule);
                    let first = &self.config.rules[owner[0]].name;
                    let message = format!(
                        "Another rule of the same objects links too, \u{201c}{first}\u{201d}: both are one part, whose scope is \
                         that rule's and whose match asks the joins of both, one after the other."
                    );
                    self.rules[rule]
                        .remarks
                        .push(remark("link.second", message));
                }
                None => owners.push(vec![rule]),
            }
        }
        if owners.len() > 1 {
            let message = "Several rules link these objects, each in a scope of its own: each is a part, and an object in scope \
                of two of them is an error (D-26), as it is there.";
            for owner in owners.iter().flatten() {
                self.rules[*owner]
                    .remarks
                    .push(remark("link.several", message));
            }
        }
        if owners.is_empty() {
            self.followers(group);
            return;
        }
        for owner in owners {
            if let Err(said) = self.linking_part(group, &owner) {
                for rule in owner {
                    self.rules[rule].out = Some((Outcome::Work, said.clone()));
                }
            }
        }
        self.leave_out(
            group,
            "Its values flow with a rule that links, and no such rule could be drafted.",
        );
    }

    fn linking_part(&mut self, group: &Group<'_>, owner: &[usize]) -> Result<(), Remark> {
        let config = self.config;
        let scope = &config.rules[owner[0]].scope;
        let links = owner.iter().map(|at| config.rules[*at].link);
        let link = links.fold(LinkType::Join, |strongest, link| match (strongest, link) {
            (LinkType::Provision, _) | (_, Link::Provision) => LinkType::Provision,
            (LinkType::Sticky, _) | (_, Link::Sticky) => LinkType::Sticky,
            _ => LinkType::Join,
        });
        let joins: Vec<Vec<Condition>> = owner
            .iter()
            .flat_map(|at| config.rules[*at].joins.clone())
            .collect();
        let groups = self.match_of(group, owner[0], &joins, None)?;
        let pairs = |group: Vec<_>| {
            group
                .into_iter()
                .map(|(source, metaverse)| InboundPair { source, metaverse })
                .collect()
        };
        let match_groups = groups.into_iter().map(pairs).collect();
        let body = self.inbound_body(group, scope, link, match_groups, owner[0])?;
        self.part(group, body, owner.to_vec(), scope);
        Ok(())
    }

    /// Match groups of joins; an error where nothing is left of what there was.
    pub(super) fn match_of(
        &mut self,
        group: &Group<'_>,
        rule: usize,
        joins: &[Vec<Condition>],
        metaverse_only: Option<&str>,
    ) -> Result<Vec<Vec<(syncline_model::profile::Key, syncline_model::profile::Key)>>, Remark>
    {
        let found = keys(
            joins,
            &Sides {
                connected: &|name| self.connected(group, name),
                metaverse: &|name| self.names.attr(&group.metaverse_type, name),
                metaverse_only,
            },
        );
        if found.groups.is_empty() && found.lost > 0 {
            let why: Vec<String> = found
                .remarks
                .iter()
                .map(|said| said.message.clone())
                .collect();
            let message = format!(
                "Nothing is left of what the rule joins by, and without it every object would be taken for a new one. {}",
                why.join(" ")
            );
            return Err(remark("join.lost", message));
        }
        self.rules[rule].remarks.extend(found.remarks);
        Ok(found.groups)
    }

    fn inbound_body(
        &mut self,
        group: &Group<'_>,
        scope: &[Vec<Clause>],
        link: LinkType,
        match_groups: Vec<Vec<InboundPair>>,
        rule: usize,
    ) -> Result<InboundPart, Remark> {
        let mut texts = Texts::default();
        let asked = self.reading(group, false, |reads| condition(scope, reads, &mut texts))?;
        self.rules[rule].remarks.extend(texts.remarks());
        Ok(InboundPart {
            id: None,
            directory: group.place.directory,
            object_type: group.object_type.name.clone(),
            metaverse_type: group.metaverse_type.clone(),
            link,
            scope: asked.map(|expr| {
                Tree::Expr(Expr {
                    expr,
                    dialect: Some(Dialect::Entra),
                })
            }),
            match_groups,
            flows: Vec::new(),
        })
    }

    fn part(
        &mut self,
        group: &Group<'_>,
        body: InboundPart,
        owner: Vec<usize>,
        scope: &[Vec<Clause>],
    ) {
        let mut rules = owner.clone();
        let linking = self.linking(group, false);
        rules.extend(group.rules.iter().filter(|at| !linking.contains(at)));
        let precedence = rules
            .iter()
            .map(|at| self.config.rules[*at].precedence)
            .min();
        let mut part = Part {
            metaverse_type: group.metaverse_type.clone(),
            body: Body::Inbound(body),
            rules,
            of: Vec::new(),
            precedence: precedence.unwrap_or(i64::MAX),
            gone: false,
        };
        part.rules.sort_unstable();
        self.give(group, &mut part, scope);
        self.parts.push(part);
    }

    /// Rules whose objects only an outbound rule links.
    fn followers(&mut self, group: &Group<'_>) {
        let Some(first) = group.rules.first().copied() else {
            return;
        };
        let body = self.inbound_body(group, &[], LinkType::Join, Vec::new(), first);
        if let Ok(body) = body {
            self.part(group, body, Vec::new(), &[]);
        }
    }

    /// Rules of the group that are in no part.
    pub(super) fn leave_out(&mut self, group: &Group<'_>, why: &str) {
        for rule in &group.rules {
            let drafted = self.parts.iter().any(|part| part.rules.contains(rule));
            if !drafted && self.rules[*rule].out.is_none() {
                self.rules[*rule].out = Some((Outcome::Work, remark("link.none", why)));
            }
        }
    }
}
