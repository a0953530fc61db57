//! Who the processes run as.
//!
//! As root: the database and the API as system users of their own (Postgres' peer authentication
//! needs names, so these two have entries in the password file), runners and compilers as bare
//! numbers from a range of this host. Otherwise: everything as whoever started the host.
//!
//! Invariant: a number is derived from a tenant's slot and slots are never given out twice.

use std::process::Command;

use nix::unistd::{Gid, Uid, User};
use syncline_wire::boot::RunnerUids;

use crate::error::{HostError, Result};

/// How many uids a host takes.
pub const RANGE: u32 = 65_536;
/// The numbers before the first tenant's. The first is the group of those who may reach the database.
const RESERVED: u32 = 16;
/// The reserved number of the way out to the clouds.
const EGRESS: u32 = 1;
/// The reserved number of what compiles for no tenant.
const RUNTIME_COMPILER: u32 = 2;
/// Bases lie between these: above what distributions and systemd hand out, below 2³¹.
pub const BASES: std::ops::Range<u32> = 1_900_000_000..2_100_000_000;

const DATABASE_USER: &str = "syncline-db";
const API_USER: &str = "syncline-api";

/// The ids a process is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// Further groups.
    pub groups: Vec<u32>,
}

/// Who is who on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identities {
    /// Started by root.
    Separate {
        /// The embedded database.
        database: Identity,
        /// The API.
        api: Identity,
        /// The first number of the range.
        base: u32,
    },
    /// Started by somebody else.
    Shared {
        /// Their uid.
        uid: u32,
        /// Their gid.
        gid: u32,
        /// Their name, which Postgres' peer authentication goes by.
        name: String,
    },
}

impl Identities {
    /// Finds out, and as root makes the two system users if they are missing.
    pub fn establish(base: u32) -> Result<Self> {
        if !Uid::effective().is_root() {
            return Self::shared();
        }
        let clients = base;
        let with_clients = |user: User| Identity {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            groups: vec![clients],
        };
        Ok(Self::Separate {
            database: with_clients(system_user(DATABASE_USER)?),
            api: with_clients(system_user(API_USER)?),
            base,
        })
    }

    fn shared() -> Result<Self> {
        let uid = Uid::effective();
        let user = User::from_uid(uid).ok().flatten().ok_or_else(|| {
            HostError::new(
                "host.user_unnamed",
                format!("uid {uid} has no name in the password file, and the embedded database goes by names: add an entry, start as root, or give a database URL"),
            )
        })?;
        Ok(Self::Shared {
            uid: uid.as_raw(),
            gid: Gid::effective().as_raw(),
            name: user.name,
        })
    }

    /// Whether processes get uids of their own.
    pub fn are_separate(&self) -> bool {
        matches!(self, Self::Separate { .. })
    }

    /// The ids of the embedded database, unless those of the host.
    pub fn database(&self) -> Option<Identity> {
        match self {
            Self::Separate { database, .. } => Some(database.clone()),
            Self::Shared { .. } => None,
        }
    }

    /// The ids of the API, unless those of the host.
    pub fn api(&self) -> Option<Identity> {
        match self {
            Self::Separate { api, .. } => Some(api.clone()),
            Self::Shared { .. } => None,
        }
    }

    /// The uid the API has in any case.
    pub fn api_uid(&self) -> u32 {
        match self {
            Self::Separate { api, .. } => api.uid,
            Self::Shared { uid, .. } => *uid,
        }
    }

    /// The group that may reach the database's socket.
    pub fn clients_gid(&self) -> Option<u32> {
        match self {
            Self::Separate { base, .. } => Some(*base),
            Self::Shared { .. } => None,
        }
    }

    /// The ids of the way out, unless those of the host.
    pub fn egress(&self) -> Option<Identity> {
        self.reserved(EGRESS)
    }

    /// The ids of what compiles the rule runtime, unless those of the host.
    pub fn runtime_compiler(&self) -> Option<Identity> {
        self.reserved(RUNTIME_COMPILER)
    }

    fn reserved(&self, number: u32) -> Option<Identity> {
        match self {
            Self::Separate { base, .. } => Some(Identity {
                uid: base + number,
                gid: base + number,
                groups: Vec::new(),
            }),
            Self::Shared { .. } => None,
        }
    }

    /// The uids of all runners.
    pub fn runners(&self) -> RunnerUids {
        match self {
            Self::Separate { base, .. } => RunnerUids::Own {
                first: base + RESERVED,
                end: base + RANGE,
            },
            Self::Shared { uid, .. } => RunnerUids::Shared(*uid),
        }
    }

    /// The ids of a tenant's runner, unless those of the host.
    pub fn runner(&self, slot: u32) -> Result<Option<Identity>> {
        self.numbered(slot, 0, true)
    }

    /// The ids of a tenant's compilers, unless those of the host.
    pub fn compiler(&self, slot: u32) -> Result<Option<Identity>> {
        self.numbered(slot, 1, false)
    }

    fn numbered(&self, slot: u32, which: u32, is_client: bool) -> Result<Option<Identity>> {
        let Self::Separate { base, .. } = self else {
            return Ok(None);
        };
        let offset = slot
            .checked_mul(2)
            .and_then(|n| n.checked_add(RESERVED + which))
            .filter(|n| *n < RANGE);
        let id = base + offset.ok_or_else(|| {
            HostError::new("host.uids_exhausted", format!("slot {slot} lies beyond the {RANGE} uids of this host: place the tenant on another host"))
        })?;
        let groups = if is_client { vec![*base] } else { Vec::new() };
        Ok(Some(Identity {
            uid: id,
            gid: id,
            groups,
        }))
    }

    /// The names Postgres sees behind the socket: those who may be the superuser, and those who may
    /// be the API's roles.
    pub fn peer_names(&self) -> (&str, &str) {
        match self {
            Self::Separate { .. } => ("root", API_USER),
            Self::Shared { name, .. } => (name, name),
        }
    }
}

/// Finds a system user or makes it. Two hosts may do so at once: who comes second finds it.
fn system_user(name: &str) -> Result<User> {
    let mut said = String::new();
    for attempt in 0..10 {
        if let Ok(Some(user)) = User::from_name(name) {
            return Ok(user);
        }
        if attempt > 0 {
            // Another useradd holds the lock of the password file.
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        let run = Command::new("useradd")
            .args([
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
            ])
            .args(["--shell", "/usr/sbin/nologin", name])
            .output();
        said = match run {
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(e) => e.to_string(),
        };
    }
    Err(HostError::new(
        "host.user_missing",
        format!(
            "the system user {name} is missing and cannot be made: {said}; run `useradd --system --user-group {name}`"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separate() -> Identities {
        let system = |id| Identity {
            uid: id,
            gid: id,
            groups: vec![1_900_000_000],
        };
        Identities::Separate {
            database: system(101),
            api: system(102),
            base: 1_900_000_000,
        }
    }

    #[test]
    fn no_two_tenants_and_no_runner_and_compiler_share_a_uid() {
        let who = separate();

        let mut uids = Vec::new();
        for slot in 0..100 {
            uids.push(who.runner(slot).unwrap().unwrap().uid);
            uids.push(who.compiler(slot).unwrap().unwrap().uid);
        }

        let distinct: std::collections::BTreeSet<_> = uids.iter().collect();
        assert_eq!(distinct.len(), uids.len());
        assert!(
            uids.iter()
                .all(|uid| (1_900_000_016..1_900_065_536).contains(uid))
        );
    }

    #[test]
    fn a_compiler_cannot_reach_the_database() {
        let who = separate();

        assert_eq!(who.runner(3).unwrap().unwrap().groups, [1_900_000_000]);
        assert!(who.compiler(3).unwrap().unwrap().groups.is_empty());
    }

    #[test]
    fn a_slot_beyond_the_range_is_refused() {
        assert_eq!(
            separate().runner(40_000).unwrap_err().code(),
            "host.uids_exhausted"
        );
    }
}
