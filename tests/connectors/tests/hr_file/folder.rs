//! Which file is taken, and when a new one is noticed.

use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::time::Duration;

use syncline_connectors::contract::Connector as _;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::world::{Hr, format};

#[tokio::test]
async fn the_newest_file_decides_even_when_it_cannot_be_read() {
    let hr = Hr::with(format(&["ID"]), "ID\n1\n");
    assert_eq!(hr.full().await.unwrap().keys(), ["1"]);

    // Newer than everything before: these are made now.
    symlink("a.csv", hr.folder.join("link.csv")).unwrap();
    assert_eq!(hr.refusal().await.0, "csv.file_untrusted");
    std::fs::remove_file(hr.folder.join("link.csv")).unwrap();

    rustix::fs::mknodat(
        rustix::fs::CWD,
        hr.folder.join("pipe.csv"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert_eq!(hr.refusal().await.0, "csv.file_untrusted");
    std::fs::remove_file(hr.folder.join("pipe.csv")).unwrap();

    std::fs::write(hr.folder.join("next.csv.part"), "ID\n").unwrap();
    assert_eq!(hr.full().await.unwrap().keys(), ["1"]);
}

#[tokio::test]
async fn in_a_folder_that_everyone_may_write_only_its_owner_s_files_count() {
    let hr = Hr::with(format(&["ID"]), "ID\n1\n");
    std::fs::set_permissions(&hr.folder, std::fs::Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(hr.full().await.unwrap().keys(), ["1"]);

    // Only root can give a file away; anyone else stands where this says nothing.
    if chown(hr.folder.join("a.csv"), Some(65_534), None).is_ok() {
        assert_eq!(hr.refusal().await.0, "csv.file_untrusted");
        std::fs::set_permissions(&hr.folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(hr.full().await.unwrap().keys(), ["1"]);
    }
}

#[tokio::test]
async fn every_new_complete_file_is_told_once() {
    let hr = Hr::with(format(&["ID"]), "ID\n1\n");
    let (notices, mut told) = mpsc::channel(8);
    let bound = Duration::from_secs(20);

    let listening = hr.connector.changes(notices);
    let changing = async {
        assert!(timeout(bound, told.recv()).await.unwrap().is_some());
        hr.put("b.csv", "ID\n2\n");
        assert!(timeout(bound, told.recv()).await.unwrap().is_some());
        assert!(told.try_recv().is_err(), "an unchanged file is no news");
        drop(told);
    };
    let (ended, ()) = tokio::join!(listening, changing);

    assert!(ended.is_ok());
    std::fs::remove_dir_all(&hr.folder).unwrap();
    let (notices, _told) = mpsc::channel(1);
    let lost = hr.connector.changes(notices).await.unwrap_err();
    assert_eq!(lost.code, "csv.folder_unreachable");
}
