//! Frequent shapes of the IR become cheaper ones, before either evaluator sees them.
//!
//! Invariants: the answer stays the same, the place of an error too; what is fused costs at most what it cost before.

use syncline_rules_guest::Fn;

use crate::ir::{Ir, Loop, LoopKind, Step};

/// `Split` without a limit.
const NO_LIMIT: i64 = i32::MAX as i64;
/// Longest constant that compiled code compares without a call: two words.
pub(crate) const SHORT_BYTES: usize = 16;

/// Fuses a node and everything in it.
pub(crate) fn fuse(ir: Ir) -> Ir {
    let one = |inner: Box<Ir>| Box::new(fuse(*inner));
    let all = |items: Vec<Ir>| items.into_iter().map(fuse).collect::<Vec<_>>();
    match ir {
        Ir::Call(function, args, site) => call(function, all(args), site),
        Ir::Let(local, value, body) => Ir::Let(local, one(value), one(body)),
        Ir::If(test, then, other) => Ir::If(one(test), one(then), one(other)),
        Ir::Op(op, args, site) => Ir::Op(op, all(args), site),
        Ir::Concat(parts, site) => Ir::Concat(all(parts), site),
        Ir::Items(items, site) => Ir::Items(all(items), site),
        Ir::IsNull(value) => Ir::IsNull(one(value)),
        Ir::NonNull(value, kind, site) => Ir::NonNull(one(value), kind, site),
        Ir::Boxed(value, site) => Ir::Boxed(one(value), site),
        Ir::Unbox(value) => Ir::Unbox(one(value)),
        Ir::Same(value, text) => Ir::Same(one(value), text),
        Ir::Begins(value, text) => Ir::Begins(one(value), text),
        Ir::Trace(point, value) => Ir::Trace(point, one(value)),
        Ir::Loop(inner) => over(Loop {
            list: fuse(inner.list),
            body: fuse(inner.body),
            ..*inner
        }),
        Ir::Else(value, default) => Ir::Else(one(value), one(default)),
        Ir::Block(steps) => Ir::Block(block(steps)),
        leaf @ (Ir::Word(_)
        | Ir::Text(_)
        | Ir::Table(_)
        | Ir::Slot(_)
        | Ir::Local(_)
        | Ir::Exit(_)) => leaf,
    }
}

fn block(steps: Vec<Step>) -> Vec<Step> {
    let step = |step| match step {
        Step::Let(local, value) => Step::Let(local, fuse(value)),
        Step::If(test, then, other) => Step::If(fuse(test), block(then), block(other)),
        Step::Return(value) => Step::Return(fuse(value)),
    };
    steps.into_iter().map(step).collect()
}

fn is_short(text: &str) -> bool {
    (1..=SHORT_BYTES).contains(&text.len())
}

fn call(function: Fn, mut args: Vec<Ir>, site: u32) -> Ir {
    match (function, &mut args[..]) {
        (Fn::Equal, [Ir::Text(text), value] | [value, Ir::Text(text)]) if is_short(text) => {
            Ir::Same(Box::new(take(value)), std::mem::take(text))
        }
        (Fn::StartsWith, [value, Ir::Text(text), Ir::Word(0)]) if is_short(text) => {
            Ir::Begins(Box::new(take(value)), std::mem::take(text))
        }
        (
            Fn::ItemAt,
            [
                Ir::Call(Fn::SplitChars, split, _),
                Ir::Word(number @ 0..),
                Ir::Word(0),
            ],
        ) => match &mut split[..] {
            [text, Ir::Items(chars, _), Ir::Word(NO_LIMIT), Ir::Word(0)] => match chars[..] {
                [Ir::Word(c @ 0..0x80)] => {
                    let args = vec![take(text), Ir::Word(c), Ir::Word(*number)];
                    Ir::Call(Fn::SplitPart, args, site)
                }
                _ => Ir::Call(function, args, site),
            },
            _ => Ir::Call(function, args, site),
        },
        _ => Ir::Call(function, args, site),
    }
}

/// A replacement in every text of a list is one call; its texts are constants, so that nothing else is evaluated each time.
fn over(mut inner: Loop) -> Ir {
    let element = Ir::Local(inner.element);
    if let (LoopKind::Select, None, Ir::Call(Fn::Replace, args, site)) =
        (inner.kind, inner.index, &mut inner.body)
        && let [
            text,
            old @ Ir::Text(_),
            new @ (Ir::Text(_) | Ir::Word(0)),
            Ir::Word(0),
        ] = &mut args[..]
        && *text == element
        && *old != Ir::Text(String::new())
    {
        let args = vec![take(&mut inner.list), take(old), take(new)];
        return Ir::Call(Fn::ReplaceEach, args, *site);
    }
    Ir::Loop(Box::new(inner))
}

fn take(ir: &mut Ir) -> Ir {
    std::mem::replace(ir, Ir::Word(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> Ir {
        Ir::Slot(0)
    }

    #[test]
    fn a_part_of_a_split_needs_no_list() {
        let chars = Ir::Items(vec![Ir::Word(64)], 1);
        let split = |limit, chars| {
            Ir::Call(
                Fn::SplitChars,
                vec![slot(), chars, Ir::Word(limit), Ir::Word(0)],
                1,
            )
        };
        let item = |list| Ir::Call(Fn::ItemAt, vec![list, Ir::Word(2), Ir::Word(0)], 3);

        let fused = fuse(item(split(NO_LIMIT, chars.clone())));
        let limited = item(split(2, chars));
        let wide = item(split(NO_LIMIT, Ir::Items(vec![Ir::Word(0xe9)], 1)));

        let args = vec![slot(), Ir::Word(64), Ir::Word(2)];
        assert_eq!(fused, Ir::Call(Fn::SplitPart, args, 3));
        assert_eq!(fuse(limited.clone()), limited);
        assert_eq!(fuse(wide.clone()), wide);
    }

    #[test]
    fn a_replacement_in_every_value_needs_no_loop() {
        let text = |text: &str| Ir::Text(text.into());
        let select = |element, old| {
            Ir::Loop(Box::new(Loop {
                kind: LoopKind::Select,
                list: slot(),
                element: 4,
                index: None,
                body: Ir::Call(
                    Fn::Replace,
                    vec![Ir::Local(element), old, text("b"), Ir::Word(0)],
                    7,
                ),
                site: 6,
            }))
        };

        let fused = fuse(select(4, text("a")));

        let args = vec![slot(), text("a"), text("b")];
        assert_eq!(fused, Ir::Call(Fn::ReplaceEach, args, 7));
        for other in [select(3, text("a")), select(4, text("")), select(4, slot())] {
            assert_eq!(fuse(other.clone()), other);
        }
    }

    #[test]
    fn a_comparison_with_a_short_constant_needs_no_call() {
        let equal = |text: &str| Ir::Call(Fn::Equal, vec![slot(), Ir::Text(text.into())], 1);

        assert_eq!(fuse(equal("DE")), Ir::Same(Box::new(slot()), "DE".into()));
        for other in [equal(""), equal("more than sixteen bytes")] {
            assert_eq!(fuse(other.clone()), other);
        }
    }
}
