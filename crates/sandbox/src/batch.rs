//! What goes into a program and what comes out: columns in, one answer per row out.
//!
//! Invariants: columns stand in the order of `ProgramManifest::slots`; answers stand in the order of the rows;
//! an error is an answer of its row and never touches another.

use syncline_model::AttrId;
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

/// One value where it lies in the program's memory, checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen<'m> {
    /// True or false.
    Bool(bool),
    /// One UTF-16 code unit.
    Char(u16),
    /// 32-bit signed integer.
    Int(i32),
    /// 64-bit signed integer.
    Long(i64),
    /// IEEE 754 double.
    Double(f64),
    /// Unicode text.
    String(&'m str),
    /// Octets.
    Binary(&'m [u8]),
    /// A GUID in the byte order of its text form.
    Guid([u8; 16]),
    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    Date(i64),
    /// A reference as text.
    Reference(&'m str),
}

impl From<Seen<'_>> for RuleValue {
    fn from(seen: Seen<'_>) -> Self {
        match seen {
            Seen::Bool(b) => Self::Bool(b),
            Seen::Char(c) => Self::Char(c),
            Seen::Int(i) => Self::Int(i),
            Seen::Long(i) => Self::Long(i),
            Seen::Double(d) => Self::Double(d),
            Seen::String(text) => Self::String(text.to_owned()),
            Seen::Binary(bytes) => Self::Binary(bytes.to_vec()),
            Seen::Guid(guid) => Self::Guid(guid),
            Seen::Date(ticks) => Self::Date(ticks),
            Seen::Reference(text) => Self::Reference(text.to_owned()),
        }
    }
}

/// The answer of one output on one row, borrowed.
#[derive(Debug, Clone, PartialEq)]
pub enum SeenAnswer<'a, 'm> {
    /// A value.
    Value(Seen<'m>),
    /// The values of a multi-valued output.
    List(&'a [Seen<'m>]),
    /// No value.
    Null,
    /// No value, and no other rule may contribute one.
    AuthoritativeNull,
    /// As if this flow did not exist for this object.
    Ignore,
    /// Failed.
    Error(Box<RowError>),
}

impl From<SeenAnswer<'_, '_>> for Answer {
    fn from(seen: SeenAnswer<'_, '_>) -> Self {
        match seen {
            SeenAnswer::Value(value) => Self::Value(value.into()),
            SeenAnswer::List(items) => Self::Value(RuleValue::List(
                items.iter().map(|item| (*item).into()).collect(),
            )),
            SeenAnswer::Null => Self::Null,
            SeenAnswer::AuthoritativeNull => Self::AuthoritativeNull,
            SeenAnswer::Ignore => Self::Ignore,
            SeenAnswer::Error(error) => Self::Error(*error),
        }
    }
}

/// Takes the answers of a batch, row after row, without a copy in between.
///
/// Where a run fails as a whole, what it got by then is of no use.
pub trait Sink {
    /// The next row. Only one in scope has answers.
    fn row(&mut self, scope: Scope);
    /// The answer of an output of that row, in the order of `ProgramManifest::outputs`, without the scope.
    fn answer(&mut self, output: usize, answer: SeenAnswer<'_, '_>);
}

/// A value where the caller has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Lent<'a> {
    /// A single value, or none.
    One(In<'a>),
    /// So many values, which [`RowSource::item`] lends one after the other.
    Many(usize),
}

/// Rows in the caller's own structures: packed from where they lie, without columns in between.
pub trait RowSource {
    /// How many rows.
    fn rows(&self) -> usize;

    /// How many columns: one per slot of the manifest.
    fn columns(&self) -> usize;

    /// Whether a column has one value for all rows, which is that of row 0.
    fn is_constant(&self, _slot: usize) -> bool {
        false
    }

    /// The value of a row in a column.
    fn value(&self, row: usize, slot: usize) -> Lent<'_>;

    /// One of the [`Lent::Many`] values.
    fn item(&self, row: usize, slot: usize, index: usize) -> In<'_>;
}

impl RowSource for BatchInput<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn is_constant(&self, slot: usize) -> bool {
        matches!(self.columns[slot], Column::Constant(_))
    }

    fn value(&self, row: usize, slot: usize) -> Lent<'_> {
        match self.cell(row, slot) {
            In::List(items) => Lent::Many(items.len()),
            single => Lent::One(single.clone()),
        }
    }

    fn item(&self, row: usize, slot: usize, index: usize) -> In<'_> {
        match self.cell(row, slot) {
            In::List(items) => items.get(index).cloned().unwrap_or(In::Null),
            _ => In::Null,
        }
    }
}

impl BatchInput<'_> {
    fn cell(&self, row: usize, slot: usize) -> &In<'_> {
        match &self.columns[slot] {
            Column::Constant(value) => value,
            Column::Rows(values) => &values[row],
        }
    }
}

/// Rows as they are stored: bodies of the flat codec (`syncline_model::flat`).
#[derive(Debug, Clone)]
pub struct StoredInput<'a> {
    /// One body a row.
    pub bodies: Vec<&'a [u8]>,
    /// The attribute of each slot of the manifest; without one it is absent everywhere.
    pub attributes: Vec<Option<AttrId>>,
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
