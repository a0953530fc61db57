//! New values: `new List<string> { … }`, `new HashSet<string>(…)`, `[a, b]`, and types of the library.
//!
//! Invariants: the elements of a list have one type; a set is a list without repetitions.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::coerce::looped;
use crate::check::lists::zero;
use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::{Ir, LoopKind};
use crate::stdlib;
use crate::syntax::ast::{End, Expr, Index, Name, Node, TypeName};
use crate::types::{Base, Ty, common};

impl Checker<'_> {
    pub(super) fn new_value(
        &mut self,
        ty: Option<&TypeName>,
        args: &[Expr],
        items: Option<&[Expr]>,
        span: Span,
    ) -> Typed {
        let name = ty.map_or("List", |ty| ty.name.as_str());
        let ordered = match name {
            "string" | "String" => self.in_order(("string", "new"), &[], args),
            "Regex" => self.in_order(("Regex", "new"), &[], args),
            _ => None,
        };
        let args = ordered.as_deref().unwrap_or(args);
        match name {
            "List" | "HashSet" | "IEnumerable" | "IList" | "Array" => {
                let octets = ty.and_then(|ty| ty.element.as_ref());
                if let (Some(items), true) = (items, octets.is_some_and(|e| e.name == "byte"))
                    && args.is_empty()
                {
                    return self.octets(items, span);
                }
                let element = ty
                    .and_then(|ty| ty.element.as_ref())
                    .map(|element| self.named_type(element));
                let list = match (args, items) {
                    ([count], None) if name == "Array" => {
                        let element = element.unwrap_or_else(Ty::unknown);
                        return self.zeros(count, &element, span);
                    }
                    ([source], None) => {
                        let value = self.present_expr(source, ErrorKind::Argument);
                        self.as_elements(value, &Ty::of(Base::Char), source.span)
                    }
                    ([_, comparer], None) if name == "HashSet" => {
                        let kind = self.comparer(comparer, false);
                        let value = self.present_expr(&args[0], ErrorKind::Argument);
                        return self.set_of(value, Some(kind), span);
                    }
                    ([comparer], Some(items)) if name == "HashSet" => {
                        let kind = self.comparer(comparer, false);
                        let list = self.list_literal(items, element, span);
                        return self.set_of(list, Some(kind), span);
                    }
                    _ => self.list_literal(items.unwrap_or(&[]), element, span),
                };
                match name {
                    "HashSet" => self.set_of(list, None, span),
                    _ => list,
                }
            }
            "CultureInfo" => self.culture_of(args, span),
            "string" | "String" => self.new_text(args, span),
            "Regex" => self.new_regex(args, span),
            "Guid" | "DateTime" | "DateTimeOffset" | "DateOnly" | "TimeSpan" => self.static_call(
                stdlib::type_name(name).unwrap_or("Guid"),
                &Name {
                    text: "new".into(),
                    span,
                },
                args,
                span,
            ),
            _ => {
                let span = ty.map_or(span, |ty| ty.span);
                self.error(
                    codes::UNKNOWN_TYPE,
                    span,
                    format!("`{name}` cannot be created in a rule"),
                );
                Typed::unknown()
            }
        }
    }

    /// `new byte[] { 1, 0xff }`
    fn octets(&mut self, items: &[Expr], span: Span) -> Typed {
        let list = self.list_literal(items, Some(Ty::of(Base::Int)), span);
        if list.ty.is_unknown() {
            return list;
        }
        let too_great = |item: &&Expr| matches!(item.kind, Node::Int(n) if n > 0xff);
        if let Some(item) = items.iter().find(too_great) {
            self.error(codes::CONSTANT_CAST, item.span, "an octet ends at 255");
            return Typed::unknown();
        }
        let site = self.site(span);
        let ir = Ir::Call(Fn::ListToOctets, vec![list.ir], site);
        Typed::new(ir, Ty::of(Base::Binary))
    }

    /// A list without repetitions.
    fn set_of(&mut self, list: Typed, kind: Option<Ir>, span: Span) -> Typed {
        let Some(element) = list.ty.element().cloned() else {
            return list;
        };
        if !self.compares(kind.as_ref(), &element, span) {
            return Typed::unknown();
        }
        let kind = kind.unwrap_or(Ir::Word(element.kind()));
        let (local, site) = (self.local(), self.site(span));
        let args = vec![Ir::Local(local), Ir::Local(local), kind];
        let body = Ir::Call(Fn::Distinct, args, site);
        Typed::new(Ir::Let(local, list.ir.into(), body.into()), list.ty)
    }

    /// `new int[n]`: so many of what the type is without a value.
    fn zeros(&mut self, count: &Expr, element: &Ty, span: Span) -> Typed {
        if element.is_unknown() {
            return Typed::unknown();
        }
        self.may_fail(
            span,
            &[ErrorKind::OutOfRange],
            "the size must not be negative",
        );
        let site = self.site(span);
        let none = zero(element, site);
        let numbers = Ir::Call(Fn::Numbers, vec![Ir::Word(0), self.int(count)], site);
        let index = self.local();
        let ir = looped(LoopKind::Select, numbers, index, none.ir, site);
        Typed::new(ir, Ty::list(none.ty))
    }

    /// `[.. list, item]`: the parts one after the other.
    fn spread(&mut self, items: &[Expr], element: Option<&Ty>, span: Span) -> Typed {
        let mut parts: Vec<(Typed, Span)> = Vec::new();
        let mut ty = element.map_or_else(|| Ty::of(Base::Null), Clone::clone);
        ty = Ty::list(ty);
        for item in items {
            let part = match &item.kind {
                Node::Place(Index::Range(
                    None,
                    Some(End {
                        from_end: false,
                        expr,
                    }),
                )) => {
                    let value = self.expr(expr);
                    let value = self.present(value, expr.span, ErrorKind::NullReference);
                    self.as_elements(value, &Ty::of(Base::Char), expr.span)
                }
                // Any other place is a mistake, which is told.
                Node::Place(_) => self.expr(item),
                _ => self.list_literal(std::slice::from_ref(item), element.cloned(), item.span),
            };
            if part.ty.is_unknown() {
                return part;
            }
            let wider = common(&ty, &part.ty).filter(|_| part.ty.element().is_some());
            let Some(wider) = wider else {
                let message = format!("this gives a `{}`, the ones before a `{ty}`", part.ty);
                self.error(codes::BRANCHES, item.span, message);
                return Typed::unknown();
            };
            ty = wider;
            parts.push((part, item.span));
        }
        let site = self.site(span);
        let parts = parts.into_iter();
        let parts = parts
            .map(|(part, at)| self.coerced(part, &ty, at).ir)
            .collect();
        Typed::new(
            Ir::Call(Fn::Flatten, vec![Ir::Items(parts, site)], site),
            ty,
        )
    }

    fn list_literal(&mut self, items: &[Expr], element: Option<Ty>, span: Span) -> Typed {
        if items.iter().any(|item| matches!(item.kind, Node::Place(_))) {
            return self.spread(items, element.as_ref(), span);
        }
        let values: Vec<(Typed, Span)> = items
            .iter()
            .map(|item| (self.expr(item), item.span))
            .collect();
        let mut ty = element.clone().unwrap_or_else(|| Ty::of(Base::Never));
        if element.is_none() {
            for (value, at) in &values {
                match common(&ty, &value.ty) {
                    Some(wider) => ty = wider,
                    None => {
                        let message =
                            format!("this item is a `{}`, the ones before are `{ty}`", value.ty);
                        self.error(codes::BRANCHES, *at, message);
                        return Typed::unknown();
                    }
                }
            }
        }
        // A `List<string>` holds absent texts as well.
        let absent = values.iter().any(|(value, _)| value.ty.nullable);
        let ty = ty.with_null(ty.nullable || absent && !ty.base.is_word());
        let ty = match ty.base {
            // Of a list without elements nothing is known, and what stands beside it says more.
            Base::Never => Ty::of(Base::Null),
            Base::Null => Ty::optional(Base::String),
            _ => ty,
        };
        if ty.is_unknown() && !values.is_empty() {
            return Typed::unknown();
        }
        let irs = values
            .into_iter()
            .map(|(value, at)| self.coerced(value, &ty, at).ir)
            .collect();
        let site = self.site(span);
        Typed::new(Ir::Items(irs, site), Ty::list(ty))
    }
}
