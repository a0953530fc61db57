//! What goes into a program and what comes out: columns in, one answer per row out.
//!
//! Invariants: columns stand in the order of `ProgramManifest::slots`; answers stand in the order of the rows;
//! an error is an answer of its row and never touches another.

use syncline_model::rules::{ErrorKind, RuleValue, Span};

/// One value on its way in, borrowed from the caller.
#[derive(Debug, Clone, PartialEq)]
pub enum In<'a> {
    /// Absent.
    Null,
    /// True or false.
    Bool(bool),
    /// An `int`, `long` or `char` (checked against the slot's type), or the ticks of a date.
    Int(i64),
    /// A double.
    Double(f64),
    /// Text, or a reference as text.
    Str(&'a str),
    /// Octets, or the 16 octets of a GUID in text order.
    Bytes(&'a [u8]),
    /// The values of a multi-valued attribute.
    List(Vec<In<'a>>),
}

impl<'a> From<&'a RuleValue> for In<'a> {
    fn from(value: &'a RuleValue) -> Self {
        match value {
            RuleValue::Null => Self::Null,
            RuleValue::Bool(b) => Self::Bool(*b),
            RuleValue::Char(c) => Self::Int(i64::from(*c)),
            RuleValue::Int(i) => Self::Int(i64::from(*i)),
            RuleValue::Long(i) | RuleValue::Date(i) => Self::Int(*i),
            RuleValue::Double(d) => Self::Double(*d),
            RuleValue::String(s) | RuleValue::Reference(s) => Self::Str(s),
            RuleValue::Binary(b) => Self::Bytes(b),
            RuleValue::Guid(g) => Self::Bytes(g),
            RuleValue::List(items) => Self::List(items.iter().map(Self::from).collect()),
        }
    }
}

/// One input column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column<'a> {
    /// One value per row.
    Rows(Vec<In<'a>>),
    /// The same value for every row (parameters).
    Constant(In<'a>),
}

/// A batch of rows, one column per slot of the manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchInput<'a> {
    /// How many rows.
    pub rows: usize,
    /// The columns, in the order of the slots.
    pub columns: Vec<Column<'a>>,
}

/// Why an output of a row has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// What happened, to which sub-expression, and what to do.
    pub message: String,
    /// The failing sub-expression.
    pub span: Span,
    /// Where its source stands in the part (`flows[2].rule.then`).
    pub path: String,
}

/// Whether a row is in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// In scope, or the part has no scope expression.
    In,
    /// Out of scope: nothing else was evaluated.
    Out,
    /// The scope expression failed: nothing else was evaluated.
    Error(RowError),
}

/// The answer of one output on one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A value; never [`RuleValue::Null`].
    Value(RuleValue),
    /// No value.
    Null,
    /// No value, and no other rule may contribute one.
    AuthoritativeNull,
    /// As if this flow did not exist for this object.
    Ignore,
    /// The manifest says `Direct`: the host copies the attribute itself.
    Direct,
    /// Failed.
    Error(RowError),
}

/// The answers of one row. Out of scope or failed in scope, the other fields are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct RowOutput {
    /// In, out or failed.
    pub scope: Scope,
    /// Match keys as text, in the order of the request; `None` = no key, the group does not match.
    pub keys: Vec<Result<Option<String>, RowError>>,
    /// The distinguished name, if the part computes one.
    pub dn: Option<Answer>,
    /// The flows, in the order of `ProgramManifest::flows`.
    pub flows: Vec<Answer>,
}

/// The answers of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchOutput {
    /// One per row of the input, in its order.
    pub rows: Vec<RowOutput>,
}
