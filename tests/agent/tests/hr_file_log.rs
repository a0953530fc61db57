//! What the agent logs of HR files. Alone in its process: the log is everybody's.

use std::io::Write;
use std::sync::{Arc, Mutex};

use syncline_agent_tests::files::Desk;
use syncline_model::import::ImportMode;

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_cell_is_logged() {
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || written.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let desk = Desk::open().await;
    desk.drop_file("ID,Name\nkey-4711,Ann Zanzibar\n,Bob Zanzibar\nkey-4712,\n");

    let inspection = desk.link.inspect(None).await.unwrap();
    let mut format = inspection.proposal;
    format.key = "ID".into();
    desk.confirm(Some(format)).await;
    let (entries, _) = desk.import(ImportMode::Full).await.unwrap();

    assert_eq!(entries.len(), 3);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("HR file inspected") && log.contains("row not read"));
    assert!(!log.contains("Zanzibar") && !log.contains("key-4711"));
    desk.agent.kill().await;
}
