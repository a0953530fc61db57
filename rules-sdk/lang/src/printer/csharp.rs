//! A tree as text of C#.
//!
//! Invariants: reading the text gives the tree again; parentheses stand where the tree needs them and nowhere else; with
//! the source at hand literals, types and interpolated texts keep their spelling.

use syncline_model::rules::Span;

use super::literals::{csharp_char, csharp_text, double};
use super::refusal::Refusal;
use crate::diag::codes;
use crate::stdlib;
use crate::syntax::ast::{Arm, BinOp, End, Expr, Index, Name, Node, Pattern, Stmt, UnOp};

/// How tight an operator binds.
type Level = u8;
const ANY: Level = 0;
const COALESCE: Level = 1;
const RELATION: Level = 8;
const SHIFT: Level = 9;
const SWITCH: Level = 12;
const UNARY: Level = 13;
const POSTFIX: Level = 14;

const KEYWORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "new",
    "default",
    "checked",
    "unchecked",
    "is",
    "as",
    "switch",
    "when",
    "and",
    "or",
    "not",
    "var",
    "out",
    "if",
    "else",
    "return",
    "throw",
    "nameof",
    "typeof",
    "await",
    "delegate",
    "from",
    "while",
    "for",
    "foreach",
    "do",
    "using",
    "class",
    "string",
    "int",
    "long",
    "double",
    "bool",
    "char",
    "decimal",
    "float",
    "object",
    "byte",
    "sbyte",
    "short",
    "ushort",
    "uint",
    "ulong",
    "ignore",
    "authoritativeNull",
    "Target",
    "_",
];

/// Is it a word with a meaning of its own?
pub(super) fn is_reserved(name: &str) -> bool {
    KEYWORDS.contains(&name) || stdlib::is_type(name)
}

/// Can it stand as a name?
pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// Does a number stand there that begins like this?
pub(super) fn is_hexadecimal(text: Option<&str>, span: Span, prefix: &str) -> bool {
    let written = text.and_then(|text| text.get(span.from as usize..span.to as usize));
    let head = written.and_then(|text| text.get(..2));
    head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

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

    /// Statements, one a line.
    pub fn statements(&self, statements: &[Stmt], indent: usize) -> Text {
        let mut out = String::new();
        for statement in statements {
            out.push_str(&"    ".repeat(indent));
            out.push_str(&self.statement(statement, indent)?);
            out.push('\n');
        }
        Ok(out)
    }

    fn statement(&self, statement: &Stmt, indent: usize) -> Text {
        Ok(match statement {
            Stmt::Var { name, ty, value } => {
                let ty = match ty {
                    Some(ty) => self.written(ty.span).unwrap_or(&ty.name).to_owned(),
                    None => "var".to_owned(),
                };
                format!("{ty} {} = {};", name.text, self.expr(value)?)
            }
            Stmt::Return { value, .. } => format!("return {};", self.expr(value)?),
            Stmt::Throw { args, span } => format!("{};", self.throw(args, *span)?),
            Stmt::If {
                condition,
                then,
                other,
            } => {
                let end = "    ".repeat(indent);
                let body = self.statements(then, indent + 1)?;
                let head = format!("if ({}) {{\n{body}{end}}}", self.expr(condition)?);
                match &other[..] {
                    [] => head,
                    [only @ Stmt::If { .. }] => {
                        format!("{head} else {}", self.statement(only, indent)?)
                    }
                    other => {
                        let body = self.statements(other, indent + 1)?;
                        format!("{head} else {{\n{body}{end}}}")
                    }
                }
            }
        })
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

    /// The name of an exception is kept where it is known.
    fn throw(&self, args: &[Expr], span: Span) -> Text {
        let written = self.written(span).and_then(|text| {
            let ty = text
                .strip_prefix("throw")?
                .trim_start()
                .strip_prefix("new")?;
            Some(ty.split(['(', ';']).next()?.trim())
        });
        let ty = written
            .filter(|ty| is_identifier(ty))
            .unwrap_or("Exception");
        Ok(format!("throw new {ty}({})", self.list(args)?))
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

    fn arm(&self, arm: &Arm) -> Text {
        let pattern = self.pattern(&arm.pattern, 0)?;
        let guard = match &arm.guard {
            Some(guard) => format!(" when {}", self.at(guard, COALESCE)?),
            None => String::new(),
        };
        Ok(format!("{pattern}{guard} => {}", self.expr(&arm.value)?))
    }

    /// `level`: 0 = anywhere, 1 = beside `or`, 2 = beside `and`, 3 = behind `not`.
    fn pattern(&self, pattern: &Pattern, level: u8) -> Text {
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

fn no_form(span: Span, what: &str) -> Refusal {
    Refusal::new(
        codes::NO_COUNTERPART,
        span,
        format!("{what} cannot be written in C#"),
    )
}

/// Does the pattern end in the name of a type?
fn ends_in_type(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Type(Some(_), None) => true,
        Pattern::Not(inner) | Pattern::And(_, inner) | Pattern::Or(_, inner) => ends_in_type(inner),
        _ => false,
    }
}

fn level_of(op: BinOp) -> Level {
    match op {
        BinOp::Coalesce => COALESCE,
        BinOp::Or => 2,
        BinOp::And => 3,
        BinOp::BitOr => 4,
        BinOp::BitXor => 5,
        BinOp::BitAnd => 6,
        BinOp::Eq | BinOp::Ne => 7,
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => RELATION,
        BinOp::Shl | BinOp::Shr | BinOp::UShr => SHIFT,
        BinOp::Add | BinOp::Sub => 10,
        BinOp::Mul | BinOp::Div | BinOp::Rem => 11,
    }
}
