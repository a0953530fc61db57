//! Indexes and ranges: `s[0]`, `l[^1]`, `l[1..]`.
//!
//! Invariants: what may lie outside is said to fail, unless the text shows that it cannot.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::Ir;
use crate::syntax::ast::{End, Expr, Index, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn indexed(&mut self, receiver: &Expr, index: &Index, span: Span) -> Typed {
        let value = self.present_expr(receiver, ErrorKind::NullReference);
        if value.ty.is_unknown() {
            return value;
        }
        let word = |checker: &mut Self, end: &End| {
            let typed = checker.expr(&end.expr);
            let typed = checker.coerced(typed, &Ty::of(Base::Int), end.expr.span);
            (typed.ir, Ir::Word(i64::from(end.from_end)))
        };
        if let (Base::Groups(groups), Index::At(end)) = (&value.ty.base, index) {
            let groups = groups.clone();
            return self.group(&groups, value.ir, end, span);
        }
        let site = self.site(span);
        match index {
            Index::At(end) => {
                let certain = split_first(&value.ir, end);
                let (at, from_end) = word(self, end);
                let indexable =
                    matches!(value.ty.base, Base::String | Base::Binary | Base::List(_));
                if !certain && indexable {
                    let advice = "test the length first, or use ElementAtOrDefault";
                    self.may_fail(span, &[ErrorKind::OutOfRange], advice);
                }
                match value.ty.base.clone() {
                    Base::String => Typed::new(
                        Ir::Call(Fn::CharAt, vec![value.ir, at, from_end], site),
                        Ty::of(Base::Char),
                    ),
                    Base::Binary if !end.from_end => Typed::new(
                        Ir::Call(Fn::OctetAt, vec![value.ir, at], site),
                        Ty::of(Base::Int),
                    ),
                    Base::Binary => {
                        let list = Ir::Call(Fn::OctetsToList, vec![value.ir], site);
                        self.item_at(list, at, from_end, &Ty::of(Base::Int), site)
                    }
                    Base::List(element) => self.item_at(value.ir, at, from_end, &element, site),
                    _ => self.not_indexable(&value.ty, span),
                }
            }
            Index::Range(from, to) => {
                let (from, from_end) = from
                    .as_ref()
                    .map_or((Ir::Word(0), Ir::Word(0)), |end| word(self, end));
                let (to, to_end) = to
                    .as_ref()
                    .map_or((Ir::Word(0), Ir::Word(1)), |end| word(self, end));
                self.may_fail(span, &[ErrorKind::OutOfRange], "test the length first");
                if value.ty.base == Base::Binary {
                    let list = Ir::Call(Fn::OctetsToList, vec![value.ir], site);
                    let part = vec![list, from, from_end, to, to_end];
                    let part = Ir::Call(Fn::ListRange, part, site);
                    return Typed::new(Ir::Call(Fn::ListToOctets, vec![part], site), value.ty);
                }
                let function = match value.ty.base {
                    Base::String => Fn::Range,
                    Base::List(_) => Fn::ListRange,
                    _ => return self.not_indexable(&value.ty, span),
                };
                Typed::new(
                    Ir::Call(function, vec![value.ir, from, from_end, to, to_end], site),
                    value.ty,
                )
            }
        }
    }

    fn not_indexable(&mut self, ty: &Ty, span: Span) -> Typed {
        self.error(
            codes::INDEX,
            span,
            format!("a `{ty}` has no elements to index"),
        );
        Typed::unknown()
    }

    /// The element of a list, through a box where a bare word could look like an error.
    pub(in crate::check) fn item_at(
        &mut self,
        list: Ir,
        at: Ir,
        from_end: Ir,
        element: &Ty,
        site: u32,
    ) -> Typed {
        let ir = if element.is_wide() {
            Ir::Unbox(Ir::Call(Fn::BoxedItemAt, vec![list, at, from_end], site).into())
        } else {
            Ir::Call(Fn::ItemAt, vec![list, at, from_end], site)
        };
        Typed::new(ir, element.clone())
    }
}

/// `s.Split(…)[0]` always exists, unless empty parts are removed.
fn split_first(list: &Ir, end: &End) -> bool {
    let first = matches!(end.expr.kind, Node::Int(0)) && !end.from_end
        || matches!(end.expr.kind, Node::Int(1)) && end.from_end;
    let keeps = |options: &Ir| matches!(options, Ir::Word(0 | 2));
    first
        && matches!(list.bare(), Ir::Call(Fn::SplitChars | Fn::SplitTexts, args, _) if args.last().is_some_and(keeps))
}
