//! A filter as a tree, and its text.

use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Compare {
        path: Vec<String>,
        comparison: Comparison,
        literal: Literal,
    },
    Call {
        function: Function,
        path: Vec<String>,
        text: String,
    },
    In {
        path: Vec<String>,
        literals: Vec<Literal>,
    },
    /// `path/any(variable: inner)`; without an inner filter it asks for any value at all.
    Any {
        path: Vec<String>,
        inner: Option<(String, Box<Filter>)>,
    },
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Equal, "eq"),
        (Self::NotEqual, "ne"),
        (Self::Greater, "gt"),
        (Self::GreaterOrEqual, "ge"),
        (Self::Less, "lt"),
        (Self::LessOrEqual, "le"),
    ];

    pub(crate) fn word(self) -> &'static str {
        let named = Self::ALL.iter().find(|(comparison, _)| *comparison == self);
        named.map_or("eq", |(_, word)| word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    StartsWith,
    EndsWith,
    Contains,
}

impl Function {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::StartsWith, "startsWith"),
        (Self::EndsWith, "endsWith"),
        (Self::Contains, "contains"),
    ];

    pub(crate) fn word(self) -> &'static str {
        let named = Self::ALL.iter().find(|(function, _)| *function == self);
        named.map_or("contains", |(_, word)| word)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    Number(i64),
    /// A date with a time, as it was written.
    Moment(String),
    Text(String),
}

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Boolean(value) => write!(formatter, "{value}"),
            Self::Number(value) => write!(formatter, "{value}"),
            Self::Moment(value) => formatter.write_str(value),
            Self::Text(value) => write!(formatter, "'{}'", value.replace('\'', "''")),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare {
                path,
                comparison,
                literal,
            } => write!(
                formatter,
                "{} {} {literal}",
                path.join("/"),
                comparison.word()
            ),
            Self::Call {
                function,
                path,
                text,
            } => {
                let text = Literal::Text(text.clone());
                write!(formatter, "{}({},{text})", function.word(), path.join("/"))
            }
            Self::In { path, literals } => {
                let literals: Vec<String> = literals.iter().map(ToString::to_string).collect();
                write!(formatter, "{} in ({})", path.join("/"), literals.join(","))
            }
            Self::Any { path, inner: None } => write!(formatter, "{}/any()", path.join("/")),
            Self::Any {
                path,
                inner: Some((variable, inner)),
            } => write!(formatter, "{}/any({variable}:{inner})", path.join("/")),
            Self::And(left, right) => write!(formatter, "({left} and {right})"),
            Self::Or(left, right) => write!(formatter, "({left} or {right})"),
            Self::Not(inner) => write!(formatter, "not ({inner})"),
        }
    }
}
