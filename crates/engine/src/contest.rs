//! Contests: what was exported and contradicted again and again is given up until something else is wanted (D-48).
//!
//! Invariants: counted by imports, ended by a confirmation, by another intended value or rule, or by hand; one
//! attribute, reference or name that is given up holds nothing else of its object back.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::contest::{Claim, Contest};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{CsRow, Subject};
use syncline_model::plan::{AttrEffect, Intent, Managed};
use syncline_model::schema::same_for_change;
use syncline_model::stage::{ErrorEntry, ErrorSet};
use syncline_model::{AttrId, Value, Values};

use crate::ruleset::RuleSet;
use crate::sync::derive::Wanted;

/// Most characters of a value, and most values, that an error names.
const SHOWN_MAX: usize = 64;
const VALUES_MAX: usize = 3;

/// What an import says about one claim of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The claim.
    pub claim: Claim,
    /// What was exported and what the directory shows instead; `None` where the directory shows what was exported.
    pub contradicted: Option<(Option<Values>, Option<Values>)>,
    /// When it was exported, in seconds since 1970.
    pub at: i64,
}

/// What an effect on an attribute exports, for people.
pub fn exported(effect: &AttrEffect) -> Option<Values> {
    match effect {
        AttrEffect::Set(values) => Some(values.clone()),
        AttrEffect::Clear => None,
        AttrEffect::Values { add, .. } => add.clone(),
    }
}

/// A name as a value, for people.
pub fn name(place: Option<&str>) -> Option<Values> {
    place.map(Value::text).and_then(Values::one)
}

/// The contests of an object after an import judged its exports, of which the newest come first.
pub fn after(set: &RuleSet, row: &CsRow, old: &[Contest], heard: &[Heard]) -> Vec<Contest> {
    let mut contests: BTreeMap<Claim, Contest> = old
        .iter()
        .map(|contest| (contest.claim.clone(), contest.clone()))
        .collect();
    let mut judged = BTreeSet::new();
    for one in heard.iter().filter(|one| judged.insert(&one.claim)) {
        let before = contests.remove(&one.claim);
        let Some((exported, imported)) = &one.contradicted else {
            if matches!(one.claim, Claim::Place(_)) {
                contests.retain(|claim, _| !matches!(claim, Claim::Place(_)));
            }
            continue;
        };
        // Another value is another contest; of several values only the difference is exported, which says nothing.
        let goes_on = |contest: &Contest| match contest.claim {
            Claim::Attr(attr) if !is_multi(set, row, attr) => {
                same_for_change(contest.exported.as_ref(), exported.as_ref())
            }
            _ => true,
        };
        let before = before.filter(goes_on);
        let contest = Contest {
            claim: one.claim.clone(),
            exported: exported.clone(),
            imported: imported.clone(),
            count: before.as_ref().map_or(0, |b| b.count).saturating_add(1),
            first: before.map_or(one.at, |b| b.first),
            last: one.at,
        };
        contests.insert(one.claim.clone(), contest);
    }
    contests.into_values().collect()
}

/// Those that still are about what is wanted, by the same rule as before.
pub fn standing(
    set: &RuleSet,
    row: &CsRow,
    contests: &[Contest],
    (old, new): (Option<&Intent>, &Intent),
    wanted: &[Wanted],
) -> Vec<Contest> {
    let managed = |intent: Option<&Intent>, attr: AttrId| -> Option<Managed> {
        let mut attrs = intent?.attrs.iter();
        attrs.find(|managed| managed.attr == attr).cloned()
    };
    let stands = |contest: &&Contest| match &contest.claim {
        Claim::Attr(attr) => {
            let (Some(before), Some(now)) = (managed(old, *attr), managed(Some(new), *attr)) else {
                return false;
            };
            let same_rule =
                (before.part, before.flow, before.mode) == (now.part, now.flow, now.mode);
            let exported = contest.exported.as_ref();
            same_rule
                && same_for_change(before.values.as_ref(), now.values.as_ref())
                && (is_multi(set, row, *attr) || same_for_change(exported, now.values.as_ref()))
        }
        Claim::Ref(reference) => {
            let is_managed = new
                .refs
                .iter()
                .any(|managed| managed.attr == reference.attr);
            let mut wanted = wanted.iter();
            let is_wanted = wanted.any(|w| (w.attr, w.to) == (reference.attr, reference.to));
            is_managed && is_wanted == reference.added
        }
        // A name that is withheld because it is not free is wanted all the same.
        Claim::Place(place) => new.place.as_ref().is_none_or(|now| now == place),
    };
    contests.iter().filter(stands).cloned().collect()
}

/// The claims that are not sent any more.
pub fn given_up(set: &RuleSet, row: &CsRow, contests: &[Contest]) -> BTreeSet<Claim> {
    let limit = set.contest_limit(row.directory);
    let over = contests.iter().filter(|contest| contest.count >= limit);
    over.map(|contest| contest.claim.clone()).collect()
}

/// The errors that contests are told by: one an attribute, and one for the name. None clears earlier ones.
pub fn errors(set: &RuleSet, row: &CsRow, contests: &[Contest]) -> ErrorSet {
    let mut by_attr: BTreeMap<Option<AttrId>, Vec<&Contest>> = BTreeMap::new();
    for contest in contests {
        let attr = match &contest.claim {
            Claim::Attr(attr) => Some(*attr),
            Claim::Ref(reference) => Some(reference.attr),
            Claim::Place(_) => None,
        };
        by_attr.entry(attr).or_default().push(contest);
    }
    let limit = set.contest_limit(row.directory);
    let entries = by_attr
        .into_iter()
        .map(|(attr, contests)| entry(set, row, attr, &contests, limit))
        .collect();
    ErrorSet {
        subject: Subject::Cs(row.id),
        stage: Stage::Confirm,
        part: None,
        entries,
    }
}

fn entry(
    set: &RuleSet,
    row: &CsRow,
    attr: Option<AttrId>,
    contests: &[&Contest],
    limit: u8,
) -> ErrorEntry {
    let what = attr.map_or("the name", |attr| set.attr_name(attr));
    let objects: Vec<Subject> = contests
        .iter()
        .filter_map(|contest| match &contest.claim {
            Claim::Ref(reference) => Some(Subject::Cs(reference.to)),
            _ => None,
        })
        .collect();
    let said = match (objects.len(), contests.first()) {
        (0, Some(contest)) => {
            let sensitive = attr.is_some_and(|attr| is_sensitive(set, row, attr));
            let shown = |values: &Option<Values>| shown(values.as_ref(), sensitive);
            let (ours, theirs) = (shown(&contest.exported), shown(&contest.imported));
            format!(
                "{what} was exported as {ours} and acknowledged, and the directory shows {theirs}"
            )
        }
        (1, _) => format!(
            "a reference of {what} was exported and acknowledged, and the directory shows it otherwise"
        ),
        (n, _) => format!(
            "{n} references of {what} were exported and acknowledged, and the directory shows them otherwise"
        ),
    };
    let most = contests.iter().map(|contest| contest.count).max();
    let given_up = contests.iter().filter(|c| c.count >= limit).count();
    let follows = match given_up {
        0 => "it is sent again".to_owned(),
        n if n == contests.len() => format!(
            "after {} times it is not sent any more: correct the value, its rule or what changes it back, or have it \
             sent again",
            most.unwrap_or(limit)
        ),
        n => format!(
            "after {} times {n} of them are not sent any more, the others are sent again",
            most.unwrap_or(limit)
        ),
    };
    ErrorEntry {
        kind: match given_up == contests.len() {
            true => ErrorKind::Contested,
            false => ErrorKind::NotReimported,
        },
        attr,
        message: format!(
            "{said}: something in the directory changes it back, or keeps it in another form; {follows}"
        ),
        others: objects,
        op: None,
    }
}

/// Values as an error names them.
fn shown(values: Option<&Values>, sensitive: bool) -> String {
    let Some(values) = values else {
        return "absent".into();
    };
    if sensitive {
        return "a value that is not shown".into();
    }
    let text = |value: &Value| match value {
        Value::Text(text) if text.chars().count() > SHOWN_MAX => {
            format!("\"{}…\"", text.chars().take(SHOWN_MAX).collect::<String>())
        }
        Value::Text(text) => format!("\"{text}\""),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        other => crate::keys::key_text(other).unwrap_or_default(),
    };
    let mut all: Vec<String> = values.iter().take(VALUES_MAX).map(text).collect();
    if values.len() > VALUES_MAX {
        all.push(format!("{} more", values.len() - VALUES_MAX));
    }
    all.join(", ")
}

fn is_multi(set: &RuleSet, row: &CsRow, attr: AttrId) -> bool {
    let rules = row
        .object_type
        .map(|t| set.attr_rules(row.directory, t, attr));
    rules.is_some_and(|rules| rules.multi)
}

fn is_sensitive(set: &RuleSet, row: &CsRow, attr: AttrId) -> bool {
    let rules = row
        .object_type
        .map(|t| set.attr_rules(row.directory, t, attr));
    rules.is_some_and(|rules| rules.sensitive)
}
