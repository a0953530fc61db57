//! Confirmation: what an import says about exports that the directory acknowledged (D-55, D-60).
//!
//! Invariants: a read that started before the export neither confirms nor contradicts; one that may be older
//! than it, because the directory shows writes late, confirms at most; an attribute that was not read says nothing; of several exports of one attribute, or of one
//! reference, only the newest is judged; an add, a remove and a place are judged like attributes, each on its own.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::AttrId;
use syncline_model::contest::{Claim, Contest, ContestSet};
use syncline_model::object::{CsBody, CsRow};
use syncline_model::plan::{AttrEffect, Effect, MemoryEntry, Place, Verb};
use syncline_model::schema::confirms;
use syncline_model::stage::{ErrorSet, MemoryChange};
use syncline_model::{CsId, Rdn, Values};

use super::Freshness;
use crate::contest::{self, Heard};
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
    /// The contests of the object from now on, where they are others.
    pub contests: Option<ContestSet>,
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
pub(super) fn judge(
    reading: &Reading<'_>,
    mut memory: Vec<MemoryEntry>,
    contests: &[Contest],
) -> Judged {
    memory.sort_by_key(|entry| std::cmp::Reverse(entry.export_seq));
    let mut judged = Judged::default();
    let mut newer: BTreeSet<AttrId> = BTreeSet::new();
    let mut newer_refs: BTreeSet<(AttrId, CsId)> = BTreeSet::new();
    let mut newer_place = false;
    let mut all_heard: Vec<Heard> = Vec::new();
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
                Says::Confirmed => all_heard.push(confirmed(Claim::Attr(*attr), &entry)),
                Says::Contradicted => {
                    wrong = true;
                    let ours = contest::exported(effect);
                    let theirs = reading.body.attrs.get(*attr).cloned();
                    all_heard.push(contradicted(Claim::Attr(*attr), &entry, (ours, theirs)));
                }
                Says::Nothing => left.attrs.push((*attr, effect.clone())),
            }
        }
        for change in &entry.effect.refs {
            if !newer_refs.insert((change.attr, change.to)) {
                continue; // superseded: who came and went again before any read is not missed
            }
            match if judge_it {
                heard(reference(reading, change.attr, change.to, change.added))
            } else {
                Says::Nothing
            } {
                Says::Confirmed => all_heard.push(confirmed(Claim::Ref(*change), &entry)),
                Says::Contradicted => {
                    wrong = true;
                    all_heard.push(contradicted(Claim::Ref(*change), &entry, (None, None)));
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
                Says::Confirmed => {
                    all_heard.push(confirmed(Claim::Place(wanted.clone()), &entry));
                }
                Says::Contradicted => {
                    wrong = true;
                    let ours = contest::name(Some(&wanted.rdn));
                    let theirs = contest::name(reading.body.rdn.as_deref());
                    let claim = Claim::Place(wanted.clone());
                    all_heard.push(contradicted(claim, &entry, (ours, theirs)));
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
    let now = contest::after(reading.set, reading.row, contests, &all_heard);
    judged
        .errors
        .push(contest::errors(reading.set, reading.row, &now));
    if now != contests {
        judged.contests = Some(ContestSet {
            cs: reading.row.id,
            contests: now,
        });
    }
    judged
}

fn confirmed(claim: Claim, entry: &MemoryEntry) -> Heard {
    Heard {
        claim,
        contradicted: None,
        at: entry.at,
    }
}

fn contradicted(
    claim: Claim,
    entry: &MemoryEntry,
    values: (Option<Values>, Option<Values>),
) -> Heard {
    Heard {
        contradicted: Some(values),
        ..confirmed(claim, entry)
    }
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
    let rdn = reading.body.rdn.as_deref();
    let same_name = rdn.is_some_and(|rdn| same_rdn(rdn, &wanted.rdn));
    says(reading.row.parent == Some(wanted.parent) && same_name, true)
}

fn says(taken: bool, spoken: bool) -> Says {
    match (taken, spoken) {
        (true, _) => Says::Confirmed,
        (false, true) => Says::Contradicted,
        (false, false) => Says::Nothing,
    }
}

/// Whether an import shows a name that was exported: its case, for one, is the directory's own (D-60).
pub(crate) fn same_rdn(a: &str, b: &str) -> bool {
    a == b
        || match (a.parse::<Rdn>(), b.parse::<Rdn>()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
}
