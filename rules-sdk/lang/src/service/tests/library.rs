use super::*;
use crate::check::list_methods;
use crate::diag::codes;
use crate::service::builtin::NOT_HERE;
use crate::service::members::{self, Form};
use crate::service::words;
use crate::stdlib;
use crate::types::{Base, Ty};

/// Every type that values can have, as an attribute or as an expression.
fn values() -> Vec<(&'static str, Ty)> {
    let schema = knowledge().env.source;
    let attributes = schema
        .iter()
        .filter(|(name, _)| !name.contains('-'))
        .map(|(name, attr)| {
            let name: &'static str = Box::leak(name.clone().into_boxed_str());
            (name, Ty::of_attr(*attr))
        });
    let others = [
        ("true", Ty::of(Base::Bool)),
        ("'c'", Ty::of(Base::Char)),
        ("1", Ty::of(Base::Int)),
        ("1L", Ty::of(Base::Long)),
        ("1.5", Ty::of(Base::Double)),
        ("1.5m", Ty::of(Base::Decimal)),
        ("DateTime.UtcNow", Ty::of(Base::Date)),
        ("new DateOnly(2026, 1, 1)", Ty::of(Base::Day)),
        ("TimeSpan.Zero", Ty::of(Base::Span)),
        ("Encoding.UTF8.GetBytes(\"a\")", Ty::of(Base::Binary)),
        ("DateTime.UtcNow.DayOfWeek", Ty::of(Base::Enum("DayOfWeek"))),
    ];
    attributes.chain(others).collect()
}

fn unknown_member(expression: &str) -> Option<String> {
    let source = ExprSource::Text(expression.to_owned());
    let found = diagnostics(&knowledge(), &source);
    let unknown = [
        codes::UNKNOWN_MEMBER.id,
        codes::UNKNOWN_STATIC.id,
        codes::UNKNOWN_NAME.id,
        codes::NOT_A_METHOD.id,
    ];
    let is_unknown = |d: &Diagnostic| {
        unknown.contains(&d.code.as_str()) || d.message.contains("not part of the rule language")
    };
    found
        .into_iter()
        .find(is_unknown)
        .map(|d| format!("{expression}: {}", d.message))
}

#[test]
fn every_member_that_is_offered_is_one_for_the_checker() {
    let mut wrong = Vec::new();
    let mut ask = |receiver: &str, member: &members::Known| {
        let forms: &[&str] = match member.form {
            Form::Method => &["()", "(1)"],
            _ => &[""],
        };
        let found: Vec<String> = (forms.iter())
            .filter_map(|call| unknown_member(&format!("{receiver}.{}{call}", member.name)))
            .collect();
        if found.len() == forms.len() {
            wrong.extend(found);
        }
    };
    for (expression, ty) in values() {
        for member in members::of_value(&ty) {
            ask(&format!("({expression})"), &member);
        }
    }
    for (owner, _) in words::TYPES {
        let members = members::of_type(owner);
        assert!(!members.is_empty(), "{owner} has no members");
        for member in members {
            // `Encoding.UTF8` is no value, but has members of its own.
            let inner = format!("{owner}.{}", member.name);
            if members::of_type(&inner).is_empty() {
                ask(owner, &member);
            }
        }
    }
    for function in members::functions(Dialect::Csharp) {
        let one = unknown_member(&format!("{}(mail)", function.name));
        let two = unknown_member(&format!("{}(mail, mail)", function.name));
        let three = unknown_member(&format!("{}(mail, mail, mail)", function.name));
        wrong.extend(one.filter(|_| two.is_some() && three.is_some()));
    }

    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_member_of_the_library_is_offered() {
    let offered: Vec<String> = (values()
        .into_iter()
        .flat_map(|(_, ty)| members::of_value(&ty)))
    .chain(
        words::TYPES
            .iter()
            .flat_map(|(owner, _)| members::of_type(owner)),
    )
    .chain(
        ["Encoding.UTF8", "Random.Shared"]
            .into_iter()
            .flat_map(members::of_type),
    )
    .chain(members::of_value(&Ty::of(Base::Match(Vec::new()))))
    .chain(members::of_value(&Ty::of(Base::Enum("StringComparer"))))
    .chain(
        ["Guid", "DateTime", "DateOnly", "TimeSpan"]
            .into_iter()
            .filter_map(members::made),
    )
    .chain(members::functions(Dialect::Entra))
    .flat_map(|known| known.signatures)
    .collect();
    let missing: Vec<&str> = (stdlib::entries().flat_map(stdlib::Entry::signatures))
        .filter(|signature| {
            let end = signature.find(['(', ':']).unwrap_or(signature.len());
            let rest = &signature[end..];
            !offered.iter().any(|known| known.ends_with(rest))
        })
        .filter(|signature| !signature.starts_with("helper "))
        .collect();
    let lists = members::of_value(&Ty::list(Ty::of(Base::String)));
    let unlisted: Vec<&&str> = (list_methods().iter())
        .filter(|name| !lists.iter().any(|known| known.name == **name))
        .filter(|name| !NOT_HERE.contains(name))
        .collect();

    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(unlisted, Vec::<&&str>::new());
}

#[test]
fn every_item_has_a_line_of_documentation() {
    let all = completed("|", Dialect::Csharp)
        .into_iter()
        .chain(completed("|", Dialect::Entra))
        .chain(completed("mail.|", Dialect::Csharp));

    let bare: Vec<String> = all
        .filter(|item| item.doc.is_empty())
        .map(|item| item.label)
        .collect();

    assert_eq!(bare, Vec::<String>::new());
}
