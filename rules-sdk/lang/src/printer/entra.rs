//! A tree as text of the `entra` dialect.
//!
//! Invariants: reading the text gives the tree again; a form that the dialect does not have is refused by its name.

use syncline_model::rules::Span;

use super::csharp::is_hexadecimal;
use super::literals::{double, entra_text};
use super::refusal::Refusal;
use crate::diag::codes;
use crate::syntax::ast::{BinOp, Expr, Name, Node, Pattern, UnOp};

/// How tight an operator binds.
type Level = u8;
const ANY: Level = 0;
const COMPARISON: Level = 1;
const SUM: Level = 2;
const UNARY: Level = 3;
const PRIMARY: Level = 4;

/// The printer.
pub(super) struct Entra<'a> {
    /// The text that the tree was read from, where it is of this dialect.
    pub source: Option<&'a str>,
    /// The text of the other dialect that the tree was made from: numbers stay hexadecimal.
    pub foreign: Option<&'a str>,
    /// Around everything, to compare trees.
    pub all_parentheses: bool,
}

type Text = Result<String, Refusal>;

impl Entra<'_> {
    /// An expression.
    pub fn expr(&self, expr: &Expr) -> Text {
        self.at(expr, ANY)
    }

    fn at(&self, expr: &Expr, least: Level) -> Text {
        let (text, level) = self.node(expr)?;
        if level < least || self.all_parentheses && level < PRIMARY {
            return Ok(format!("({text})"));
        }
        Ok(text)
    }

    /// A literal as it stands in the source, or as `text` says.
    fn literal(&self, expr: &Expr, text: Option<String>, what: &str) -> Text {
        let span = expr.span;
        let written = self
            .source
            .and_then(|source| source.get(span.from as usize..span.to as usize));
        match written {
            Some(text) => Ok(text.trim().to_owned()),
            None => text.ok_or_else(|| no_form(span, what)),
        }
    }

    fn call(&self, name: &str, args: &[&Expr]) -> Text {
        let args: Result<Vec<String>, Refusal> = args.iter().map(|arg| self.expr(arg)).collect();
        Ok(format!("{name}({})", args?.join(", ")))
    }

    fn node(&self, expr: &Expr) -> Result<(String, Level), Refusal> {
        let span = expr.span;
        let text = match &expr.kind {
            Node::Null => self.literal(expr, Some("NULL".to_owned()), "null")?,
            Node::Bool(true) => "True".to_owned(),
            Node::Bool(false) => "False".to_owned(),
            Node::Int(value @ 0..) | Node::Long(value @ 0..)
                if is_hexadecimal(self.foreign, span, "0x") =>
            {
                self.literal(expr, Some(format!("&H{value:X}")), "this number")?
            }
            Node::Int(value) | Node::Long(value) if *value >= 0 => {
                self.literal(expr, Some(value.to_string()), "this number")?
            }
            Node::Long(value) => {
                let digits = format!("&H{value:X}");
                self.literal(expr, Some(digits), "this number")?
            }
            Node::Double(value) => self.literal(expr, double(*value), "this number")?,
            Node::Str(text) => self.literal(
                expr,
                entra_text(text),
                "a text with characters that cannot be seen",
            )?,
            Node::Attribute(name) => self.attribute(name, span)?,
            Node::Parameter(name) => format!("%{name}%"),
            Node::Name(name) => match name.as_str() {
                "authoritativeNull" => "AuthoritativeNull".to_owned(),
                "ignore" => "IgnoreThisFlow".to_owned(),
                name if name.starts_with('$') => name.to_owned(),
                name => return Err(no_form(span, &format!("`{name}`"))),
            },
            Node::Member { receiver, name } => match &receiver.kind {
                // A member of an enumeration.
                Node::Name(owner) if crate::stdlib::entra_enum(&name.text) == Some(owner) => {
                    name.text.clone()
                }
                _ => return Err(no_form(name.span, &format!("`.{}`", name.text))),
            },
            Node::Call { callee, args } => return self.called(callee, args, span),
            Node::Ternary {
                condition,
                then,
                other,
            } => match named(condition) {
                Some((value, name)) if matches!(other.kind, Node::Null) => {
                    let name = self.variable(name)?;
                    let (value, then) = (self.expr(value)?, self.expr(then)?);
                    format!("With({name}, {value}, {then})")
                }
                _ => self.call("IIF", &[condition, then, other])?,
            },
            Node::Unary {
                op: UnOp::Neg,
                operand,
            } => return Ok((format!("-{}", self.at(operand, UNARY)?), UNARY)),
            Node::Binary {
                op,
                left,
                right,
                op_span,
            } => {
                let Some((text, level)) = operator(*op) else {
                    return Err(no_form(*op_span, &format!("the operator `{}`", op.text())));
                };
                // Where the eye expects a priority that the dialect does not have.
                let left_level = level + Level::from(misleads(*op, left));
                let (left, right) = (self.at(left, left_level)?, self.at(right, level + 1)?);
                return Ok((format!("{left} {text} {right}"), level));
            }
            Node::Error => return Err(no_form(span, "what could not be read")),
            other => return Err(no_form(span, what(other))),
        };
        Ok((text, PRIMARY))
    }

    /// `Replace(source, old, , , new, , )`: positions that are left out.
    fn with_positions(&self, args: &[Expr]) -> Text {
        let one = |arg: &Expr| match arg.kind {
            Node::Null => Ok(String::new()),
            _ => self.expr(arg),
        };
        let args: Result<Vec<String>, Refusal> = args.iter().map(one).collect();
        Ok(format!("Replace({})", args?.join(", ")))
    }

    fn called(&self, callee: &Expr, args: &[Expr], span: Span) -> Result<(String, Level), Refusal> {
        match &callee.kind {
            Node::Name(name) if name == "Replace" && args.len() == 7 && self.source.is_none() => {
                Ok((self.with_positions(args)?, PRIMARY))
            }
            Node::Name(name) => Ok((self.call(name, &args.iter().collect::<Vec<_>>())?, PRIMARY)),
            Node::Member { receiver, name } => match (&receiver.kind, name.text.as_str(), args) {
                (Node::Name(owner), "Concat", [first, rest @ ..])
                    if owner == "string" && !rest.is_empty() =>
                {
                    let mut out = self.at(first, SUM)?;
                    for arg in rest {
                        out.push_str(" & ");
                        out.push_str(&self.at(arg, SUM + 1)?);
                    }
                    Ok((out, SUM))
                }
                (_, "Select" | "Where", [arg]) if is_lambda_of_one(arg) => {
                    let Node::Lambda { params, body } = &arg.kind else {
                        return Err(no_form(arg.span, "this lambda"));
                    };
                    let name_text = self.variable(&params[0])?;
                    let (list, body) = (self.expr(receiver)?, self.expr(body)?);
                    Ok((
                        format!("{}({name_text}, {list}, {body})", name.text),
                        PRIMARY,
                    ))
                }
                _ => Err(no_form(name.span, &format!("`.{}`", name.text))),
            },
            _ => Err(no_form(span, "this call")),
        }
    }

    fn variable(&self, name: &Name) -> Text {
        match name.text.starts_with('$') {
            true => Ok(name.text.clone()),
            false => Err(no_form(name.span, &format!("the variable `{}`", name.text))),
        }
    }

    fn attribute(&self, name: &str, span: Span) -> Text {
        if name.contains([']', '\n']) || name.trim() != name || name.is_empty() {
            return Err(no_form(span, "the name of this attribute"));
        }
        Ok(format!("[{name}]"))
    }
}

fn is_lambda_of_one(expr: &Expr) -> bool {
    matches!(&expr.kind, Node::Lambda { params, .. } if params.len() == 1)
}

/// `value is var name`
pub(super) fn named(condition: &Expr) -> Option<(&Expr, &Name)> {
    match &condition.kind {
        Node::Is { operand, pattern } => match &**pattern {
            Pattern::Type(None, Some(name)) => Some((operand, name)),
            _ => None,
        },
        _ => None,
    }
}

/// Would `left op …` without parentheses look as if `op` came first?
fn misleads(op: BinOp, left: &Expr) -> bool {
    let Node::Binary { op: before, .. } = &left.kind else {
        return false;
    };
    matches!(
        (before, op),
        (BinOp::Add | BinOp::Sub, BinOp::Mul) | (BinOp::Or, BinOp::And)
    )
}

fn operator(op: BinOp) -> Option<(&'static str, Level)> {
    Some(match op {
        BinOp::And => ("&&", ANY),
        BinOp::Or => ("||", ANY),
        BinOp::Eq => ("=", COMPARISON),
        BinOp::Ne => ("<>", COMPARISON),
        BinOp::Lt => ("<", COMPARISON),
        BinOp::Le => ("<=", COMPARISON),
        BinOp::Gt => (">", COMPARISON),
        BinOp::Ge => (">=", COMPARISON),
        BinOp::Add => ("+", SUM),
        BinOp::Sub => ("-", SUM),
        BinOp::Mul => ("*", SUM),
        _ => return None,
    })
}

/// What a form is called.
pub(super) fn what(node: &Node) -> &'static str {
    match node {
        Node::Decimal(..) => "a decimal",
        Node::Char(_) => "a single character",
        Node::Interpolated(_) => "an interpolated text with a width or a format",
        Node::Index { .. } => "`[…]`",
        Node::Conditional { .. } => "`?.`",
        Node::Unary { op: UnOp::Not, .. } => "`!`",
        Node::Unary {
            op: UnOp::BitNot, ..
        } => "`~`",
        Node::Unary {
            op: UnOp::NotNull, ..
        } => "`!` behind a value",
        Node::Is { .. } => "this `is`",
        Node::As { .. } => "`as`",
        Node::Switch { .. } => "this `switch`",
        Node::Cast { .. } => "a cast",
        Node::Lambda { .. } => "a lambda outside of Select and Where",
        Node::New { .. } => "`new`",
        Node::Throw { .. } => "`throw`",
        Node::Checked { .. } => "`checked`",
        Node::Named(..) => "a named argument",
        Node::Out(..) => "`out`",
        Node::Type(_) => "the name of a type",
        _ => "this",
    }
}

fn no_form(span: Span, what: &str) -> Refusal {
    let message = format!("the entra dialect has no counterpart for {what}");
    Refusal::new(codes::NO_COUNTERPART, span, message)
}
