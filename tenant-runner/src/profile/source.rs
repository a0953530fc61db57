//! A profile as source for the compiler: one part one program, computed keys over the other side one more.
//!
//! Invariants: equal profiles and schemas give equal requests; every expression of the document is in
//! exactly one place of the request, and every diagnostic finds its way back to a JSON pointer.

use std::collections::BTreeMap;

use syncline_model::profile::{Disable, Expr, Flow, FlowOrigin, Key, OnError, Profile, Rule};
use syncline_model::rules::{self, AttrType, Dialect, RuleType};
use syncline_model::schema::TypeDef;
use syncline_model::{DirectoryId, ValueType};
use syncline_rules::request::{CompileRequest, ExprSource, FlowText, PartKind, PartSource, Schema};

use super::schemas::Schemas;

/// Which program of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Scope, own keys, DN and flows.
    Own,
    /// Computed keys over the other side of the match.
    Other,
    /// What an outbound part disables with.
    Disable,
}

/// Where a part stands in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartRef {
    /// Inbound or outbound.
    pub inbound: bool,
    /// Its index in that list.
    pub index: usize,
}

impl PartRef {
    /// The JSON pointer of the part.
    pub fn pointer(self) -> String {
        format!(
            "/{}/{}",
            if self.inbound { "inbound" } else { "outbound" },
            self.index
        )
    }
}

/// A profile's programs as source, with the way back from an answer to the document.
#[derive(Debug, Clone)]
pub struct ProfileSource {
    /// What the compiler is asked.
    pub request: CompileRequest,
    /// For each part of the request: whose program it is.
    pub programs: Vec<(PartRef, Side)>,
    /// For each part of the request: the pointers of its keys.
    pub keys: Vec<Vec<String>>,
}

/// The programs of a profile. Parts whose object types are unknown are left out: the check names them.
pub fn source(profile: &Profile, schemas: &Schemas) -> ProfileSource {
    let schemas = schemas.of(profile);
    let mut out = ProfileSource {
        request: CompileRequest {
            parts: Vec::new(),
            resources: Default::default(),
            strict: profile.strict,
            programs_of: None,
        },
        programs: Vec::new(),
        keys: Vec::new(),
    };
    for (index, part) in profile.inbound.iter().enumerate() {
        let at = PartRef {
            inbound: true,
            index,
        };
        let (Some(source), Some(metaverse)) = (
            schemas.directory_type(part.directory, &part.object_type),
            schemas.metaverse_type(&part.metaverse_type),
        ) else {
            continue;
        };
        let own = part.match_groups.iter().enumerate().flat_map(|(g, group)| {
            group.iter().enumerate().map(move |(p, pair)| {
                (
                    &pair.source,
                    format!("{}/match/{g}/{p}/source", at.pointer()),
                )
            })
        });
        let other = part.match_groups.iter().enumerate().flat_map(|(g, group)| {
            group.iter().enumerate().map(move |(p, pair)| {
                (
                    &pair.metaverse,
                    format!("{}/match/{g}/{p}/metaverse", at.pointer()),
                )
            })
        });
        out.own(
            at,
            PartKind::Inbound,
            source,
            metaverse,
            part.scope.as_ref(),
            own,
            None,
            &part.flows,
        );
        out.other(at, metaverse, other);
    }
    for (index, part) in profile.outbound.iter().enumerate() {
        let at = PartRef {
            inbound: false,
            index,
        };
        let (Some(target), Some(metaverse)) = (
            schemas.directory_type(part.directory, &part.object_type),
            schemas.metaverse_type(&part.metaverse_type),
        ) else {
            continue;
        };
        let own = part.match_groups.iter().enumerate().flat_map(|(g, group)| {
            group.iter().enumerate().map(move |(p, pair)| {
                (
                    &pair.metaverse,
                    format!("{}/match/{g}/{p}/metaverse", at.pointer()),
                )
            })
        });
        let other = part.match_groups.iter().enumerate().flat_map(|(g, group)| {
            group.iter().enumerate().map(move |(p, pair)| {
                (
                    &pair.target,
                    format!("{}/match/{g}/{p}/target", at.pointer()),
                )
            })
        });
        out.own(
            at,
            PartKind::Outbound,
            metaverse,
            target,
            part.scope.as_ref(),
            own,
            part.dn.as_ref(),
            &part.flows,
        );
        out.other(at, target, other);
        if let Some(disable) = &part.disable {
            out.disable(at, metaverse, target, disable);
        }
    }
    out
}

impl ProfileSource {
    #[allow(
        clippy::too_many_arguments,
        reason = "one part's fields, named at the two places that call it"
    )]
    fn own<'a>(
        &mut self,
        at: PartRef,
        kind: PartKind,
        source: &TypeDef,
        target: &TypeDef,
        scope: Option<&Rule>,
        keys: impl Iterator<Item = (&'a Key, String)>,
        dn: Option<&Rule>,
        flows: &[Flow],
    ) {
        let (keys, pointers) = computed(keys);
        self.request.parts.push(PartSource {
            id: format!("{}#own", at.pointer()),
            kind,
            source: attributes(source),
            target: attributes(target),
            target_image: if at.inbound {
                Schema::new()
            } else {
                attributes(target)
            },
            parameters: BTreeMap::new(),
            scope: scope.map(expression),
            keys,
            dn: dn.map(expression),
            flows: flows.iter().map(flow_text).collect(),
        });
        self.programs.push((at, Side::Own));
        self.keys.push(pointers);
    }

    fn other<'a>(
        &mut self,
        at: PartRef,
        over: &TypeDef,
        keys: impl Iterator<Item = (&'a Key, String)>,
    ) {
        let (keys, pointers) = computed(keys);
        if keys.is_empty() {
            return;
        }
        self.request.parts.push(PartSource {
            id: format!("{}#other", at.pointer()),
            kind: PartKind::Keys,
            source: attributes(over),
            target: Schema::new(),
            target_image: Schema::new(),
            parameters: BTreeMap::new(),
            scope: None,
            keys,
            dn: None,
            flows: Vec::new(),
        });
        self.programs.push((at, Side::Other));
        self.keys.push(pointers);
    }

    /// A program of its own, for it has no scope: it is asked of objects that are out of it.
    fn disable(&mut self, at: PartRef, source: &TypeDef, target: &TypeDef, disable: &Disable) {
        self.request.parts.push(PartSource {
            id: format!("{}#disable", at.pointer()),
            kind: PartKind::Outbound,
            source: attributes(source),
            target: attributes(target),
            target_image: Schema::new(),
            parameters: BTreeMap::new(),
            scope: None,
            keys: Vec::new(),
            dn: disable.dn.as_ref().map(expression),
            flows: disable.flows.iter().map(flow_text).collect(),
        });
        self.programs.push((at, Side::Disable));
        self.keys.push(Vec::new());
    }

    /// The JSON pointer of a place that the compiler named in the n-th part of the request, such as
    /// `flows[2].rule.then` or `keys[0]`.
    pub fn pointer(&self, program: usize, path: &str) -> String {
        let (at, side) = self.programs[program];
        // The name of an attribute that a case gives may hold anything.
        let (path, given) = match path.split_once(".input.") {
            Some((path, name)) => (path, Some(name)),
            None => (path, None),
        };
        let mut pointer = String::new();
        for step in path.split(['.', '[', ']']).filter(|s| !s.is_empty()) {
            pointer.push('/');
            pointer.push_str(step);
        }
        if let Some(name) = given {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointer = format!("{pointer}/input/{name}");
        }
        if let Some(rest) = pointer.strip_prefix("/keys/") {
            let key = rest.split('/').next().and_then(|n| n.parse::<usize>().ok());
            if let Some(found) = key.and_then(|n| self.keys[program].get(n)) {
                return found.clone();
            }
        }
        let below = if side == Side::Disable {
            "/disable"
        } else {
            ""
        };
        at.pointer() + below + &pointer
    }
}

/// The keys that are computed, in order, with their pointers. A key that names an attribute needs no program.
fn computed<'a>(keys: impl Iterator<Item = (&'a Key, String)>) -> (Vec<ExprSource>, Vec<String>) {
    keys.filter_map(|(key, pointer)| match key {
        Key::Attr(_) => None,
        Key::Expr(expr) => Some((text(expr), pointer)),
    })
    .unzip()
}

fn text(expr: &Expr) -> ExprSource {
    ExprSource::Expr {
        expr: expr.expr.clone(),
        dialect: expr.dialect.unwrap_or_default(),
    }
}

fn expression(rule: &Rule) -> ExprSource {
    match rule {
        Rule::Expr(expr) => text(expr),
        Rule::If(_) => ExprSource::Rule {
            rule: serde_json::to_value(rule).unwrap_or_default(),
            dialect: Dialect::default(),
        },
    }
}

fn flow_text(flow: &Flow) -> FlowText {
    let (mut from, mut expr, mut rule) = (None, None, None);
    match flow.origin() {
        Some(FlowOrigin::Attr(attr)) => from = Some(attr.as_str().to_owned()),
        Some(FlowOrigin::Expr(text)) => expr = Some(text.to_owned()),
        Some(FlowOrigin::Rule(tree)) => rule = serde_json::to_value(tree).ok(),
        None => {}
    }
    let on_error = match flow.on_error {
        OnError::FailObject => rules::OnError::FailObject,
        OnError::KeepCurrent => rules::OnError::KeepCurrent,
        OnError::Null => rules::OnError::Null,
    };
    FlowText {
        to: flow.to.as_str().to_owned(),
        from,
        expr,
        rule,
        dialect: flow.dialect,
        default: flow.default.clone(),
        on_error,
        picks: flow.pick.is_some(),
        cases: flow.cases.clone(),
    }
}

/// Every directory that a profile names, sources and targets.
pub fn directories(profile: &Profile) -> std::collections::BTreeSet<DirectoryId> {
    let inbound = profile.inbound.iter().map(|part| part.directory);
    inbound
        .chain(profile.outbound.iter().map(|part| part.directory))
        .collect()
}

/// The attributes of an object type, as rules see them.
pub fn attributes(object_type: &TypeDef) -> Schema {
    let attr = |def: &syncline_model::schema::AttrDef| AttrType {
        ty: rule_type(def.value_type),
        nullable: !def.required,
        multi: def.multi,
    };
    object_type
        .attrs
        .iter()
        .map(|(name, def)| (name.as_str().to_owned(), attr(def)))
        .collect()
}

/// The type that rules see.
pub const fn rule_type(value_type: ValueType) -> RuleType {
    match value_type {
        ValueType::String => RuleType::String,
        ValueType::Integer => RuleType::Long,
        ValueType::Boolean => RuleType::Bool,
        ValueType::Binary => RuleType::Binary,
        ValueType::Datetime => RuleType::Date,
        ValueType::Guid => RuleType::Guid,
        ValueType::Reference => RuleType::Reference,
    }
}
