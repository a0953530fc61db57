//! What makes operations alike: kind, type, place, and of changes the attributes with rule and shape.
//!
//! Invariants: the key of an operation follows from the operation alone; each step of `Extent` says less than the one
//! before it; where an attribute only loses values, none of them lets that be put together with what is harmless.

use syncline_model::object::TypeId;
use syncline_model::pattern::Shape;
use syncline_model::plan::{Blocked, GuardKind, PlannedOp, Verb};
use syncline_model::{AttrName, CsId, DirectoryId, PartId};

use super::shape;

/// What an operation does, as people count it. In the order in which they want to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Deletes its object.
    Delete,
    /// Disables its account.
    Disable,
    /// Renames it or moves it to another container.
    Move,
    /// Changes attributes.
    Update,
    /// Creates it.
    Add,
}

impl Kind {
    /// Of an operation.
    pub fn of(op: &PlannedOp) -> Self {
        let disables = op.facts.iter().any(|fact| fact.kind == GuardKind::Disable);
        match op.verb() {
            Verb::Add => Self::Add,
            Verb::Delete => Self::Delete,
            Verb::Update if disables => Self::Disable,
            Verb::Update if op.effect.place.is_some() => Self::Move,
            Verb::Update => Self::Update,
        }
    }

    /// Its word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::Move => "move",
            Self::Update => "update",
            Self::Add => "add",
        }
    }
}

/// What becomes of where the object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Where {
    /// Nothing, or it has no place.
    Stays,
    /// It is created in this container; `None` is in several.
    Created(Option<CsId>),
    /// It gets another name in its container.
    Renamed,
    /// It goes from one container to another one; `None` is several.
    Moved {
        /// Where it lies.
        from: Option<CsId>,
        /// Where it will lie.
        to: Option<CsId>,
        /// It gets another name besides.
        renamed: bool,
    },
}

/// How much a pattern says of its operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// Everything that makes a difference.
    Exact,
    /// Not which containers, domains and pieces.
    WithoutTexts,
    /// Of each attribute only whether it comes, goes or changes.
    Coarse,
    /// Of the attributes only whether one of them just loses values.
    Kind,
}

/// The change of one attribute, as a pattern knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttrKey {
    /// The attribute.
    pub name: AttrName,
    /// The part that decides.
    pub part: PartId,
    /// The flow in it that decides.
    pub flow: u16,
    /// What becomes of the values.
    pub shape: Shape,
}

/// What the operations of a pattern have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What they do.
    pub kind: Kind,
    /// In which directory.
    pub directory: DirectoryId,
    /// To objects of which type.
    pub object_type: TypeId,
    /// The outbound part that they come from.
    pub part: PartId,
    /// What becomes of the place.
    pub place: Where,
    /// What becomes of which attributes, by name; empty where `any` is said. Of creations nothing is told: which of the
    /// optional attributes somebody has makes no pattern.
    pub attributes: Vec<AttrKey>,
    /// Some attributes change, one way or another; whether one of them just loses values.
    pub any: Option<bool>,
    /// Why they cannot be sent now.
    pub blocked: Option<Blocked>,
}

impl Key {
    /// Of an operation.
    pub fn of(op: &PlannedOp) -> Self {
        let kind = Kind::of(op);
        let mut attributes: Vec<AttrKey> = Vec::new();
        if !matches!(kind, Kind::Add | Kind::Delete) {
            attributes.extend(op.changes.iter().map(|change| AttrKey {
                name: change.attr.clone(),
                part: change.part,
                flow: change.flow,
                shape: shape::of(change),
            }));
            attributes.sort_unstable();
        }
        Self {
            kind,
            directory: op.directory,
            object_type: op.object_type,
            part: op.part,
            place: place(op),
            attributes,
            any: None,
            blocked: op.blocked,
        }
    }

    /// The same, saying less.
    #[must_use]
    pub fn reduced(&self, extent: Extent) -> Self {
        let mut key = self.clone();
        if extent >= Extent::WithoutTexts {
            key.place = match key.place {
                Where::Created(_) => Where::Created(None),
                Where::Moved { renamed, .. } => Where::Moved {
                    from: None,
                    to: None,
                    renamed,
                },
                place @ (Where::Stays | Where::Renamed) => place,
            };
            for attribute in &mut key.attributes {
                attribute.shape = if extent >= Extent::Coarse {
                    attribute.shape.coarse()
                } else {
                    attribute.shape.without_texts()
                };
            }
        }
        if extent >= Extent::Kind && !key.attributes.is_empty() {
            key.any = Some(key.attributes.iter().any(|one| one.shape.only_takes()));
            key.attributes.clear();
        }
        key
    }
}

fn place(op: &PlannedOp) -> Where {
    let Some(after) = &op.effect.place else {
        return Where::Stays;
    };
    match &op.place_before {
        _ if op.verb() == Verb::Add => Where::Created(Some(after.parent)),
        Some(before) if before.parent == after.parent => Where::Renamed,
        before => Where::Moved {
            from: before.as_ref().map(|before| before.parent),
            to: Some(after.parent),
            renamed: before.as_ref().is_some_and(|b| b.rdn != after.rdn),
        },
    }
}
