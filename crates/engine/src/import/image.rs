//! The content hash of an image: equal content, equal hash, whoever reports it and in whatever pieces (D-13).
//!
//! Invariants: flat part and references are hashed apart and summed, so that a change of one member of a
//! large group updates the hash without reading the others; the place is part of the content, names are
//! not (a renamed container changes no other object).

use syncline_model::CsId;
use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::flat::{self, put_bytes, put_varint};
use syncline_model::object::{ContentHash, Hashing, TypeId};

use crate::keys::ref_share;

/// The share of everything but references.
pub fn base(
    hashing: &dyn Hashing,
    object_type: Option<TypeId>,
    parent: Option<CsId>,
    rdn: Option<&str>,
    attrs: &Attrs,
) -> u128 {
    let mut bytes = Vec::with_capacity(1024);
    bytes.push(b'o');
    put_varint(&mut bytes, object_type.map_or(0, |t| u64::from(t.0) + 1));
    put_varint(&mut bytes, parent.map_or(0, |p| p.get().unsigned_abs()));
    put_bytes(&mut bytes, rdn.unwrap_or_default().as_bytes());
    flat::encode(attrs, &mut bytes);
    hashing.content(&bytes)
}

/// The hash of a whole image.
pub fn whole(
    hashing: &dyn Hashing,
    base: u128,
    refs: impl IntoIterator<Item = (AttrId, CsId)>,
) -> ContentHash {
    let sum = refs.into_iter().fold(base, |sum, (attr, to)| {
        sum.wrapping_add(ref_share(hashing, attr, to))
    });
    ContentHash::new(sum)
}

/// The hash after a change: old base out, new base in, references out and in.
pub fn changed(
    hashing: &dyn Hashing,
    old: ContentHash,
    bases: (u128, u128),
    refs: impl IntoIterator<Item = (AttrId, CsId, bool)>,
) -> ContentHash {
    let start = old.get().wrapping_sub(bases.0).wrapping_add(bases.1);
    let sum = refs.into_iter().fold(start, |sum, (attr, to, added)| {
        let share = ref_share(hashing, attr, to);
        if added {
            sum.wrapping_add(share)
        } else {
            sum.wrapping_sub(share)
        }
    });
    ContentHash::new(sum)
}
