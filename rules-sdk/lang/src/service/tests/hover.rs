use super::*;

fn hovered(text: &str, dialect: Dialect) -> Option<Hover> {
    let (text, at) = marked(text);
    let text = text.as_str();
    hover(&knowledge(), At { text, dialect, at })
}

fn called(text: &str, dialect: Dialect) -> Option<(String, u32)> {
    let (text, at) = marked(text);
    let text = text.as_str();
    let help = signature(&knowledge(), At { text, dialect, at })?;
    Some((
        help.signatures[help.active as usize].label.clone(),
        help.parameter,
    ))
}

#[test]
fn hover_tells_what_a_name_is() {
    use Dialect::{Csharp, Entra};
    let told = |text, dialect| hovered(text, dialect).map(|h| (h.name, h.kind, h.ty));
    let is = |name: &str, kind, ty: &str| Some((name.to_owned(), Some(kind), ty.to_owned()));

    assert_eq!(
        told("ma|il.Trim()", Csharp),
        is("mail", Kind::Attribute, "string?")
    );
    assert_eq!(
        told("mail.Tr|im()", Csharp),
        is("Trim", Kind::Method, "string")
    );
    assert_eq!(
        told("mail.Split('@').Fi|rst()", Csharp),
        is("First", Kind::Method, "string")
    );
    assert_eq!(
        told("mail?.Len|gth", Csharp),
        is("Length", Kind::Property, "int?")
    );
    assert_eq!(
        told("var x = age; return |x;", Csharp),
        is("x", Kind::Variable, "int?")
    );
    assert_eq!(
        told("proxyAddresses.Where(p => p| != null)", Csharp),
        is("p", Kind::Variable, "string")
    );
    assert_eq!(
        told("DateTime.Utc|Now", Csharp),
        is("UtcNow", Kind::Constant, "DateTime")
    );
    assert_eq!(
        told("new DateT|ime(2026, 1, 1)", Csharp),
        is("DateTime", Kind::Type, "DateTime")
    );
    assert_eq!(
        told("Target.des|cription", Csharp),
        is("description", Kind::Attribute, "string?")
    );
    assert_eq!(
        told("[ma|il]", Entra),
        is("mail", Kind::Attribute, "string?")
    );
    assert_eq!(
        told("Le|ft([mail], 3)", Entra),
        is("Left", Kind::Function, "string")
    );
    assert_eq!(told("mail.Foo|()", Csharp), None);
    assert_eq!(told("1 +| 2", Csharp), None);
    assert_eq!(told("\"ma|il\"", Csharp), None);
}

#[test]
fn hover_over_a_method_tells_how_it_fails() {
    let found = hovered("mail.Subst|ring(3)", Dialect::Csharp).unwrap();

    assert_eq!(found.signatures[0], "Substring(int startIndex): string");
    assert!(!found.errors.is_empty() && !found.advice.is_empty() && found.example.is_some());
    assert_eq!(found.span, Span { from: 5, to: 14 });
}

#[test]
fn hover_over_an_attribute_tells_what_values_it_has() {
    let found = hovered("|mail", Dialect::Csharp).unwrap();

    assert_eq!(
        (found.fill, found.samples),
        (Some(0.75), vec!["ada@contoso.com".to_owned()])
    );
}

#[test]
fn signature_help_knows_the_call_and_the_argument() {
    use Dialect::{Csharp, Entra};
    for (text, dialect, label, parameter) in [
        (
            "mail.Substring(|",
            Csharp,
            "Substring(int startIndex): string",
            0,
        ),
        (
            "mail.Substring(1, |",
            Csharp,
            "Substring(int startIndex, int length): string",
            1,
        ),
        (
            "mail.Substring(1, |)",
            Csharp,
            "Substring(int startIndex, int length): string",
            1,
        ),
        (
            "mail.Replace(\"a,(\", |",
            Csharp,
            "Replace(string oldValue, string newValue): string",
            1,
        ),
        (
            "string.Join(\", \", mail.Trim(), |",
            Csharp,
            "Join(string separator, List<string> values): string",
            2,
        ),
        (
            "proxyAddresses.Where(p => p.StartsWith(|",
            Csharp,
            "StartsWith(string value): bool",
            0,
        ),
        (
            "proxyAddresses.Where(|",
            Csharp,
            "Where(x => bool): List<string>",
            0,
        ),
        (
            "proxyAddresses.Where((p, i) => (p + |",
            Csharp,
            "Where(x => bool): List<string>",
            0,
        ),
        (
            "$\"{mail.PadLeft(3, |)}\"",
            Csharp,
            "PadLeft(int totalWidth, char paddingChar): string",
            1,
        ),
        (
            "new DateOnly(2026, |",
            Csharp,
            "DateOnly(int year, int month, int day): DateOnly",
            1,
        ),
        (
            "Mid([mail], |",
            Entra,
            "Mid(string? str, long start, long count): string",
            1,
        ),
        (
            "IIF(IsPresent([mail]), |",
            Entra,
            "IIF(condition, value, value): value",
            1,
        ),
    ] {
        let found = called(text, dialect);

        let (found_label, found_parameter) = found.unwrap_or_else(|| panic!("{text}"));
        let name = |label: &str| label[..label.find('(').unwrap_or(0)].to_owned();
        assert_eq!(
            (name(&found_label), found_parameter),
            (name(label), parameter),
            "{text}: {found_label}"
        );
        assert_eq!(
            found_label.matches(", ").count(),
            label.matches(", ").count(),
            "{text}: {found_label}"
        );
    }
    for text in ["|mail", "mail.Trim()|", "if (mail == |", "(mail + |"] {
        assert_eq!(called(text, Csharp), None, "{text}");
    }
}

#[test]
fn the_parameters_of_a_signature_are_places_in_its_label() {
    let text = "string.Concat(";
    let help = signature(
        &knowledge(),
        At {
            text,
            dialect: Dialect::Csharp,
            at: 14,
        },
    )
    .unwrap();

    let label: Vec<u16> = help.signatures[0].label.encode_utf16().collect();
    let part = |p: &Span| String::from_utf16(&label[p.from as usize..p.to as usize]).unwrap();
    let parts: Vec<String> = help.signatures[0].parameters.iter().map(part).collect();
    assert_eq!(parts, ["string a", "string b", "…"]);
}
