//! Types of the language and their conversions.
//!
//! Invariants: every type knows its cell form: *words* (bool, char, numbers, dates) are the cell itself and need a box to
//! be absent; everything else is an address, with 0 for absent.

use std::fmt;

use syncline_model::rules::{AttrType, RuleType};

use crate::regex::Regex;

/// A type without its nullability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `double`
    Double,
    /// `decimal`: the address of 16 octets.
    Decimal,
    /// `string`
    String,
    /// A text that some ways give and others write from a number or truth value (`entra`): text, and never an operand of `+`.
    Written,
    /// `byte[]`
    Binary,
    /// `Guid`
    Guid,
    /// `DateTime`: ticks shifted by one bit, which says that no zone is known.
    Date,
    /// `TimeSpan`, in ticks.
    Span,
    /// `DateOnly`: the number of the day.
    Day,
    /// A reference to another object.
    Reference,
    /// A list.
    List(Box<Ty>),
    /// A compiled pattern; the cell is its program.
    Regex(Box<Regex>),
    /// A match of a pattern with these groups: a list of each group's text and place, empty where nothing matched.
    Match(Vec<Option<String>>),
    /// `Groups` of a match.
    Groups(Vec<Option<String>>),
    /// One group, in the form of a match.
    Group,
    /// Elements with a key: a list of the key and the list of the elements.
    Grouping(Box<(Ty, Ty)>),
    /// An enumeration of the library (`StringComparison`), as a word.
    Enum(&'static str),
    /// The type of `null`.
    Null,
    /// The type of `throw` and `ignore`: no value ever comes.
    Never,
    /// The type of something that was already reported.
    Unknown,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ty {
    /// What it is.
    pub base: Base,
    /// May be absent.
    pub nullable: bool,
}

impl Ty {
    /// Present values of this type.
    pub const fn of(base: Base) -> Self {
        Self {
            base,
            nullable: false,
        }
    }

    /// Present or absent values of this type.
    pub const fn optional(base: Base) -> Self {
        Self {
            base,
            nullable: true,
        }
    }

    /// A list of these.
    pub fn list(element: Ty) -> Self {
        Self::of(Base::List(Box::new(element)))
    }

    /// Something already reported.
    pub const fn unknown() -> Self {
        Self::of(Base::Unknown)
    }

    /// The same type, nullable or not.
    pub fn with_null(&self, nullable: bool) -> Self {
        Self {
            base: self.base.clone(),
            nullable,
        }
    }

    /// Already reported?
    pub fn is_unknown(&self) -> bool {
        self.base == Base::Unknown
    }

    /// Is a box needed to hold it?
    pub fn boxed(&self) -> bool {
        self.nullable && self.base.is_word()
    }

    /// Does it need all bits of its cell, so that a function that can fail gives it in a box?
    pub fn is_wide(&self) -> bool {
        !self.nullable && matches!(self.base, Base::Long | Base::Double | Base::Span)
    }

    /// The element type of a list.
    pub fn element(&self) -> Option<&Ty> {
        match &self.base {
            Base::List(element) => Some(element),
            _ => None,
        }
    }

    /// Does it refer to other objects?
    pub fn is_reference(&self) -> bool {
        self.base == Base::Reference || self.element().is_some_and(Self::is_reference)
    }

    /// Is it text? References are, for reading.
    pub fn is_text(&self) -> bool {
        matches!(self.base, Base::String | Base::Written | Base::Reference)
    }

    /// The type of an attribute.
    pub fn of_attr(attr: AttrType) -> Self {
        let base = match attr.ty {
            RuleType::Bool => Base::Bool,
            RuleType::Char => Base::Char,
            RuleType::Int => Base::Int,
            RuleType::Long => Base::Long,
            RuleType::Double => Base::Double,
            RuleType::String => Base::String,
            RuleType::Binary => Base::Binary,
            RuleType::Guid => Base::Guid,
            RuleType::Date => Base::Date,
            RuleType::Reference => Base::Reference,
        };
        if attr.multi {
            return Self {
                base: Base::List(Box::new(Self::of(base))),
                nullable: attr.nullable,
            };
        }
        Self {
            base,
            nullable: attr.nullable,
        }
    }

    /// How equal elements of a list of this type are found; see `list::Kind` of the runtime.
    pub fn kind(&self) -> i64 {
        match self.base {
            Base::String | Base::Written | Base::Reference => 1,
            Base::Binary | Base::Guid => 2,
            _ if self.boxed() => 4,
            Base::Double => 3,
            Base::Date => 6,
            Base::Decimal => 7,
            _ => 0,
        }
    }
}

impl Base {
    /// Is the cell the value itself?
    pub fn is_word(&self) -> bool {
        matches!(
            self,
            Self::Bool
                | Self::Char
                | Self::Int
                | Self::Long
                | Self::Double
                | Self::Date
                | Self::Span
                | Self::Day
                | Self::Enum(_)
        )
    }

    /// A date, a day or a span?
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Date | Self::Span | Self::Day)
    }

    /// A number of any type?
    pub fn is_number(&self) -> bool {
        *self == Self::Decimal || self.numeric_rank().is_some()
    }

    /// Does it become a decimal silently?
    pub fn widens_to_decimal(&self) -> bool {
        matches!(self, Self::Char | Self::Int | Self::Long)
    }

    /// Place in the order char < int < long < double of implicit conversions.
    pub fn numeric_rank(&self) -> Option<u8> {
        match self {
            Self::Char => Some(0),
            Self::Int => Some(1),
            Self::Long => Some(2),
            Self::Double => Some(3),
            _ => None,
        }
    }

    /// The type as the host sees it.
    pub fn rule_type(&self) -> Option<RuleType> {
        Some(match self {
            Self::Bool => RuleType::Bool,
            Self::Char => RuleType::Char,
            Self::Int => RuleType::Int,
            Self::Long => RuleType::Long,
            Self::Double => RuleType::Double,
            Self::String | Self::Written => RuleType::String,
            Self::Binary => RuleType::Binary,
            Self::Guid => RuleType::Guid,
            Self::Date => RuleType::Date,
            Self::Reference => RuleType::Reference,
            _ => return None,
        })
    }
}

/// The type that holds values of both, if C# has one.
pub fn common(a: &Ty, b: &Ty) -> Option<Ty> {
    let nullable = a.nullable || b.nullable;
    match (&a.base, &b.base) {
        (Base::Unknown, _) | (_, Base::Unknown) => Some(Ty::unknown()),
        (Base::Never, _) => Some(b.clone()),
        (_, Base::Never) => Some(a.clone()),
        (Base::Null, _) => Some(b.with_null(true)),
        (_, Base::Null) => Some(a.with_null(true)),
        (x, y) if x == y => Some(a.with_null(nullable)),
        (Base::Decimal, other) | (other, Base::Decimal) if other.widens_to_decimal() => Some(Ty {
            base: Base::Decimal,
            nullable,
        }),
        // Of a list without elements nothing is known.
        (Base::List(x), Base::List(_)) if x.base == Base::Null => Some(b.with_null(nullable)),
        (Base::List(_), Base::List(y)) if y.base == Base::Null => Some(a.with_null(nullable)),
        (Base::List(x), Base::List(y)) => {
            let element = common(x, y)?;
            // The cells of a list stay as they are, and an optional word is a box.
            let same = |of: &Ty| {
                let texts = (&of.base, &element.base) == (&Base::String, &Base::Written);
                of.base == element.base && of.boxed() == element.boxed() || texts || of.is_unknown()
            };
            (same(x) && same(y)).then(|| Ty {
                base: Base::List(Box::new(element)),
                nullable,
            })
        }
        (x, y) if a.is_text() && b.is_text() => {
            let base = match *x == Base::Written || *y == Base::Written {
                true => Base::Written,
                false => Base::String,
            };
            Some(Ty { base, nullable })
        }
        (x, y) => {
            let rank = x.numeric_rank()?.max(y.numeric_rank()?);
            let base = if x.numeric_rank() == Some(rank) { x } else { y };
            Some(Ty {
                base: base.clone(),
                nullable,
            })
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.base {
            Base::Bool => "bool",
            Base::Char => "char",
            Base::Int => "int",
            Base::Long => "long",
            Base::Double => "double",
            Base::Decimal => "decimal",
            Base::String | Base::Written => "string",
            Base::Binary => "byte[]",
            Base::Guid => "Guid",
            Base::Date => "DateTime",
            Base::Span => "TimeSpan",
            Base::Day => "DateOnly",
            Base::Reference => "reference",
            Base::Regex(_) => "Regex",
            Base::Match(_) => "Match",
            Base::Groups(_) => "GroupCollection",
            Base::Group => "Group",
            Base::Grouping(_) => "IGrouping",
            Base::Enum(name) => name,
            Base::Null => return f.write_str("null"),
            Base::Never => return f.write_str("never"),
            Base::Unknown => return f.write_str("?"),
            Base::List(element) => {
                write!(f, "List<{element}>")?;
                return f.write_str(if self.nullable { "?" } else { "" });
            }
        };
        write!(f, "{name}{}", if self.nullable { "?" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_meet_at_the_wider_one() {
        let common = |a, b| common(&Ty::of(a), &Ty::of(b)).map(|t| t.to_string());

        assert_eq!(common(Base::Char, Base::Int).as_deref(), Some("int"));
        assert_eq!(common(Base::Long, Base::Double).as_deref(), Some("double"));
        assert_eq!(common(Base::Int, Base::Decimal).as_deref(), Some("decimal"));
        assert_eq!(common(Base::Double, Base::Decimal), None);
        assert_eq!(common(Base::String, Base::Int), None);
        assert_eq!(common(Base::Null, Base::Int).as_deref(), Some("int?"));
    }
}
