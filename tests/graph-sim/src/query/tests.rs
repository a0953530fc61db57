//! The filter language: read, written again, evaluated, and refused where it is not supported.

use super::*;
use crate::store::Class;
use serde_json::{Map, Value, json};

fn properties() -> Map<String, Value> {
    let person = json!({
        "displayName": "Ada Byron",
        "surname": "O'Neil",
        "accountEnabled": true,
        "department": null,
        "createdDateTime": "2026-03-01T00:00:00Z",
        "otherMails": ["ada@home.test", "a.byron@uni.test"],
        "onPremisesExtensionAttributes": { "extensionAttribute1": "x" },
    });
    person.as_object().cloned().unwrap()
}

fn holds(filter: &str) -> bool {
    matches(&parse(filter).unwrap(), &properties())
}

#[test]
fn each_operator_says_what_the_grammar_says() {
    for (filter, expected) in [
        ("displayName eq 'ada byron'", true),
        ("displayName ne 'ada byron'", false),
        ("surname eq 'O''Neil'", true),
        ("department eq null", true),
        ("jobTitle eq null", true),
        ("jobTitle ne 'x'", true),
        ("accountEnabled eq true", true),
        ("startswith(displayName,'ada')", true),
        ("endsWith(displayName, 'ron')", true),
        ("displayName in ('x','Ada Byron')", true),
        ("NOT(displayName eq 'x')", true),
        ("createdDateTime ge 2026-02-28T23:59:59Z", true),
        ("createdDateTime lt 2026-02-28T23:59:59Z", false),
        ("otherMails/any(m:m eq 'ada@home.test')", true),
        ("otherMails/any(m:startswith(m,'b'))", false),
        ("otherMails/any()", true),
        (
            "onPremisesExtensionAttributes/extensionAttribute1 eq 'X'",
            true,
        ),
        (
            "displayName eq 'x' and surname eq 'y' or accountEnabled eq true",
            true,
        ),
        (
            "displayName eq 'x' and (surname eq 'y' or accountEnabled eq true)",
            false,
        ),
        ("not displayName eq 'x' and accountEnabled eq true", true),
    ] {
        assert_eq!(holds(filter), expected, "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    for filter in [
        "",
        "displayName",
        "displayName eq",
        "displayName eq 'x",
        "displayName is 'x'",
        "displayName eq 'x' or",
        "(displayName eq 'x'",
        "displayName eq 'x')",
        "length(displayName) eq 1",
        "otherMails/all(m:m eq 'x')",
        "displayName eq x",
        "displayName in ()",
        &format!("{}a eq 1{}", "(".repeat(60), ")".repeat(60)),
    ] {
        assert!(parse(filter).is_err(), "{filter}");
    }
}

mod differential;

#[test]
fn a_property_supports_what_its_reference_page_says_and_advanced_operators_need_the_other_index() {
    let code = |class, filter: &str, advanced| {
        let filter = parse(filter).unwrap();
        check(class, &filter, advanced).map_err(|refusal| refusal.code)
    };
    let unsupported = Err("Request_UnsupportedQuery");
    for (class, filter, plain, advanced) in [
        (Class::User, "displayName eq 'x'", Ok(()), Ok(())),
        (Class::User, "displayName ne 'x'", unsupported, Ok(())),
        (
            Class::User,
            "not startswith(displayName,'x')",
            unsupported,
            Ok(()),
        ),
        (Class::User, "endswith(mail,'x')", unsupported, Ok(())),
        (
            Class::User,
            "endswith(displayName,'x')",
            unsupported,
            unsupported,
        ),
        (
            Class::User,
            "contains(displayName,'x')",
            unsupported,
            unsupported,
        ),
        (Class::User, "aboutMe eq 'x'", unsupported, unsupported),
        (
            Class::User,
            "accountEnabled ge true",
            unsupported,
            unsupported,
        ),
        (Class::User, "otherMails eq 'x'", unsupported, unsupported),
        (Class::User, "otherMails/any(m:m eq 'x')", Ok(()), Ok(())),
        (
            Class::User,
            "otherMails/any(m:m ne 'x')",
            unsupported,
            unsupported,
        ),
        (
            Class::User,
            "userPrincipalName in ('a','b')",
            Ok(()),
            Ok(()),
        ),
        (
            Class::Group,
            "groupTypes/any(g:g eq 'Unified')",
            Ok(()),
            Ok(()),
        ),
        (
            Class::Group,
            "visibility eq 'Public'",
            unsupported,
            unsupported,
        ),
        (Class::Contact, "department eq 'x'", Ok(()), Ok(())),
    ] {
        assert_eq!(code(class, filter, false), plain, "{filter}");
        assert_eq!(code(class, filter, true), advanced, "{filter} (eventual)");
    }
}

#[test]
fn a_search_finds_the_beginnings_of_words() {
    let mut ada = crate::store::Object::new("1", Class::User);
    ada.properties = properties();
    let finds = |text| Search::parse(Class::User, text).unwrap().matches(&ada);

    assert!(finds("\"displayName:byr\""));
    assert!(!finds("\"displayName:yron\""));
    assert!(finds("\"mail:x\" OR \"displayName:ada\""));
    assert!(!finds("\"mail:x\" AND \"displayName:ada\""));
    assert!(Search::parse(Class::User, "ada").is_err());
    assert!(Search::parse(Class::User, "\"department:x\"").is_err());
}
