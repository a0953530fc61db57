//! What the rule compiler and the sandbox say to each other: types, values, the manifest of a compiled part.
//!
//! Invariants: `rules-sdk` writes a [`ProgramManifest`], `crates/sandbox` reads it, and neither knows the other.
//! A number in here that reaches compiled code (error codes, [`ABI_VERSION`], [`LIBRARY_VERSION`]) is never reused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The layout of cells, header and artifact. Raised when compiled code and host would misunderstand each other.
pub const ABI_VERSION: u32 = 3;

/// The meaning of the library. Raised only when some expression gives another answer than before; part of every
/// approval, so raising it withdraws approvals.
pub const LIBRARY_VERSION: u32 = 5;

/// Why one row has no value for one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleErrorKind))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ErrorKind {
    /// An index, position or length lies outside the text or list.
    OutOfRange = 1,
    /// A member of an absent value was used.
    NullReference = 2,
    /// The operation does not fit the state of its operand (first of an empty list).
    InvalidOperation = 3,
    /// An argument is not acceptable.
    Argument = 4,
    /// A text is not in the form that was to be parsed.
    Format = 5,
    /// Division by zero.
    DivideByZero = 6,
    /// A number does not fit its type.
    Overflow = 7,
    /// The rule itself refused the object (`throw`).
    Custom = 8,
    /// The row used up its work units, or its values outgrew the sandbox.
    Budget = 9,
}

impl ErrorKind {
    /// Every kind, in the order of its code.
    pub const ALL: [Self; 9] = [
        Self::OutOfRange,
        Self::NullReference,
        Self::InvalidOperation,
        Self::Argument,
        Self::Format,
        Self::DivideByZero,
        Self::Overflow,
        Self::Custom,
        Self::Budget,
    ];

    /// The kind with this code in a cell.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }

    /// The stable name, as it is written in answers and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfRange => "out_of_range",
            Self::NullReference => "null_reference",
            Self::InvalidOperation => "invalid_operation",
            Self::Argument => "argument",
            Self::Format => "format",
            Self::DivideByZero => "divide_by_zero",
            Self::Overflow => "overflow",
            Self::Custom => "custom",
            Self::Budget => "budget",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The type of one value in the rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RuleType {
    /// True or false.
    Bool,
    /// One UTF-16 code unit.
    Char,
    /// 32-bit signed integer.
    Int,
    /// 64-bit signed integer.
    Long,
    /// IEEE 754 double.
    Double,
    /// Unicode text.
    String,
    /// Octets.
    Binary,
    /// A GUID.
    Guid,
    /// An instant, in ticks of 100 ns since 0001-01-01T00:00:00Z.
    Date,
    /// A reference to another object: its DN (source side) or key (metaverse side) as text.
    Reference,
}

/// The type of an attribute as rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttrType {
    /// The type of each value.
    #[serde(rename = "type")]
    pub ty: RuleType,
    /// May be absent. In a target schema: `false` means required.
    #[serde(default = "yes")]
    pub nullable: bool,
    /// Holds a list of values.
    #[serde(default)]
    pub multi: bool,
}

fn yes() -> bool {
    true
}

impl AttrType {
    /// An optional single value of this type.
    pub const fn optional(ty: RuleType) -> Self {
        Self {
            ty,
            nullable: true,
            multi: false,
        }
    }

    /// A single value that is always there.
    pub const fn required(ty: RuleType) -> Self {
        Self {
            ty,
            nullable: false,
            multi: false,
        }
    }

    /// An optional list of values of this type.
    pub const fn list(ty: RuleType) -> Self {
        Self {
            ty,
            nullable: true,
            multi: true,
        }
    }
}

/// A value that went into or came out of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleValue {
    /// No value.
    Null,
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
    String(String),
    /// Octets.
    Binary(Vec<u8>),
    /// A GUID in the byte order of its text form.
    Guid([u8; 16]),
    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    Date(i64),
    /// A reference as text.
    Reference(String),
    /// A list of values.
    List(Vec<RuleValue>),
}

/// A place in source text: UTF-16 offsets, end exclusive, so that editors and the C# habit agree.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First code unit.
    pub from: u32,
    /// One past the last code unit.
    pub to: u32,
}

/// Where an input column comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "origin", content = "name", rename_all = "lowercase")]
pub enum SlotSource {
    /// An attribute of the object that the part evaluates.
    Attribute(String),
    /// An attribute of the linked target's confirmed image (`Target.x`).
    Target(String),
    /// A parameter (`%Name%`): one value for the whole batch.
    Parameter(String),
    /// The run's clock: one instant for the whole batch.
    Clock,
    /// 32 octets that look random and are the same whenever this place of the rules is asked about this object
    /// (`Guid.NewGuid()`, `RandomString`). The text is the place: the attribute it flows to and a count from 0.
    Draw(String),
}

/// How many octets a [`SlotSource::Draw`] has.
pub const DRAW_BYTES: usize = 32;

/// One input column. Only attributes that an expression reads have one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Where it comes from.
    pub source: SlotSource,
    /// Its type; a value of another type is refused by the sandbox.
    pub attr: AttrType,
}

/// What an output of the program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", content = "index", rename_all = "lowercase")]
pub enum Role {
    /// Decides whether the object is in scope; always the first output when present.
    Scope,
    /// The match key with this index in the request.
    Key(u32),
    /// The distinguished name.
    Dn,
    /// The flow with this index in the request.
    Flow(u32),
}

/// One computed output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// What it is for.
    #[serde(flatten)]
    pub role: Role,
    /// The type of its value.
    pub attr: AttrType,
    /// Where its source stands in the request (`flows[2].rule.then`), for messages.
    pub path: String,
}

/// What an expression is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleDialect))]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Expressions of C#.
    #[default]
    Csharp,
    /// The functions of Entra Connect and of Entra provisioning.
    Entra,
}

impl Dialect {
    /// The one that is meant where nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Its name in profiles.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csharp => "csharp",
            Self::Entra => "entra",
        }
    }
}

/// What to do with the target attribute when its flow fails on an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The object keeps its state and carries the error.
    #[default]
    FailObject,
    /// Leave this attribute as it is.
    KeepCurrent,
    /// Treat the flow as having no value.
    Null,
}

/// Where the value of a flow comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlowSource {
    /// Copied by the host; the value never enters the sandbox.
    Direct(String),
    /// Computed by the output with this index.
    Computed(u32),
}

/// One flow of the part, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPlan {
    /// The target attribute.
    pub to: String,
    /// Where the value comes from.
    pub source: FlowSource,
    /// What an error does.
    #[serde(default)]
    pub on_error: OnError,
}

/// A place in the source that may fail, so that an error cell can be turned into a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The output whose expression it belongs to.
    pub output: u32,
    /// The failing sub-expression.
    pub span: Span,
    /// Its text, shortened.
    pub text: String,
}

/// Everything the host must know about a compiled part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramManifest {
    /// [`ABI_VERSION`] of the compiler.
    pub abi: u32,
    /// [`LIBRARY_VERSION`] of the compiler.
    pub library: u32,
    /// SHA-256 of the canonical IR and the library version, hexadecimal: what an approval binds.
    pub meaning: String,
    /// Which runtime it imports, as native code: SHA-256, hexadecimal, over its module, the engine's build and settings, and
    /// the processor's features. Filled in by the compiler.
    pub runtime: String,
    /// First address after the program's literals.
    pub literals_end: u32,
    /// The input columns.
    pub slots: Vec<Slot>,
    /// The computed outputs, the scope first.
    pub outputs: Vec<Output>,
    /// How many match keys each row gives.
    pub keys: u32,
    /// The flows.
    pub flows: Vec<FlowPlan>,
    /// The places that may fail; an error cell names one by index.
    pub sites: Vec<Site>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_kind_survives_the_way_through_a_cell() {
        for kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::from_code(kind as u8), Some(kind));
        }
        assert_eq!(ErrorKind::from_code(0), None);
        assert_eq!(ErrorKind::from_code(10), None);
    }

    #[test]
    fn an_attribute_type_is_optional_and_single_unless_it_says_otherwise() {
        let attr: AttrType = serde_json::from_str(r#"{"type":"string"}"#).unwrap();

        assert_eq!(attr, AttrType::optional(RuleType::String));
    }
}
