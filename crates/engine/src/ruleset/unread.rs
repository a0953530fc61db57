//! What a configuration reads that no complete import of its directory has read yet: unknown, which is not absent (D-21).
//!
//! Invariants: what an expression reads is told as more than it reads, never as less; a part that reads nothing unknown
//! has no marks; what is unknown of a directory is unknown of the metaverse values that come from it and from nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, AttrName};
use syncline_model::object::TypeId;
use syncline_model::profile::{Flow, FlowOrigin, InboundPart, Key, OutboundPart, Rule};
use syncline_model::{DirectoryId, PartId};

use super::{DirectoryConfig, ProfileConfig, RuleSet};

/// Attributes by object type.
pub type AttrsByType = BTreeMap<String, BTreeSet<AttrName>>;

/// What is unknown to an inbound part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct UnreadIn {
    /// Something that its scope reads.
    pub scope: bool,
    /// Something that decides which metaverse object a new object is, or what it would become.
    pub links: bool,
    /// Something that these flows read.
    pub flows: BTreeSet<usize>,
}

/// What is unknown to an outbound part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct UnreadOut {
    /// Something of the target that matches compare.
    pub target_keys: bool,
    /// What these flows compare or read of a target object that exists.
    pub flows: BTreeSet<usize>,
    /// Metaverse attributes that its scope, matches and name read and that may be unknown.
    pub decides: BTreeSet<AttrId>,
    /// The same of each flow.
    pub reads: BTreeMap<usize, BTreeSet<AttrId>>,
}

/// Everything in an expression that could be an attribute's name: more than it reads, never less. What the schema does
/// not know falls away.
pub fn words(text: &str) -> impl Iterator<Item = AttrName> + '_ {
    let dashed = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')));
    dashed
        .flat_map(|word| {
            let whole = word.contains('-').then_some(word);
            word.split('-').chain(whole)
        })
        .filter(|word| !word.is_empty())
        .map(AttrName::new)
}

/// The expressions of a rule.
pub fn of_rule(rule: &Rule, text: &mut impl FnMut(&str)) {
    match rule {
        Rule::Expr(expr) => text(&expr.expr),
        Rule::If(tree) => {
            text(&tree.condition);
            of_rule(&tree.then, text);
            if let Some(otherwise) = &tree.otherwise {
                of_rule(otherwise, text);
            }
        }
    }
}

/// What a rule reads of its object.
pub fn in_rule(rule: &Rule) -> BTreeSet<AttrName> {
    let mut read = BTreeSet::new();
    of_rule(rule, &mut |text| read.extend(words(text)));
    read
}

/// What a match key reads of its object.
pub fn in_key(key: &Key) -> BTreeSet<AttrName> {
    match key {
        Key::Attr(attr) => [attr.clone()].into(),
        Key::Expr(expr) => words(&expr.expr).collect(),
    }
}

/// What a flow reads of the object that it is about.
pub fn in_flow(flow: &Flow) -> BTreeSet<AttrName> {
    let mut read = match flow.origin() {
        Some(FlowOrigin::Attr(attr)) => [attr.clone()].into(),
        Some(FlowOrigin::Expr(text)) => words(text).collect(),
        Some(FlowOrigin::Rule(rule)) => in_rule(rule),
        None => BTreeSet::new(),
    };
    read.extend(flow.default.iter().flat_map(|text| words(text)));
    read
}

/// What an outbound flow reads of the target's image, and which attribute of it is compared.
pub fn in_target(flow: &Flow) -> BTreeSet<AttrName> {
    let mut read = BTreeSet::from([flow.to.clone()]);
    let mut image = |text: &str| {
        let named = text.split("Target.").skip(1);
        read.extend(named.filter_map(|rest| words(rest).next()));
    };
    match flow.origin() {
        Some(FlowOrigin::Expr(expr)) => image(expr),
        Some(FlowOrigin::Rule(rule)) => of_rule(rule, &mut image),
        _ => {}
    }
    flow.default.iter().for_each(|text| image(text));
    read
}

/// What was not read, by directory.
struct Unread<'a>(BTreeMap<DirectoryId, (&'a DirectoryConfig<'a>, &'a AttrsByType)>);

impl Unread<'_> {
    fn any(&self, directory: DirectoryId, of: &str, attrs: &BTreeSet<AttrName>) -> bool {
        let Some((config, read)) = self.0.get(&directory) else {
            return false;
        };
        let Some(known) = config.schema.types.get(of) else {
            return false;
        };
        let is_read = |attr: &AttrName| read.get(of).is_some_and(|read| read.contains(attr));
        let mut known = attrs.iter().filter(|attr| known.attrs.contains_key(*attr));
        known.any(|attr| !is_read(attr))
    }
}

/// Marks the parts that read what is unknown.
pub(super) fn mark(
    set: &mut RuleSet,
    profiles: &[ProfileConfig<'_>],
    directories: &[DirectoryConfig<'_>],
) {
    let known = directories
        .iter()
        .filter_map(|d| Some((d.id, (d, d.read?))));
    let unread = Unread(known.collect());
    if unread.0.is_empty() {
        return;
    }
    let documents = || profiles.iter().map(|config| config.document);
    let inbound: BTreeMap<PartId, &InboundPart> = documents()
        .flat_map(|document| &document.inbound)
        .filter_map(|part| Some((part.id?, part)))
        .collect();
    let outbound: BTreeMap<PartId, &OutboundPart> = documents()
        .flat_map(|document| &document.outbound)
        .filter_map(|part| Some((part.id?, part)))
        .collect();
    let mut waiting: BTreeMap<TypeId, BTreeSet<AttrId>> = BTreeMap::new();
    for part in &mut set.inbound {
        let Some(document) = inbound.get(&part.id) else {
            continue;
        };
        let any = |attrs| unread.any(part.directory, &document.object_type, &attrs);
        let scope = document
            .scope
            .as_ref()
            .is_some_and(|rule| any(in_rule(rule)));
        let mut pairs = document.match_groups.iter().flatten();
        let keys = pairs.any(|pair| any(in_key(&pair.source)));
        let flows = document.flows.iter().enumerate();
        let flows: BTreeSet<usize> = flows
            .filter(|(_, flow)| any(in_flow(flow)))
            .map(|(n, _)| n)
            .collect();
        let unsure = part.flows.iter().enumerate();
        let unsure = unsure.filter(|(n, _)| scope || flows.contains(n));
        let to = unsure.map(|(_, flow)| flow.to);
        waiting.entry(part.mv_type).or_default().extend(to);
        part.unread = UnreadIn {
            scope,
            links: scope || keys || !flows.is_empty(),
            flows,
        };
    }
    let attrs = &set.attrs;
    let none = BTreeSet::new();
    let of = |mv_type: TypeId, names: BTreeSet<AttrName>| -> BTreeSet<AttrId> {
        let waiting = waiting.get(&mv_type).unwrap_or(&none);
        let ids = names.iter().filter_map(|name| attrs.id(name));
        ids.filter(|id| waiting.contains(id)).collect()
    };
    for part in &mut set.inbound {
        let pairs = inbound.get(&part.id).into_iter();
        let mut pairs = pairs.flat_map(|document| document.match_groups.iter().flatten());
        part.unread.links |= pairs.any(|p| !of(part.mv_type, in_key(&p.metaverse)).is_empty());
    }
    for part in &mut set.outbound {
        let Some(document) = outbound.get(&part.id) else {
            continue;
        };
        let any = |attrs| unread.any(part.directory, &document.object_type, &attrs);
        let pairs = || document.match_groups.iter().flatten();
        let disable = document.disable.iter();
        let names = document
            .dn
            .iter()
            .chain(disable.clone().flat_map(|d| &d.dn));
        let rules = document.scope.iter().chain(names).map(in_rule);
        let decides = rules.chain(pairs().map(|pair| in_key(&pair.metaverse)));
        let decides = decides.chain(disable.flat_map(|d| &d.flows).map(in_flow));
        let flows = || document.flows.iter().enumerate();
        let reads = flows().map(|(n, flow)| (n, of(part.mv_type, in_flow(flow))));
        part.unread = UnreadOut {
            target_keys: pairs().any(|pair| any(in_key(&pair.target))),
            flows: flows()
                .filter(|(_, flow)| any(in_target(flow)))
                .map(|(n, _)| n)
                .collect(),
            decides: decides.flat_map(|names| of(part.mv_type, names)).collect(),
            reads: reads.filter(|(_, reads)| !reads.is_empty()).collect(),
        };
    }
}
