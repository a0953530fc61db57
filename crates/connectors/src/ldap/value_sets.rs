//! Large and partly true value sets: written in pieces, bisected down to the value that is refused.
//!
//! Invariants: one bad value never keeps the others out; a value that is already there, or already
//! gone, is success; the number of writes grows with the number of bad values, not of good ones.

use std::collections::{HashMap, HashSet};

use syncline_model::connector::Fault;
use syncline_model::dn::Dn;

use super::dn_text::{ExtendedDn, guid_name};
use super::encode::SetChange;
use super::errors::{self, Act};
use super::export::Stop;
use super::range;
use super::session::{Modification, Session, WriteValues};
use super::stand_in;

/// What became of a value set.
#[derive(Debug, Default)]
pub struct Applied {
    /// Whether anything was written.
    pub wrote: bool,
    /// Values that were refused, each with its reason.
    pub refused: Vec<Fault>,
}

/// The object whose values change.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// How requests name it.
    pub name: &'a str,
    /// How people know it.
    pub dn: &'a str,
}

/// Turns a change to a whole set into the values that come and go, by reading what is there.
pub async fn against_current(
    session: &mut Session,
    target: Target<'_>,
    change: &mut SetChange,
) -> Result<(), Stop> {
    if !change.whole {
        return Ok(());
    }
    let current = current(session, target, change).await?;
    let wanted: HashSet<Vec<u8>> = change.add.iter().map(|v| key(change, v)).collect();
    let mut add = std::mem::take(&mut change.add);
    add.retain(|value| !current.contains_key(&key(change, value)));
    change.add = add;
    change.remove = current
        .into_iter()
        .filter(|(key, _)| !wanted.contains(key))
        .map(|(_, value)| value)
        .collect();
    if change.keeps_one && wanted.is_empty() {
        let held = change.remove.len();
        change.remove.retain(|value| !stand_in::is_nobody(value));
        if change.remove.len() == held && held > 0 {
            change.add.push(stand_in::NOBODY.as_bytes().to_vec());
        }
    }
    change.whole = false;
    Ok(())
}

/// Applies a change in pieces of at most `piece` values.
pub async fn apply(
    session: &mut Session,
    target: Target<'_>,
    change: &SetChange,
    piece: usize,
) -> Result<Applied, Stop> {
    let mut applied = Applied::default();
    let mut known: Option<HashMap<Vec<u8>, Vec<u8>>> = None;
    let mut found_again = false;
    let pieces = |values: &[Vec<u8>], adds: bool| -> Vec<(bool, Vec<Vec<u8>>)> {
        values
            .chunks(piece.max(1))
            .map(|chunk| (adds, chunk.to_vec()))
            .collect()
    };
    // Last in, first out: removals go first, in case the set is limited.
    let mut open = pieces(&change.add, true);
    open.extend(pieces(&change.remove, false));
    while let Some((adds, values)) = open.pop() {
        if values.is_empty() {
            continue;
        }
        let written: WriteValues = (change.attr.clone(), values);
        let modification = match adds {
            true => Modification::Add(written.clone()),
            false => Modification::Delete(written.clone()),
        };
        let (_, mut values) = written;
        let result = session
            .modify(target.name, &[modification])
            .await
            .map_err(|lost| Stop::lost(lost, applied.wrote))?;
        if result.rc == 0 {
            applied.wrote = true;
            continue;
        }
        if errors::is_busy(&result) || errors::is_elsewhere(&result) {
            return Err(Stop::refused(Act::Modify, target.dn, &result));
        }
        if errors::cannot_compare(&result) && !change.refs {
            return replace(session, target, change).await;
        }
        if errors::is_missing_object(&result) && !found_again {
            // Windows says the same of a missing object and of a missing target of a reference.
            exists(session, target).await?;
            found_again = true;
        }
        let missing_target =
            errors::is_missing_target(&result) || errors::is_missing_object(&result);
        let already_so = errors::is_already_so(&result);
        if already_so && known.is_none() {
            let current = current(session, target, change).await?;
            values.retain(|value| current.contains_key(&key(change, value)) != adds);
            known = Some(current);
            open.push((adds, values));
        } else if values.len() > 1 && (already_so || result.rc != 50) {
            let behind = values.split_off(values.len() / 2);
            open.push((adds, behind));
            open.push((adds, values));
        } else if missing_target && !adds {
            // Who does not exist is no member any more.
        } else if !already_so {
            let fault = match missing_target {
                true => errors::target_missing(target.dn, &result),
                false => errors::refusal(Act::Modify, target.dn, &result),
            };
            applied
                .refused
                .push(fault.on_attr(change.attr.as_str().into()));
        }
    }
    Ok(applied)
}

/// Values that the directory cannot tell apart, such as photos: all of them are written.
async fn replace(
    session: &mut Session,
    target: Target<'_>,
    change: &SetChange,
) -> Result<Applied, Stop> {
    let mut values: Vec<Vec<u8>> = current(session, target, change)
        .await?
        .into_values()
        .collect();
    values.retain(|value| !change.remove.contains(value) && !change.add.contains(value));
    values.extend_from_slice(&change.add);
    let whole = Modification::Replace((change.attr.clone(), values));
    let result = session
        .modify(target.name, &[whole])
        .await
        .map_err(|lost| Stop::lost(lost, true))?;
    match result.rc {
        0 => Ok(Applied {
            wrote: true,
            refused: Vec::new(),
        }),
        _ => Err(Stop::refused(Act::Modify, target.dn, &result)),
    }
}

/// Whether the object itself is there.
pub async fn exists(session: &mut Session, target: Target<'_>) -> Result<(), Stop> {
    match session
        .object(target.name, &["1.1".to_owned()], false)
        .await
    {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Stop::missing(target.dn)),
        Err(fault) => Err(Stop::before(fault)),
    }
}

/// The values an attribute holds now, by the form in which they are compared.
async fn current(
    session: &mut Session,
    target: Target<'_>,
    change: &SetChange,
) -> Result<HashMap<Vec<u8>, Vec<u8>>, Stop> {
    let attrs = [change.attr.clone()];
    let by_id = change.refs && target.name.starts_with('<');
    let entry = session
        .object(target.name, &attrs, by_id)
        .await
        .map_err(Stop::before)?;
    let Some(mut entry) = entry else {
        return Err(Stop::missing(target.dn));
    };
    entry.attrs.retain(|attr| !attr.values.is_empty());
    let Some(attr) = entry.attrs.pop() else {
        return Ok(HashMap::new());
    };
    let values = range::complete(session, target.name, attr, by_id)
        .await
        .map_err(Stop::before)?
        .unwrap_or_default();
    Ok(values
        .into_iter()
        .map(|value| match by_id {
            true => as_guid(&value).unwrap_or(value),
            false => value,
        })
        .map(|value| (key(change, &value), value))
        .collect())
}

/// `<GUID=…>` of a reference that came under the extended DN control.
fn as_guid(value: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(value).ok()?;
    guid_name(&ExtendedDn::parse(text).anchor?).map(String::into_bytes)
}

/// Directories compare text without case, and names as names.
fn key(change: &SetChange, value: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(value) {
        Ok(text) if text.starts_with('<') => value.to_vec(),
        Ok(text) if change.refs => match text.parse::<Dn>() {
            Ok(name) => name.match_key().into_bytes(),
            Err(_) => text.to_lowercase().into_bytes(),
        },
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => value.to_vec(),
    }
}
