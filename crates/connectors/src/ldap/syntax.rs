//! Attribute syntaxes: what the octets of a value mean, both ways.
//!
//! Invariants: the schema names the syntax, the octets never do; a value that does not fit its syntax
//! is an error of the object, never another type; what is written reads back equal.

use syncline_model::schema::Confirmation;
use syncline_model::value::{Value, ValueType};

use super::clock;

/// How the values of an attribute are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// UTF-8, compared without case.
    Text,
    /// UTF-8, compared exactly.
    ExactText,
    /// Decimal digits.
    Integer,
    /// 100 ns since 1601 in decimal digits; the extremes mean never.
    FileTime,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// Octets.
    Octets,
    /// `20260131123000.0Z`.
    GeneralizedTime,
    /// `260131123000Z`.
    UtcTime,
    /// The name of another object.
    Name,
}

/// A value that its syntax does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is not {expected}")]
pub struct SyntaxError {
    expected: &'static str,
}

impl SyntaxError {
    const fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

impl Syntax {
    /// The data type of its values.
    pub fn value_type(self) -> ValueType {
        match self {
            Self::Text | Self::ExactText => ValueType::String,
            Self::Integer => ValueType::Integer,
            Self::FileTime | Self::GeneralizedTime | Self::UtcTime => ValueType::Datetime,
            Self::Boolean => ValueType::Boolean,
            Self::Octets => ValueType::Binary,
            Self::Name => ValueType::Reference,
        }
    }

    /// How an exported value is recognised when it is read again (D-60).
    pub fn confirmation(self) -> Confirmation {
        match self {
            Self::Text => Confirmation::CaseIgnore,
            Self::GeneralizedTime | Self::UtcTime => Confirmation::WholeSeconds,
            _ => Confirmation::Exact,
        }
    }

    /// The value these octets mean; `None` where they mean that there is none (a date that is never).
    pub fn read(self, octets: &[u8]) -> Result<Option<Value>, SyntaxError> {
        let text = || std::str::from_utf8(octets).map_err(|_| SyntaxError::new("UTF-8 text"));
        let number = || {
            let text = text()?.trim();
            text.parse::<i64>()
                .map_err(|_| SyntaxError::new("an integer"))
        };
        let time = |ticks: Option<i64>| ticks.ok_or(SyntaxError::new("a date and time"));
        Ok(Some(match self {
            Self::Text | Self::ExactText | Self::Name => Value::text(text()?),
            Self::Integer => Value::Int(number()?),
            Self::FileTime => match number()? {
                0 | i64::MAX => return Ok(None),
                file_time => Value::Time(time(clock::from_file_time(file_time))?),
            },
            Self::Boolean => match text()? {
                "TRUE" => Value::Bool(true),
                "FALSE" => Value::Bool(false),
                _ => return Err(SyntaxError::new("TRUE or FALSE")),
            },
            Self::Octets => Value::Bytes(octets.into()),
            Self::GeneralizedTime => Value::Time(time(clock::from_generalized_time(text()?))?),
            Self::UtcTime => Value::Time(time(clock::from_utc_time(text()?))?),
        }))
    }

    /// The octets that mean this value.
    pub fn write(self, value: &Value) -> Result<Vec<u8>, SyntaxError> {
        let time = |text: Option<String>| {
            text.map(String::into_bytes)
                .ok_or(SyntaxError::new("a date and time the directory can hold"))
        };
        match (self, value) {
            (Self::Text | Self::ExactText | Self::Name, Value::Text(text)) => {
                Ok(text.as_bytes().to_vec())
            }
            (Self::Integer, Value::Int(n)) => Ok(n.to_string().into_bytes()),
            (Self::FileTime, Value::Time(ticks)) => {
                time(clock::to_file_time(*ticks).map(|n| n.to_string()))
            }
            (Self::Boolean, Value::Bool(b)) => Ok(if *b {
                b"TRUE".to_vec()
            } else {
                b"FALSE".to_vec()
            }),
            (Self::Octets, Value::Bytes(octets)) => Ok(octets.to_vec()),
            // Active Directory keeps GUIDs with their first three fields little-endian.
            (Self::Octets, Value::Guid(guid)) => {
                let anchor = syncline_model::Anchor::Guid(*guid);
                Ok(anchor
                    .to_object_guid()
                    .map_or_else(|| guid.to_vec(), |octets| octets.to_vec()))
            }
            (Self::GeneralizedTime, Value::Time(ticks)) => time(clock::to_generalized_time(*ticks)),
            (Self::UtcTime, Value::Time(ticks)) => time(clock::to_utc_time(*ticks)),
            _ => Err(SyntaxError::new(match self.value_type() {
                ValueType::String | ValueType::Reference => "text",
                ValueType::Integer => "an integer",
                ValueType::Boolean => "true or false",
                ValueType::Binary | ValueType::Guid => "binary",
                ValueType::Datetime => "a date and time",
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn octets_mean_what_the_schema_says_and_not_what_they_look_like() {
        assert_eq!(
            Syntax::Octets.read(b"plain text!"),
            Ok(Some(Value::Bytes((*b"plain text!").into())))
        );
        assert_eq!(Syntax::Text.read(b"42"), Ok(Some(Value::text("42"))));
        assert_eq!(
            Syntax::Integer.read(b"-2147483640"),
            Ok(Some(Value::Int(-2_147_483_640)))
        );
        assert!(Syntax::Text.read(b"\xff\xfe").is_err());
        assert!(Syntax::Boolean.read(b"yes").is_err());
        assert!(Syntax::Integer.read(b"x").is_err());
    }

    #[test]
    fn never_is_no_date() {
        assert_eq!(Syntax::FileTime.read(b"0"), Ok(None));
        assert_eq!(Syntax::FileTime.read(b"9223372036854775807"), Ok(None));
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        assert!(Syntax::Integer.write(&Value::text("1")).is_err());
        assert!(Syntax::Text.write(&Value::Int(1)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(n: i64, text in "\\PC{1,40}", octets in prop::collection::vec(any::<u8>(), 1..40), seconds in 62_135_596_800_i64..250_000_000_000) {
            for (syntax, value) in [
                (Syntax::Integer, Value::Int(n)),
                (Syntax::Text, Value::text(text)),
                (Syntax::Octets, Value::Bytes(octets.into())),
                (Syntax::GeneralizedTime, Value::Time(seconds * 10_000_000)),
                (Syntax::FileTime, Value::Time(seconds * 10_000_000 + 7)),
            ] {
                let written = syntax.write(&value).unwrap();
                prop_assert_eq!(syntax.read(&written), Ok(Some(value)));
            }
        }
    }
}
