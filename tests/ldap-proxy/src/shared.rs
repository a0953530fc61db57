//! What all connections of a proxy share.

use crate::{
    Manners, dirsync,
    fault::Faults,
    record::Recorder,
    tls::{ClientSide, DirectorySide},
};
use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use tokio::sync::watch;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) manners: RwLock<Manners>,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) walks: dirsync::Walks,
    pub(crate) counters: Counters,
    pub(crate) client_side: ClientSide,
    pub(crate) directory_side: DirectorySide,
    /// New connections are closed at once.
    pub(crate) away: AtomicBool,
    /// Every change breaks the connections that are open then.
    pub(crate) breaks: watch::Sender<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connections: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) entries: AtomicU64,
    pub(crate) refused: AtomicU64,
}

impl Counters {
    /// Adds one and answers the number before.
    pub(crate) fn count(counter: &AtomicU64) -> u64 {
        counter.fetch_add(1, Ordering::Relaxed)
    }
}

impl Shared {
    pub(crate) fn manners(&self) -> Manners {
        self.manners
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
