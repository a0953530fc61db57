//! The pages of an import, whoever reads them.

use std::sync::Arc;

use syncline_connectors::contract::{Connector, PageSink};
use syncline_model::connector::{Fault, ImportEnd, ImportPage};
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportRequest;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::tunnel::ImportStream;

/// Pages, then their end. Dropping it stops the reading.
pub struct Pages(Source);

enum Source {
    Tunnel(ImportStream),
    Own {
        pages: mpsc::Receiver<ImportPage>,
        reading: JoinHandle<Result<ImportEnd, Fault>>,
        end: Option<ImportEnd>,
    },
}

impl Pages {
    pub(super) fn through(stream: ImportStream) -> Self {
        Self(Source::Tunnel(stream))
    }

    pub(super) fn of(connector: Arc<dyn Connector>, request: ImportRequest) -> Self {
        let (sink, pages) = PageSink::channel();
        let reading = tokio::spawn(async move { connector.import(request, sink).await });
        Self(Source::Own {
            pages,
            reading,
            end: None,
        })
    }

    /// The next page; `None` after the last, when [`Pages::end`] tells the end.
    pub async fn next(&mut self) -> Result<Option<ImportPage>, Fault> {
        match &mut self.0 {
            Source::Tunnel(stream) => stream.next_item().await.map_err(|e| e.into_fault()),
            Source::Own {
                pages,
                reading,
                end,
            } => {
                if end.is_some() {
                    return Ok(None);
                }
                if let Some(page) = pages.recv().await {
                    return Ok(Some(page));
                }
                *end = Some(reading.await.unwrap_or_else(|died| Err(broken(&died)))?);
                Ok(None)
            }
        }
    }

    /// What was delivered, and where the next delta starts.
    pub fn end(&self) -> ImportEnd {
        match &self.0 {
            Source::Tunnel(stream) => stream.end().cloned(),
            Source::Own { end, .. } => end.clone(),
        }
        .unwrap_or_default()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        if let Source::Own { reading, .. } = &self.0 {
            reading.abort();
        }
    }
}

fn broken(died: &tokio::task::JoinError) -> Fault {
    tracing::error!("a connector ended in the middle of an import: {died}");
    Fault::new(
        "connector.broken",
        ErrorKind::Internal,
        "The connector ended in the middle of its work.",
        "Start it again; if it stays, report it with the run's number.",
    )
}
