//! Stored things as people read them: values as text, operations with before, after and the deciding rule.
//!
//! Invariants: values are cut to what a person can read and counted in full; binary is shown as base64;
//! the deciding rule is shown as it was written in the version that holds.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use syncline_engine::pattern::Kind;
use syncline_model::contributors::{Contributors, Share};
use syncline_model::object::{CsObject, TypeTable};
use syncline_model::plan::{AttrChange, Blocked, Intent, Place, PlannedOp, Verb};
use syncline_model::profile::{Flow, FlowOrigin, Profile, Rule};
use syncline_model::{AttrName, AttrTable, CsId, MvId, PartId, Value, Values};
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;

use crate::http::fingerprint;
use crate::resource::object::{AttributeValues, ContributionView, ObjectSummary};
use crate::resource::password::PlannedPassword;
use crate::resource::what_if::{AttributeChange, PlannedOperation};

/// Values of an attribute that are shown.
pub const VALUES_SHOWN: usize = 100;
/// Characters of a value that are shown.
const TEXT_SHOWN: usize = 2_000;

/// A value as text.
pub fn text(value: &Value) -> String {
    match value {
        Value::Text(text) if text.chars().count() > TEXT_SHOWN => {
            let mut cut: String = text.chars().take(TEXT_SHOWN).collect();
            cut.push('…');
            cut
        }
        Value::Text(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Bytes(bytes) if bytes.len() > TEXT_SHOWN => {
            format!(
                "{}… ({} bytes)",
                BASE64.encode(&bytes[..TEXT_SHOWN / 4 * 3]),
                bytes.len()
            )
        }
        Value::Bytes(bytes) => BASE64.encode(bytes),
        Value::Time(ticks) => instant(*ticks),
        Value::Guid(guid) => syncline_model::Anchor::Guid(*guid).to_string(),
    }
}

/// Ticks of 100 ns since the year 1 as RFC 3339.
fn instant(ticks: i64) -> String {
    const UNIX_EPOCH_TICKS: i128 = 621_355_968_000_000_000;
    let nanos = (i128::from(ticks) - UNIX_EPOCH_TICKS) * 100;
    let at = time::OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    at.and_then(|at| {
        at.format(&time::format_description::well_known::Rfc3339)
            .ok()
    })
    .unwrap_or_else(|| ticks.to_string())
}

/// The first values of a set as text.
pub fn texts(values: &Values) -> Vec<String> {
    values.iter().take(VALUES_SHOWN).map(text).collect()
}

/// An object's name for people: what it calls itself, or its id.
pub fn name(object: &CsObject, attrs: &AttrTable) -> String {
    own_name(object, attrs).unwrap_or_else(|| object.row.id.to_string())
}

/// Its display name, its RDN, the name it signs in with, or the key that people gave it, such as an employee's number.
fn own_name(object: &CsObject, attrs: &AttrTable) -> Option<String> {
    let text = |name: &str| {
        let values = object.body.attrs.get(attrs.id(&AttrName::new(name))?)?;
        values.iter().next()?.as_text().map(str::to_owned)
    };
    let rdn = || {
        let rdn = object.body.rdn.as_ref()?;
        let rdn = rdn.parse::<syncline_model::Rdn>().ok()?;
        Some(rdn.value().to_owned())
    };
    text("displayName")
        .or_else(rdn)
        .or_else(|| text("userPrincipalName"))
        .or_else(|| match &object.body.anchor {
            Some(syncline_model::Anchor::Text(key)) => Some(key.to_string()),
            _ => None,
        })
}

/// An object in a list.
pub fn summary(
    object: &CsObject,
    types: &TypeTable,
    attrs: &AttrTable,
    dns: &BTreeMap<CsId, String>,
) -> ObjectSummary {
    ObjectSummary {
        id: object.row.id,
        directory: object.row.directory,
        object_type: object
            .row
            .object_type
            .and_then(|t| types.name(t))
            .unwrap_or_default()
            .to_owned(),
        name: name(object, attrs),
        dn: dns.get(&object.row.id).cloned(),
        anchor: object.body.anchor.as_ref().map(ToString::to_string),
        metaverse_object: object.row.link.map(|l| l.mv),
    }
}

/// What outbound rules want an object to hold.
pub fn intended(intent: &Intent, attrs: &AttrTable) -> Vec<AttributeValues> {
    let shown = intent.attrs.iter().filter_map(|managed| {
        let name = attrs.name(managed.attr)?.clone();
        let values = managed.values.as_ref().map(texts).unwrap_or_default();
        let count = managed.values.as_ref().map_or(0, Values::len) as i64;
        Some(AttributeValues {
            name,
            values,
            count,
        })
    });
    shown.collect()
}

/// Names of metaverse objects for people.
pub async fn mv_names(
    read: &mut TenantRead,
    ids: &[MvId],
    attrs: &AttrTable,
) -> Result<BTreeMap<MvId, String>, StoreError> {
    let wanted: Vec<_> = ["displayName", "cn", "mail"]
        .iter()
        .filter_map(|n| attrs.id(&AttrName::new(n)))
        .collect();
    let objects = read.mv_objects(ids).await?;
    let name = |object: &syncline_model::object::MvObject| {
        let value = wanted.iter().find_map(|id| object.body.get(*id))?;
        value.values.iter().next().map(text)
    };
    Ok(objects
        .iter()
        .filter_map(|o| Some((o.id, name(o)?)))
        .collect())
}

/// Every rule of the profiles that hold, as written.
pub struct Rules {
    parts: BTreeMap<PartId, Vec<String>>,
    types: BTreeMap<PartId, String>,
}

impl Rules {
    /// Loads them.
    pub async fn load(read: &mut TenantRead) -> Result<Self, StoreError> {
        Ok(Self::of(read.profiles().await?.iter().map(|p| &p.doc)))
    }

    /// Of these documents.
    pub fn of<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Self {
        let (mut parts, mut types) = (BTreeMap::new(), BTreeMap::new());
        for profile in profiles {
            let inbound = profile.inbound.iter().map(|p| (p.id, &p.object_type));
            let outbound = profile.outbound.iter().map(|p| (p.id, &p.object_type));
            let named = inbound.chain(outbound);
            types.extend(named.filter_map(|(id, name)| Some((id?, name.clone()))));
            let inbound = profile.inbound.iter();
            let inbound = inbound.map(|p| (p.id, p.flows.iter().collect::<Vec<_>>()));
            // What a part disables with is numbered behind its own flows.
            let outbound = profile.outbound.iter().map(|p| {
                let disabling = p.disable.iter().flat_map(|disable| &disable.flows);
                (p.id, p.flows.iter().chain(disabling).collect())
            });
            for (id, flows) in inbound.chain(outbound) {
                if let Some(id) = id {
                    parts.insert(id, flows.into_iter().map(written).collect());
                }
            }
        }
        Self { parts, types }
    }

    /// The object type of its directory that a part is about.
    pub fn object_type(&self, part: PartId) -> Option<&str> {
        self.types.get(&part).map(String::as_str)
    }

    /// A flow of a part, as written.
    pub fn text(&self, part: PartId, flow: u16) -> Option<String> {
        self.parts.get(&part)?.get(usize::from(flow)).cloned()
    }
}

fn written(flow: &Flow) -> String {
    match flow.origin() {
        Some(FlowOrigin::Attr(attr)) => attr.to_string(),
        Some(FlowOrigin::Expr(expr)) => expr.to_owned(),
        Some(FlowOrigin::Rule(Rule::Expr(expr))) => expr.expr.clone(),
        Some(FlowOrigin::Rule(tree)) => serde_json::to_string(tree).unwrap_or_default(),
        None => String::new(),
    }
}

/// Planned operations with names, places and reasons.
pub async fn operations(
    read: &mut TenantRead,
    rules: &Rules,
    types: &TypeTable,
    attrs: &AttrTable,
    ops: Vec<PlannedOp>,
) -> Result<Vec<PlannedOperation>, StoreError> {
    let mut ids: Vec<CsId> = Vec::new();
    for op in &ops {
        ids.push(op.cs);
        ids.extend(
            op.effect
                .place
                .iter()
                .chain(&op.place_before)
                .map(|p| p.parent),
        );
        for change in &op.changes {
            ids.extend(
                change
                    .added
                    .iter()
                    .chain(&change.removed)
                    .take(2 * VALUES_SHOWN),
            );
            ids.extend(change.source.lineages().map(|giver| giver.cs));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let dns = read.cs_names(&ids).await?;
    let mut names = dns.clone();
    names.extend(called(read, &ids, &dns, attrs).await?);
    Ok(ops
        .into_iter()
        .map(|op| operation(op, rules, types, &dns, &names))
        .collect())
}

/// What people call the objects that have no distinguished name: those of flat directories.
async fn called(
    read: &mut TenantRead,
    ids: &[CsId],
    dns: &BTreeMap<CsId, String>,
    attrs: &AttrTable,
) -> Result<BTreeMap<CsId, String>, StoreError> {
    let nameless: Vec<CsId> = ids
        .iter()
        .copied()
        .filter(|id| !dns.contains_key(id))
        .collect();
    let objects = read.cs_objects(&nameless).await?;
    let linked: Vec<MvId> = objects
        .iter()
        .filter_map(|o| Some(o.row.link?.mv))
        .collect();
    let mvs = mv_names(read, &linked, attrs).await?;
    let name = |object: &CsObject| {
        let own = own_name(object, attrs);
        own.or_else(|| mvs.get(&object.row.link?.mv).cloned())
    };
    Ok(objects
        .iter()
        .filter_map(|object| Some((object.row.id, name(object)?)))
        .collect())
}

fn operation(
    op: PlannedOp,
    rules: &Rules,
    types: &TypeTable,
    dns: &BTreeMap<CsId, String>,
    names: &BTreeMap<CsId, String>,
) -> PlannedOperation {
    let dn_of = |place: &Place| match dns.get(&place.parent) {
        Some(parent) => format!("{},{parent}", place.rdn),
        None => place.rdn.clone(),
    };
    let before = op.place_before.as_ref().map(dn_of);
    let after = op.effect.place.as_ref().map(dn_of);
    let rdn = op
        .effect
        .place
        .as_ref()
        .or(op.place_before.as_ref())
        .and_then(|p| p.rdn.parse::<syncline_model::Rdn>().ok());
    let display = op
        .changes
        .iter()
        .find(|c| c.attr == AttrName::new("displayName"))
        .and_then(|c| c.after.as_ref());
    let display = display.and_then(|v| v.iter().next()).map(text);
    let name = display
        .or_else(|| rdn.map(|rdn| rdn.value().to_owned()))
        .or_else(|| names.get(&op.cs).cloned())
        .unwrap_or_else(|| op.cs.to_string());
    PlannedOperation {
        hash: op.hash,
        directory: op.directory,
        object: op.cs,
        metaverse_object: op.mv,
        name,
        object_type: types.name(op.object_type).unwrap_or_default().to_owned(),
        kind: kind(&op).to_owned(),
        dn_before: before.or_else(|| dns.get(&op.cs).cloned().filter(|_| op.verb() != Verb::Add)),
        dn_after: after,
        initial_password: op.op.password().map(|policy| PlannedPassword {
            recipient: policy.recipient.name.clone(),
            fingerprint: fingerprint(&policy.recipient),
            must_change: policy.must_change,
            disabled_until_handed_over: policy.disabled_until_handed_over,
        }),
        attributes: op
            .changes
            .into_iter()
            .map(|c| change(c, rules, names))
            .collect(),
        blocked: op.blocked.map(|why| blocked(why).to_owned()),
        new_since_approval: false,
    }
}

/// Why an operation would not be sent now.
pub fn blocked(why: Blocked) -> &'static str {
    match why {
        Blocked::Transient => "Another entry took the object's name; it waits for its own entry.",
        Blocked::OutcomeUnknown => {
            "An earlier operation on it has an unknown outcome; it is being looked up."
        }
    }
}

/// What an operation does, in one word.
pub fn kind(op: &PlannedOp) -> &'static str {
    Kind::of(op).word()
}

fn change(change: AttrChange, rules: &Rules, dns: &BTreeMap<CsId, String>) -> AttributeChange {
    let named = |ids: &[CsId]| -> Vec<String> {
        ids.iter()
            .take(VALUES_SHOWN)
            .map(|id| dns.get(id).cloned().unwrap_or_else(|| id.to_string()))
            .collect()
    };
    let set = |values: &Option<Values>| values.as_ref().map(texts).unwrap_or_default();
    let references = change.added.len() + change.removed.len();
    let plain = change
        .before
        .as_ref()
        .map_or(0, Values::len)
        .max(change.after.as_ref().map_or(0, Values::len));
    AttributeChange {
        name: change.attr,
        before: set(&change.before),
        after: set(&change.after),
        added: named(&change.added),
        removed: named(&change.removed),
        changed_values: if references > 0 {
            references as i64
        } else {
            plain as i64
        },
        part: Some(change.part),
        rule: rules.text(change.part, change.flow),
        source: match &change.source {
            Contributors::One(giver) => dns.get(&giver.cs).cloned(),
            Contributors::None | Contributors::Merged(_) => None,
        },
        contributions: contributions(&change.source, rules, dns),
    }
}

/// Who gives which values of a merged attribute.
pub fn contributions(
    givers: &Contributors,
    rules: &Rules,
    names: &BTreeMap<CsId, String>,
) -> Vec<ContributionView> {
    let Contributors::Merged(shares) = givers else {
        return Vec::new();
    };
    let view = |share: &Share| ContributionView {
        values: texts(&share.values),
        part: share.lineage.part,
        rule: rules.text(share.lineage.part, share.lineage.flow),
        source: names.get(&share.lineage.cs).cloned(),
    };
    shares.iter().map(view).collect()
}
