//! What a run gives: its clock, and draws that stay the same for an object.
//!
//! The clock is the run's, so that all objects see one instant. A draw follows from a key of the tenant, the object, the
//! attribute it flows to and its place in the expression: it differs between objects and is the same in what-if and
//! export.
//!
//! Source: Microsoft, "Entra Connect Sync: Functions Reference" (Guid, Now, RandomNum) and "Reference for writing
//! expressions for attribute mappings in Microsoft Entra ID" (Guid, Now, RandomString); .NET's `Random.Next`.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The instant of the run, in UTC; `Today` is the beginning of its day.",
        cost: "nothing",
        advice: "",
        overloads: &[
            Overload::sure("static DateTime.UtcNow: DateTime", Lower::Checker),
            Overload::sure("static DateTime.Now: DateTime", Lower::Checker),
            Overload::sure("static DateTime.Today: DateTime", Lower::Checker),
        ],
        examples: &[
            Example::of("DateTime.UtcNow == DateTime.Now", "true"),
            Example::of("DateTime.Today.TimeOfDay == TimeSpan.Zero", "true"),
            Example::with(
                "leaves == null || DateTime.Parse(leaves) > DateTime.UtcNow",
                r#"{"leaves":null}"#,
                "true",
            ),
        ],
    },
    Entry {
        summary: "A new GUID, the same for an object whenever it is asked.",
        cost: "32 units",
        advice: "",
        overloads: &[Overload::sure(
            "static Guid.NewGuid(): Guid",
            Lower::Drawn(|seed, _, site| Ir::Call(Fn::DrawGuid, vec![seed], site)),
        )],
        examples: &[
            Example::of(r#"Guid.NewGuid().ToString("N").Length"#, "32"),
            Example::of("Guid.NewGuid().ToString()[14]", r#""4""#),
            Example::of("Guid.NewGuid() == Guid.NewGuid()", "false"),
        ],
    },
    Entry {
        summary: "A number from 0 or a lower limit up to, and without, an upper limit; the same for an object whenever it is asked.",
        cost: "32 units",
        advice: "the lower limit comes first",
        overloads: &[
            Overload::sure(
                "static Random.Shared.Next(): int",
                Lower::Drawn(|seed, _, site| {
                    int(seed, Ir::Word(0), Ir::Word(i64::from(i32::MAX)), site)
                }),
            ),
            Overload::of(
                "static Random.Shared.Next(int maxValue): int",
                Lower::Drawn(|seed, args, site| {
                    let [to] = exactly(args);
                    int(seed, Ir::Word(0), to, site)
                }),
                RANGE,
            ),
            Overload::of(
                "static Random.Shared.Next(int minValue, int maxValue): int",
                Lower::Drawn(|seed, args, site| {
                    let [from, to] = exactly(args);
                    int(seed, from, to, site)
                }),
                RANGE,
            ),
            Overload::of(
                "static Random.Shared.NextInt64(long minValue, long maxValue): long",
                Lower::Drawn(|seed, args, site| {
                    let [from, to] = exactly(args);
                    Ir::Call(Fn::DrawNumber, vec![seed, from, to, Ir::Word(0)], site)
                }),
                RANGE,
            ),
        ],
        examples: &[
            Example::of("Random.Shared.Next(7, 8)", "7"),
            Example::of("Random.Shared.Next(1000, 10000).ToString().Length", "4"),
            Example::of("Random.Shared.Next(0)", "0"),
            Example::of("Random.Shared.Next(2, 1)", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "The instant of the run, in UTC.",
        cost: "nothing",
        advice: "",
        overloads: &[Overload::sure("entra Now(): DateTime", Lower::Checker)],
        examples: &[
            Example::of(r#"Now() > CDate("2020-01-01")"#, "true"),
            Example::with(
                "IIF(IsNull([accountExpires]), True, DateFromNum(CNum([accountExpires])) > Now())",
                r#"{"accountExpires":null}"#,
                "true",
            ),
        ],
    },
    Entry {
        summary: "A new GUID as text, the same for an object whenever it is asked.",
        cost: "96 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra Guid(): string",
            Lower::Drawn(|seed, _, site| {
                let guid = Ir::Call(Fn::DrawGuid, vec![seed], site);
                Ir::Call(Fn::GuidToText, vec![guid, Ir::Text("D".into())], site)
            }),
        )],
        examples: &[
            Example::of("Len(Guid())", "36"),
            Example::of("IsGuid(Guid())", "true"),
            Example::of(r#"Guid() = """#, "false"),
        ],
    },
    Entry {
        summary: "A number between two others, both included; the same for an object whenever it is asked.",
        cost: "32 units",
        advice: "the lower limit comes first",
        overloads: &[
            Overload::of(
                "entra RandomNum(long start, long end): long",
                Lower::Drawn(between),
                RANGE,
            ),
            Overload::of(
                "entra Random(long start, long end): long",
                Lower::Drawn(between),
                RANGE,
            ),
        ],
        examples: &[
            Example::of("Len(CStr(RandomNum(100, 999)))", "3"),
            Example::of("RandomNum(5, 5)", "5"),
            Example::of("Random(100, 999) >= 100", "true"),
            Example::of("RandomNum(6, 4)", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "A text of a length with at least so many digits, special characters, capital and small letters, without the characters to avoid; the same for an object whenever it is asked.",
        cost: "32 units and 32 for every character",
        advice: "the length is 1 to 256 and holds all that is demanded",
        overloads: &[
            Overload::of(
                "entra RandomString(long length, long minimumNumbers, long minimumSpecialCharacters, long minimumCapital, long minimumLowerCase): string",
                Lower::Drawn(|seed, args, site| text(seed, args, Ir::Word(0), site)),
                &[ErrorKind::Argument],
            ),
            Overload::of(
                "entra RandomString(long length, long minimumNumbers, long minimumSpecialCharacters, long minimumCapital, long minimumLowerCase, string? charactersToAvoid): string",
                Lower::Drawn(|seed, mut args, site| {
                    let avoid = args.pop().unwrap_or(Ir::Word(0));
                    text(seed, args, avoid, site)
                }),
                &[ErrorKind::Argument],
            ),
        ],
        examples: &[
            Example::of("Len(RandomString(6, 3, 0, 0, 3))", "6"),
            Example::of(r#"Len(RandomString(10, 2, 2, 2, 1, "?,"))"#, "10"),
            Example::of(r#"RandomString(3, 3, 0, 0, 0, "012345678")"#, r#""999""#),
            Example::of("RandomString(2, 3, 0, 0, 0)", "error:argument"),
            Example::of(r#"RandomString(0, 0, 0, 0, 0, "")"#, "error:argument"),
        ],
    },
];

/// The arguments that the signature names.
fn exactly<const N: usize>(args: Vec<Ir>) -> [Ir; N] {
    args.try_into().expect("as many arguments as parameters")
}

fn int(seed: Ir, from: Ir, to: Ir, site: Site) -> Ir {
    Ir::Unbox(Ir::Call(Fn::DrawNumber, vec![seed, from, to, Ir::Word(0)], site).into())
}

fn between(seed: Ir, args: Vec<Ir>, site: Site) -> Ir {
    let [from, last] = exactly(args);
    Ir::Call(Fn::DrawNumber, vec![seed, from, last, Ir::Word(1)], site)
}

fn text(seed: Ir, args: Vec<Ir>, avoid: Ir, site: Site) -> Ir {
    let cells = [seed].into_iter().chain(args).chain([avoid]);
    Ir::Call(Fn::DrawText, cells.collect(), site)
}
