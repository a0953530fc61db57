//! What is detected, and that what was detected reads the file.

use syncline_model::hr_file::{Content, TextEncoding};

use crate::world::Hr;

const PEOPLE: &str = "Nr;Vorname;Straße;Eintritt;Vorgesetzter\r\n\
    17;Jürgen;\"Große Allee 1; Hinterhaus\";03.04.2019;\r\n\
    18;Zoë;Köpenicker Straße 22;31.12.2020;17\r\n\
    19;Øystein;Übergasse 3;01.01.2021;17\r\n";

fn octets(text: &str, special: &[(char, u8)]) -> Vec<u8> {
    let octet = |c: char| {
        let special = special.iter().find(|(known, _)| *known == c);
        special.map_or_else(|| u8::try_from(c).unwrap(), |(_, octet)| *octet)
    };
    text.chars().map(octet).collect()
}

fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to).collect()
}

#[tokio::test]
async fn one_table_in_every_encoding_and_dialect_gives_the_same_people() {
    let euro = |text: &str| text.replace("Übergasse 3", "Übergasse 3 für 5 €");
    let unmarked = utf16(PEOPLE, u16::to_le_bytes);
    let cases: Vec<(&str, TextEncoding, Vec<u8>)> = vec![
        ("UTF-8", TextEncoding::Utf8, PEOPLE.into()),
        (
            "UTF-8 with its mark",
            TextEncoding::Utf8,
            ["\u{feff}", PEOPLE].concat().into(),
        ),
        ("UTF-16", TextEncoding::Utf16Le, unmarked),
        (
            "UTF-16 with its mark",
            TextEncoding::Utf16Be,
            utf16(&["\u{feff}", PEOPLE].concat(), u16::to_be_bytes),
        ),
        (
            "Windows",
            TextEncoding::Windows1252,
            octets(&euro(PEOPLE), &[('€', 0x80)]),
        ),
        (
            "Latin-9",
            TextEncoding::Iso8859_15,
            octets(&euro(PEOPLE), &[('€', 0xa4)]),
        ),
    ];
    for (what, encoding, bytes) in cases {
        let hr = Hr::new();
        hr.put("a.csv", bytes);

        let inspection = hr.inspect().await;
        assert_eq!(inspection.proposal.encoding, encoding, "{what}");
        assert_eq!(inspection.problems, [], "{what}");
        assert!(
            inspection.evidence.iter().all(|e| !e.because.is_empty()),
            "{what}"
        );
        hr.connector.confirm(Some(inspection.proposal)).unwrap();
        let imported = hr.full().await.unwrap();

        assert_eq!(imported.keys(), ["17", "18", "19"], "{what}");
        assert_eq!(imported.texts("18", "Vorname"), ["Zoë"], "{what}");
        assert_eq!(
            imported.texts("17", "Straße"),
            ["Große Allee 1; Hinterhaus"],
            "{what}"
        );
        assert_eq!(imported.object("19").refs.len(), 1, "{what}");
    }
}

#[tokio::test]
async fn whether_the_last_row_ends_its_line_is_detected_shown_and_then_asked_of_every_file() {
    let hr = Hr::new();
    hr.put("a.csv", "ID,Name\n1,Ann\n2,Bob");
    let unended = hr.inspect().await;
    assert!(!unended.proposal.ends_with_newline);
    let shown = unended.evidence.iter().find(|e| e.about == "file-end");
    assert_eq!(shown.unwrap().found, "no line end");

    hr.put("a.csv", "ID,Name\n1,Ann\n2,Bob\n");
    let inspection = hr.inspect().await;
    let shown = inspection.evidence.iter().find(|e| e.about == "file-end");
    assert_eq!(shown.unwrap().found, "line end");
    assert!(inspection.proposal.ends_with_newline);
    hr.connector.confirm(Some(inspection.proposal)).unwrap();
    assert_eq!(hr.full().await.unwrap().keys(), ["1", "2"]);

    hr.put("a.csv", "ID,Name\n1,Ann\n2,Bo");
    let (code, message) = hr.refusal().await;
    assert_eq!(code, "csv.file_incomplete", "{message}");
    assert!(message.contains("line 3"), "{message}");
}

#[tokio::test]
async fn dialects_are_told_apart() {
    for (file, delimiter, quote, header, trim) in [
        (
            "ID\tName\n1\tAnn, B\n2\tBob, C\n",
            '\t',
            Some('"'),
            true,
            false,
        ),
        ("ID|Name\n1|Ann;x\n2|Bob\n", '|', Some('"'), true, false),
        (
            "ID,Name\n'1','Ann, B'\n'2','Bob'\n",
            ',',
            Some('\''),
            true,
            false,
        ),
        ("ID;Name\n1;5\" disk\n2;3\" disk\n", ';', None, true, false),
        ("1,Ann\n2,Bob\n", ',', Some('"'), false, false),
        ("ID\n1\n2\n", ',', Some('"'), true, false),
        (
            "ID , Name \n1 , Ann \n2 , Bob \n",
            ',',
            Some('"'),
            true,
            true,
        ),
        ("ID,Name\r1,Ann\r2,Bob\r", ',', Some('"'), true, false),
    ] {
        let hr = Hr::new();
        hr.put("a.csv", file);

        let inspection = hr.inspect().await;
        let dialect = inspection.proposal.dialect;
        assert_eq!(
            (
                dialect.delimiter,
                dialect.quote,
                dialect.header,
                dialect.trim
            ),
            (delimiter, quote, header, trim),
            "{file:?}"
        );
        assert_eq!(inspection.problems, [], "{file:?}");
        hr.connector.confirm(Some(inspection.proposal)).unwrap();
        assert_eq!(hr.full().await.unwrap().keys(), ["1", "2"], "{file:?}");
    }
}

#[tokio::test]
async fn headers_that_are_no_names_are_given_one_and_twice_the_same_is_a_problem() {
    let hr = Hr::new();
    hr.put(
        "a.csv",
        "Employee ID,EmployeeID,cost-center\n1,a,x\n2,b,y\n",
    );

    let inspection = hr.inspect().await;
    let names: Vec<&str> = inspection
        .proposal
        .columns
        .iter()
        .map(|column| column.attribute.as_str())
        .collect();
    assert_eq!(names, ["EmployeeID", "EmployeeID2", "costCenter"]);
    assert!(
        inspection
            .evidence
            .iter()
            .any(|e| e.about == "cost-center" && e.found == "attribute costCenter")
    );

    hr.put("b.csv", "ID,Name,,Name\n1,a,x,y\n");
    let codes: Vec<String> = hr
        .inspect()
        .await
        .problems
        .into_iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(
        codes,
        [
            "csv.header_empty",
            "csv.header_duplicate",
            "csv.format_invalid"
        ]
    );
}

#[tokio::test]
async fn a_date_that_reads_two_ways_stays_text_until_a_person_says_which() {
    let hr = Hr::new();
    hr.put("a.csv", "ID,Hired\n1,03/04/2020\n2,05/06/2021\n");

    let inspection = hr.inspect().await;
    assert_eq!(inspection.proposal.columns[1].content, Content::Text);
    let said = inspection.evidence.iter().find(|e| e.about == "Hired");
    assert!(said.unwrap().because.contains("say which"));

    hr.put("b.csv", "ID,Hired\n1,03/04/2020\n2,25/06/2021\n");
    let date = Content::Date {
        format: "dd/MM/yyyy".into(),
    };
    assert_eq!(hr.inspect().await.proposal.columns[1].content, date);
}

#[tokio::test]
async fn an_inspection_shows_a_few_rows_and_judges_a_draft() {
    let rows: String = (0..20)
        .map(|n| format!("{n},{}\n", "x".repeat(300)))
        .collect();
    let hr = Hr::new();
    hr.put("workers.csv", format!("ID,Name\n{rows},x\n"));

    let inspection = hr.inspect().await;
    assert_eq!((inspection.rows, inspection.objects), (21, 20));
    assert_eq!(inspection.sample.len(), 5);
    assert!(
        inspection
            .sample
            .iter()
            .flatten()
            .all(|c| c.chars().count() <= 201)
    );
    assert_eq!(inspection.file, "workers.csv");
    assert_eq!(inspection.problems[0].code, "csv.key_empty");
    assert_eq!(inspection.problems[0].line, Some(22));

    let mut draft = inspection.proposal;
    draft.columns[1].header = "Label".into();
    let judged = hr.connector.inspect(Some(draft)).await.unwrap();
    assert_eq!(judged.problems[0].code, "csv.header_changed");
    assert!(judged.problems[0].refuses_file);
    assert_eq!((judged.rows, judged.objects), (21, 0));
}
