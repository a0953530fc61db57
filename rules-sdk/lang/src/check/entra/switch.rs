//! `Switch`: conditions in order as in Entra Connect, or a source with keys as in provisioning.
//!
//! Invariants: the pragma tells which of the two is meant, or the keys do; where both can be, it is Entra Connect's, with a
//! warning; conditions are all evaluated before one of them counts, of the values only the one that is given.

use syncline_model::rules::Span;

use crate::check::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::Ir;
use crate::syntax::Variant;
use crate::syntax::ast::{BinOp, Expr, Name, Node};
use crate::types::{Base, Ty};

impl Checker<'_> {
    /// `Switch(condition, value, …)` of Entra Connect, `Switch(source, default, key, value, …)` of provisioning.
    pub(super) fn entra_switch(&mut self, args: &[Expr], name: &Name, span: Span) -> Typed {
        if args.len() % 2 == 1 {
            return self.wrong_count(name, "an even number of", args.len(), span);
        }
        let declared = self.variables.len();
        let first = self.expr(&args[0]);
        if first.ty.is_unknown() {
            return first;
        }
        if first.ty.base == Base::Bool && self.is_condition(args, span) {
            self.variables.truncate(declared);
            return self.first_true(args, span);
        }
        let subject = self.local();
        let subject_value = Typed::new(Ir::Local(subject), first.ty.clone());
        let mut result = self.expr(&args[1]);
        let pairs: Vec<&[Expr]> = args[2..].chunks(2).collect();
        for pair in pairs.into_iter().rev() {
            let key = self.expr(&pair[0]);
            let value = self.expr(&pair[1]);
            if key.ty.is_unknown() || value.ty.is_unknown() {
                return Typed::unknown();
            }
            let is_empty = matches!(&key.ir, Ir::Text(text) if text.is_empty());
            let test = if is_empty {
                // The empty key stands for what is absent as well.
                self.is_null_or_empty(subject_value.clone(), span)
            } else if let Some(test) = self.is_key(&subject_value, &key, pair[0].span) {
                test
            } else {
                let message = format!("a `{}` is never a `{}`", first.ty, key.ty);
                self.error(codes::ARGUMENT, pair[0].span, message);
                return Typed::unknown();
            };
            let (value, other) = self.alike(value, result, span);
            result = self.choose(test, value, other, span);
            if result.ty.is_unknown() {
                return result;
            }
        }
        Typed::new(
            Ir::Let(subject, first.ir.into(), result.ir.into()),
            result.ty,
        )
    }

    /// Is the truth value that a `Switch` begins with a condition, as in Entra Connect? Its keys tell, or the pragma.
    fn is_condition(&mut self, args: &[Expr], span: Span) -> bool {
        let is_source = has_keys(args);
        if let Some(variant) = self.variant {
            // An example of provisioning's reference has nothing but tests, whatever its own syntax says.
            let mut keys = args.iter().step_by(2);
            return variant == Variant::Connect || args.len() > 2 && keys.all(is_test);
        }
        let mut keys = args[2..].iter().step_by(2);
        let is_doubtful = is_name(&args[0]) && keys.any(|key| matches!(key.kind, Node::Bool(_)));
        if !is_source && is_doubtful {
            let message = "`True` is read as the condition that always holds, as in Entra Connect";
            let note = "where it is the key of provisioning's `Switch`, write \"True\"";
            self.report(Diagnostic::warning(codes::AMBIGUOUS, span, message).note(note));
        }
        !is_source
    }

    /// Is the source of a `Switch` this key? A number or truth value has the text that it is written with.
    fn is_key(&mut self, source: &Typed, key: &Typed, at: Span) -> Option<Ir> {
        let written = |ty: &Ty| ty.base == Base::Bool || ty.base.is_number();
        let (mut source, mut key) = (source.clone(), key.clone());
        if key.ty.is_text() && written(&source.ty) {
            source = self.as_text(source, at);
        } else if source.ty.is_text() && written(&key.ty) {
            key = self.as_text(key, at);
        }
        self.equal(&source, &key, at)
    }

    /// The value behind the first condition that holds. All conditions are evaluated first, as documented: an error of any is
    /// one of the whole. Of the values only that one is, or an `Error` at the end would always win.
    fn first_true(&mut self, args: &[Expr], span: Span) -> Typed {
        let mut tests = Vec::new();
        let mut choices = Vec::new();
        for pair in args.chunks(2) {
            let (test, ..) = self.condition(&pair[0]);
            let value = self.expr(&pair[1]);
            if value.ty.is_unknown() {
                return value;
            }
            let holds = self.local();
            tests.push((holds, test));
            choices.push((holds, value));
        }
        let mut result = Typed::new(Ir::Word(0), Ty::optional(Base::Null));
        for (holds, value) in choices.into_iter().rev() {
            let (value, other) = self.alike(value, result, span);
            result = self.choose(Ir::Local(holds), value, other, span);
            if result.ty.is_unknown() {
                return result;
            }
        }
        let tests = tests.into_iter().rev();
        let ir = tests.fold(result.ir, |body, (local, test)| {
            Ir::Let(local, test.into(), body.into())
        });
        Typed::new(ir, result.ty)
    }
}

/// Does a `Switch` that begins with a truth value have keys that no condition would be (a text; `False` where it begins
/// with a name)? Then it is the source of provisioning's form.
pub(crate) fn has_keys(args: &[Expr]) -> bool {
    let mut keys = args.iter().skip(2).step_by(2);
    keys.any(|key| match key.kind {
        Node::Str(_) => true,
        Node::Bool(truth) => !truth && args.first().is_some_and(is_name),
        _ => false,
    })
}

/// Is it a condition by its form?
fn is_test(expr: &Expr) -> bool {
    match &expr.kind {
        Node::Binary { op, .. } => matches!(
            op,
            BinOp::And
                | BinOp::Or
                | BinOp::Eq
                | BinOp::Ne
                | BinOp::Lt
                | BinOp::Le
                | BinOp::Gt
                | BinOp::Ge
        ),
        Node::Call { callee, .. } => {
            matches!(&callee.kind, Node::Name(name) if name == "Not" || name.starts_with("Is"))
        }
        _ => false,
    }
}

fn is_name(expr: &Expr) -> bool {
    matches!(expr.kind, Node::Attribute(_) | Node::Name(_))
}
