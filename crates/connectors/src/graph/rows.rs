//! One row of a delta page: an object, what is left of one, or what changed about its references.
//!
//! Invariants: a row without a readable id is no row but an error; a value that cannot be read makes the whole
//! row an error and never a deletion; null clears, and so does absence where the service shows all it knows
//! (no `return=minimal`), unless the row names no property at all: then it is about references only.

use serde_json::Value as Json;
use syncline_model::import::ReadError;
use syncline_model::value::Values;
use syncline_model::{Anchor, AttrName};

use super::select::Selection;
use super::{id, syntax};

/// A row, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Row {
    /// There it is.
    Object(Object),
    /// Gone: into the recycle bin, or for good.
    Removed([u8; 16]),
    /// It cannot be read.
    Unreadable(ReadError),
}

/// What a row says of an object that is there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object {
    pub(super) id: [u8; 16],
    /// Every selected attribute; `None` is absent. Empty when the row is about references only.
    pub(super) attrs: Vec<(AttrName, Option<Values>)>,
    /// References that came and went, in their order; `None` when the row does not speak of them.
    pub(super) references: Option<Vec<([u8; 16], bool)>>,
    /// Whether the on-premises directory masters it.
    pub(super) synced: Option<bool>,
}

/// Reads a row of a selection.
pub(super) fn read(selection: &Selection, row: &Json) -> Row {
    let Some(id) = row["id"].as_str().and_then(id::parse) else {
        return Row::Unreadable(ReadError {
            anchor: None,
            dn: None,
            code: "import.anchor_missing".to_owned(),
            message: format!(
                "A row of {} has no object id.",
                selection.class.collection()
            ),
        });
    };
    if row
        .get("@removed")
        .is_some_and(|removed| !removed.is_null())
    {
        return Row::Removed(id);
    }
    match object(selection, id, row) {
        Ok(object) => Row::Object(object),
        Err((code, why)) => Row::Unreadable(ReadError {
            anchor: Some(Anchor::Guid(id)),
            dn: None,
            code: code.to_owned(),
            message: format!(
                "{} {} cannot be read: {why}.",
                selection.class.name(),
                Anchor::Guid(id)
            ),
        }),
    }
}

fn object(
    selection: &Selection,
    id: [u8; 16],
    row: &Json,
) -> Result<Object, (&'static str, String)> {
    let names_any = selection
        .properties
        .iter()
        .any(|property| row.get(property.outer()).is_some());
    let mut attrs = Vec::new();
    for property in selection.properties.iter().filter(|_| names_any) {
        let json = property.find(row).unwrap_or(&Json::Null);
        let values = syntax::read(property.value_type, json).map_err(|why| {
            (
                "import.value_unreadable",
                format!("{}: {why}", property.name),
            )
        })?;
        attrs.push((property.name.clone(), values));
    }
    let references = match selection.class.reference() {
        Some(name) if selection.reference.is_some() => match row.get(format!("{name}@delta")) {
            Some(Json::Array(list)) => Some(references(list)?),
            Some(other) if !other.is_null() => {
                return Err(("import.value_unreadable", format!("{name} is no list")));
            }
            _ => None,
        },
        _ => None,
    };
    Ok(Object {
        id,
        attrs,
        references,
        synced: row["onPremisesSyncEnabled"].as_bool(),
    })
}

/// A code, and why.
type Unreadable = (&'static str, String);

fn references(list: &[Json]) -> Result<Vec<([u8; 16], bool)>, Unreadable> {
    let each = list.iter().map(|reference| {
        let target = reference["id"].as_str().and_then(id::parse);
        let target = target.ok_or((
            "import.reference_unreadable",
            "a reference has no id".to_owned(),
        ))?;
        let gone = reference
            .get("@removed")
            .is_some_and(|removed| !removed.is_null());
        Ok((target, !gone))
    });
    each.collect()
}

/// The one target that is left of these changes; `None` when none is.
pub(super) fn single(references: &[([u8; 16], bool)]) -> Option<[u8; 16]> {
    let came = references.iter().rev().find(|(_, present)| *present);
    came.map(|(target, _)| *target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::properties::{Catalogue, Class};
    use serde_json::json;
    use syncline_model::value::Value;

    const ID: &str = "00000000-0000-0000-0000-000000000001";

    fn read_user(row: Json) -> Row {
        let attrs =
            ["displayName", "jobTitle", "extensionAttribute1", "manager"].map(AttrName::new);
        let selection = Selection::new(&Catalogue::new(&[]), Class::User, &attrs).unwrap();
        read(&selection, &row)
    }

    fn attrs_of(row: Row) -> Vec<(AttrName, Option<Values>)> {
        match row {
            Row::Object(object) => object.attrs,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn absent_and_null_are_no_value_and_everything_selected_is_told() {
        let attrs = attrs_of(read_user(
            json!({"id": ID, "displayName": "Ada", "jobTitle": null}),
        ));

        assert_eq!(
            attrs,
            [
                ("displayName".into(), Values::one(Value::text("Ada"))),
                ("jobTitle".into(), None),
                ("extensionAttribute1".into(), None),
            ]
        );
    }

    #[test]
    fn a_row_about_references_only_says_nothing_of_attributes() {
        let row = read_user(json!({"id": ID, "manager@delta": [
            {"id": "00000000-0000-0000-0000-000000000002", "@removed": {"reason": "deleted"}},
            {"id": "00000000-0000-0000-0000-000000000003"},
        ]}));

        let Row::Object(object) = row else {
            panic!("{row:?}")
        };
        assert!(object.attrs.is_empty());
        assert_eq!(single(&object.references.unwrap()).unwrap()[15], 3);
        assert_eq!(single(&[([1; 16], false)]), None);
        let changed_twice = [([1; 16], true), ([1; 16], false), ([2; 16], true)];
        assert_eq!(single(&changed_twice), Some([2; 16]));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_of_its_object() {
        let code = |row| match read_user(row) {
            Row::Unreadable(error) => (error.code, error.anchor.is_some()),
            other => panic!("{other:?}"),
        };

        assert_eq!(
            code(json!({"displayName": "x"})),
            ("import.anchor_missing".into(), false)
        );
        assert_eq!(
            code(json!({"id": ID, "displayName": 5})),
            ("import.value_unreadable".into(), true)
        );
        assert_eq!(
            code(json!({"id": ID, "manager@delta": [{}]})),
            ("import.reference_unreadable".into(), true)
        );
        let removed = read_user(json!({"id": ID, "@removed": {"reason": "changed"}}));
        assert_eq!(removed, Row::Removed(id::parse(ID).unwrap()));
    }
}
