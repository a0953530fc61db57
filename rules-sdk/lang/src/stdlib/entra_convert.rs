//! Conversions: the functions of Entra Connect and of Entra provisioning.
//!
//! Source: as of the texts; `CBin`, `Hex` and `Thumbprint` stand in the vendor's rules and in no reference.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Octets, or a text in UTF-16, as Base64.",
        cost: "8 units per 3 octets",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra ConvertToBase64(byte[] value): string",
                Lower::Rt(Fn::ToBase64),
            ),
            Overload::sure(
                "entra ConvertToBase64(string value): string",
                Lower::With(utf16_base64),
            ),
        ],
        examples: &[
            Example::with(
                r#"ConvertToBase64("Hello world!")"#,
                "{}",
                r#""SABlAGwAbABvACAAdwBvAHIAbABkACEA""#,
            ),
            Example::with(
                "ConvertToBase64([objectGUID])",
                r#"{"objectGUID":{"$b64":"AQID"}}"#,
                r#""AQID""#,
            ),
            Example::with("ConvertToBase64([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The text that was written as Base64, in UTF-16 unless another encoding is named.",
        cost: "8 units per octet",
        advice: "the text must be Base64 of that encoding",
        overloads: &[Overload {
            signature: "entra ConvertFromBase64(string source, EntraEncoding encoding = 1): string",
            lower: Lower::With(from_base64),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            Example::with(
                r#"ConvertFromBase64("SABlAGwAbABvACAAdwBvAHIAbABkACEA")"#,
                "{}",
                r#""Hello world!""#,
            ),
            Example::with(
                r#"ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)"#,
                "{}",
                r#""Hello world!""#,
            ),
            Example::with(r#"ConvertFromBase64("")"#, "{}", r#""""#),
            Example::with(r#"ConvertFromBase64("%")"#, "{}", "error:format"),
        ],
    },
    Entry {
        summary: "A text in UTF-8 as hexadecimal digits, and back.",
        cost: "16 units per octet",
        advice: "the text must be pairs of hexadecimal digits",
        overloads: &[
            Overload::sure(
                "entra ConvertToUTF8Hex(string str): string",
                Lower::With(to_hex),
            ),
            Overload {
                signature: "entra ConvertFromUTF8Hex(string source): string",
                lower: Lower::With(from_hex),
                errors: &[ErrorKind::Format],
            },
        ],
        examples: &[
            Example::with(
                r#"ConvertToUTF8Hex("Hello world!")"#,
                "{}",
                r#""48656C6C6F20776F726C6421""#,
            ),
            Example::with(
                r#"ConvertFromUTF8Hex("48656C6C6F20776F726C6421")"#,
                "{}",
                r#""Hello world!""#,
            ),
            Example::with(r#"ConvertFromUTF8Hex("4")"#, "{}", "error:format"),
            Example::with("ConvertToUTF8Hex([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "A security identifier as `S-1-…`.",
        cost: "64 units",
        advice: "the octets must be a security identifier",
        overloads: &[Overload {
            signature: "entra StringFromSid(byte[] objectSid): string",
            lower: Lower::Rt(Fn::SidToText),
            errors: &[ErrorKind::Argument],
        }],
        examples: &[
            Example::with(
                "StringFromSid([objectSid])",
                r#"{"objectSid":{"$b64":"AQEAAAAAAAUSAAAA"}}"#,
                r#""S-1-5-18""#,
            ),
            Example::with(
                "StringFromSid([objectSid])",
                r#"{"objectSid":{"$b64":""}}"#,
                "error:argument",
            ),
        ],
    },
    Entry {
        summary: "A GUID as octets in the order that Active Directory stores them, and back.",
        cost: "64 units",
        advice: "the text must be a GUID, the octets must be sixteen",
        overloads: &[
            Overload {
                signature: "entra CGuid(string str): byte[]",
                lower: Lower::With(guid_octets),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "entra StringFromGuid(byte[] guid): string",
                lower: Lower::With(guid_text),
                errors: &[ErrorKind::Argument],
            },
        ],
        examples: &[
            Example::with(
                r#"ConvertToBase64(CGuid("{00112233-4455-6677-8899-aabbccddeeff}"))"#,
                "{}",
                r#""MyIRAFVEd2aImaq7zN3u/w==""#,
            ),
            Example::with(
                r#"StringFromGuid(CGuid("00112233-4455-6677-8899-aabbccddeeff"))"#,
                "{}",
                r#""00112233-4455-6677-8899-aabbccddeeff""#,
            ),
            Example::with(r#"CGuid("")"#, "{}", "error:format"),
            Example::with(
                r#"CGuid("00112233445566778899aabbccddeeff")"#,
                "{}",
                "error:format",
            ),
        ],
    },
    Entry {
        summary: "Whether a text is a GUID, with hyphens, and with or without braces.",
        cost: "64 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra IsGuid(string? str): bool",
            Lower::With(is_guid),
        )],
        examples: &[
            Example::with(
                r#"IsGuid("{00112233-4455-6677-8899-aabbccddeeff}")"#,
                "{}",
                "true",
            ),
            Example::with(
                r#"IsGuid("00112233-4455-6677-8899-AABBCCDDEEFF")"#,
                "{}",
                "true",
            ),
            Example::with(
                r#"IsGuid("00112233445566778899aabbccddeeff")"#,
                "{}",
                "false",
            ),
            Example::with(
                r#"IsGuid("(00112233-4455-6677-8899-aabbccddeeff)")"#,
                "{}",
                "false",
            ),
            Example::with("IsGuid([sn])", r#"{"sn":null}"#, "false"),
        ],
    },
    Entry {
        summary: "Whether a text is a whole number.",
        cost: "16 units",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra IsNumeric(string? expression): bool",
                Lower::With(is_number),
            ),
            Overload::sure(
                "entra IsNumeric(long? expression): bool",
                Lower::With(is_there),
            ),
        ],
        examples: &[
            Example::with(r#"IsNumeric("-12")"#, "{}", "true"),
            Example::with(r#"IsNumeric("12a")"#, "{}", "false"),
            Example::with("IsNumeric([sn])", r#"{"sn":null}"#, "false"),
        ],
    },
    Entry {
        summary: "The lowest octets of a number, the lowest first.",
        cost: "32 units",
        advice: "at most eight octets, and as many as the number needs",
        overloads: &[Overload {
            signature: "entra CBin(long value, long length): byte[]",
            lower: Lower::Rt(Fn::EntraNumberToOctets),
            errors: &[ErrorKind::OutOfRange, ErrorKind::Overflow],
        }],
        examples: &[
            Example::with("ConvertToBase64(CBin(258, 2))", "{}", r#""AgE=""#),
            Example::with("CBin(256, 1)", "{}", "error:overflow"),
            Example::with("CBin(0, 9)", "{}", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "A number in hexadecimal digits.",
        cost: "32 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra Hex(long value): string",
            Lower::With(hex),
        )],
        examples: &[
            Example::with("Hex(255)", "{}", r#""FF""#),
            Example::with("Hex(0)", "{}", r#""0""#),
        ],
    },
    Entry {
        summary: "The SHA-256 of octets, as octets: the identifier of a key.",
        cost: "8 units per octet",
        advice: "",
        overloads: &[Overload::sure(
            "entra Thumbprint(byte[] value): byte[]",
            Lower::Rt(Fn::Sha256),
        )],
        examples: &[
            Example::with(
                "ConvertToBase64(Thumbprint([key]))",
                r#"{"key":{"$b64":"YWJj"}}"#,
                r#""ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=""#,
            ),
            Example::with(
                "ConvertToBase64(Thumbprint([key]))",
                r#"{"key":{"$b64":""}}"#,
                r#""47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=""#,
            ),
        ],
    },
];

fn one(args: Vec<Ir>) -> Ir {
    args.into_iter().next().unwrap_or(Ir::Word(0))
}

fn utf16_base64(args: Vec<Ir>, site: Site) -> Ir {
    let octets = Ir::Call(Fn::Encode, vec![one(args), Ir::Word(1)], site);
    Ir::Call(Fn::ToBase64, vec![octets], site)
}

fn from_base64(args: Vec<Ir>, site: Site) -> Ir {
    let mut args = args.into_iter();
    let octets = Ir::Call(Fn::FromBase64, args.next().into_iter().collect(), site);
    Ir::Call(Fn::Decode, [octets].into_iter().chain(args).collect(), site)
}

fn to_hex(args: Vec<Ir>, site: Site) -> Ir {
    let octets = Ir::Call(Fn::Encode, vec![one(args), Ir::Word(0)], site);
    Ir::Call(Fn::ToHex, vec![octets], site)
}

fn from_hex(args: Vec<Ir>, site: Site) -> Ir {
    let octets = Ir::Call(Fn::FromHex, args, site);
    Ir::Call(Fn::Decode, vec![octets, Ir::Word(0)], site)
}

fn guid_octets(args: Vec<Ir>, site: Site) -> Ir {
    let guid = Ir::Call(Fn::EntraGuid, args, site);
    let guid = Ir::NonNull(guid.into(), ErrorKind::Format, site);
    Ir::Call(Fn::GuidToOctets, vec![guid], site)
}

fn guid_text(args: Vec<Ir>, site: Site) -> Ir {
    let guid = Ir::Call(Fn::GuidFromOctets, args, site);
    Ir::Call(Fn::GuidToText, vec![guid, Ir::Text(String::new())], site)
}

fn is_guid(args: Vec<Ir>, site: Site) -> Ir {
    is_there(vec![Ir::Call(Fn::EntraGuid, args, site)], site)
}

fn is_number(mut args: Vec<Ir>, site: Site) -> Ir {
    // As a long.
    args.push(Ir::Word(1));
    is_there(vec![Ir::Call(Fn::TryParse, args, site)], site)
}

fn is_there(args: Vec<Ir>, _: Site) -> Ir {
    Ir::Op(crate::ir::Op::Not, vec![Ir::IsNull(one(args).into())], 0)
}

fn hex(args: Vec<Ir>, site: Site) -> Ir {
    Ir::Call(
        Fn::FormatInt,
        vec![one(args), Ir::Text("X".to_owned()), Ir::Word(64)],
        site,
    )
}
