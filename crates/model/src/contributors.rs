//! Whose contributions the values of a metaverse attribute are.
//!
//! Invariants: every value has one contributor, the strongest of those that give it in that spelling; one contributor
//! is stored as a lineage was before there were merges.

use std::collections::BTreeSet;

use crate::body::{Body, body_struct};
use crate::flat::{FlatError, Reader};
use crate::object::{Lineage, MvValue};
use crate::value::{Value, Values};

/// Whose contributions the values of an attribute are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Contributors {
    /// Of no one in particular: an expression made them.
    #[default]
    None,
    /// One gave them all.
    One(Lineage),
    /// Several were merged: who gave which, the strongest first.
    Merged(Vec<Share>),
}

/// The values of a merged attribute that are kept as one contributor spells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The contributor.
    pub lineage: Lineage,
    /// Its values.
    pub values: Values,
}
body_struct!(Share { lineage, values });

impl Contributors {
    /// Who gave a value, `merged` being what is stored of merged attributes.
    pub fn of(value: &MvValue, merged: &[MvValue]) -> Self {
        let mut left: BTreeSet<&Value> = value.values.iter().collect();
        let given = merged.iter().filter(|given| given.attr == value.attr);
        let mut shares: Vec<Share> = given
            .filter_map(|given| {
                let kept = given.values.iter().filter(|one| left.remove(one));
                Some(Share {
                    lineage: given.lineage,
                    values: Values::new(kept.cloned())?,
                })
            })
            .collect();
        match shares.len() {
            0 => Self::One(value.lineage),
            1 => Self::One(shares.remove(0).lineage),
            _ => Self::Merged(shares),
        }
    }

    /// The contributors of some of the values.
    #[must_use]
    pub fn of_these(self, values: &Values) -> Self {
        let Self::Merged(shares) = self else {
            return self;
        };
        let taken = values.as_slice();
        let kept = shares.into_iter().filter_map(|share| {
            let values = share.values.iter().filter(|value| taken.contains(value));
            let values = Values::new(values.cloned())?;
            Some(Share { values, ..share })
        });
        let mut shares: Vec<Share> = kept.collect();
        match shares.len() {
            1 => Self::One(shares.remove(0).lineage),
            _ => Self::Merged(shares),
        }
    }

    /// Every contributor.
    pub fn lineages(&self) -> impl Iterator<Item = Lineage> + '_ {
        let (one, merged) = match self {
            Self::None => (None, &[][..]),
            Self::One(lineage) => (Some(*lineage), &[][..]),
            Self::Merged(shares) => (None, shares.as_slice()),
        };
        one.into_iter().chain(merged.iter().map(|s| s.lineage))
    }
}

/// Written as the optional lineage that it was, and a further form.
impl Body for Contributors {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::None => out.push(0),
            Self::One(lineage) => {
                out.push(1);
                lineage.put(out);
            }
            Self::Merged(shares) => {
                out.push(2);
                shares.put(out);
            }
        }
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        match r.byte()? {
            0 => Ok(Self::None),
            1 => Lineage::read(r).map(Self::One),
            2 => Vec::read(r).map(Self::Merged),
            _ => Err(r.error("contributors")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchor::Anchor;
    use crate::attrs::AttrId;
    use crate::body;
    use crate::ids::{CsId, DirectoryId, PartId};
    use crate::object::{MvBody, SourceKey};

    #[test]
    fn a_merged_value_names_who_spelt_it_and_a_body_keeps_what_each_gave() {
        let given = |cs: i64, values: &[&str]| MvValue {
            attr: AttrId(1),
            values: Values::new(values.iter().map(|v| Value::text(*v))).unwrap(),
            lineage: Lineage {
                part: PartId(cs),
                flow: 0,
                cs: CsId(cs),
            },
        };
        let (value, first, second) = (
            given(1, &["A", "b", "c"]),
            given(1, &["A", "b"]),
            given(2, &["a", "b", "c"]),
        );
        let stored = MvBody {
            origin: SourceKey {
                directory: DirectoryId(1),
                anchor: Anchor::Guid([3; 16]),
            },
            values: vec![value.clone()],
            held: vec![],
            remembered: vec![],
            merged: vec![first.clone(), second.clone()],
        };

        let read: MvBody = body::decode(&body::encode(&stored)).unwrap();
        let contributors = Contributors::of(&value, &read.merged);

        assert_eq!(read, stored);
        assert_eq!(
            contributors,
            Contributors::Merged(vec![
                Share {
                    lineage: first.lineage,
                    values: first.values
                },
                Share {
                    lineage: second.lineage,
                    values: given(2, &["c"]).values
                },
            ])
        );
        let bytes = body::encode(&contributors);
        assert_eq!(body::decode::<Contributors>(&bytes).unwrap(), contributors);
        assert_eq!(
            body::encode(&Contributors::One(value.lineage)),
            body::encode(&Some(value.lineage)),
            "one contributor is stored as it always was"
        );
    }
}
