//! How far an object's change has come, from what is stored of it.
//!
//! Invariants: pure; of several targets the one that is farthest behind counts; nothing counts as done while a
//! synchronisation has not looked.

use syncline_model::object::{CsRow, LinkKind, PendingImport};

use crate::resource::wait::{Until, WaitState, WaitTarget};

/// What is stored of an object that is waited for.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The object, if an import has shown it.
    pub object: Option<CsRow>,
    /// Whether what was there when it was changed has been read.
    pub is_read: bool,
    /// Whether a profile still has to look at it, or at its metaverse object.
    pub is_listed: bool,
    /// The objects that share its metaverse object, itself as well.
    pub linked: Vec<Linked>,
}

/// An object that shares the metaverse object.
#[derive(Debug, Clone, Copy)]
pub struct Linked {
    /// Its row.
    pub row: CsRow,
    /// Whether operations are staged for it.
    pub staged: bool,
    /// Whether operations have no answer yet.
    pub in_doubt: bool,
    /// Whether acknowledged operations are not confirmed yet.
    pub unconfirmed: bool,
}

impl Linked {
    fn is_target(&self) -> bool {
        let kind = self.row.link.map(|link| link.kind);
        let is_written = self.staged || self.in_doubt || self.unconfirmed;
        is_written || matches!(kind, Some(LinkKind::Target | LinkKind::Departing))
    }

    fn state(&self) -> WaitState {
        if self.staged {
            WaitState::Staged
        } else if self.in_doubt {
            WaitState::Sent
        } else if self.unconfirmed {
            WaitState::Exported
        } else {
            WaitState::Confirmed
        }
    }
}

impl Stored {
    /// The objects that its change is exported to, each with how far it has come.
    pub fn targets(&self) -> Vec<WaitTarget> {
        let targets = self.linked.iter().filter(|linked| linked.is_target());
        targets
            .map(|linked| WaitTarget {
                object: linked.row.id,
                directory: linked.row.directory,
                state: linked.state(),
            })
            .collect()
    }

    /// How far it has come.
    pub fn state(&self) -> WaitState {
        let Some(object) = &self.object else {
            return WaitState::Unseen;
        };
        if !self.is_read {
            return WaitState::Unread;
        }
        if self.is_listed
            || (object.link.is_some() && object.pending_import() != PendingImport::None)
        {
            return WaitState::Unsynchronised;
        }
        let states = self.targets().into_iter().map(|target| target.state);
        states.min().unwrap_or(WaitState::NoTarget)
    }
}

impl Until {
    /// Whether a change that has come so far is there.
    pub fn is_reached(self, state: WaitState) -> bool {
        match self {
            Self::Exported => [WaitState::Exported, WaitState::Confirmed].contains(&state),
            Self::Confirmed => state == WaitState::Confirmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::object::{CsKind, Link};
    use syncline_model::{CsId, DirectoryId, MvId, PartId};

    use super::*;

    fn row(id: i64, kind: LinkKind) -> CsRow {
        CsRow {
            kind: CsKind::Staging,
            link: Some(Link {
                mv: MvId(1),
                part: PartId(1),
                kind,
                explicit: false,
            }),
            ..CsRow::placeholder(CsId(id), DirectoryId(1))
        }
    }

    fn linked(id: i64, kind: LinkKind) -> Linked {
        Linked {
            row: row(id, kind),
            staged: false,
            in_doubt: false,
            unconfirmed: false,
        }
    }

    fn stored(targets: Vec<Linked>) -> Stored {
        let source = linked(10, LinkKind::Provision);
        Stored {
            object: Some(source.row),
            is_read: true,
            is_listed: false,
            linked: [vec![source], targets].concat(),
        }
    }

    #[test]
    fn the_target_that_is_farthest_behind_counts() {
        let one = linked(20, LinkKind::Target);
        let behind = Linked {
            unconfirmed: true,
            ..linked(21, LinkKind::Target)
        };

        let state = stored(vec![one, behind]).state();

        assert_eq!(state, WaitState::Exported);
        assert!(Until::Exported.is_reached(state) && !Until::Confirmed.is_reached(state));
        assert_eq!(stored(vec![one]).state(), WaitState::Confirmed);
    }

    #[test]
    fn nothing_is_done_before_it_was_read_and_looked_at() {
        let done = stored(vec![linked(20, LinkKind::Target)]);
        let unread = Stored {
            is_read: false,
            ..done.clone()
        };
        let listed = Stored {
            is_listed: true,
            ..done
        };

        assert_eq!(Stored::default().state(), WaitState::Unseen);
        assert_eq!(unread.state(), WaitState::Unread);
        assert_eq!(listed.state(), WaitState::Unsynchronised);
    }

    #[test]
    fn what_is_exported_nowhere_is_no_success() {
        let state = stored(Vec::new()).state();

        assert_eq!(state, WaitState::NoTarget);
        assert!(!Until::Exported.is_reached(state) && !Until::Confirmed.is_reached(state));
    }

    #[test]
    fn what_is_staged_is_behind_what_has_no_answer() {
        let both = Linked {
            staged: true,
            in_doubt: true,
            ..linked(20, LinkKind::Target)
        };
        let doubt = Linked {
            staged: false,
            ..both
        };

        assert_eq!(stored(vec![both]).state(), WaitState::Staged);
        assert_eq!(stored(vec![doubt]).state(), WaitState::Sent);
    }
}
