//! What is wrong with a draft of a resource, placed in its document.
//!
//! Invariants: every finding of the draft names its field; an error that the draft causes in another resource is told
//! with that one's name, because it lies in no field of the draft.

use syncline_model::RuleResourceId;
use syncline_model::rule_resource::{RuleResource, RuleResourceKind};
use syncline_rules::diag;
use syncline_rules::resources::EXPRESSIONS_MAX;

use super::library::{BYTES_MAX, Library, TABLES_MAX};
use crate::profile::build::diagnostic;
use crate::resource::profile::{Diagnostic, DiagnosticSeverity};

/// Most characters of a description.
const DESCRIPTION_MAX: usize = 500;

/// What needs no compiler.
pub(super) fn of_document(
    draft: &RuleResource,
    id: RuleResourceId,
    after: &Library,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let same = |row: &&syncline_store::tenant::RuleResourceRow| {
        row.id != id && row.doc.kind() == draft.kind() && row.doc.name() == draft.name()
    };
    if after.rows.iter().any(|row| same(&row)) {
        let what = match draft.kind() {
            RuleResourceKind::Table => "table",
            RuleResourceKind::Expression => "named expression",
        };
        let message = format!(
            "there is another {what} `{}`; choose another name, or change that one",
            draft.name()
        );
        found.push(error("/name", "RR0001", message));
    }
    let length = draft.description().map_or(0, |text| text.chars().count());
    if length > DESCRIPTION_MAX {
        let message = format!(
            "the description has {length} characters, at most {DESCRIPTION_MAX} are allowed"
        );
        found.push(error("/description", "RR0002", message));
    }
    found
}

/// Why a tenant cannot have so many resources, or such large ones.
pub(super) fn over_limit(after: &Library) -> Option<String> {
    let of = |kind| {
        after
            .rows
            .iter()
            .filter(|row| row.doc.kind() == kind)
            .count()
    };
    let (tables, expressions) = (
        of(RuleResourceKind::Table),
        of(RuleResourceKind::Expression),
    );
    if tables > TABLES_MAX {
        return Some(format!(
            "There would be {tables} lookup tables, at most {TABLES_MAX} are allowed."
        ));
    }
    if expressions > EXPRESSIONS_MAX {
        return Some(format!(
            "There would be {expressions} named expressions, at most {EXPRESSIONS_MAX} are allowed."
        ));
    }
    let bytes: usize = after.rows.iter().map(|row| bytes(&row.doc)).sum();
    (bytes > BYTES_MAX).then(|| {
        format!("All tables and named expressions together would take {bytes} bytes, at most {BYTES_MAX} are allowed.")
    })
}

fn bytes(doc: &RuleResource) -> usize {
    match doc {
        RuleResource::Table(table) => {
            let rows = table.rows.iter();
            rows.map(|row| row.key.len() + row.value.len() + 32).sum()
        }
        RuleResource::Expression(expression) => expression.expr.len() + 1024,
    }
}

/// What the compiler found in all resources, as findings of the draft.
pub(super) fn of_compiler(
    found: &[diag::Diagnostic],
    id: RuleResourceId,
    after: &Library,
) -> Vec<Diagnostic> {
    let draft = after.place(id).map(|place| (place, path(place)));
    let placed = |one: &diag::Diagnostic| {
        if let Some(rest) = draft
            .as_ref()
            .and_then(|(_, own)| one.path.strip_prefix(own.as_str()))
        {
            return Some(diagnostic(one, pointer(rest)));
        }
        let other = after.rows.iter().find(|row| {
            let own = after.place(row.id).map(path);
            own.is_some_and(|own| one.path.starts_with(&own))
        })?;
        one.is_error().then(|| {
            let message = format!("`{}` would be broken: {}", other.doc.name(), one.message);
            error("", &one.code, message)
        })
    };
    found.iter().filter_map(placed).collect()
}

/// What the compiler calls a resource. It ends in a bracket, so that none begins with another one's.
fn path((kind, index): (RuleResourceKind, usize)) -> String {
    match kind {
        RuleResourceKind::Table => format!("resources.tables[{index}]"),
        RuleResourceKind::Expression => format!("resources.expressions[{index}]"),
    }
}

fn pointer(path: &str) -> String {
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps.fold(String::new(), |pointer, step| pointer + "/" + step)
}

fn error(at: &str, code: &str, message: String) -> Diagnostic {
    Diagnostic {
        at: at.to_owned(),
        severity: DiagnosticSeverity::Error,
        code: code.to_owned(),
        csharp: None,
        message,
        note: None,
        from: None,
        to: None,
        fix: None,
    }
}

#[cfg(test)]
mod tests {
    use syncline_rules::resources::Prepared;
    use syncline_store::tenant::RuleResourceRow;

    use super::*;

    fn expression(name: &str, expr: &str) -> RuleResource {
        let doc = serde_json::json!({"kind": "expression", "name": name, "expr": expr,
            "parameters": [{"name": "text", "type": "string", "nullable": false}]});
        serde_json::from_value(doc).unwrap()
    }

    fn library(docs: impl IntoIterator<Item = RuleResource>) -> Library {
        let rows = docs.into_iter().zip(1..).map(|(doc, id)| RuleResourceRow {
            id: RuleResourceId(id),
            version: 1,
            author: "usr_1".into(),
            at_ms: 0,
            doc,
        });
        Library::of(1, rows.collect())
    }

    fn found(before: &Library, id: i64, draft: &RuleResource) -> Vec<(String, String, String)> {
        let id = RuleResourceId(id);
        let after = before.with(id, Some(draft));
        let prepared = Prepared::of(after.resources());
        let mut all = of_document(draft, id, &after);
        all.extend(of_compiler(prepared.diagnostics(), id, &after));
        let told = all.into_iter().map(|d| (d.at, d.code, d.message));
        told.collect()
    }

    #[test]
    fn a_mistake_names_its_field() {
        let before = library([expression("Loud", "text.ToUpper()")]);

        let of_body = found(&before, 2, &expression("Quiet", "text.ToLowr()"));
        let of_table = serde_json::json!({"kind": "table", "name": "t",
            "rows": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]});
        let of_table = found(&before, 2, &serde_json::from_value(of_table).unwrap());

        assert_eq!(of_body.len(), 1, "{of_body:?}");
        assert_eq!(of_body[0].0, "/expr");
        assert_eq!((of_table.len(), of_table[0].0.as_str()), (1, "/rows/1"));
    }

    #[test]
    fn a_name_that_another_one_has_is_told_once_in_words() {
        let before = library([expression("Loud", "text.ToUpper()")]);

        let all = found(&before, 2, &expression("Loud", "text"));

        assert!(
            all.iter()
                .any(|(at, code, _)| at == "/name" && code == "RR0001"),
            "{all:?}"
        );
    }

    #[test]
    fn what_a_draft_breaks_elsewhere_is_told_with_that_name() {
        let before = library([
            expression("Loud", "text.ToUpper()"),
            expression("Louder", "Loud(text) + \"!\""),
        ]);

        let all = found(&before, 1, &expression("Shout", "text.ToUpper()"));

        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].0, "");
        assert!(all[0].2.starts_with("`Louder` would be broken"), "{all:?}");
    }

    #[test]
    fn a_sound_draft_has_no_findings() {
        let before = library([expression("Loud", "text.ToUpper()")]);

        assert_eq!(
            found(&before, 2, &expression("Quiet", "text.ToLower()")),
            []
        );
        assert_eq!(over_limit(&before), None);
    }

    #[test]
    fn limits_name_what_was_reached() {
        let rows =
            (0..200).map(|n| serde_json::json!({"key": n.to_string(), "value": "x".repeat(1000)}));
        let rows: Vec<_> = rows.collect();
        let table = |n: i32| {
            let doc = serde_json::json!({"kind": "table", "name": format!("t{n}"), "rows": rows});
            serde_json::from_value(doc).unwrap()
        };
        let small = |n: i32| {
            let doc = serde_json::json!({"kind": "table", "name": format!("t{n}"), "rows": []});
            serde_json::from_value(doc).unwrap()
        };

        let large = over_limit(&library((0..21).map(table))).unwrap();
        let many = over_limit(&library((0..201).map(small))).unwrap();

        assert!(large.contains("at most 4194304 are allowed"), "{large}");
        assert!(many.contains("201 lookup tables, at most 200"), "{many}");
    }
}
