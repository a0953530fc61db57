//! Locals: how often they are read, and whether reading them can be replaced by their value.
//!
//! Invariants: a value moves only where nothing that could fail or leave comes to stand on its other side.

use crate::ir::{Ir, Local, LoopKind};

use super::{children, map};

/// How often a local is read.
pub(super) fn reads(ir: &Ir, local: Local) -> usize {
    match ir {
        Ir::Local(found) => usize::from(*found == local),
        Ir::Loop(inner) if inner.kind == LoopKind::Fold(local) => {
            // Its value changes from turn to turn.
            2 + children(ir)
                .into_iter()
                .map(|c| reads(c, local))
                .sum::<usize>()
        }
        ir => children(ir).into_iter().map(|c| reads(c, local)).sum(),
    }
}

/// Can it be written in place of a local as often as one likes?
pub(super) fn is_plain(ir: &Ir) -> bool {
    match ir {
        Ir::Word(_) | Ir::Text(_) | Ir::Table(_) | Ir::Slot(_) | Ir::Local(_) => true,
        Ir::Unbox(inner) => is_plain(inner),
        _ => false,
    }
}

/// The node with a value in place of a local.
pub(super) fn put(ir: Ir, local: Local, value: &Ir) -> Ir {
    match ir {
        Ir::Local(found) if found == local => value.clone(),
        ir => map(ir, &mut |ir| put(ir, local, value)),
    }
}

/// Is the local read before anything that could fail, leave or take another way?
pub(super) fn is_read_first(ir: &Ir, local: Local) -> bool {
    match ir {
        Ir::Local(found) => *found == local,
        Ir::Let(_, value, body) => {
            is_read_first(value, local) || is_quiet(value) && is_read_first(body, local)
        }
        Ir::If(test, ..) => is_read_first(test, local),
        Ir::Loop(inner) => is_read_first(&inner.list, local),
        ir => {
            for child in children(ir) {
                if is_read_first(child, local) {
                    return true;
                }
                if !is_quiet(child) {
                    return false;
                }
            }
            false
        }
    }
}

/// Can it neither fail nor leave?
fn is_quiet(ir: &Ir) -> bool {
    match ir {
        Ir::Word(_) | Ir::Text(_) | Ir::Table(_) | Ir::Slot(_) | Ir::Local(_) => true,
        Ir::Unbox(inner) | Ir::IsNull(inner) | Ir::Same(inner, _) | Ir::Begins(inner, _) => {
            is_quiet(inner)
        }
        Ir::If(test, then, other) => is_quiet(test) && is_quiet(then) && is_quiet(other),
        _ => false,
    }
}
