//! What a delta or next link carries.

use crate::{clock::Moment, store::Class};
use serde::{Deserialize, Serialize};

/// What a chain of requests is about; its first request decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scope {
    pub(super) tenant: String,
    pub(super) class: Class,
    pub(super) select: Option<String>,
    /// Only these objects; all when empty.
    pub(super) ids: Vec<String>,
    /// How often the tokens of the class had been reset.
    pub(super) resets: u64,
}

impl Scope {
    pub(super) fn covers(&self, id: &str) -> bool {
        self.ids.is_empty() || self.ids.iter().any(|wanted| wanted == id)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) scope: Scope,
    pub(super) place: Place,
    /// Changes up to this one are known; those after it are told next.
    pub(super) from: u64,
    pub(super) issued: Moment,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Place {
    /// At the end of a round: changes since then are wanted.
    Changes,
    /// Inside the first walk.
    Walk(WalkPlace),
    /// Inside a round of changes.
    Round(RoundPlace),
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct WalkPlace {
    /// How many of the walk's ranges of ids are done.
    pub(super) range: usize,
    /// After this id.
    pub(super) after: String,
    /// Inside the group with that id, after this member.
    pub(super) member: Option<String>,
    pub(super) page: u64,
    /// The page before was empty.
    pub(super) paused: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RoundPlace {
    /// The round ends with this change.
    pub(super) upto: u64,
    /// How many of its rows were told.
    pub(super) told: usize,
    pub(super) page: u64,
    /// The page before was empty.
    pub(super) paused: bool,
}

impl Token {
    /// A walk's beginning; what changes from now on comes in the round after it.
    pub(super) fn walk(scope: Scope, from: u64, issued: Moment) -> Self {
        Self {
            scope,
            place: Place::Walk(WalkPlace::default()),
            from,
            issued,
        }
    }

    /// The end of a round.
    pub(super) fn changed(scope: Scope, from: u64, issued: Moment) -> Self {
        Self {
            scope,
            place: Place::Changes,
            from,
            issued,
        }
    }

    /// The same chain at another place.
    pub(super) fn at(&self, place: Place, issued: Moment) -> Self {
        Self {
            scope: self.scope.clone(),
            place,
            from: self.from,
            issued,
        }
    }
}
