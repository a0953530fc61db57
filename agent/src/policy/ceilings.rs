//! How much of each kind may be written a day.

use std::fmt;

use serde::Deserialize;

/// A kind of operation that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Objects created.
    Add,
    /// Objects changed.
    Update,
    /// Objects renamed or moved.
    Move,
    /// Objects deleted.
    Delete,
    /// Accounts disabled.
    Disable,
    /// Members that come or go.
    Member,
    /// Cycles of Entra Connect that are started.
    EntraConnectCycle,
}

/// What one operation counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The kind.
    pub kind: Kind,
    /// How many.
    pub count: u32,
}

/// The ceilings of the policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ceilings {
    add: u32,
    update: u32,
    #[serde(rename = "move")]
    moves: u32,
    delete: u32,
    disable: u32,
    member: u32,
    entra_connect_cycle: u32,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            add: 500,
            update: 5000,
            moves: 100,
            delete: 20,
            disable: 50,
            member: 20_000,
            entra_connect_cycle: 100,
        }
    }
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Add,
        Self::Update,
        Self::Move,
        Self::Delete,
        Self::Disable,
        Self::Member,
        Self::EntraConnectCycle,
    ];

    /// Its word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Move => "move",
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::Member => "member",
            Self::EntraConnectCycle => "entra_connect_cycle",
        }
    }
}

impl Ceilings {
    /// The ceiling of a kind.
    pub fn of(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Add => self.add,
            Kind::Update => self.update,
            Kind::Move => self.moves,
            Kind::Delete => self.delete,
            Kind::Disable => self.disable,
            Kind::Member => self.member,
            Kind::EntraConnectCycle => self.entra_connect_cycle,
        }
    }
}

impl fmt::Display for Ceilings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, kind) in Kind::ALL.into_iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{} {}", self.of(kind), kind.as_str())?;
        }
        Ok(())
    }
}
