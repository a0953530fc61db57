//! The codec of stored bodies other than attributes: one trait, implemented from the primitives of [`crate::flat`].
//!
//! Invariants: canonical (equal values give equal bytes); reading accepts exactly what writing produces
//! and consumes all of it; the first byte of a stored body is its version, so that a later form never
//! misreads an older one.

use crate::anchor::Anchor;
use crate::attrs::{AttrId, Attrs};
use crate::flat::{self, FlatError, Reader, put_bytes, put_varint};
use crate::ids::{CsId, DirectoryId, MvId, PartId, ProfileId};
use crate::op::{OpHash, Operation};
use crate::value::{Value, Values};

/// The version byte of every stored body.
pub const VERSION: u8 = 1;

/// Something that lies in a stored body.
pub trait Body: Sized {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it back.
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError>;
}

/// The stored form of a body, version byte first.
pub fn encode<T: Body>(value: &T) -> Vec<u8> {
    let mut out = vec![VERSION];
    value.put(&mut out);
    out
}

/// Reads a stored body.
pub fn decode<T: Body>(bytes: &[u8]) -> Result<T, FlatError> {
    let mut r = Reader::new(bytes);
    if r.byte()? != VERSION {
        return Err(r.error("unknown body version"));
    }
    let value = T::read(&mut r)?;
    if r.is_done() {
        Ok(value)
    } else {
        Err(r.error("bytes left over"))
    }
}

macro_rules! uints {
    ($($t:ty),*) => {$(
        impl Body for $t {
            fn put(&self, out: &mut Vec<u8>) {
                put_varint(out, u64::from(*self));
            }
            fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
                Self::try_from(r.varint()?).map_err(|_| r.error("number"))
            }
        }
    )*};
}
uints!(u8, u16, u32, u64);

impl Body for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        match r.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(r.error("boolean")),
        }
    }
}

impl Body for u128 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        let bytes = r.take(16)?;
        Ok(Self::from_be_bytes(
            bytes.try_into().expect("sixteen bytes were taken"),
        ))
    }
}

impl Body for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        r.text().map(str::to_owned)
    }
}

impl<T: Body> Body for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.len() as u64);
        self.iter().for_each(|item| item.put(out));
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        let count = r.varint()?;
        let mut items = Self::with_capacity(r.room(count));
        for _ in 0..count {
            items.push(T::read(r)?);
        }
        Ok(items)
    }
}

impl<T: Body> Body for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Ok(if bool::read(r)? {
            Some(T::read(r)?)
        } else {
            None
        })
    }
}

impl<A: Body, B: Body> Body for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Ok((A::read(r)?, B::read(r)?))
    }
}

macro_rules! ids {
    ($($t:ident),*) => {$(
        impl Body for $t {
            fn put(&self, out: &mut Vec<u8>) {
                put_varint(out, self.get().unsigned_abs());
            }
            fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
                i64::try_from(r.varint()?).map($t).map_err(|_| r.error("id"))
            }
        }
    )*};
}
ids!(CsId, MvId, DirectoryId, PartId, ProfileId);

impl Body for AttrId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        u16::read(r).map(Self)
    }
}

impl Body for Anchor {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.tagged());
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Self::from_tagged(r.bytes()?).ok_or_else(|| r.error("anchor"))
    }
}

impl Body for Value {
    fn put(&self, out: &mut Vec<u8>) {
        flat::encode_value(self, out);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        r.value()
    }
}

impl Body for Values {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.len() as u64);
        self.iter().for_each(|value| value.put(out));
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Values::from_canonical(Vec::read(r)?).ok_or_else(|| r.error("value set"))
    }
}

impl Body for Attrs {
    fn put(&self, out: &mut Vec<u8>) {
        let mut flat = Vec::new();
        flat::encode(self, &mut flat);
        put_bytes(out, &flat);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        flat::decode(r.bytes()?)
    }
}

impl Body for Operation {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.canonical());
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Self::from_canonical(r.bytes()?)
    }
}

impl Body for OpHash {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        Ok(Self(
            r.take(32)?.try_into().expect("thirty-two bytes were taken"),
        ))
    }
}

/// Implements [`Body`] for a struct, field by field in the order given.
macro_rules! body_struct {
    ($t:ident { $($field:ident),* $(,)? }) => {
        impl $crate::body::Body for $t {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::body::Body::put(&self.$field, out);)*
            }
            fn read(r: &mut $crate::flat::Reader<'_>) -> Result<Self, $crate::flat::FlatError> {
                Ok(Self { $($field: $crate::body::Body::read(r)?),* })
            }
        }
    };
}

/// Implements [`Body`] and conversions to stored numbers for an enum without fields. Numbers are never reused.
macro_rules! body_enum {
    ($t:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        impl $t {
            /// The number it is stored as.
            pub const fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)* }
            }
            /// The variant stored as this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
        impl $crate::body::Body for $t {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(self.code());
            }
            fn read(r: &mut $crate::flat::Reader<'_>) -> Result<Self, $crate::flat::FlatError> {
                let code = r.byte()?;
                Self::from_code(code).ok_or_else(|| r.error(concat!("code of ", stringify!($t))))
            }
        }
    };
}

pub(crate) use {body_enum, body_struct};
