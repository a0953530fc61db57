//! Programs in the dialect of Entra.

use super::arguments;
use super::kind::Kind;
use super::library::{given, member};
use super::tape::Tape;

/// An expression that gives this; in parentheses where an operator is outermost.
pub fn expr(t: &mut Tape<'_>, kind: Kind) -> String {
    t.deeper(
        |t| leaf(t, kind),
        |t| match t.next(20) {
            0..9 => call(t, kind).unwrap_or_else(|| leaf(t, kind)),
            9..18 => special(t, kind),
            _ => leaf(t, kind),
        },
    )
}

fn leaf(t: &mut Tape<'_>, kind: Kind) -> String {
    let of: &[&str] = match kind {
        Kind::Text => &[
            "[s]",
            "\"a\"",
            "\"Ada Byron\"",
            "\"ä😀ß\"",
            "\"\"",
            "CRLF",
            "%Domain.Name%",
            "\"True\"",
            "\"12\"",
        ],
        Kind::Maybe => &["[o]", "[s]", "NULL", "ImportedValue(\"o\")"],
        Kind::Int | Kind::Long => &[
            "[n]",
            "0",
            "3",
            "[k]",
            "&HFF",
            "[p]",
            "-1",
            "%Level%",
            "ValueCount(\"m\")",
        ],
        Kind::Bool => &["[b]", "True", "False", "[c]"],
        Kind::Date => &["[w]", "Now()", "[z]"],
        Kind::Octets => &["[x]", "[y]"],
        Kind::Texts => &["[l]", "[m]"],
        Kind::Double => &["[d]"],
        Kind::Ints => &["[numbers]"],
        _ => &["[s]"],
    };
    t.pick(of).to_owned()
}

fn call(t: &mut Tape<'_>, kind: Kind) -> Option<String> {
    // What gives a text may be absent in this dialect, and the other way round.
    let kind = match (kind, t.next(4)) {
        (Kind::Maybe, 0..3) | (Kind::Text, 0..3) => Kind::Text,
        (Kind::Text, _) => Kind::Maybe,
        (Kind::Int | Kind::Long, 0..2) => Kind::Int,
        (Kind::Int | Kind::Long, _) => Kind::Long,
        (kind, _) => kind,
    };
    let member = member(t, kind, true)?;
    if member.name == "Replace" && member.params.len() == 7 {
        return Some(replaced(t));
    }
    let args = given(t, member, |t, param| {
        arguments::entra(t, member, param).unwrap_or_else(|| {
            // A function over one value is applied to each of several.
            match param.kind {
                Kind::Text if t.next(8) == 7 => leaf(t, Kind::Texts),
                kind => expr(t, kind),
            }
        })
    });
    Some(format!("{}({})", member.name, args.join(", ")))
}

/// `Replace` of provisioning: what is not used is left out.
fn replaced(t: &mut Tape<'_>) -> String {
    let source = expr(t, Kind::Text);
    match t.next(4) {
        0 => format!(
            "Replace({source}, {}, , , {}, , )",
            expr(t, Kind::Text),
            expr(t, Kind::Text)
        ),
        1 => format!(
            "Replace({source}, , \"{}\", , {}, , )",
            t.pick(arguments::PATTERNS),
            expr(t, Kind::Text)
        ),
        2 => format!(
            "Replace({source}, , \"(?<g>a|b+)\", \"g\", {}, , )",
            expr(t, Kind::Text)
        ),
        _ => format!("Replace({source}, \"a\", , , , , {})", expr(t, Kind::Text)),
    }
}

/// What the checker knows by itself.
fn special(t: &mut Tape<'_>, kind: Kind) -> String {
    let any = |t: &mut Tape<'_>| {
        let kinds = [
            Kind::Maybe,
            Kind::Text,
            Kind::Int,
            Kind::Texts,
            Kind::Date,
            Kind::Octets,
            Kind::Bool,
        ];
        let kind = kinds[usize::from(t.next(7))];
        expr(t, kind)
    };
    match kind {
        Kind::Text | Kind::Maybe => match t.next(12) {
            0 => format!("({} & {})", expr(t, Kind::Text), expr(t, Kind::Maybe)),
            1 => format!("CStr({})", any_single(t)),
            2 => format!("Join({}, {})", expr(t, Kind::Texts), expr(t, Kind::Text)),
            3 => format!(
                "Join({}, {}, {})",
                expr(t, Kind::Text),
                expr(t, Kind::Maybe),
                expr(t, Kind::Text)
            ),
            4 => format!("Item({}, {})", expr(t, Kind::Texts), t.next(4)),
            5 => format!(
                "ItemOrNull({}, {})",
                expr(t, Kind::Texts),
                expr(t, Kind::Int)
            ),
            6 => format!(
                "Coalesce({}, {})",
                expr(t, Kind::Maybe),
                expr(t, Kind::Text)
            ),
            7 => format!("Redact({})", expr(t, Kind::Text)),
            8 => format!(
                "IIF({}, {}, Error({}))",
                expr(t, Kind::Bool),
                expr(t, kind),
                expr(t, Kind::Text)
            ),
            9 => format!("IgnoreFlowIfNullOrEmpty({})", expr(t, Kind::Maybe)),
            10 => format!("({} + {})", expr(t, Kind::Text), expr(t, Kind::Text)),
            _ => chosen(t, kind),
        },
        Kind::Int | Kind::Long => match t.next(8) {
            0 => format!(
                "({} {} {})",
                expr(t, kind),
                t.pick(&["+", "-", "*"]),
                expr(t, kind)
            ),
            1 => format!("CNum({})", expr(t, Kind::Text)),
            2 => format!("Count({})", any(t)),
            3 => format!("BitAnd({}, {})", expr(t, kind), expr(t, kind)),
            4 => format!("BitOr({}, {})", expr(t, kind), expr(t, kind)),
            5 => format!(
                "Contains({}, {})",
                expr(t, Kind::Texts),
                expr(t, Kind::Text)
            ),
            6 => format!("Len({})", expr(t, Kind::Text)),
            _ => chosen(t, kind),
        },
        Kind::Bool => match t.next(14) {
            0 => format!("IsNull({})", any(t)),
            1 => format!("IsEmpty({})", any(t)),
            2 => format!("IsNullOrEmpty({})", any(t)),
            3 => format!("IsPresent({})", any(t)),
            4 => format!("IsString({})", any(t)),
            5 => format!("Not({})", expr(t, Kind::Bool)),
            6 => format!(
                "({} {} {})",
                expr(t, Kind::Bool),
                t.pick(&["&&", "||"]),
                expr(t, Kind::Bool)
            ),
            7 => format!(
                "({} {} {})",
                expr(t, Kind::Text),
                t.pick(&["=", "<>"]),
                expr(t, Kind::Maybe)
            ),
            8 => format!(
                "({} {} {})",
                expr(t, Kind::Long),
                t.pick(&["=", "<>", "<", ">", "<=", ">="]),
                expr(t, Kind::Long)
            ),
            9 => format!(
                "({} {} {})",
                expr(t, Kind::Date),
                t.pick(&["<", ">", "="]),
                expr(t, Kind::Date)
            ),
            10 => format!(
                "CBool({})",
                t.pick(&["[s]", "[n]", "\"true\"", "[b]", "[o]"])
            ),
            11 => format!("IsBitSet({}, {})", expr(t, Kind::Long), expr(t, Kind::Long)),
            12 => format!("Not({})", expr(t, Kind::Text)),
            _ => format!("IsPresent({})", expr(t, Kind::Maybe)),
        },
        Kind::Texts => match t.next(7) {
            0 => format!(
                "Split({}, {})",
                expr(t, Kind::Text),
                t.pick(&["\",\"", "\"a\"", "\" \""])
            ),
            1 => format!(
                "Where($item, {}, {})",
                expr(t, Kind::Texts),
                t.looped(|t| format!("(Len($item) > {})", t.next(5)))
            ),
            2 => format!(
                "Select($item, {}, {})",
                expr(t, Kind::Texts),
                t.looped(|t| format!("UCase(($item & {}))", expr(t, Kind::Text)))
            ),
            3 => format!("RemoveDuplicates({})", expr(t, Kind::Texts)),
            4 => format!("Trim({})", expr(t, Kind::Texts)),
            5 => format!(
                "With($v, {}, Split(($v & {}), \",\"))",
                expr(t, Kind::Text),
                expr(t, Kind::Text)
            ),
            _ => leaf(t, kind),
        },
        _ => chosen(t, kind),
    }
}

/// Something that has a text of its own.
fn any_single(t: &mut Tape<'_>) -> String {
    let kinds = [Kind::Int, Kind::Bool, Kind::Text, Kind::Long, Kind::Maybe];
    let kind = kinds[usize::from(t.next(5))];
    expr(t, kind)
}

/// One of several.
fn chosen(t: &mut Tape<'_>, kind: Kind) -> String {
    match t.next(4) {
        0 => format!(
            "IIF({}, {}, {})",
            expr(t, Kind::Bool),
            expr(t, kind),
            expr(t, kind)
        ),
        1 => format!(
            "Switch({}, {}, True, {})",
            expr(t, Kind::Bool),
            expr(t, kind),
            expr(t, kind)
        ),
        2 => format!(
            "Switch({}, {}, \"a\", {}, \"\", {})",
            expr(t, Kind::Maybe),
            expr(t, kind),
            expr(t, kind),
            expr(t, kind)
        ),
        _ => format!(
            "IIF(IsNull({}), NULL, {})",
            expr(t, Kind::Maybe),
            expr(t, kind)
        ),
    }
}

/// A whole program.
pub fn program(t: &mut Tape<'_>) -> String {
    let kinds = [
        Kind::Text,
        Kind::Maybe,
        Kind::Int,
        Kind::Bool,
        Kind::Texts,
        Kind::Date,
        Kind::Octets,
        Kind::Long,
    ];
    let kind = kinds[usize::from(t.next(8))];
    match t.next(12) {
        0 => format!(
            "IIF({}, {}, IgnoreThisFlow)",
            expr(t, Kind::Bool),
            expr(t, kind)
        ),
        1 => format!(
            "IIF({}, {}, AuthoritativeNull)",
            expr(t, Kind::Bool),
            expr(t, kind)
        ),
        _ => expr(t, kind),
    }
}
