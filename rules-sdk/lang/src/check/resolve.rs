//! Overloads: the first signature that all arguments fit best.
//!
//! Invariants: an exact fit wins over a conversion, a conversion over a parameter array; no overload is chosen for
//! arguments with errors, so that one mistake gives one message.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::text::Printed;
use super::{Checker, Typed};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Ir, Op, Site};
use crate::stdlib::{Function, Lower, Param};
use crate::syntax::ast::Name;
use crate::types::{Base, Ty};

impl Checker<'_> {
    pub(super) fn resolve(
        &mut self,
        candidates: &[&'static Function],
        receiver: Option<Typed>,
        args: Vec<(Typed, Span)>,
        name: &Name,
        span: Span,
    ) -> Typed {
        if args.iter().any(|(arg, _)| arg.ty.is_unknown())
            || receiver.as_ref().is_some_and(|r| r.ty.is_unknown())
        {
            return Typed::unknown();
        }
        let best = candidates
            .iter()
            .filter_map(|function| self.cost(function, &args).map(|cost| (cost, *function)))
            .min_by_key(|(cost, _)| *cost);
        match best {
            Some((_, function)) => self.apply(function, receiver, args, span),
            None => self.no_overload(candidates, &args, name, span),
        }
    }

    /// How far the arguments are from the parameters; none if they do not fit.
    fn cost(&self, function: &Function, args: &[(Typed, Span)]) -> Option<u32> {
        if args.len() < function.least {
            return None;
        }
        let mut cost = 0;
        let fixed = function.params.iter().filter(|p| !p.array).count();
        for (param, (arg, _)) in function.params[..fixed].iter().zip(args) {
            cost += self.distance(&arg.ty, &param.ty)?;
        }
        let rest = args.get(fixed..).unwrap_or(&[]);
        match function.params.get(fixed) {
            Some(param) => {
                if let [(only, _)] = rest
                    && let Some(whole) = self.distance(&only.ty, &param.ty)
                {
                    return Some(cost + whole);
                }
                let element = param.ty.element()?;
                for (arg, _) in rest {
                    cost += self.distance(&arg.ty, element)?;
                }
                // C# prefers a form without a parameter array only where its arguments fit no worse.
                Some(cost + 1)
            }
            None if rest.is_empty() => Some(cost),
            None => None,
        }
    }

    pub(super) fn distance(&self, from: &Ty, to: &Ty) -> Option<u32> {
        if from.base == to.base {
            return Some(0);
        }
        if from.base == Base::Null && to.base.is_word() && !to.nullable {
            return None;
        }
        let loose = Ty {
            nullable: to.nullable || from.nullable && !from.base.is_word(),
            base: to.base.clone(),
        };
        let from = if from.boxed() && !to.nullable {
            from.with_null(false)
        } else {
            from.clone()
        };
        self.convertible(&from, &loose)
            .then_some(match (&from.base, &to.base) {
                (Base::Char, Base::Int) => 5,
                (Base::Null, _) => 1,
                _ => 3,
            })
    }

    pub(super) fn apply(
        &mut self,
        function: &'static Function,
        receiver: Option<Typed>,
        args: Vec<(Typed, Span)>,
        span: Span,
    ) -> Typed {
        let draws = matches!(function.lower, Lower::Drawn(_));
        let seed = draws.then(|| self.seed(span));
        if seed == Some(None) {
            return Typed::unknown();
        }
        let seed = seed.flatten();
        let printed = receiver
            .as_ref()
            .filter(|_| function.signature.contains(".ToString(string"))
            .and_then(|r| Printed::of(&r.ty.base));
        let formatted = (receiver.as_ref())
            .filter(|_| function.signature.contains(".ToString(string"))
            .map(|r| r.ty.base.clone());
        let format_at = args.first().map_or(span, |(_, at)| *at);
        let mut irs: Vec<Ir> = receiver.into_iter().map(|r| r.ir).collect();
        let mut args = args.into_iter().peekable();
        for param in &function.params {
            if param.array {
                irs.push(self.array(param, args.by_ref().collect(), span));
            } else if let Some((arg, at)) = args.next() {
                let ir = self.fitted(arg, &param.ty, at);
                irs.push(comparison(ir, &param.ty, function));
            } else if let Some(default) = param.default {
                irs.push(Ir::Word(default));
            }
        }
        let certain = match (printed, irs.get(1)) {
            (Some(printed), Some(Ir::Text(format))) => {
                let format = format.clone();
                if !self.is_format(printed, &format, format_at) {
                    return Typed::unknown();
                }
                true
            }
            (None, Some(Ir::Text(format))) if formatted.is_some() => {
                let base = formatted.unwrap_or(Base::Unknown);
                let format = format.clone();
                if !self.is_other_format(&base, &format, format_at) {
                    return Typed::unknown();
                }
                matches!(base, Base::Guid | Base::Date)
            }
            _ => false,
        };
        if !function.errors.is_empty() && !certain {
            self.may_fail(span, function.errors, function.advice);
        }
        let site = self.site(span);
        let ty = function.returns.clone();
        let ir = match (function.lower, seed) {
            (Lower::Drawn(make), Some(seed)) => make(seed, irs, site),
            _ => lowered(function, irs, site),
        };
        // A function that can fail gives numbers that need all their bits in a box.
        let boxed = matches!(&ir, Ir::Call(f, ..) if ty.is_wide() && f.info().fallible);
        Typed::new(if boxed { Ir::Unbox(ir.into()) } else { ir }, ty)
    }

    pub(super) fn fitted(&mut self, arg: Typed, ty: &Ty, at: Span) -> Ir {
        let arg = if arg.ty.nullable && !ty.nullable && arg.ty.base != Base::Null {
            self.present(arg, at, ErrorKind::Argument)
        } else if arg.ty.base == Base::Null && !ty.nullable {
            self.error(
                codes::CONVERSION,
                at,
                format!("`null` cannot stand here; a `{ty}` is needed"),
            );
            return Ir::Word(0);
        } else {
            arg
        };
        self.coerce(arg, ty, at)
            .map_or(Ir::Word(0), |typed| typed.ir)
    }

    /// The items of a parameter array, or the list that was given in its place.
    fn array(&mut self, param: &Param, mut rest: Vec<(Typed, Span)>, span: Span) -> Ir {
        // No characters at all mean white space, as in .NET.
        if matches!(&rest[..], [(only, _)] if only.ty.base == Base::Null) {
            let site = self.site(span);
            return Ir::Items(Vec::new(), site);
        }
        if rest.len() == 1 && self.distance(&rest[0].0.ty, &param.ty).is_some() {
            let (arg, at) = rest.remove(0);
            return self.fitted(arg, &param.ty, at);
        }
        let element = param.ty.element().cloned().unwrap_or_else(Ty::unknown);
        let items = rest
            .into_iter()
            .map(|(arg, at)| self.fitted(arg, &element, at))
            .collect();
        let site = self.site(span);
        Ir::Items(items, site)
    }

    fn no_overload(
        &mut self,
        candidates: &[&'static Function],
        args: &[(Typed, Span)],
        name: &Name,
        span: Span,
    ) -> Typed {
        // A helper called on a value counts that value as its first argument.
        let count = args.len();
        let right: Vec<_> = candidates
            .iter()
            .filter(|f| f.least <= count && count <= f.most)
            .collect();
        let signatures = candidates
            .iter()
            .map(|f| f.signature)
            .collect::<Vec<_>>()
            .join("; ");
        let Some(function) = right.first() else {
            let message = format!(
                "`{}` takes {} argument(s), {count} given",
                name.text,
                Self::arities(candidates)
            );
            self.report(Diagnostic::error(codes::ARITY, span, message).note(signatures));
            return Typed::unknown();
        };
        let wrong = function.params.iter().zip(args).find(|(param, (arg, _))| {
            let wanted = if param.array {
                param.ty.element().unwrap_or(&param.ty)
            } else {
                &param.ty
            };
            self.distance(&arg.ty, wanted).is_none()
        });
        let (message, at) = match wrong {
            Some((param, (arg, at))) => (
                format!(
                    "`{}` needs a `{}` here, this is a `{}`",
                    name.text, param.ty, arg.ty
                ),
                *at,
            ),
            None => (format!("`{}` cannot take these arguments", name.text), span),
        };
        self.report(
            Diagnostic::error(codes::ARGUMENT, at, message)
                .label("wrong type")
                .note(signatures),
        );
        Typed::unknown()
    }
}

/// A comparison as its function takes it: all of it where texts are ordered, else whether case counts.
fn comparison(ir: Ir, ty: &Ty, function: &Function) -> Ir {
    let orders = matches!(function.lower, Lower::Rt(Fn::Collate | Fn::CompareParts));
    if ty.base != Base::Enum("StringComparison") || orders {
        return ir;
    }
    match ir {
        Ir::Word(how) => Ir::Word(how & 1),
        how => Ir::Op(Op::And, vec![how, Ir::Word(1)], 0),
    }
}

fn lowered(function: &Function, args: Vec<Ir>, site: Site) -> Ir {
    match function.lower {
        Lower::Rt(f) => Ir::Call(f, args, site),
        Lower::Then(f, words) => {
            let mut args = args;
            args.extend(words.iter().map(|word| Ir::Word(*word)));
            Ir::Call(f, args, site)
        }
        Lower::Chars(f, words) => {
            // Characters become texts for functions over texts.
            let mut texts: Vec<Ir> = args
                .into_iter()
                .enumerate()
                .map(|(index, arg)| {
                    let char_param = index
                        .checked_sub(function.receivers)
                        .and_then(|i| function.params.get(i));
                    match (char_param.is_some_and(|p| p.ty.base == Base::Char), arg) {
                        (true, Ir::Word(unit))
                            if u32::try_from(unit).is_ok_and(|u| char::from_u32(u).is_some()) =>
                        {
                            Ir::Text(String::from_utf16_lossy(&[unit as u16]))
                        }
                        (true, arg) => Ir::Call(Fn::FromChar, vec![arg], site),
                        (false, arg) => arg,
                    }
                })
                .collect();
            texts.extend(words.iter().map(|word| Ir::Word(*word)));
            Ir::Call(f, texts, site)
        }
        Lower::With(make) => make(args, site),
        // Such calls never come here: `static_special` answers them, and `apply` those that draw.
        Lower::Checker | Lower::Drawn(_) => Ir::Word(0),
    }
}
