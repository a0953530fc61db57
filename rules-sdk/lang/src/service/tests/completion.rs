use super::*;

/// The text with an item written into it.
fn written(text: &str, dialect: Dialect, label: &str) -> String {
    let (source, _) = marked(text);
    let items = completed(text, dialect);
    let item = items
        .iter()
        .find(|item| item.label == label)
        .unwrap_or_else(|| panic!("{label} in {text}: {items:?}"));
    let units: Vec<u16> = source.encode_utf16().collect();
    let (from, to) = (item.span.from as usize, item.span.to as usize);
    let caret = item.insert.encode_utf16().count() - item.caret as usize;
    let insert: String =
        item.insert
            .chars()
            .rev()
            .enumerate()
            .fold(String::new(), |out, (at, c)| {
                let mark = if at == caret { "|" } else { "" };
                format!("{c}{mark}{out}")
            });
    let insert = if caret == item.insert.chars().count() {
        format!("|{insert}")
    } else {
        insert
    };
    let text = |units: &[u16]| String::from_utf16(units).expect("whole characters");
    format!("{}{insert}{}", text(&units[..from]), text(&units[to..]))
}

#[test]
fn a_dot_offers_only_members_of_what_stands_before_it() {
    for (text, has, has_not) in [
        ("mail.|", "ToLower", "AddDays"),
        ("mail?.|", "ToLower", "mail"),
        ("mail!.|", "Trim", "null"),
        ("mail.Trim().To|", "ToUpper", "Trim"),
        ("mail.Split('@')[0].|", "Substring", "FirstOrDefault_"),
        ("proxyAddresses.|", "Where", "ToLower"),
        ("proxyAddresses.Where(p => p.|)", "StartsWith", "AddDays"),
        ("born?.|", "AddDays", "ToLower"),
        ("age.|", "HasValue", "Substring"),
        ("(age ?? 0).|", "ToString", "HasValue"),
        ("string.|", "Join", "Trim"),
        ("DateTime.|", "UtcNow", "Join"),
        ("Encoding.UTF8.|", "GetBytes", "Join"),
        ("StringComparison.|", "OrdinalIgnoreCase", "mail"),
        ("Target.|", "description", "givenName"),
        ("$\"{mail.|}\"", "Trim", "mail"),
        ("new Regex(\"a\").|", "IsMatch", "Trim"),
        ("Regex.Match(mail, \"(?<x>a)\").|", "Groups", "ToLower"),
        (
            "proxyAddresses.GroupBy(x => x.Length).First().|",
            "Key",
            "ToLower",
        ),
    ] {
        assert!(offers(text, has), "{has} after {text}: {:?}", labels(text));
        assert!(!offers(text, has_not), "{has_not} after {text}");
    }
}

#[test]
fn a_broken_text_is_completed_all_the_same() {
    for (text, has) in [
        ("string.Join(\", \", mail.|", "Trim"),
        ("proxyAddresses.Where(p => p.|", "StartsWith"),
        ("if (mail.|", "Contains"),
        ("var x = mail; return x.|", "Trim"),
        ("{ var x = mail; x.| }", "Trim"),
        ("var x = age; if (x == 3) { return mail.|; } return", "Trim"),
        ("mail == \"a\" ? mail.| : ", "Trim"),
        ("$\"Hello {mail.|", "Trim"),
        ("mail switch { \"a\" => mail.|", "Trim"),
        ("mail.| + givenName.Foo(", "Trim"),
        ("mail.|\n  .Trim()", "ToLower"),
        ("Foo(bar(, mail.Trim(  ).|", "ToLower"),
        ("mail + |", "givenName"),
        ("string.Join(\", \", |", "mail"),
        ("proxyAddresses.Where(p => |", "p"),
        ("mail is string s && s.|", "Trim"),
        ("return |", "mail"),
        ("|", "return"),
    ] {
        assert!(offers(text, has), "{has} in {text}: {:?}", labels(text));
    }
}

#[test]
fn a_place_that_takes_no_name_offers_none() {
    for text in [
        "\"ma|\"",
        "\"ma|",
        "// ma|",
        "/* ma| */ mail",
        "'m|'",
        "12|",
        "var ma|",
        "mail.Trim().Foo.|",
        "$\"ma|\"",
    ] {
        assert_eq!(labels(text), Vec::<String>::new(), "{text}");
    }
    assert!(!offers("mail |", "givenName"));
    assert!(offers("mail |", "is"));
    assert!(offers("mail is |", "null"));
    assert!(offers("mail switch { |", "null"));
    assert!(offers("new |", "DateTime"));
    assert!(offers("int.TryParse(mail, out |", "var"));
    assert!(offers("var x = 1; |", "return"));
}

#[test]
fn the_beginning_of_a_name_comes_first_then_humps_then_what_most_objects_have() {
    assert_eq!(labels("g|")[..2], ["groupNumber", "givenName"]);
    assert_eq!(labels("gN|")[..2], ["groupNumber", "givenName"]);
    assert_eq!(labels("|")[..3], ["groupNumber", "mail", "givenName"]);
    assert_eq!(labels("proxyAddresses.Select(one => o|)")[0], "one");
    let mail = &completed("ma|", Dialect::Csharp)[0];
    assert_eq!(
        (mail.fill, mail.samples.as_slice()),
        (Some(0.75), ["ada@contoso.com".to_owned()].as_slice())
    );
    assert_eq!((mail.ty.as_str(), mail.kind), ("string?", Kind::Attribute));
}

#[test]
fn an_item_is_written_as_the_language_wants_it() {
    use Dialect::{Csharp, Entra};
    for (text, dialect, label, expect) in [
        ("mail.Sub|", Csharp, "Substring", "mail.Substring(|)"),
        ("mail.Sub|(1)", Csharp, "Substring", "mail.Substring|(1)"),
        (
            "😀 + mail?.ToLo|wer",
            Csharp,
            "ToLower",
            "😀 + mail?.ToLower()|",
        ),
        (
            "cons|",
            Csharp,
            "ms-DS-ConsistencyGuid",
            "`ms-DS-ConsistencyGuid`|",
        ),
        (
            "`ms|",
            Csharp,
            "ms-DS-ConsistencyGuid",
            "`ms-DS-ConsistencyGuid`|",
        ),
        (
            "`ms|` + mail",
            Csharp,
            "ms-DS-ConsistencyGuid",
            "`ms-DS-ConsistencyGuid|` + mail",
        ),
        (
            "proxyAddresses.Any(mail => mail == m|)",
            Csharp,
            "groupNumber",
            "proxyAddresses.Any(mail => mail == groupNumber|)",
        ),
        ("[ma|", Entra, "mail", "[mail]|"),
        ("Left([ma|, 3)", Entra, "mail", "Left([mail]|, 3)"),
        ("Left([ma|], 3)", Entra, "mail", "Left([mail|], 3)"),
        ("[|]", Entra, "mail", "[mail|]"),
        ("Le|", Entra, "Left", "Left(|)"),
        ("ma|", Entra, "mail", "[mail]|"),
        ("[mail] & %Do|", Entra, "Domain", "[mail] & %Domain%|"),
        (
            "Where($item, [proxyAddresses], Len($i|",
            Entra,
            "$item",
            "Where($item, [proxyAddresses], Len($item|",
        ),
    ] {
        assert_eq!(written(text, dialect, label), expect, "{text}");
    }
}

#[test]
fn the_entra_dialect_offers_its_functions_and_no_words_of_the_other() {
    let found: Vec<String> = completed("|", Dialect::Entra)
        .into_iter()
        .map(|i| i.label)
        .collect();

    for name in [
        "IIF",
        "Left",
        "IsPresent",
        "Switch",
        "NULL",
        "mail",
        "DateFromNum",
    ] {
        assert!(found.iter().any(|known| known == name), "{name}");
    }
    for name in ["return", "Math", "null", "ignore"] {
        assert!(!found.iter().any(|known| known == name), "{name}");
    }
    assert!(completed("[mail] |", Dialect::Entra).is_empty());
    assert!(completed("Left(\"[ma|\"", Dialect::Entra).is_empty());
}

#[test]
fn references_are_not_offered_where_nothing_can_read_them() {
    let at = At {
        text: "ma",
        dialect: Dialect::Csharp,
        at: 2,
    };
    let offered = |knowledge: &Knowledge| {
        complete(knowledge, at)
            .items
            .iter()
            .any(|item| item.label == "manager")
    };

    assert!(offered(&knowledge()));
    assert!(!offered(&knowledge().without_references(true)));
}
