//! Types as they are written: `string?`, `List<string>`, `int[]`; type arguments of methods.
//!
//! Invariants: which types exist is not asked here, but which words begin a type without doubt.

use super::Parser;
use crate::syntax::ast::{Expr, Node, TypeName};
use crate::syntax::tokens::Tok;

pub(super) const PREDEFINED: &[&str] = &[
    "string", "int", "long", "double", "bool", "char", "decimal", "float", "object", "byte",
    "sbyte", "short", "ushort", "uint", "ulong",
];

/// Types of the library that casts, patterns and declarations may name, beside the predefined ones.
pub(super) const NAMED: &[&str] = &["DateOnly", "DateTime", "DateTimeOffset", "Guid", "TimeSpan"];

/// Lists of one kind of element.
const LISTS: &[&str] = &["HashSet", "IEnumerable", "IList", "List"];

/// Enumerations that a number may be cast to.
const ENUMERATIONS: &[&str] = &[
    "DateTimeKind",
    "DayOfWeek",
    "RegexOptions",
    "StringComparison",
    "StringSplitOptions",
];

/// Is it the name of a type that a value may have, with its type arguments apart?
pub(in crate::syntax) fn is_value_type(name: &str) -> bool {
    PREDEFINED.contains(&name) || NAMED.contains(&name)
}

/// Is it an enumeration that a number may be cast to?
pub(crate) fn is_enumeration(name: &str) -> bool {
    ENUMERATIONS.contains(&name)
}

/// Is it the name of a list, whose elements stand in angle brackets?
pub(in crate::syntax) fn is_list_type(name: &str) -> bool {
    LISTS.contains(&name)
}

/// The type of `new T[…]`.
pub(super) fn array_of(element: TypeName) -> TypeName {
    TypeName {
        name: "Array".to_owned(),
        nullable: false,
        span: element.span,
        element: Some(element.into()),
    }
}

impl Parser<'_> {
    /// `string`, `string?`, `List<string>`, `string[]`.
    pub fn type_name(&mut self) -> Option<TypeName> {
        self.type_with(true)
    }

    /// A type; in a pattern it is never optional, and a question mark behind it asks.
    pub(in crate::syntax) fn type_with(&mut self, optional: bool) -> Option<TypeName> {
        let mut name = self.name()?;
        // `System.Text.RegularExpressions.Regex`: what stands before the last name changes nothing.
        if name.text == "System" {
            while self.eat(".") {
                name = self.name()?;
            }
        }
        let mut ty = TypeName {
            name: name.text,
            element: None,
            nullable: false,
            span: name.span,
        };
        if self.at_punct("<") {
            self.advance();
            ty.element = self.type_name().map(Box::new);
            self.expect(">", "a type argument");
        }
        loop {
            if optional
                && self.at_punct("?")
                && !matches!(self.peek_at(1), Tok::Int(_) | Tok::Str(_))
            {
                self.advance();
                ty.nullable = true;
            } else if self.at_punct("[") && matches!(self.peek_at(1), Tok::Punct("]")) {
                self.advance();
                self.advance();
                ty = TypeName {
                    name: "List".into(),
                    span: ty.span,
                    nullable: false,
                    element: Some(ty.into()),
                };
            } else {
                break;
            }
        }
        ty.span.to = self.previous_end();
        Some(ty)
    }

    /// `Enumerable.Empty<string>()`: a list that says of what.
    pub(super) fn empty_list(&mut self, owner: &Expr, name: &str, from: u32) -> Option<Expr> {
        let is_owner = matches!(&owner.kind, Node::Name(n) if n == "Enumerable" || n == "Array");
        if name != "Empty" || !is_owner || !self.at_punct("<") {
            return None;
        }
        self.advance();
        let element = self.type_name()?;
        self.expect(">", "a type argument");
        self.expect("(", "`Empty`");
        self.expect(")", "`Empty`");
        let ty = Some(array_of(element));
        let (args, items) = (Vec::new(), Some(Vec::new()));
        Some(self.node(Node::New { ty, args, items }, from, &[]))
    }

    /// `.Cast<string>()`: type arguments are inferred, so written ones are skipped.
    pub(super) fn skip_type_arguments(&mut self) {
        let is_argument = matches!(self.peek_at(1), Tok::Ident { text, .. } if PREDEFINED.contains(&text.as_str()) || matches!(text.as_str(), "Match" | "Group" | "Guid" | "DateTime" | "String" | "Int32"));
        if self.at_punct("<")
            && is_argument
            && matches!(self.peek_at(2), Tok::Punct(">"))
            && matches!(self.peek_at(3), Tok::Punct("("))
        {
            (0..3).for_each(|_| drop(self.advance()));
        }
    }
}
