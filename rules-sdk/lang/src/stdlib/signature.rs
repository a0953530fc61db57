//! Signatures: the text a function is documented with, understood for the checker.
//!
//! Invariants: the library is ours, so a signature that cannot be read is a defect found by any test.

use super::{Function, Overload, Param};
use crate::types::{Base, Ty};

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Instance,
    Property,
    Static,
    Helper,
    /// A function of the `entra` dialect.
    Entra,
}

pub(super) struct Parsed {
    pub form: Form,
    pub owner: &'static str,
    pub name: &'static str,
    pub function: Function,
}

pub(super) fn parse(overload: &Overload, advice: &'static str) -> Parsed {
    let text = overload.signature;
    let (form, rest) = match text.split_once(' ') {
        Some(("static", rest)) => (Form::Static, rest),
        Some(("helper", rest)) => (Form::Helper, rest),
        Some(("property", rest)) => (Form::Property, rest),
        Some(("entra", rest)) => (Form::Entra, rest),
        _ => (Form::Instance, text),
    };
    let (head, returns) = rest
        .rsplit_once(": ")
        .expect("a signature names its result");
    let (path, params) = match head.strip_suffix(')') {
        Some(call) => call.split_once('(').expect("a signature has parentheses"),
        None => (head, ""),
    };
    let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
    let params: Vec<Param> = params
        .split(", ")
        .filter(|p| !p.is_empty())
        .map(param)
        .collect();
    let least = params
        .iter()
        .filter(|p| !p.array && p.default.is_none())
        .count();
    let most = if params.iter().any(|p| p.array) {
        usize::MAX
    } else {
        params.len()
    };
    let function = Function {
        signature: text,
        params,
        returns: ty(returns),
        lower: overload.lower,
        errors: overload.errors,
        advice,
        least,
        most,
        receivers: usize::from(matches!(form, Form::Instance | Form::Property)),
    };
    Parsed {
        form,
        owner,
        name,
        function,
    }
}

fn param(text: &str) -> Param {
    let (array, text) = match text.strip_prefix("params ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (declared, default) = match text.split_once(" = ") {
        Some((declared, default)) => (
            declared,
            Some(default.parse().expect("a default is a number")),
        ),
        None => (text, None),
    };
    let (name_type, _) = declared
        .rsplit_once(' ')
        .expect("a parameter has a type and a name");
    Param {
        ty: ty(name_type),
        default,
        array,
    }
}

fn ty(text: &str) -> Ty {
    if let Some(present) = text.strip_suffix('?') {
        return Ty {
            nullable: true,
            ..ty(present)
        };
    }
    Ty::of(match text {
        "string" => Base::String,
        "int" => Base::Int,
        "long" => Base::Long,
        "double" => Base::Double,
        "decimal" => Base::Decimal,
        "NumberStyles" => Base::Enum("NumberStyles"),
        "bool" => Base::Bool,
        "char" => Base::Char,
        "Guid" => Base::Guid,
        "byte[]" => Base::Binary,
        "StringComparison" => Base::Enum("StringComparison"),
        "StringSplitOptions" => Base::Enum("StringSplitOptions"),
        "MidpointRounding" => Base::Enum("MidpointRounding"),
        "DateTime" => Base::Date,
        "TimeSpan" => Base::Span,
        "DateOnly" => Base::Day,
        "TimeOnly" => Base::Enum("TimeOnly"),
        "DayOfWeek" => Base::Enum("DayOfWeek"),
        "UnicodeCategory" => Base::Enum("UnicodeCategory"),
        "NormalizationForm" => Base::Enum("NormalizationForm"),
        "DateTimeKind" => Base::Enum("DateTimeKind"),
        "DateTimeStyles" => Base::Enum("DateTimeStyles"),
        "CultureInfo" => Base::Enum("CultureInfo"),
        "RegexOptions" => Base::Enum("RegexOptions"),
        "vbCompare" => Base::Enum("vbCompare"),
        "EntraEncoding" => Base::Enum("EntraEncoding"),
        "X509NameType" => Base::Enum("X509NameType"),
        "reference" => Base::Reference,
        "Match" => Base::Match(Vec::new()),
        _ => {
            let element = text
                .strip_suffix("[]")
                .or_else(|| text.strip_prefix("List<").and_then(|t| t.strip_suffix('>')));
            Base::List(Box::new(ty(element.unwrap_or_else(|| {
                panic!("the library names an unknown type `{text}`")
            }))))
        }
    })
}
