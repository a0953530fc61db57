//! The change patterns of a what-if: found while its plan is written, kept with it, told to people.
//!
//! Invariants: an operation's pattern is a number beside its row, so that nothing is read twice; names of containers and
//! rules are those of the time it was computed; samples are read when somebody asks.

mod approved;
mod sample;
mod sentence;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use syncline_engine::pattern::{
    AttrKey, AttrTally, Common, Key, Pattern, Patterns, Where, patterns,
};
use syncline_model::object::TypeTable;
use syncline_model::plan::PlannedOp;
use syncline_model::{CsId, ProfileId, WhatIfId};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, TenantDb, TenantRead, WhatIfOp};

use crate::present;
use crate::resource::pattern::{
    ChangePattern, PatternAttribute, PatternPlace, PlaceChange, SinceApproval,
};

pub use sample::samples;

use approved::ApprovedPlan;

/// Characters of a value that a sentence repeats.
const TEXT_MAX: usize = 60;

/// What is kept of a what-if's patterns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Stored {
    /// By their number.
    pub patterns: Vec<StoredPattern>,
    /// How the plan differs from the one that was approved last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_approval: Option<SinceApproval>,
}

/// A pattern and the rows of its samples.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredPattern {
    /// The pattern, without samples.
    #[serde(flatten)]
    pub pattern: ChangePattern,
    /// Numbers of sample rows.
    pub rows: Vec<i32>,
}

impl Stored {
    /// Reads what was kept; what another release kept in another form is not known.
    fn read(value: serde_json::Value) -> Self {
        serde_json::from_value(value).unwrap_or_default()
    }

    /// The patterns of a what-if, if they are known.
    pub async fn load(read: &mut TenantRead, id: WhatIfId) -> Result<Option<Self>, StoreError> {
        Ok(read.whatif_patterns(id).await?.map(Self::read))
    }

    /// The number of a pattern.
    pub fn number(&self, id: &str) -> Option<i32> {
        let at = self.patterns.iter().position(|one| one.pattern.id == id)?;
        i32::try_from(at).ok()
    }
}

/// The patterns of a plan that is being written.
pub struct Found {
    of: Vec<usize>,
    is_new: Vec<bool>,
    stored: Stored,
    approved: Option<ApprovedPlan>,
}

impl Found {
    /// Finds them. The plan is in the order of its rows. With a profile it is compared with the plan of it that was
    /// approved last.
    pub async fn of(
        read: &mut TenantRead,
        types: &TypeTable,
        profile: Option<ProfileId>,
        plan: &[PlannedOp],
    ) -> Result<Self, StoreError> {
        let Patterns { found, of } = patterns(plan);
        let approved = match profile {
            Some(profile) => ApprovedPlan::load(read, profile).await?,
            None => None,
        };
        let is_new = |op: &PlannedOp| approved.as_ref().is_some_and(|a| !a.names(op.hash));
        let is_new: Vec<bool> = plan.iter().map(is_new).collect();
        let words = Words {
            types,
            rules: present::Rules::load(read).await?,
            containers: read.cs_names(&containers(&found)).await?,
        };
        let mut stored: Vec<StoredPattern> = found
            .into_iter()
            .map(|pattern| StoredPattern {
                rows: rows(&pattern),
                pattern: words.pattern(pattern),
            })
            .collect();
        for (pattern, is_new) in of.iter().zip(&is_new) {
            stored[*pattern].pattern.new_since_approval += i64::from(*is_new);
        }
        name_apart(&mut stored);
        for one in &mut stored {
            let id = one.pattern.id.as_str();
            one.pattern.approved = approved.as_ref().and_then(|a| a.count(id));
        }
        Ok(Self {
            of,
            is_new,
            stored: Stored {
                patterns: stored,
                since_approval: None,
            },
            approved,
        })
    }

    /// An operation of the plan as its row.
    pub fn row<'a>(&self, at: usize, op: &'a PlannedOp) -> WhatIfOp<'a> {
        WhatIfOp {
            op,
            pattern: i32::try_from(self.of[at]).ok(),
            is_new: self.is_new[at],
        }
    }

    /// Keeps them, once the rows are written.
    pub async fn keep(mut self, db: &TenantDb, id: WhatIfId) -> Result<(), StoreError> {
        let mut tx = db.write(Durability::Durable).await?;
        if let Some(approved) = &self.approved {
            let new = self.is_new.iter().filter(|is_new| **is_new).count();
            let since = approved.compare(&mut tx, id, new as i64).await?;
            self.stored.since_approval = Some(since);
        }
        let stored = serde_json::to_value(&self.stored).unwrap_or_default();
        tx.whatif_keep_patterns(id, &stored).await?;
        tx.commit().await
    }
}

/// Patterns that differ only in what has no name, such as two containers that are created too, get names of their own.
fn name_apart(stored: &mut [StoredPattern]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for one in stored {
        let times = seen.entry(one.pattern.id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            one.pattern.id = format!("{}-{times}", one.pattern.id);
        }
    }
}

fn rows(pattern: &Pattern) -> Vec<i32> {
    let rows = pattern.samples.iter();
    rows.filter_map(|at| i32::try_from(*at).ok()).collect()
}

fn containers(found: &[Pattern]) -> Vec<CsId> {
    let mut ids: Vec<CsId> = found
        .iter()
        .flat_map(|pattern| match pattern.key.place {
            Where::Created(to) => [to, None],
            Where::Moved { from, to, .. } => [from, to],
            Where::Stays | Where::Renamed => [None, None],
        })
        .flatten()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What the names in a pattern are.
struct Words<'a> {
    types: &'a TypeTable,
    rules: present::Rules,
    containers: BTreeMap<CsId, String>,
}

impl Words<'_> {
    fn pattern(&self, found: Pattern) -> ChangePattern {
        let Pattern {
            key,
            count,
            attributes,
            ..
        } = found;
        let takes = |one: &AttrKey| one.shape.only_takes();
        let mut pattern = ChangePattern {
            id: String::new(),
            sentence: String::new(),
            count: int(count),
            new_since_approval: 0,
            approved: None,
            kind: key.kind.word().to_owned(),
            directory: key.directory,
            object_type: self.types.name(key.object_type).unwrap_or_default().into(),
            place: self.place(key.place),
            loses_values: key.any.unwrap_or_else(|| key.attributes.iter().any(takes)),
            several: key.any.is_some(),
            attributes: attributes.into_iter().map(|a| self.attribute(a)).collect(),
            blocked: key.blocked.map(|why| present::blocked(why).to_owned()),
            samples: Vec::new(),
        };
        pattern.id = id(&key, &pattern);
        pattern.sentence = sentence::of(&pattern);
        pattern
    }

    fn attribute(&self, tally: AttrTally) -> PatternAttribute {
        let after = match &tally.after {
            Common::One(value) => Some(present::text(value)),
            Common::No => None,
        };
        PatternAttribute {
            rule: self.rules.text(tally.part, tally.flow),
            name: tally.name,
            shape: tally.shape,
            after: after.filter(|text| text.chars().count() <= TEXT_MAX),
            count: int(tally.count),
            added: int(tally.added),
            removed: int(tally.removed),
            part: tally.part,
        }
    }

    fn place(&self, place: Where) -> Option<PatternPlace> {
        // A container that the plan creates has no name that could be looked up.
        let named = |id: Option<CsId>| {
            let name = |id| self.containers.get(&id).cloned();
            id.map(|id| name(id).unwrap_or_else(|| "a container that is created too".into()))
        };
        let (change, from, to) = match place {
            Where::Stays => return None,
            Where::Created(to) => (PlaceChange::Created, None, to),
            Where::Renamed => (PlaceChange::Renamed, None, None),
            Where::Moved { from, to, renamed } => {
                let change = if renamed {
                    PlaceChange::MovedAndRenamed
                } else {
                    PlaceChange::Moved
                };
                (change, from, to)
            }
        };
        Some(PatternPlace {
            change,
            from: named(from),
            to: named(to),
        })
    }
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What names a pattern in every what-if: whatever makes its operations alike, by names and never by our numbers, and no
/// count.
fn id(key: &Key, pattern: &ChangePattern) -> String {
    let attribute =
        |one: &PatternAttribute| (one.name.clone(), one.shape.clone(), one.rule.clone());
    let told = pattern.attributes.iter().filter(|one| one.shape.is_some());
    let alike: Vec<_> = told.map(attribute).collect();
    let named = (
        (&pattern.kind, pattern.directory, &pattern.object_type),
        (key.part, &pattern.place, &pattern.blocked),
        (pattern.several, pattern.loses_values, alike),
    );
    let bytes = serde_json::to_vec(&named).unwrap_or_default();
    hex::encode(&Sha256::digest(bytes)[..8])
}
