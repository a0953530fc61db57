//! A tree as text of C#.
//!
//! Invariants: reading the text gives the tree again; parentheses stand where the tree needs them and nowhere else; with
//! the source at hand literals, types and interpolated texts keep their spelling.

mod levels;
mod names;
mod patterns;
mod statements;

use syncline_model::rules::Span;

use super::literals::{csharp_char, csharp_text, double};
use super::refusal::Refusal;
use crate::diag::codes;
use crate::syntax::ast::{BinOp, End, Expr, Index, Node, UnOp};
use levels::{ANY, COALESCE, Level, POSTFIX, RELATION, SHIFT, SWITCH, UNARY, level_of};
use patterns::ends_in_type;

pub(super) use names::{is_hexadecimal, is_identifier, is_reserved};

/// The printer.
pub(super) struct Csharp<'a> {
    /// The text that the tree was read from, where it is of this dialect.
    pub source: Option<&'a str>,
    /// The text of the other dialect that the tree was made from: numbers stay hexadecimal.
    pub foreign: Option<&'a str>,
    /// Names of variables, which hide attributes.
    pub variables: &'a [String],
    /// Around everything, to compare trees.
    pub all_parentheses: bool,
}

type Text = Result<String, Refusal>;

impl Csharp<'_> {
    /// An expression.
    pub fn expr(&self, expr: &Expr) -> Text {
        self.at(expr, ANY)
    }

    fn written(&self, span: Span) -> Option<&str> {
        let text = self.source?.get(span.from as usize..span.to as usize)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    fn at(&self, expr: &Expr, least: Level) -> Text {
        let (text, level) = self.node(expr)?;
        let is_simple = level > POSTFIX;
        if level < least || self.all_parentheses && !is_simple {
            return Ok(format!("({text})"));
        }
        Ok(text)
    }

    fn list(&self, items: &[Expr]) -> Text {
        let items: Result<Vec<String>, Refusal> =
            items.iter().map(|item| self.expr(item)).collect();
        Ok(items?.join(", "))
    }

    fn literal(&self, expr: &Expr, text: Option<String>) -> Result<(String, Level), Refusal> {
        let text = self.written(expr.span).map(str::to_owned).or(text);
        let text = text.ok_or_else(|| no_form(expr.span, "this literal"))?;
        Ok((text, POSTFIX + 1))
    }

    fn node(&self, expr: &Expr) -> Result<(String, Level), Refusal> {
        let span = expr.span;
        Ok(match &expr.kind {
            Node::Null => return self.literal(expr, Some("null".to_owned())),
            Node::Default => ("default".to_owned(), POSTFIX + 1),
            Node::Bool(value) => return self.literal(expr, Some(value.to_string())),
            Node::Int(value @ 0..) | Node::Long(value @ 0..)
                if is_hexadecimal(self.foreign, span, "&H") =>
            {
                let long = matches!(expr.kind, Node::Long(_));
                let suffix = if long { "L" } else { "" };
                return self.literal(expr, Some(format!("0x{value:X}{suffix}")));
            }
            Node::Int(value) => return self.literal(expr, Some(value.to_string())),
            Node::Long(i64::MIN) => return self.literal(expr, Some("long.MinValue".to_owned())),
            Node::Long(value) => return self.literal(expr, Some(format!("{value}L"))),
            Node::Double(value) => return self.literal(expr, double(*value)),
            Node::Decimal(..) => return self.literal(expr, None),
            Node::Char(unit) => return self.literal(expr, Some(csharp_char(*unit))),
            Node::Str(text) => return self.literal(expr, Some(csharp_text(text))),
            Node::Interpolated(_) => return self.literal(expr, None),
            Node::Name(name) => (name.clone(), POSTFIX + 1),
            Node::Attribute(name) if self.source.is_some() => {
                return self.literal(expr, Some(name.clone()));
            }
            Node::Attribute(name) => (self.attribute(name, span)?, POSTFIX + 1),
            Node::Parameter(name) => (format!("%{name}%"), POSTFIX + 1),
            Node::Hole => (String::new(), POSTFIX + 1),
            Node::Type(ty) => (
                self.written(ty.span).unwrap_or(&ty.name).to_owned(),
                POSTFIX + 1,
            ),
            Node::Member { receiver, name } => {
                let receiver = self.at(receiver, POSTFIX)?;
                (format!("{receiver}.{}", name.text), POSTFIX)
            }
            Node::Call { callee, args } => {
                let callee = self.at(callee, POSTFIX)?;
                (format!("{callee}({})", self.list(args)?), POSTFIX)
            }
            Node::Index { receiver, index } => {
                let receiver = self.at(receiver, POSTFIX)?;
                (format!("{receiver}[{}]", self.index(index)?), POSTFIX)
            }
            Node::Place(index) => (self.index(index)?, POSTFIX),
            Node::Conditional { receiver, rest } => {
                let receiver = self.at(receiver, POSTFIX)?;
                (format!("{receiver}?{}", self.node(rest)?.0), UNARY)
            }
            Node::Unary {
                op: UnOp::NotNull,
                operand,
            } => (format!("{}!", self.at(operand, POSTFIX)?), POSTFIX),
            Node::Unary { op, operand } => {
                let sign = match op {
                    UnOp::Not => "!",
                    UnOp::Neg => "-",
                    UnOp::Plus => "+",
                    UnOp::BitNot | UnOp::NotNull => "~",
                };
                let operand = self.at(operand, UNARY)?;
                match operand.starts_with(['+', '-']) {
                    true => (format!("{sign}({operand})"), UNARY),
                    false => (format!("{sign}{operand}"), UNARY),
                }
            }
            Node::Binary {
                op, left, right, ..
            } => {
                let level = level_of(*op);
                let (left_level, right_level) = match op {
                    BinOp::Coalesce => (level + 1, level),
                    _ => (level, level + 1),
                };
                let right = match (&right.kind, op) {
                    (Node::Throw { .. }, BinOp::Coalesce) => self.node(right)?.0,
                    _ => self.at(right, right_level)?,
                };
                let left = self.at(left, left_level)?;
                (format!("{left} {} {right}", op.text()), level)
            }
            Node::Ternary {
                condition,
                then,
                other,
            } => {
                let condition = self.at(condition, COALESCE)?;
                let then = match then.kind {
                    Node::Throw { .. } => self.node(then)?.0,
                    _ => self.at(then, COALESCE)?,
                };
                let other = self.at(other, ANY)?;
                (format!("{condition} ? {then} : {other}"), ANY)
            }
            Node::Is { operand, pattern } => {
                let operand = self.at(operand, SHIFT)?;
                // A `?` behind the name of a type would belong to the type.
                let level = match ends_in_type(pattern) {
                    true => ANY,
                    false => RELATION,
                };
                (format!("{operand} is {}", self.pattern(pattern, 0)?), level)
            }
            Node::As { to, operand } => {
                let to_text = self.written(to.span).unwrap_or(&to.name);
                (format!("{} as {to_text}", self.at(operand, SHIFT)?), ANY)
            }
            Node::Switch { operand, arms } => {
                let arms: Result<Vec<String>, Refusal> =
                    arms.iter().map(|arm| self.arm(arm)).collect();
                let operand = self.at(operand, UNARY)?;
                (
                    format!("{operand} switch {{ {} }}", arms?.join(", ")),
                    SWITCH,
                )
            }
            Node::Cast { to, operand } => {
                let to_text = self.written(to.span).unwrap_or(&to.name);
                (format!("({to_text}){}", self.at(operand, UNARY)?), UNARY)
            }
            Node::Lambda { params, body } => {
                // A block stays as it was written: what it comes to is harder to read.
                let written = self.written(span).filter(|text| has_block(text));
                if let Some(text) = written {
                    return Ok((text.to_owned(), ANY));
                }
                let names: Vec<&str> = params.iter().map(|p| p.text.as_str()).collect();
                let names = match names[..] {
                    [only] => only.to_owned(),
                    _ => format!("({})", names.join(", ")),
                };
                (format!("{names} => {}", self.expr(body)?), ANY)
            }
            Node::New { ty, args, items } => {
                let is_list = self.written(span).is_none_or(|text| text.starts_with('['));
                if let (None, [], Some(items), true) = (ty, &args[..], items, is_list) {
                    return Ok((format!("[{}]", self.list(items)?), POSTFIX));
                }
                if ty.as_ref().is_some_and(|ty| ty.name == "Array") {
                    return self.literal(expr, None);
                }
                let ty_text = match ty {
                    Some(ty) => self.written(ty.span).unwrap_or(&ty.name),
                    None if items.is_some() && args.is_empty() => "[]",
                    None => "",
                };
                let blank = if ty.is_some() { " " } else { "" };
                let args_text = match (args.is_empty(), items) {
                    (true, Some(_)) => String::new(),
                    _ => format!("({})", self.list(args)?),
                };
                let items_text = match items.as_deref() {
                    None => String::new(),
                    Some([]) => " { }".to_owned(),
                    Some(items) => format!(" {{ {} }}", self.list(items)?),
                };
                (
                    format!("new{blank}{ty_text}{args_text}{items_text}"),
                    POSTFIX,
                )
            }
            Node::Throw { args } => (self.throw(args, span)?, ANY),
            Node::Named(name, value) => (format!("{}: {}", name.text, self.expr(value)?), ANY),
            Node::Checked { on, operand } => {
                let word = if *on { "checked" } else { "unchecked" };
                (format!("{word}({})", self.expr(operand)?), POSTFIX)
            }
            Node::Out(name, _) => match self.written(span) {
                Some(text) => (text.to_owned(), POSTFIX + 1),
                None => (format!("out var {}", name.text), POSTFIX + 1),
            },
            Node::Error => return Err(no_form(span, "what could not be read")),
        })
    }

    fn attribute(&self, name: &str, span: Span) -> Text {
        let is_hidden = self.variables.iter().any(|v| v == name);
        if is_identifier(name) && !is_reserved(name) && !is_hidden {
            return Ok(name.to_owned());
        }
        if name.contains(['`', '\n']) {
            return Err(no_form(span, "the name of this attribute"));
        }
        Ok(format!("`{name}`"))
    }

    fn index(&self, index: &Index) -> Text {
        let end = |end: &End| -> Text {
            let sign = if end.from_end { "^" } else { "" };
            Ok(format!("{sign}{}", self.at(&end.expr, COALESCE)?))
        };
        let side = |side: &Option<End>| side.as_ref().map_or(Ok(String::new()), end);
        match index {
            Index::At(at) => end(at),
            Index::Range(from, to) => Ok(format!("{}..{}", side(from)?, side(to)?)),
        }
    }
}

fn no_form(span: Span, what: &str) -> Refusal {
    Refusal::new(
        codes::NO_COUNTERPART,
        span,
        format!("{what} cannot be written in C#"),
    )
}

/// Is it the text of a lambda with statements?
fn has_block(lambda: &str) -> bool {
    let body = lambda.split_once("=>").map_or("", |(_, body)| body);
    body.trim_start().starts_with('{')
}
