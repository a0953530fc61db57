//! Imports: the newest complete file is the whole truth.
//!
//! Invariants: a file is taken, surveyed and only then handed out; the watermark names the file's bytes and the
//! format, so that the same file under another format is another truth.

use std::sync::Arc;

use syncline_model::AttrName;
use syncline_model::error::ErrorKind;
use syncline_model::hr_file::FileFormat;
use syncline_model::import::{ImportMode, ImportRequest};
use tokio::runtime::Handle;

use super::folder::Candidate;
use super::pickup::Pickup;
use super::values::Wanted;
use super::{entries, faults, survey};
use crate::contract::{Fault, ImportCounts, ImportEnd, ImportPage, PageSink};

/// The form of a watermark: this octet, the digest of the file, the digest of the format.
const FORM: u8 = 1;

/// The watermark of a file under a format.
fn watermark(digest: &[u8; 32], format: &FileFormat) -> Vec<u8> {
    let format = serde_json::to_vec(format).expect("a format is plain values");
    [[FORM].as_slice(), digest, blake3::hash(&format).as_bytes()].concat()
}

/// Reads the newest file, or finds that it is the one the watermark names.
pub(super) async fn import(
    pickup: &Arc<Pickup>,
    format: Arc<FileFormat>,
    request: ImportRequest,
    sink: PageSink,
) -> Result<ImportEnd, Fault> {
    let candidate = pickup.complete().await?;
    if let ImportMode::Delta(known) = &request.mode {
        let digest = digest(pickup, &candidate).await?;
        if *known == watermark(&digest, &format) {
            return Ok(ImportEnd {
                watermark: Some(known.clone()),
                counts: ImportCounts::default(),
                refused: Vec::new(),
            });
        }
        return Err(Fault::new(
            "import.watermark_expired",
            ErrorKind::Connection,
            "The folder holds another file than the last import read, or another format was confirmed.",
            "Everything is read.",
        ));
    }
    let attrs = request
        .types
        .iter()
        .find(|(name, _)| *name == format.object_type)
        .map(|(_, attrs)| attrs.clone())
        .ok_or_else(|| {
            Fault::new(
                "csv.type_unknown",
                ErrorKind::WaitingForAttribute,
                format!(
                    "The import does not ask for `{}`, which is what the rows of the file are.",
                    format.object_type
                ),
                "Read the directory's object types again, and choose this one in its settings.",
            )
        })?;
    let pickup = Arc::clone(pickup);
    let runtime = Handle::current();
    let page_size = request.page_size.max(1) as usize;
    blocking(move || {
        let pages = Pages {
            runtime,
            sink,
            page_size,
            page: ImportPage::default(),
            counts: ImportCounts::default(),
        };
        read(&pickup, &candidate, &format, &attrs, pages)
    })
    .await
}

/// The digest of a file, read only when it is not known yet.
async fn digest(pickup: &Arc<Pickup>, candidate: &Candidate) -> Result<[u8; 32], Fault> {
    if let Some(known) = pickup.digest_of(candidate) {
        return Ok(known);
    }
    let (pickup, candidate) = (Arc::clone(pickup), candidate.clone());
    blocking(move || Ok(pickup.take(&candidate)?.digest)).await
}

/// Runs what reads files beside the threads that answer calls.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(faults::stopped()),
    }
}

fn read(
    pickup: &Pickup,
    candidate: &Candidate,
    format: &FileFormat,
    attrs: &[AttrName],
    mut pages: Pages,
) -> Result<ImportEnd, Fault> {
    let snapshot = pickup.take(candidate)?;
    let survey = survey::survey(&snapshot, format)?;
    let wanted = Wanted::new(&survey.layout, &format.object_type, attrs);
    entries::rows(&snapshot, format, &survey, &wanted, |row| {
        match &row {
            Ok(_) => pages.counts.objects += 1,
            Err(bad) => {
                pages.counts.read_errors += 1;
                tracing::debug!(code = bad.code, line = bad.line, "row not read");
            }
        }
        pages.page.entries.push(entries::entry(row));
        if pages.page.entries.len() >= pages.page_size {
            pages.send()?;
        }
        Ok(())
    })?;
    if !pages.page.entries.is_empty() {
        pages.send()?;
    }
    Ok(ImportEnd {
        watermark: Some(watermark(&snapshot.digest, format)),
        counts: pages.counts,
        refused: Vec::new(),
    })
}

/// Entries on their way to whoever takes the pages.
struct Pages {
    runtime: Handle,
    sink: PageSink,
    page_size: usize,
    page: ImportPage,
    counts: ImportCounts,
}

impl Pages {
    /// Hands over the page, when there is room.
    fn send(&mut self) -> Result<(), Fault> {
        let page = std::mem::take(&mut self.page);
        self.counts.pages += 1;
        self.runtime.block_on(self.sink.send(page))
    }
}
