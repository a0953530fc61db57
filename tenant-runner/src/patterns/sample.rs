//! Samples of patterns, each in one line.
//!
//! Invariants: whatever the size of the plan, only the sampled rows are read; a line is cut to what a person can read.

use std::collections::BTreeMap;

use syncline_model::WhatIfId;
use syncline_store::StoreError;
use syncline_store::tenant::{TenantRead, WhatIfRow};

use super::Stored;
use crate::app::App;
use crate::present;
use crate::resource::pattern::{ChangePattern, PatternSample};
use crate::resource::what_if::{AttributeChange, PlannedOperation};

/// Attributes that a line tells.
const TOLD: usize = 3;
/// Values of an attribute that a line tells.
const VALUES: usize = 3;
/// Characters of a value that a line tells.
const TEXT: usize = 80;

/// The patterns of a what-if with their samples.
pub async fn samples(
    app: &App,
    read: &mut TenantRead,
    id: WhatIfId,
    stored: Stored,
) -> Result<Vec<ChangePattern>, StoreError> {
    let rows = stored.patterns.iter().flat_map(|one| &one.rows);
    let numbers: Vec<i32> = rows.copied().collect();
    let (seqs, ops): (Vec<i32>, Vec<_>) = read
        .whatif_rows_at(id, &numbers)
        .await?
        .into_iter()
        .filter_map(|(seq, row)| match row {
            WhatIfRow::Op { op, .. } => Some((seq, *op)),
            WhatIfRow::Event(_) => None,
        })
        .unzip();
    let rules = present::Rules::load(read).await?;
    let (types, attrs) = (app.db.types(), app.db.attrs());
    let shown = present::operations(read, &rules, &types, &attrs, ops).await?;
    let lines: BTreeMap<i32, PatternSample> = seqs
        .into_iter()
        .zip(shown.into_iter().map(sample))
        .collect();
    let with_samples = stored.patterns.into_iter().map(|one| ChangePattern {
        samples: one
            .rows
            .iter()
            .filter_map(|row| lines.get(row).cloned())
            .collect(),
        ..one.pattern
    });
    Ok(with_samples.collect())
}

fn sample(op: PlannedOperation) -> PatternSample {
    PatternSample {
        text: line(&op),
        hash: op.hash,
        object: op.object,
        name: op.name,
    }
}

fn line(op: &PlannedOperation) -> String {
    let place = match (&op.dn_before, &op.dn_after) {
        (Some(before), Some(after)) if before != after => Some(format!("{before} → {after}")),
        (_, Some(after)) => Some(after.clone()),
        (Some(before), None) if op.attributes.is_empty() => Some(before.clone()),
        _ => None,
    };
    let changes = op.attributes.iter().take(TOLD).map(change);
    let more = op.attributes.len().saturating_sub(TOLD);
    let more = (more > 0).then(|| format!("and {more} more"));
    let told: Vec<String> = place.into_iter().chain(changes).chain(more).collect();
    told.join("; ")
}

fn change(change: &AttributeChange) -> String {
    let AttributeChange { name, .. } = change;
    if change.added.is_empty() && change.removed.is_empty() {
        let (before, after) = (values(&change.before), values(&change.after));
        return match (before.is_empty(), after.is_empty()) {
            (true, _) => format!("{name}: {after}"),
            (false, true) => format!("{name}: {before} → no value"),
            (false, false) => format!("{name}: {before} → {after}"),
        };
    }
    let signed = |sign: &str, list: &[String]| match list.is_empty() {
        true => String::new(),
        false => format!(" {sign} {}", values(list)),
    };
    let (goes, comes) = (signed("−", &change.removed), signed("+", &change.added));
    format!("{name}:{goes}{comes}")
}

fn values(list: &[String]) -> String {
    let mut told: Vec<String> = list.iter().take(VALUES).map(|text| cut(text)).collect();
    if list.len() > VALUES {
        told.push("…".into());
    }
    told.join(", ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= TEXT {
        return text.to_owned();
    }
    text.chars().take(TEXT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use syncline_model::op::OpHash;
    use syncline_model::{CsId, DirectoryId};

    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn attribute(name: &str, before: &[&str], after: &[&str]) -> AttributeChange {
        AttributeChange {
            name: name.into(),
            before: texts(before),
            after: texts(after),
            added: Vec::new(),
            removed: Vec::new(),
            changed_values: 1,
            part: None,
            rule: None,
            source: None,
            contributions: Vec::new(),
        }
    }

    #[test]
    fn a_line_tells_the_place_and_the_first_changes() {
        let members = AttributeChange {
            added: texts(&["CN=Ada"]),
            removed: texts(&["CN=Bo", "CN=Cy", "CN=Di", "CN=Ed"]),
            ..attribute("member", &[], &[])
        };
        let op = PlannedOperation {
            hash: OpHash([1; 32]),
            directory: DirectoryId(1),
            object: CsId(2),
            metaverse_object: None,
            name: "Ann".into(),
            object_type: "user".into(),
            kind: "move".into(),
            dn_before: Some("CN=Ann,OU=A".into()),
            dn_after: Some("CN=Ann,OU=B".into()),
            attributes: vec![
                attribute("title", &["Cook"], &[]),
                attribute("mail", &["a@a"], &["a@b"]),
                members,
                attribute("fax", &[], &["1"]),
            ],
            initial_password: None,
            blocked: None,
            new_since_approval: false,
        };

        assert_eq!(
            line(&op),
            "CN=Ann,OU=A → CN=Ann,OU=B; title: Cook → no value; mail: a@a → a@b; \
             member: − CN=Bo, CN=Cy, CN=Di, … + CN=Ada; and 1 more"
        );
    }

    #[test]
    fn a_long_value_is_cut() {
        let told = values(&["x".repeat(TEXT + 5)]);

        assert_eq!(told.chars().count(), TEXT + 1);
    }
}
