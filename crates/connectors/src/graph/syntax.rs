//! Values between Graph's JSON and the model.
//!
//! Invariants: null, an empty list and an empty text are no value; a value of another type than the schema says
//! is an error of that object, never dropped; an instant is written in UTC to the hundred nanoseconds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use syncline_model::value::{Value, ValueType, Values};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Ticks of 100 ns from 0001-01-01 to 1970-01-01.
const EPOCH: i64 = 621_355_968_000_000_000;

/// Reads a property's value; the reason when it cannot be read.
pub(super) fn read(value_type: ValueType, json: &Json) -> Result<Option<Values>, String> {
    match json {
        Json::Null => Ok(None),
        Json::Array(values) => {
            let values = values.iter().map(|value| read_one(value_type, value));
            Ok(Values::new(values.collect::<Result<Vec<_>, _>>()?))
        }
        one => Ok(Values::one(read_one(value_type, one)?)),
    }
}

fn read_one(value_type: ValueType, json: &Json) -> Result<Value, String> {
    let value = match (value_type, json) {
        (ValueType::String, Json::String(text)) => Some(Value::text(text.as_str())),
        (ValueType::Boolean, Json::Bool(value)) => Some(Value::Bool(*value)),
        (ValueType::Integer, Json::Number(number)) => number.as_i64().map(Value::Int),
        // 64-bit integers travel as text where the annotation IEEE754Compatible is on.
        (ValueType::Integer, Json::String(text)) => text.parse().ok().map(Value::Int),
        (ValueType::Datetime, Json::String(text)) => ticks(text).map(Value::Time),
        (ValueType::Guid, Json::String(text)) => super::id::parse(text).map(Value::Guid),
        (ValueType::Binary, Json::String(text)) => STANDARD
            .decode(text)
            .ok()
            .map(|octets| Value::Bytes(octets.into())),
        _ => None,
    };
    value.ok_or_else(|| format!("it holds {} where {value_type:?} belongs", kind(json)))
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// Ticks of an ISO 8601 instant.
pub(super) fn ticks(text: &str) -> Option<i64> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let ticks = instant.unix_timestamp_nanos() / 100 + i128::from(EPOCH);
    i64::try_from(ticks).ok().filter(|ticks| *ticks >= 0)
}

/// Ticks of this moment.
pub(super) fn now_ticks() -> i64 {
    let ticks = OffsetDateTime::now_utc().unix_timestamp_nanos() / 100;
    i64::try_from(ticks).unwrap_or_default() + EPOCH
}

/// A value as Graph takes it.
pub(super) fn write(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(&**text),
        Value::Int(number) => json!(number),
        Value::Bool(value) => json!(value),
        Value::Bytes(octets) => json!(STANDARD.encode(octets)),
        Value::Time(ticks) => json!(instant(*ticks)),
        Value::Guid(guid) => json!(syncline_model::Anchor::Guid(*guid).to_string()),
    }
}

fn instant(ticks: i64) -> String {
    let nanos = (i128::from(ticks) - i128::from(EPOCH)) * 100;
    let instant = OffsetDateTime::from_unix_timestamp_nanos(nanos);
    let instant = instant.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    instant.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_comes_back_and_nothing_is_no_value() {
        for (value_type, json) in [
            (ValueType::String, json!("Ada")),
            (ValueType::Boolean, json!(true)),
            (ValueType::Integer, json!(-7)),
            (ValueType::Datetime, json!("2026-03-31T08:00:00.1234567Z")),
            (
                ValueType::Guid,
                json!("8a5d2f10-1234-4abc-9def-0123456789ab"),
            ),
            (ValueType::Binary, json!("AQID")),
        ] {
            let values = read(value_type, &json).unwrap().unwrap();

            assert_eq!(values.single().unwrap().value_type(), value_type);
            assert_eq!(write(values.single().unwrap()), json);
        }
        for nothing in [json!(null), json!([]), json!(""), json!([""])] {
            assert_eq!(read(ValueType::String, &nothing), Ok(None));
        }
    }

    #[test]
    fn another_type_is_an_error_that_names_it() {
        assert!(
            read(ValueType::String, &json!(5))
                .unwrap_err()
                .contains("a number")
        );
        assert!(read(ValueType::Datetime, &json!("yesterday")).is_err());
        assert!(
            read(ValueType::String, &json!([{"a": 1}]))
                .unwrap_err()
                .contains("an object")
        );
        assert_eq!(ticks("1970-01-01T00:00:00Z"), Some(EPOCH));
    }
}
