//! Rights are what code checks; roles are named sets of them, and membership rows grant roles.
//!
//! Invariants: a right keeps its bit for ever (assertions carry the bits between processes); an unknown bit
//! grants nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing a principal may do in a tenant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Right {
    /// See configuration, runs, counts and messages, but no attribute values.
    Read = 0,
    /// See attribute values of directory objects.
    ReadValues = 1,
    /// Change directories and profiles.
    Configure = 2,
    /// Approve or reject plans and guard lists.
    Approve = 3,
    /// Start imports and cycles, pause the scheduler, hold exports.
    Run = 4,
    /// Create enrolment keys, confirm and revoke agents.
    ManageAgents = 5,
    /// Add and remove members.
    ManageMembers = 6,
    /// See usage and change the plan.
    Bill = 7,
}

impl Right {
    /// Every right, in bit order.
    pub const ALL: [Right; 8] = [
        Right::Read,
        Right::ReadValues,
        Right::Configure,
        Right::Approve,
        Right::Run,
        Right::ManageAgents,
        Right::ManageMembers,
        Right::Bill,
    ];

    /// The name used in the API, in logs and in `openapi.yaml`.
    pub const fn name(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::ReadValues => "read-values",
            Right::Configure => "configure",
            Right::Approve => "approve",
            Right::Run => "run",
            Right::ManageAgents => "manage-agents",
            Right::ManageMembers => "manage-members",
            Right::Bill => "bill",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of rights; travels between processes as its bits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Rights(u32);

impl Rights {
    /// No right at all.
    pub const NONE: Rights = Rights(0);

    /// The set of exactly these rights.
    pub const fn of(rights: &[Right]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < rights.len() {
            bits |= 1 << rights[at] as u32;
            at += 1;
        }
        Rights(bits)
    }

    /// The set behind these bits; bits that name no right are dropped.
    pub const fn from_bits(bits: u32) -> Self {
        Rights(bits & Rights::of(&Right::ALL).0)
    }

    /// The bits, for an assertion.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether this right is in the set.
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u32) != 0
    }

    /// Both sets together.
    pub const fn and(self, other: Rights) -> Self {
        Rights(self.0 | other.0)
    }

    /// The rights of the set, in bit order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A named set of rights that a membership row grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything, the bill included.
    Owner,
    /// Everything but members and the bill.
    Admin,
    /// Runs what is configured and looks at objects.
    Operator,
    /// Looks at plans with their values and approves them.
    Approver,
    /// Looks at configuration and runs; sees no attribute values.
    Viewer,
    /// A workload: configures, runs and reads, approves nothing.
    Automation,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 6] = [
        Role::Owner,
        Role::Admin,
        Role::Operator,
        Role::Approver,
        Role::Viewer,
        Role::Automation,
    ];

    /// The rights this role is made of.
    pub const fn rights(self) -> Rights {
        match self {
            Role::Owner => Rights::of(&Right::ALL),
            Role::Admin => Rights::of(&[
                Right::Read,
                Right::ReadValues,
                Right::Configure,
                Right::Approve,
                Right::Run,
                Right::ManageAgents,
            ]),
            Role::Operator => Rights::of(&[Right::Read, Right::ReadValues, Right::Run]),
            Role::Approver => Rights::of(&[Right::Read, Right::ReadValues, Right::Approve]),
            Role::Viewer => Rights::of(&[Right::Read]),
            Role::Automation => {
                Rights::of(&[Right::Read, Right::ReadValues, Right::Configure, Right::Run])
            }
        }
    }

    /// The name used in the API and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Operator => "operator",
            Role::Approver => "approver",
            Role::Viewer => "viewer",
            Role::Automation => "automation",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| {
                format!(
                    "`{}` is not a role",
                    text.chars().take(32).collect::<String>()
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_survives_its_bits_and_an_unknown_bit_grants_nothing() {
        let set = Role::Operator.rights();

        assert_eq!(Rights::from_bits(set.bits()), set);
        assert_eq!(Rights::from_bits(0xffff_ff00), Rights::NONE);
    }

    #[test]
    fn only_the_owner_sees_the_bill_and_no_workload_approves() {
        let billing: Vec<_> = Role::ALL
            .into_iter()
            .filter(|r| r.rights().has(Right::Bill))
            .collect();

        assert_eq!(billing, [Role::Owner]);
        assert!(!Role::Automation.rights().has(Right::Approve));
        assert!(!Role::Viewer.rights().has(Right::ReadValues));
    }

    #[test]
    fn the_bits_of_rights_never_move() {
        let bits: Vec<_> = Right::ALL
            .into_iter()
            .map(|r| (r.name(), Rights::of(&[r]).bits()))
            .collect();

        assert_eq!(
            bits,
            [
                ("read", 1),
                ("read-values", 2),
                ("configure", 4),
                ("approve", 8),
                ("run", 16),
                ("manage-agents", 32),
                ("manage-members", 64),
                ("bill", 128)
            ]
        );
    }
}
