//! JSON to values and types of the language, and values back to JSON.
//!
//! Invariants: without a type an integer is an `int` (a `long` where it does not fit), another number a `double`, null a
//! missing text, an array a list of its first element's type; what does not fit its type is an error, never a guess.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, RuleType, RuleValue};
use time::format_description::well_known::Rfc3339;
use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::well_known::Iso8601,
};

/// Why something in JSON is no type or value of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

type Result<T> = std::result::Result<T, Misfit>;

fn misfit<T>(why: impl Into<String>) -> Result<T> {
    Err(Misfit(why.into()))
}

/// Ticks of 100 ns between 0001-01-01 and 1970-01-01.
const UNIX_EPOCH_TICKS: i128 = 621_355_968_000_000_000;

/// The type that a JSON value has by itself.
pub fn infer(value: &Json) -> Result<AttrType> {
    Ok(match value {
        Json::Null => AttrType::optional(RuleType::String),
        Json::Bool(_) => AttrType::required(RuleType::Bool),
        Json::Number(n) if n.as_i64().is_some_and(|i| i32::try_from(i).is_ok()) => {
            AttrType::required(RuleType::Int)
        }
        Json::Number(n) if n.is_i64() => AttrType::required(RuleType::Long),
        Json::Number(_) => AttrType::required(RuleType::Double),
        Json::String(_) => AttrType::required(RuleType::String),
        Json::Array(items) => {
            let first = items.iter().find(|item| !item.is_null());
            let mut ty =
                first.map_or(Ok(RuleType::String), |item| infer(item).map(|attr| attr.ty))?;
            // A list whose elements need a wider number is a list of that number.
            if ty == RuleType::Int {
                for item in items.iter().filter(|item| !item.is_null()) {
                    let wider = infer(item)?.ty;
                    if matches!(wider, RuleType::Long | RuleType::Double) && ty != RuleType::Double
                    {
                        ty = wider;
                    }
                }
            }
            AttrType {
                ty,
                nullable: false,
                multi: true,
            }
        }
        Json::Object(object) if object.contains_key("$b64") => AttrType::required(RuleType::Binary),
        Json::Object(object) if object.contains_key("$date") => AttrType::required(RuleType::Date),
        Json::Object(_) => return misfit("an object must be {\"$b64\":…} or {\"$date\":…}"),
    })
}

/// A type as it is written in a schema: `string`, `int?`, `string[]`, `List<string>`, `binary`, `date`, …
pub fn parse_type(text: &str) -> Result<AttrType> {
    let text = text.trim();
    let (text, nullable) = text
        .strip_suffix('?')
        .map_or((text, false), |inner| (inner, true));
    let lower = text.to_ascii_lowercase();
    if lower != "byte[]" {
        let inner = lower
            .strip_suffix("[]")
            .or_else(|| {
                lower
                    .strip_prefix("list<")
                    .and_then(|rest| rest.strip_suffix('>'))
            })
            .or_else(|| lower.strip_prefix("mv"));
        if let Some(inner) = inner {
            return Ok(AttrType {
                multi: true,
                nullable,
                ..parse_type(inner)?
            });
        }
    }
    let ty = match lower.as_str() {
        "string" | "str" | "text" => RuleType::String,
        "int" | "int32" | "integer" => RuleType::Int,
        "long" | "int64" => RuleType::Long,
        "double" | "number" | "num" | "float" => RuleType::Double,
        "bool" | "boolean" => RuleType::Bool,
        "char" => RuleType::Char,
        "binary" | "bin" | "byte[]" | "bytes" => RuleType::Binary,
        "guid" => RuleType::Guid,
        "date" | "datetime" | "dt" => RuleType::Date,
        "ref" | "reference" => RuleType::Reference,
        other => return misfit(format!("the schema names an unknown type `{other}`")),
    };
    Ok(AttrType {
        ty,
        nullable,
        multi: false,
    })
}

/// A schema entry: a type as text, or `{"type":…,"nullable":…,"multi":…}`.
pub fn schema_type(entry: &Json) -> Result<AttrType> {
    match entry {
        Json::String(text) => parse_type(text),
        other => serde_json::from_value(other.clone()).map_err(|why| {
            Misfit(format!(
                "a schema entry is a type name or {{\"type\":…}}: {why}"
            ))
        }),
    }
}

/// A value of this type.
pub fn parse(value: &Json, attr: AttrType) -> Result<RuleValue> {
    match value {
        Json::Null => Ok(RuleValue::Null),
        Json::Array(items) if attr.multi => {
            let items = items.iter().filter(|item| !item.is_null());
            Ok(RuleValue::List(
                items
                    .map(|item| scalar(item, attr.ty))
                    .collect::<Result<_>>()?,
            ))
        }
        single if attr.multi => Ok(RuleValue::List(vec![scalar(single, attr.ty)?])),
        single => scalar(single, attr.ty),
    }
}

fn scalar(value: &Json, ty: RuleType) -> Result<RuleValue> {
    let text = || {
        value
            .as_str()
            .ok_or_else(|| Misfit(format!("{value} is no text")))
    };
    let whole = || {
        value
            .as_i64()
            .ok_or_else(|| Misfit(format!("{value} is no whole number")))
    };
    Ok(match ty {
        RuleType::String => RuleValue::String(text()?.to_owned()),
        RuleType::Reference => RuleValue::Reference(text()?.to_owned()),
        RuleType::Bool => RuleValue::Bool(
            value
                .as_bool()
                .ok_or_else(|| Misfit(format!("{value} is no boolean")))?,
        ),
        RuleType::Int => RuleValue::Int(
            i32::try_from(whole()?).or_else(|_| misfit(format!("{value} does not fit an int")))?,
        ),
        RuleType::Long => RuleValue::Long(whole()?),
        RuleType::Double => RuleValue::Double(
            value
                .as_f64()
                .ok_or_else(|| Misfit(format!("{value} is no number")))?,
        ),
        RuleType::Char => {
            let mut units = text()?.encode_utf16();
            match (units.next(), units.next()) {
                (Some(unit), None) => RuleValue::Char(unit),
                _ => return misfit(format!("{value} is no single character")),
            }
        }
        RuleType::Binary => {
            let text = value
                .get("$b64")
                .unwrap_or(value)
                .as_str()
                .ok_or_else(|| Misfit(format!("{value} is no base64")))?;
            RuleValue::Binary(
                STANDARD
                    .decode(text)
                    .or_else(|_| misfit(format!("{value} is no base64")))?,
            )
        }
        RuleType::Guid => {
            RuleValue::Guid(guid(text()?).ok_or_else(|| Misfit(format!("{value} is no GUID")))?)
        }
        RuleType::Date => {
            let text = value
                .get("$date")
                .unwrap_or(value)
                .as_str()
                .ok_or_else(|| Misfit(format!("{value} is no date")))?;
            RuleValue::Date(ticks(text).ok_or_else(|| Misfit(format!("{value} is no date")))?)
        }
    })
}

fn guid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | '{' | '}'))
        .collect();
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let mut out = [0; 16];
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(out)
}

/// A date as ticks of 100 ns since 0001-01-01, UTC where no zone is named.
pub fn ticks(text: &str) -> Option<i64> {
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| {
            PrimitiveDateTime::parse(text, &Iso8601::DEFAULT).map(PrimitiveDateTime::assume_utc)
        })
        .or_else(|_| {
            Date::parse(text, &Iso8601::DEFAULT)
                .map(|date| date.with_time(Time::MIDNIGHT).assume_utc())
        })
        .ok()?;
    ticks_of(instant)
}

/// An instant as ticks.
pub fn ticks_of(instant: OffsetDateTime) -> Option<i64> {
    i64::try_from(instant.unix_timestamp_nanos() / 100 + UNIX_EPOCH_TICKS).ok()
}

fn iso(ticks: i64) -> String {
    let nanos = (i128::from(ticks) - UNIX_EPOCH_TICKS) * 100;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|instant| instant.to_offset(UtcOffset::UTC).format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// A value as `eval` prints it.
pub fn to_json(value: &RuleValue) -> Json {
    match value {
        RuleValue::Null => Json::Null,
        RuleValue::Bool(b) => json!(b),
        RuleValue::Char(c) => json!(String::from_utf16_lossy(&[*c])),
        RuleValue::Int(i) => json!(i),
        RuleValue::Long(i) => json!(i),
        // JSON has no NaN and no infinity; .NET's names stand for them.
        RuleValue::Double(d) if d.is_nan() => json!("NaN"),
        RuleValue::Double(d) if d.is_infinite() => {
            json!(if *d > 0.0 { "Infinity" } else { "-Infinity" })
        }
        RuleValue::Double(d) => json!(d),
        RuleValue::String(s) | RuleValue::Reference(s) => json!(s),
        RuleValue::Binary(b) => json!({ "$b64": STANDARD.encode(b) }),
        RuleValue::Guid(g) => {
            let hex: String = g.iter().map(|b| format!("{b:02x}")).collect();
            json!(format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            ))
        }
        RuleValue::Date(ticks) => json!(iso(*ticks)),
        RuleValue::List(items) => Json::Array(items.iter().map(to_json).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_an_int_until_it_does_not_fit() {
        assert_eq!(infer(&json!(2_147_483_647)).unwrap().ty, RuleType::Int);
        assert_eq!(infer(&json!(2_147_483_648_u64)).unwrap().ty, RuleType::Long);
        assert_eq!(infer(&json!(1.0)).unwrap().ty, RuleType::Double);
        assert!(infer(&Json::Null).unwrap().nullable);
    }

    #[test]
    fn types_are_written_as_in_csharp() {
        assert_eq!(
            parse_type("List<string>?").unwrap(),
            AttrType::list(RuleType::String)
        );
        assert_eq!(
            parse_type("byte[]").unwrap(),
            AttrType::required(RuleType::Binary)
        );
        assert_eq!(parse_type("byte[][]").unwrap().ty, RuleType::Binary);
        assert_eq!(
            parse_type("int?").unwrap(),
            AttrType::optional(RuleType::Int)
        );
        assert!(parse_type("fruit").is_err());
    }

    #[test]
    fn a_date_survives() {
        let ticks = parse(
            &json!({"$date": "2026-11-21T10:00:00+01:00"}),
            AttrType::required(RuleType::Date),
        )
        .unwrap();

        assert_eq!(to_json(&ticks), json!("2026-11-21T09:00:00Z"));
    }
}
