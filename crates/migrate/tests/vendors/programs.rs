//! The parts of a drafted profile as the rule compiler takes them.

use std::collections::BTreeMap;

use syncline_model::profile::{Expr, Flow, FlowOrigin, Key, Profile, Rule};
use syncline_model::rules::{AttrType, Dialect, OnError, RuleType};
use syncline_model::schema::{Schema, TypeDef};
use syncline_model::{DirectoryId, ValueType, metaverse};
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::{
    CompileRequest, ExprSource, FlowText, PartKind, PartSource, Schema as Attrs,
};

/// Which program of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Scope, own keys, name and flows.
    Own,
    /// Keys over the other side.
    Other,
}

/// A compiled program: the pointer of its part, which side, and the program.
pub struct Program {
    pub pointer: String,
    pub side: Side,
    pub checked: CheckedPart,
    /// Pointers of its keys.
    pub keys: Vec<String>,
}

impl Program {
    /// The pointer of a place that the compiler names.
    pub fn place(&self, path: &str) -> String {
        let steps: Vec<&str> = path
            .split(['.', '[', ']'])
            .filter(|s| !s.is_empty())
            .collect();
        if let ["keys", n, ..] = steps.as_slice() {
            return self.keys[n.parse::<usize>().unwrap()].clone();
        }
        format!("{}/{}", self.pointer, steps.join("/"))
    }
}

/// Compiles every part of a profile.
pub fn compile(profile: &Profile, schemas: &BTreeMap<DirectoryId, Schema>) -> Vec<Program> {
    let known = metaverse::with(&profile.metaverse);
    let mut made = Vec::new();
    for (n, part) in profile.inbound.iter().enumerate() {
        let pointer = format!("/inbound/{n}");
        let source = &schemas[&part.directory].types[&part.object_type];
        let target = &known.types[&part.metaverse_type];
        let groups = part
            .match_groups
            .iter()
            .map(|g| g.iter().map(|p| (&p.source, &p.metaverse)).collect());
        let keys = keys(&pointer, groups, ("source", "metaverse"));
        let own = own(
            PartKind::Inbound,
            source,
            target,
            part.scope.as_ref(),
            None,
            &part.flows,
        );
        put(&mut made, pointer, own, keys, target);
    }
    for (n, part) in profile.outbound.iter().enumerate() {
        let pointer = format!("/outbound/{n}");
        let source = &known.types[&part.metaverse_type];
        let target = &schemas[&part.directory].types[&part.object_type];
        let groups = part
            .match_groups
            .iter()
            .map(|g| g.iter().map(|p| (&p.metaverse, &p.target)).collect());
        let keys = keys(&pointer, groups, ("metaverse", "target"));
        let own = own(
            PartKind::Outbound,
            source,
            target,
            part.scope.as_ref(),
            part.dn.as_ref(),
            &part.flows,
        );
        put(&mut made, pointer, own, keys, target);
    }
    let mut request = CompileRequest {
        parts: made.iter().map(|(_, _, _, part)| part.clone()).collect(),
        resources: Default::default(),
        strict: false,
        programs_of: None,
    };
    request.resources.parameters = profile.parameters.clone();
    let (checked, _) = part::check_all(&request);
    let programs = made.into_iter().zip(checked);
    programs
        .map(|((pointer, side, keys, _), checked)| Program {
            pointer,
            side,
            checked,
            keys,
        })
        .collect()
}

type Made = (String, Side, Vec<String>, PartSource);
type Computed = Vec<(ExprSource, String)>;

fn put(
    made: &mut Vec<Made>,
    pointer: String,
    mut own: PartSource,
    (ours, theirs): (Computed, Computed),
    other: &TypeDef,
) {
    let pointers = ours.iter().map(|(_, at)| at.clone()).collect();
    own.keys = ours.into_iter().map(|(text, _)| text).collect();
    own.id.clone_from(&pointer);
    made.push((pointer.clone(), Side::Own, pointers, own));
    if theirs.is_empty() {
        return;
    }
    let pointers = theirs.iter().map(|(_, at)| at.clone()).collect();
    let mut part = empty(PartKind::Keys, other);
    part.id = format!("{pointer}#other");
    part.keys = theirs.into_iter().map(|(text, _)| text).collect();
    made.push((pointer, Side::Other, pointers, part));
}

fn keys<'k>(
    pointer: &str,
    groups: impl Iterator<Item = Vec<(&'k Key, &'k Key)>>,
    names: (&str, &str),
) -> (Computed, Computed) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (g, group) in groups.enumerate() {
        for (p, (own, other)) in group.into_iter().enumerate() {
            let at = |name: &str| format!("{pointer}/match/{g}/{p}/{name}");
            if let Key::Expr(expr) = own {
                ours.push((text(expr), at(names.0)));
            }
            if let Key::Expr(expr) = other {
                theirs.push((text(expr), at(names.1)));
            }
        }
    }
    (ours, theirs)
}

fn empty(kind: PartKind, source: &TypeDef) -> PartSource {
    PartSource {
        id: String::new(),
        kind,
        source: attributes(source),
        target: Attrs::new(),
        target_image: Attrs::new(),
        parameters: BTreeMap::new(),
        scope: None,
        keys: Vec::new(),
        dn: None,
        flows: Vec::new(),
    }
}

fn own(
    kind: PartKind,
    source: &TypeDef,
    target: &TypeDef,
    scope: Option<&Rule>,
    dn: Option<&Rule>,
    flows: &[Flow],
) -> PartSource {
    PartSource {
        target: attributes(target),
        scope: scope.map(rule),
        dn: dn.map(rule),
        flows: flows.iter().map(flow).collect(),
        ..empty(kind, source)
    }
}

fn rule(rule: &Rule) -> ExprSource {
    match rule {
        Rule::Expr(expr) => text(expr),
        Rule::If(_) => ExprSource::Rule {
            rule: serde_json::to_value(rule).unwrap(),
            dialect: Dialect::default(),
        },
    }
}

fn text(expr: &Expr) -> ExprSource {
    ExprSource::Expr {
        expr: expr.expr.clone(),
        dialect: expr.dialect.unwrap_or_default(),
    }
}

fn flow(flow: &Flow) -> FlowText {
    let (mut from, mut expr, mut rule) = (None, None, None);
    match flow.origin() {
        Some(FlowOrigin::Attr(name)) => from = Some(name.as_str().to_owned()),
        Some(FlowOrigin::Expr(text)) => expr = Some(text.to_owned()),
        Some(FlowOrigin::Rule(tree)) => rule = serde_json::to_value(tree).ok(),
        None => panic!("{flow:?} comes from nowhere"),
    }
    FlowText {
        to: flow.to.as_str().to_owned(),
        from,
        expr,
        rule,
        dialect: flow.dialect,
        default: None,
        on_error: OnError::FailObject,
        cases: Vec::new(),
        picks: false,
    }
}

fn attributes(object_type: &TypeDef) -> Attrs {
    let attr = |value_type| match value_type {
        ValueType::String => RuleType::String,
        ValueType::Integer => RuleType::Long,
        ValueType::Boolean => RuleType::Bool,
        ValueType::Binary => RuleType::Binary,
        ValueType::Datetime => RuleType::Date,
        ValueType::Guid => RuleType::Guid,
        ValueType::Reference => RuleType::Reference,
    };
    let of = |def: &syncline_model::schema::AttrDef| AttrType {
        ty: attr(def.value_type),
        nullable: !def.required,
        multi: def.multi,
    };
    object_type
        .attrs
        .values()
        .map(|def| (def.name.as_str().to_owned(), of(def)))
        .collect()
}
