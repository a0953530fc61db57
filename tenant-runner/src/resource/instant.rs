//! An instant as the HTTP surface writes it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// An instant in UTC, written as RFC 3339 with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub OffsetDateTime);

impl Instant {
    /// From milliseconds since 1970; instants outside the calendar are the nearest end of it.
    pub fn from_unix_ms(ms: i64) -> Self {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
        Self(at.unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }

    /// In milliseconds since 1970.
    pub fn unix_ms(self) -> i64 {
        let ms = self.0.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let at = self.0.to_offset(time::UtcOffset::UTC);
        let ms = at.millisecond();
        let whole = at
            .replace_nanosecond(u32::from(ms) * 1_000_000)
            .map_err(serde::ser::Error::custom)?;
        s.serialize_str(&whole.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
    }
}

/// For sentences: to the minute.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.to_offset(time::UtcOffset::UTC);
        write!(f, "{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        RefOr::T(Schema::Object(text.build()))
    }
}

impl utoipa::ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        "Instant".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_utc_and_reads_back() {
        let text = serde_json::to_string(&Instant::from_unix_ms(1_700_000_000_123)).unwrap();

        assert_eq!(text, "\"2023-11-14T22:13:20.123Z\"");
        assert_eq!(
            serde_json::from_str::<Instant>(&text).unwrap(),
            Instant::from_unix_ms(1_700_000_000_123)
        );
    }
}
