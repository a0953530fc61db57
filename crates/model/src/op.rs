//! An export operation and its canonical bytes, the thing that is approved.
//!
//! Invariants: the hash of an operation is SHA-256 over its canonical bytes, and these bytes are what
//! travels to the agent; no engine id, time or row number enters them; objects are named by anchor, or,
//! before they have one, by the source object they come from (decisions: operation hash, D-49).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::anchor::Anchor;
use crate::attrs::AttrName;
use crate::flat::{self, FlatError, Reader, put_bytes, put_varint};
use crate::ids::{DirectoryId, PartId};
use crate::password::InitialPassword;
use crate::schema::ObjectType;
use crate::value::Value;

/// The version of the canonical form; in every hash.
pub const FORMAT: u8 = 1;

/// SHA-256 of an operation's canonical bytes, or of a whole plan's sorted operation hashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpHash(pub [u8; 32]);

/// How an operation names an object, without engine ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKey {
    /// An object the target directory knows.
    Anchor(Anchor),
    /// An object this plan adds: by outbound part and the source object that first projected it.
    New {
        /// The outbound part that provisions it.
        part: PartId,
        /// The directory of that source object.
        source: DirectoryId,
        /// The anchor of that source object.
        anchor: Anchor,
    },
}

/// Where an object is to lie: a container by identity and the RDN in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Placement {
    /// The container.
    pub parent: ObjectKey,
    /// The RDN as text, such as `CN=Ann`.
    pub rdn: String,
}

/// What an operation does to its object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpKind {
    /// Create it.
    Add {
        /// Its object type.
        object_type: ObjectType,
        /// Its place; none in flat directories, which have no containers.
        place: Option<Placement>,
        /// Which password the account gets and for whom it is sealed. The policy, never a password.
        password: Option<InitialPassword>,
    },
    /// Change attributes and, if a place is given, rename or move it in the same logical operation (D-50).
    Update {
        /// Its object type.
        object_type: ObjectType,
        /// Its new place, when it is renamed or moved.
        place: Option<Placement>,
    },
    /// Delete it.
    Delete {
        /// Its object type.
        object_type: ObjectType,
    },
}

/// A value in an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpValue {
    /// A plain value.
    Value(Value),
    /// Another object of the same directory.
    Ref(ObjectKey),
}

/// What happens to one attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// These become all its values.
    Set(Vec<OpValue>),
    /// It becomes absent.
    Clear,
    /// These values come and these go (multi-valued attributes).
    Values {
        /// Values that come, sorted.
        add: Vec<OpValue>,
        /// Values that go, sorted.
        remove: Vec<OpValue>,
    },
}

/// One operation on one object of one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The directory.
    pub directory: DirectoryId,
    /// 1, or 2 for references that became addressable in pass 1 (D-51).
    pub pass: u8,
    /// The object.
    pub object: ObjectKey,
    /// What is done.
    pub kind: OpKind,
    /// Attribute changes by ascending name.
    pub deltas: Vec<(AttrName, Change)>,
}

impl OpHash {
    /// The hash of a plan: over its operation hashes in sorted order, each counted once per occurrence.
    pub fn of_plan(hashes: impl IntoIterator<Item = OpHash>) -> Self {
        let mut sorted: Vec<OpHash> = hashes.into_iter().collect();
        sorted.sort_unstable();
        let mut hasher = Sha256::new_with_prefix(b"syncline plan 1");
        for hash in &sorted {
            hasher.update(hash.0);
        }
        Self(hasher.finalize().into())
    }
}

impl Operation {
    /// The canonical bytes.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = vec![FORMAT];
        put_varint(&mut out, self.directory.get().unsigned_abs());
        out.push(self.pass);
        put_key(&mut out, &self.object);
        let (tag, object_type, place, password) = match &self.kind {
            // A tag of its own, so that an Add without a password hashes as it always did, and a reader that
            // knows nothing of passwords refuses instead of creating an account without one.
            OpKind::Add {
                object_type,
                place,
                password,
            } => (
                if password.is_some() { 4 } else { 1 },
                object_type,
                place.as_ref(),
                password.as_ref(),
            ),
            OpKind::Update { object_type, place } => (2, object_type, place.as_ref(), None),
            OpKind::Delete { object_type } => (3, object_type, None, None),
        };
        out.push(tag);
        put_bytes(&mut out, object_type.as_bytes());
        out.push(u8::from(place.is_some()));
        if let Some(place) = place {
            put_key(&mut out, &place.parent);
            put_bytes(&mut out, place.rdn.as_bytes());
        }
        if let Some(password) = password {
            password.put(&mut out);
        }
        put_varint(&mut out, self.deltas.len() as u64);
        for (name, change) in &self.deltas {
            put_bytes(&mut out, name.as_str().as_bytes());
            match change {
                Change::Set(values) => {
                    out.push(1);
                    put_values(&mut out, values);
                }
                Change::Clear => out.push(2),
                Change::Values { add, remove } => {
                    out.push(3);
                    put_values(&mut out, add);
                    put_values(&mut out, remove);
                }
            }
        }
        out
    }

    /// Reads canonical bytes back. Accepts exactly what [`Operation::canonical`] writes.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, FlatError> {
        let mut r = Reader::new(bytes);
        if r.byte()? != FORMAT {
            return Err(r.error("unknown operation format"));
        }
        let directory =
            DirectoryId(i64::try_from(r.varint()?).map_err(|_| r.error("directory id"))?);
        let pass = r.byte()?;
        let object = get_key(&mut r)?;
        let tag = r.byte()?;
        let object_type = r.text()?.to_owned();
        let place = match r.byte()? {
            0 => None,
            1 => Some(Placement {
                parent: get_key(&mut r)?,
                rdn: r.text()?.to_owned(),
            }),
            _ => return Err(r.error("place")),
        };
        let kind = match (tag, place) {
            (1, place) => OpKind::Add {
                object_type,
                place,
                password: None,
            },
            (4, place) => OpKind::Add {
                object_type,
                place,
                password: Some(InitialPassword::get(&mut r)?),
            },
            (2, place) => OpKind::Update { object_type, place },
            (3, None) => OpKind::Delete { object_type },
            _ => return Err(r.error("operation kind")),
        };
        let mut deltas = Vec::new();
        for _ in 0..r.varint()? {
            let name = AttrName::new(r.text()?);
            let change = match r.byte()? {
                1 => Change::Set(get_values(&mut r)?),
                2 => Change::Clear,
                3 => Change::Values {
                    add: get_values(&mut r)?,
                    remove: get_values(&mut r)?,
                },
                _ => return Err(r.error("change kind")),
            };
            deltas.push((name, change));
        }
        if !r.is_done() {
            return Err(r.error("bytes left over"));
        }
        Ok(Self {
            directory,
            pass,
            object,
            kind,
            deltas,
        })
    }

    /// The operation hash (D-49).
    pub fn hash(&self) -> OpHash {
        hash_canonical(&self.canonical())
    }

    /// The policy of the password that an Add gives its account.
    pub fn password(&self) -> Option<&InitialPassword> {
        match &self.kind {
            OpKind::Add { password, .. } => password.as_ref(),
            OpKind::Update { .. } | OpKind::Delete { .. } => None,
        }
    }

    /// The object type it concerns.
    pub fn object_type(&self) -> &str {
        match &self.kind {
            OpKind::Add { object_type, .. }
            | OpKind::Update { object_type, .. }
            | OpKind::Delete { object_type } => object_type,
        }
    }
}

/// The operation hash of canonical bytes, as the agent recomputes it before it writes.
pub fn hash_canonical(bytes: &[u8]) -> OpHash {
    OpHash(Sha256::digest(bytes).into())
}

fn put_key(out: &mut Vec<u8>, key: &ObjectKey) {
    match key {
        ObjectKey::Anchor(anchor) => {
            out.push(1);
            put_bytes(out, &anchor.tagged());
        }
        ObjectKey::New {
            part,
            source,
            anchor,
        } => {
            out.push(2);
            put_varint(out, part.get().unsigned_abs());
            put_varint(out, source.get().unsigned_abs());
            put_bytes(out, &anchor.tagged());
        }
    }
}

fn get_anchor(r: &mut Reader<'_>) -> Result<Anchor, FlatError> {
    Anchor::from_tagged(r.bytes()?).ok_or_else(|| r.error("anchor"))
}

fn get_key(r: &mut Reader<'_>) -> Result<ObjectKey, FlatError> {
    let id = |r: &mut Reader<'_>| i64::try_from(r.varint()?).map_err(|_| r.error("id"));
    match r.byte()? {
        1 => Ok(ObjectKey::Anchor(get_anchor(r)?)),
        2 => Ok(ObjectKey::New {
            part: PartId(id(r)?),
            source: DirectoryId(id(r)?),
            anchor: get_anchor(r)?,
        }),
        _ => Err(r.error("object key")),
    }
}

fn put_values(out: &mut Vec<u8>, values: &[OpValue]) {
    put_varint(out, values.len() as u64);
    for value in values {
        match value {
            OpValue::Value(value) => {
                out.push(1);
                flat::encode_value(value, out);
            }
            OpValue::Ref(key) => {
                out.push(2);
                put_key(out, key);
            }
        }
    }
}

fn get_values(r: &mut Reader<'_>) -> Result<Vec<OpValue>, FlatError> {
    let count = r.varint()?;
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(match r.byte()? {
            1 => OpValue::Value(r.value()?),
            2 => OpValue::Ref(get_key(r)?),
            _ => return Err(r.error("value kind")),
        });
    }
    Ok(values)
}

impl fmt::Display for OpHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for OpHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for OpHash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for OpHash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        let bad = || serde::de::Error::custom("a hash is 64 lower-case hex digits");
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        for (i, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add() -> Operation {
        let new = |n| ObjectKey::New {
            part: PartId(7),
            source: DirectoryId(1),
            anchor: Anchor::Guid([n; 16]),
        };
        Operation {
            directory: DirectoryId(2),
            pass: 1,
            object: new(1),
            kind: OpKind::Add {
                object_type: "user".into(),
                place: Some(Placement {
                    parent: ObjectKey::Anchor(Anchor::Guid([9; 16])),
                    rdn: "CN=Ann".into(),
                }),
                password: None,
            },
            deltas: vec![
                (
                    "displayName".into(),
                    Change::Set(vec![OpValue::Value(Value::text("Ann"))]),
                ),
                ("manager".into(), Change::Set(vec![OpValue::Ref(new(2))])),
            ],
        }
    }

    #[test]
    fn canonical_bytes_read_back_to_the_same_operation_and_hash() {
        let op = add();

        let back = Operation::from_canonical(&op.canonical()).unwrap();

        assert_eq!(back, op);
        assert_eq!(hash_canonical(&op.canonical()), back.hash());
    }

    #[test]
    fn an_add_with_a_password_policy_reads_back_and_has_a_hash_of_its_own() {
        let plain = add();
        let mut with = plain.clone();
        let recipient = crate::password::Recipient {
            name: "Service desk".into(),
            key: "age1one".into(),
        };
        let OpKind::Add { password, .. } = &mut with.kind else {
            unreachable!()
        };
        *password = Some(InitialPassword::usual(recipient));
        let mut other = with.clone();
        let OpKind::Add { password, .. } = &mut other.kind else {
            unreachable!()
        };
        password.as_mut().unwrap().recipient.key = "age1two".into();

        assert_eq!(
            Operation::from_canonical(&with.canonical()).as_ref(),
            Ok(&with)
        );
        assert_ne!(with.hash(), plain.hash());
        // Who gets the password is approved with the operation.
        assert_ne!(with.hash(), other.hash());
        let bytes = with.canonical();
        for cut in 0..bytes.len() {
            assert!(Operation::from_canonical(&bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn every_part_of_an_operation_is_in_its_hash() {
        let op = add();
        let mut others = vec![op.clone(); 5];
        others[0].directory = DirectoryId(3);
        others[1].pass = 2;
        others[2].object = ObjectKey::Anchor(Anchor::Guid([1; 16]));
        others[3].kind = OpKind::Delete {
            object_type: "user".into(),
        };
        others[4].deltas[0].1 = Change::Clear;

        for other in others {
            assert_ne!(other.hash(), op.hash());
        }
    }

    #[test]
    fn a_plan_hash_does_not_depend_on_order() {
        let (a, b) = (OpHash([1; 32]), OpHash([2; 32]));

        assert_eq!(OpHash::of_plan([a, b]), OpHash::of_plan([b, a]));
        assert_ne!(OpHash::of_plan([a]), OpHash::of_plan([a, a]));
    }

    #[test]
    fn cut_or_padded_bytes_are_refused() {
        let bytes = add().canonical();

        for cut in 0..bytes.len() {
            assert!(Operation::from_canonical(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(Operation::from_canonical(&[bytes.as_slice(), &[0]].concat()).is_err());
    }
}
