//! Which id the directory gave to each object this agent added: how later operations of the same plan
//! find it, and how an Add that was sent twice is answered without being done twice.
//!
//! Append-only text, one line an event. Invariants: the line that an Add begins is written before it is
//! sent, the line with its id before it is acknowledged; a torn last line is passed over; keys are
//! hashed, so the file holds no name.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};
use syncline_connectors::contract::Names;
use syncline_model::Anchor;
use syncline_model::op::ObjectKey;

use crate::error::AgentError;

/// A hashed object key.
pub type Key = [u8; 16];

/// What is known of an Add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It was about to be sent at this second.
    Begun {
        /// Seconds since 1970.
        at_s: i64,
    },
    /// The directory gave this id.
    Done(Anchor),
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    added: HashMap<Key, Added>,
    dirty: bool,
}

impl Journal {
    /// Opens the journal, making it if it is missing.
    pub fn open(path: &Path) -> Result<Self, AgentError> {
        let failed = |e: io::Error| AgentError::file("opened", path, &e);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        let text = io::read_to_string(&mut file).map_err(failed)?;
        let mut added = HashMap::new();
        for line in text.split_inclusive('\n') {
            if let Some((key, event)) = line.strip_suffix('\n').and_then(parse) {
                added.insert(key, event);
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            // The torn line ends here, so that the next one stays whole.
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self {
            file,
            added,
            dirty: false,
        })
    }

    /// What is known of the Add with this key.
    pub fn added(&self, key: &ObjectKey) -> Option<&Added> {
        self.added.get(&hashed(key)?)
    }

    /// An Add is about to be sent.
    pub fn begin(&mut self, key: &ObjectKey, at_s: i64) -> io::Result<()> {
        self.append(key, Added::Begun { at_s })
    }

    /// The directory gave an id.
    pub fn done(&mut self, key: &ObjectKey, anchor: &Anchor) -> io::Result<()> {
        self.append(key, Added::Done(anchor.clone()))
    }

    /// Brings what was written to the disk. Results wait for it.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.dirty {
            self.file.sync_data()?;
            self.dirty = false;
        }
        Ok(())
    }

    fn append(&mut self, key: &ObjectKey, event: Added) -> io::Result<()> {
        let Some(key) = hashed(key) else {
            return Ok(());
        };
        let line = match &event {
            Added::Begun { at_s } => format!("{} begun {at_s} .\n", hex::encode(key)),
            Added::Done(anchor) => {
                format!(
                    "{} done {} .\n",
                    hex::encode(key),
                    hex::encode(anchor.tagged())
                )
            }
        };
        self.file.write_all(line.as_bytes())?;
        self.dirty = true;
        self.added.insert(key, event);
        Ok(())
    }
}

impl Names for Journal {
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor> {
        match key {
            ObjectKey::Anchor(anchor) => Some(anchor.clone()),
            ObjectKey::New { .. } => match self.added(key)? {
                Added::Done(anchor) => Some(anchor.clone()),
                Added::Begun { .. } => None,
            },
        }
    }
}

/// Only objects that a plan adds are in the journal.
pub fn hashed(key: &ObjectKey) -> Option<Key> {
    let ObjectKey::New {
        part,
        source,
        anchor,
    } = key
    else {
        return None;
    };
    let mut hasher = Sha256::new_with_prefix(b"syncline agent journal 1");
    hasher.update(part.get().to_be_bytes());
    hasher.update(source.get().to_be_bytes());
    hasher.update(anchor.tagged());
    let digest: [u8; 32] = hasher.finalize().into();
    digest[..16].try_into().ok()
}

fn parse(line: &str) -> Option<(Key, Added)> {
    let mut parts = line.split(' ');
    let key = hex::decode(parts.next()?).ok()?.try_into().ok()?;
    let event = match (parts.next()?, parts.next()?) {
        ("begun", at_s) => Added::Begun {
            at_s: at_s.parse().ok()?,
        },
        ("done", anchor) => Added::Done(Anchor::from_tagged(&hex::decode(anchor).ok()?)?),
        _ => return None,
    };
    // The mark at the end tells a whole line from one that was cut inside a number.
    (parts.next() == Some(".") && parts.next().is_none()).then_some((key, event))
}

#[cfg(test)]
mod tests {
    use syncline_model::{DirectoryId, PartId};

    use super::*;

    fn key(n: u8) -> ObjectKey {
        ObjectKey::New {
            part: PartId(1),
            source: DirectoryId(2),
            anchor: Anchor::Guid([n; 16]),
        }
    }

    #[test]
    fn ids_are_found_again_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("adds");
        let mut journal = Journal::open(&path).unwrap();
        journal.begin(&key(1), 77).unwrap();
        journal.begin(&key(2), 78).unwrap();
        journal.done(&key(2), &Anchor::Guid([9; 16])).unwrap();
        journal.sync().unwrap();
        drop(journal);

        let journal = Journal::open(&path).unwrap();

        assert_eq!(journal.added(&key(1)), Some(&Added::Begun { at_s: 77 }));
        assert_eq!(journal.anchor(&key(1)), None);
        assert_eq!(journal.anchor(&key(2)), Some(Anchor::Guid([9; 16])));
        assert_eq!(journal.anchor(&key(3)), None);
        let known = Anchor::Guid([5; 16]);
        assert_eq!(
            journal.anchor(&ObjectKey::Anchor(known.clone())),
            Some(known)
        );
    }

    #[test]
    fn a_torn_line_costs_itself_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("adds");
        let mut journal = Journal::open(&path).unwrap();
        journal.done(&key(1), &Anchor::Guid([1; 16])).unwrap();
        journal.done(&key(2), &Anchor::Guid([2; 16])).unwrap();
        drop(journal);
        let text = std::fs::read(&path).unwrap();
        for cut in 0..text.len() {
            std::fs::write(&path, &text[..cut]).unwrap();

            let mut journal = Journal::open(&path).unwrap();
            journal.done(&key(3), &Anchor::Guid([3; 16])).unwrap();
            drop(journal);

            let journal = Journal::open(&path).unwrap();
            assert_eq!(
                journal.anchor(&key(3)),
                Some(Anchor::Guid([3; 16])),
                "{cut}"
            );
            // Cut anywhere inside, the second id is absent or right, never a wrong one.
            let second = journal.anchor(&key(2));
            assert!(
                second.is_none() || second == Some(Anchor::Guid([2; 16])),
                "{cut}"
            );
            assert_eq!(second.is_some(), cut == text.len() - 1, "{cut}");
        }
    }
}
