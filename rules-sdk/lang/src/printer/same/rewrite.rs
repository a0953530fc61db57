//! The rules of the normal form.
//!
//! Invariants: each rule keeps the answer of every program that the checker makes, the kind of its error included; tests
//! are 0 or 1; a local that is read outside of the node that sets it keeps its place.

use syncline_rules_guest::Fn;

use super::facts::{Facts, alike};
use super::lemmas;
use super::lets::{is_plain, is_read_first, put, reads};
use super::map;
use crate::ir::{Ir, Local, LoopKind, Op};
use crate::stdlib;

/// One pass over a program.
pub(super) struct Rewrite<'a> {
    /// The whole, as it was before the pass.
    whole: &'a Ir,
    /// Is a column never absent?
    present: &'a dyn std::ops::Fn(u32) -> bool,
}

impl<'a> Rewrite<'a> {
    pub fn new(whole: &'a Ir, present: &'a dyn std::ops::Fn(u32) -> bool) -> Self {
        Self { whole, present }
    }

    pub fn run(&self, ir: Ir) -> Ir {
        self.node(ir, &Facts::default())
    }

    fn node(&self, ir: Ir, facts: &Facts) -> Ir {
        match ir {
            Ir::If(test, then, other) => {
                let test = self.node(*test, facts);
                let (then_facts, other_facts) = (facts.with(&test, true), facts.with(&test, false));
                let then = self.node(*then, &then_facts);
                let other = self.node(*other, &other_facts);
                self.choice(test, then, other, facts)
            }
            Ir::Let(local, value, body) => {
                let value = self.node(*value, facts);
                let read = Ir::Local(local);
                let inner = match self.is_there(&value, facts) {
                    true => facts.present(&read),
                    false => facts.clone(),
                };
                let body = self.node(*body, &inner);
                self.set(local, value, body)
            }
            // What is known of an element is not known of the next one.
            Ir::Loop(mut inner) => {
                inner.list = self.node(inner.list, facts);
                inner.body = self.node(inner.body, facts);
                Ir::Loop(inner)
            }
            ir => {
                let ir = map(ir, &mut |ir| self.node(ir, facts));
                self.leaf(ir, facts)
            }
        }
    }

    fn choice(&self, test: Ir, then: Ir, other: Ir, facts: &Facts) -> Ir {
        match facts.of(&test) {
            Some(true) => return then,
            Some(false) => return other,
            None => {}
        }
        if let Some(call) = lemmas::choice(&test, &then, &other) {
            return call;
        }
        match (test, then, other) {
            (Ir::Word(word), then, other) => {
                if word == 0 {
                    other
                } else {
                    then
                }
            }
            (Ir::Op(Op::Not, mut args, _), then, other) if args.len() == 1 => {
                Ir::If(args.remove(0).into(), other.into(), then.into())
            }
            // What a test sets stays set in both branches.
            (Ir::Let(local, value, test), then, other) => {
                let choice = Ir::If(test, then.into(), other.into());
                Ir::Let(local, value, choice.into())
            }
            (test, Ir::Word(1), Ir::Word(0)) => test,
            (test, Ir::Word(0), Ir::Word(1)) => Ir::Op(Op::Not, vec![test], 0),
            // Both ways end alike.
            (Ir::IsNull(test), then, other) if alike(&then, &other) && is_plain(&test) => then,
            (test, then, other) => Ir::If(test.into(), then.into(), other.into()),
        }
    }

    fn set(&self, local: Local, value: Ir, body: Ir) -> Ir {
        let inside = reads(&body, local);
        // Variables of a pattern are read beside the node that sets them.
        let is_read_elsewhere = reads(self.whole, local) > inside;
        if is_read_elsewhere || sets(&body, local) {
            return Ir::Let(local, value.into(), body.into());
        }
        match value {
            value if is_plain(&value) && !rebinds(&body, &value) => put(body, local, &value),
            Ir::Let(inner, first, value) => {
                let rest = Ir::Let(local, value, body.into());
                Ir::Let(inner, first, rest.into())
            }
            // Absent one way, and absent is all that comes of it.
            Ir::If(test, then, other) if *then == Ir::Word(0) && gives_null(&body, local) => {
                let rest = Ir::Let(local, other, body.into());
                Ir::If(test, Ir::Word(0).into(), rest.into())
            }
            value if inside == 1 && is_read_first(&body, local) => put(body, local, &value),
            value => Ir::Let(local, value.into(), body.into()),
        }
    }

    fn leaf(&self, ir: Ir, facts: &Facts) -> Ir {
        if let Some(known) = facts.of(&ir) {
            return Ir::Word(i64::from(known));
        }
        match ir {
            Ir::IsNull(value) if is_plain(&value) && self.is_there(&value, facts) => Ir::Word(0),
            Ir::NonNull(value, ..) if self.is_there(&value, facts) => *value,
            Ir::Unbox(value) => match *value {
                Ir::Boxed(inner, _) => *inner,
                value => Ir::Unbox(value.into()),
            },
            Ir::Op(Op::Not, mut args, site) => match args.remove(0) {
                Ir::Op(Op::Not, mut inner, _) => inner.remove(0),
                Ir::Word(word) => Ir::Word(i64::from(word == 0)),
                arg => Ir::Op(Op::Not, vec![arg], site),
            },
            Ir::Op(op, args, site) => lemmas::folded(op, &args)
                .or_else(|| lemmas::found(op, &args, &|ir| self.is_there(ir, facts)))
                .unwrap_or(Ir::Op(op, args, site)),
            Ir::Concat(parts, site) | Ir::Call(Fn::Concat2, parts, site) => joined(parts, site),
            Ir::Call(Fn::EntraUnescaped, args, site) => match &args[..] {
                [Ir::Text(text)] if !text.contains('\\') => Ir::Text(text.clone()),
                _ => Ir::Call(Fn::EntraUnescaped, args, site),
            },
            ir => ir,
        }
    }

    /// Is the value certainly there?
    fn is_there(&self, ir: &Ir, facts: &Facts) -> bool {
        match ir {
            Ir::Text(_)
            | Ir::Table(_)
            | Ir::Concat(..)
            | Ir::Boxed(..)
            | Ir::Items(..)
            | Ir::NonNull(..) => true,
            Ir::Slot(slot) => {
                (self.present)(*slot) || facts.of(&Ir::IsNull(ir.clone().into())) == Some(false)
            }
            Ir::Local(_) => facts.of(&Ir::IsNull(ir.clone().into())) == Some(false),
            Ir::Call(function, ..) => stdlib::never_null().contains(function),
            Ir::Loop(inner) => matches!(inner.kind, LoopKind::Where | LoopKind::Select),
            Ir::Let(_, _, body) => self.is_there(body, facts),
            Ir::If(_, then, other) => self.is_there(then, facts) && self.is_there(other, facts),
            _ => false,
        }
    }
}

/// Texts in one piece, without what adds nothing.
fn joined(parts: Vec<Ir>, site: u32) -> Ir {
    let mut flat: Vec<Ir> = Vec::new();
    for part in parts {
        match part {
            Ir::Concat(inner, _) => flat.extend(inner),
            Ir::Text(text) if text.is_empty() => {}
            Ir::Text(text) => match flat.last_mut() {
                Some(Ir::Text(before)) => before.push_str(&text),
                _ => flat.push(Ir::Text(text)),
            },
            part => flat.push(part),
        }
    }
    match &flat[..] {
        [Ir::Text(text)] => Ir::Text(text.clone()),
        [] => Ir::Text(String::new()),
        _ => Ir::Concat(flat, site),
    }
}

/// Is `body` absent where the local is, without doing anything else?
fn gives_null(body: &Ir, local: Local) -> bool {
    let is_local = |ir: &Ir| *ir == Ir::Local(local);
    match body {
        Ir::If(test, then, _) => {
            matches!(&**test, Ir::IsNull(value) if is_local(value)) && **then == Ir::Word(0)
        }
        ir => is_local(ir),
    }
}

/// Is the local set in there once more?
fn sets(ir: &Ir, local: Local) -> bool {
    let here = match ir {
        Ir::Loop(inner) => inner.kind == LoopKind::Fold(local),
        Ir::Let(other, ..) => *other == local,
        _ => false,
    };
    here || super::children(ir).into_iter().any(|c| sets(c, local))
}

/// Is what the value reads changed in the body?
fn rebinds(body: &Ir, value: &Ir) -> bool {
    match value {
        Ir::Local(local) => sets(body, *local),
        Ir::Unbox(inner) => rebinds(body, inner),
        _ => false,
    }
}
