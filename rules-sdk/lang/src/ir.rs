//! The typed intermediate representation: what both dialects become and both evaluators run.
//!
//! Invariants: every node gives exactly one cell, or leaves the whole expression; nulls, conversions and errors are
//! explicit; the canonical text names everything that can change an answer and nothing else (no spans).

use std::fmt::Write as _;
use std::sync::Arc;

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use crate::resources::Packed;

/// A variable of one output.
pub type Local = u32;
/// A place in the source that can fail, counted over the whole part.
pub type Site = u32;

/// An operation that needs no runtime call. Operands and result are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Op {
    AddI,
    SubI,
    MulI,
    DivI,
    RemI,
    ShlI,
    ShrI,
    UShrI,
    AddL,
    SubL,
    MulL,
    DivL,
    RemL,
    ShlL,
    ShrL,
    UShrL,
    And,
    Or,
    Xor,
    BitNot,
    Not,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    AddD,
    SubD,
    MulD,
    DivD,
    NegD,
    EqD,
    NeD,
    LtD,
    LeD,
    GtD,
    GeD,
    /// Long to int, keeping the low 32 bits.
    Narrow,
    /// Long to char.
    NarrowChar,
    LongToDouble,
    /// Truncating, saturating.
    DoubleToLong,
    /// Truncating, saturating.
    DoubleToInt,
    /// Length of a list.
    Len,
}

/// What a loop over a list does with its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LoopKind {
    Where,
    Select,
    Any,
    All,
    Count,
    FirstIndex,
    LastIndex,
    /// The body gives the next value of this local; so does the loop in the end.
    Fold(Local),
}

/// A loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// What it does.
    pub kind: LoopKind,
    /// Over what.
    pub list: Ir,
    /// Holds the element.
    pub element: Local,
    /// Holds the position.
    pub index: Option<Local>,
    /// Run for every element.
    pub body: Ir,
    /// Where it stands.
    pub site: Site,
}

/// How an expression ends without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// `ignore`
    Ignore,
    /// `authoritativeNull`
    AuthoritativeNull,
    /// An error.
    Fail(ErrorKind, Site),
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub enum Ir {
    /// A constant word; 0 also stands for absent.
    Word(i64),
    /// A constant text.
    Text(String),
    /// A lookup table, a text of its own form.
    Table(Arc<Packed>),
    /// An input column.
    Slot(u32),
    /// A local.
    Local(Local),
    /// Sets a local, then gives the body.
    Let(Local, Box<Ir>, Box<Ir>),
    /// Condition, then, else.
    If(Box<Ir>, Box<Ir>, Box<Ir>),
    /// A runtime function.
    Call(Fn, Vec<Ir>, Site),
    /// An operation. Division fails at the site.
    Op(Op, Vec<Ir>, Site),
    /// Texts in one piece; absent ones count as empty.
    Concat(Vec<Ir>, Site),
    /// Is the cell 0?
    IsNull(Box<Ir>),
    /// Is it this short text? An absent one is not.
    Same(Box<Ir>, String),
    /// Does the text begin with this short one?
    Begins(Box<Ir>, String),
    /// The value, or an error when it is absent.
    NonNull(Box<Ir>, ErrorKind, Site),
    /// A box around a word.
    Boxed(Box<Ir>, Site),
    /// The word in a box that is present.
    Unbox(Box<Ir>),
    /// A list of these cells.
    Items(Vec<Ir>, Site),
    /// A loop.
    Loop(Box<Loop>),
    /// Leaves the expression without a value.
    Exit(Exit),
    /// The first, or the second where the first fails otherwise than by its budget. The whole of an output.
    Else(Box<Ir>, Box<Ir>),
    /// Statements; the last one leaves.
    Block(Vec<Step>),
    /// The value of the inner node, told to who explains (a number of [`crate::check::Tables::points`]). Means nothing.
    Trace(u32, Box<Ir>),
}

impl Ir {
    /// The node without points around it.
    pub fn bare(&self) -> &Self {
        match self {
            Self::Trace(_, inner) => inner.bare(),
            node => node,
        }
    }
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Sets a local.
    Let(Local, Ir),
    /// Runs one of two.
    If(Ir, Vec<Step>, Vec<Step>),
    /// The value of the whole expression.
    Return(Ir),
}

/// A slot's name for the canonical text.
pub type SlotNames<'a> = &'a dyn std::ops::Fn(u32) -> String;

/// The canonical text of a node: equal texts mean equal answers.
pub fn canonical(ir: &Ir, slots: SlotNames<'_>) -> String {
    let mut out = String::new();
    write_ir(&mut out, ir, slots);
    out
}

fn write_list(out: &mut String, head: &str, items: &[Ir], slots: SlotNames<'_>) {
    let _ = write!(out, "({head}");
    for item in items {
        out.push(' ');
        write_ir(out, item, slots);
    }
    out.push(')');
}

/// Whether the second argument of a function is a compiled pattern.
fn takes_program(function: Fn) -> bool {
    matches!(
        function,
        Fn::RegexIsMatch
            | Fn::RegexFirst
            | Fn::RegexAll
            | Fn::RegexReplace
            | Fn::RegexSplice
            | Fn::RegexSplit
            | Fn::RegexReplaceGroup
            | Fn::RegexFirstFrom
            | Fn::RegexAllFrom
            | Fn::RegexReplaceSome
            | Fn::RegexSplitSome
    )
}

fn write_ir(out: &mut String, ir: &Ir, slots: SlotNames<'_>) {
    match ir {
        Ir::Word(word) => drop(write!(out, "{word}")),
        Ir::Text(text) => drop(write!(out, "{}", serde_json::Value::from(text.as_str()))),
        Ir::Table(table) => drop(write!(out, "(table {})", table.digest)),
        Ir::Slot(slot) => drop(write!(out, "[{}]", slots(*slot))),
        Ir::Local(local) => drop(write!(out, "${local}")),
        Ir::Let(local, value, body) => {
            let _ = write!(out, "(let ${local} ");
            write_ir(out, value, slots);
            out.push(' ');
            write_ir(out, body, slots);
            out.push(')');
        }
        Ir::If(condition, then, other) => {
            out.push_str("(if ");
            write_ir(out, condition, slots);
            out.push(' ');
            write_ir(out, then, slots);
            out.push(' ');
            write_ir(out, other, slots);
            out.push(')');
        }
        Ir::Call(function, args, _) => match args.as_slice() {
            // What the table of a pattern says, its instructions say as well.
            [text, Ir::Text(program), rest @ ..] if takes_program(*function) => {
                let program = Ir::Text(crate::regex::instructions(program).to_owned());
                let args = [&[text.clone(), program], rest].concat();
                write_list(out, function.info().name, &args, slots);
            }
            args => write_list(out, function.info().name, args, slots),
        },
        Ir::Op(op, args, _) => write_list(out, &format!("{op:?}"), args, slots),
        Ir::Concat(parts, _) => write_list(out, "concat", parts, slots),
        Ir::IsNull(value) => write_list(out, "null?", std::slice::from_ref(value), slots),
        Ir::Same(value, text) | Ir::Begins(value, text) => {
            let head = if matches!(ir, Ir::Same(..)) {
                "same"
            } else {
                "begins"
            };
            let text = serde_json::Value::from(text.as_str());
            write_list(
                out,
                &format!("{head}:{text}"),
                std::slice::from_ref(value),
                slots,
            );
        }
        Ir::NonNull(value, kind, _) => write_list(
            out,
            &format!("some:{kind}"),
            std::slice::from_ref(value),
            slots,
        ),
        Ir::Boxed(value, _) => write_list(out, "box", std::slice::from_ref(value), slots),
        Ir::Unbox(value) => write_list(out, "unbox", std::slice::from_ref(value), slots),
        Ir::Items(items, _) => write_list(out, "list", items, slots),
        Ir::Loop(inner) => {
            let kind = match inner.kind {
                LoopKind::Fold(local) => format!("fold ${local}"),
                kind => format!("{kind:?}"),
            };
            let index = inner.index.map(|i| format!(" ${i}")).unwrap_or_default();
            let _ = write!(out, "(loop:{kind} ${}{index} ", inner.element);
            write_ir(out, &inner.list, slots);
            out.push(' ');
            write_ir(out, &inner.body, slots);
            out.push(')');
        }
        Ir::Exit(Exit::Ignore) => out.push_str("(ignore)"),
        Ir::Exit(Exit::AuthoritativeNull) => out.push_str("(authoritative-null)"),
        Ir::Exit(Exit::Fail(kind, _)) => drop(write!(out, "(fail:{kind})")),
        Ir::Else(value, default) => {
            out.push_str("(else ");
            write_ir(out, value, slots);
            out.push(' ');
            write_ir(out, default, slots);
            out.push(')');
        }
        Ir::Block(steps) => write_steps(out, steps, slots),
        Ir::Trace(_, inner) => write_ir(out, inner, slots),
    }
}

fn write_steps(out: &mut String, steps: &[Step], slots: SlotNames<'_>) {
    out.push_str("(do");
    for step in steps {
        out.push(' ');
        match step {
            Step::Let(local, value) => {
                let _ = write!(out, "(set ${local} ");
                write_ir(out, value, slots);
                out.push(')');
            }
            Step::If(condition, then, other) => {
                out.push_str("(when ");
                write_ir(out, condition, slots);
                out.push(' ');
                write_steps(out, then, slots);
                out.push(' ');
                write_steps(out, other, slots);
                out.push(')');
            }
            Step::Return(value) => {
                out.push_str("(return ");
                write_ir(out, value, slots);
                out.push(')');
            }
        }
    }
    out.push(')');
}
