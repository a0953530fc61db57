//! The registry of diagnostic codes. A code is never reused and never changes its meaning.
//!
//! Invariants: every code has one kind, which is what `syncline-rules eval` answers; where C# reports the same mistake,
//! its code is quoted so that people can search for it.

use serde::{Deserialize, Serialize};

/// The family of a compile error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The text is not in the language.
    Syntax,
    /// A name that nothing has.
    UnknownName,
    /// A member that the type does not have.
    UnknownMember,
    /// Types do not fit.
    Type,
    /// Wrong number of arguments.
    Arity,
}

impl Kind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::UnknownName => "unknown_name",
            Self::UnknownMember => "unknown_member",
            Self::Type => "type",
            Self::Arity => "arity",
        }
    }
}

/// One entry of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `SL` and four digits.
    pub id: &'static str,
    /// The C# code for the same mistake.
    pub csharp: Option<&'static str>,
    /// The family.
    pub kind: Kind,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal $($cs:literal)? $kind:ident;)*) => {
        $($(#[$doc])* pub const $name: Code = Code { id: $id, csharp: codes!(@cs $($cs)?), kind: Kind::$kind };)*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
    (@cs $cs:literal) => { Some($cs) };
    (@cs) => { None };
}

codes! {
    /// A token that cannot stand here.
    UNEXPECTED = "SL0001" "CS1525" Syntax;
    /// Something is missing.
    EXPECTED = "SL0002" "CS1003" Syntax;
    /// A text without its closing quote.
    UNTERMINATED_TEXT = "SL0003" "CS1010" Syntax;
    /// An escape that does not exist.
    BAD_ESCAPE = "SL0004" "CS1009" Syntax;
    /// A character that no token begins with.
    BAD_CHARACTER = "SL0005" "CS1056" Syntax;
    /// Nested too deep.
    TOO_DEEP = "SL0006" "CS8078" Syntax;
    /// Longer than an expression may be.
    TOO_LONG = "SL0007" Syntax;
    /// A typographic quote in place of a straight one.
    SMART_QUOTE = "SL0008" "CS1056" Syntax;
    /// A number that is none.
    BAD_NUMBER = "SL0009" "CS1013" Syntax;
    /// A character literal with none or several characters.
    BAD_CHAR = "SL0010" "CS1012" Syntax;
    /// A comment without its end.
    UNTERMINATED_COMMENT = "SL0011" "CS1035" Syntax;
    /// A character that changes the direction of text and could hide what a rule does.
    BIDI = "SL0012" Syntax;
    /// Nothing to evaluate.
    EMPTY = "SL0013" "CS1733" Syntax;
    /// A rule tree that is not if / then / else.
    BAD_TREE = "SL0014" Syntax;
    /// A name that neither schema nor language has.
    UNKNOWN_NAME = "SL0101" "CS0103" UnknownName;
    /// A member that the type does not have.
    UNKNOWN_MEMBER = "SL0102" "CS1061" UnknownMember;
    /// A type that the language does not have.
    UNKNOWN_TYPE = "SL0103" "CS0246" UnknownName;
    /// The same name twice.
    DUPLICATE_NAME = "SL0104" "CS0128" Type;
    /// An attribute of the other side.
    WRONG_SIDE = "SL0105" "CS0103" UnknownName;
    /// A parameter that the profile does not have.
    UNKNOWN_PARAMETER = "SL0106" UnknownName;
    /// A static member that the type does not have.
    UNKNOWN_STATIC = "SL0107" "CS0117" UnknownMember;
    /// A flow into an attribute that the target does not have.
    UNKNOWN_TARGET = "SL0108" UnknownName;
    /// A lookup table that nobody made.
    UNKNOWN_TABLE = "SL0109" UnknownName;
    /// An operator that these types do not have.
    OPERATOR = "SL0201" "CS0019" Type;
    /// A value of the wrong type.
    CONVERSION = "SL0202" "CS0029" Type;
    /// A condition that is no boolean.
    CONDITION = "SL0203" "CS0029" Type;
    /// Branches without a common type.
    BRANCHES = "SL0204" "CS0173" Type;
    /// An argument of the wrong type.
    ARGUMENT = "SL0205" "CS1503" Type;
    /// Too many or too few arguments.
    ARITY = "SL0206" "CS1501" Arity;
    /// A list into a single-valued attribute, or the reverse.
    MULTIPLICITY = "SL0207" "CS0029" Type;
    /// Parentheses after something that is no method.
    NOT_A_METHOD = "SL0208" "CS1955" Type;
    /// A method without parentheses.
    METHOD_GROUP = "SL0209" "CS0428" Type;
    /// A path without a return.
    NO_RETURN = "SL0210" "CS0161" Type;
    /// A constant that does not fit.
    CONSTANT_OVERFLOW = "SL0211" "CS0220" Type;
    /// A division by the constant zero.
    CONSTANT_ZERO = "SL0212" "CS0020" Type;
    /// A lambda where no method takes one.
    LAMBDA = "SL0213" "CS1660" Type;
    /// A unary operator that this type does not have.
    UNARY = "SL0214" "CS0023" Type;
    /// An index on something without elements.
    INDEX = "SL0215" "CS0021" Type;
    /// A type that cannot be known.
    NO_TYPE = "SL0216" "CS0815" Type;
    /// A pattern that the value can never match.
    PATTERN = "SL0217" "CS8121" Type;
    /// A match key of a type that has no text form.
    KEY_TYPE = "SL0218" Type;
    /// A part of C# that rules do not have.
    UNSUPPORTED = "SL0219" Type;
    /// A pattern that cannot be matched in linear time.
    REGEX_UNSUPPORTED = "SL0220" Type;
    /// A pattern that is no regular expression.
    REGEX_MALFORMED = "SL0221" Type;
    /// A pattern that is too large.
    REGEX_TOO_LARGE = "SL0222" Type;
    /// A group that the pattern does not have.
    REGEX_GROUP = "SL0223" Type;
    /// A numeric format that its type does not have.
    NUMBER_FORMAT = "SL0240" Type;
    /// A variable that not every way to its place sets.
    UNASSIGNED = "SL0241" "CS0165" Type;
    /// A constant that its cast would change.
    CONSTANT_CAST = "SL0242" "CS0221" Type;
    /// A lookup table that is not named by a literal.
    TABLE_NAME = "SL0243" Type;
    /// A resource that has mistakes of its own.
    BROKEN_RESOURCE = "SL0244" Type;
    /// A member of a value that may be absent.
    MAYBE_NULL = "SL0301" "CS8602" Type;
    /// An argument that may be absent and must not.
    MAYBE_NULL_ARGUMENT = "SL0302" "CS8604" Type;
    /// A call that fails on some values.
    MAY_FAIL = "SL0303" Type;
    /// Code that is never reached.
    UNREACHABLE = "SL0304" "CS0162" Type;
    /// A required target attribute whose flow may have no value.
    MAYBE_MISSING = "SL0305" Type;
    /// What the two references of the `entra` dialect read differently.
    AMBIGUOUS = "SL0306" Type;
    /// A construct that the other dialect does not have.
    NO_COUNTERPART = "SL0401" Type;
    /// A text that would not mean the same in the other dialect, as far as can be shown.
    OTHER_MEANING = "SL0402" Type;
    /// A comment, or a name that the rule does not need, which formatting would lose.
    LOSES_TEXT = "SL0403" Syntax;
    /// A key that a lookup table has twice.
    DUPLICATE_KEY = "SL0501" Type;
    /// A lookup table with too many rows.
    TABLE_ROWS = "SL0502" Type;
    /// A lookup table that is too large.
    TABLE_BYTES = "SL0503" Type;
    /// Lookup tables that are together too large for a profile.
    TABLES_BYTES = "SL0504" Type;
    /// A name that no resource may have.
    RESOURCE_NAME = "SL0505" Type;
    /// More named expressions, or more parameters of one, than are allowed.
    EXPRESSIONS = "SL0506" Type;
    /// A named expression that calls itself.
    CYCLE = "SL0507" Type;
    /// A case of a flow that does not hold.
    CASE_FAILS = "SL0601" Type;
    /// A case that cannot be held against its flow.
    CASE_MALFORMED = "SL0602" Type;
    /// Too many cases of a flow or of a profile.
    CASES = "SL0603" Type;
    /// A case, or the cases of a profile together, that take too much work.
    CASES_WORK = "SL0604" Type;
}

/// What says that a sub-expression fails on some objects.
pub const FALLIBLE: [Code; 3] = [MAYBE_NULL, MAYBE_NULL_ARGUMENT, MAY_FAIL];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_used_twice() {
        let mut ids: Vec<_> = ALL.iter().map(|c| c.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        assert!(ids.is_sorted());
    }
}
