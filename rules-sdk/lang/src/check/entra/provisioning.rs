//! Functions of provisioning that need something besides the object: unique values, roles of an application.
//!
//! Invariants: of the candidates for a unique value the first one with a content counts, which is the answer as long as nobody
//! has it; a part of a profile refuses them, because nothing reserves values yet.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use crate::check::coerce::looped;
use crate::check::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, LoopKind, Op};
use crate::syntax::ast::{Expr, Name};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// `UniqueValue(candidate, …)`, `SelectUniqueValue(candidate, candidate, …)`
    pub(super) fn unique_value(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        let (least, wanted) = match name.text.as_str() {
            "SelectUniqueValue" => (2, "2 or more"),
            _ => (1, "1 or more"),
        };
        if args.len() < least {
            args.iter().for_each(|arg| drop(self.argument(arg)));
            return self.wrong_count(name, wanted, args.len(), span);
        }
        if self.root != Some(span) {
            let message = format!(
                "`{}` stands alone; it cannot be a part of something",
                name.text
            );
            let note = "let the candidates be whole values";
            self.report(Diagnostic::error(codes::UNSUPPORTED, name.span, message).note(note));
            return Typed::unknown();
        }
        if self.env.without_reservations {
            let message = "nothing keeps values unique for a profile yet";
            let note = "flow one of the candidates; a value that is taken is refused before anything is sent";
            self.report(Diagnostic::error(codes::UNSUPPORTED, name.span, message).note(note));
            return Typed::unknown();
        }
        let text = Ty::optional(Base::String);
        let candidates: Vec<Typed> = args
            .iter()
            .map(|arg| {
                let value = self.expr(arg);
                match value.ty.element() {
                    Some(_) => self.first_with_content(value, arg.span),
                    None => self.coerced(value, &text, arg.span),
                }
            })
            .collect();
        let mut result = Typed::new(Ir::Word(0), text.clone());
        for candidate in candidates.into_iter().rev() {
            if candidate.ty.is_unknown() {
                return candidate;
            }
            let (local, site) = (self.local(), self.site(span));
            let empty = Ir::Call(Fn::IsNullOrEmpty, vec![Ir::Local(local)], site);
            let choice = Ir::If(empty.into(), result.ir.into(), Ir::Local(local).into());
            let ir = Ir::Let(local, candidate.ir.into(), choice.into());
            result = Typed::new(ir, text.clone());
        }
        result
    }

    /// The first text of a list that is not empty.
    fn first_with_content(&mut self, list: Typed, at: Span) -> Typed {
        let text = Ty::optional(Base::String);
        self.lift(list, at, |checker, list| {
            let list = checker.coerced(list, &Ty::list(Ty::of(Base::String)), at);
            if list.ty.is_unknown() {
                return list;
            }
            let (one, all, site) = (checker.local(), checker.local(), checker.site(at));
            let empty = Ir::Call(Fn::IsNullOrEmpty, vec![Ir::Local(one)], site);
            let test = Ir::Op(Op::Not, vec![empty], 0);
            let kept = looped(LoopKind::Where, list.ir, one, test, site);
            let none = Ir::Op(Op::Eq, vec![count(all), Ir::Word(0)], 0);
            let args = vec![Ir::Local(all), Ir::Word(0), Ir::Word(0)];
            let first = Ir::Call(Fn::ItemAt, args, site);
            let choice = Ir::If(none.into(), Ir::Word(0).into(), first.into());
            Typed::new(Ir::Let(all, kept.into(), choice.into()), text.clone())
        })
    }

    /// `SingleAppRoleAssignment([appRoleAssignments])`: several roles are not one.
    pub(super) fn single_role(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        if value.ty.element().is_none() {
            return self.coerced(value, &Ty::optional(Base::String), arg.span);
        }
        let advice = "give the object one role, or use AppRoleAssignmentsComplex";
        self.may_fail(span, &[ErrorKind::InvalidOperation], advice);
        self.lift(value, arg.span, |checker, list| {
            let list = checker.coerced(list, &Ty::list(Ty::of(Base::String)), arg.span);
            if list.ty.is_unknown() {
                return list;
            }
            let (all, site) = (checker.local(), checker.site(span));
            let fail = checker.fail(ErrorKind::InvalidOperation, span);
            let are = |op, number| Ir::Op(op, vec![count(all), Ir::Word(number)], 0);
            let args = vec![Ir::Local(all), Ir::Word(0), Ir::Word(0)];
            let first = Ir::Call(Fn::ItemAt, args, site);
            let one = Ir::If(are(Op::Gt, 1).into(), fail.into(), first.into());
            let choice = Ir::If(are(Op::Eq, 0).into(), Ir::Word(0).into(), one.into());
            let ir = Ir::Let(all, list.ir.into(), choice.into());
            Typed::new(ir, Ty::optional(Base::String))
        })
    }

    /// `AppRoleAssignmentsComplex([appRoleAssignments])`: every role.
    pub(super) fn roles(&mut self, arg: &Expr, span: Span) -> Typed {
        let value = self.expr(arg);
        let wanted = Ty::list(Ty::of(Base::String));
        if value.ty.element().is_some() || value.ty.is_unknown() {
            return self.coerced(
                value.clone(),
                &wanted.with_null(value.ty.nullable),
                arg.span,
            );
        }
        let value = self.coerced(value, &Ty::optional(Base::String), arg.span);
        match value.ty.is_unknown() {
            true => value,
            false => Typed::new(
                self.list_of_one(value, &wanted, span),
                wanted.with_null(true),
            ),
        }
    }
}

fn count(list: u32) -> Ir {
    Ir::Op(Op::Len, vec![Ir::Local(list)], 0)
}
