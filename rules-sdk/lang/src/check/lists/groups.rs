//! `GroupBy` and the other methods that go by a key.
//!
//! Invariants: a group is read through `Key` or as the list of its elements.

use syncline_model::rules::Span;
use syncline_rules_guest::Fn;

use super::Call;
use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::ir::{Ir, LoopKind};
use crate::syntax::ast::{Expr, Node};
use crate::types::{Base, Ty};

/// Methods that go by a key.
pub(super) const METHODS: &[&str] = &[
    "ExceptBy",
    "GroupBy",
    "IntersectBy",
    "Join",
    "MaxBy",
    "MinBy",
    "ToDictionary",
    "ToLookup",
    "UnionBy",
];

impl Checker<'_> {
    /// A method that goes by a key; none where it has no such form.
    pub(super) fn method_by_key(&mut self, call: Call<'_>) -> Option<Typed> {
        Some(match (call.name.text.as_str(), call.args) {
            ("GroupBy", [key]) => self.group_by(call, key, None),
            ("GroupBy", [key, second]) => match &second.kind {
                Node::Lambda { params, .. } if params.len() == 2 => {
                    self.group_into(call, key, second)
                }
                Node::Lambda { .. } => self.group_elements(call, key, second),
                _ => {
                    let kind = self.comparer(second, false);
                    self.group_by(call, key, Some(kind))
                }
            },
            ("MinBy" | "MaxBy", [key]) => self.extreme_by(call, key),
            ("UnionBy", [other, key]) => self.union_by(call, other, key),
            ("ExceptBy" | "IntersectBy", [keys, key]) => self.by_keys(call, keys, key),
            ("ToLookup", _) => self.not_here(&call, "use GroupBy"),
            ("ToDictionary", _) => self.not_here(
                &call,
                "rules have no dictionaries; use GroupBy, or First(x => …) to find one element",
            ),
            ("Join", _) => self.not_here(
                &call,
                "lists are not joined on keys; use Where with Contains, or string.Join for a text",
            ),
            _ => return None,
        })
    }

    fn group_by(&mut self, call: Call<'_>, key: &Expr, kind: Option<Ir>) -> Typed {
        let local = self.local();
        let Some((keys, key_ty)) = self.keyed(&call, local, key) else {
            return Typed::unknown();
        };
        if !self.compares(kind.as_ref(), &key_ty, call.span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(key_ty.kind()));
        let groups = Ir::Call(Fn::GroupBy, vec![Ir::Local(local), keys, kind], call.site);
        let group = Ty::of(Base::Grouping(Box::new((key_ty, call.element))));
        Typed::new(
            Ir::Let(local, call.list.into(), groups.into()),
            Ty::list(group),
        )
    }

    /// `GroupBy(key, element)`: what becomes of the elements is said inside each group.
    fn group_elements(&mut self, call: Call<'_>, key: &Expr, element: &Expr) -> Typed {
        let (site, name, span) = (call.site, call.name, call.span);
        let groups = self.group_by(call, key, None);
        let Some(Base::Grouping(group)) = groups.ty.element().map(|t| t.base.clone()) else {
            return Typed::unknown();
        };
        let one = self.local();
        let raw = |at| {
            Ir::Call(
                Fn::ItemAt,
                vec![Ir::Local(one), Ir::Word(at), Ir::Word(0)],
                site,
            )
        };
        let inner = Call {
            list: raw(1),
            ty: Ty::list(group.1.clone()),
            element: group.1,
            name,
            args: &[],
            span,
            site,
        };
        let selected = self.select(inner, element);
        let Some(selected_ty) = selected.ty.element().cloned() else {
            return Typed::unknown();
        };
        let pair = Ir::Items(vec![raw(0), selected.ir], site);
        let ty = Ty::of(Base::Grouping(Box::new((group.0, selected_ty))));
        let ir = looped(LoopKind::Select, groups.ir, one, pair, site);
        Typed::new(ir, Ty::list(ty))
    }

    /// `GroupBy(key, (key, elements) => …)`
    fn group_into(&mut self, call: Call<'_>, key: &Expr, result: &Expr) -> Typed {
        let site = call.site;
        let groups = self.group_by(call, key, None);
        let Some(Base::Grouping(group)) = groups.ty.element().map(|t| t.base.clone()) else {
            return Typed::unknown();
        };
        let (one, of, members) = (self.local(), self.local(), self.local());
        let found = self.body(
            result,
            &[(of, group.0.clone()), (members, Ty::list(group.1))],
        );
        if found.ty.is_unknown() {
            return found;
        }
        let zero = Ir::Word(0);
        let key = self.item_at(Ir::Local(one), zero.clone(), zero, &group.0, site);
        let list = Ir::Call(
            Fn::ItemAt,
            vec![Ir::Local(one), Ir::Word(1), Ir::Word(0)],
            site,
        );
        let body = Ir::Let(
            of,
            key.ir.into(),
            Ir::Let(members, list.into(), found.ir.into()).into(),
        );
        let ir = looped(LoopKind::Select, groups.ir, one, body, site);
        Typed::new(ir, Ty::list(found.ty))
    }

    /// The elements of a group, for everything but its key.
    pub(in crate::check) fn ungrouped(&mut self, value: Typed, span: Span) -> Typed {
        let Base::Grouping(group) = &value.ty.base else {
            return value;
        };
        let ty = Ty::list(group.1.clone());
        let site = self.site(span);
        let list = Ir::Call(Fn::ItemAt, vec![value.ir, Ir::Word(1), Ir::Word(0)], site);
        Typed::new(list, ty)
    }
}
