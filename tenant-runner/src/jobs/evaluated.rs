//! Under which rules the objects of a profile were evaluated last, kind by kind: after a change of the configuration only
//! kinds whose rules mean something else are looked at again (D-38, ADR 32).
//!
//! Invariants: what is kept of a kind promises that every evaluation since its last complete one was under that meaning: a
//! sync under another one takes the promise back before it writes anything, and makes a new one only at the end of a sync
//! that looked at everything it concerns; without a promise everything is looked at.

use serde::{Deserialize, Serialize};
use syncline_engine::ruleset::{Affected, Evaluated, Meaning};
use syncline_model::object::TypeId;
use syncline_model::{DirectoryId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::{Setting, TenantRead, TenantTx, Whom};

/// As it is kept: meanings in hexadecimal digits, none where a kind was evaluated under several.
#[derive(Debug, Serialize, Deserialize)]
struct Document {
    cs: Vec<(i64, u16, Option<String>)>,
    mv: Vec<(u16, Option<String>)>,
}

/// What is kept of a profile.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    version: i64,
    evaluated: Option<Evaluated>,
}

fn setting(profile: ProfileId) -> String {
    format!("evaluated of {profile}")
}

impl Kept {
    /// Of a profile, in a snapshot.
    pub async fn load(read: &mut TenantRead, profile: ProfileId) -> Result<Self, StoreError> {
        let Some(Setting { version, value }) = read.setting(&setting(profile)).await? else {
            return Ok(Self::default());
        };
        // What another release wrote and this one cannot read promises nothing.
        let document = serde_json::from_slice::<Document>(&value).ok();
        let evaluated = document.and_then(Document::evaluated);
        Ok(Self { version, evaluated })
    }

    /// Whom everything is, under these rules.
    pub fn affected(&self, now: &Evaluated) -> Whom {
        let affected = self.evaluated.as_ref().map(|before| before.affected(now));
        match affected {
            None | Some(Affected::All) => Whom::All,
            Some(Affected::Kinds { cs, mv }) => {
                Whom::Kinds(cs.into_iter().collect(), mv.into_iter().collect())
            }
        }
    }

    /// Takes back what an evaluation under these rules breaks.
    pub async fn begin(
        &mut self,
        tx: &mut TenantTx,
        profile: ProfileId,
        now: &Evaluated,
    ) -> Result<(), StoreError> {
        match self.evaluated.as_ref().map(|before| before.mixed_with(now)) {
            Some(mixed) => self.put(tx, profile, mixed).await,
            None => Ok(()),
        }
    }

    /// Whether [`Self::begin`] has something to write.
    pub fn breaks(&self, now: &Evaluated) -> bool {
        let before = self.evaluated.as_ref();
        before.is_some_and(|before| before.mixed_with(now) != *before)
    }

    /// Everything was looked at under these rules.
    pub async fn complete(
        &mut self,
        tx: &mut TenantTx,
        profile: ProfileId,
        now: &Evaluated,
    ) -> Result<(), StoreError> {
        match &self.evaluated {
            Some(before) if before == now => Ok(()),
            _ => self.put(tx, profile, now.clone()).await,
        }
    }

    async fn put(
        &mut self,
        tx: &mut TenantTx,
        profile: ProfileId,
        evaluated: Evaluated,
    ) -> Result<(), StoreError> {
        let document = serde_json::to_vec(&Document::of(&evaluated)).expect("numbers and texts");
        tx.setting_put(&setting(profile), self.version, &document)
            .await?;
        self.version += 1;
        self.evaluated = Some(evaluated);
        Ok(())
    }
}

/// Takes every promise back: the next time everything is looked at, it is everything.
pub async fn forget(tx: &mut TenantTx, profile: ProfileId) -> Result<(), StoreError> {
    let name = setting(profile);
    match tx.setting(&name).await? {
        Some(stored) => tx.setting_put(&name, stored.version, b"null").await,
        None => Ok(()),
    }
}

impl Document {
    fn of(evaluated: &Evaluated) -> Self {
        let digits = |meaning: &Option<Meaning>| meaning.map(hex::encode);
        let cs = evaluated.cs.iter();
        let mv = evaluated.mv.iter();
        Self {
            cs: cs
                .map(|((directory, object_type), meaning)| {
                    (directory.get(), object_type.0, digits(meaning))
                })
                .collect(),
            mv: mv.map(|(t, meaning)| (t.0, digits(meaning))).collect(),
        }
    }

    fn evaluated(self) -> Option<Evaluated> {
        let meaning = |digits: Option<String>| -> Option<Option<Meaning>> {
            let Some(digits) = digits else {
                return Some(None);
            };
            let mut meaning = [0; 32];
            hex::decode_to_slice(digits, &mut meaning).ok()?;
            Some(Some(meaning))
        };
        let cs = self.cs.into_iter().map(|(directory, object_type, digits)| {
            let kind = (DirectoryId(directory), TypeId(object_type));
            Some((kind, meaning(digits)?))
        });
        let mv = self.mv.into_iter();
        let mv = mv.map(|(mv_type, digits)| Some((TypeId(mv_type), meaning(digits)?)));
        Some(Evaluated {
            cs: cs.collect::<Option<_>>()?,
            mv: mv.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let kind = |n| (DirectoryId(n), TypeId(3));
        let evaluated = Evaluated {
            cs: [(kind(5), Some([7; 32])), (kind(6), None)].into(),
            mv: [(TypeId(9), Some([8; 32]))].into(),
        };

        let json = serde_json::to_vec(&Document::of(&evaluated)).unwrap();
        let read: Document = serde_json::from_slice(&json).unwrap();

        assert_eq!(read.evaluated(), Some(evaluated));
    }

    #[test]
    fn a_meaning_that_is_none_promises_nothing() {
        let document = Document {
            cs: vec![(5, 3, Some("not digits".into()))],
            mv: Vec::new(),
        };

        assert_eq!(document.evaluated(), None);
    }
}
