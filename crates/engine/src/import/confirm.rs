//! Confirmation: what an import says about exports that the directory acknowledged (D-55, D-60).
//!
//! Invariants: a read that started before the export neither confirms nor contradicts; one that may be older
//! than it, because the directory shows writes late, confirms at most; an attribute that was not read says nothing; of several exports of one attribute only the newest is judged; an add, a
//! remove and a place are judged like attributes, each on its own.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::CsId;
use syncline_model::attrs::AttrId;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{CsBody, CsRow, Subject};
use syncline_model::plan::{AttrEffect, Effect, MemoryEntry, Place, Verb};
use syncline_model::schema::confirms;
use syncline_model::stage::{ErrorEntry, ErrorSet, MemoryChange};

use super::Freshness;
use crate::ruleset::RuleSet;

/// What was read of an object.
pub(super) struct Reading<'a> {
    pub set: &'a RuleSet,
    pub row: &'a CsRow,
    pub body: &'a CsBody,
    /// References as far as they are known.
    pub refs: &'a BTreeSet<(AttrId, CsId)>,
    /// Single references that the import reported.
    pub ref_changes: &'a BTreeMap<(AttrId, CsId), bool>,
    /// Attributes that the import spoke about; `None`: all selected ones.
    pub spoken: Option<&'a BTreeSet<AttrId>>,
    /// Attributes that the import reads; `None`: all.
    pub selected: Option<&'a BTreeSet<AttrId>>,
    /// Which exports it has to show.
    pub freshness: &'a Freshness,
}

/// What becomes of memory.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub entries: Vec<MemoryChange>,
    pub errors: Vec<ErrorSet>,
    pub confirmed: u64,
    pub contradicted: u64,
}

enum Says {
    Confirmed,
    Contradicted,
    Nothing,
}

/// The object is gone: a delete is confirmed, and nothing else about it matters any more.
pub(super) fn gone(cs: CsId, memory: &[MemoryEntry]) -> Judged {
    let mut judged = Judged::default();
    for entry in memory {
        judged.confirmed += u64::from(entry.effect.verb == Verb::Delete);
        judged.entries.push(MemoryChange {
            cs,
            export_seq: entry.export_seq,
            left: None,
        });
    }
    judged
}

/// Judges the memory of an object that was read.
pub(super) fn judge(reading: &Reading<'_>, mut memory: Vec<MemoryEntry>) -> Judged {
    memory.sort_by_key(|entry| std::cmp::Reverse(entry.export_seq));
    let mut judged = Judged::default();
    let mut newer: BTreeSet<AttrId> = BTreeSet::new();
    let mut newer_place = false;
    let mut differing: BTreeSet<AttrId> = BTreeSet::new();
    let mut misplaced = false;
    for entry in memory {
        let judge_it = entry.export_seq <= reading.freshness.fence;
        let is_settled = entry.at <= reading.freshness.settled;
        // What is too young to be shown everywhere can be confirmed; nothing else is concluded.
        let heard = |says| match says {
            Says::Contradicted if !is_settled => Says::Nothing,
            says => says,
        };
        let mut left = Effect {
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
            ..entry.effect.clone()
        };
        let mut wrong = false;
        for (attr, effect) in &entry.effect.attrs {
            if !newer.insert(*attr) {
                continue; // superseded
            }
            match if judge_it {
                heard(attribute(reading, *attr, effect))
            } else {
                Says::Nothing
            } {
                Says::Confirmed => {}
                Says::Contradicted => {
                    wrong = true;
                    differing.insert(*attr);
                }
                Says::Nothing => left.attrs.push((*attr, effect.clone())),
            }
        }
        for change in &entry.effect.refs {
            match if judge_it {
                heard(reference(reading, change.attr, change.to, change.added))
            } else {
                Says::Nothing
            } {
                Says::Confirmed => {}
                Says::Contradicted => {
                    wrong = true;
                    differing.insert(change.attr);
                }
                Says::Nothing => left.refs.push(*change),
            }
        }
        if let Some(wanted) = entry.effect.place.as_ref().filter(|_| !newer_place) {
            newer_place = true;
            match if judge_it {
                heard(place(reading, wanted))
            } else {
                Says::Nothing
            } {
                Says::Confirmed => {}
                Says::Contradicted => {
                    wrong = true;
                    misplaced = true;
                }
                Says::Nothing => left.place = Some(wanted.clone()),
            }
        }
        // An object that is read was not deleted.
        let is_delete = entry.effect.verb == Verb::Delete;
        wrong |= is_delete && judge_it && is_settled;
        if judge_it && left.verb == Verb::Add {
            left.verb = Verb::Update;
        }
        let nothing_left = judge_it
            && (is_settled || !is_delete)
            && left.place.is_none()
            && left.attrs.is_empty()
            && left.refs.is_empty();
        judged.contradicted += u64::from(wrong);
        judged.confirmed += u64::from(nothing_left && !wrong);
        let left = (!nothing_left).then_some(MemoryEntry {
            effect: left.clone(),
            ..entry.clone()
        });
        if left.as_ref() != Some(&entry) {
            judged.entries.push(MemoryChange {
                cs: entry.cs,
                export_seq: entry.export_seq,
                left,
            });
        }
    }
    judged.errors.push(errors(reading, &differing, misplaced));
    judged
}

fn spoke(reading: &Reading<'_>, attr: AttrId) -> bool {
    reading
        .selected
        .is_none_or(|selected| selected.contains(&attr))
        && reading.spoken.is_none_or(|spoken| spoken.contains(&attr))
}

fn attribute(reading: &Reading<'_>, attr: AttrId, effect: &AttrEffect) -> Says {
    let imported = reading.body.attrs.get(attr);
    let rules = reading
        .row
        .object_type
        .map(|t| reading.set.attr_rules(reading.row.directory, t, attr))
        .unwrap_or_default();
    let taken = match effect {
        AttrEffect::Set(values) => confirms(rules.confirmation, Some(values), imported),
        AttrEffect::Clear => imported.is_none(),
        AttrEffect::Values { add, remove } => {
            let holds = |value: &syncline_model::Value| {
                imported.into_iter().flatten().any(|held| {
                    confirms(
                        rules.confirmation,
                        syncline_model::Values::one(value.clone()).as_ref(),
                        syncline_model::Values::one(held.clone()).as_ref(),
                    )
                })
            };
            add.iter().flatten().all(holds) && !remove.iter().flatten().any(holds)
        }
    };
    says(taken, spoke(reading, attr))
}

fn reference(reading: &Reading<'_>, attr: AttrId, to: CsId, added: bool) -> Says {
    let taken = reading.refs.contains(&(attr, to)) == added;
    if reading.spoken.is_none() || spoke(reading, attr) {
        return says(taken, spoke(reading, attr));
    }
    // Of a change, only what it reports of this very reference counts.
    match reading.ref_changes.get(&(attr, to)) {
        Some(came) => says(*came == added, true),
        None => says(false, false),
    }
}

fn place(reading: &Reading<'_>, wanted: &Place) -> Says {
    let same_name = reading.body.rdn.as_ref().is_some_and(|rdn| {
        *rdn == wanted.rdn
            || match (
                rdn.parse::<syncline_model::Rdn>(),
                wanted.rdn.parse::<syncline_model::Rdn>(),
            ) {
                (Ok(a), Ok(b)) => a == b,
                _ => false,
            }
    });
    says(reading.row.parent == Some(wanted.parent) && same_name, true)
}

fn says(taken: bool, spoken: bool) -> Says {
    match (taken, spoken) {
        (true, _) => Says::Confirmed,
        (false, true) => Says::Contradicted,
        (false, false) => Says::Nothing,
    }
}

/// Warnings about exports that did not come back; an empty set clears earlier ones.
fn errors(reading: &Reading<'_>, differing: &BTreeSet<AttrId>, misplaced: bool) -> ErrorSet {
    let entry = |attr: Option<AttrId>, what: &str| ErrorEntry {
        kind: ErrorKind::NotReimported,
        attr,
        message: format!(
            "{what} was exported and acknowledged, and the directory shows another value: something in the \
             directory changes it back, or keeps it in another form; it is sent again"
        ),
        others: Vec::new(),
        op: None,
    };
    let mut entries: Vec<ErrorEntry> = differing
        .iter()
        .map(|attr| entry(Some(*attr), reading.set.attr_name(*attr)))
        .collect();
    if misplaced {
        entries.push(entry(None, "the name"));
    }
    let subject = Subject::Cs(reading.row.id);
    ErrorSet {
        subject,
        stage: Stage::Confirm,
        part: None,
        entries,
    }
}
