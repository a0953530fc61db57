//! Words that begin a value: names, and those with a meaning of their own (`new`, `default`, `nameof`, `checked`).
//!
//! Invariants: an escaped word is always a name.

use super::Parser;
use super::types::{PREDEFINED, array_of};
use crate::diag::codes;
use crate::syntax::ast::{Expr, Name, Node, TypeName};
use crate::syntax::tokens::Tok;

impl Parser<'_> {
    pub(super) fn word(&mut self, text: String, escaped: bool, from: u32) -> Expr {
        if escaped {
            self.advance();
            return self.node(Node::Name(text), from, &[]);
        }
        let kind = match text.as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            "null" => Node::Null,
            "checked" | "unchecked" if matches!(self.peek_at(1), Tok::Punct("(")) => {
                self.advance();
                self.advance();
                let operand = self.expr();
                self.expect(")", "the operand");
                let (height, on) = (operand.height, text == "checked");
                let operand = operand.into();
                return self.node(Node::Checked { on, operand }, from, &[height]);
            }
            "new" => return self.new_expr(from),
            "default" => {
                self.advance();
                let mut zero = Node::Null;
                if self.eat("(") {
                    let named = self.type_name().filter(|ty| !ty.nullable);
                    zero = named.and_then(|ty| zero_of(&ty)).unwrap_or(zero);
                    self.expect(")", "`default`");
                }
                return self.node(zero, from, &[]);
            }
            "nameof" if matches!(self.peek_at(1), Tok::Punct("(")) => return self.name_of(from),
            "typeof" | "await" | "delegate" | "from" | "while" | "for" | "foreach" | "do"
            | "using" | "class"
                if matches!(self.peek_at(1), Tok::Punct("(" | "{") | Tok::Ident { .. }) =>
            {
                let span = self.span();
                let message = format!(
                    "`{text}` is not part of the rule language; use Where, Select and Any on lists"
                );
                self.error(codes::UNSUPPORTED, span, message);
                self.advance();
                return Expr {
                    kind: Node::Error,
                    span,
                    height: 1,
                };
            }
            _ if PREDEFINED.contains(&text.as_str()) => match self.type_name() {
                Some(ty) => return self.node(Node::Type(ty), from, &[]),
                None => return self.error_node(),
            },
            _ => Node::Name(text),
        };
        self.advance();
        self.node(kind, from, &[])
    }

    /// `nameof(a.b)`: the last name as a text.
    fn name_of(&mut self, from: u32) -> Expr {
        self.advance();
        let span = self.span();
        let args = self.arguments();
        let name = match args.first().map(|arg| &arg.kind) {
            Some(Node::Name(name) | Node::Attribute(name)) => name.clone(),
            Some(Node::Member { name, .. }) => name.text.clone(),
            Some(Node::Type(ty)) => ty.name.clone(),
            _ => {
                let message = "`nameof` takes the name of an attribute, variable or member";
                self.error(codes::EXPECTED, span, message);
                return self.error_node();
            }
        };
        self.node(Node::Str(name), from, &[])
    }

    fn new_expr(&mut self, from: u32) -> Expr {
        self.advance();
        if self.at_punct("{") {
            self.advance();
            let message = "objects without a type are not part of the rule language; select one value after the other";
            return self.without(from, "}", codes::UNSUPPORTED, message);
        }
        let ty = if self.at_punct("[") {
            self.advance();
            self.expect("]", "`new[`");
            None
        } else if self.at_punct("(") {
            None
        } else {
            self.type_name()
        };
        // `new string[0]`, `new string[2] { "a", "b" }`
        if self.at_punct("[")
            && let Tok::Int(count) = *self.peek_at(1)
            && matches!(self.peek_at(2), Tok::Punct("]"))
            && (count == 0 || matches!(self.peek_at(3), Tok::Punct("{")))
        {
            let span = self.span();
            (0..3).for_each(|_| drop(self.advance()));
            let items = match self.eat("{") {
                true => self.list("}", "the items"),
                false => Vec::new(),
            };
            if items.len() as i64 != count {
                let message = format!("the list says {count} items and has {}", items.len());
                self.error(codes::EXPECTED, span, message);
            }
            let ty = ty.map(array_of);
            let height = items.iter().map(|item| item.height).max().unwrap_or(0);
            let (items, args) = (Some(items), Vec::new());
            return self.node(Node::New { ty, args, items }, from, &[height]);
        }
        // `new string[n]`: so many of what the type is without a value.
        if ty.is_some() && self.at_punct("[") {
            self.advance();
            let count = self.expr();
            self.expect("]", "the size");
            let height = count.height;
            let (ty, args, items) = (ty.map(array_of), vec![count], None);
            return self.node(Node::New { ty, args, items }, from, &[height]);
        }
        let args = if self.at_punct("(") {
            self.arguments()
        } else {
            Vec::new()
        };
        let items = if self.eat("{") {
            Some(self.list("}", "the items"))
        } else {
            None
        };
        let highest = args
            .iter()
            .chain(items.iter().flatten())
            .map(|i| i.height)
            .max()
            .unwrap_or(0);
        self.node(Node::New { ty, args, items }, from, &[highest])
    }
}

/// `default(T)` of types that are never absent.
fn zero_of(ty: &TypeName) -> Option<Node> {
    let named = |text: &str| Name {
        text: text.to_owned(),
        span: ty.span,
    };
    let member = |name: &str| {
        let receiver = Expr {
            kind: Node::Name(ty.name.clone()),
            span: ty.span,
            height: 1,
        };
        Node::Member {
            receiver: receiver.into(),
            name: named(name),
        }
    };
    Some(match ty.name.as_str() {
        "Guid" => member("Empty"),
        "DateTime" | "DateTimeOffset" | "DateOnly" => member("MinValue"),
        "TimeSpan" => member("Zero"),
        "int" | "byte" | "sbyte" | "short" | "ushort" => Node::Int(0),
        "long" | "uint" => Node::Long(0),
        "double" => Node::Double(0.0),
        "decimal" => Node::Decimal(0, 0),
        "bool" => Node::Bool(false),
        "char" => Node::Char(0),
        _ => return None,
    })
}
