//! The shape of a value change: what many changes of one attribute have in common.
//!
//! Invariants: a shape holds no more of a value than what all changes of that shape share, such as the domain that
//! mail addresses leave; what is longer than a person takes in at a glance is left out.

use serde::{Deserialize, Serialize};

/// What becomes of the values of one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ShapeKind {
    /// It had no value and gets one.
    Set,
    /// It loses all its values.
    Cleared,
    /// Only upper and lower case differ.
    Case,
    /// Only spaces differ.
    Spaces,
    /// Only accents, width and the like differ.
    Accents,
    /// The part behind the `@` is another one.
    Domain,
    /// The part before the `@` is another one.
    LocalPart,
    /// Both parts of an address are other ones.
    Address,
    /// Something comes in front.
    PrefixAdded,
    /// Something in front goes.
    PrefixRemoved,
    /// Something comes behind.
    SuffixAdded,
    /// Something behind goes.
    SuffixRemoved,
    /// A piece is another one, and most of the value stays.
    Piece,
    /// A number becomes larger, an instant later.
    Raised,
    /// A number becomes smaller, an instant earlier.
    Lowered,
    /// True becomes false, or false true.
    Switched,
    /// Another value takes the place of the old one.
    Replaced,
    /// Of several values some come.
    ValuesAdded,
    /// Of several values some go.
    ValuesRemoved,
    /// Of several values some come and some go.
    ValuesExchanged,
    /// It changes, in one way or another.
    Changed,
}

/// The shape of one attribute's change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shape {
    /// What becomes of the values.
    pub kind: ShapeKind,
    /// What goes, where all changes of this shape share it: a domain, a prefix, a piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What comes, where all changes of this shape share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Shape {
    /// A shape without anything that its changes share.
    pub fn plain(kind: ShapeKind) -> Self {
        Self {
            kind,
            from: None,
            to: None,
        }
    }

    /// The same without what its changes share.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        Self::plain(self.kind)
    }

    /// Whether values come, go, or are other ones, and nothing else of it.
    #[must_use]
    pub fn coarse(&self) -> Self {
        Self::plain(match self.kind {
            kind @ (ShapeKind::Set | ShapeKind::Cleared | ShapeKind::ValuesRemoved) => kind,
            _ => ShapeKind::Changed,
        })
    }

    /// Whether values go and none come.
    pub fn only_takes(&self) -> bool {
        matches!(self.kind, ShapeKind::Cleared | ShapeKind::ValuesRemoved)
    }
}
