//! Object types that an import may not read: who loses what, told once for the run.
//!
//! Invariants: a profile that names such a type waits as it does for an import that stopped; the others go on.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::ruleset::AttrsByType;
use syncline_model::connector::{ImportEnd, RefusedType};
use syncline_model::message::Severity;
use syncline_model::object::TypeId;
use syncline_model::schema::Schema;
use syncline_model::{DirectoryId, ProfileId};
use syncline_store::tenant::ProfileRow;

use super::selection::used;
use super::{Said, Underway};
use crate::clouds::consent;

/// What a profile loses is told up to here.
const REASONS: usize = 8;

/// What may not be read, as it is told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The types, in interned numbers.
    pub types: BTreeSet<TypeId>,
    /// Profiles that name one of them.
    pub holds: BTreeSet<ProfileId>,
    code: String,
    text: String,
}

impl Refused {
    /// Of an import's end.
    pub fn new(
        end: &ImportEnd,
        directory: DirectoryId,
        schema: &Schema,
        profiles: &[ProfileRow],
        granted: Option<&BTreeSet<String>>,
        type_id: impl Fn(&str) -> Option<TypeId>,
    ) -> Self {
        let mut refused = Self::default();
        for one in &end.refused {
            let RefusedType { object_type, fault } = one;
            refused.types.extend(type_id(object_type));
            let mut losses = BTreeMap::new();
            for profile in profiles {
                let mut wanted = AttrsByType::new();
                used(directory, &profile.doc, &mut wanted);
                if wanted.contains_key(object_type) {
                    refused.holds.insert(profile.id);
                    let lost = consent::lost(directory, object_type, schema, &profile.doc, granted);
                    losses.insert(&profile.doc.name, loss(&lost));
                }
            }
            let mut text = fault.message.clone();
            for (name, loss) in losses {
                text.push_str(&format!(" The profile \"{name}\" {loss}"));
            }
            if refused.code.is_empty() {
                refused.code = fault.code.to_string();
            } else {
                refused.text.push(' ');
            }
            refused
                .text
                .push_str(&format!("{text} {}", fault.next_step));
        }
        if !refused.text.is_empty() {
            refused
                .text
                .push_str(" Everything else was read, and nothing of these types counts as gone.");
        }
        refused
    }

    /// Says it on the run; the reason of one that is held up by it.
    pub fn say(&self, underway: &mut Underway) -> Option<String> {
        if self.text.is_empty() {
            return None;
        }
        let severity = match self.holds.is_empty() {
            true => Severity::Warning,
            false => Severity::Error,
        };
        underway.say(Said::under(severity, &self.code, self.text.clone()));
        (!self.holds.is_empty()).then(|| self.text.clone())
    }
}

/// As the rest of a sentence.
fn loss(lost: &consent::Lost) -> String {
    let shown = lost.reasons.len().min(REASONS);
    let more = match lost.reasons.len() - shown {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let shown = lost.reasons[..shown].join(", ");
    let lacking: Vec<&str> = lost.permissions.iter().copied().collect();
    match (shown.is_empty(), lacking.is_empty()) {
        (true, _) => "waits.".into(),
        (false, true) => format!("waits: it cannot {shown}{more}."),
        (false, false) => format!(
            "waits: without {} it cannot {shown}{more}.",
            lacking.join(", ")
        ),
    }
}
