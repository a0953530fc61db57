//! No two objects of a tenant share a key, also not with what lies in the recycle bin.

use crate::{
    error::Refusal,
    store::{Image, Key, Object},
};

/// Refuses an object one of whose keys another one holds.
pub(crate) fn check_unique(image: &Image, wanted: &Object, detailed: bool) -> Result<(), Refusal> {
    let taken = wanted.keys().into_iter().find_map(|key: Key| {
        let holder = image.holder(&key)?;
        (holder.id != wanted.id).then(|| (key, holder.clone()))
    });
    match taken {
        Some((key, holder)) => Err(Refusal::conflict(&key, &holder, detailed)),
        None => Ok(()),
    }
}
