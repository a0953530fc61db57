//! Is there a value, and does it have content: `IsNull`, `IsEmpty`, `IsNullOrEmpty`, `IsPresent`, `Not`.
//!
//! Invariants: what cannot be absent is not tested; only texts, octets and lists can be empty.

use syncline_model::rules::Span;
use syncline_rules_guest::Fn;

use super::several::length;
use crate::check::{Checker, Typed};
use crate::ir::{Ir, Op};
use crate::syntax::ast::Expr;
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// Of a text, as provisioning has it: anything but True gives True.
    pub(super) fn not(&mut self, arg: &Expr, span: Span) -> Typed {
        let declared = self.variables.len();
        let value = self.expr(arg);
        let test = if value.ty.is_text() {
            let site = self.site(span);
            let truth = Ir::Text("True".to_owned());
            Ir::Call(Fn::EqualIgnoreCase, vec![value.ir, truth], site)
        } else {
            // Read once more as a condition, which names its values again.
            self.variables.truncate(declared);
            self.condition(arg).0
        };
        Typed::new(Ir::Op(Op::Not, vec![test], 0), Ty::of(Base::Bool))
    }

    /// Is it absent? Never, for what cannot be.
    pub(super) fn is_absent(&self, value: &Typed) -> Ir {
        if value.ty.nullable {
            Ir::IsNull(value.ir.clone().into())
        } else {
            Ir::Word(0)
        }
    }

    /// Is what is there without content? Only texts, octets and lists can be.
    pub(super) fn is_empty(&mut self, value: &Typed, span: Span) -> Ir {
        let site = self.site(span);
        let zero = |ir| Ir::Op(Op::Eq, vec![ir, Ir::Word(0)], 0);
        match &value.ty.base {
            Base::String | Base::Written | Base::Reference => {
                Ir::Call(Fn::IsNullOrEmpty, vec![value.ir.clone()], site)
            }
            Base::Binary => zero(Ir::Call(Fn::OctetsLength, vec![value.ir.clone()], site)),
            Base::List(_) => zero(length(value.ir.clone())),
            _ => Ir::Word(0),
        }
    }

    pub(in crate::check) fn is_null_or_empty(&mut self, value: Typed, span: Span) -> Ir {
        let local = self.local();
        let read = Typed::new(Ir::Local(local), value.ty.clone());
        let (absent, empty) = (self.is_absent(&read), self.is_empty(&read, span));
        let test = Ir::If(absent.into(), Ir::Word(1).into(), empty.into());
        Ir::Let(local, value.ir.into(), test.into())
    }
}
