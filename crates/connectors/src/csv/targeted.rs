//! Targeted reads: these rows of the newest file.
//!
//! Invariants: each object is answered once and in order; a key that stands in several rows is unreadable, as it is
//! in an import.

use std::collections::HashMap;
use std::sync::Arc;

use syncline_model::Anchor;
use syncline_model::hr_file::FileFormat;
use syncline_model::import::{ImportEntry, ObjectName};

use super::import::blocking;
use super::pickup::Pickup;
use super::values::Wanted;
use super::{entries, survey};
use crate::contract::{Fault, ReadAnswer, ReadRequest};

/// Reads them, in one pass over the file.
pub(super) async fn read(
    pickup: &Arc<Pickup>,
    format: Arc<FileFormat>,
    request: ReadRequest,
) -> Result<Vec<ReadAnswer>, Fault> {
    let candidate = pickup.complete().await?;
    let pickup = Arc::clone(pickup);
    blocking(move || {
        let snapshot = pickup.take(&candidate)?;
        let survey = survey::survey(&snapshot, &format)?;
        let attrs = request
            .types
            .into_iter()
            .find(|(name, _)| *name == format.object_type)
            .map(|(_, attrs)| attrs)
            .unwrap_or_default();
        let wanted = Wanted::new(&survey.layout, &format.object_type, &attrs);
        let mut asked: HashMap<Anchor, Option<ImportEntry>> = HashMap::new();
        for name in &request.objects {
            if let ObjectName::Anchor(anchor) = name {
                asked.insert(anchor.clone(), None);
            }
        }
        entries::rows(&snapshot, &format, &survey, &wanted, |row| {
            let entry = entries::entry(row);
            let anchor = match &entry {
                ImportEntry::Object(object) => Some(&object.anchor),
                ImportEntry::ReadError(error) => error.anchor.as_ref(),
                ImportEntry::Change(_) | ImportEntry::Deleted(_) => None,
            };
            if let Some(slot) = anchor.and_then(|anchor| asked.get_mut(anchor)) {
                *slot = Some(entry);
            }
            Ok(())
        })?;
        let answer = |name: ObjectName| {
            let found = match &name {
                ObjectName::Anchor(anchor) => asked.get(anchor).cloned().flatten(),
                ObjectName::Dn(_) => None,
            };
            found.map_or(ReadAnswer::Missing(name), ReadAnswer::Found)
        };
        Ok(request.objects.into_iter().map(answer).collect())
    })
    .await
}
