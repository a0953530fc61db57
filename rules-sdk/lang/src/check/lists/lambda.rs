//! What a function says of each element: `Where`, `Any`, `All`, `Count`, `Select`, `SelectMany`.
//!
//! Invariants: a function is a lambda, or the name of one that takes an element; what it learns of an element is forgotten
//! behind it.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Call, METHODS};
use crate::check::coerce::looped;
use crate::check::{Checker, Place, Typed, Variable};
use crate::diag::codes;
use crate::ir::{Ir, Local, Loop, LoopKind};
use crate::stdlib;
use crate::syntax::ast::{Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// The body of a lambda or method group over these parameters.
    pub(in crate::check) fn body(&mut self, expr: &Expr, params: &[(Local, Ty)]) -> Typed {
        match &expr.kind {
            Node::Lambda {
                params: names,
                body,
            } => {
                if names.len() > params.len() || names.is_empty() {
                    let message = format!("this lambda takes {} parameter(s)", params.len());
                    self.error(codes::ARITY, expr.span, message);
                    return Typed::unknown();
                }
                let scope = self.variables.len();
                for (name, (local, ty)) in names.iter().zip(params) {
                    if self.variables.iter().any(|v| v.name == name.text) {
                        let message = format!(
                            "`{}` is already declared here; choose another name",
                            name.text
                        );
                        self.error(codes::DUPLICATE_NAME, name.span, message);
                    }
                    self.variables.push(Variable {
                        name: name.text.clone(),
                        local: *local,
                        ty: ty.clone(),
                        conditional: false,
                        ignores_case: false,
                    });
                }
                let result = self.expr(body);
                self.variables.truncate(scope);
                // What was known about an element of this loop says nothing about another one.
                self.facts.retain(|fact| {
                    !params
                        .iter()
                        .any(|(local, _)| *fact == Place::Local(*local))
                });
                result
            }
            // `char.IsDigit`, `string.IsNullOrEmpty`, `RemoveDiacritics`: a function in place of a lambda.
            Node::Member { receiver, name } if self.static_type(receiver).is_some() => {
                let owner = self.static_type(receiver).unwrap_or("string");
                let candidates = stdlib::statics(owner, &name.text);
                let (local, ty) = &params[0];
                let args = vec![(Typed::new(Ir::Local(*local), ty.clone()), expr.span)];
                if candidates.is_empty() {
                    return self.unknown_static(owner, name, expr.span);
                }
                self.resolve(&candidates, None, args, name, expr.span)
            }
            Node::Name(text)
                if !stdlib::helpers(text).is_empty() && self.resolved(text).is_none() =>
            {
                let (local, ty) = &params[0];
                let args = vec![(Typed::new(Ir::Local(*local), ty.clone()), expr.span)];
                let name = Name {
                    text: text.clone(),
                    span: expr.span,
                };
                self.resolve(&stdlib::helpers(text), None, args, &name, expr.span)
            }
            // `s.Contains`: a method of a value, in place of a lambda.
            Node::Member { receiver, name } if is_method(&name.text) => {
                let value = self.expr(receiver);
                let (local, ty) = &params[0];
                self.holes.push(Typed::new(Ir::Local(*local), ty.clone()));
                let hole = Expr {
                    kind: Node::Hole,
                    span: expr.span,
                    height: 1,
                };
                let args = std::slice::from_ref(&hole);
                let result = match self.in_set(&value, receiver, name, args, expr.span) {
                    Some(result) => result,
                    None => self.method(value, receiver.span, name, args, expr.span),
                };
                self.holes.pop();
                result
            }
            Node::Error => Typed::unknown(),
            _ => {
                self.error(
                    codes::LAMBDA,
                    expr.span,
                    "a lambda is needed here: `x => …`",
                );
                Typed::unknown()
            }
        }
    }

    /// A loop over the list; the body may also take the position.
    pub(super) fn over(&mut self, call: &Call<'_>, expr: &Expr) -> (Local, Option<Local>, Typed) {
        let element = self.local();
        let index = matches!(&expr.kind, Node::Lambda { params, .. } if params.len() == 2)
            .then(|| self.local());
        let mut params = vec![(element, call.element.clone())];
        params.extend(index.map(|index| (index, Ty::of(Base::Int))));
        let body = self.body(expr, &params);
        (element, index, body)
    }

    pub(super) fn predicate(
        &mut self,
        kind: LoopKind,
        call: Call<'_>,
        test: &Expr,
        done: impl FnOnce(Ir) -> Typed,
    ) -> Typed {
        let (element, index, body) = self.over(&call, test);
        let Some(body) = self.boolean(body, test) else {
            return Typed::unknown();
        };
        let inner = Loop {
            kind,
            list: call.list,
            element,
            index,
            body,
            site: call.site,
        };
        done(Ir::Loop(Box::new(super::lazy::merged(inner))))
    }

    pub(super) fn boolean(&mut self, body: Typed, expr: &Expr) -> Option<Ir> {
        if body.ty.is_unknown() {
            return None;
        }
        if body.ty.base == Base::Never && !body.ty.nullable {
            return Some(body.ir);
        }
        let span = match &expr.kind {
            Node::Lambda { body, .. } => body.span,
            _ => expr.span,
        };
        self.as_condition(body, span)
    }

    pub(super) fn select(&mut self, call: Call<'_>, body: &Expr) -> Typed {
        let (element, index, result) = self.over(&call, body);
        if result.ty.is_unknown() {
            return result;
        }
        let ty = match result.ty.base {
            Base::Null => Ty::optional(Base::String),
            _ => result.ty,
        };
        let inner = Loop {
            kind: LoopKind::Select,
            list: call.list,
            element,
            index,
            body: result.ir,
            site: call.site,
        };
        Typed::new(Ir::Loop(Box::new(inner)), Ty::list(ty))
    }

    pub(super) fn select_many(&mut self, call: Call<'_>, body: &Expr) -> Typed {
        let site = call.site;
        let selected = self.select(call, body);
        let selected = self.each_as_list(selected, site);
        let Some(inner) = selected.ty.element().cloned() else {
            return Typed::unknown();
        };
        let inner_list = if inner.element().is_none() {
            self.error(
                codes::ARGUMENT,
                body.span,
                format!("SelectMany needs a list, this is a `{inner}`"),
            );
            return Typed::unknown();
        } else {
            inner.with_null(false)
        };
        let list = if inner.nullable {
            // .NET fails on an absent inner list.
            let local = self.local();
            let present = Ir::NonNull(Ir::Local(local).into(), ErrorKind::NullReference, site);
            looped(LoopKind::Select, selected.ir, local, present, site)
        } else {
            selected.ir
        };
        Typed::new(Ir::Call(Fn::Flatten, vec![list], site), inner_list)
    }

    /// `SelectMany(x => list, (x, y) => …)`
    pub(super) fn select_many_into(
        &mut self,
        call: Call<'_>,
        inner: &Expr,
        result: &Expr,
    ) -> Typed {
        let site = call.site;
        let (outer, one) = (self.local(), self.local());
        let list = self.body(inner, &[(outer, call.element.clone())]);
        let list = self.as_elements(list, &Ty::of(Base::Char), inner.span);
        let list = self.present(list, inner.span, ErrorKind::NullReference);
        let Some(element) = list.ty.element().cloned() else {
            if !list.ty.is_unknown() {
                let message = format!("SelectMany needs a list, this is a `{}`", list.ty);
                self.error(codes::ARGUMENT, inner.span, message);
            }
            return Typed::unknown();
        };
        let found = self.body(result, &[(outer, call.element.clone()), (one, element)]);
        if found.ty.is_unknown() {
            return found;
        }
        let each = looped(LoopKind::Select, list.ir, one, found.ir, site);
        let all = looped(LoopKind::Select, call.list, outer, each, site);
        Typed::new(Ir::Call(Fn::Flatten, vec![all], site), Ty::list(found.ty))
    }
}

/// Is it a method of texts, dates or lists, which may stand in place of a lambda?
fn is_method(name: &str) -> bool {
    let has = |base: &Base| !stdlib::instance(base, name).is_empty();
    name == "Equals" || METHODS.contains(&name) || has(&Base::String) || has(&Base::Date)
}
