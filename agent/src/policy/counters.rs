//! What was written today, counted on disk before it is sent.
//!
//! Counts are reserved in the file ahead of use, so after a crash the file never says less than was
//! sent; what was reserved and not used is lost until the day ends. Invariants: a day is a day of UTC; a
//! clock that goes back does not open the day again; a file that cannot be written refuses the write.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::ceilings::{Ceilings, Cost, Kind};
use crate::error::AgentError;
use crate::home;

/// How many kinds are counted.
const KINDS: usize = Kind::ALL.len();
/// Counts reserved at once where the ceiling is high enough not to miss them.
const BLOCK: u32 = 16;
/// Ceilings below this are counted one by one.
const BLOCK_FROM: u32 = 200;

/// Today's counts.
#[derive(Debug)]
pub struct Counters {
    path: PathBuf,
    file: File,
    day: i64,
    used: [u32; KINDS],
    reserved: [u32; KINDS],
}

/// Why an operation does not fit into the day.
#[derive(Debug)]
pub enum Exceeded {
    /// The ceiling of this kind is reached.
    Ceiling(Kind),
    /// The count could not be kept.
    Unkept(io::Error),
}

impl Counters {
    /// Opens the file, making it if it is missing.
    pub fn open(path: &Path, today: i64) -> Result<Self, AgentError> {
        let text = home::read_private(path)?.unwrap_or_default();
        let (mut day, mut reserved) = (today, [0; KINDS]);
        for line in text.lines() {
            let Some((of, kind, count)) = parse(line) else {
                // A torn last line was reserved for nothing that was sent.
                continue;
            };
            if of > day {
                (day, reserved) = (of, [0; KINDS]);
            }
            if of == day {
                let total: &mut u32 = &mut reserved[kind as usize];
                *total = total.saturating_add(count);
            }
        }
        let mut counters = Self {
            path: path.to_owned(),
            file: append(path).map_err(|e| AgentError::file("opened", path, &e))?,
            day,
            used: reserved,
            reserved,
        };
        counters
            .rewrite()
            .map_err(|e| AgentError::file("written", path, &e))?;
        Ok(counters)
    }

    /// Counts an operation, if all it costs fits under the ceilings; nothing is counted if it does not.
    pub fn take(
        &mut self,
        today: i64,
        ceilings: &Ceilings,
        costs: &[Cost],
    ) -> Result<(), Exceeded> {
        if today > self.day {
            self.day = today;
            self.used = [0; KINDS];
            self.reserved = [0; KINDS];
            self.rewrite().map_err(Exceeded::Unkept)?;
        }
        for cost in costs {
            let total = self.used[cost.kind as usize].checked_add(cost.count);
            if total.is_none_or(|total| total > ceilings.of(cost.kind)) {
                return Err(Exceeded::Ceiling(cost.kind));
            }
        }
        for cost in costs {
            let kind = cost.kind as usize;
            let total = self.used[kind] + cost.count;
            if total > self.reserved[kind] {
                let limit = ceilings.of(cost.kind);
                let ahead = if limit >= BLOCK_FROM { BLOCK } else { 0 };
                let wanted = total.saturating_add(ahead).min(limit);
                self.reserve(cost.kind, wanted - self.reserved[kind])
                    .map_err(Exceeded::Unkept)?;
                self.reserved[kind] = wanted;
            }
            self.used[kind] = total;
        }
        Ok(())
    }

    /// Today's count of a kind.
    pub fn used(&self, kind: Kind) -> u32 {
        self.used[kind as usize]
    }

    fn reserve(&mut self, kind: Kind, count: u32) -> io::Result<()> {
        self.file
            .write_all(format!("{} {} {count}\n", self.day, kind.as_str()).as_bytes())?;
        self.file.sync_data()
    }

    /// Leaves one line a kind, so that the file stays short.
    fn rewrite(&mut self) -> io::Result<()> {
        let mut text = String::new();
        for kind in Kind::ALL {
            let count = self.reserved[kind as usize];
            text.push_str(&format!("{} {} {count}\n", self.day, kind.as_str()));
        }
        home::write_private(&self.path, text.as_bytes())
            .map_err(|e| io::Error::other(e.to_string()))?;
        self.file = append(&self.path)?;
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

fn parse(line: &str) -> Option<(i64, Kind, u32)> {
    let mut parts = line.split(' ');
    let day = parts.next()?.parse().ok()?;
    let word = parts.next()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word)?;
    let count = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((day, kind, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: Kind) -> [Cost; 1] {
        [Cost { kind, count: 1 }]
    }

    fn ceilings(text: &str) -> Ceilings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_ceiling_holds_over_restarts_and_opens_with_the_next_day() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        let limits = ceilings("delete = 3");
        for _ in 0..3 {
            let mut counters = Counters::open(&path, 20_000).unwrap();
            counters.take(20_000, &limits, &one(Kind::Delete)).unwrap();
        }

        let mut counters = Counters::open(&path, 20_000).unwrap();

        assert!(matches!(
            counters.take(20_000, &limits, &one(Kind::Delete)),
            Err(Exceeded::Ceiling(Kind::Delete))
        ));
        assert!(counters.take(19_999, &limits, &one(Kind::Delete)).is_err());
        assert!(counters.take(20_001, &limits, &one(Kind::Delete)).is_ok());
        assert_eq!(counters.used(Kind::Delete), 1);
        drop(counters);
        // The clock went back: the younger day still counts.
        let mut counters = Counters::open(&path, 19_990).unwrap();
        assert!(
            counters
                .take(19_990, &ceilings("delete = 1"), &one(Kind::Delete))
                .is_err()
        );
    }

    #[test]
    fn after_a_crash_the_file_never_says_less_than_was_sent() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        let limits = ceilings("add = 1000");
        let mut counters = Counters::open(&path, 1).unwrap();
        for sent in 1..100 {
            counters.take(1, &limits, &one(Kind::Add)).unwrap();

            let seen = Counters::open(
                &{
                    let copy = directory.path().join("copy");
                    std::fs::copy(&path, &copy).unwrap();
                    copy
                },
                1,
            )
            .unwrap()
            .used(Kind::Add);

            assert!((sent..=sent + BLOCK).contains(&seen), "{sent} {seen}");
        }
    }

    #[test]
    fn a_torn_line_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counters");
        home::write_private(&path, b"5 add 3\n5 add 1").unwrap();
        assert_eq!(Counters::open(&path, 5).unwrap().used(Kind::Add), 4);
        home::write_private(&path, b"5 add 3\n5 ad").unwrap();

        assert_eq!(Counters::open(&path, 5).unwrap().used(Kind::Add), 3);
    }

    #[test]
    fn what_does_not_fit_whole_counts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let mut counters = Counters::open(&directory.path().join("c"), 1).unwrap();
        let limits = ceilings("update = 5\nmember = 2");
        let costs = [
            Cost {
                kind: Kind::Update,
                count: 1,
            },
            Cost {
                kind: Kind::Member,
                count: 3,
            },
        ];

        assert!(matches!(
            counters.take(1, &limits, &costs),
            Err(Exceeded::Ceiling(Kind::Member))
        ));
        assert_eq!(counters.used(Kind::Update), 0);
    }
}
