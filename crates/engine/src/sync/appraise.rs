//! Appraising: what the outbound parts say about a metaverse object, kept narrow (scope, keys, name).
//!
//! Invariants: reads metaverse values only, never a target (that comes when values flow); a failing rule
//! is an error of the object, never "out of scope"; missing mandatory attributes are found here, before
//! anything is staged (D-41).

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::object::{KeyHash, Subject, TypeId};
use syncline_model::profile::OnError;
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, MvId};

use super::Context;
use super::observe::{Verdict, rule_error};
use crate::keys;
use crate::rules::{Answer, RowAnswer, RuleRow, RulesFailure, Scope};
use crate::ruleset::{FlowSource, Outbound};

/// What one outbound part says about a metaverse object; the name is not resolved yet.
#[derive(Debug, Clone)]
pub struct Appraised {
    /// The object.
    pub mv: MvId,
    /// Index of the part.
    pub part: usize,
    /// Whether it applies.
    pub verdict: Verdict,
    /// One hash per match group.
    pub keys: Vec<Option<KeyHash>>,
    /// The name the part computes.
    pub dn: Option<Result<Dn, ErrorEntry>>,
    /// Hash of the value that stands in for a name in a flat directory.
    pub unique: Option<KeyHash>,
    /// Mandatory attributes without a value.
    pub missing: Vec<AttrId>,
    /// Errors of scope and keys.
    pub errors: Vec<ErrorEntry>,
    /// Whether what decides about the object is unknown.
    pub waiting: bool,
}

/// What one outbound part wants of a target: narrow, with the name resolved.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The metaverse object.
    pub mv: MvId,
    /// Index of the part.
    pub part: usize,
    /// Whether it applies.
    pub verdict: Verdict,
    /// One hash per match group.
    pub keys: Vec<Option<KeyHash>>,
    /// Where the object is to lie.
    pub name: Name,
    /// Mandatory attributes without a value.
    pub missing: Vec<AttrId>,
    /// Errors of scope, keys and name.
    pub errors: Vec<ErrorEntry>,
}

/// A wanted name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The part names nothing.
    None,
    /// A place in a container that exists.
    At {
        /// The container.
        parent: CsId,
        /// The RDN as text.
        rdn: String,
        /// Hash of the name as imports compare it.
        name: KeyHash,
        /// Hash of the name as the directory keeps it unique.
        unique: KeyHash,
    },
    /// A value that is unique in a flat directory.
    Value {
        /// Its hash.
        unique: KeyHash,
    },
    /// The container does not exist; the hash is of its topmost missing level.
    NoParent {
        /// What to wait for.
        wait: KeyHash,
        /// The container, for the message.
        parent: String,
    },
    /// The rule gave no usable name.
    Bad,
}

impl Name {
    /// What no other object may hold.
    pub fn unique(&self) -> Option<KeyHash> {
        match self {
            Self::At { unique, .. } | Self::Value { unique } => Some(*unique),
            Self::None | Self::NoParent { .. } | Self::Bad => None,
        }
    }
}

/// Appraises a batch of live metaverse objects under the outbound parts of the running profile.
pub fn appraise(
    cx: &Context<'_>,
    objects: &[(MvId, TypeId, Attrs)],
) -> Result<Vec<Appraised>, RulesFailure> {
    let mut appraised = Vec::new();
    for (index, part) in cx.set.outbound.iter().enumerate() {
        if part.profile != cx.profile {
            continue;
        }
        let concerned: Vec<&(MvId, TypeId, Attrs)> = objects
            .iter()
            .filter(|(_, mv_type, _)| *mv_type == part.mv_type)
            .collect();
        if concerned.is_empty() {
            continue;
        }
        let rows: Vec<RuleRow<'_>> = concerned
            .iter()
            .map(|(mv, _, attrs)| RuleRow::of(Subject::Mv(*mv), attrs))
            .collect();
        let answers = cx.rules.evaluate(part.id, &rows)?;
        for ((mv, _, attrs), answer) in concerned.into_iter().zip(&answers) {
            appraised.push(one(cx, index, part, *mv, attrs, answer));
        }
    }
    Ok(appraised)
}

fn one(
    cx: &Context<'_>,
    index: usize,
    part: &Outbound,
    mv: MvId,
    attrs: &Attrs,
    answer: &RowAnswer,
) -> Appraised {
    let mut appraised = Appraised {
        mv,
        part: index,
        verdict: Verdict::In,
        keys: Vec::new(),
        dn: None,
        unique: None,
        missing: Vec::new(),
        errors: Vec::new(),
        waiting: false,
    };
    let unknown = |attr: &AttrId| attrs.get(*attr).is_none();
    if part.unread.decides.iter().any(unknown) {
        appraised.verdict = Verdict::Failed;
        appraised.waiting = true;
        return appraised;
    }
    match &answer.scope {
        Scope::In => {}
        Scope::Out => {
            appraised.verdict = Verdict::Out;
            return appraised;
        }
        Scope::Failed(error) => {
            appraised.verdict = Verdict::Failed;
            appraised
                .errors
                .push(rule_error("the scope rule", None, error));
            return appraised;
        }
    }
    for group in &part.groups {
        match keys::group_hash(cx.hashing, &group.own, attrs, &answer.keys) {
            Ok(hash) => appraised.keys.push(hash),
            Err(error) => {
                appraised.verdict = Verdict::Failed;
                appraised
                    .errors
                    .push(rule_error("a match expression", None, &error));
                return appraised;
            }
        }
    }
    if part.named {
        appraised.dn = Some(parse_name(answer));
    } else {
        appraised.unique = unique(cx, part, attrs, answer);
    }
    appraised.missing = missing(cx, part, attrs, answer, appraised.dn.as_ref());
    appraised
}

/// The name a part computed, parsed.
pub fn parse_name(answer: &RowAnswer) -> Result<Dn, ErrorEntry> {
    let text = match &answer.dn {
        Some(Ok(Some(text))) => text,
        Some(Err(error)) => return Err(rule_error("the name rule", None, error)),
        _ => {
            return Err(bad_name(
                "the name rule gave no value for this object".into(),
            ));
        }
    };
    let dn: Dn = text
        .parse()
        .map_err(|error| bad_name(format!("the name rule gave `{text}`, {error}")))?;
    if dn.rdns().len() < 2 {
        return Err(bad_name(format!(
            "the name rule gave `{text}`, which lies in no container"
        )));
    }
    Ok(dn)
}

fn bad_name(what: String) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::InvalidDn,
        attr: None,
        message: format!("{what}: correct the rule or the value it reads"),
        others: Vec::new(),
        op: None,
    }
}

/// What flows to the attribute that is unique in a flat directory; a failing flow is reported when values flow.
fn unique(cx: &Context<'_>, part: &Outbound, attrs: &Attrs, answer: &RowAnswer) -> Option<KeyHash> {
    let attr = cx.set.unique_attr(part)?;
    let (n, flow) = part.flows.iter().enumerate().find(|(_, f)| f.to == attr)?;
    let values = match flow.source {
        FlowSource::Attr(from) => attrs.get(from),
        FlowSource::Computed => match answer.flows.get(n) {
            Some(Answer::Value(values)) => Some(values),
            _ => None,
        },
        FlowSource::Reference(_) => None,
    };
    keys::unique_value(cx.hashing, part.directory, attr, values)
}

fn missing(
    cx: &Context<'_>,
    part: &Outbound,
    attrs: &Attrs,
    answer: &RowAnswer,
    dn: Option<&Result<Dn, ErrorEntry>>,
) -> Vec<AttrId> {
    let Some(rules) = cx
        .set
        .directories
        .get(&part.directory)
        .and_then(|d| d.types.get(&part.object_type))
    else {
        return Vec::new();
    };
    let given = |attr: AttrId| {
        part.flows.iter().enumerate().any(|(n, flow)| {
            flow.to == attr
                && match flow.source {
                    FlowSource::Reference(_) => true,
                    FlowSource::Attr(from) => attrs.get(from).is_some(),
                    FlowSource::Computed => match answer.flows.get(n) {
                        Some(Answer::Value(_)) => true,
                        // The error itself is reported when values flow.
                        Some(Answer::Failed(_)) => flow.on_error == OnError::FailObject,
                        _ => false,
                    },
                }
        })
    };
    rules
        .attrs
        .iter()
        .filter(|(attr, rules)| rules.required && !rules.reference && !given(**attr))
        .map(|(attr, _)| *attr)
        .filter(|attr| Some(*attr) != given_by_name(cx, part, dn))
        .collect()
}

/// The attribute whose value the name is: what the name rule put in front, else what the type is usually named by.
fn given_by_name(
    cx: &Context<'_>,
    part: &Outbound,
    dn: Option<&Result<Dn, ErrorEntry>>,
) -> Option<AttrId> {
    if let Some(Ok(dn)) = dn {
        return cx.set.attrs.id(&dn.rdn()?.attr().into());
    }
    cx.set
        .directories
        .get(&part.directory)?
        .types
        .get(&part.object_type)?
        .rdn_attr
}
