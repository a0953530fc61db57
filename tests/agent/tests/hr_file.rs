//! HR files through the tunnel: a folder on the agent's host, a format from the service, and the days of an HR system.

use syncline_agent::home::write_private;
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::files::Desk;
use syncline_agent_tests::tunnel::LinkError;
use syncline_agent_tests::wait::within;
use syncline_agent_tests::world::{DIRECTORY, World};
use syncline_model::connector::{ReadAnswer, ReadRequest};
use syncline_model::hr_file::Content;
use syncline_model::import::{ImportEntry, ImportMode, ImportObject, ImportRequest, ObjectName};
use syncline_model::{Anchor, AttrName};
use syncline_wire::link::Capability;

/// A thousand rows that the vendor published; see tests/connectors/data/hr/README.md.
const WORKERS: &str = include_str!("../../connectors/data/hr/hr-1000-records.csv");

fn objects(entries: &[ImportEntry]) -> Vec<&ImportObject> {
    let objects = entries.iter().filter_map(|entry| match entry {
        ImportEntry::Object(object) => Some(object),
        _ => None,
    });
    objects.collect()
}

/// The value of an attribute of the object with this key.
fn text(entries: &[ImportEntry], key: &str, attr: &str) -> Option<String> {
    let object = objects(entries)
        .into_iter()
        .find(|o| o.anchor == Anchor::Text(key.into()))?;
    let (_, values) = object.attrs.iter().find(|(name, _)| *name == attr.into())?;
    values.single()?.as_text().map(str::to_owned)
}

#[tokio::test]
async fn the_days_of_an_hr_system() {
    let desk = Desk::open().await;

    // Before the first file, and before anybody has confirmed how files are read.
    let hello = desk.link.hello(DIRECTORY).await.unwrap();
    assert!(Capability::InspectFile.is_in(hello.capabilities));
    let identity = hello.identity.unwrap();
    assert_eq!(
        (identity.kind.as_str(), identity.pin.as_str()),
        ("hr-file", "hr-file:Contoso HR")
    );
    assert!(hello.connector.change_notices && !hello.connector.export);
    assert!(desk.link.schema().await.unwrap().types.is_empty());
    let missing = desk.link.inspect(None).await.unwrap_err();
    assert!(matches!(missing, LinkError::Fault(fault) if fault.code == "csv.file_missing"));

    // The first file is inspected, the format confirmed, the file read.
    desk.drop_file(WORKERS);
    assert_eq!(desk.refusal().await.code, "csv.format_unconfirmed");
    let inspection = desk.link.inspect(None).await.unwrap();
    assert_eq!((inspection.rows, inspection.objects), (1000, 359));
    let format = inspection.proposal;
    desk.confirm(Some(format.clone())).await;
    let (entries, end) = desk.import(ImportMode::Full).await.unwrap();
    assert_eq!(
        (objects(&entries).len(), end.counts.read_errors),
        (359, 265)
    );
    assert_eq!(
        text(&entries, "1783", "FirstName").as_deref(),
        Some("Genevra")
    );
    let watermark = end.watermark.unwrap();

    // An unchanged file is nothing to read.
    let (entries, end) = desk
        .import(ImportMode::Delta(watermark.clone()))
        .await
        .unwrap();
    assert!(entries.is_empty() && end.watermark.as_ref() == Some(&watermark));

    // A new file is noticed; the delta says that everything must be read.
    let mut notices = desk.link.changes().await.unwrap();
    desk.drop_file(WORKERS.replace("Genevra,Melony", "Geneva,Melony"));
    let notice = within("a notice", notices.next_item()).await.unwrap();
    assert!(notice.is_some());
    let expired = desk.import(ImportMode::Delta(watermark)).await.unwrap_err();
    assert_eq!(expired.code, "import.watermark_expired");
    let (entries, _) = desk.import(ImportMode::Full).await.unwrap();
    assert_eq!(
        text(&entries, "1783", "FirstName").as_deref(),
        Some("Geneva")
    );

    // A file that shrank by nine tenths is delivered; the guard of the service judges it.
    let short: String = WORKERS.split_inclusive('\n').take(101).collect();
    desk.drop_file(&short);
    let (entries, _) = desk.import(ImportMode::Full).await.unwrap();
    assert!(
        entries.len() < 101 && entries.len() > 50,
        "{}",
        entries.len()
    );

    // A file that is half written.
    desk.drop_file(format!("{short}1,\"Act"));
    assert_eq!(desk.refusal().await.code, "csv.file_incomplete");

    // One in another encoding.
    let latin: Vec<u8> = short
        .replace("Genevra", "Genevrá")
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect();
    desk.drop_file(latin);
    let fault = desk.refusal().await;
    assert_eq!(fault.code, "csv.bytes_invalid");
    assert!(
        fault.message.contains("line 5, column"),
        "{}",
        fault.message
    );

    // A quoted line end is a value's own.
    desk.drop_file(short.replace("303 Mansion Ct", "\"303 Mansion Ct\nDoor 2\""));
    let (entries, _) = desk.import(ImportMode::Full).await.unwrap();
    assert_eq!(
        text(&entries, "1783", "StreetAddress").as_deref(),
        Some("303 Mansion Ct\nDoor 2")
    );

    // Two columns of one name.
    desk.drop_file(short.replace("Custom02", "Custom01"));
    let fault = desk.refusal().await;
    assert_eq!(fault.code, "csv.header_duplicate");
    assert!(fault.message.contains("Custom01"), "{}", fault.message);

    // Two rows of one key: neither counts.
    let row = short.lines().nth(4).unwrap();
    assert!(row.starts_with("1783,"));
    desk.drop_file(format!("{short}{row}\n"));
    let (entries, _) = desk.import(ImportMode::Full).await.unwrap();
    assert_eq!(text(&entries, "1783", "FirstName"), None);
    let told = entries.iter().any(|entry| {
        matches!(entry, ImportEntry::ReadError(error)
            if error.anchor == Some(Anchor::Text("1783".into())) && error.code == "csv.key_duplicate")
    });
    assert!(told);
    desk.agent.kill().await;
}

#[tokio::test]
async fn single_rows_are_read_through_the_tunnel() {
    let desk = Desk::open().await;
    desk.drop_file("ID,Name\n1,Ann\n");
    let format = desk.link.inspect(None).await.unwrap().proposal;
    desk.confirm(Some(format)).await;
    let name = |key: &str| ObjectName::Anchor(Anchor::Text(key.into()));
    let request = ReadRequest {
        objects: vec![name("1"), name("2")],
        types: vec![("worker".into(), vec!["Name".into()])],
    };

    let answers = desk.link.read(request).await.unwrap();

    assert!(matches!(
        answers.as_slice(),
        [ReadAnswer::Found(_), ReadAnswer::Missing(_)]
    ));
    desk.agent.kill().await;
}

#[tokio::test]
async fn a_format_that_is_not_valid_leaves_the_agent_connected_and_says_so() {
    let desk = Desk::open().await;
    desk.drop_file("ID,Name\n1,Ann\n");
    let mut format = desk.link.inspect(None).await.unwrap().proposal;
    format.columns[1].content = Content::Multi {
        separator: String::new(),
    };

    desk.confirm(Some(format)).await;

    let schema = desk.link.schema().await.unwrap_err();
    assert!(matches!(schema, LinkError::Fault(fault) if fault.code == "csv.format_invalid"));
    assert!(desk.link.is_open());
    desk.agent.kill().await;
}

#[tokio::test]
async fn columns_that_are_never_read_are_shown_to_nobody() {
    let desk = Desk::open().await;
    desk.drop_file("ID,Name,unicodePwd\n1,Ann,hunter2\n");

    let inspection = desk.link.inspect(None).await.unwrap();
    assert_eq!(inspection.sample, [["1", "Ann", ""]]);
    desk.confirm(Some(inspection.proposal)).await;

    assert_eq!(desk.refusal().await.code, "agent.read_refused");
    desk.agent.kill().await;
}

#[tokio::test]
async fn an_invalid_policy_file_stops_reading_too() {
    let desk = Desk::open().await;
    desk.drop_file("ID,Name\n1,Ann\n");
    let format = desk.link.inspect(None).await.unwrap().proposal;
    desk.confirm(Some(format)).await;

    write_private(&desk.home.policy(), b"writes = maybe").unwrap();

    // The session may end, because the policy is not what the runner was told; either way nothing is read.
    let request = ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: vec![("worker".into(), vec![AttrName::new("Name")])],
        page_size: 100,
    };
    let refused = match desk.link.import(request).await {
        Ok(import) => import.collect_all().await.err(),
        Err(error) => Some(error),
    };
    match refused.expect("nothing is read") {
        LinkError::Fault(fault) => assert_eq!(fault.code, "agent.policy_invalid"),
        other => assert!(!desk.link.is_open(), "{other}"),
    }
    desk.agent.kill().await;
}

#[tokio::test]
async fn a_directory_without_files_says_so_when_it_is_inspected() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;

    let refused = link.inspect(None).await.unwrap_err();

    assert!(matches!(refused, LinkError::Fault(fault) if fault.code == "csv.not_a_folder"));
    agent.kill().await;
}
