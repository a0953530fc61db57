//! From cells to values.
//!
//! Invariants: an empty cell is no value; a text stays as it stands but for the spaces that the format says are no
//! part of it; a cell that is not what its column says is an error of its row, never a guess.

use std::collections::BTreeSet;

use syncline_model::import::{ImportObject, ObjectName};
use syncline_model::{Anchor, AttrName, Dn, Value, Values};

use super::layout::{BadRow, Cells, Layout};
use super::rows::Row;

/// A cell without the spaces around it, where they are no part of it.
pub(super) fn trimmed(cell: &str, trim: bool) -> &str {
    if trim { cell.trim() } else { cell }
}

/// A text for people, not too long.
pub(super) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Which columns become attributes of the objects.
#[derive(Debug)]
pub(super) struct Wanted {
    object_type: String,
    root: Dn,
    /// Columns of a file by place.
    columns: Vec<usize>,
}

impl Wanted {
    /// The attributes that were asked for; others are left out.
    pub fn new(layout: &Layout, object_type: &str, attrs: &[AttrName]) -> Self {
        let attrs: BTreeSet<&AttrName> = attrs.iter().collect();
        let wanted = layout.slots.iter().enumerate().filter(|(_, slot)| {
            !matches!(slot.cells, Cells::Ignored) && attrs.contains(&slot.attribute)
        });
        Self {
            object_type: object_type.to_owned(),
            root: "".parse().expect("no text is the root's name"),
            columns: wanted.map(|(at, _)| at).collect(),
        }
    }

    /// The object of a row with this key.
    pub fn object(
        &self,
        layout: &Layout,
        row: &Row<'_>,
        key: &str,
    ) -> Result<ImportObject, BadRow> {
        let mut object = ImportObject {
            anchor: Anchor::Text(key.into()),
            dn: self.root.clone(),
            object_type: self.object_type.clone(),
            attrs: Vec::with_capacity(self.columns.len()),
            refs: Vec::new(),
        };
        for at in &self.columns {
            let slot = &layout.slots[*at];
            let cell = trimmed(row.cell(*at), layout.trim);
            if cell.is_empty() {
                continue;
            }
            let name = slot.attribute.clone();
            let values = match &slot.cells {
                Cells::Ignored => None,
                Cells::Text => Values::one(Value::text(cell)),
                Cells::Multi(separator) => Values::new(
                    cell.split(separator.as_str())
                        .map(|part| Value::text(part.trim())),
                ),
                Cells::Reference => {
                    let target = ObjectName::Anchor(Anchor::Text(cell.into()));
                    object.refs.push((name, vec![target]));
                    continue;
                }
                Cells::Date(format) => {
                    let ticks = format.ticks(cell).ok_or_else(|| BadRow {
                        code: "csv.date_invalid",
                        line: row.facts.line,
                        key: Some(key.to_owned()),
                        what: format!("the value of `{}` is no date of its format", slot.header),
                    })?;
                    Values::one(Value::Time(ticks))
                }
            };
            if let Some(values) = values {
                object.attrs.push((name, values));
            }
        }
        Ok(object)
    }
}
