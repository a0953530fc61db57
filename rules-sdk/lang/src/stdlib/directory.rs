//! Directory helpers of our own.
//!
//! Invariants: nothing is looked up; results follow Active Directory's habits.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The value as it must stand in a DN.",
        cost: "16 units per byte",
        advice: "",
        overloads: &[Overload {
            signature: "static Dn.Escape(string value): string",
            lower: Lower::Rt(Fn::DnEscape),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: r#""CN=" + Dn.Escape(cn)"#,
                input: r#"{"cn":"Byron, Ada #1"}"#,
                result: r#""CN=Byron\\, Ada #1""#,
            },
            Example {
                expr: r#"Dn.Escape(" a ")"#,
                input: "{}",
                result: r#""\\ a\\ ""#,
            },
            Example {
                expr: r#"Dn.Escape("")"#,
                input: "{}",
                result: r#""""#,
            },
        ],
    },
    Entry {
        summary: "The first RDN of a DN, or nothing.",
        cost: "16 units per byte",
        advice: "",
        overloads: &[Overload {
            signature: "static Dn.Rdn(string dn): string?",
            lower: Lower::Rt(Fn::DnRdn),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: r#"Dn.Rdn("CN=a\\,b,OU=x")"#,
                input: "{}",
                result: r#""CN=a\\,b""#,
            },
            Example {
                expr: r#"Dn.Rdn("")"#,
                input: "{}",
                result: "null",
            },
        ],
    },
    Entry {
        summary: "The DN of the parent, or nothing.",
        cost: "16 units per byte",
        advice: "",
        overloads: &[Overload {
            signature: "static Dn.Parent(string dn): string?",
            lower: Lower::Rt(Fn::DnParent),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: r#"Dn.Parent("CN=a,OU=x,DC=y")"#,
                input: "{}",
                result: r#""OU=x,DC=y""#,
            },
            Example {
                expr: r#"Dn.Parent("DC=y")"#,
                input: "{}",
                result: "null",
            },
        ],
    },
    Entry {
        summary: "The address behind `SMTP:` in a list of proxy addresses, or nothing.",
        cost: "16 units per value",
        advice: "",
        overloads: &[Overload {
            signature: "helper PrimarySmtp(List<string>? value): string?",
            lower: Lower::Rt(Fn::PrimarySmtp),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "PrimarySmtp(proxyAddresses)",
                input: r#"{"proxyAddresses":["smtp:a@x","SMTP:b@x"]}"#,
                result: r#""b@x""#,
            },
            Example {
                expr: "proxyAddresses.PrimarySmtp()",
                input: r#"{"proxyAddresses":["smtp:a@x"]}"#,
                result: "null",
            },
        ],
    },
    Entry {
        summary: "The address with another domain.",
        cost: "32 units, 1 per byte",
        advice: "the value must contain `@`",
        overloads: &[Overload {
            signature: "helper ReplaceDomain(string value, string domain): string",
            lower: Lower::Rt(Fn::ReplaceDomain),
            errors: &[ErrorKind::Argument],
        }],
        examples: &[
            Example {
                expr: r#"mail.ReplaceDomain("fabrikam.test")"#,
                input: r#"{"mail":"ada@contoso.test"}"#,
                result: r#""ada@fabrikam.test""#,
            },
            Example {
                expr: r#"ReplaceDomain(mail, "x")"#,
                input: r#"{"mail":"ada"}"#,
                result: "error:argument",
            },
            Example {
                expr: r#"mail?.ReplaceDomain("x")"#,
                input: r#"{"mail":null}"#,
                result: "null",
            },
        ],
    },
    Entry {
        summary: "The text form of a SID.",
        cost: "128 units",
        advice: "the octets must be a SID",
        overloads: &[Overload {
            signature: "static Sid.ToString(byte[] value): string",
            lower: Lower::Rt(Fn::SidToText),
            errors: &[ErrorKind::Argument],
        }],
        examples: &[
            Example {
                expr: r#"Sid.ToString(Convert.FromHexString("010100000000000512000000"))"#,
                input: "{}",
                result: r#""S-1-5-18""#,
            },
            Example {
                expr: r#"Sid.ToString(Convert.FromHexString(""))"#,
                input: "{}",
                result: "error:argument",
            },
        ],
    },
    Entry {
        summary: "Are these bits set?",
        cost: "free",
        advice: "",
        overloads: &[Overload {
            signature: "static Bits.Has(long value, long flag): bool",
            lower: Lower::With(|args, site| {
                let both = Ir::Op(
                    crate::ir::Op::And,
                    vec![args[0].clone(), args[1].clone()],
                    site,
                );
                Ir::Op(crate::ir::Op::Eq, vec![both, args[1].clone()], site)
            }),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "Bits.Has(userAccountControl, 2)",
                input: r#"{"userAccountControl":514}"#,
                result: "true",
            },
            Example {
                expr: "Bits.Has(0, 2)",
                input: "{}",
                result: "false",
            },
        ],
    },
];
