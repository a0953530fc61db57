//! Entries gathered into pages of the size asked for, counted as they leave.
//!
//! Invariants: no page is larger than asked; what was put in comes out, in order.

use syncline_model::connector::{Fault, ImportCounts, ImportPage};
use syncline_model::import::ImportEntry;

use crate::contract::PageSink;

/// Pages on their way out.
pub struct Pages<'a> {
    sink: &'a PageSink,
    size: usize,
    page: ImportPage,
    counts: ImportCounts,
}

impl<'a> Pages<'a> {
    /// Pages of at most `size` entries.
    pub fn new(sink: &'a PageSink, size: u32) -> Self {
        Self {
            sink,
            size: usize::try_from(size).unwrap_or(1).max(1),
            page: ImportPage::default(),
            counts: ImportCounts::default(),
        }
    }

    /// Puts an entry in; waits when a page is full and nobody takes it.
    pub async fn put(&mut self, entry: ImportEntry) -> Result<(), Fault> {
        *match &entry {
            ImportEntry::Object(_) => &mut self.counts.objects,
            ImportEntry::Change(_) => &mut self.counts.changes,
            ImportEntry::Deleted(_) => &mut self.counts.deletes,
            ImportEntry::ReadError(_) => &mut self.counts.read_errors,
        } += 1;
        self.page.entries.push(entry);
        if self.page.entries.len() >= self.size {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what waits.
    pub async fn flush(&mut self) -> Result<(), Fault> {
        if !self.page.entries.is_empty() {
            self.counts.pages += 1;
            self.sink.send(std::mem::take(&mut self.page)).await?;
        }
        Ok(())
    }

    /// Sends the last page.
    pub async fn finish(mut self) -> Result<ImportCounts, Fault> {
        self.flush().await?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::Anchor;

    use super::*;

    #[tokio::test]
    async fn pages_are_full_but_for_the_last_and_a_closed_sink_ends_it() {
        let (sink, mut taken) = PageSink::channel();
        let feed = tokio::spawn(async move {
            let mut pages = Pages::new(&sink, 2);
            for n in 0..5 {
                pages
                    .put(ImportEntry::Deleted(Anchor::Guid([n; 16])))
                    .await?;
            }
            pages.finish().await
        });

        let mut sizes = Vec::new();
        while let Some(page) = taken.recv().await {
            sizes.push(page.entries.len());
        }

        assert_eq!(sizes, [2, 2, 1]);
        let counts = feed.await.unwrap().unwrap();
        assert_eq!((counts.pages, counts.deletes), (3, 5));

        let (sink, taken) = PageSink::channel();
        drop(taken);
        let mut pages = Pages::new(&sink, 1);
        let stopped = pages.put(ImportEntry::Deleted(Anchor::Guid([0; 16]))).await;
        assert_eq!(stopped.unwrap_err().code, "import.cancelled");
    }
}
