//! Patterns and the arms of a `switch`.
//!
//! Invariants: `not` binds tighter than `and`, `and` tighter than `or`.

use super::levels::{COALESCE, SHIFT};
use super::{Csharp, Text};
use crate::syntax::ast::{Arm, Name, Pattern};

impl Csharp<'_> {
    pub(super) fn arm(&self, arm: &Arm) -> Text {
        let pattern = self.pattern(&arm.pattern, 0)?;
        let guard = match &arm.guard {
            Some(guard) => format!(" when {}", self.at(guard, COALESCE)?),
            None => String::new(),
        };
        Ok(format!("{pattern}{guard} => {}", self.expr(&arm.value)?))
    }

    /// `level`: 0 = anywhere, 1 = beside `or`, 2 = beside `and`, 3 = behind `not`.
    pub(super) fn pattern(&self, pattern: &Pattern, level: u8) -> Text {
        let named = |name: &Option<Name>| {
            name.as_ref()
                .map_or(String::new(), |n| format!(" {}", n.text))
        };
        let (text, own) = match pattern {
            Pattern::Const(expr) => (self.at(expr, SHIFT)?, 3),
            Pattern::Relation(op, expr) => (format!("{} {}", op.text(), self.at(expr, SHIFT)?), 3),
            Pattern::Not(inner) => (format!("not {}", self.pattern(inner, 3)?), 3),
            Pattern::And(a, b) => {
                let (a, b) = (self.pattern(a, 1)?, self.pattern(b, 2)?);
                (format!("{a} and {b}"), 1)
            }
            Pattern::Or(a, b) => {
                let (a, b) = (self.pattern(a, 0)?, self.pattern(b, 1)?);
                (format!("{a} or {b}"), 0)
            }
            Pattern::Any => ("_".to_owned(), 3),
            Pattern::Type(None, name) => (format!("var{}", named(name)), 3),
            Pattern::Type(Some(ty), name) => {
                let ty = self.written(ty.span).unwrap_or(&ty.name);
                (format!("{ty}{}", named(name)), 3)
            }
            Pattern::List(elements, slice, name) => {
                let mut items = Vec::new();
                for element in elements {
                    items.push(self.pattern(element, 0)?);
                }
                if let Some((at, part)) = slice {
                    let part = match part {
                        Some(part) => format!(" {}", self.pattern(part, 0)?),
                        None => String::new(),
                    };
                    items.insert(*at, format!("..{part}"));
                }
                (format!("[{}]{}", items.join(", "), named(name)), 3)
            }
            Pattern::Property(properties, name) => {
                let mut items = Vec::new();
                for (property, pattern) in properties {
                    items.push(format!("{}: {}", property.text, self.pattern(pattern, 0)?));
                }
                let inside = match items.is_empty() {
                    true => " ".to_owned(),
                    false => format!(" {} ", items.join(", ")),
                };
                (format!("{{{inside}}}{}", named(name)), 3)
            }
        };
        Ok(match own < level {
            true => format!("({text})"),
            false => text,
        })
    }
}

/// Does the pattern end in the name of a type?
pub(super) fn ends_in_type(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Type(Some(_), None) => true,
        Pattern::Not(inner) | Pattern::And(_, inner) | Pattern::Or(_, inner) => ends_in_type(inner),
        _ => false,
    }
}
