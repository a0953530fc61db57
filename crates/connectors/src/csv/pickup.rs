//! Atomic pick-up: from a file that somebody else writes to bytes that stay.
//!
//! Invariants: a file is taken only when it has not changed for a while and did not change while it was copied; what
//! is read is the copy, which has no name and which nobody else can change; an unchanged file is told by what the
//! file system says of it, without reading it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use syncline_model::hr_file::TextEncoding;

use super::config::FolderConfig;
use super::faults;
use super::folder::{self, Candidate, Stamp};
use super::text;
use crate::contract::Fault;

/// Bytes that are copied at once.
const CHUNK: usize = 256 * 1024;

/// A file's bytes, as they were at one instant.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// The file's name, without its folder.
    pub name: String,
    /// How the file stood.
    pub stamp: Stamp,
    /// BLAKE3 of its bytes.
    pub digest: [u8; 32],
    /// Its first bytes, enough for a byte order mark.
    pub head: Vec<u8>,
    /// Whether all of it is UTF-8.
    pub is_utf8: bool,
    /// Whether all of it is ASCII.
    pub is_ascii: bool,
    copy: File,
}

impl Snapshot {
    /// Its bytes from the beginning. Several may read at once.
    pub fn bytes(&self) -> impl Read + '_ {
        struct Bytes<'a>(&'a File, u64);
        impl Read for Bytes<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let read = self.0.read_at(buffer, self.1)?;
                self.1 += read as u64;
                Ok(read)
            }
        }
        Bytes(&self.copy, 0)
    }

    /// Whether its last character ends a line.
    pub fn ends_line(&self, encoding: TextEncoding) -> io::Result<bool> {
        let width = match encoding {
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => 2,
            _ => 1,
        };
        let Some(at) = self.stamp.size.checked_sub(width) else {
            return Ok(false);
        };
        let mut last = [0; 2];
        let last = &mut last[..usize::try_from(width).unwrap_or(1)];
        self.copy.read_exact_at(last, at)?;
        let (zero, end) = match (encoding, &*last) {
            (TextEncoding::Utf16Le, [end, zero]) | (TextEncoding::Utf16Be, [zero, end]) => {
                (*zero, *end)
            }
            (_, last) => (0, last[0]),
        };
        Ok(zero == 0 && matches!(end, b'\n' | b'\r'))
    }

    /// The encoding that its byte order mark announces.
    pub fn mark(&self) -> Option<TextEncoding> {
        Some(text::mark(&self.head)?.0)
    }
}

/// What was seen of the newest file.
#[derive(Debug, Default)]
struct Seen {
    /// The file, and since when it stands as it does.
    since: Option<(Candidate, Instant)>,
    /// The digest of a file that was taken whole.
    taken: Option<(Candidate, [u8; 32])>,
}

/// Watches the newest file until it can be taken.
#[derive(Debug)]
pub(super) struct Pickup {
    config: FolderConfig,
    seen: Mutex<Seen>,
}

impl Pickup {
    /// Over a folder.
    pub fn new(config: FolderConfig) -> Self {
        Self {
            config,
            seen: Mutex::default(),
        }
    }

    /// The folder.
    pub fn config(&self) -> &FolderConfig {
        &self.config
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // What a panicking holder left behind is at worst one look too few.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the newest file; also says how long it must still stand as it does until it counts as complete.
    pub fn look(&self, now: Instant) -> Result<(Candidate, Duration), Fault> {
        let newest = folder::newest(&self.config)?;
        let mut seen = self.seen();
        if seen
            .taken
            .as_ref()
            .is_some_and(|(taken, _)| *taken == newest)
        {
            return Ok((newest, Duration::ZERO));
        }
        let since = match &seen.since {
            Some((known, since)) if *known == newest => *since,
            _ => {
                seen.since = Some((newest.clone(), now));
                now
            }
        };
        let stood = now.saturating_duration_since(since);
        Ok((newest, self.config.settle.saturating_sub(stood)))
    }

    /// The newest file once it is complete. One that moves is not waited for longer than it takes to see that.
    pub async fn complete(&self) -> Result<Candidate, Fault> {
        let (candidate, wait) = self.look(Instant::now())?;
        if wait.is_zero() {
            return Ok(candidate);
        }
        tokio::time::sleep(wait).await;
        match self.look(Instant::now())? {
            (same, wait) if same == candidate && wait.is_zero() => Ok(same),
            (now, _) => Err(faults::incomplete(&now.name, "it is still changing")),
        }
    }

    /// The digest of a file that was taken before and still stands as it did.
    pub fn digest_of(&self, candidate: &Candidate) -> Option<[u8; 32]> {
        let seen = self.seen();
        let (taken, digest) = seen.taken.as_ref()?;
        (taken == candidate).then_some(*digest)
    }

    /// Copies a file. Blocks.
    pub fn take(&self, candidate: &Candidate) -> Result<Snapshot, Fault> {
        self.take_by(candidate, |file| copy(&self.config, file, candidate))
    }

    /// Copies a file in this way.
    fn take_by(
        &self,
        candidate: &Candidate,
        copying: impl FnOnce(&mut File) -> Result<Snapshot, Fault>,
    ) -> Result<Snapshot, Fault> {
        let path = self.config.folder.join(&candidate.name);
        let name = &candidate.name;
        let unreachable = |e: &io::Error| faults::unreachable(&format!("The file {name}"), e);
        // Of the name first: a pipe or a link is not even opened.
        let metadata = std::fs::symlink_metadata(&path).map_err(|e| unreachable(&e))?;
        folder::trust(&self.config, name, &metadata)?;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(&path)
            .map_err(|e| unreachable(&e))?;
        // And of what was opened, so that it cannot be another one than is read.
        let opened = file.metadata().map_err(|e| unreachable(&e))?;
        folder::trust(&self.config, name, &opened)?;
        let changed = || faults::incomplete(name, "it changed while it was picked up");
        if Stamp::of(&opened) != candidate.stamp {
            return Err(changed());
        }
        let snapshot = copying(&mut file)?;
        let after = file.metadata().map_err(|e| unreachable(&e))?;
        let named = std::fs::symlink_metadata(&path).map_err(|_| changed())?;
        if [Stamp::of(&after), Stamp::of(&named)] != [candidate.stamp; 2] {
            return Err(changed());
        }
        self.seen().taken = Some((candidate.clone(), snapshot.digest));
        Ok(snapshot)
    }
}

fn copy(config: &FolderConfig, file: &mut File, candidate: &Candidate) -> Result<Snapshot, Fault> {
    let mut copy = tempfile::tempfile_in(&config.spool).map_err(|e| faults::spool(&e))?;
    let mut hasher = blake3::Hasher::new();
    let mut utf8 = Utf8Check::default();
    let mut head = Vec::new();
    let mut is_ascii = true;
    let mut buffer = vec![0; CHUNK];
    // A file that grows while it is copied is not read beyond its size: it is refused right after.
    let mut file = file.take(candidate.stamp.size);
    loop {
        let chunk = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let what = format!("The file {}", candidate.name);
                return Err(faults::unreachable(&what, &error));
            }
        };
        if head.len() < 4 {
            head.extend_from_slice(&chunk[..chunk.len().min(4)]);
        }
        is_ascii &= chunk.is_ascii();
        utf8.push(chunk);
        hasher.update(chunk);
        copy.write_all(chunk).map_err(|e| faults::spool(&e))?;
    }
    Ok(Snapshot {
        name: candidate.name.clone(),
        stamp: candidate.stamp,
        digest: hasher.finalize().into(),
        head,
        is_utf8: utf8.is_whole(),
        is_ascii,
        copy,
    })
}

/// Whether bytes are UTF-8, a chunk at a time.
#[derive(Debug, Default)]
struct Utf8Check {
    /// The begin of a character that the last chunk cut.
    cut: Vec<u8>,
    wrong: bool,
}

impl Utf8Check {
    fn push(&mut self, mut chunk: &[u8]) {
        while !self.cut.is_empty() && !chunk.is_empty() && !self.wrong {
            self.cut.push(chunk[0]);
            chunk = &chunk[1..];
            match std::str::from_utf8(&self.cut) {
                Ok(_) => self.cut.clear(),
                Err(error) => self.wrong = error.error_len().is_some(),
            }
        }
        if self.wrong {
            return;
        }
        if let Err(error) = std::str::from_utf8(chunk) {
            self.wrong = error.error_len().is_some();
            self.cut = chunk[error.valid_up_to()..].to_vec();
        }
    }

    fn is_whole(&self) -> bool {
        !self.wrong && self.cut.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn pickup() -> (tempfile::TempDir, Pickup) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("drop");
        fs::create_dir(&folder).unwrap();
        let mut config = FolderConfig::new("HR", folder, "*.csv", temporary.path());
        config.settle = Duration::from_millis(50);
        (temporary, Pickup::new(config))
    }

    /// What happens to a file, in words and in deeds.
    type Change<'a> = (&'a str, &'a dyn Fn(&std::path::Path));

    fn code(fault: Result<impl Sized, Fault>) -> String {
        fault.err().map(|f| f.code.into_owned()).unwrap_or_default()
    }

    #[test]
    fn a_file_is_complete_when_it_has_stood_still_for_the_time_that_was_set() {
        let (_guard, pickup) = pickup();
        let settle = pickup.config().settle;
        let path = pickup.config().folder.join("a.csv");
        fs::write(&path, "a\n").unwrap();
        let start = Instant::now();

        assert_eq!(pickup.look(start).unwrap().1, settle);
        let half = start + settle / 2;
        assert_eq!(pickup.look(half).unwrap().1, settle / 2);
        fs::write(&path, "a\n1\n").unwrap();
        assert_eq!(pickup.look(half).unwrap().1, settle, "it moved");
        let (candidate, wait) = pickup.look(half + settle).unwrap();
        assert!(wait.is_zero());

        pickup.take(&candidate).unwrap();
        let fresh = Instant::now();
        assert!(
            pickup.look(fresh).unwrap().1.is_zero(),
            "one that was taken is not waited for again"
        );
    }

    #[test]
    fn a_file_that_changes_between_looking_and_taking_is_not_taken() {
        let (_guard, pickup) = pickup();
        let path = pickup.config().folder.join("a.csv");
        fs::write(&path, "a\n1\n").unwrap();
        let (candidate, _) = pickup.look(Instant::now()).unwrap();

        fs::write(&path, "a\n1\n2\n").unwrap();
        assert_eq!(code(pickup.take(&candidate)), "csv.file_incomplete");
        assert!(pickup.digest_of(&candidate).is_none());
        fs::remove_file(&path).unwrap();
        assert_eq!(code(pickup.take(&candidate)), "csv.folder_unreachable");
        // Of the same name and the same bytes, and another file all the same.
        fs::write(&path, "a\n1\n").unwrap();
        assert_eq!(code(pickup.take(&candidate)), "csv.file_incomplete");
    }

    #[test]
    fn a_file_that_changes_while_it_is_copied_is_not_taken() {
        let changes: [Change<'_>; 3] = [
            ("it grows", &|path| {
                let mut file = File::options().append(true).open(path).unwrap();
                file.write_all(b"2\n").unwrap();
            }),
            ("another takes its name", &|path| {
                let other = path.with_extension("new");
                fs::write(&other, "a\n1\n").unwrap();
                fs::rename(other, path).unwrap();
            }),
            ("it goes", &|path| fs::remove_file(path).unwrap()),
        ];
        for (what, change) in changes {
            let (_guard, pickup) = pickup();
            let path = pickup.config().folder.join("a.csv");
            fs::write(&path, "a\n1\n").unwrap();
            let (candidate, _) = pickup.look(Instant::now()).unwrap();

            let taken = pickup.take_by(&candidate, |file| {
                let snapshot = copy(pickup.config(), file, &candidate);
                change(&path);
                snapshot
            });

            assert_eq!(code(taken), "csv.file_incomplete", "{what}");
            assert!(pickup.digest_of(&candidate).is_none(), "{what}");
        }
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_waited_for_is_not_complete() {
        let (_guard, pickup) = pickup();
        let path = pickup.config().folder.join("a.csv");
        fs::write(&path, "a\n").unwrap();

        // The second begins when the first has looked and waits.
        let (complete, ()) = tokio::join!(pickup.complete(), async {
            fs::write(&path, "a\n1\n").unwrap();
        });

        assert_eq!(code(complete), "csv.file_incomplete");
        let complete = pickup.complete().await.unwrap();
        assert_eq!(complete.stamp.size, 4);
    }

    #[test]
    fn a_snapshot_stays_what_it_was_and_its_digest_is_remembered() {
        let (guard, pickup) = pickup();
        let path = pickup.config().folder.join("a.csv");
        fs::write(&path, "a\nMüller\n").unwrap();
        let (candidate, _) = pickup.look(Instant::now()).unwrap();

        let snapshot = pickup.take(&candidate).unwrap();
        fs::write(&path, "b\n").unwrap();

        let mut text = String::new();
        snapshot.bytes().read_to_string(&mut text).unwrap();
        assert_eq!(text, "a\nMüller\n");
        assert!(snapshot.is_utf8 && !snapshot.is_ascii && snapshot.mark().is_none());
        assert_eq!(pickup.digest_of(&candidate), Some(snapshot.digest));
        assert_eq!(snapshot.digest, *blake3::hash(text.as_bytes()).as_bytes());
        assert_eq!(
            fs::read_dir(guard.path()).unwrap().count(),
            1,
            "the copy has no name"
        );
    }

    #[test]
    fn a_line_end_is_known_by_the_encoding_s_own_width() {
        let (_guard, pickup) = pickup();
        let path = pickup.config().folder.join("a.csv");
        for (bytes, encoding, expected) in [
            (&b"a\n1\n"[..], TextEncoding::Utf8, true),
            (b"a\r1\r", TextEncoding::Windows1252, true),
            (b"a\n1", TextEncoding::Utf8, false),
            (b"", TextEncoding::Utf8, false),
            (b"\xff\xfea\0\n\0", TextEncoding::Utf16Le, true),
            (b"\xfe\xff\0a\0\n", TextEncoding::Utf16Be, true),
            // U+0A41 and U+410A: an octet of a letter is no line end.
            (b"\xfe\xff\x0a\x41", TextEncoding::Utf16Be, false),
            (b"\xff\xfe\x0a\x41", TextEncoding::Utf16Le, false),
        ] {
            fs::write(&path, bytes).unwrap();
            let (candidate, _) = pickup.look(Instant::now()).unwrap();
            let snapshot = pickup.take(&candidate).unwrap();

            let ends = snapshot.ends_line(encoding).unwrap();
            assert_eq!(ends, expected, "{bytes:?} {encoding}");
        }
    }

    #[test]
    fn utf8_is_known_across_chunks() {
        let whole = |chunks: &[&[u8]]| {
            let mut check = Utf8Check::default();
            chunks.iter().for_each(|chunk| check.push(chunk));
            check.is_whole()
        };

        assert!(whole(&[b"a\xe2", b"\x82", b"\xacb"]));
        assert!(whole(&[]));
        assert!(!whole(&[b"a\xe2", b"\x82"]));
        assert!(!whole(&[b"a\xe2", b"a"]));
        assert!(!whole(&[b"\xfc", b"ok"]));
    }
}
