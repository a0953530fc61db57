//! What needs the first elements of a list only asks for these: `Select(…).First()` and its like, as in .NET.
//!
//! Invariants: elements are asked in their order; what is not asked for cannot fail. Methods that are not
//! named here take the whole list.

use super::Call;
use crate::check::Checker;
use crate::ir::{Ir, Loop, LoopKind, Op, Site, canonical};
use syncline_rules_guest::Fn;

/// Most characters of the canonical text of what stands twice.
const TWICE_MAX: usize = 500;

/// Does a list come from a loop that need not run to its end?
pub(super) fn is_lazy(list: &Ir) -> bool {
    matches!(list.bare(), Ir::Loop(inner) if matches!(inner.kind, LoopKind::Select | LoopKind::Where))
}

/// `Any` and `All` over `Select` and `Where`: one loop, which ends with the first element that decides.
pub(super) fn merged(mut outer: Loop) -> Loop {
    while matches!(outer.kind, LoopKind::Any | LoopKind::All)
        && outer.index.is_none()
        && is_lazy(&outer.list)
    {
        let Some(inner) = taken(&mut outer.list) else {
            return outer;
        };
        let rest = Box::new(outer.body);
        let body = match inner.kind {
            LoopKind::Where => {
                let read = Ir::Local(inner.element);
                let rest = Ir::Let(outer.element, read.into(), rest);
                // What is left out decides nothing.
                let passed = Ir::Word(i64::from(outer.kind == LoopKind::All));
                Ir::If(inner.body.into(), rest.into(), passed.into())
            }
            _ => Ir::Let(outer.element, inner.body.into(), rest),
        };
        outer = Loop {
            kind: outer.kind,
            body,
            ..inner
        };
    }
    outer
}

/// The first so many elements of a list, selected as they are; a list that selects nothing is given back whole.
pub(super) fn few(mut list: Ir, count: Ir, site: Site) -> Ir {
    let points = points(&list);
    match taken(&mut list) {
        Some(inner) if inner.kind == LoopKind::Select => {
            let some = match is_selected(&inner.list) {
                true => few(inner.list, count, site),
                false => Ir::Call(Fn::Take, vec![inner.list, count], site),
            };
            let some = Loop {
                list: some,
                ..inner
            };
            told(points, Ir::Loop(Box::new(some)))
        }
        Some(inner) => told(points, Ir::Loop(Box::new(inner))),
        None => list,
    }
}

/// Does a `Select` do so much that it should stand only once?
fn is_large(list: &Ir) -> bool {
    let Ir::Loop(inner) = list.bare() else {
        return false;
    };
    let written = canonical(&inner.body, &|slot| slot.to_string());
    inner.kind == LoopKind::Select && written.len() > TWICE_MAX
}

fn is_selected(list: &Ir) -> bool {
    matches!(list.bare(), Ir::Loop(inner) if inner.kind == LoopKind::Select)
}

/// The points of an explanation that are told of a list, from without to within.
fn points(list: &Ir) -> Vec<u32> {
    let (mut points, mut list) = (Vec::new(), list);
    while let Ir::Trace(point, inner) = list {
        points.push(*point);
        list = inner;
    }
    points
}

/// A list with its points, which tell what was asked for.
fn told(points: Vec<u32>, list: Ir) -> Ir {
    let around = |list: Ir, point| Ir::Trace(point, Box::new(list));
    points.into_iter().rev().fold(list, around)
}

/// The loop that a list comes from.
fn taken(list: &mut Ir) -> Option<Loop> {
    if !is_lazy(list) {
        return None;
    }
    let mut whole = std::mem::replace(list, Ir::Word(0));
    while let Ir::Trace(_, inner) = whole {
        whole = *inner;
    }
    match whole {
        Ir::Loop(inner) => Some(*inner),
        _ => None,
    }
}

impl Checker<'_> {
    /// The call over a list that has its first element, if there is one, and perhaps no others.
    pub(super) fn of_first<'e>(&mut self, call: Call<'e>) -> Call<'e> {
        let list = self.first_of(call.list, call.site);
        Call { list, ..call }
    }

    fn first_of(&mut self, mut list: Ir, site: Site) -> Ir {
        let points = points(&list);
        let Some(outer) = taken(&mut list) else {
            return list;
        };
        if outer.kind == LoopKind::Select {
            // The first of those that are left has the position 0 as well.
            let list = match is_lazy(&outer.list) {
                true => self.first_of(outer.list, site),
                false => Ir::Call(Fn::Take, vec![outer.list, Ir::Word(1)], site),
            };
            return told(points, Ir::Loop(Box::new(Loop { list, ..outer })));
        }
        let (source, at) = (self.local(), self.local());
        // `Where(a).Where(b)` is one test; what it says of `Select` is asked again of the element that passes.
        let mut test = outer.body;
        let (mut element, mut index, mut of) = (outer.element, outer.index, outer.list);
        let mut selected = Vec::new();
        while index.is_none() && is_lazy(&of) && !is_large(&of) {
            let Some(mut inner) = taken(&mut of) else {
                break;
            };
            if inner.kind == LoopKind::Select && inner.index.is_some() {
                of = Ir::Loop(Box::new(inner));
                break;
            }
            if inner.kind == LoopKind::Select {
                test = Ir::Let(element, inner.body.clone().into(), test.into());
            } else {
                let rest = Ir::Let(element, Ir::Local(inner.element).into(), test.into());
                let body = std::mem::replace(&mut inner.body, Ir::Word(0));
                test = Ir::If(body.into(), rest.into(), Ir::Word(0).into());
            }
            of = std::mem::replace(&mut inner.list, Ir::Word(0));
            (element, index) = (inner.element, inner.index);
            if inner.kind == LoopKind::Select {
                selected.push(inner);
            }
        }
        let found = Ir::Loop(Box::new(Loop {
            kind: LoopKind::FirstIndex,
            list: Ir::Local(source),
            element,
            index,
            body: test,
            site,
        }));
        let none = Ir::Op(Op::Lt, vec![Ir::Local(at), Ir::Word(0)], 0);
        let part = |function, list, count| Ir::Call(function, vec![list, count], site);
        let rest = part(Fn::Skip, Ir::Local(source), Ir::Local(at));
        let one = part(Fn::Take, rest, Ir::Word(1));
        let nothing = part(Fn::Take, Ir::Local(source), Ir::Word(0));
        let mut choice = Ir::If(none.into(), nothing.into(), one.into());
        for inner in selected.into_iter().rev() {
            choice = Ir::Loop(Box::new(Loop {
                list: choice,
                ..inner
            }));
        }
        let body = Ir::Let(at, found.into(), choice.into());
        told(points, Ir::Let(source, of.into(), body.into()))
    }

    /// Is there an element at all? What selects is not asked.
    pub(super) fn is_any(&mut self, mut list: Ir, site: Site) -> Ir {
        while is_selected(&list) {
            match taken(&mut list) {
                Some(inner) => list = inner.list,
                None => break,
            }
        }
        match taken(&mut list) {
            Some(inner) => {
                let kind = LoopKind::Any;
                Ir::Loop(Box::new(merged(Loop { kind, ..inner })))
            }
            None => {
                let len = Ir::Op(Op::Len, vec![list], 0);
                Ir::Op(Op::Gt, vec![len, Ir::Word(0)], site)
            }
        }
    }
}
