//! An operation's changes in Graph's terms: properties and their parts, and the reference apart.
//!
//! Invariants: only what the operation names is written; parts of a complex property go out together and leave the
//! others as they are; what can only be read is refused before anything is sent.

use serde_json::{Map, Value as Json, json};
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::op::{Change, OpValue, Operation};

use super::properties::{Catalogue, Class, Property};
use super::syntax;

/// What becomes of one property.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) property: Property,
    pub(super) becomes: Becomes,
}

/// The new value, or what changes about a set.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Becomes {
    Value(Json),
    /// Values that come and go: Graph takes whole sets only, so that the present one must be read first.
    Changed {
        add: Vec<Json>,
        remove: Vec<Json>,
    },
}

/// An operation, taken apart.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) plain: Vec<Piece>,
    pub(super) reference: Option<(AttrName, Change)>,
    /// What is refused before anything is sent.
    pub(super) refused: Vec<Fault>,
}

impl Pieces {
    /// Takes an operation apart, for a creation or a change.
    pub(super) fn of(
        catalogue: &Catalogue,
        class: Class,
        operation: &Operation,
        is_new: bool,
    ) -> Self {
        let mut pieces = Self::default();
        for (name, change) in &operation.deltas {
            if class
                .reference()
                .is_some_and(|known| *name == AttrName::new(known))
            {
                pieces.reference = Some((name.clone(), change.clone()));
                continue;
            }
            match piece(catalogue, class, name, change, is_new) {
                Ok(Some(piece)) => pieces.plain.push(piece),
                Ok(None) => {}
                Err(fault) => pieces.refused.push(fault),
            }
        }
        pieces
    }

    /// The value that is to be of a property by name.
    pub(super) fn value(&self, name: &str) -> Option<&Json> {
        let name = AttrName::new(name);
        let found = self.plain.iter().find(|piece| piece.property.name == name);
        match &found?.becomes {
            Becomes::Value(value) if !value.is_null() => Some(value),
            _ => None,
        }
    }

    /// The text that is to be of a property by name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }
}

fn piece(
    catalogue: &Catalogue,
    class: Class,
    name: &AttrName,
    change: &Change,
    is_new: bool,
) -> Result<Option<Piece>, Fault> {
    let property = catalogue.property(class, name).map_err(|fault| Fault {
        code: "export.attribute_unavailable".into(),
        ..fault
    })?;
    let may = if is_new {
        property.create
    } else {
        property.update
    };
    if !may {
        let (code, why) = match property.create {
            true => (
                "export.group_type_fixed",
                "it is fixed when the object is created",
            ),
            false => ("export.attribute_read_only", "Graph only shows it"),
        };
        return Err(Fault::new(
            code,
            ErrorKind::SchemaViolation,
            format!("\"{name}\" of {} cannot be written: {why}.", class.name()),
            "Take the attribute out of the flow.",
        )
        .on_attr(name.clone()));
    }
    let values = |values: &[OpValue]| -> Result<Vec<Json>, Fault> {
        let each = values.iter().map(|value| match value {
            OpValue::Value(value) => Ok(syntax::write(value)),
            OpValue::Ref(_) => Err(Fault::new(
                "export.value_refused",
                ErrorKind::TypeMismatch,
                format!("\"{name}\" of {} holds no references.", class.name()),
                "Correct the flow.",
            )
            .on_attr(name.clone())),
        });
        each.collect()
    };
    let whole = |mut set: Vec<Json>| -> Result<Json, Fault> {
        match (property.multi, set.len()) {
            (true, _) => Ok(Json::Array(set)),
            (false, 0) => Ok(Json::Null),
            (false, 1) => Ok(set.remove(0)),
            (false, _) => Err(Fault::new(
                "export.value_refused",
                ErrorKind::MultiToSingle,
                format!("\"{name}\" of {} holds one value.", class.name()),
                "Correct the flow so that it gives one value.",
            )
            .on_attr(name.clone())),
        }
    };
    let becomes = match change {
        Change::Set(set) => Becomes::Value(whole(values(set)?)?),
        Change::Clear => Becomes::Value(whole(Vec::new())?),
        Change::Values { add, .. } if is_new || !property.multi => {
            Becomes::Value(whole(values(add)?)?)
        }
        Change::Values { add, remove } => Becomes::Changed {
            add: values(add)?,
            remove: values(remove)?,
        },
    };
    // What is not to be there needs no mention in a new object.
    let is_nothing =
        matches!(&becomes, Becomes::Value(value) if value.is_null() || *value == json!([]));
    Ok((!(is_new && is_nothing)).then_some(Piece { property, becomes }))
}

/// The body that writes these pieces; those that change a set must have been made whole before.
pub(super) fn body(pieces: &[Piece]) -> Map<String, Json> {
    let mut body = Map::new();
    for piece in pieces {
        let Becomes::Value(value) = &piece.becomes else {
            continue;
        };
        match piece.property.inner() {
            None => {
                body.insert(piece.property.outer().to_owned(), value.clone());
            }
            Some(inner) => {
                let outer = body
                    .entry(piece.property.outer().to_owned())
                    .or_insert_with(|| json!({}));
                outer[inner] = value.clone();
            }
        }
    }
    body
}

/// A set after changes to it; texts compare without case, as the directory compares them.
pub(super) fn changed(present: &Json, add: &[Json], remove: &[Json]) -> Json {
    let same = |a: &Json, b: &Json| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    };
    let mut set: Vec<Json> = present.as_array().cloned().unwrap_or_default();
    set.retain(|value| !remove.iter().any(|gone| same(gone, value)));
    for value in add {
        if !set.iter().any(|known| same(known, value)) {
            set.push(value.clone());
        }
    }
    Json::Array(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::op::{ObjectKey, OpKind};
    use syncline_model::value::Value;
    use syncline_model::{Anchor, DirectoryId};

    fn pieces(class: Class, is_new: bool, deltas: Vec<(&str, Change)>) -> Pieces {
        let operation = Operation {
            directory: DirectoryId(1),
            pass: 1,
            object: ObjectKey::Anchor(Anchor::Guid([1; 16])),
            kind: OpKind::Update {
                object_type: class.name().to_owned(),
                place: None,
            },
            deltas: deltas
                .into_iter()
                .map(|(name, change)| (name.into(), change))
                .collect(),
        };
        Pieces::of(&Catalogue::new(&[]), class, &operation, is_new)
    }

    fn set(text: &str) -> Change {
        Change::Set(vec![OpValue::Value(Value::text(text))])
    }

    #[test]
    fn parts_of_a_complex_property_go_out_together_and_a_set_goes_out_whole() {
        let pieces = pieces(
            Class::User,
            false,
            vec![
                ("city", Change::Clear),
                ("extensionAttribute1", set("a")),
                ("extensionAttribute2", Change::Clear),
                ("otherMails", Change::Clear),
            ],
        );

        assert!(pieces.refused.is_empty());
        assert_eq!(
            Json::Object(body(&pieces.plain)),
            json!({
                "city": null, "otherMails": [],
                "onPremisesExtensionAttributes": {"extensionAttribute1": "a", "extensionAttribute2": null},
            })
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused_and_the_rest_goes_on() {
        let pieces = pieces(
            Class::Group,
            false,
            vec![
                ("description", set("x")),
                ("mailEnabled", Change::Clear),
                ("proxyAddresses", set("x")),
                ("shoeSize", set("x")),
            ],
        );

        let codes: Vec<&str> = pieces
            .refused
            .iter()
            .map(|fault| fault.code.as_ref())
            .collect();
        assert_eq!(
            codes,
            [
                "export.group_type_fixed",
                "export.attribute_read_only",
                "export.attribute_unavailable"
            ]
        );
        assert_eq!(pieces.plain.len(), 1);
    }

    #[test]
    fn a_new_object_does_not_mention_what_it_is_not_to_have() {
        let pieces = pieces(
            Class::User,
            true,
            vec![("city", Change::Clear), ("displayName", set("Ada"))],
        );

        assert_eq!(
            Json::Object(body(&pieces.plain)),
            json!({"displayName": "Ada"})
        );
        assert_eq!(pieces.text("displayName"), Some("Ada"));
    }

    #[test]
    fn a_set_changes_without_regard_to_case() {
        let present = json!(["A@x.test", "b@x.test"]);

        let after = changed(
            &present,
            &[json!("B@x.test"), json!("c@x.test")],
            &[json!("a@X.test")],
        );

        assert_eq!(after, json!(["b@x.test", "c@x.test"]));
    }
}
