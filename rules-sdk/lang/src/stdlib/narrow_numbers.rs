//! Numbers of 8, 16 and 32 bits: `byte`, `sbyte`, `short`, `ushort` and `uint`.
//!
//! Invariants: once read they are an `int`, a `uint` a `long`, which hold all of their values; reading and converting
//! fail with an overflow outside their own range.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::convert_numbers::zero_when_absent;
use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

const PARSE: &[ErrorKind] = &[ErrorKind::Format, ErrorKind::Overflow];
const OVERFLOW: &[ErrorKind] = &[ErrorKind::Overflow];
const BASE: &[ErrorKind] = &[
    ErrorKind::Format,
    ErrorKind::Overflow,
    ErrorKind::Argument,
    ErrorKind::OutOfRange,
];

/// The least and the greatest value of a type.
pub(crate) fn limits(name: &str) -> Option<(i64, i64)> {
    Some(match name {
        "byte" | "Byte" => (0, 0xff),
        "sbyte" | "SByte" => (-0x80, 0x7f),
        "short" | "Int16" => (-0x8000, 0x7fff),
        "ushort" | "UInt16" => (0, 0xffff),
        "uint" | "UInt32" => (0, 0xffff_ffff),
        _ => return None,
    })
}

/// A long that must lie between the limits.
pub(crate) fn between(value: Ir, limits: (i64, i64), site: Site) -> Ir {
    let args = vec![value, Ir::Word(limits.0), Ir::Word(limits.1)];
    Ir::Unbox(Ir::Call(Fn::Between, args, site).into())
}

fn long(function: Fn, args: Vec<Ir>, site: Site) -> Ir {
    Ir::Unbox(Ir::Call(function, args, site).into())
}

macro_rules! narrow {
    ($entries:ident, $owner:literal, $convert:literal, $result:literal, $least:expr, $most:expr, $summary:literal, $examples:expr) => {
        const $entries: Entry = Entry {
            summary: $summary,
            cost: "48 units, a text as Parse",
            advice: "test the range first",
            overloads: &[
                Overload::of(
                    concat!("static ", $owner, ".Parse(string s): ", $result),
                    Lower::With(|args, site| {
                        between(long(Fn::ParseLong, args, site), ($least, $most), site)
                    }),
                    PARSE,
                ),
                Overload::of(
                    concat!(
                        "static ",
                        $owner,
                        ".Parse(string s, CultureInfo? provider): ",
                        $result
                    ),
                    Lower::With(|mut args, site| {
                        args.truncate(1);
                        between(long(Fn::ParseLong, args, site), ($least, $most), site)
                    }),
                    PARSE,
                ),
                Overload::of(
                    concat!(
                        "static ",
                        $owner,
                        ".Parse(string s, NumberStyles style, CultureInfo? provider = 0): ",
                        $result
                    ),
                    Lower::With(|args, site| {
                        let args = vec![args[0].clone(), Ir::Word(1), args[1].clone()];
                        between(long(Fn::ParseStyled, args, site), ($least, $most), site)
                    }),
                    PARSE,
                ),
                Overload::of(
                    concat!("static Convert.", $convert, "(long value): ", $result),
                    Lower::With(|mut args, site| between(args.remove(0), ($least, $most), site)),
                    OVERFLOW,
                ),
                Overload::of(
                    concat!("static Convert.", $convert, "(char value): ", $result),
                    Lower::With(|mut args, site| between(args.remove(0), ($least, $most), site)),
                    OVERFLOW,
                ),
                Overload::of(
                    concat!("static Convert.", $convert, "(double value): ", $result),
                    Lower::With(|args, site| {
                        between(long(Fn::DoubleToLong, args, site), ($least, $most), site)
                    }),
                    OVERFLOW,
                ),
                Overload::of(
                    concat!("static Convert.", $convert, "(decimal value): ", $result),
                    Lower::With(|mut args, site| {
                        args.push(Ir::Word(1));
                        between(long(Fn::DecimalToLong, args, site), ($least, $most), site)
                    }),
                    OVERFLOW,
                ),
                Overload::sure(
                    concat!("static Convert.", $convert, "(bool value): ", $result),
                    Lower::With(|mut args, _| args.remove(0)),
                ),
                Overload::of(
                    concat!("static Convert.", $convert, "(string? value): ", $result),
                    Lower::With(|args, site| {
                        between(
                            zero_when_absent(args, site, Fn::ParseLong),
                            ($least, $most),
                            site,
                        )
                    }),
                    PARSE,
                ),
                Overload::of(
                    concat!(
                        "static Convert.",
                        $convert,
                        "(string? value, int fromBase): ",
                        $result
                    ),
                    Lower::With(|mut args, site| {
                        args.push(Ir::Word(64));
                        between(long(Fn::FromBase, args, site), ($least, $most), site)
                    }),
                    BASE,
                ),
            ],
            examples: $examples,
        };
    };
}

narrow!(
    BYTE,
    "byte",
    "ToByte",
    "int",
    0,
    0xff,
    "A number from 0 to 255.",
    &[
        Example::with("byte.Parse(x)", r#"{"x":"255"}"#, "255"),
        Example::with("byte.Parse(x)", r#"{"x":"256"}"#, "error:overflow"),
        Example::with("Convert.ToByte(x)", r#"{"x":null}"#, "0"),
        Example::of(r#"Convert.ToByte("ff", 16) + Convert.ToByte(2.5)"#, "257"),
    ]
);
narrow!(
    SBYTE,
    "sbyte",
    "ToSByte",
    "int",
    -0x80,
    0x7f,
    "A number from -128 to 127.",
    &[
        Example::with("sbyte.Parse(x)", r#"{"x":"-128"}"#, "-128"),
        Example::of("Convert.ToSByte(128)", "error:overflow"),
        Example::with("Convert.ToSByte(x)", r#"{"x":null}"#, "0"),
    ]
);
narrow!(
    SHORT,
    "short",
    "ToInt16",
    "int",
    -0x8000,
    0x7fff,
    "A number from -32,768 to 32,767.",
    &[
        Example::with(
            "short.TryParse(x, out var n) ? n : -1",
            r#"{"x":"40000"}"#,
            "-1"
        ),
        Example::of("Convert.ToInt16(3.5m)", "4"),
        Example::with("Convert.ToInt16(x)", r#"{"x":null}"#, "0"),
    ]
);
narrow!(
    USHORT,
    "ushort",
    "ToUInt16",
    "int",
    0,
    0xffff,
    "A number from 0 to 65,535.",
    &[
        Example::with("ushort.Parse(x)", r#"{"x":"65535"}"#, "65535"),
        Example::of("Convert.ToUInt16(-1)", "error:overflow"),
        Example::with("Convert.ToUInt16(x)", r#"{"x":null}"#, "0"),
    ]
);
narrow!(
    UINT,
    "uint",
    "ToUInt32",
    "long",
    0,
    0xffff_ffff,
    "A number from 0 to 4,294,967,295.",
    &[
        Example::with("uint.Parse(x)", r#"{"x":"4294967295"}"#, "4294967295"),
        Example::of("unchecked((uint)-1)", "4294967295"),
        Example::of("Convert.ToUInt32(4294967296L)", "error:overflow"),
        Example::with("Convert.ToUInt32(x)", r#"{"x":null}"#, "0"),
    ]
);

const CHAR: Entry = Entry {
    summary: "The character with a number, or the only one of a text.",
    cost: "48 units",
    advice: "the text must have one character",
    overloads: &[
        Overload::of(
            "static Convert.ToChar(long value): char",
            Lower::With(|mut args, site| between(args.remove(0), (0, 0xffff), site)),
            OVERFLOW,
        ),
        Overload::sure(
            "static Convert.ToChar(char value): char",
            Lower::With(|mut args, _| args.remove(0)),
        ),
        Overload::of(
            "static Convert.ToChar(string value): char",
            Lower::With(only),
            &[ErrorKind::Format],
        ),
        Overload::of(
            "static char.Parse(string s): char",
            Lower::With(only),
            &[ErrorKind::Format],
        ),
    ],
    examples: &[
        Example::of("Convert.ToChar(65)", "\"A\""),
        Example::with("char.Parse(x)", r#"{"x":"é"}"#, "\"é\""),
        Example::with("char.Parse(x)", r#"{"x":""}"#, "error:format"),
    ],
};

pub(super) const ENTRIES: &[Entry] = &[BYTE, SBYTE, SHORT, USHORT, UINT, CHAR];

/// The character of a text that has one.
fn only(args: Vec<Ir>, site: Site) -> Ir {
    let text = args[0].clone();
    let len = Ir::Call(Fn::Length, vec![text.clone()], site);
    let one = Ir::Op(Op::Eq, vec![len, Ir::Word(1)], 0);
    let first = Ir::Call(Fn::CharAt, vec![text, Ir::Word(0), Ir::Word(0)], site);
    let fail = Ir::Exit(crate::ir::Exit::Fail(ErrorKind::Format, site));
    Ir::If(one.into(), first.into(), fail.into())
}
