//! From profile documents and schemas to a [`RuleSet`].
//!
//! Invariants: reads only its arguments; names that are new are interned into the given tables, which the
//! caller stores before use; what does not resolve is left out and reported by [`super::check()`].

use sha2::{Digest, Sha256};
use syncline_model::attrs::{AttrId, AttrTable};
use syncline_model::metaverse;
use syncline_model::object::{KeyId, TypeId, TypeTable};
use syncline_model::profile::{self, Flow, FlowOrigin, Key, Profile};
use syncline_model::schema::Schema;
use syncline_model::value::ValueType;
use syncline_model::{DirectoryId, ProfileId};

use super::unread::{self, AttrsByType, UnreadIn, UnreadOut};
use super::{
    AttrRules, Directory, Disabling, FlowRef, FlowSource, Group, InFlow, Inbound, KeySource,
    MvType, OtherKey, OutFlow, Outbound, RuleSet, TypeRules,
};

/// A day, in seconds.
pub(crate) const DAY_S: i64 = 24 * 3600;

/// An active profile version.
#[derive(Debug, Clone, Copy)]
pub struct ProfileConfig<'a> {
    /// Its id.
    pub id: ProfileId,
    /// The document; its parts have ids.
    pub document: &'a Profile,
}

/// A directory and what it can hold.
#[derive(Debug, Clone, Copy)]
pub struct DirectoryConfig<'a> {
    /// Its id.
    pub id: DirectoryId,
    /// As its connector described it.
    pub schema: &'a Schema,
    /// Whether one complete full import was read.
    pub baseline: bool,
    /// After how many contradictions a value is not exported any more (D-48).
    pub contest_limit: u8,
    /// What its last complete import read of each type; `None`: all there is.
    pub read: Option<&'a AttrsByType>,
}

/// Compiles the active configuration. Profiles come in the order of their precedence, directories likewise.
pub fn build(
    profiles: &[ProfileConfig<'_>],
    directories: &[DirectoryConfig<'_>],
    attrs: &mut AttrTable,
    types: &mut TypeTable,
) -> RuleSet {
    let mut set = RuleSet::default();
    for (precedence, config) in (0u32..).zip(directories) {
        set.directories
            .insert(config.id, directory(config, precedence, attrs, types));
    }
    for config in profiles {
        for part in &config.document.inbound {
            if let Some(part) = inbound(config.id, part, &set, attrs, types) {
                set.inbound.push(part);
            }
        }
    }
    let references = reference_attrs(&set);
    for config in profiles {
        for part in &config.document.outbound {
            if let Some(part) = outbound(config.id, part, &references, attrs, types) {
                set.outbound.push(part);
            }
        }
    }
    index(&mut set);
    for config in profiles {
        for (name, rule) in &config.document.deletion {
            let mv_type = types.intern(name);
            if let Some(mv_type) = set.mv.get_mut(&mv_type) {
                mv_type.deletion = rule.clone();
            }
        }
    }
    set.attrs = attrs.clone();
    set.types = types.clone();
    for config in profiles {
        single_values(&mut set, &metaverse::with(&config.document.metaverse));
    }
    unread::mark(&mut set, profiles, directories);
    set
}

fn directory(
    config: &DirectoryConfig<'_>,
    precedence: u32,
    attrs: &mut AttrTable,
    types: &mut TypeTable,
) -> Directory {
    let types = config
        .schema
        .types
        .values()
        .map(|def| {
            let rules = def.attrs.values().map(|attr| {
                let rules = AttrRules {
                    multi: attr.multi,
                    reference: attr.value_type == ValueType::Reference,
                    required: attr.required && attr.writable,
                    confirmation: attr.confirmation,
                    sensitive: attr.sensitive,
                };
                (attrs.intern(&attr.name), rules)
            });
            let rules = TypeRules {
                attrs: rules.collect(),
                rdn_attr: None,
                named: def.rdn_attr.is_some(),
                unique: def.unique.as_ref().map(|name| attrs.intern(name)),
            };
            let rdn_attr = def
                .rdn_attr
                .as_ref()
                .map(|name| attrs.intern(&name.as_str().into()));
            (types.intern(&def.name), TypeRules { rdn_attr, ..rules })
        })
        .collect();
    Directory {
        precedence,
        baseline: config.baseline,
        contest_limit: config.contest_limit,
        types,
    }
}

/// Attributes of metaverse types that hold references, because a reference flows into them.
fn reference_attrs(set: &RuleSet) -> std::collections::BTreeSet<(TypeId, AttrId)> {
    set.inbound
        .iter()
        .flat_map(|part| part.flows.iter().map(move |flow| (part.mv_type, flow)))
        .filter(|(_, flow)| matches!(flow.source, FlowSource::Reference(_)))
        .map(|(mv_type, flow)| (mv_type, flow.to))
        .collect()
}

fn inbound(
    profile: ProfileId,
    part: &profile::InboundPart,
    set: &RuleSet,
    attrs: &mut AttrTable,
    types: &mut TypeTable,
) -> Option<Inbound> {
    let object_type = types.intern(&part.object_type);
    let mv_type = types.intern(&part.metaverse_type);
    let schema = set
        .directories
        .get(&part.directory)?
        .types
        .get(&object_type);
    let is_reference = |attr: AttrId| {
        schema
            .and_then(|t| t.attrs.get(&attr))
            .is_some_and(|rules| rules.reference)
    };
    let own_side = format!("cs {} {}", part.directory, part.object_type);
    let other_side = format!("mv {}", part.metaverse_type);
    let mut groups = Groups::new(&own_side, &other_side);
    for pairs in &part.match_groups {
        groups.push(
            pairs.iter().map(|pair| (&pair.source, &pair.metaverse)),
            attrs,
        );
    }
    let flows = part.flows.iter().map(|flow| InFlow {
        to: attrs.intern(&flow.to),
        source: source(flow, attrs, is_reference),
        on_error: flow.on_error,
        merge: flow.merge,
        retain: flow.retain,
        pick: flow.pick,
    });
    let flows = flows.collect();
    Some(Inbound {
        id: part.id?,
        profile,
        directory: part.directory,
        object_type,
        mv_type,
        link: part.link,
        groups: groups.done,
        flows,
        unread: UnreadIn::default(),
    })
}

fn outbound(
    profile: ProfileId,
    part: &profile::OutboundPart,
    references: &std::collections::BTreeSet<(TypeId, AttrId)>,
    attrs: &mut AttrTable,
    types: &mut TypeTable,
) -> Option<Outbound> {
    let object_type = types.intern(&part.object_type);
    let mv_type = types.intern(&part.metaverse_type);
    let own_side = format!("mv {}", part.metaverse_type);
    let other_side = format!("cs {} {}", part.directory, part.object_type);
    let mut groups = Groups::new(&own_side, &other_side);
    for pairs in &part.match_groups {
        groups.push(
            pairs.iter().map(|pair| (&pair.metaverse, &pair.target)),
            attrs,
        );
    }
    let is_reference = |attr: AttrId| references.contains(&(mv_type, attr));
    let mut out_flows = |flows: &[Flow]| -> Vec<OutFlow> {
        let flow = |flow: &Flow| OutFlow {
            to: attrs.intern(&flow.to),
            source: source(flow, attrs, is_reference),
            mode: flow.mode,
            on_error: flow.on_error,
            pick: flow.pick,
        };
        flows.iter().map(flow).collect()
    };
    let flows = out_flows(&part.flows);
    let disable = part.disable.as_ref().map(|disable| Disabling {
        flows: out_flows(&disable.flows),
        named: disable.dn.is_some(),
        delete_after_s: disable
            .delete_after_days
            .map(|days| i64::from(days) * DAY_S),
    });
    Some(Outbound {
        id: part.id?,
        profile,
        directory: part.directory,
        object_type,
        mv_type,
        action: part.action,
        groups: groups.done,
        named: part.dn.is_some(),
        flows,
        deprovision: part.deprovision,
        adopt_on_conflict: part.adopt_on_conflict,
        delete_adopted: part.delete_adopted,
        disable,
        password: part.initial_password.clone(),
        unread: UnreadOut::default(),
    })
}

fn source(flow: &Flow, attrs: &mut AttrTable, is_reference: impl Fn(AttrId) -> bool) -> FlowSource {
    match flow.origin() {
        Some(FlowOrigin::Attr(name)) => {
            let attr = attrs.intern(name);
            if is_reference(attr) {
                FlowSource::Reference(attr)
            } else {
                FlowSource::Attr(attr)
            }
        }
        _ => FlowSource::Computed,
    }
}

/// Match groups in the making: counts the computed keys of each side over the whole part.
struct Groups<'a> {
    own_side: &'a str,
    other_side: &'a str,
    own_computed: u32,
    other_computed: u32,
    done: Vec<Group>,
}

impl<'a> Groups<'a> {
    fn new(own_side: &'a str, other_side: &'a str) -> Self {
        Self {
            own_side,
            other_side,
            own_computed: 0,
            other_computed: 0,
            done: Vec::new(),
        }
    }

    fn push<'k>(
        &mut self,
        pairs: impl Iterator<Item = (&'k Key, &'k Key)> + Clone,
        attrs: &mut AttrTable,
    ) {
        let group = Group {
            own_key: key_id(self.own_side, pairs.clone().map(|(own, _)| own)),
            other_key: key_id(self.other_side, pairs.clone().map(|(_, other)| other)),
            own: pairs
                .clone()
                .map(|(own, _)| side(own, attrs, &mut self.own_computed))
                .collect(),
            other: pairs
                .map(|(_, other)| side(other, attrs, &mut self.other_computed))
                .collect(),
        };
        self.done.push(group);
    }
}

fn side(key: &Key, attrs: &mut AttrTable, computed: &mut u32) -> KeySource {
    match key {
        Key::Attr(name) => KeySource::Attr(attrs.intern(name)),
        Key::Expr(_) => {
            *computed += 1;
            KeySource::Computed(*computed - 1)
        }
    }
}

/// The number of a key definition: the first 63 bits of a hash of its side and texts, above the reserved ones.
fn key_id<'k>(side: &str, keys: impl Iterator<Item = &'k Key>) -> KeyId {
    let mut hasher = Sha256::new_with_prefix(b"syncline key 1");
    let mut put = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    put(side);
    for key in keys {
        match key {
            Key::Attr(name) => {
                put("attr");
                put(&name.as_str().to_ascii_lowercase());
            }
            Key::Expr(expr) => {
                put(expr.dialect.unwrap_or_default().as_str());
                put(&expr.expr);
            }
        }
    }
    let digest = hasher.finalize();
    let head = u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
    KeyId((head >> 1 | 1 << 33).cast_signed())
}

/// Notes which attributes of the metaverse take one value; one that its schema does not name takes what comes.
fn single_values(set: &mut RuleSet, schema: &Schema) {
    for (mv_type, entry) in &mut set.mv {
        let Some(name) = set.types.name(*mv_type) else {
            continue;
        };
        let single = |attr: &&AttrId| {
            let def = set.attrs.name(**attr).and_then(|a| schema.attr(name, a));
            def.is_some_and(|def| !def.multi)
        };
        let single: Vec<AttrId> = entry.flows.keys().filter(single).copied().collect();
        entry.single.extend(single);
    }
}

/// Fills the per-type tables: flows by attribute in precedence order, and the keys that inbound parts look up.
fn index(set: &mut RuleSet) {
    let mut mv: std::collections::BTreeMap<TypeId, MvType> = std::collections::BTreeMap::new();
    for (part, inbound) in set.inbound.iter().enumerate() {
        let entry = mv.entry(inbound.mv_type).or_default();
        for (flow, def) in inbound.flows.iter().enumerate() {
            entry
                .flows
                .entry(def.to)
                .or_default()
                .push(FlowRef { part, flow });
        }
        for (group, def) in inbound.groups.iter().enumerate() {
            if entry.keys.iter().all(|known| known.key != def.other_key) {
                entry.keys.push(OtherKey {
                    key: def.other_key,
                    part,
                    group,
                });
            }
        }
    }
    for outbound in &set.outbound {
        mv.entry(outbound.mv_type).or_default();
    }
    for entry in mv.values_mut() {
        // Mixing is refused when a profile is saved; where it is there all the same, the strongest flow decides.
        let merges = |one: &FlowRef| set.inbound[one.part].flows[one.flow].merge;
        let merged = entry.flows.iter().filter(|(_, all)| all.iter().all(merges));
        entry.merged = merged.map(|(attr, _)| *attr).collect();
    }
    set.mv = mv;
}
