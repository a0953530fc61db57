//! Match keys and names as hashes: what is equal under a comparison has one hash, and nothing else has it.
//!
//! Invariants: match keys fold by the match comparison (D-60), so that 42 and "42" match and empty never
//! does; names fold by the match comparison for imports (D-61) and by the uniqueness fold for
//! provisioning (D-62), which in a flat directory is a value that is unique there; a group's hash covers all its pairs, so that one look-up answers a group (D-26).

use syncline_model::attrs::Attrs;
use syncline_model::dn::Rdn;
use syncline_model::flat::{put_bytes, put_varint};
use syncline_model::object::{Hashing, KeyHash};
use syncline_model::text::match_fold;
use syncline_model::{Anchor, AttrId, CsId, DirectoryId, Value, Values};

use crate::rules::{KeyAnswer, RuleError};
use crate::ruleset::KeySource;

/// The text of a value under the match comparison; empty texts are no key.
pub fn key_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => match_fold(text),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Time(ticks) => format!("time {ticks}"),
        Value::Guid(guid) => Anchor::Guid(*guid).to_string(),
        Value::Bytes(bytes) => Anchor::Bytes(bytes.clone()).to_string(),
    };
    (!text.is_empty()).then_some(text)
}

/// The hash of a group over one object: `None` if a pair has no key. An attribute with several values has none.
pub fn group_hash(
    hashing: &dyn Hashing,
    sides: &[KeySource],
    attrs: &Attrs,
    computed: &[KeyAnswer],
) -> Result<Option<KeyHash>, RuleError> {
    let mut bytes = Vec::with_capacity(64);
    for side in sides {
        let text = match side {
            KeySource::Attr(attr) => attrs
                .get(attr)
                .and_then(|values| values.single())
                .and_then(key_text),
            KeySource::Computed(n) => match computed.get(*n as usize) {
                Some(Ok(text)) => text
                    .as_deref()
                    .map(match_fold)
                    .filter(|text| !text.is_empty()),
                Some(Err(error)) => return Err(error.clone()),
                None => None,
            },
        };
        match text {
            Some(text) => put_bytes(&mut bytes, text.as_bytes()),
            None => return Ok(None),
        }
    }
    Ok((!sides.is_empty()).then(|| hashing.key("match", &bytes)))
}

/// The hash under which a remembered source finds back (D-44).
pub fn remembered(hashing: &dyn Hashing, directory: DirectoryId, anchor: &Anchor) -> KeyHash {
    let mut bytes = Vec::with_capacity(24);
    put_varint(&mut bytes, directory.get().unsigned_abs());
    bytes.extend_from_slice(&anchor.tagged());
    hashing.key("remembered", &bytes)
}

/// The hash of "blocked by this object", for metaverse objects that wait for it to go or change.
pub fn blocked_by(hashing: &dyn Hashing, cs: CsId) -> KeyHash {
    hashing.key("blocked-by", &cs.get().to_be_bytes())
}

/// The two hashes of a name in a container: as imports compare it, and as the directory keeps it unique.
pub fn name_hashes(
    hashing: &dyn Hashing,
    directory: DirectoryId,
    parent: Option<CsId>,
    rdn: &Rdn,
) -> (KeyHash, KeyHash) {
    let hash = |domain: &str, folded: &str| {
        let mut bytes = Vec::with_capacity(48);
        put_varint(&mut bytes, directory.get().unsigned_abs());
        put_varint(&mut bytes, parent.map_or(0, |p| p.get().unsigned_abs()));
        bytes.extend_from_slice(folded.as_bytes());
        hashing.key(domain, &bytes)
    };
    (
        hash("name", &rdn.match_key()),
        hash("unique", &rdn.uniqueness_key()),
    )
}

/// The hash of a value that no two objects of a flat directory share (D-62); `None` where there is not exactly one.
pub fn unique_value(
    hashing: &dyn Hashing,
    directory: DirectoryId,
    attr: AttrId,
    values: Option<&Values>,
) -> Option<KeyHash> {
    let folded = values
        .and_then(|values| values.single())
        .and_then(key_text)?;
    let mut bytes = Vec::with_capacity(48);
    put_varint(&mut bytes, directory.get().unsigned_abs());
    put_varint(&mut bytes, u64::from(attr.0));
    bytes.extend_from_slice(folded.as_bytes());
    Some(hashing.key("unique value", &bytes))
}

/// One reference's share of a content hash.
pub fn ref_share(hashing: &dyn Hashing, attr: AttrId, to: CsId) -> u128 {
    let mut bytes = [0; 11];
    bytes[0] = b'r';
    bytes[1..3].copy_from_slice(&attr.0.to_be_bytes());
    bytes[3..].copy_from_slice(&to.get().to_be_bytes());
    hashing.content(&bytes)
}
