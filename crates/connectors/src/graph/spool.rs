//! The spool: raw pages between the network, which must not wait, and whoever takes the import, who may.
//!
//! Page tokens live for minutes, so that pages are fetched at the service's pace and processed behind. Invariants:
//! the file has no name and every record is encrypted under a key that only this process ever holds; records come
//! out whole and in order; no more than the given number of octets waits.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use bytes::Bytes;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use tokio::sync::Notify;

use super::chance;

/// Where pages wait.
pub(super) struct Spool {
    file: Arc<File>,
    key: LessSafeKey,
    octets_max: u64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Record>,
    octets: u64,
    end: u64,
    number: u64,
    closed: bool,
}

struct Record {
    at: u64,
    octets: usize,
    number: u64,
}

impl Spool {
    /// An empty spool in a directory.
    pub(super) fn open(directory: &Path, octets_max: u64) -> Result<Arc<Self>, Fault> {
        let file = tempfile::tempfile_in(directory).map_err(|error| unusable(&error))?;
        let key = UnboundKey::new(&AES_256_GCM, &chance::octets::<32>())
            .map_err(|_| unusable(&io::Error::other("no key")))?;
        Ok(Arc::new(Self {
            file: Arc::new(file),
            key: LessSafeKey::new(key),
            octets_max,
            state: Mutex::default(),
            changed: Notify::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A nonce is a record's number: the key is used for this spool only.
    fn nonce(number: u64) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }

    /// Adds a page; waits while too much waits already.
    pub(super) async fn put(&self, page: &Bytes) -> Result<(), Fault> {
        let number = self.state().number;
        let mut sealed = page.to_vec();
        self.key
            .seal_in_place_append_tag(Self::nonce(number), Aad::empty(), &mut sealed)
            .map_err(|_| unusable(&io::Error::other("sealing failed")))?;
        let octets = sealed.len();
        let at = loop {
            let changed = self.changed.notified();
            {
                let mut state = self.state();
                // One page always fits, however long it is.
                if state.waiting.is_empty() || state.octets + octets as u64 <= self.octets_max {
                    if state.waiting.is_empty() {
                        state.end = 0;
                    }
                    break state.end;
                }
            }
            changed.await;
        };
        let file = Arc::clone(&self.file);
        let written = tokio::task::spawn_blocking(move || file.write_all_at(&sealed, at)).await;
        written
            .map_err(io::Error::other)
            .and_then(|written| written)
            .map_err(|error| unusable(&error))?;
        let mut state = self.state();
        state.end = at + octets as u64;
        state.octets += octets as u64;
        state.number = number + 1;
        state.waiting.push_back(Record { at, octets, number });
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    /// No page follows.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_waiters();
    }

    /// Takes the next page; `None` after the last one.
    pub(super) async fn take(&self) -> Result<Option<Bytes>, Fault> {
        let (at, octets, number) = loop {
            let changed = self.changed.notified();
            {
                let state = self.state();
                if let Some(record) = state.waiting.front() {
                    break (record.at, record.octets, record.number);
                }
                if state.closed {
                    return Ok(None);
                }
            }
            changed.await;
        };
        let file = Arc::clone(&self.file);
        let read = tokio::task::spawn_blocking(move || {
            let mut sealed = vec![0; octets];
            file.read_exact_at(&mut sealed, at).map(|()| sealed)
        });
        let mut sealed = read
            .await
            .map_err(io::Error::other)
            .and_then(|read| read)
            .map_err(|error| unusable(&error))?;
        let page = self
            .key
            .open_in_place(Self::nonce(number), Aad::empty(), &mut sealed)
            .map_err(|_| unusable(&io::Error::other("a page came back changed")))?;
        let page = Bytes::copy_from_slice(page);
        let mut state = self.state();
        state.waiting.pop_front();
        state.octets -= octets as u64;
        drop(state);
        self.changed.notify_waiters();
        Ok(Some(page))
    }
}

fn unusable(error: &io::Error) -> Fault {
    Fault::new(
        "import.spool_failed",
        ErrorKind::Connection,
        "Pages of the import cannot be kept on this machine's disk.",
        "Give the runner's spool directory room, or look at the disk.",
    )
    .with_evidence(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_come_out_as_they_went_in_and_the_file_holds_nothing_readable() {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::open(directory.path(), 1 << 20).unwrap();
        let pages: Vec<Bytes> = (0..5)
            .map(|n| Bytes::from(format!("a page with secrets {n}")))
            .collect();

        for page in &pages {
            spool.put(page).await.unwrap();
        }
        spool.close();

        let mut raw = vec![0; 400];
        let read = spool.file.read_at(&mut raw, 0).unwrap();
        assert!(!String::from_utf8_lossy(&raw[..read]).contains("secrets"));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        for page in &pages {
            assert_eq!(spool.take().await.unwrap().as_ref(), Some(page));
        }
        assert_eq!(spool.take().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_full_spool_waits_for_whoever_takes_and_uses_its_space_again() {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::open(directory.path(), 100).unwrap();
        let page = Bytes::from(vec![7; 60]);
        let writer = spool.clone();
        let written = page.clone();
        let task = tokio::spawn(async move {
            for _ in 0..50 {
                writer.put(&written).await.unwrap();
            }
            writer.close();
        });

        let mut taken = 0;
        while let Some(next) = spool.take().await.unwrap() {
            assert_eq!(next, page);
            taken += 1;
        }

        task.await.unwrap();
        assert_eq!(taken, 50);
        assert!(spool.file.metadata().unwrap().len() <= 200);
    }

    #[tokio::test]
    async fn a_page_that_was_changed_on_disk_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::open(directory.path(), 100).unwrap();
        spool.put(&Bytes::from_static(b"page")).await.unwrap();

        let mut first = [0];
        spool.file.read_exact_at(&mut first, 0).unwrap();
        spool.file.write_all_at(&[!first[0]], 0).unwrap();

        assert_eq!(spool.take().await.unwrap_err().code, "import.spool_failed");
    }
}
