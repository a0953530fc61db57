//! Attribute values, and sets of them.
//!
//! Invariants: a `Values` is never empty (absent is the absence of the attribute, D-22), holds no
//! two equal values and is in canonical order; references are not values (they are rows of their own,
//! see `object::RefTo`).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The data type of an attribute (D-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Unicode text.
    String,
    /// 64-bit signed integer.
    Integer,
    /// True or false.
    Boolean,
    /// Octets.
    Binary,
    /// An instant, in ticks of 100 ns since 0001-01-01T00:00:00Z, the resolution of .NET and of FILETIME.
    Datetime,
    /// A GUID, in the byte order of its text form (RFC 9562).
    Guid,
    /// Another object.
    Reference,
}

/// One value. The order is the canonical order of value sets: by type, then by content.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Unicode text, kept exactly as read.
    Text(Box<str>),
    /// 64-bit signed integer.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Octets.
    Bytes(Box<[u8]>),
    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    Time(i64),
    /// A GUID in text byte order.
    Guid([u8; 16]),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The type of this value.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Text(_) => ValueType::String,
            Self::Int(_) => ValueType::Integer,
            Self::Bool(_) => ValueType::Boolean,
            Self::Bytes(_) => ValueType::Binary,
            Self::Time(_) => ValueType::Datetime,
            Self::Guid(_) => ValueType::Guid,
        }
    }

    /// Whether it counts as one: an empty text or binary is as good as absent (D-22).
    fn counts(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            _ => true,
        }
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Values never appear in logs: `Debug` shows type and size only. `display` is for people who hold the right.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "string({} bytes)", text.len()),
            Self::Bytes(bytes) => write!(f, "binary({} bytes)", bytes.len()),
            other => write!(f, "{:?}", other.value_type()),
        }
    }
}

/// A non-empty set of values in canonical order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Values(Vec<Value>);

impl Values {
    /// The set of these values; `None` when there are none, or only an empty text or empty binary (D-22).
    pub fn new(values: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut values: Vec<Value> = values.into_iter().filter(Value::counts).collect();
        values.sort_unstable();
        values.dedup();
        (!values.is_empty()).then_some(Self(values))
    }

    /// The set of values that are in canonical order already; `None` where they are not exactly such a set.
    pub fn from_canonical(values: Vec<Value>) -> Option<Self> {
        let is_ascending = values.windows(2).all(|pair| pair[0] < pair[1]);
        let is_set = !values.is_empty() && is_ascending && values.iter().all(Value::counts);
        is_set.then_some(Self(values))
    }

    /// A set of one value; `None` when it counts as absent.
    pub fn one(value: Value) -> Option<Self> {
        Self::new([value])
    }

    /// The values in canonical order.
    pub fn as_slice(&self) -> &[Value] {
        &self.0
    }

    /// The only value, if there is exactly one.
    pub fn single(&self) -> Option<&Value> {
        match self.0.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// How many values; never zero.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The values in canonical order.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Values {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_sorted_free_of_repeats_and_never_empty() {
        let set = Values::new([
            Value::text("b"),
            Value::text("a"),
            Value::text("b"),
            Value::text(""),
        ])
        .unwrap();

        assert_eq!(set.as_slice(), [Value::text("a"), Value::text("b")]);
        assert_eq!(Values::new([Value::text("")]), None);
    }

    #[test]
    fn a_value_does_not_print_itself() {
        assert_eq!(format!("{:?}", Value::text("secret")), "string(6 bytes)");
    }
}
