//! Functions of one dialect that are those of the other one.
//!
//! Invariants: each lemma holds for every value of its variables; what it needs besides is tested here. The functions are
//! those of `guest/src/entra_text.rs` and `guest/src/text_search.rs`.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::facts::alike;
use crate::fuse::SHORT_BYTES;
use crate::ir::{Exit, Ir, Op};

/// A choice that is one call.
pub(super) fn choice(test: &Ir, then: &Ir, other: &Ir) -> Option<Ir> {
    match (test, then, other) {
        // `IsNullOrEmpty` of an absent text holds.
        (Ir::IsNull(value), Ir::Word(1), Ir::Call(Fn::IsNullOrEmpty, args, _))
            if alike(value, &args[0]) =>
        {
            Some(other.clone())
        }
        // There and empty is equal to the empty text.
        (Ir::IsNull(value), Ir::Word(0), Ir::Call(Fn::IsNullOrEmpty, args, site))
            if alike(value, &args[0]) =>
        {
            let args = vec![(**value).clone(), Ir::Text(String::new())];
            Some(Ir::Call(Fn::Equal, args, *site))
        }
        // The function tests the place itself.
        (
            Ir::Op(Op::Gt, bounds, _),
            Ir::Exit(Exit::Fail(ErrorKind::OutOfRange, _)),
            Ir::Call(Fn::ItemAt, args, _),
        ) => match (&bounds[..], &args[..]) {
            ([Ir::Word(number), Ir::Op(Op::Len, list, _)], [of, Ir::Word(index), Ir::Word(0)])
                if *number == index + 1 && alike(&list[0], of) =>
            {
                Some(other.clone())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The place of a text in another one that is there, compared with a constant.
pub(super) fn found(op: Op, args: &[Ir], is_there: &dyn std::ops::Fn(&Ir) -> bool) -> Option<Ir> {
    let [Ir::Call(Fn::EntraInStr, call, site), Ir::Word(place)] = args else {
        return None;
    };
    let [text, Ir::Text(part), Ir::Word(1), Ir::Word(ignores_case)] = &call[..] else {
        return None;
    };
    if part.is_empty() || !is_there(text) {
        return None;
    }
    let (text, ic) = (text.clone(), Ir::Word(*ignores_case));
    let args = |rest: Vec<Ir>| {
        let mut args = vec![text.clone(), Ir::Text(part.clone())];
        args.extend(rest);
        args
    };
    Some(match (op, place) {
        (Op::Gt, 0) => Ir::Call(Fn::Contains, args(vec![ic]), *site),
        (Op::Eq, 1) if *ignores_case == 0 && part.len() <= SHORT_BYTES => {
            Ir::Begins(text.clone().into(), part.clone())
        }
        (Op::Eq, 1) => Ir::Call(Fn::StartsWith, args(vec![ic]), *site),
        (Op::SubL, 1) => Ir::Call(Fn::IndexOf, args(vec![Ir::Word(0), ic]), *site),
        _ => return None,
    })
}

/// Whole numbers.
pub(super) fn folded(op: Op, args: &[Ir]) -> Option<Ir> {
    let [Ir::Word(x), Ir::Word(y)] = args else {
        return None;
    };
    Some(Ir::Word(match op {
        Op::SubL => x.wrapping_sub(*y),
        Op::AddL => x.wrapping_add(*y),
        Op::Lt => i64::from(x < y),
        Op::Gt => i64::from(x > y),
        Op::Eq => i64::from(x == y),
        _ => return None,
    }))
}
