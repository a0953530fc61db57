//! Outbound parts.
//!
//! A rule that creates is a part of its own scope. Rules that only join are one part without the right to create: whom they
//! may match is a condition of the match key, because their values flow to whatever is linked, by whom ever.

use syncline_model::profile::{
    Action, Deprovision, Expr, OutboundPair, OutboundPart, Rule as Tree,
};
use syncline_model::rules::Dialect;

use super::give::is_name;
use super::group::Group;
use super::{Body, Draft, Outcome, Part};
use crate::config::{Condition, Direction, Source};
use crate::expression::literal;
use crate::report::Remark;
use crate::scope::condition;
use crate::translate::{Texts, remark, translate};

impl Draft<'_> {
    /// The parts that the outbound rules of a group are.
    pub(super) fn outbound(&mut self, group: &Group<'_>) {
        let creating = self.linking(group, true);
        if creating.is_empty() {
            if let Err(said) = self.joining_part(group) {
                for rule in &group.rules {
                    self.rules[*rule].out = Some((Outcome::Work, said.clone()));
                }
            }
            return;
        }
        if creating.len() > 1 {
            let message = "Several rules create these objects: each is a part, and the first whose scope holds creates.";
            for rule in &creating {
                self.rules[*rule]
                    .remarks
                    .push(remark("link.several", message));
            }
        }
        for rule in creating.clone() {
            if let Err(said) = self.creating_part(group, rule, &creating) {
                self.rules[rule].out = Some((Outcome::Work, said));
            }
        }
        self.leave_out(
            group,
            "Its values flow to what another rule creates, and that rule could not be drafted.",
        );
    }

    fn creating_part(
        &mut self,
        group: &Group<'_>,
        rule: usize,
        creating: &[usize],
    ) -> Result<(), Remark> {
        let config = self.config;
        let scope = &config.rules[rule].scope;
        let groups = self.match_of(group, rule, &config.rules[rule].joins, None)?;
        let mut texts = Texts::default();
        let asked = self.reading(group, true, |reads| condition(scope, reads, &mut texts))?;
        self.rules[rule].remarks.extend(texts.remarks());
        let mut rules: Vec<usize> = group.rules.clone();
        rules.retain(|at| *at == rule || !creating.contains(at));
        for at in &rules {
            let other = &config.rules[*at];
            if *at != rule && !other.joins.is_empty() && other.joins != config.rules[rule].joins {
                let message = "The rule joins by itself there. Here the rule that creates is the one that matches, and this one's \
                    values flow to what it matched.";
                self.rules[*at].remarks.push(remark("link.second", message));
            }
        }
        let dn = self.name(group, &rules)?;
        let mut action = Action::CreateOrUpdate;
        if group.place.hierarchical && dn.is_none() {
            if groups.is_empty() {
                let message = "The rule creates objects and does not say where: no rule of the export gives a distinguished name.";
                return Err(remark("dn.missing", message));
            }
            action = Action::UpdateOnly;
            let message = "The rule creates objects, and the export does not say where: the draft only updates. Write the part's `dn` \
                and let it create.";
            self.rules[rule].remarks.push(remark("dn.missing", message));
        }
        let message = "What leaves the scope is deleted there. Here only what Syncline created is (D-46): set `delete_adopted` where \
            accounts that Entra Connect created are to be deleted as well.";
        self.rules[rule]
            .remarks
            .push(remark("D-46.deletion", message));
        let body = OutboundPart {
            deprovision: Deprovision::Delete,
            ..body(group, action, asked, groups, dn)
        };
        let scope = scope.clone();
        self.outbound_part(group, body, rules, &scope);
        Ok(())
    }

    fn joining_part(&mut self, group: &Group<'_>) -> Result<(), Remark> {
        let config = self.config;
        let owners = self.linking(group, false);
        let mut match_groups = Vec::new();
        for rule in &owners {
            let mut texts = Texts::default();
            let scope = &config.rules[*rule].scope;
            let who = self.reading(group, true, |reads| condition(scope, reads, &mut texts))?;
            let found = self.match_of(group, *rule, &config.rules[*rule].joins, who.as_deref())?;
            match_groups.extend(found);
        }
        if owners.is_empty() {
            match_groups = self.mirrored(group)?;
        }
        match_groups.dedup();
        if match_groups.is_empty() {
            let message = "No rule says which objects belong together, in this direction or the other: choose a match.";
            return Err(remark("link.none", message));
        }
        let rules = group.rules.clone();
        // Whoever one of the rules is about; what each asks beyond that it asks at its flows.
        let scopes = rules.iter().map(|at| config.rules[*at].scope.clone());
        let mut all = Vec::new();
        for scope in scopes {
            if scope.is_empty() {
                all.clear();
                break;
            }
            for group in scope {
                if !all.contains(&group) {
                    all.push(group);
                }
            }
        }
        let mut texts = Texts::default();
        let asked = self.reading(group, true, |reads| condition(&all, reads, &mut texts))?;
        let dn = self.name(group, &rules)?;
        let body = body(group, Action::UpdateOnly, asked, match_groups, dn);
        self.outbound_part(group, body, rules, &all);
        Ok(())
    }

    /// The match of the inbound rules of the same objects, the other way round.
    fn mirrored(
        &mut self,
        group: &Group<'_>,
    ) -> Result<Vec<Vec<(syncline_model::profile::Key, syncline_model::profile::Key)>>, Remark>
    {
        let config = self.config;
        let same = |rule: &&crate::config::Rule| {
            rule.direction == Direction::Inbound
                && !rule.disabled
                && rule.connector == group.connector.id
                && rule.object_type
                    == group
                        .rules
                        .first()
                        .map_or("", |at| &config.rules[*at].object_type)
                && rule.metaverse_type == group.metaverse_type
        };
        let inbound = config.rules.iter().filter(same);
        let joins: Vec<Vec<Condition>> = inbound.flat_map(|rule| rule.joins.clone()).collect();
        let Some(first) = group.rules.first().copied() else {
            return Ok(Vec::new());
        };
        if !joins.is_empty() {
            let message = "The rule writes to what an inbound rule joined. A part that writes has a match of its own, and it is that \
                rule's.";
            for rule in &group.rules {
                self.rules[*rule]
                    .remarks
                    .push(remark("link.mirrored", message));
            }
        }
        self.match_of(group, first, &joins, None)
    }

    /// The rule for distinguished names, of the strongest flow that gives one.
    fn name(&mut self, group: &Group<'_>, rules: &[usize]) -> Result<Option<Tree>, Remark> {
        let config = self.config;
        let mut dn = None;
        for rule in rules {
            for (at, mapping) in config.rules[*rule].flows.iter().enumerate() {
                if !is_name(mapping) {
                    continue;
                }
                let state = &mut self.rules[*rule].flows[at];
                if !group.place.hierarchical {
                    let message =
                        "Objects of this directory have no distinguished names, so none is needed.";
                    state.out = Some((Outcome::Covered, remark("dn.flat", message)));
                    continue;
                }
                if dn.is_some() {
                    let message = "A stronger rule gives the name.";
                    state.out = Some((Outcome::Covered, remark("flow.shadowed", message)));
                    continue;
                }
                let text = match &mapping.source {
                    Source::Expression(text) => text.clone(),
                    Source::Direct(name) => format!("[{name}]"),
                    Source::Constant(text) => literal(text),
                    Source::Coded(why) => {
                        state.out = Some((Outcome::Work, remark("flow.coded", why.clone())));
                        continue;
                    }
                };
                let mut texts = Texts::default();
                let told = self.reading(group, true, |reads| translate(&text, reads, &mut texts));
                match told {
                    Ok(expr) => {
                        let message =
                            "The name is the part's `dn`, for what it creates and what it moves.";
                        let said = remark("dn.rule", message);
                        self.rules[*rule].flows[at].out = Some((Outcome::Imported, said));
                        dn = Some(Tree::Expr(Expr {
                            expr,
                            dialect: Some(Dialect::Entra),
                        }));
                    }
                    Err(said) => self.rules[*rule].flows[at].out = Some((Outcome::Work, said)),
                }
            }
        }
        Ok(dn)
    }

    fn outbound_part(
        &mut self,
        group: &Group<'_>,
        body: OutboundPart,
        rules: Vec<usize>,
        asked: &[Vec<crate::config::Clause>],
    ) {
        let precedence = rules
            .iter()
            .map(|at| self.config.rules[*at].precedence)
            .min();
        let mut part = Part {
            metaverse_type: group.metaverse_type.clone(),
            body: Body::Outbound(body),
            rules,
            of: Vec::new(),
            precedence: precedence.unwrap_or(i64::MAX),
            gone: false,
        };
        self.give(group, &mut part, asked);
        self.parts.push(part);
    }
}

fn body(
    group: &Group<'_>,
    action: Action,
    scope: Option<String>,
    groups: Vec<Vec<(syncline_model::profile::Key, syncline_model::profile::Key)>>,
    dn: Option<Tree>,
) -> OutboundPart {
    let pairs = |group: Vec<_>| {
        group
            .into_iter()
            .map(|(target, metaverse)| OutboundPair { metaverse, target })
            .collect()
    };
    OutboundPart {
        id: None,
        directory: group.place.directory,
        object_type: group.object_type.name.clone(),
        metaverse_type: group.metaverse_type.clone(),
        action,
        scope: scope.map(|expr| {
            Tree::Expr(Expr {
                expr,
                dialect: Some(Dialect::Entra),
            })
        }),
        match_groups: groups.into_iter().map(pairs).collect(),
        dn,
        flows: Vec::new(),
        deprovision: Deprovision::Disconnect,
        adopt_on_conflict: false,
        delete_adopted: false,
        disable: None,
        initial_password: None,
    }
}
