//! Several values: the functions of Entra Connect and of Entra provisioning.
//!
//! Source: as of the texts. Whether values differ by case alone is not documented for RemoveDuplicates: they stay apart,
//! because `SMTP:` and `smtp:` are not the same address.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The place of the first value that holds a text, from 1 on; 0 where none does. References are compared as a whole.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra Contains(List<string>? attribute, string search, vbCompare compare = 0): int",
            Lower::Then(Fn::EntraContains, &[0]),
        )],
        examples: &[
            Example::with(
                r#"Contains([proxyAddresses], "SMTP:")"#,
                r#"{"proxyAddresses":["smtp:a@x","SMTP:b@x"]}"#,
                "2",
            ),
            Example::with(
                r#"Contains([proxyAddresses], "SMTP:", CaseInsensitive)"#,
                r#"{"proxyAddresses":["smtp:a@x","SMTP:b@x"]}"#,
                "1",
            ),
            Example::with(
                r#"IIF(Contains([proxyAddresses], "x500") > 0, "yes", "no")"#,
                r#"{"proxyAddresses":[]}"#,
                r#""no""#,
            ),
        ],
    },
    Entry {
        summary: "The values without those that were there before.",
        cost: "8 units for each pair of values",
        advice: "",
        overloads: &[Overload::sure(
            "entra RemoveDuplicates(List<string> attribute): List<string>",
            Lower::With(distinct),
        )],
        examples: &[
            Example::with(
                "RemoveDuplicates([otherPager])",
                r#"{"otherPager":["1","2","1"]}"#,
                r#"["1","2"]"#,
            ),
            Example::with(
                "RemoveDuplicates([otherPager])",
                r#"{"otherPager":[]}"#,
                "[]",
            ),
        ],
    },
    Entry {
        summary: "The parts of a text between delimiters; with a limit at most so many.",
        cost: "8 units per byte",
        advice: "the delimiter is one character or more",
        overloads: &[
            Overload {
                signature: "entra Split(string value, string delimiter): List<string>",
                lower: Lower::With(split),
                errors: &[ErrorKind::Argument],
            },
            Overload {
                signature: "entra Split(string value, string delimiter, long limit): List<string>",
                lower: Lower::With(split),
                errors: &[ErrorKind::Argument],
            },
        ],
        examples: &[
            Example::with(
                r#"Split("SMTP:john.doe@contoso.com,smtp:jd@contoso.com", ",")"#,
                "{}",
                r#"["SMTP:john.doe@contoso.com","smtp:jd@contoso.com"]"#,
            ),
            Example::with(r#"Item(Split("a,b,c", ",", 2), 2)"#, "{}", r#""b,c""#),
            Example::with(r#"Split([sn], ",")"#, r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The value of the n-th component of a distinguished name from the left; absent where there is none.",
        cost: "8 units per byte",
        advice: "components count from 1",
        overloads: &[Overload {
            signature: "entra DNComponent(string dn, long component): string?",
            lower: Lower::Then(Fn::EntraDnComponent, &[0, 0]),
            errors: &[ErrorKind::OutOfRange],
        }],
        examples: &[
            Example::with(
                r#"DNComponent(CRef("cn=Joe,ou=NYC,ou=US,dc=contoso,dc=com"), 1)"#,
                "{}",
                r#""Joe""#,
            ),
            Example::with(
                r#"DNComponent("cn=Do\, Joe,ou=NYC", 1)"#,
                "{}",
                r#""Do\\, Joe""#,
            ),
            Example::with(r#"DNComponent("cn=Joe", 2)"#, "{}", "null"),
            Example::with(r#"DNComponent("cn=Joe", 0)"#, "{}", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "The value of the n-th component of a distinguished name from the right; with \"DC\" the domain's do not count.",
        cost: "16 units per byte",
        advice: "components count from 1",
        overloads: &[
            Overload {
                signature: "entra DNComponentRev(string dn, long component): string?",
                lower: Lower::Then(Fn::EntraDnComponent, &[1, 0]),
                errors: &[ErrorKind::OutOfRange],
            },
            Overload {
                signature: "entra DNComponentRev(string dn, long component, string options): string?",
                lower: Lower::With(without_domain),
                errors: &[ErrorKind::OutOfRange],
            },
        ],
        examples: &[
            Example::with(
                r#"DNComponentRev("cn=Joe,ou=NYC,ou=US,dc=contoso,dc=com", 1, "DC")"#,
                "{}",
                r#""US""#,
            ),
            Example::with(
                r#"DNComponentRev("cn=Joe,ou=NYC,ou=US,dc=contoso,dc=com", 1)"#,
                "{}",
                r#""com""#,
            ),
            Example::with(r#"DNComponentRev("cn=Joe", 2)"#, "{}", "null"),
        ],
    },
    Entry {
        summary: "A component of a distinguished name (`cn=value`, or a value alone) with its value as it must stand there.",
        cost: "8 units per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra EscapeDNComponent(string dn): string",
            Lower::Rt(Fn::EntraDnEscape),
        )],
        examples: &[
            Example::with(
                r#"EscapeDNComponent("cn=" & "Lovelace, Ada")"#,
                "{}",
                r#""cn=Lovelace\\, Ada""#,
            ),
            Example::with(
                r#"EscapeDNComponent("a, b = c")"#,
                "{}",
                r#""a\\, b \\= c""#,
            ),
            Example::with(r#"EscapeDNComponent("")"#, "{}", r#""""#),
        ],
    },
];

fn distinct(args: Vec<Ir>, site: Site) -> Ir {
    let list = args.into_iter().next().unwrap_or(Ir::Word(0));
    // Values are their own keys, and are texts.
    Ir::Call(Fn::Distinct, vec![list.clone(), list, Ir::Word(1)], site)
}

fn split(args: Vec<Ir>, site: Site) -> Ir {
    let mut args = args.into_iter();
    let (value, delimiter) = (args.next(), args.next());
    let limit = match args.next() {
        Some(Ir::Word(limit)) => Ir::Word(limit.clamp(i64::from(i32::MIN), i64::from(i32::MAX))),
        Some(limit) => Ir::Op(Op::Narrow, vec![limit], site),
        None => Ir::Word(i64::from(i32::MAX)),
    };
    let delimiters = Ir::Items(delimiter.into_iter().collect(), site);
    let value = value.unwrap_or(Ir::Word(0));
    Ir::Call(
        Fn::SplitTexts,
        vec![value, delimiters, limit, Ir::Word(0)],
        site,
    )
}

fn without_domain(mut args: Vec<Ir>, site: Site) -> Ir {
    let options = args.pop().unwrap_or(Ir::Word(0));
    let is_dc = Ir::Call(
        Fn::EqualIgnoreCase,
        vec![options, Ir::Text("DC".to_owned())],
        site,
    );
    args.extend([Ir::Word(1), is_dc]);
    Ir::Call(Fn::EntraDnComponent, args, site)
}
