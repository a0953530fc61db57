//! Entries gathered into pages of the size asked for, counted as they leave.
//!
//! Invariants: no page holds more entries than asked, and none but a single large entry weighs more
//! than a mebibyte or so; what was put in comes out, in order.

use syncline_model::connector::{Fault, ImportCounts, ImportPage};
use syncline_model::import::ImportEntry;
use syncline_model::value::{Value, Values};

use crate::contract::PageSink;

/// A page that weighs this much is sent, full or not.
const PAGE_BYTES: usize = 1 << 20;

/// Pages on their way out.
pub struct Pages<'a> {
    sink: &'a PageSink,
    size: usize,
    page: ImportPage,
    bytes: usize,
    counts: ImportCounts,
}

impl<'a> Pages<'a> {
    /// Pages of at most `size` entries.
    pub fn new(sink: &'a PageSink, size: u32) -> Self {
        Self {
            sink,
            size: usize::try_from(size).unwrap_or(1).max(1),
            page: ImportPage::default(),
            bytes: 0,
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
        self.bytes += weight(&entry);
        self.page.entries.push(entry);
        if self.page.entries.len() >= self.size || self.bytes >= PAGE_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what waits.
    pub async fn flush(&mut self) -> Result<(), Fault> {
        if !self.page.entries.is_empty() {
            self.counts.pages += 1;
            self.bytes = 0;
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

/// About how much an entry weighs.
fn weight(entry: &ImportEntry) -> usize {
    const REFERENCE: usize = 32;
    let values = |values: &Values| -> usize {
        values
            .iter()
            .map(|value| match value {
                Value::Text(text) => text.len(),
                Value::Bytes(octets) => octets.len(),
                _ => 8,
            })
            .sum()
    };
    match entry {
        ImportEntry::Object(object) => {
            let attrs: usize = object.attrs.iter().map(|(_, held)| values(held)).sum();
            let refs: usize = object.refs.iter().map(|(_, targets)| targets.len()).sum();
            attrs + refs * REFERENCE
        }
        ImportEntry::Change(change) => {
            let attrs = change.attrs.iter().filter_map(|(_, held)| held.as_ref());
            let set: usize = change
                .refs_set
                .iter()
                .map(|(_, targets)| targets.len())
                .sum();
            let refs = set + change.refs_added.len() + change.refs_removed.len();
            attrs.map(values).sum::<usize>() + refs * REFERENCE
        }
        ImportEntry::Deleted(_) | ImportEntry::ReadError(_) => REFERENCE,
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::Anchor;
    use syncline_model::dn::Dn;
    use syncline_model::import::ImportObject;

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
    #[tokio::test]
    async fn large_entries_make_small_pages() {
        let (sink, mut taken) = PageSink::channel();
        let feed = tokio::spawn(async move {
            let mut pages = Pages::new(&sink, 1000);
            for n in 0..6 {
                let photo = Values::one(Value::Bytes(vec![n; 400_000].into()));
                let object = ImportObject {
                    anchor: Anchor::Guid([n; 16]),
                    dn: Dn::root(),
                    object_type: "user".into(),
                    attrs: vec![("photo".into(), photo.unwrap())],
                    refs: vec![],
                };
                pages.put(ImportEntry::Object(object)).await?;
            }
            pages.finish().await
        });

        let mut sizes = Vec::new();
        while let Some(page) = taken.recv().await {
            sizes.push(page.entries.len());
        }

        assert_eq!(sizes, [3, 3]);
        assert_eq!(feed.await.unwrap().unwrap().objects, 6);
    }
}
