//! Small conversions between columns and model types.
//!
//! Invariants: an enum is stored under its serde name, so that SQL, API and code use one word; a word that is
//! not one of the enum's is a damaged row, never a default.

use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer, value::StrDeserializer};
use sqlx::postgres::PgRow;
use sqlx::{ColumnIndex, Row as _};
use syncline_model::AttrId;
use syncline_model::op::OpHash;
use uuid::Uuid;

use crate::{Result, StoreError};

/// A 128-bit key or hash as its column holds it.
pub(crate) fn uuid_of(key: u128) -> Uuid {
    Uuid::from_u128(key)
}

/// The stored word of an enum without fields.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("only enums without fields are stored as words"),
    }
}

/// Reads [`word`] back.
pub(crate) fn from_word<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    row: impl std::fmt::Display,
    word: &str,
) -> Result<T> {
    let parser: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
    T::deserialize(parser).map_err(|_| {
        StoreError::damaged(
            table,
            column,
            row,
            format_args!("`{word}` is not one of its words"),
        )
    })
}

/// A 32-byte hash.
pub(crate) fn hash_32(
    table: &'static str,
    column: &'static str,
    row: impl std::fmt::Display,
    bytes: &[u8],
) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| {
        StoreError::damaged(
            table,
            column,
            row,
            format_args!("{} bytes are not a hash", bytes.len()),
        )
    })
}

/// An operation hash.
pub(crate) fn op_hash(
    table: &'static str,
    row: impl std::fmt::Display,
    bytes: &[u8],
) -> Result<OpHash> {
    hash_32(table, "op_hash", row, bytes).map(OpHash)
}

/// An enum stored as a number.
pub(crate) fn code<T>(
    table: &'static str,
    column: &'static str,
    row: impl std::fmt::Display,
    number: i16,
    from: impl Fn(u8) -> Option<T>,
) -> Result<T> {
    u8::try_from(number).ok().and_then(from).ok_or_else(|| {
        StoreError::damaged(
            table,
            column,
            row,
            format_args!("{number} is not one of its codes"),
        )
    })
}

/// An attribute's number.
pub(crate) fn attr_id(
    table: &'static str,
    row: impl std::fmt::Display,
    number: i32,
) -> Result<AttrId> {
    u16::try_from(number).map(AttrId).map_err(|_| {
        StoreError::damaged(
            table,
            "attr",
            row,
            format_args!("{number} is not an attribute's number"),
        )
    })
}

/// Shorter column access, by name, or by place where there are many rows: sqlx names the column in its error.
pub(crate) trait Columns {
    fn i64(&self, column: impl ColumnIndex<PgRow>) -> Result<i64>;
    fn opt_i64(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i64>>;
    fn i32(&self, column: impl ColumnIndex<PgRow>) -> Result<i32>;
    fn i16(&self, column: impl ColumnIndex<PgRow>) -> Result<i16>;
    fn opt_i16(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i16>>;
    fn opt_i32(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i32>>;
    fn flag(&self, column: impl ColumnIndex<PgRow>) -> Result<bool>;
    fn text(&self, column: impl ColumnIndex<PgRow>) -> Result<&str>;
    fn opt_text(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<&str>>;
    fn bytes(&self, column: impl ColumnIndex<PgRow>) -> Result<&[u8]>;
    fn opt_bytes(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<&[u8]>>;
    fn u128(&self, column: impl ColumnIndex<PgRow>) -> Result<u128>;
    fn opt_u128(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<u128>>;
}

impl Columns for PgRow {
    fn i64(&self, column: impl ColumnIndex<PgRow>) -> Result<i64> {
        Ok(self.try_get(column)?)
    }
    fn opt_i64(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
    fn i32(&self, column: impl ColumnIndex<PgRow>) -> Result<i32> {
        Ok(self.try_get(column)?)
    }
    fn i16(&self, column: impl ColumnIndex<PgRow>) -> Result<i16> {
        Ok(self.try_get(column)?)
    }
    fn opt_i16(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i16>> {
        Ok(self.try_get(column)?)
    }
    fn opt_i32(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<i32>> {
        Ok(self.try_get(column)?)
    }
    fn flag(&self, column: impl ColumnIndex<PgRow>) -> Result<bool> {
        Ok(self.try_get(column)?)
    }
    fn text(&self, column: impl ColumnIndex<PgRow>) -> Result<&str> {
        Ok(self.try_get(column)?)
    }
    fn opt_text(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<&str>> {
        Ok(self.try_get(column)?)
    }
    fn bytes(&self, column: impl ColumnIndex<PgRow>) -> Result<&[u8]> {
        Ok(self.try_get(column)?)
    }
    fn opt_bytes(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<&[u8]>> {
        Ok(self.try_get(column)?)
    }
    fn u128(&self, column: impl ColumnIndex<PgRow>) -> Result<u128> {
        Ok(self.try_get::<Uuid, _>(column)?.as_u128())
    }
    fn opt_u128(&self, column: impl ColumnIndex<PgRow>) -> Result<Option<u128>> {
        Ok(self
            .try_get::<Option<Uuid>, _>(column)?
            .map(|key| key.as_u128()))
    }
}
