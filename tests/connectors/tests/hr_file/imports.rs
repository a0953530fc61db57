//! Imports of good files, and of files that changed.

use syncline_connectors::contract::{Connector as _, OpOutcome, PageSink, ReadAnswer, ReadRequest};
use syncline_model::hr_file::{Content, FileFormat};
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};
use syncline_model::{Value, ValueType};

use crate::world::{Hr, format, name, vendor};

#[tokio::test]
async fn the_vendor_s_files_read_whole_and_shared_keys_are_reported_once_each() {
    for (file, rows, objects, shared) in [
        ("hr-1000-records.csv", 1000, 359, 265),
        ("hr-employee.csv", 332, 239, 44),
    ] {
        let hr = Hr::new();
        hr.put("workers.csv", vendor(file));
        let inspection = hr.inspect().await;
        assert_eq!(inspection.rows, rows, "{file}");
        assert_eq!(inspection.objects, objects, "{file}");
        assert_eq!(inspection.problems_total, shared, "{file}");

        hr.connector.confirm(Some(inspection.proposal)).unwrap();
        let imported = hr.full().await.unwrap();

        assert_eq!(imported.objects.len() as u64, objects, "{file}");
        assert_eq!(imported.errors.len() as u64, shared, "{file}");
        assert_eq!(imported.end.counts.objects, objects);
        assert_eq!(imported.end.counts.read_errors, shared);
        assert!(imported.pages.iter().all(|entries| *entries <= 100));
        for (code, key, message) in imported.unreadable() {
            assert_eq!(code, "csv.key_duplicate");
            assert!(key.is_some(), "nothing of a known person is swept");
            assert!(message.contains("on the lines"), "{message}");
        }
    }
}

#[tokio::test]
async fn the_vendor_s_columns_are_proposed_for_what_they_are() {
    let hr = Hr::new();
    hr.put("workers.csv", vendor("hr-1000-records.csv"));

    let FileFormat {
        key,
        columns,
        dialect,
        ..
    } = hr.inspect().await.proposal;

    assert_eq!(key, "WorkerID");
    assert!(dialect.header && dialect.delimiter == ',');
    let special: Vec<(&str, &Content)> = columns
        .iter()
        .filter(|column| column.content != Content::Text)
        .map(|column| (column.header.as_str(), &column.content))
        .collect();
    let date = Content::Date {
        format: "yyyy-MM-dd".into(),
    };
    assert_eq!(
        special,
        [("ManagerID", &Content::Reference), ("HireDate", &date)]
    );
}

#[tokio::test]
async fn an_unchanged_file_is_told_from_a_new_one_and_from_a_new_format() {
    let headers = format(&["ID", "Name"]);
    let hr = Hr::with(headers.clone(), "ID,Name\n1,Ann\n");
    let first = hr.full().await.unwrap();
    let watermark = first.end.watermark.unwrap();

    let again = hr.delta(&watermark).await.unwrap();
    assert!(again.pages.is_empty());
    assert_eq!(again.end.watermark.as_ref(), Some(&watermark));

    hr.put("b.csv", "ID,Name\n1,Ann\n");
    assert!(
        hr.delta(&watermark).await.unwrap().pages.is_empty(),
        "the same bytes under another name"
    );
    hr.put("c.csv", "ID,Name\n1,Anne\n");
    let expired = hr.delta(&watermark).await.unwrap_err();
    assert_eq!(expired.code, "import.watermark_expired");

    let second = hr.full().await.unwrap();
    assert_eq!(second.texts("1", "Name"), ["Anne"]);
    let watermark = second.end.watermark.unwrap();
    let mut other = headers;
    other.columns[1].attribute = "displayName".into();
    hr.connector.confirm(Some(other)).unwrap();
    let expired = hr.delta(&watermark).await.unwrap_err();
    assert_eq!(expired.code, "import.watermark_expired");
}

#[tokio::test]
async fn a_file_that_shrank_is_delivered_as_it_is() {
    let rows: String = (0..100).map(|n| format!("{n},x\n")).collect();
    let hr = Hr::with(format(&["ID", "Name"]), format!("ID,Name\n{rows}"));
    assert_eq!(hr.full().await.unwrap().end.counts.objects, 100);

    hr.put("b.csv", "ID,Name\n1,x\n2,x\n");
    assert_eq!(hr.full().await.unwrap().keys(), ["1", "2"]);

    // Whether everybody may be gone is for the guard to say.
    hr.put("c.csv", "ID,Name\n");
    let empty = hr.full().await.unwrap();
    assert_eq!((empty.objects.len(), empty.errors.len()), (0, 0));
    assert!(empty.end.watermark.is_some());
}

#[tokio::test]
async fn cells_become_values_of_their_columns_kinds() {
    let mut format = format(&["Worker ID", "Boss", "Hired", "Skills", "Note", "Pay"]);
    format.columns[1].content = Content::Reference;
    format.columns[2].content = Content::Date {
        format: "dd.MM.yyyy".into(),
    };
    format.columns[3].content = Content::Multi {
        separator: "/".into(),
    };
    format.columns[5].content = Content::Ignored;
    let hr = Hr::with(
        format,
        "Pay,Worker ID,Boss,Hired,Skills,Note\n1,w1,,01.01.1970,b/ a //b,\" x\n\"\"y\"\"\"\n2,w2,w1,,,\n",
    );

    let schema = hr.connector.describe().await.unwrap();
    let imported = hr.full().await.unwrap();

    let worker = &schema.types["worker"];
    let kind = |attr: &str| {
        let definition = &worker.attrs[&attr.into()];
        (definition.value_type, definition.multi, definition.required)
    };
    assert_eq!(kind("WorkerID"), (ValueType::String, false, true));
    assert_eq!(kind("Boss"), (ValueType::Reference, false, false));
    assert_eq!(kind("Hired"), (ValueType::Datetime, false, false));
    assert_eq!(kind("Skills"), (ValueType::String, true, false));
    assert!(worker.attrs.len() == 5 && worker.rdn_attr.is_none());
    assert_eq!(imported.texts("w1", "Skills"), ["a", "b"]);
    assert_eq!(imported.texts("w1", "Note"), [" x\n\"y\""]);
    let first = imported.object("w1");
    let hired = first
        .attrs
        .iter()
        .find(|(name, _)| name.as_str() == "Hired");
    assert_eq!(
        hired.unwrap().1.single(),
        Some(&Value::Time(719_162 * 86_400 * 10_000_000))
    );
    assert!(first.refs.is_empty() && first.dn.rdns().is_empty());
    let second = imported.object("w2");
    assert_eq!(second.refs, [("Boss".into(), vec![name("w1")])]);
    assert_eq!(second.attrs.len(), 1, "an empty cell is no value");
}

#[tokio::test]
async fn only_the_attributes_that_were_asked_for_come() {
    let hr = Hr::with(format(&["ID", "Name", "Mail"]), "ID,Name,Mail\n1,Ann,a@x\n");
    let ask = |object_type: &str| ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: vec![(object_type.into(), vec!["mail".into()])],
        page_size: 0,
    };

    let (sink, mut pages) = PageSink::channel();
    hr.connector.import(ask("worker"), sink).await.unwrap();
    let page = pages.recv().await.unwrap();
    let ImportEntry::Object(object) = &page.entries[0] else {
        panic!("no object")
    };
    assert_eq!(object.attrs.len(), 1);
    assert_eq!(object.attrs[0].0.as_str(), "Mail");

    let (sink, _pages) = PageSink::channel();
    let unknown = hr.connector.import(ask("user"), sink).await.unwrap_err();
    assert_eq!(unknown.code, "csv.type_unknown");
}

#[tokio::test]
async fn nothing_is_read_before_a_format_is_confirmed_nor_under_one_that_is_not_valid() {
    let hr = Hr::new();
    hr.put("a.csv", "ID,Name\n1,Ann\n");

    assert!(hr.connector.describe().await.unwrap().types.is_empty());
    assert_eq!(hr.refusal().await.0, "csv.format_unconfirmed");

    let mut wrong = format(&["ID", "Name"]);
    wrong.key = "Key".into();
    let refused = hr.connector.confirm(Some(wrong)).unwrap_err();
    assert_eq!(refused.code, "csv.format_invalid");
    assert_eq!(hr.refusal().await.0, "csv.format_invalid");

    hr.connector.confirm(Some(format(&["ID", "Name"]))).unwrap();
    assert_eq!(hr.full().await.unwrap().keys(), ["1"]);
    hr.connector.confirm(None).unwrap();
    assert_eq!(hr.refusal().await.0, "csv.format_unconfirmed");
}

#[tokio::test]
async fn an_import_that_nobody_takes_ends() {
    let rows: String = (0..10_000).map(|n| format!("{n}\n")).collect();
    let hr = Hr::with(format(&["ID"]), format!("ID\n{rows}"));
    let request = ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: vec![("worker".into(), vec!["ID".into()])],
        page_size: 10,
    };
    let (sink, mut pages) = PageSink::channel();

    let leaving = async {
        assert_eq!(pages.recv().await.unwrap().entries.len(), 10);
        drop(pages);
    };
    let (end, ()) = tokio::join!(hr.connector.import(request, sink), leaving);

    assert_eq!(end.unwrap_err().code, "import.cancelled");
}

#[tokio::test]
async fn single_rows_can_be_read_and_nothing_is_ever_written() {
    let hr = Hr::with(format(&["ID", "Name"]), "ID,Name\n1,Ann\n2,Bob\n2,Rob\n");
    let request = ReadRequest {
        objects: vec![name("2"), name("9"), name("1")],
        types: vec![("worker".into(), vec!["Name".into()])],
    };

    let answers = hr.connector.read(request).await.unwrap();

    assert!(
        matches!(&answers[0], ReadAnswer::Found(ImportEntry::ReadError(e)) if e.code == "csv.key_duplicate")
    );
    assert_eq!(answers[1], ReadAnswer::Missing(name("9")));
    assert!(matches!(&answers[2], ReadAnswer::Found(ImportEntry::Object(o)) if o.attrs.len() == 1));
    let capabilities = hr.connector.capabilities();
    assert!(!capabilities.export && !capabilities.delta && capabilities.change_notices);
    let operation = syncline_model::op::Operation {
        directory: syncline_model::DirectoryId(1),
        pass: 1,
        object: syncline_model::op::ObjectKey::Anchor(crate::world::anchor("1")),
        kind: syncline_model::op::OpKind::Delete {
            object_type: "worker".into(),
        },
        deltas: vec![],
    };
    let names = syncline_connectors::contract::KnownNames;
    let refused = hr.connector.export(&operation, &names).await;
    assert!(matches!(refused, OpOutcome::Rejected(fault) if fault.code == "csv.read_only"));
    let traced = hr.connector.trace_add(&operation, &names).await;
    assert_eq!(traced.unwrap_err().code, "csv.read_only");
}
