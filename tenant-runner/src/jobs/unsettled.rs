//! What a directory that shows writes late should have shown by now, and has not (ADR 8).
//!
//! Invariants: nothing is asked of a directory whose reads are fresh; an object that we created within the lag is not
//! asked for, its absence would say nothing, nor is one of a type that is not read; what is not found by its id is gone.

use std::collections::BTreeSet;

use syncline_engine::import::Freshness;
use syncline_model::connector::{Fault, ReadAnswer, ReadRequest};
use syncline_model::import::{ImportEntry, ObjectName};
use syncline_model::object::{CsFlags, TypeId};
use syncline_model::plan::Verb;
use syncline_model::{Anchor, CsId};
use syncline_store::StoreError;
use syncline_store::tenant::{Directory, TenantDb, TenantRead};

use super::selection::Selection;
use crate::http::context::now_ms;
use crate::reach::Reach;

/// Objects of one question.
const AT_ONCE: usize = 200;
/// An Add is acknowledged at most so long after it was handed over, where the directory throttles.
const ACKNOWLEDGED_WITHIN_MS: i64 = 15 * 60_000;

/// What the reads of an import that begins now have to show.
pub async fn freshness(
    read: &mut TenantRead,
    directory: &Directory,
    settle_ms: u64,
) -> Result<Freshness, StoreError> {
    let fence = directory.export_seq;
    let Some(settle_ms) = i64::try_from(settle_ms).ok().filter(|ms| *ms > 0) else {
        return Ok(Freshness::immediate(fence));
    };
    let settled_ms = now_ms() - settle_ms;
    let mut young = read
        .released_adds(directory.id, settled_ms - ACKNOWLEDGED_WITHIN_MS)
        .await?;
    // What we have deleted since then is expected to be gone.
    let made: Vec<CsId> = young.iter().copied().collect();
    for entry in read.memory(&made).await? {
        if entry.effect.verb == Verb::Delete {
            young.remove(&entry.cs);
        }
    }
    Ok(Freshness {
        fence,
        settled: settled_ms.div_euclid(1000),
        young,
    })
}

/// Objects to be asked for, in portions.
pub struct Questions<'a> {
    reach: &'a Reach,
    selection: &'a Selection,
    left: Vec<Anchor>,
}

/// Finds what has to be asked for: objects whose acknowledged change no read has confirmed in all the time it may take,
/// and those that were told as removed while they were young.
pub async fn look<'a>(
    reach: &'a Reach,
    db: &TenantDb,
    freshness: &Freshness,
    selection: &'a Selection,
    readable: &BTreeSet<TypeId>,
) -> Result<Questions<'a>, StoreError> {
    let mut questions = Questions {
        reach,
        selection,
        left: Vec::new(),
    };
    if reach.settle_ms() == 0 {
        return Ok(questions);
    }
    let mut read = db.read().await?;
    let remembered = read.memory_ids(reach.directory).await?;
    let memory = read.memory(&remembered).await?;
    let unconfirmed = memory
        .iter()
        .filter(|entry| entry.at <= freshness.settled && entry.export_seq <= freshness.fence)
        .map(|entry| entry.cs);
    let flagged = read
        .cs_flagged(reach.directory, CsFlags::NEEDS_FULL)
        .await?;
    let wanted: BTreeSet<CsId> = unconfirmed
        .chain(flagged.iter().map(|row| row.id))
        .filter(|cs| !freshness.young.contains(cs))
        .collect();
    let wanted: Vec<CsId> = wanted.into_iter().collect();
    let objects = read.cs_objects(&wanted).await?;
    let readable = objects.into_iter().filter(|object| {
        let object_type = object.row.object_type;
        object_type.is_none_or(|object_type| readable.contains(&object_type))
    });
    questions.left = readable.filter_map(|o| o.body.anchor).collect();
    Ok(questions)
}

impl Questions<'_> {
    /// The next answers, as a page says them.
    pub async fn next(&mut self) -> Option<Result<Vec<ImportEntry>, Fault>> {
        if self.left.is_empty() {
            return None;
        }
        let rest = self.left.split_off(self.left.len().min(AT_ONCE));
        let asked = std::mem::replace(&mut self.left, rest);
        let request = ReadRequest {
            objects: asked.into_iter().map(ObjectName::Anchor).collect(),
            types: self.selection.0.clone(),
        };
        let answers = match self.reach.read(request).await {
            Ok(answers) => answers,
            Err(fault) => return Some(Err(fault)),
        };
        let entries = answers.into_iter().filter_map(|answer| match answer {
            ReadAnswer::Found(entry) => Some(entry),
            ReadAnswer::Missing(ObjectName::Anchor(anchor)) => Some(ImportEntry::Deleted(anchor)),
            // Nothing is asked for by name.
            ReadAnswer::Missing(ObjectName::Dn(_)) => None,
        });
        Some(Ok(entries.collect()))
    }
}
