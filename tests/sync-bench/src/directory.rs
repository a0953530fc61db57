//! A directory in memory, behind the connector contract.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use syncline_connectors::contract::{
    AddTrace, Capabilities, ChangeNotice, Connector, DirectoryIdentity, Fault, ImportCounts,
    ImportEnd, ImportPage, Names, OpOutcome, PageSink, ReadAnswer, ReadRequest,
};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};
use syncline_model::op::Operation;
use syncline_model::schema::Schema;
use tokio::sync::mpsc;

use crate::company::schema;

/// All entries of a directory, made one by one.
pub type Contents = dyn Fn() -> Box<dyn Iterator<Item = ImportEntry> + Send> + Send + Sync;

/// A directory that holds what a function says, and tells of changes that it was given.
pub struct InMemory {
    contents: Box<Contents>,
    changes: Mutex<Vec<ImportEntry>>,
}

impl InMemory {
    /// Over these contents.
    pub fn new(contents: Box<Contents>) -> Arc<Self> {
        Arc::new(Self {
            contents,
            changes: Mutex::default(),
        })
    }

    /// What the next delta import finds.
    pub fn change(&self, entries: impl IntoIterator<Item = ImportEntry>) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        changes.extend(entries);
    }
}

fn unsupported() -> Fault {
    Fault::new(
        "bench.unsupported",
        ErrorKind::Internal,
        "The bench does not ask for this.",
        "Report it.",
    )
}

#[async_trait]
impl Connector for InMemory {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            delta: true,
            change_notices: false,
            export: true,
            settle_ms: 0,
            rename: true,
        }
    }

    async fn identity(&self) -> Result<DirectoryIdentity, Fault> {
        Err(unsupported())
    }

    async fn describe(&self) -> Result<Schema, Fault> {
        Ok((*schema()).clone())
    }

    async fn import(&self, request: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault> {
        let entries: Box<dyn Iterator<Item = ImportEntry> + Send> = match request.mode {
            ImportMode::Full => (self.contents)(),
            ImportMode::Delta(_) => {
                let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
                Box::new(std::mem::take(&mut *changes).into_iter())
            }
        };
        let mut entries = entries.peekable();
        let size = request.page_size as usize;
        while entries.peek().is_some() {
            let page: Vec<ImportEntry> = entries.by_ref().take(size).collect();
            sink.send(ImportPage { entries: page }).await?;
        }
        Ok(ImportEnd {
            watermark: Some(b"1".to_vec()),
            counts: ImportCounts::default(),
            refused: Vec::new(),
        })
    }

    async fn read(&self, _: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        Err(unsupported())
    }

    async fn export(&self, _: &Operation, _: &dyn Names) -> OpOutcome {
        OpOutcome::Rejected(unsupported())
    }

    async fn trace_add(&self, _: &Operation, _: &dyn Names) -> Result<AddTrace, Fault> {
        Err(unsupported())
    }

    async fn changes(&self, _: mpsc::Sender<ChangeNotice>) -> Result<(), Fault> {
        Err(unsupported())
    }
}
