//! How many objects have which attribute, and a few values: what an editor is told about the objects behind an expression.
//!
//! Invariants: at most [`OBJECTS_MAX`] objects are looked at, at most once a minute; nothing of it leaves this process but in
//! the answer to somebody who may read objects.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use syncline_model::object::CsKind;
use syncline_model::{AttrName, AttrTable, Attrs, CsId, DirectoryId, MvId};
use syncline_rules::service::Statistics;
use syncline_store::StoreError;
use syncline_store::tenant::{TenantDb, TenantRead};

use crate::present;
use crate::resource::language::{LanguageQuestion, LanguageReads};

/// Objects that are looked at.
const OBJECTS_MAX: i64 = 500;
/// Values that are shown of one attribute, and characters of one.
const SAMPLES: usize = 3;
const SAMPLE_CHARS: usize = 60;
const KEPT: Duration = Duration::from_mins(1);

/// What is known of attributes, by name.
pub type Known = BTreeMap<AttrName, Statistics>;

/// Which objects: of a directory's type, or of a metaverse type.
type Of = (Option<DirectoryId>, String);

/// What was found lately.
#[derive(Default)]
pub struct Samples {
    lately: Mutex<BTreeMap<Of, (Instant, Arc<Known>)>>,
}

impl Samples {
    /// What is known of the objects that an expression reads.
    pub async fn of(
        &self,
        db: &TenantDb,
        read: &mut TenantRead,
        question: &LanguageQuestion,
    ) -> Result<Arc<Known>, StoreError> {
        let of: Of = match question.reads {
            LanguageReads::Directory => (Some(question.directory), question.object_type.clone()),
            LanguageReads::Metaverse => (None, question.metaverse_type.clone()),
        };
        if let Some(known) = self.lately(&of, Instant::now()) {
            return Ok(known);
        }
        let Some(object_type) = db.types().id(&of.1) else {
            return Ok(Arc::default());
        };
        let objects: Vec<Attrs> = match of.0 {
            Some(directory) => {
                let page = read.cs_page(Some(directory), Some(object_type), CsId(0), OBJECTS_MAX);
                let real = page
                    .await?
                    .into_iter()
                    .filter(|o| o.row.kind == CsKind::Staging);
                real.map(|o| o.body.attrs).collect()
            }
            None => {
                let page = read
                    .mv_page(Some(object_type), MvId(0), OBJECTS_MAX)
                    .await?;
                page.into_iter().map(|o| o.body.attrs()).collect()
            }
        };
        let known = Arc::new(count(&objects, &db.attrs()));
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.retain(|_, (at, _)| at.elapsed() < KEPT);
        lately.insert(of, (Instant::now(), known.clone()));
        Ok(known)
    }

    fn lately(&self, of: &Of, now: Instant) -> Option<Arc<Known>> {
        let lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = lately.get(of)?;
        (now.duration_since(*at) < KEPT).then(|| known.clone())
    }
}

fn count(objects: &[Attrs], attrs: &AttrTable) -> Known {
    let mut counted: BTreeMap<AttrName, (u32, Vec<String>)> = BTreeMap::new();
    for (id, values) in objects.iter().flat_map(Attrs::iter) {
        let Some(name) = attrs.name(id) else { continue };
        let (count, samples) = counted.entry(name.clone()).or_default();
        *count += 1;
        if samples.len() < SAMPLES {
            let shown = present::texts(values)
                .into_iter()
                .next()
                .map(|text| shortened(&text));
            samples.extend(shown.filter(|text| !samples.contains(text)));
        }
    }
    let all = objects.len().max(1) as f64;
    let known = counted.into_iter().map(|(name, (count, samples))| {
        let fill = Some(f64::from(count) / all);
        (name, Statistics { fill, samples })
    });
    known.collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SAMPLE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::{Value, Values};

    use super::*;

    #[test]
    fn shares_and_a_few_different_values_are_counted() {
        let attrs = AttrTable::new(["mail", "sn"].map(AttrName::new));
        let id = |name: &str| attrs.id(&AttrName::new(name)).unwrap();
        let object = |mail: &str, sn: Option<&str>| {
            let text = |text: &str| Values::new([Value::text(text)]).unwrap();
            let pairs = [
                Some((id("mail"), text(mail))),
                sn.map(|sn| (id("sn"), text(sn))),
            ];
            Attrs::from_pairs(pairs.into_iter().flatten())
        };
        let long = "x".repeat(100);
        let objects = [
            object("a", Some("Byron")),
            object("a", None),
            object("b", None),
            object(&long, None),
        ];

        let known = count(&objects, &attrs);

        let of = |name: &str| known.get(&AttrName::new(name)).unwrap();
        assert_eq!((of("mail").fill, of("sn").fill), (Some(1.0), Some(0.25)));
        assert_eq!(of("mail").samples[..2], ["a", "b"]);
        assert_eq!(of("mail").samples[2].chars().count(), SAMPLE_CHARS + 1);
        assert_eq!(count(&[], &attrs), Known::new());
    }
}
