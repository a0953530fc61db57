//! Expressions: one function per form of node.
//!
//! Invariants: a node that was reported has the unknown type, which every consumer accepts silently.

use syncline_model::rules::{ErrorKind, Span};
use syncline_rules_guest::Fn;

use super::{Checker, Facts, Place, Typed, decimals};
use crate::diag::codes;
use crate::ir::{Exit, Ir, Op};
use crate::stdlib;
use crate::syntax::ast::{BinOp, End, Expr, Index, Name, Node, TypeName, UnOp};
use crate::types::{Base, Ty, common};

impl Checker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Typed {
        self.see(expr);
        let outer = self.enter(expr);
        self.level += 1;
        let value = self.value_of(expr);
        self.level -= 1;
        if let Some(types) = &mut self.tables.types {
            types.learn(expr, &value.ty);
        }
        self.seen(expr, &value);
        self.leave(outer, value)
    }

    fn value_of(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        match &expr.kind {
            Node::Null => Typed::new(Ir::Word(0), Ty::optional(Base::Null)),
            Node::Bool(value) => Typed::new(Ir::Word(i64::from(*value)), Ty::of(Base::Bool)),
            Node::Int(value) => Typed::new(Ir::Word(*value), Ty::of(Base::Int)),
            Node::Long(value) => Typed::new(Ir::Word(*value), Ty::of(Base::Long)),
            Node::Double(value) => {
                Typed::new(Ir::Word(value.to_bits() as i64), Ty::of(Base::Double))
            }
            Node::Decimal(low, high) => {
                let site = self.site(span);
                Typed::new(
                    decimals::from_words(*low, *high, site),
                    Ty::of(Base::Decimal),
                )
            }
            Node::Char(value) => Typed::new(Ir::Word(i64::from(*value)), Ty::of(Base::Char)),
            Node::Str(text) => Typed::new(Ir::Text(text.clone()), Ty::of(Base::String)),
            Node::Interpolated(pieces) => self.interpolated(pieces, span),
            Node::Name(name) => self.name(name, span),
            Node::Attribute(name) => self.attribute(name, span),
            Node::Parameter(name) => self.parameter(name, span),
            Node::Hole => self.holes.last().cloned().unwrap_or_else(Typed::unknown),
            Node::Member { receiver, name } => self.member(receiver, name, span),
            Node::Call { callee, args } => self.call(callee, args, span),
            Node::Index { receiver, index } => self.indexed(receiver, index, span),
            Node::Conditional { receiver, rest } => self.conditional(receiver, rest, span),
            Node::Unary { op, operand } => self.unary(*op, operand, span),
            Node::Binary {
                op: BinOp::Coalesce,
                left,
                right,
                ..
            } => self.coalesce(left, right, span),
            Node::Binary {
                op: BinOp::And | BinOp::Or,
                ..
            }
            | Node::Is { .. } => {
                let (ir, ..) = self.condition(expr);
                Typed::new(ir, Ty::of(Base::Bool))
            }
            Node::Binary {
                op,
                left,
                right,
                op_span,
            } => self.binary(*op, left, right, *op_span, span),
            Node::Ternary {
                condition,
                then,
                other,
            } => self.ternary(condition, then, other, span),
            Node::Switch { operand, arms } => self.switch(operand, arms, span),
            Node::Cast { to, operand } => self.cast(to, operand, span),
            Node::As { to, operand } => {
                let wanted = self.named_type(to).with_null(true);
                let value = self.expr(operand);
                self.coerced(value, &wanted, operand.span)
            }
            Node::Lambda { .. } => {
                self.error(
                    codes::LAMBDA,
                    span,
                    "a lambda can only be an argument of a list method such as Where",
                );
                Typed::unknown()
            }
            Node::New { ty, args, items } => {
                self.new_value(ty.as_ref(), args, items.as_deref(), span)
            }
            Node::Throw { args } => self.throw(args, span),
            Node::Checked { on, operand } => {
                let outer = self.checked.replace(*on);
                let value = self.expr(operand);
                self.checked = outer;
                value
            }
            Node::Place(_) => {
                let message = "a range stands in brackets, in Take or in ElementAt";
                self.error(codes::UNSUPPORTED, span, message);
                Typed::unknown()
            }
            Node::Out(name, _) => {
                self.error(
                    codes::UNSUPPORTED,
                    span,
                    format!("`out {}` can only stand in TryParse", name.text),
                );
                Typed::unknown()
            }
            Node::Type(ty) if stdlib::type_name(&ty.name).is_none() => {
                self.no_type(&ty.name, span);
                Typed::unknown()
            }
            Node::Type(ty) => {
                self.error(
                    codes::UNKNOWN_NAME,
                    span,
                    format!("`{}` is a type, not a value; add a member", ty.name),
                );
                Typed::unknown()
            }
            Node::Error => Typed::unknown(),
        }
    }

    /// A node whose value must be present.
    pub(super) fn present_expr(&mut self, expr: &Expr, kind: ErrorKind) -> Typed {
        let value = self.expr(expr);
        self.present(value, expr.span, kind)
    }

    fn conditional(&mut self, receiver: &Expr, rest: &Expr, span: Span) -> Typed {
        let value = self.expr(receiver);
        if value.ty.is_unknown() {
            return value;
        }
        if value.ty.base == Base::Null {
            self.error(codes::UNARY, receiver.span, "`null` has no members");
            return Typed::unknown();
        }
        // What is tested here is known to be present in the rest of the chain.
        let place = place_of(&value.ir).filter(|_| value.ty.nullable);
        let known = place.into_iter().collect();
        self.lift(value, span, |checker, present| {
            checker.holes.push(present);
            let result = checker.knowing(&known, |c| c.expr(rest));
            checker.holes.pop();
            result
        })
    }

    fn coalesce(&mut self, left: &Expr, right: &Expr, span: Span) -> Typed {
        let value = self.expr(left);
        let other = self.knowing(&Facts::new(), |c| c.expr(right));
        if value.ty.is_unknown() || other.ty.is_unknown() {
            return Typed::unknown();
        }
        if !value.ty.nullable {
            // A number that a test has shown to be there may still have a default, as in C#, where its type stays `int?`.
            let tested = matches!(&value.ir, Ir::Unbox(inner) if place_of(inner).is_some());
            // So may what `?.` gives, whatever the schema knows of its receiver.
            let tested = tested || matches!(left.kind, Node::Conditional { .. });
            if value.ty.base.is_word() && !tested {
                let message = format!(
                    "the left side of `??` is a `{}`, which is never absent",
                    value.ty
                );
                self.error(codes::OPERATOR, span, message);
                return Typed::unknown();
            }
            return value;
        }
        let present = value.ty.with_null(false);
        let Some(ty) = common(&present, &other.ty) else {
            let message = format!(
                "`??` cannot choose between `{}` and `{}`; convert one of them",
                value.ty, other.ty
            );
            self.error(codes::OPERATOR, span, message);
            return Typed::unknown();
        };
        let local = self.local();
        let kept = if value.ty.boxed() {
            Ir::Unbox(Ir::Local(local).into())
        } else {
            Ir::Local(local)
        };
        let (kept, other) = match (
            self.coerce(Typed::new(kept, present), &ty, span),
            self.coerce(other, &ty, span),
        ) {
            (Some(kept), Some(other)) => (kept.ir, other.ir),
            _ => return Typed::unknown(),
        };
        let test = Ir::IsNull(Ir::Local(local).into());
        Typed::new(
            Ir::Let(
                local,
                value.ir.into(),
                Ir::If(test.into(), other.into(), kept.into()).into(),
            ),
            ty,
        )
    }

    pub(super) fn ternary(
        &mut self,
        condition: &Expr,
        then: &Expr,
        other: &Expr,
        span: Span,
    ) -> Typed {
        let (test, yes, no) = self.condition(condition);
        let yes = self.knowing(&yes, |c| c.expr(then));
        let no = self.knowing(&no, |c| c.expr(other));
        self.choose(test, yes, no, span)
    }

    /// A conditional over two values of a common type.
    pub(super) fn choose(&mut self, test: Ir, yes: Typed, no: Typed, span: Span) -> Typed {
        let Some(ty) = common(&yes.ty, &no.ty) else {
            let message = format!(
                "one branch gives `{}`, the other `{}`; convert one of them",
                yes.ty, no.ty
            );
            self.error(codes::BRANCHES, span, message);
            return Typed::unknown();
        };
        if ty.is_unknown() {
            return Typed::unknown();
        }
        // `c ? 1 : null` is an `int?`, as with a target type in C#.
        match (self.coerce(yes, &ty, span), self.coerce(no, &ty, span)) {
            (Some(yes), Some(no)) => {
                Typed::new(Ir::If(test.into(), yes.ir.into(), no.ir.into()), ty)
            }
            _ => Typed::unknown(),
        }
    }

    fn unary(&mut self, op: UnOp, operand: &Expr, span: Span) -> Typed {
        let is_plain = matches!(
            operand.kind,
            Node::Name(_)
                | Node::Attribute(_)
                | Node::Member { .. }
                | Node::Call { .. }
                | Node::Conditional { .. }
        );
        if op == UnOp::Not && is_plain {
            let value = self.expr(operand);
            if value.ty.is_unknown() {
                return value;
            }
            if value.ty.base != Base::Bool {
                self.condition_error(&value.ty, operand.span);
                return Typed::unknown();
            }
            return self.lift(value, span, |_, value| {
                Typed::new(Ir::Op(Op::Not, vec![value.ir], 0), Ty::of(Base::Bool))
            });
        }
        if op == UnOp::Not {
            let (ir, ..) = self.condition(operand);
            return Typed::new(Ir::Op(Op::Not, vec![ir], 0), Ty::of(Base::Bool));
        }
        let value = self.expr(operand);
        match op {
            UnOp::NotNull => self.asserted(value, operand.span, ErrorKind::NullReference),
            UnOp::Plus | UnOp::Not => value,
            UnOp::Neg | UnOp::BitNot => self.lift(value, span, |checker, value| {
                checker.negated(op, value, span)
            }),
        }
    }

    fn negated(&mut self, op: UnOp, value: Typed, span: Span) -> Typed {
        let base = if value.ty.base == Base::Char {
            Base::Int
        } else {
            value.ty.base.clone()
        };
        let ir = match (op, &base, &value.ir) {
            (_, Base::Unknown, _) => return value,
            // The literal 2147483648 is a long; with the minus before it, it is an int.
            (UnOp::Neg, Base::Long, Ir::Word(0x8000_0000)) => {
                return Typed::new(Ir::Word(-0x8000_0000), Ty::of(Base::Int));
            }
            (UnOp::Neg, Base::Int | Base::Long, Ir::Word(word)) if *word != i64::MIN => {
                Ir::Word(-word)
            }
            (UnOp::Neg, Base::Double, Ir::Word(word)) => {
                Ir::Word((-f64::from_bits(*word as u64)).to_bits() as i64)
            }
            (UnOp::Neg, Base::Int, _) => {
                self.arithmetic(Op::SubI, vec![Ir::Word(0), value.ir], span)
            }
            (UnOp::Neg, Base::Long, _) => {
                self.arithmetic(Op::SubL, vec![Ir::Word(0), value.ir], span)
            }
            (UnOp::Neg, Base::Double, _) => Ir::Op(Op::NegD, vec![value.ir], 0),
            (UnOp::Neg, Base::Decimal, _) => {
                let site = self.site(span);
                decimals::negated(value.ir, site)
            }
            (UnOp::Neg, Base::Span, _) => {
                let site = self.site(span);
                self.may_fail(span, &[ErrorKind::Overflow], "test the span first");
                Ir::Unbox(Ir::Call(Fn::SpanSign, vec![value.ir, Ir::Word(0)], site).into())
            }
            (UnOp::BitNot, Base::Int | Base::Long, _) => Ir::Op(Op::BitNot, vec![value.ir], 0),
            _ => {
                let sign = if op == UnOp::Neg { "-" } else { "~" };
                self.error(
                    codes::UNARY,
                    span,
                    format!("`{sign}` cannot be applied to a `{}`", value.ty),
                );
                return Typed::unknown();
            }
        };
        Typed::new(ir, Ty::of(base))
    }

    fn cast(&mut self, to: &TypeName, operand: &Expr, span: Span) -> Typed {
        let wanted = self.named_type(to);
        let value = self.expr(operand);
        if value.ty.is_unknown() || wanted.is_unknown() {
            return Typed::unknown();
        }
        if value.ty.base == Base::Null && !wanted.base.is_word() {
            return Typed::new(value.ir, wanted.with_null(true));
        }
        let enums = matches!(
            (&value.ty.base, &wanted.base),
            (Base::Enum(_), Base::Int | Base::Long) | (Base::Int, Base::Enum(_))
        );
        if enums && !value.ty.nullable {
            return Typed::new(value.ir, wanted.with_null(false));
        }
        let decimal = value.ty.base == Base::Decimal || wanted.base == Base::Decimal;
        let limits = stdlib::narrow_numbers::limits(&to.name);
        if decimal && value.ty.base.is_number() && wanted.base.is_number() {
            let whole = self.cast_decimal(value, &wanted, operand.span, span);
            return match limits {
                // A decimal never wraps.
                Some(limits) if !whole.ty.is_unknown() => self.within(whole, limits, span),
                _ => whole,
            };
        }
        let (Some(_), Some(rank)) = (value.ty.base.numeric_rank(), wanted.base.numeric_rank())
        else {
            return self.coerced(value, &wanted, operand.span);
        };
        let value = if wanted.nullable {
            value
        } else {
            self.present(value, operand.span, ErrorKind::InvalidOperation)
        };
        if self.checked != Some(false) && self.loses(&value, &wanted.base, limits) {
            let name = &to.name;
            let message = format!(
                "the constant does not fit `{name}`; `unchecked(({name})…)` keeps its low bits"
            );
            self.error(codes::CONSTANT_CAST, span, message);
            return Typed::unknown();
        }
        let result = self.lift(value, span, |checker, value| {
            let value = checker.in_range(value, &wanted.base, span);
            let whole = value.ty.base != Base::Double;
            let wider = value.ty.base.numeric_rank().is_some_and(|r| r <= rank);
            let ir = match (&wanted.base, whole) {
                (Base::Double, true) => Ir::Op(Op::LongToDouble, vec![value.ir], 0),
                _ if wider && wanted.base != Base::Char => value.ir,
                (Base::Int, true) => Ir::Op(Op::Narrow, vec![value.ir], 0),
                (Base::Int, false) => Ir::Op(Op::DoubleToInt, vec![value.ir], 0),
                (Base::Char, true) => Ir::Op(Op::NarrowChar, vec![value.ir], 0),
                (Base::Char, false) => Ir::Op(
                    Op::NarrowChar,
                    vec![Ir::Op(Op::DoubleToInt, vec![value.ir], 0)],
                    0,
                ),
                (_, false) => Ir::Op(Op::DoubleToLong, vec![value.ir], 0),
                _ => value.ir,
            };
            match limits {
                Some(limits) if checker.checked == Some(true) => {
                    let whole = Typed::new(ir, wanted.with_null(false));
                    checker.within(whole, limits, span)
                }
                Some(limits) => Typed::new(wrapped(ir, limits), wanted.with_null(false)),
                None => Typed::new(ir, wanted.with_null(false)),
            }
        });
        self.coerced(result, &wanted, span)
    }

    /// Is it a constant beyond the limits of the type?
    fn loses(&self, value: &Typed, to: &Base, limits: Option<(i64, i64)>) -> bool {
        let Ir::Word(word) = value.ir else {
            return false;
        };
        let limits = limits.or(match to {
            Base::Char => Some((0, 0xffff)),
            Base::Int => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
            Base::Long => Some((i64::MIN, i64::MAX)),
            _ => None,
        });
        let Some((least, most)) = limits else {
            return false;
        };
        if value.ty.base == Base::Double {
            let whole = f64::from_bits(word as u64).trunc();
            // The limits of a long round to doubles that it does not have.
            return !(whole >= least as f64 && whole <= most as f64)
                || *to == Base::Long && whole >= 9.3e18;
        }
        word < least || word > most
    }

    /// A whole number that must fit a type of fewer bits.
    fn within(&mut self, value: Typed, limits: (i64, i64), span: Span) -> Typed {
        self.may_fail(span, &[ErrorKind::Overflow], "test the range first");
        let site = self.site(span);
        self.lift(value, span, |_, value| {
            let ir = stdlib::narrow_numbers::between(value.ir, limits, site);
            Typed::new(ir, value.ty)
        })
    }

    fn indexed(&mut self, receiver: &Expr, index: &Index, span: Span) -> Typed {
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
    pub(super) fn item_at(
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

    pub(super) fn throw(&mut self, args: &[Expr], span: Span) -> Typed {
        let site = self.site(span);
        let message = match args {
            [] => Ir::Word(0),
            [first, ..] => {
                let value = self.expr(first);
                let value = self.coerced(value, &Ty::optional(Base::String), first.span);
                value.ir
            }
        };
        Typed::new(
            Ir::Call(Fn::Throw, vec![message], site),
            Ty::of(Base::Never),
        )
    }

    fn new_value(
        &mut self,
        ty: Option<&TypeName>,
        args: &[Expr],
        items: Option<&[Expr]>,
        span: Span,
    ) -> Typed {
        let name = ty.map_or("List", |ty| ty.name.as_str());
        match name {
            "List" | "HashSet" | "IEnumerable" | "IList" | "Array" => {
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

    /// A failure at this place.
    pub(super) fn fail(&mut self, kind: ErrorKind, span: Span) -> Ir {
        let site = self.site(span);
        Ir::Exit(Exit::Fail(kind, site))
    }
}

/// The low bits of a whole number, as a type with these limits has them.
fn wrapped(ir: Ir, limits: (i64, i64)) -> Ir {
    let (least, most) = limits;
    if let Ir::Word(word) = ir {
        let size = most - least + 1;
        return Ir::Word((word - least).rem_euclid(size) + least);
    }
    if least == 0 {
        return Ir::Op(Op::And, vec![ir, Ir::Word(most)], 0);
    }
    let bits = Ir::Word(i64::from((most as u64).leading_zeros()) - 1);
    let high = Ir::Op(Op::ShlL, vec![ir, bits.clone()], 0);
    Ir::Op(Op::ShrL, vec![high, bits], 0)
}

/// The place a value was read from.
pub(super) fn place_of(ir: &Ir) -> Option<Place> {
    match ir {
        Ir::Slot(slot) => Some(Place::Slot(*slot)),
        Ir::Local(local) => Some(Place::Local(*local)),
        _ => None,
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
