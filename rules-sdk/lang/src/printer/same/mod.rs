//! Whether two programs mean the same: their IR in a normal form.
//!
//! Invariants: equal normal forms mean equal answers for every object, errors and their kinds included (their places may
//! differ, and how much work they take); a difference of normal forms means nothing.

mod facts;
mod lemmas;
mod lets;
mod rewrite;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use syncline_model::rules::{RuleType, SlotSource};

use crate::ir::{Ir, Local, LoopKind, Step, canonical};
use crate::part::CheckedPart;
use crate::types::Ty;
use rewrite::Rewrite;

/// Nodes of a normal form; what becomes larger is not compared.
const NODES_MAX: usize = 50_000;
/// How often the rules run over a program; most need two.
const PASSES_MAX: usize = 12;

/// Do the first outputs of two parts give the same answer for every object?
///
/// A whole number of 32 bits is as good as one of 64 as an answer.
pub(crate) fn same(a: &CheckedPart, b: &CheckedPart) -> bool {
    let (Some(x), Some(y)) = (a.outputs.first(), b.outputs.first()) else {
        return false;
    };
    let widened = |ty| match ty {
        RuleType::Int => RuleType::Long,
        ty => ty,
    };
    let (x, y) = (x.output.attr, y.output.attr);
    if (widened(x.ty), x.multi) != (widened(y.ty), y.multi) {
        return false;
    }
    matches!((normal(a), normal(b)), (Some(a), Some(b)) if a == b)
}

/// The normal form of the first output.
pub(crate) fn normal(part: &CheckedPart) -> Option<String> {
    let slots = &part.tables.slots;
    let name = |slot: u32| {
        let slot = &slots[slot as usize];
        let (origin, name) = match &slot.source {
            SlotSource::Attribute(name) => ("source", name.as_str()),
            SlotSource::Target(name) => ("target", name.as_str()),
            SlotSource::Parameter(name) => ("parameter", name.as_str()),
            SlotSource::Clock => ("clock", ""),
            SlotSource::Draw(place) => ("draw", place.as_str()),
        };
        format!("{origin} {name:?} {}", Ty::of_attr(slot.attr))
    };
    let present = |slot: u32| !slots[slot as usize].attr.nullable;
    let mut ir = as_one(part.outputs.first()?.checked.ir.clone())?;
    for _ in 0..PASSES_MAX {
        if size(&ir) > NODES_MAX {
            return None;
        }
        let before = ir.clone();
        ir = Rewrite::new(&before, &present).run(ir);
        if ir == before {
            break;
        }
    }
    Some(canonical(&renumbered(ir), &name))
}

/// Statements as one expression: what follows a condition stands in both branches.
fn as_one(ir: Ir) -> Option<Ir> {
    match ir {
        Ir::Block(steps) => {
            let mut left = NODES_MAX;
            of_steps(&steps, &mut left)
        }
        ir => Some(ir),
    }
}

fn of_steps(steps: &[Step], left: &mut usize) -> Option<Ir> {
    *left = left.checked_sub(1)?;
    let (first, rest) = steps.split_first()?;
    Some(match first {
        Step::Return(ir) => {
            *left = left.checked_sub(size(ir))?;
            ir.clone()
        }
        Step::Let(local, ir) => Ir::Let(*local, ir.clone().into(), of_steps(rest, left)?.into()),
        Step::If(test, then, other) => {
            let mut branch = |steps: &[Step]| of_steps(&[steps, rest].concat(), left);
            let (then, other) = (branch(then)?, branch(other)?);
            Ir::If(test.clone().into(), then.into(), other.into())
        }
    })
}

/// The children of a node, in the order of evaluation.
fn children(ir: &Ir) -> Vec<&Ir> {
    match ir {
        Ir::Word(_)
        | Ir::Text(_)
        | Ir::Table(_)
        | Ir::Slot(_)
        | Ir::Local(_)
        | Ir::Exit(_)
        | Ir::Block(_) => Vec::new(),
        Ir::Let(_, value, body) | Ir::Else(value, body) => vec![value, body],
        Ir::If(test, then, other) => vec![test, then, other],
        Ir::Call(_, args, _) | Ir::Op(_, args, _) | Ir::Concat(args, _) | Ir::Items(args, _) => {
            args.iter().collect()
        }
        Ir::IsNull(value)
        | Ir::Same(value, _)
        | Ir::Begins(value, _)
        | Ir::NonNull(value, ..)
        | Ir::Boxed(value, _)
        | Ir::Unbox(value)
        | Ir::Trace(_, value) => vec![value],
        Ir::Loop(inner) => vec![&inner.list, &inner.body],
    }
}

/// The same node over other children.
fn map(ir: Ir, f: &mut dyn FnMut(Ir) -> Ir) -> Ir {
    let mut one = |ir: Box<Ir>| Box::new(f(*ir));
    match ir {
        Ir::Let(local, value, body) => Ir::Let(local, one(value), one(body)),
        Ir::If(test, then, other) => Ir::If(one(test), one(then), one(other)),
        Ir::Else(value, other) => Ir::Else(one(value), one(other)),
        Ir::IsNull(value) => Ir::IsNull(one(value)),
        Ir::Same(value, text) => Ir::Same(one(value), text),
        Ir::Begins(value, text) => Ir::Begins(one(value), text),
        Ir::NonNull(value, kind, site) => Ir::NonNull(one(value), kind, site),
        Ir::Boxed(value, site) => Ir::Boxed(one(value), site),
        Ir::Unbox(value) => Ir::Unbox(one(value)),
        Ir::Trace(_, value) => f(*value),
        Ir::Call(function, args, site) => {
            Ir::Call(function, args.into_iter().map(f).collect(), site)
        }
        Ir::Op(op, args, site) => Ir::Op(op, args.into_iter().map(f).collect(), site),
        Ir::Concat(args, site) => Ir::Concat(args.into_iter().map(f).collect(), site),
        Ir::Items(args, site) => Ir::Items(args.into_iter().map(f).collect(), site),
        Ir::Loop(mut inner) => {
            inner.list = f(inner.list);
            inner.body = f(inner.body);
            Ir::Loop(inner)
        }
        leaf => leaf,
    }
}

fn size(ir: &Ir) -> usize {
    1 + children(ir).into_iter().map(size).sum::<usize>()
}

/// Locals in the order in which they are met, and no places.
fn renumbered(ir: Ir) -> Ir {
    fn number(names: &mut BTreeMap<Local, Local>, local: Local) -> Local {
        let next = names.len() as Local;
        *names.entry(local).or_insert(next)
    }
    fn walk(ir: Ir, names: &mut BTreeMap<Local, Local>) -> Ir {
        match ir {
            Ir::Local(local) => Ir::Local(number(names, local)),
            Ir::Let(local, value, body) => {
                let value = walk(*value, names);
                let local = number(names, local);
                Ir::Let(local, value.into(), walk(*body, names).into())
            }
            Ir::Loop(mut inner) => {
                inner.list = walk(inner.list, names);
                inner.element = number(names, inner.element);
                inner.index = inner.index.map(|index| number(names, index));
                if let LoopKind::Fold(local) = inner.kind {
                    inner.kind = LoopKind::Fold(number(names, local));
                }
                inner.body = walk(inner.body, names);
                Ir::Loop(inner)
            }
            ir => map(ir, &mut |ir| walk(ir, names)),
        }
    }
    walk(ir, &mut BTreeMap::new())
}
