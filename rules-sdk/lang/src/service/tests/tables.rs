use super::*;
use crate::resources::{Resources, Row, Table};

fn with_tables() -> Knowledge {
    let row = |key: &str, value: &str| Row {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    let table = |name: &str, ignore_case, rows| Table {
        name: name.to_owned(),
        ignore_case,
        rows,
    };
    knowledge().resources(&Resources {
        tables: vec![
            table(
                "countries",
                true,
                vec![row("DE", "Germany"), row("AT", "Austria")],
            ),
            table("cost centres", false, vec![row("1", "Sales")]),
        ],
        ..Resources::default()
    })
}

fn tables(text: &str, dialect: Dialect) -> Vec<(String, String)> {
    let (text, at) = marked(text);
    let text = text.as_str();
    let found = complete(&with_tables(), At { text, dialect, at }).items;
    let tables = found.into_iter().filter(|item| item.kind == Kind::Table);
    tables
        .map(|item| {
            let span = item.span;
            let before: String = text.chars().take(span.from as usize).collect();
            let after: String = text.chars().skip(span.to as usize).collect();
            (item.label, format!("{before}{}{after}", item.insert))
        })
        .collect()
}

#[test]
fn names_of_tables_are_completed_inside_the_first_argument() {
    let done = |text: &str| tables(text, Dialect::Csharp);
    let is = |label: &str, text: &str| (label.to_owned(), text.to_owned());

    assert_eq!(
        done("Lookup(\"|\", mail)"),
        [
            is("cost centres", "Lookup(\"cost centres\", mail)"),
            is("countries", "Lookup(\"countries\", mail)")
        ]
    );
    assert_eq!(
        done("Lookup(\"cou|"),
        [is("countries", "Lookup(\"countries\"")]
    );
    assert_eq!(
        done("Lookup(|"),
        [
            is("cost centres", "Lookup(\"cost centres\""),
            is("countries", "Lookup(\"countries\"")
        ]
    );
    assert_eq!(
        tables("Lookup(\"cou|\", [mail])", Dialect::Entra),
        [is("countries", "Lookup(\"countries\", [mail])")]
    );
    assert_eq!(done("Lookup(\"countries\", \"|\")"), []);
    assert_eq!(done("mail.Lookup(\"|\")"), []);
}

#[test]
fn hover_tells_how_many_rows_a_table_has() {
    let (text, at) = marked("Lookup(\"coun|tries\", mail)");
    let at = At {
        text: &text,
        dialect: Dialect::Csharp,
        at,
    };

    let hover = hover(&with_tables(), at).unwrap();

    assert_eq!(hover.kind, Some(Kind::Table));
    assert_eq!(
        hover.doc,
        "A lookup table with 2 rows; keys are found in any case."
    );
    assert_eq!((hover.span.from, hover.span.to), (8, 17));
}

#[test]
fn named_expressions_are_completed_and_told() {
    let own = serde_json::json!({"expressions": [{
        "name": "Initial", "doc": "The first letter.", "expr": "name?[..1]",
        "parameters": [{"name": "name", "type": "string"}]
    }]});
    let known = knowledge().resources(&serde_json::from_value(own).unwrap());
    let (text, at) = marked("Initial(|mail)");
    let place = |text, at| At {
        text,
        dialect: Dialect::Csharp,
        at,
    };

    let offered = complete(&known, place("Init", 4)).items;
    let told = hover(&known, place(&text, 2)).unwrap();
    let help = signature(&known, place(&text, at)).unwrap();

    let item = offered.iter().find(|item| item.label == "Initial").unwrap();
    assert_eq!((item.insert.as_str(), item.caret), ("Initial()", 8));
    assert_eq!(item.doc, "The first letter.");
    assert_eq!(told.signatures, ["Initial(string? name): string?"]);
    assert_eq!(help.signatures[0].label, "Initial(string? name): string?");
    assert_eq!(help.doc, "The first letter.");
}
