use super::*;

fn renamed(text: &str, dialect: Dialect, side: Side, to: &str) -> String {
    let source = Source {
        path: "p".into(),
        text: text.into(),
        dialect,
    };
    let mut units: Vec<u16> = text.encode_utf16().collect();
    for edit in rename(&[source], side, "mail", to).edits.into_iter().rev() {
        units.splice(
            edit.span.from as usize..edit.span.to as usize,
            edit.text.encode_utf16(),
        );
    }
    String::from_utf16(&units).unwrap()
}

#[test]
fn renaming_changes_the_attribute_and_nothing_of_the_same_name() {
    use Dialect::{Csharp, Entra};
    for (text, dialect, expect) in [
        (
            "\"😀\" + mail?.Trim() + mailbox",
            Csharp,
            "\"😀\" + x?.Trim() + mailbox",
        ),
        (
            "$\"{mail}: {Target.mail}\"",
            Csharp,
            "$\"{x}: {Target.mail}\"",
        ),
        (
            "list.Where(mail => mail == \"mail\") + mail",
            Csharp,
            "list.Where(mail => mail == \"mail\") + x",
        ),
        (
            "if (a) { var mail = 1; return mail; } return mail;",
            Csharp,
            "if (a) { var mail = 1; return mail; } return x;",
        ),
        (
            "`mail` is string s ? s : @mail",
            Csharp,
            "x is string s ? s : x",
        ),
        (
            "sn switch { null => mail, var mail => mail }",
            Csharp,
            "sn switch { null => x, var mail => mail }",
        ),
        (
            "[.. mail, list.Select(z => { var y = mail; return y; })[0]]",
            Csharp,
            "[.. x, list.Select(z => { var y = x; return y; })[0]]",
        ),
        (
            "IIF([mail] = \"mail\", [mail], ImportedValue(\"mail\"))",
            Entra,
            "IIF([x] = \"mail\", [x], ImportedValue(\"x\"))",
        ),
    ] {
        assert_eq!(renamed(text, dialect, Side::Object, "x"), expect);
    }
    assert_eq!(
        renamed("mail + Target.mail", Csharp, Side::Target, "x"),
        "mail + Target.x"
    );
}

#[test]
fn a_new_name_is_written_so_that_it_names_an_attribute() {
    for (text, to, expect) in [
        ("mail", "ms-Mail", "`ms-Mail`"),
        ("mail", "new", "`new`"),
        ("list.Any(x => x == mail)", "x", "list.Any(x => x == `x`)"),
    ] {
        assert_eq!(renamed(text, Dialect::Csharp, Side::Object, to), expect);
    }
}

#[test]
fn a_text_with_errors_is_told_when_it_is_renamed_in() {
    let source = |path: &str, text: &str| Source {
        path: path.into(),
        text: text.into(),
        dialect: Dialect::Csharp,
    };
    let sources = [source("flows[0]", "mail +"), source("flows[1]", "mail")];

    let renaming = rename(&sources, Side::Object, "mail", "x");

    assert_eq!(renaming.unread, ["flows[0]"]);
    assert_eq!(renaming.edits.len(), 2);
}
