//! Names: variables, attributes, parameters, types; and suggestions for those that do not exist.
//!
//! Invariants: a variable hides an attribute, an attribute hides a type; names are compared exactly.

use syncline_model::rules::{AttrType, RuleType, SlotSource, Span};

use super::{Checker, Place, Subject, Typed};
use crate::diag::{Diagnostic, closest, codes};
use crate::ir::{Exit, Ir};
use crate::stdlib;
use crate::syntax::ast::{Expr, Node, TypeName};
use crate::syntax::is_enumeration;
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: Span) -> Typed {
        if let Some(found) = self.resolved(name) {
            if found.ty.is_reference() && self.env.without_references {
                return self.unreadable(span);
            }
            return self.assigned(name, found, span);
        }
        match name {
            "ignore" => return Typed::new(Ir::Exit(Exit::Ignore), Ty::of(Base::Never)),
            "authoritativeNull" => {
                return Typed::new(Ir::Exit(Exit::AuthoritativeNull), Ty::of(Base::Never));
            }
            _ => {}
        }
        if self.env.open && !stdlib::is_type(name) && name != "Target" {
            let attr = AttrType::optional(RuleType::String);
            return self.slot(SlotSource::Attribute(name.to_owned()), attr);
        }
        self.unknown_name(name, span, false)
    }

    /// The value of a name, unless it is a variable that nothing may have set here.
    fn assigned(&mut self, name: &str, found: Typed, span: Span) -> Typed {
        let variable = self.variables.iter().rev().find(|v| v.name == name);
        let unset = variable
            .is_some_and(|v| v.conditional && !self.facts.contains(&Place::Assigned(v.local)));
        if !unset {
            return found;
        }
        let message = format!("`{name}` may not be set here; not every way to this place sets it");
        self.report(
            Diagnostic::error(codes::UNASSIGNED, span, message)
                .label("may not be set")
                .note("read it only where the test that sets it has succeeded"),
        );
        Typed::unknown()
    }

    /// A variable or attribute with this name.
    pub(super) fn resolved(&mut self, name: &str) -> Option<Typed> {
        let is_one = |of: &Subject| matches!(of, Subject::Variable(of) if of == name);
        if let Some((_, one)) = self.one_of.iter().find(|(of, _)| is_one(of)) {
            return Some(one.clone());
        }
        if let Some(variable) = self.variables.iter().rev().find(|v| v.name == name) {
            let (local, ty) = (variable.local, variable.ty.clone());
            return Some(self.narrowed(Ir::Local(local), Place::Local(local), ty));
        }
        let attr = *self.env.source.get(name)?;
        Some(self.slot(SlotSource::Attribute(name.to_owned()), attr))
    }

    pub(super) fn attribute(&mut self, name: &str, span: Span) -> Typed {
        let is_one = |of: &Subject| matches!(of, Subject::Attribute(of) if of == name);
        if let Some((_, one)) = self.one_of.iter().find(|(of, _)| is_one(of)) {
            return one.clone();
        }
        // In a body a parameter is written as an attribute is.
        if self.is_body && self.variables.iter().any(|v| v.name == name) {
            return self.name(name, span);
        }
        match self.env.source.get(name).copied() {
            Some(attr) => self.readable(SlotSource::Attribute(name.to_owned()), attr, span),
            None if self.env.open => self.slot(
                SlotSource::Attribute(name.to_owned()),
                AttrType::optional(RuleType::String),
            ),
            None => self.unknown_name(name, span, true),
        }
    }

    /// The value of an attribute, unless it refers to other objects and nothing could be read.
    fn readable(&mut self, source: SlotSource, attr: AttrType, span: Span) -> Typed {
        if attr.ty == RuleType::Reference && self.env.without_references {
            return self.unreadable(span);
        }
        self.slot(source, attr)
    }

    fn unreadable(&mut self, span: Span) -> Typed {
        let message = "a reference to another object cannot be read by an expression";
        self.report(
            Diagnostic::error(codes::UNSUPPORTED, span, message)
                .label("a reference")
                .note("let a flow take it as it is: `\"from\"` instead of `\"expr\"`"),
        );
        Typed::unknown()
    }

    pub(super) fn parameter(&mut self, name: &str, span: Span) -> Typed {
        if let Some(value) = self.env.resources.parameter(name) {
            return Typed::new(Ir::Text(value.to_owned()), Ty::of(Base::String));
        }
        if let Some(attr) = self.env.parameters.get(name).copied() {
            return self.slot(SlotSource::Parameter(name.to_owned()), attr);
        }
        if self.env.open {
            return self.slot(
                SlotSource::Parameter(name.to_owned()),
                AttrType::required(RuleType::String),
            );
        }
        let names = self.env.parameters.keys().map(String::as_str);
        let names = names.chain(self.env.resources.parameters());
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_PARAMETER,
            span,
            format!("the profile has no parameter `%{name}%`"),
        );
        if let Some(near) = closest(name, names) {
            diagnostic = diagnostic.fix("did you mean", span, format!("%{near}%"));
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    /// `Target.name`
    pub(super) fn target(&mut self, name: &str, span: Span) -> Typed {
        if let Some(attr) = self.env.target_image.get(name).copied() {
            // The linked object may not exist yet, so nothing of it is certain.
            let attr = AttrType {
                nullable: true,
                ..attr
            };
            return self.readable(SlotSource::Target(name.to_owned()), attr, span);
        }
        if self.env.open {
            return self.slot(
                SlotSource::Target(name.to_owned()),
                AttrType::optional(RuleType::String),
            );
        }
        let names: Vec<&str> = self.env.target_image.keys().map(String::as_str).collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_MEMBER,
            span,
            format!("the target has no attribute `{name}`"),
        );
        if let Some(near) = closest(name, names) {
            diagnostic = diagnostic.fix("did you mean", span, near);
        }
        self.report(diagnostic);
        Typed::unknown()
    }

    fn slot(&mut self, source: SlotSource, attr: AttrType) -> Typed {
        let slot = self.tables.slot(source, attr);
        self.narrowed(Ir::Slot(slot), Place::Slot(slot), Ty::of_attr(attr))
    }

    /// The value of a place, present where that is known.
    fn narrowed(&self, ir: Ir, place: Place, ty: Ty) -> Typed {
        if !ty.nullable || !self.facts.contains(&place) {
            return Typed::new(ir, ty);
        }
        let present = ty.with_null(false);
        Typed::new(if ty.boxed() { Ir::Unbox(ir.into()) } else { ir }, present)
    }

    /// `in_brackets`: the name was written as `[name]`.
    fn unknown_name(&mut self, name: &str, span: Span, in_brackets: bool) -> Typed {
        if stdlib::is_type(name) {
            self.error(
                codes::UNKNOWN_NAME,
                span,
                format!("`{name}` is a type, not a value; add a member"),
            );
            return Typed::unknown();
        }
        let candidates: Vec<&str> = (self.variables.iter().map(|v| v.name.as_str()))
            .chain(self.env.source.keys().map(String::as_str))
            .chain(["ignore"])
            .collect();
        let other = self.env.other_side.contains_key(name);
        let diagnostic = if other {
            Diagnostic::error(
                codes::WRONG_SIDE,
                span,
                format!("`{name}` exists in the target, not in the source"),
            )
            .label("an attribute of the other side")
            .note("expressions read the object that the part starts from")
        } else {
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                span,
                format!("`{name}` is no attribute, variable or function"),
            )
            .label("unknown name")
        };
        self.report(match closest(name, candidates) {
            Some(near) if in_brackets => diagnostic.fix("did you mean", span, format!("[{near}]")),
            Some(near) => diagnostic.fix("did you mean", span, quoted(near)),
            None => diagnostic,
        });
        Typed::unknown()
    }

    /// The static type that an expression names, in canonical spelling.
    pub(super) fn static_type(&self, expr: &Expr) -> Option<&'static str> {
        match &expr.kind {
            Node::Type(ty) => stdlib::type_name(&ty.name),
            Node::Name(name) => {
                let hidden = self.variables.iter().any(|v| v.name == *name)
                    || self.env.source.contains_key(name);
                if hidden {
                    None
                } else {
                    stdlib::type_name(name)
                }
            }
            Node::Member { receiver, name } => match (&receiver.kind, name.text.as_str()) {
                (Node::Name(n), of) if n == "Encoding" => encoding(n, of),
                (Node::Name(n), "Shared") if n == "Random" => Some("Random.Shared"),
                (_, known) if is_namespace(receiver) => stdlib::type_name(known),
                (Node::Member { receiver, name }, of) if is_namespace(receiver) => {
                    encoding(&name.text, of)
                }
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn no_type(&mut self, name: &str, span: Span) {
        let message = format!("`{name}` is no type of the rule language{}", instead(name));
        self.error(codes::UNKNOWN_TYPE, span, message);
    }

    /// A type written in the source.
    pub(super) fn named_type(&mut self, name: &TypeName) -> Ty {
        let base = match name.name.as_str() {
            "string" | "String" => Base::String,
            "int" | "Int32" => Base::Int,
            "long" | "Int64" => Base::Long,
            "double" | "Double" => Base::Double,
            "decimal" | "Decimal" => Base::Decimal,
            "bool" | "Boolean" => Base::Bool,
            "char" | "Char" => Base::Char,
            "Guid" => Base::Guid,
            "DateTime" | "DateTimeOffset" => Base::Date,
            "DateOnly" => Base::Day,
            "TimeSpan" => Base::Span,
            listed if is_enumeration(listed) => {
                Base::Enum(stdlib::type_name(listed).unwrap_or_default())
            }
            "uint" | "UInt32" => Base::Long,
            narrow if stdlib::narrow_numbers::limits(narrow).is_some() => Base::Int,
            "List" | "IEnumerable" | "IList" | "HashSet" => match &name.element {
                Some(element) if element.name == "byte" => Base::Binary,
                Some(element) => Base::List(Box::new(self.named_type(element))),
                None => Base::Unknown,
            },
            other => {
                self.no_type(other, name.span);
                Base::Unknown
            }
        };
        Ty {
            base,
            nullable: name.nullable,
        }
    }
}

/// `System`, or a part of it that rules have types of.
fn is_namespace(expr: &Expr) -> bool {
    match &expr.kind {
        Node::Name(name) => name == "System",
        Node::Member { receiver, name } => {
            let within = matches!(
                name.text.as_str(),
                "Text"
                    | "RegularExpressions"
                    | "Globalization"
                    | "Linq"
                    | "Collections"
                    | "Generic"
            );
            within && is_namespace(receiver)
        }
        _ => false,
    }
}

/// An encoding, by the names of its type and member.
fn encoding(owner: &str, name: &str) -> Option<&'static str> {
    match (owner, name) {
        ("Encoding", "UTF8") => Some("Encoding.UTF8"),
        ("Encoding", "Unicode") => Some("Encoding.Unicode"),
        ("Encoding", "ASCII") => Some("Encoding.ASCII"),
        _ => None,
    }
}

/// What stands in for a type that the language does not have.
fn instead(name: &str) -> &'static str {
    match name {
        "float" | "Single" => "; use double",
        "ulong" | "UInt64" => "; use long, or decimal for numbers beyond it",
        "object" | "dynamic" => "; every value has a type of its own here",
        _ => "",
    }
}

/// A name as it must be written: in backticks when it is no identifier.
pub(super) fn quoted(name: &str) -> String {
    if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}
