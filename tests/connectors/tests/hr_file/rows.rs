//! Rows that cannot be read: which, where, and whether anybody may be taken for gone for it.

use syncline_model::hr_file::Content;

use crate::world::{Hr, format};

/// Enough good rows around the bad ones that the file as a whole fits.
const GOOD: &str = "91,a,1\n92,b,2\n93,c,3\n94,d,4\n95,e,5\n";

async fn unreadable(key: &str, rows: &str) -> Vec<(String, Option<String>, String)> {
    let mut format = format(&["ID", "Name", "Room"]);
    format.key = key.into();
    let hr = Hr::with(format, format!("ID,Name,Room\n{rows}{GOOD}"));
    let imported = hr.full().await.unwrap();
    let found = imported.unreadable().into_iter();
    found
        .map(|(code, key, message)| (code.into(), key, message.into()))
        .collect()
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_with_its_line_and_only_a_certain_key() {
    for (rows, code, key, line) in [
        ("1,x\n", "csv.row_width", Some("1"), 2),
        ("1,x,y,z\n", "csv.row_width", Some("1"), 2),
        ("0,x,\"y\nz\"\n1,x\n", "csv.row_width", Some("1"), 4),
        ("1,\"x\n2,y\"\n", "csv.row_width", None, 2),
        (",x,y\n", "csv.key_empty", None, 2),
        (",,\n", "csv.key_empty", None, 2),
        (" 1,x,y\n", "csv.key_spaces", None, 2),
        ("1,x\"y,z\n", "csv.row_quote", None, 2),
        ("1,\"x\"y,z\n", "csv.row_quote", None, 2),
        ("1,x,y\n\n", "csv.row_empty", None, 3),
        ("1,x,y\n\n\r\n", "csv.row_empty", None, 3),
        ("\"1\n2\",x,y\n", "csv.key_malformed", None, 2),
        ("1,x,y\n2,x,y\n1,z,z\n", "csv.key_duplicate", Some("1"), 2),
        ("1,x,y\n1,z\n", "csv.key_duplicate", Some("1"), 2),
    ] {
        let found = unreadable("ID", rows).await;

        let [(found, anchor, message)] = found.as_slice() else {
            panic!("{rows:?}: {found:?}")
        };
        assert_eq!(found, code, "{rows:?}: {message}");
        assert_eq!(anchor.as_deref(), key, "{rows:?}: {message}");
        assert!(
            message.contains(&format!("on line {line} ")),
            "{rows:?}: {message}"
        );
    }
}

#[tokio::test]
async fn a_key_that_may_have_moved_is_not_believed() {
    let found = unreadable("Name", "1,x\n").await;

    assert_eq!(
        (found[0].0.as_str(), &found[0].1),
        ("csv.row_width", &None),
        "a value before the key may be missing"
    );
}

#[tokio::test]
async fn all_rows_of_a_shared_key_are_named_and_none_counts() {
    let rows: String = (0..7).map(|n| format!("1,x,{n}\n")).collect();

    let found = unreadable("ID", &rows).await;

    assert_eq!(found.len(), 1);
    assert!(
        found[0]
            .2
            .contains("7 rows have the same key, on the lines 2, 3, 4, 5, 6 and 2 more"),
        "{}",
        found[0].2
    );
}

#[tokio::test]
async fn empty_lines_at_the_end_are_no_rows() {
    assert!(unreadable("ID", "").await.is_empty());
    let hr = Hr::with(format(&["ID"]), "ID\r\n1\r\n\r\n\r\n");

    let imported = hr.full().await.unwrap();

    assert_eq!(imported.keys(), ["1"]);
    assert!(imported.errors.is_empty());
}

#[tokio::test]
async fn a_bad_date_is_the_row_s_error_and_the_rest_is_read() {
    let mut format = format(&["ID", "Hired"]);
    format.columns[1].content = Content::Date {
        format: "yyyy-MM-dd".into(),
    };
    let hr = Hr::with(format, "ID,Hired\n1,2024-02-30\n2,2024-02-29\n3,\n");

    let imported = hr.full().await.unwrap();

    assert_eq!(imported.keys(), ["2", "3"]);
    let unreadable = imported.unreadable();
    let [(code, key, message)] = unreadable.as_slice() else {
        panic!("{:?}", imported.errors)
    };
    assert_eq!((*code, key.as_deref()), ("csv.date_invalid", Some("1")));
    assert!(
        message.contains("line 2") && message.contains("`Hired`"),
        "{message}"
    );
}

#[tokio::test]
async fn spaces_are_left_out_only_where_the_format_says_so() {
    let mut trimmed = format(&["ID", "Name"]);
    trimmed.dialect.trim = true;
    let hr = Hr::with(trimmed, "ID , Name\n 1 , Ann \n2,\" \"\n");

    let imported = hr.full().await.unwrap();

    assert_eq!(imported.texts("1", "Name"), ["Ann"]);
    assert!(imported.texts("2", "Name").is_empty());
}
