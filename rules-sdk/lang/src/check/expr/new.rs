//! New values: `new List<string> { … }`, `new HashSet<string>(…)`, `[a, b]`, and types of the library.
//!
//! Invariants: the elements of a list have one type; a set is a list without repetitions.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::{Checker, Typed};
use crate::diag::codes;
use crate::ir::Ir;
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node, TypeName};
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

    fn list_literal(&mut self, items: &[Expr], element: Option<Ty>, span: Span) -> Typed {
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
            Base::Never => Ty::unknown(),
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
