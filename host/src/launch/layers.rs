//! Which layers this machine gives, and the level they add up to.
//!
//! Invariant: a layer counts as given only when it will be put on, and putting it on is checked by
//! the launcher; nothing is assumed from a version number.

use syncline_wire::host::{Isolation, Layer, Level};

use super::{landlock, seccomp};
use crate::config::RunnerLimits;
use crate::error::{HostError, Result};
use crate::identities::Identities;

/// Finds out what a runner gets on this machine.
pub fn of_runner(who: &Identities, limits: &RunnerLimits) -> Isolation {
    let abi = landlock::abi();
    let filters = seccomp::is_available();
    let layers = vec![
        layer(
            "uid",
            who.are_separate(),
            if who.are_separate() {
                "a uid and a group of its own".into()
            } else {
                "the host was not started by root: all processes share its uid".into()
            },
        ),
        layer(
            "no_new_privs",
            true,
            "set-user-id programs gain nothing".into(),
        ),
        layer(
            "rlimits",
            true,
            format!(
                "no core files, {} MiB of private memory, {} descriptors, files of at most {} MiB",
                limits.memory_bytes >> 20,
                limits.open_files,
                limits.file_bytes >> 20
            ),
        ),
        layer(
            "seccomp",
            filters,
            if filters {
                format!(
                    "{} system calls allowed, {}, no processes",
                    seccomp::calls(),
                    seccomp::Sockets::Unix.describe()
                )
            } else {
                "the kernel has no seccomp filters".into()
            },
        ),
        layer(
            "landlock",
            abi > 0,
            match abi {
                0 => "the kernel has no Landlock, or it is not switched on".into(),
                1..6 => format!("ABI {abi}: files"),
                _ => format!("ABI {abi}: files, signals, abstract sockets"),
            },
        ),
        layer(
            "network_namespace",
            false,
            "belongs to level hardened, which this release does not have".into(),
        ),
        layer(
            "cgroup",
            false,
            "belongs to level hardened, which this release does not have".into(),
        ),
    ];
    let complete = ["uid", "no_new_privs", "rlimits", "seccomp", "landlock"]
        .iter()
        .all(|name| layers.iter().any(|l| l.name == *name && l.given));
    Isolation {
        level: if complete {
            Level::Standard
        } else {
            Level::Process
        },
        layers,
    }
}

/// Stops the start when a level was asked for and is not reached.
pub fn demand(asked: Option<Level>, given: &Isolation) -> Result<()> {
    match asked {
        Some(asked) if asked > given.level => {
            let missing: Vec<_> = given
                .layers
                .iter()
                .filter(|l| !l.given && !l.detail.contains("hardened"))
                .collect();
            let missing: Vec<_> = missing
                .iter()
                .map(|l| format!("{} ({})", l.name, l.detail))
                .collect();
            Err(HostError::new(
                "host.isolation_missing",
                format!(
                    "isolation level {} was asked for and this machine gives {}; missing: {}",
                    asked.as_str(),
                    given.level.as_str(),
                    missing.join(", ")
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn layer(name: &str, given: bool, detail: String) -> Layer {
    Layer {
        name: name.into(),
        given,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Identities {
        Identities::Shared {
            uid: 1000,
            gid: 1000,
            name: "ada".into(),
        }
    }

    #[test]
    fn one_uid_for_all_is_level_process_and_says_so() {
        let given = of_runner(&shared(), &RunnerLimits::default());

        assert_eq!(given.level, Level::Process);
        assert!(given.layers.iter().any(|l| l.name == "uid" && !l.given));
    }

    #[test]
    fn only_a_level_that_was_asked_for_stops_the_start() {
        let given = of_runner(&shared(), &RunnerLimits::default());

        assert!(demand(None, &given).is_ok());
        assert!(demand(Some(Level::Process), &given).is_ok());
        let error = demand(Some(Level::Standard), &given).unwrap_err();
        assert_eq!(error.code(), "host.isolation_missing");
        assert!(error.to_string().contains("uid ("), "{error}");
    }
}
