//! Files that are refused as a whole, with the line and what to do.

use proptest::prelude::*;
use syncline_connectors::contract::Connector as _;
use syncline_model::hr_file::{Dialect, FileFormat, TextEncoding};

use crate::world::{Hr, format};

fn in_encoding(encoding: TextEncoding) -> FileFormat {
    FileFormat {
        encoding,
        ..format(&["ID", "Name"])
    }
}

async fn refused(format: FileFormat, bytes: &[u8]) -> (String, String) {
    Hr::with(format, bytes).refusal().await
}

#[tokio::test]
async fn what_is_in_another_encoding_is_refused_with_its_place() {
    use TextEncoding::{Iso8859_15, Utf8, Utf16Le, Windows1252};
    let utf16: Vec<u8> = "ID,Name\n1,Ann\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let with_mark = [b"\xff\xfe".as_slice(), &utf16].concat();
    let cases: [(TextEncoding, &[u8], &str, &str); 8] = [
        (
            Utf8,
            b"ID,Name\n1,Ann\n2,M\xfcller\n",
            "csv.bytes_invalid",
            "line 3, column 4",
        ),
        (
            Windows1252,
            "ID,Name\n2,Müller\n".as_bytes(),
            "csv.encoding_changed",
            "UTF-8",
        ),
        (Utf8, &with_mark, "csv.encoding_changed", "utf-16le"),
        (Utf8, &utf16, "csv.bytes_invalid", "line 1, column 2"),
        (
            Utf16Le,
            b"ID,Name\n1,Ann\n",
            "csv.header_changed",
            "missing",
        ),
        (
            Windows1252,
            b"ID,Name\n1,\x81\n",
            "csv.bytes_invalid",
            "U+0081",
        ),
        (
            Iso8859_15,
            b"ID,Name\n1,\x93Ann\x94\n",
            "csv.bytes_invalid",
            "line 2, column 3",
        ),
        (
            Windows1252,
            b"ID,Name\n1,A\0n\xfc\n",
            "csv.bytes_invalid",
            "U+0000",
        ),
    ];
    for (encoding, bytes, code, text) in cases {
        let (found, message) = refused(in_encoding(encoding), bytes).await;

        assert_eq!(found, code, "{encoding}: {message}");
        assert!(message.contains(text), "{encoding}: {message}");
    }
}

#[tokio::test]
async fn a_file_that_is_perhaps_half_written_is_not_read() {
    for (bytes, text) in [
        ("ID,Name\n1,\"An", "begins on line 2"),
        ("ID,Name\n1,\"Ann\n2,Bob\n", "begins on line 2"),
        ("ID,Name\n1,Ann\n2", "last row, on line 3, breaks off"),
    ] {
        let (code, message) = refused(format(&["ID", "Name"]), bytes.as_bytes()).await;

        assert_eq!(code, "csv.file_incomplete", "{message}");
        assert!(message.contains(text), "{message}");
    }
    let whole = Hr::with(format(&["ID", "Name"]), "ID,Name\n1,Ann\n2,Bob");
    assert_eq!(
        whole.full().await.unwrap().keys(),
        ["1", "2"],
        "many systems end no last line"
    );
}

/// However many octets of a file are missing, it is refused, or what is missing is whole rows.
#[tokio::test]
async fn a_file_that_is_cut_inside_its_last_column_is_not_taken_for_whole() {
    let ended = FileFormat {
        ends_with_newline: true,
        ..format(&["ID", "Name"])
    };
    let whole = "ID,Name\n1,Ann\n2,Bernadette\n";
    for length in 0..whole.len() {
        let cut = &whole[..length];
        if cut.ends_with('\n') {
            continue;
        }
        let (code, message) = refused(ended.clone(), cut.as_bytes()).await;

        let expected: &[&str] = match length {
            0 => &["csv.file_empty"],
            1..=6 => &["csv.header_changed"],
            _ => &["csv.file_incomplete"],
        };
        assert!(
            expected.contains(&code.as_str()),
            "{cut:?}: {code}: {message}"
        );
        if length > 6 {
            let line = cut.lines().count();
            assert!(message.contains(&format!("line {line},")), "{message}");
        }
    }

    let hr = Hr::with(ended, whole);
    assert_eq!(hr.full().await.unwrap().texts("2", "Name"), ["Bernadette"]);
}

#[tokio::test]
async fn other_columns_than_were_confirmed_refuse_the_file() {
    for (bytes, code, text) in [
        (
            "ID,Name,ID\n1,Ann,2\n",
            "csv.header_duplicate",
            "two of its columns are called `ID`",
        ),
        (
            "ID,Name,name\n1,Ann,2\n",
            "csv.header_duplicate",
            "called `name`",
        ),
        (
            "ID\n1\n",
            "csv.header_changed",
            "missing: `Name`; not confirmed: none",
        ),
        (
            "ID,Name,Pay\n1,Ann,2\n",
            "csv.header_changed",
            "not confirmed: `Pay`",
        ),
        (
            "id,Name\n1,Ann\n",
            "csv.header_changed",
            "missing: `ID`; not confirmed: `id`",
        ),
        (
            "ID;Name\n1;Ann\n",
            "csv.header_changed",
            "not confirmed: `ID;Name`",
        ),
        ("1,Ann\n2,Bob\n", "csv.header_changed", "missing"),
        ("", "csv.file_empty", "not even a header"),
        ("\n\n", "csv.file_empty", "not even a header"),
    ] {
        let (found, message) = refused(format(&["ID", "Name"]), bytes.as_bytes()).await;

        assert_eq!(found, code, "{bytes}: {message}");
        assert!(message.contains(text), "{bytes}: {message}");
    }
}

#[tokio::test]
async fn a_file_most_of_whose_rows_do_not_fit_is_refused() {
    let (code, message) = refused(
        format(&["ID", "Name"]),
        b"ID,Name\n1,Ann\n2,Bob,x\n3,Cid,x\n",
    )
    .await;
    assert_eq!(code, "csv.format_mismatch");
    assert!(
        message.contains("2 of its 3 rows") && message.contains("line 3"),
        "{message}"
    );

    let long = format!("ID,Name\n1,\"{}\n", "x\n".repeat(600_000));
    let (code, message) = refused(format(&["ID", "Name"]), long.as_bytes()).await;
    assert_eq!(code, "csv.row_too_long");
    assert!(message.contains("begins on line 2"), "{message}");
}

#[tokio::test]
async fn refusals_quote_no_cell() {
    let hr = Hr::with(format(&["ID", "Name"]), "ID,Name\n1,sec\u{0}ret\n");
    let fault = hr.full().await.unwrap_err();
    assert!(!format!("{fault:?}").contains("sec"), "{fault:?}");

    let hr = Hr::with(
        format(&["ID", "Name"]),
        "ID,Name\n1,a\n1,secret\n2,sec\"ret\n3,b\n4,\n5,c\n",
    );
    let imported = hr.full().await.unwrap();
    assert_eq!(imported.errors.len(), 2);
    for (_, _, message) in imported.unreadable() {
        assert!(!message.contains("sec"), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever lies in the folder, the answer is objects, read errors or one fault, and an inspection says how many.
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "ID,Name\n([a-c,\"\r\n é]{0,20}\n){0,8}".prop_map(String::into_bytes),
        ],
        encoding in prop::sample::select(TextEncoding::ALL.to_vec()),
        quote in prop::option::of(prop::sample::select(Dialect::QUOTES.to_vec())),
        delimiter in prop::sample::select(Dialect::DELIMITERS.to_vec()),
    ) {
        let mut draft = in_encoding(encoding);
        draft.dialect.quote = quote;
        draft.dialect.delimiter = delimiter;
        let hr = Hr::with(draft.clone(), &bytes);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

        let (read, inspection) = runtime.block_on(async {
            (hr.full().await, hr.connector.inspect(Some(draft)).await.unwrap())
        });

        let refused = inspection.problems.iter().any(|p| p.refuses_file && !p.code.starts_with("csv.header_"));
        match read {
            Ok(imported) => {
                prop_assert!(!refused, "{:?}", inspection.problems);
                prop_assert_eq!(imported.objects.len() as u64, inspection.objects);
                prop_assert!(imported.errors.len() as u64 <= inspection.problems_total);
            }
            Err(fault) => {
                prop_assert!(fault.code.starts_with("csv."));
                let codes: Vec<&str> = inspection.problems.iter().map(|p| p.code.as_str()).collect();
                prop_assert!(codes.contains(&fault.code.as_ref()), "{} {:?}", fault.code, codes);
            }
        }
    }
}

#[tokio::test]
async fn a_folder_without_its_file_is_told_from_a_folder_that_is_gone() {
    let hr = Hr::new();
    hr.connector.confirm(Some(format(&["ID"]))).unwrap();

    assert_eq!(hr.refusal().await.0, "csv.file_missing");
    assert!(hr.connector.identity().await.is_ok());
    std::fs::remove_dir(&hr.folder).unwrap();
    assert_eq!(hr.refusal().await.0, "csv.folder_unreachable");
    let lost = hr.connector.identity().await.unwrap_err();
    assert_eq!(lost.code, "csv.folder_unreachable");
}
