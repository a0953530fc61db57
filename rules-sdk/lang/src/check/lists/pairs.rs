//! Two lists: `Concat`, `Union`, `Except`, `Intersect`, `SequenceEqual`, `ExceptBy`, `Zip`.
//!
//! Invariants: the other list is evaluated once, and must be there.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Call, len};
use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, Loop, LoopKind, Op};
use crate::syntax::ast::{Expr, Name};
use crate::types::{Base, Ty, common};

impl Checker<'_> {
    pub(super) fn two_lists(
        &mut self,
        call: Call<'_>,
        other: &Expr,
        comparer: Option<Ir>,
    ) -> Typed {
        let value = self.expr(other);
        let value = self.as_elements(value, &call.element, other.span);
        let value = self.present(value, other.span, ErrorKind::Argument);
        if value.ty.is_unknown() {
            return value;
        }
        let Some(ty) = common(&call.ty, &value.ty).filter(|ty| ty.element().is_some()) else {
            let message = format!(
                "`{}` needs another `{}`, this is a `{}`",
                call.name.text, call.ty, value.ty
            );
            self.error(codes::ARGUMENT, other.span, message);
            return Typed::unknown();
        };
        if !self.compares(comparer.as_ref(), &call.element, call.span) {
            return Typed::unknown();
        }
        let kind = || {
            let own = || Ir::Word(ty.element().map_or(0, Ty::kind));
            comparer.clone().unwrap_or_else(own)
        };
        let site = call.site;
        let (a, b) = (call.list, value.ir);
        let ir = match call.name.text.as_str() {
            "Concat" => Ir::Call(Fn::ListConcat, vec![a, b], site),
            "Except" => Ir::Call(Fn::Except, vec![a, b, kind(), Ir::Word(0)], site),
            "Intersect" => Ir::Call(Fn::Except, vec![a, b, kind(), Ir::Word(1)], site),
            "Union" => {
                let joined = Ir::Call(Fn::ListConcat, vec![a, b], site);
                let local = self.local();
                let distinct = Ir::Call(
                    Fn::Distinct,
                    vec![Ir::Local(local), Ir::Local(local), kind()],
                    site,
                );
                Ir::Let(local, joined.into(), distinct.into())
            }
            _ => {
                let ir = Ir::Call(Fn::SequenceEqual, vec![a, b, kind()], site);
                return Typed::new(ir, Ty::of(Base::Bool));
            }
        };
        Typed::new(ir, ty)
    }

    /// `UnionBy`: of both lists the elements whose keys differ.
    pub(super) fn union_by(&mut self, call: Call<'_>, other: &Expr, key: &Expr) -> Typed {
        let (args, site, span) = (call.args, call.site, call.span);
        let twin = Name {
            text: "Concat".to_owned(),
            span: call.name.span,
        };
        let joined = Call {
            name: &twin,
            args: &[],
            ..call
        };
        let joined = self.two_lists(joined, other, None);
        let Some(element) = joined.ty.element().cloned() else {
            return joined;
        };
        let joined = Call {
            list: joined.ir,
            ty: joined.ty,
            element,
            name: call.name,
            args,
            span,
            site,
        };
        self.distinct_by(joined, key, None)
    }

    pub(super) fn zip(&mut self, call: Call<'_>, other: &Expr, body: &Expr) -> Typed {
        let site = call.site;
        let value = self.expr(other);
        let value = self.present(value, other.span, ErrorKind::Argument);
        let value = self.as_elements(value, &Ty::of(Base::Char), other.span);
        let Some(second) = value.ty.element().cloned() else {
            if !value.ty.is_unknown() {
                let message = format!("`Zip` needs a second list, this is a `{}`", value.ty);
                self.error(codes::ARGUMENT, other.span, message);
            }
            return Typed::unknown();
        };
        let locals = [self.local(), self.local(), self.local(), self.local()];
        let [other_list, element, index, paired] = locals;
        let found = self.body(
            body,
            &[(element, call.element.clone()), (paired, second.clone())],
        );
        if found.ty.is_unknown() {
            return found;
        }
        let pair = self.item_at(
            Ir::Local(other_list),
            Ir::Local(index),
            Ir::Word(0),
            &second,
            site,
        );
        let list = Ir::Call(Fn::Take, vec![call.list, len(other_list)], site);
        let inner = Loop {
            kind: LoopKind::Select,
            list,
            element,
            index: Some(index),
            body: Ir::Let(paired, pair.ir.into(), found.ir.into()),
            site,
        };
        let looped = Ir::Loop(Box::new(inner));
        Typed::new(
            Ir::Let(other_list, value.ir.into(), looped.into()),
            Ty::list(found.ty),
        )
    }

    /// The elements whose keys are among others, or are not, each key once.
    pub(super) fn by_keys(&mut self, call: Call<'_>, keys: &Expr, key: &Expr) -> Typed {
        let site = call.site;
        let others = self.present_expr(keys, ErrorKind::Argument);
        let (source, all, one) = (self.local(), self.local(), self.local());
        let found = self.body(key, &[(one, call.element.clone())]);
        let Some(wanted) = others.ty.element().cloned() else {
            if !others.ty.is_unknown() {
                let message = format!("a list of keys is needed, this is a `{}`", others.ty);
                self.error(codes::ARGUMENT, keys.span, message);
            }
            return Typed::unknown();
        };
        let found = self.coerced(found, &wanted, key.span);
        if found.ty.is_unknown() {
            return found;
        }
        let args = vec![Ir::Local(all), found.ir, Ir::Word(wanted.kind())];
        let among = Ir::Call(Fn::ListContains, args, site);
        let test = match call.name.text.as_str() {
            "ExceptBy" => Ir::Op(Op::Not, vec![among], 0),
            _ => among,
        };
        let kept = looped(LoopKind::Where, Ir::Local(source), one, test, site);
        let list = call.list.clone();
        let kept = Call { list: kept, ..call };
        let distinct = self.distinct_by(kept, key, None);
        let ir = Ir::Let(all, others.ir.into(), distinct.ir.into());
        let ir = Ir::Let(source, list.into(), ir.into());
        Typed::new(ir, distinct.ty)
    }
}
