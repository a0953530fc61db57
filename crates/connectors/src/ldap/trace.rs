//! What lies where an Add with unknown outcome would have put its object.
//!
//! Invariants: reads only; says what differs and leaves the judgement to whoever knows what the last
//! import saw; an attribute that cannot be compared counts as different.

use syncline_model::AttrName;
use syncline_model::connector::{AddTrace, Fault};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportObject, ObjectName};
use syncline_model::op::{Change, OpKind, OpValue, Operation};
use syncline_model::schema::{Schema, confirms};
use syncline_model::value::{Value, Values};

use super::export::{Stop, placed};
use super::export_add::name_of_new;
use super::image::Images;
use super::references::{self, References};
use super::schema::Selection;
use super::syntax::Syntax;
use super::{LdapConnector, flags, lookup};
use crate::contract::Names;

/// Looks for the object of an Add.
pub async fn trace_add(
    connector: &LdapConnector,
    operation: &Operation,
    names: &dyn Names,
) -> Result<AddTrace, Fault> {
    let OpKind::Add {
        object_type, place, ..
    } = &operation.kind
    else {
        return Err(Fault::new(
            "export.not_an_add",
            ErrorKind::Internal,
            "Only an Add leaves an object whose id is not known.",
            "Report this.",
        ));
    };
    let kind = connector.kind();
    let mut session = connector.session().await?;
    let schema = connector.schema(&mut session).await?;
    let root = connector.root(&mut session).await?;
    lookup::forget_places(connector);
    let Ok(place) = placed(place.as_ref()) else {
        return Ok(AddTrace::Absent); // refused before anything was sent
    };
    let dn = match name_of_new(connector, &mut session, place, names).await {
        Ok(dn) => dn,
        // Without its container it cannot be there.
        Err(Stop::Rejected(_)) => return Ok(AddTrace::Absent),
        Err(Stop::Later(fault) | Stop::Unknown(fault)) => return Err(fault),
    };
    let attrs: Vec<AttrName> = operation
        .deltas
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let selection = Selection::new(&schema, &[(object_type.clone(), attrs)]);
    let mut requested = selection.requested(kind.always());
    requested.push(kind.created_attr().to_owned());
    let Some(entry) = session
        .object(&dn, &requested, kind.extended_names())
        .await?
    else {
        return Ok(AddTrace::Absent);
    };
    let created = entry
        .first(kind.created_attr())
        .and_then(|octets| Syntax::GeneralizedTime.read(octets).ok()?)
        .and_then(|value| match value {
            Value::Time(ticks) => Some(ticks),
            _ => None,
        });
    let anchor = kind.anchor(&entry).ok_or_else(|| {
        Fault::new(
            "import.anchor_missing",
            ErrorKind::Unreadable,
            format!("The id of \"{dn}\" in {} cannot be read.", root.base),
            "Let the sync account read the object's id.",
        )
    })?;
    let images = Images {
        kind,
        selection: &selection,
    };
    let references = references::of(connector, &mut session, operation, names).await?;
    let compared = Compared {
        schema: &schema.model,
        names,
        references: &references,
    };
    let unequal: Vec<(AttrName, Stand)> = match images.image(&mut session, entry).await? {
        Some(ImportEntry::Object(object)) => operation
            .deltas
            .iter()
            .map(|(name, change)| (name, compared.stand(&object, name, change)))
            .filter(|(_, stand)| *stand != Stand::Equal)
            .map(|(name, stand)| (name.clone(), stand))
            .collect(),
        // Of another type, or unreadable: nothing of it is shown to be ours.
        _ => {
            let all = operation.deltas.iter();
            all.map(|(name, _)| (name.clone(), Stand::Different))
                .collect()
        }
    };
    let (unfinished, differing): (Vec<_>, Vec<_>) = unequal
        .into_iter()
        .partition(|(_, stand)| *stand == Stand::Unfinished);
    let names_of = |list: Vec<(AttrName, Stand)>| list.into_iter().map(|(name, _)| name).collect();
    Ok(AddTrace::Present {
        anchor,
        dn: dn.parse().map_err(|_| {
            Fault::new(
                "import.name_unreadable",
                ErrorKind::InvalidDn,
                format!("\"{dn}\" is not a name."),
                "Correct the naming rule.",
            )
        })?,
        created,
        differing: names_of(differing),
        unfinished: names_of(unfinished),
        sealed: None,
    })
}

/// How an attribute of an object stands to what an Add wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Equal,
    /// As it is between the Add's first request and its last: an account still disabled, a set not yet whole.
    Unfinished,
    Different,
}

/// What an object is compared by.
struct Compared<'a> {
    schema: &'a Schema,
    names: &'a dyn Names,
    references: &'a References,
}

impl Compared<'_> {
    fn stand(&self, object: &ImportObject, name: &AttrName, change: &Change) -> Stand {
        let wanted: &[OpValue] = match change {
            Change::Clear => &[],
            Change::Set(values) | Change::Values { add: values, .. } => values,
        };
        let mut values = Vec::new();
        let mut refs = Vec::new();
        for value in wanted {
            match value {
                OpValue::Value(value) => values.push(value.clone()),
                OpValue::Ref(key) => {
                    let anchor = self.names.anchor(key);
                    match anchor.and_then(|anchor| self.references.as_imported(&anchor)) {
                        Some(target) => refs.push(target),
                        None => return Stand::Different,
                    }
                }
            }
        }
        let held = object
            .attrs
            .iter()
            .find(|(attr, _)| attr == name)
            .map(|(_, held)| held);
        let held_refs: &[ObjectName] = object
            .refs
            .iter()
            .find(|(attr, _)| attr == name)
            .map_or(&[], |(_, held)| held);
        let same_refs =
            refs.len() == held_refs.len() && refs.iter().all(|wanted| held_refs.contains(wanted));
        let definition = self.schema.attr(&object.object_type, name);
        let confirmation = definition
            .map(|definition| definition.confirmation)
            .unwrap_or_default();
        let starts_disabled =
            flags::by_name(name.as_str()).is_some_and(|f| f.bit == flags::DISABLED);
        let still_disabled = held.is_some_and(|held| held.iter().eq([&Value::Bool(true)]));
        let is_part = definition.is_some_and(|definition| definition.multi)
            && held_refs.iter().all(|one| refs.contains(one))
            && held.is_none_or(|held| held.iter().all(|one| values.contains(one)));
        if same_refs && confirms(confirmation, Values::new(values).as_ref(), held) {
            Stand::Equal
        } else if is_part || (starts_disabled && still_disabled) {
            Stand::Unfinished
        } else {
            Stand::Different
        }
    }
}
