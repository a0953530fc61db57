//! Which element comes first: `OrderBy`, `ThenBy`, `MinBy`, `MaxBy`.
//!
//! Invariants: sorting is stable; texts sort as the culture has it where no comparer is named.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::Call;
use super::pick::zero;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::Ir;
use crate::syntax::ast::Expr;
use crate::types::{Base, Ty};

/// Sorts a list as another one was sorted.
type Resort = Box<dyn FnOnce(Ir) -> Ir>;

impl Checker<'_> {
    /// Sorting is stable, so `ThenBy` would need the earlier keys: it sorts inside them by being applied first.
    pub(super) fn sort(
        &mut self,
        call: Call<'_>,
        key: &Expr,
        kind: Option<Ir>,
        descending: bool,
    ) -> Typed {
        let local = self.local();
        let Some((keys, ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        if !self.compares(kind.as_ref(), &ty, call.span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(sort_kind(&ty)));
        let order = |list, keys| {
            Ir::Call(
                Fn::SortBy,
                vec![list, keys, kind, Ir::Word(i64::from(descending))],
                call.site,
            )
        };
        if call.name.text.starts_with("ThenBy") {
            // x.OrderBy(a).ThenBy(b) = stable sort by b, then the earlier sorts again.
            if let Some((source, rebuild)) = unsorted(call.list.bare()) {
                let sorted = Ir::Let(local, source.into(), order(Ir::Local(local), keys).into());
                return Typed::new(rebuild(sorted), call.ty);
            }
            self.error(
                codes::UNSUPPORTED,
                call.span,
                "ThenBy must follow OrderBy directly",
            );
            return Typed::unknown();
        }
        let body = order(Ir::Local(local), keys);
        Typed::new(Ir::Let(local, call.list.into(), body.into()), call.ty)
    }

    /// `Order` and `OrderDescending`: by the elements themselves.
    pub(super) fn sort_itself(&mut self, call: Call<'_>, kind: Option<Ir>) -> Typed {
        let descending = Ir::Word(i64::from(call.name.text == "OrderDescending"));
        let kind = kind.unwrap_or(Ir::Word(sort_kind(&call.element)));
        let local = self.local();
        let args = vec![Ir::Local(local), Ir::Local(local), kind, descending];
        let sorted = Ir::Call(Fn::SortBy, args, call.site);
        Typed::new(Ir::Let(local, call.list.into(), sorted.into()), call.ty)
    }

    /// The first element whose key is the least or the greatest.
    pub(super) fn extreme_by(&mut self, call: Call<'_>, key: &Expr) -> Typed {
        let (site, span) = (call.site, call.span);
        let local = self.local();
        let Some((keys, key_ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        let descending = Ir::Word(i64::from(call.name.text == "MaxBy"));
        let kind = Ir::Word(sort_kind(&key_ty));
        let sorted = Ir::Call(
            Fn::SortBy,
            vec![Ir::Local(local), keys, kind, descending],
            site,
        );
        let none = if call.element.base.is_word() && !call.element.nullable {
            self.may_fail(
                span,
                &[ErrorKind::InvalidOperation],
                "an empty list fails; test Any() first",
            );
            Typed::new(
                self.fail(ErrorKind::InvalidOperation, span),
                Ty::of(Base::Never),
            )
        } else {
            zero(&call.element, site)
        };
        let source = call.list.clone();
        let inner = Call {
            list: sorted,
            ..call
        };
        let result = self.at_or_default(inner, Ir::Word(0), Some(none));
        Typed::new(Ir::Let(local, source.into(), result.ir.into()), result.ty)
    }
}

/// How keys sort that name no comparer: texts as the culture has it.
fn sort_kind(ty: &Ty) -> i64 {
    if ty.is_text() { 8 } else { ty.kind() }
}

/// What a list was before it was sorted, and how to sort it again the same way.
fn unsorted(ir: &Ir) -> Option<(Ir, Resort)> {
    let Ir::Let(local, source, body) = ir else {
        return None;
    };
    let Ir::Call(Fn::SortBy, ..) = &**body else {
        return None;
    };
    // Only the innermost sort takes the source; the ones around it sort its result.
    let (local, body) = (*local, body.clone());
    match unsorted(source) {
        Some((inner, rebuild)) => Some((
            inner,
            Box::new(move |list| Ir::Let(local, rebuild(list).into(), body)),
        )),
        None => Some((
            (**source).clone(),
            Box::new(move |list| Ir::Let(local, list.into(), body)),
        )),
    }
}
