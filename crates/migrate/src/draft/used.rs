//! What a document names.

use std::collections::BTreeSet;

use syncline_model::AttrName;
use syncline_model::profile::{Expr, Flow, FlowOrigin, IfRule, Key, Profile, Rule as Tree};

use crate::expression::named;

/// What a document names of the metaverse, and which parameters.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// Attributes by metaverse type.
    pub(super) metaverse: BTreeSet<(String, AttrName)>,
    /// Parameters.
    pub(super) parameters: BTreeSet<String>,
}

impl Used {
    /// Of a document.
    pub(super) fn of(profile: &Profile) -> Self {
        let mut used = Self::default();
        for part in &profile.inbound {
            let name = part.metaverse_type.as_str();
            used.tree(None, part.scope.as_ref());
            for pair in part.match_groups.iter().flatten() {
                used.key(None, &pair.source);
                used.key(Some(name), &pair.metaverse);
            }
            for flow in &part.flows {
                used.metaverse.insert((name.to_owned(), flow.to.clone()));
                used.flow(None, flow);
            }
        }
        for part in &profile.outbound {
            let name = part.metaverse_type.as_str();
            used.tree(Some(name), part.scope.as_ref());
            used.tree(Some(name), part.dn.as_ref());
            for pair in part.match_groups.iter().flatten() {
                used.key(Some(name), &pair.metaverse);
                used.key(None, &pair.target);
            }
            for flow in &part.flows {
                used.flow(Some(name), flow);
            }
        }
        used
    }

    fn flow(&mut self, over: Option<&str>, flow: &Flow) {
        match flow.origin() {
            Some(FlowOrigin::Attr(name)) => {
                self.metaverse
                    .extend(over.map(|over| (over.to_owned(), name.clone())));
            }
            Some(FlowOrigin::Expr(text)) => self.text(over, text),
            Some(FlowOrigin::Rule(tree)) => self.tree(over, Some(tree)),
            None => {}
        }
    }

    fn key(&mut self, over: Option<&str>, key: &Key) {
        match key {
            Key::Attr(name) => {
                self.metaverse
                    .extend(over.map(|over| (over.to_owned(), name.clone())));
            }
            Key::Expr(Expr { expr, .. }) => self.text(over, expr),
        }
    }

    fn tree(&mut self, over: Option<&str>, tree: Option<&Tree>) {
        match tree {
            None => {}
            Some(Tree::Expr(Expr { expr, .. })) => self.text(over, expr),
            Some(Tree::If(tree)) => {
                let IfRule {
                    condition,
                    then,
                    otherwise,
                } = tree.as_ref();
                self.text(over, condition);
                self.tree(over, Some(then));
                self.tree(over, otherwise.as_ref());
            }
        }
    }

    fn text(&mut self, over: Option<&str>, text: &str) {
        let (attributes, parameters) = named(text);
        if let Some(over) = over {
            let attributes = attributes
                .into_iter()
                .map(|name| (over.to_owned(), AttrName::new(name)));
            self.metaverse.extend(attributes);
        }
        self.parameters.extend(parameters);
    }
}
