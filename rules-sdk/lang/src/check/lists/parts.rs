//! A part of a list: `Skip`, `Take`, `SkipWhile`, `TakeWhile`, `GetRange`; one that is not empty, `DefaultIfEmpty`.
//!
//! Invariants: what lies beyond the end is left out, except by `GetRange`, which fails there as in .NET.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Call, lazy, len};
use crate::check::{Checker, Typed};
use crate::ir::{Ir, Loop, LoopKind, Op};
use crate::syntax::ast::Expr;
use crate::types::Ty;

impl Checker<'_> {
    pub(super) fn part(&mut self, call: Call<'_>, function: Fn, count: &Expr) -> Typed {
        let count = self.int(count);
        if function == Fn::Take && lazy::is_lazy(&call.list) {
            let few = lazy::few(call.list, count.clone(), call.site);
            let ir = match matches!(few.bare(), Ir::Loop(inner) if inner.kind == LoopKind::Select) {
                true => few,
                false => Ir::Call(function, vec![few, count], call.site),
            };
            return Typed::new(ir, call.ty);
        }
        Typed::new(
            Ir::Call(function, vec![call.list, count], call.site),
            call.ty,
        )
    }

    /// SkipWhile and TakeWhile: up to the first element that fails the test.
    pub(super) fn while_part(&mut self, call: Call<'_>, test: &Expr, function: Fn) -> Typed {
        let (list, at) = (self.local(), self.local());
        let (element, index, body) = self.over(&call, test);
        let Some(body) = self.boolean(body, test) else {
            return Typed::unknown();
        };
        let body = Ir::Op(Op::Not, vec![body], 0);
        let kind = LoopKind::FirstIndex;
        let found = Ir::Loop(Box::new(Loop {
            kind,
            list: Ir::Local(list),
            element,
            index,
            body,
            site: call.site,
        }));
        let none = Ir::Op(Op::Lt, vec![Ir::Local(at), Ir::Word(0)], 0);
        let count = Ir::If(
            none.into(),
            Ir::Op(Op::Len, vec![Ir::Local(list)], 0).into(),
            Ir::Local(at).into(),
        );
        let part = Ir::Call(function, vec![Ir::Local(list), count], call.site);
        Typed::new(
            Ir::Let(
                list,
                call.list.into(),
                Ir::Let(at, found.into(), part.into()).into(),
            ),
            call.ty,
        )
    }

    /// `Chunk`: lists of this size, one after the other.
    pub(super) fn chunk(&mut self, call: Call<'_>, size: &Expr) -> Typed {
        let (site, span) = (call.site, call.span);
        self.may_fail(span, &[ErrorKind::OutOfRange], "the size must be positive");
        let size = self.int(size);
        Typed::new(
            Ir::Call(Fn::Chunk, vec![call.list, size], site),
            Ty::list(call.ty),
        )
    }

    /// Where `GetRange` lies beyond the end it fails with `argument`, as in .NET.
    pub(super) fn get_range(&mut self, call: Call<'_>, from: &Expr, count: &Expr) -> Typed {
        let (span, site) = (call.span, call.site);
        self.may_fail(
            span,
            &[ErrorKind::OutOfRange, ErrorKind::Argument],
            "use Skip and Take",
        );
        let locals = [self.local(), self.local(), self.local()];
        let (from, count) = (self.int(from), self.int(count));
        let [list, start, size] = locals;
        let end = Ir::Op(Op::AddL, vec![Ir::Local(start), Ir::Local(size)], 0);
        let below = |local| Ir::Op(Op::Lt, vec![Ir::Local(local), Ir::Word(0)], 0);
        let beyond = Ir::Op(Op::Gt, vec![end.clone(), len(list)], 0);
        let args = vec![
            Ir::Local(list),
            Ir::Local(start),
            Ir::Word(0),
            end,
            Ir::Word(0),
        ];
        let part = Ir::Call(Fn::ListRange, args, site);
        let argument = self.fail(ErrorKind::Argument, span);
        let range = self.fail(ErrorKind::OutOfRange, span);
        let inner = Ir::If(beyond.into(), argument.into(), part.into());
        let inner = Ir::If(below(size).into(), range.clone().into(), inner.into());
        let inner = Ir::If(below(start).into(), range.into(), inner.into());
        let values = [call.list, from, count];
        let ir = (locals.into_iter().zip(values).rev()).fold(inner, |body, (local, value)| {
            Ir::Let(local, value.into(), body.into())
        });
        Typed::new(ir, call.ty)
    }

    pub(super) fn default_if_empty(&mut self, call: Call<'_>, default: Typed) -> Typed {
        let element = call
            .element
            .with_null(call.element.nullable || default.ty.nullable);
        let local = self.local();
        let empty = Ir::Op(Op::Eq, vec![len(local), Ir::Word(0)], 0);
        let one = Ir::Items(vec![default.ir], call.site);
        let choice = Ir::If(empty.into(), one.into(), Ir::Local(local).into());
        Typed::new(
            Ir::Let(local, call.list.into(), choice.into()),
            Ty::list(element),
        )
    }
}
