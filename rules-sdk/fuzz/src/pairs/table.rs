//! The table of what both dialects can say.
//!
//! Invariants: only what has the same nulls and the same errors in both stands here.

use crate::programs::tape::Tape;

/// A program as both dialects write it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// In C#.
    pub csharp: String,
    /// In the dialect of Entra.
    pub entra: String,
    /// May it be absent?
    nullable: bool,
}

impl Pair {
    fn of(csharp: impl Into<String>, entra: impl Into<String>) -> Self {
        Self {
            csharp: csharp.into(),
            entra: entra.into(),
            nullable: false,
        }
    }

    fn absent(self, nullable: bool) -> Self {
        Self { nullable, ..self }
    }

    /// A method of C# on what may be absent, and the function that gives nothing for nothing.
    fn method(self, csharp: &str, entra: &str) -> Self {
        let dot = if self.nullable { "?." } else { "." };
        let (c, e) = (&self.csharp, &self.entra);
        Self::of(format!("({c}){dot}{csharp}"), entra.replace('_', e)).absent(self.nullable)
    }
}

/// A text.
pub(super) fn text(t: &mut Tape<'_>) -> Pair {
    let leaf = |t: &mut Tape<'_>| match t.next(5) {
        0 => Pair::of("s", "[s]"),
        1 => Pair::of("o", "[o]").absent(true),
        2 => Pair::of("\"Ada, B\"", "\"Ada, B\""),
        3 => Pair::of("\"äß😀\"", "\"äß😀\""),
        _ => Pair::of("\"\"", "\"\""),
    };
    t.deeper(leaf, |t| match t.next(14) {
        0 => {
            let (a, b) = (text(t), text(t));
            Pair::of(
                format!("string.Concat({}, {})", a.csharp, b.csharp),
                format!("({} & {})", a.entra, b.entra),
            )
        }
        1 => text(t).method("ToUpper()", "UCase(_)"),
        2 => text(t).method("ToLower()", "LCase(_)"),
        3 => text(t).method("Trim()", "Trim(_)"),
        4 => text(t).method("Replace(\"a\", \"\")", "Replace(_, \"a\", \"\")"),
        5 => text(t).method("RemoveDiacritics()", "NormalizeDiacritics(_)"),
        6 => {
            let (test, a, b) = (truth(t), text(t), text(t));
            let nullable = a.nullable || b.nullable;
            Pair::of(
                format!("({} ? {} : {})", test.csharp, a.csharp, b.csharp),
                format!("IIF({}, {}, {})", test.entra, a.entra, b.entra),
            )
            .absent(nullable)
        }
        7 => {
            let (a, b) = (text(t), text(t));
            let nullable = a.nullable && b.nullable;
            Pair::of(
                format!("({} ?? {})", a.csharp, b.csharp),
                format!("Coalesce({}, {})", a.entra, b.entra),
            )
            .absent(nullable)
        }
        8 => {
            let a = number(t);
            Pair::of(
                format!("({}).ToString()", a.csharp),
                format!("CStr({})", a.entra),
            )
        }
        9 => {
            let a = list(t);
            Pair::of(
                format!("string.Join(\"; \", {})", a.csharp),
                format!("Join({}, \"; \")", a.entra),
            )
        }
        10 => {
            let (a, at) = (list(t), t.next(3));
            Pair::of(
                format!("({})[{at}]", a.csharp),
                format!("Item({}, {})", a.entra, at + 1),
            )
        }
        11 => {
            let (a, at) = (list(t), t.next(3));
            Pair::of(
                format!("({}).ElementAtOrDefault({at})", a.csharp),
                format!("ItemOrNull({}, {})", a.entra, at + 1),
            )
            .absent(true)
        }
        12 => {
            let (of, a, b) = (text(t), text(t), text(t));
            let nullable = a.nullable || b.nullable;
            Pair::of(
                format!("({} == \"a\" ? {} : {})", of.csharp, b.csharp, a.csharp),
                format!("Switch({}, {}, \"a\", {})", of.entra, a.entra, b.entra),
            )
            .absent(nullable)
        }
        _ => {
            let (test, a, b) = (truth(t), text(t), text(t));
            let nullable = a.nullable;
            Pair::of(
                format!(
                    "({} ? {} : throw new Exception({}))",
                    test.csharp, a.csharp, b.csharp
                ),
                format!("IIF({}, {}, Error({}))", test.entra, a.entra, b.entra),
            )
            .absent(nullable)
        }
    })
}

/// A `long` that is there.
pub(super) fn number(t: &mut Tape<'_>) -> Pair {
    let leaf = |t: &mut Tape<'_>| match t.next(3) {
        0 => Pair::of("k", "[k]"),
        1 => Pair::of("(k + longs.Count)", "([k] + Count([longs]))"),
        _ => Pair::of("(k * 2)", "([k] * 2)"),
    };
    t.deeper(leaf, |t| match t.next(5) {
        0 => {
            let (op, a) = (t.pick(&["+", "-", "*"]), number(t));
            Pair::of(
                format!("(k {op} {})", a.csharp),
                format!("([k] {op} {})", a.entra),
            )
        }
        1 => {
            let a = number(t);
            Pair::of(
                format!("(k & {})", a.csharp),
                format!("BitAnd([k], {})", a.entra),
            )
        }
        2 => {
            let a = number(t);
            Pair::of(
                format!("(k | {})", a.csharp),
                format!("BitOr([k], {})", a.entra),
            )
        }
        3 => {
            let (test, a, b) = (truth(t), number(t), number(t));
            Pair::of(
                format!("({} ? k + {} : k - {})", test.csharp, a.csharp, b.csharp),
                format!("IIF({}, [k] + {}, [k] - {})", test.entra, a.entra, b.entra),
            )
        }
        _ => leaf(t),
    })
}

/// A condition.
pub(super) fn truth(t: &mut Tape<'_>) -> Pair {
    let leaf = |t: &mut Tape<'_>| match t.next(3) {
        0 => Pair::of("b", "[b]"),
        1 => Pair::of("true", "True"),
        _ => Pair::of("(o == null)", "IsNull([o])"),
    };
    t.deeper(leaf, |t| match t.next(9) {
        0 => both_of(t, truth, "({} && {})", "({} && {})"),
        1 => both_of(t, truth, "({} || {})", "({} || {})"),
        2 => {
            let a = truth(t);
            Pair::of(format!("!({})", a.csharp), format!("Not({})", a.entra))
        }
        3 => both_of(t, text, "({} == {})", "({} = {})"),
        4 => both_of(t, text, "({} != {})", "({} <> {})"),
        5 => both_of(t, number, "({} < {})", "({} < {})"),
        6 => {
            let a = text(t);
            Pair::of(
                format!("string.IsNullOrEmpty({})", a.csharp),
                format!("IsNullOrEmpty({})", a.entra),
            )
        }
        7 => {
            let a = text(t);
            Pair::of(
                format!("IsPresent({})", a.csharp),
                format!("IsPresent({})", a.entra),
            )
        }
        _ => {
            let a = list(t);
            Pair::of(
                format!("({}).Any()", a.csharp),
                format!("(Count({}) > 0)", a.entra),
            )
        }
    })
}

fn both_of(t: &mut Tape<'_>, of: fn(&mut Tape<'_>) -> Pair, csharp: &str, entra: &str) -> Pair {
    let (a, b) = (of(t), of(t));
    let put = |form: &str, a: &str, b: &str| {
        let (head, rest) = form.split_once("{}").unwrap_or((form, ""));
        let (middle, tail) = rest.split_once("{}").unwrap_or((rest, ""));
        format!("{head}{a}{middle}{b}{tail}")
    };
    Pair::of(
        put(csharp, &a.csharp, &b.csharp),
        put(entra, &a.entra, &b.entra),
    )
}

/// A list of texts that is there.
pub(super) fn list(t: &mut Tape<'_>) -> Pair {
    let leaf = |_: &mut Tape<'_>| Pair::of("l", "[l]");
    t.deeper(leaf, |t| {
        let v = t.fresh();
        match t.next(5) {
            0 => {
                let a = list(t);
                Pair::of(
                    format!("({}).Where({v} => {v}.Length > 2)", a.csharp),
                    format!("Where(${v}, {}, Len(${v}) > 2)", a.entra),
                )
            }
            1 => {
                let a = list(t);
                Pair::of(
                    format!("({}).Select({v} => {v}.ToUpper())", a.csharp),
                    format!("Select(${v}, {}, UCase(${v}))", a.entra),
                )
            }
            2 => {
                let a = list(t);
                Pair::of(
                    format!("({}).Select({v} => {v}.Trim())", a.csharp),
                    format!("Trim({})", a.entra),
                )
            }
            3 => Pair::of("s.Split(',')", "Split([s], \",\")"),
            _ => leaf(t),
        }
    })
}
