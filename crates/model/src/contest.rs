//! Contests: what we exported and imports contradicted, until something else is wanted (D-48).
//!
//! Invariants: one entry a claim; the count rises with every contradiction and ends with a confirmation, with
//! another intended value, or by hand; a claim whose count reached the directory's limit is not sent.

use crate::attrs::AttrId;
use crate::body::{Body, body_struct};
use crate::flat::{FlatError, Reader};
use crate::ids::CsId;
use crate::plan::{Place, RefEffect};
use crate::value::Values;

/// How often a value is exported against contradiction where nothing else is set.
pub const CONTEST_LIMIT: u8 = 3;

/// What of an object is contested.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The values of an attribute.
    Attr(AttrId),
    /// One reference, held or not.
    Ref(RefEffect),
    /// The name.
    Place(Place),
}

/// A claim that imports contradicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// What is contested.
    pub claim: Claim,
    /// The values that were exported; of a name, its text; absent for an attribute that was cleared.
    pub exported: Option<Values>,
    /// What the last import showed instead.
    pub imported: Option<Values>,
    /// How often an import contradicted it.
    pub count: u8,
    /// When it was exported the first time, in seconds since 1970.
    pub first: i64,
    /// When it was exported last.
    pub last: i64,
}
body_struct!(Contest {
    claim,
    exported,
    imported,
    count,
    first,
    last
});

/// The contests of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestSet {
    /// The target object.
    pub cs: CsId,
    /// In place of those it had; none ends them all.
    pub contests: Vec<Contest>,
}

impl Body for Claim {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Attr(attr) => {
                out.push(1);
                attr.put(out);
            }
            Self::Ref(reference) => {
                out.push(2);
                reference.put(out);
            }
            Self::Place(place) => {
                out.push(3);
                place.put(out);
            }
        }
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        match r.byte()? {
            1 => AttrId::read(r).map(Self::Attr),
            2 => RefEffect::read(r).map(Self::Ref),
            3 => Place::read(r).map(Self::Place),
            _ => Err(r.error("contested claim")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{decode, encode};
    use crate::value::Value;

    #[test]
    fn contests_read_back_as_they_were_written() {
        let contest = |claim| Contest {
            claim,
            exported: Values::one(Value::text("512")),
            imported: None,
            count: 2,
            first: 5,
            last: 6,
        };
        let reference = RefEffect {
            attr: AttrId(3),
            to: CsId(4),
            added: true,
        };
        let place = Place {
            parent: CsId(9),
            rdn: "CN=Ann".into(),
        };
        let contests = vec![
            contest(Claim::Attr(AttrId(1))),
            contest(Claim::Ref(reference)),
            contest(Claim::Place(place)),
        ];

        let back: Vec<Contest> = decode(&encode(&contests)).unwrap();

        assert_eq!(back, contests);
    }
}
