//! The sealed passwords of accounts that this agent made, until the runner surely has them.
//!
//! An envelope is kept, on the disk, before its account is made, and handed over with every answer about that
//! Add: so neither a crash nor a lost answer loses a password, and none is ever set a second time. Append-only
//! text, one line an envelope. Invariants: the file holds envelopes only, which nobody here can open, and no name;
//! a torn last line is passed over; what is older than its policy lets it wait is dropped when the agent starts.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use syncline_model::password::Sealed;

use super::journal::Key;
use crate::error::AgentError;

const SECONDS_A_DAY: i64 = 86_400;

#[derive(Debug)]
struct Kept {
    until_s: i64,
    sealed: Sealed,
}

/// The envelopes.
#[derive(Debug)]
pub struct Envelopes {
    file: File,
    kept: HashMap<Key, Kept>,
}

impl Envelopes {
    /// Opens the file, making it if it is missing, and drops from it what is over.
    pub fn open(path: &Path, now_s: i64) -> Result<Self, AgentError> {
        let failed = |e: io::Error| AgentError::file("opened", path, &e);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let mut kept = HashMap::new();
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n').and_then(parse) {
                Some((key, Some(envelope))) => drop(kept.insert(key, envelope)),
                Some((key, None)) => drop(kept.remove(&key)),
                None => {}
            }
        }
        kept.retain(|_, envelope: &mut Kept| envelope.until_s > now_s);
        let file = rewrite(path, &kept).map_err(failed)?;
        Ok(Self { file, kept })
    }

    /// Keeps an envelope, in place of an earlier one; it is on the disk when this comes back.
    pub fn keep(&mut self, key: Key, sealed: Sealed, now_s: i64, keep_days: u16) -> io::Result<()> {
        let envelope = Kept {
            until_s: now_s + i64::from(keep_days) * SECONDS_A_DAY,
            sealed,
        };
        self.file
            .write_all(line(&key, Some(&envelope)).as_bytes())?;
        self.file.sync_data()?;
        self.kept.insert(key, envelope);
        Ok(())
    }

    /// What is kept for an Add.
    pub fn of(&self, key: &Key) -> Option<Sealed> {
        self.kept.get(key).map(|envelope| envelope.sealed.clone())
    }

    /// Forgets an envelope whose account was not made.
    pub fn forget(&mut self, key: &Key) -> io::Result<()> {
        if self.kept.remove(key).is_some() {
            self.file.write_all(line(key, None).as_bytes())?;
        }
        Ok(())
    }
}

/// Writes the file anew, in one step.
fn rewrite(path: &Path, kept: &HashMap<Key, Kept>) -> io::Result<File> {
    let next: PathBuf = path.with_extension("next");
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&next)?;
    for (key, envelope) in kept {
        file.write_all(line(key, Some(envelope)).as_bytes())?;
    }
    file.sync_data()?;
    std::fs::rename(&next, path)?;
    Ok(file)
}

fn line(key: &Key, envelope: Option<&Kept>) -> String {
    let key = hex::encode(key);
    match envelope {
        Some(kept) => format!(
            "{key} {} {} .\n",
            kept.until_s,
            STANDARD.encode(&kept.sealed.0)
        ),
        None => format!("{key} gone .\n"),
    }
}

fn parse(line: &str) -> Option<(Key, Option<Kept>)> {
    let mut parts = line.split(' ');
    let key = hex::decode(parts.next()?).ok()?.try_into().ok()?;
    let envelope = match parts.next()? {
        "gone" => None,
        until_s => Some(Kept {
            until_s: until_s.parse().ok()?,
            sealed: Sealed::parse(&STANDARD.decode(parts.next()?).ok()?)?,
        }),
    };
    (parts.next() == Some(".") && parts.next().is_none()).then_some((key, envelope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(n: u8) -> Sealed {
        Sealed([b"age-encryption.org/v1\n".as_slice(), &[n; 40]].concat())
    }

    #[test]
    fn an_envelope_is_there_after_a_restart_until_it_is_forgotten_or_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("envelopes");
        let mut envelopes = Envelopes::open(&path, 0).unwrap();
        envelopes.keep([1; 16], sealed(1), 0, 14).unwrap();
        envelopes.keep([2; 16], sealed(2), 0, 14).unwrap();
        envelopes.keep([3; 16], sealed(3), 0, 1).unwrap();
        envelopes.keep([1; 16], sealed(9), 0, 14).unwrap();
        envelopes.forget(&[2; 16]).unwrap();
        drop(envelopes);

        let envelopes = Envelopes::open(&path, 2 * SECONDS_A_DAY).unwrap();

        assert_eq!(envelopes.of(&[1; 16]), Some(sealed(9)));
        assert_eq!(envelopes.of(&[2; 16]), None);
        assert_eq!(envelopes.of(&[3; 16]), None);
        // What is over left the file as well.
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn a_torn_line_costs_itself_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("envelopes");
        let mut envelopes = Envelopes::open(&path, 0).unwrap();
        envelopes.keep([1; 16], sealed(1), 0, 14).unwrap();
        let whole = std::fs::read(&path).unwrap().len();
        envelopes.keep([2; 16], sealed(2), 0, 14).unwrap();
        drop(envelopes);
        let text = std::fs::read(&path).unwrap();
        for cut in whole..text.len() {
            std::fs::write(&path, &text[..cut]).unwrap();

            let mut envelopes = Envelopes::open(&path, 0).unwrap();
            envelopes.keep([4; 16], sealed(4), 0, 14).unwrap();
            drop(envelopes);

            let envelopes = Envelopes::open(&path, 0).unwrap();
            assert_eq!(envelopes.of(&[1; 16]), Some(sealed(1)), "{cut}");
            assert_eq!(envelopes.of(&[2; 16]), None, "{cut}");
            assert_eq!(envelopes.of(&[4; 16]), Some(sealed(4)), "{cut}");
        }
    }
}
