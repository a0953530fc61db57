//! Which file of the folder is meant: the newest one whose name fits.
//!
//! Invariants: the newest decides even when it cannot be read: an older truth is never taken for the current one; one
//! that is dated more than a day ahead is refused, because it would be the newest for as long;
//! links are not followed, and what others than its writers could have put there is not opened.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::time::{SystemTime, UNIX_EPOCH};

use super::config::FolderConfig;
use super::faults;
use crate::contract::Fault;

/// Endings of names under which a file is still being written.
const TEMPORARY: [&str; 7] = [
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    "~",
];

/// How far ahead of this host's clock a file may be dated, in seconds. Clocks and time zones differ by less than a day.
const AHEAD_MAX_S: i64 = 24 * 60 * 60;

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    /// In bytes.
    pub size: u64,
    /// When it was last changed: seconds since 1970, nanoseconds.
    pub modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// Of what is known of a file.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The file that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its name, without the folder.
    pub name: String,
    /// How it stood when it was looked at.
    pub stamp: Stamp,
}

/// The newest file that is meant. Of two that were changed at the same instant, the one whose name is later.
pub(super) fn newest(config: &FolderConfig) -> Result<Candidate, Fault> {
    let unreachable = |error: &io::Error| faults::unreachable("The folder", error);
    let mut newest: Option<Candidate> = None;
    let mut temporary = None;
    for entry in fs::read_dir(&config.folder).map_err(|e| unreachable(&e))? {
        let entry = entry.map_err(|e| unreachable(&e))?;
        // A name that is no text fits no pattern.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if let Some(finished) = finished(&name) {
            if fits(&config.pattern, &name) || fits(&config.pattern, finished) {
                temporary = Some(name);
            }
            continue;
        }
        if !fits(&config.pattern, &name) {
            continue;
        }
        let metadata = match entry.metadata() {
            // It went away while the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata.map_err(|e| unreachable(&e))?,
        };
        let stamp = Stamp::of(&metadata);
        let later = newest.as_ref().is_none_or(|known| {
            (known.stamp.modified, known.name.as_str()) < (stamp.modified, name.as_str())
        });
        if later {
            newest = Some(Candidate { name, stamp });
        }
    }
    match (newest, temporary) {
        (Some(newest), _) => of_our_time(newest, SystemTime::now()),
        (None, Some(name)) => Err(faults::incomplete(
            &name,
            "only a file with the name of one that is being written is there",
        )),
        (None, None) => Err(Fault::new(
            "csv.file_missing",
            syncline_model::error::ErrorKind::Connection,
            format!(
                "The folder holds no file whose name fits {}.",
                config.pattern
            ),
            "Have the HR system put its file there, or correct `pattern` in config.toml on the agent's host.",
        )),
    }
}

/// Refuses a file of the days to come: it would be the newest, whatever is put beside it, until its day has come.
fn of_our_time(candidate: Candidate, now: SystemTime) -> Result<Candidate, Fault> {
    let now_s = now.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    let ahead_s = candidate.stamp.modified.0.saturating_sub(now_s);
    if ahead_s <= AHEAD_MAX_S {
        return Ok(candidate);
    }
    let days = ahead_s / AHEAD_MAX_S;
    Err(faults::refused(
        "csv.file_in_future",
        &candidate.name,
        format!(
            "by its date it was last changed {days} days from now, so that no later file could take its place"
        ),
        "Correct the clock of the machine that wrote it, and have it written again; or take it out of the folder.",
    ))
}

/// Whether a file may be read, by what it is and who could have written it.
pub(super) fn trust(config: &FolderConfig, name: &str, metadata: &Metadata) -> Result<(), Fault> {
    let kind = metadata.file_type();
    if !kind.is_file() {
        let what = match () {
            () if kind.is_symlink() => "it is a symbolic link",
            () if kind.is_fifo() => "it is a pipe",
            () if kind.is_dir() => "it is a folder",
            () => "it is no ordinary file",
        };
        return Err(faults::untrusted(
            name,
            what,
            "Put the file itself into the folder.",
        ));
    }
    if metadata.mode() & 0o002 != 0 {
        return Err(faults::untrusted(
            name,
            "everyone on the host may change it",
            "Take the right to write from others (`chmod o-w`); of a share, mount it with a narrower mask.",
        ));
    }
    let folder = fs::metadata(&config.folder).map_err(|e| faults::unreachable("The folder", &e))?;
    let trusted = [folder.uid(), rustix::process::geteuid().as_raw(), 0];
    if folder.mode() & 0o002 != 0 && !trusted.contains(&metadata.uid()) {
        return Err(faults::untrusted(
            name,
            "everyone on the host may put files into the folder, and this one belongs neither to the folder's owner nor to the agent",
            "Take the right to write to the folder from others (`chmod o-w`).",
        ));
    }
    if metadata.len() > config.bytes_max {
        return Err(Fault::new(
            "csv.file_too_large",
            syncline_model::error::ErrorKind::Unreadable,
            format!(
                "The file {name} holds {} bytes; at most {} are read.",
                metadata.len(),
                config.bytes_max
            ),
            "Check that it is the right file; raise `bytes_max` in config.toml on the agent's host if it is.",
        ));
    }
    Ok(())
}

/// What a file that is still being written will be called; `None` of a name that does not say so.
fn finished(name: &str) -> Option<&str> {
    TEMPORARY.iter().find_map(|end| {
        let (finished, last) = name.split_at_checked(name.len().checked_sub(end.len())?)?;
        last.eq_ignore_ascii_case(end).then_some(finished)
    })
}

/// Whether a name fits a pattern. Hidden files fit only a pattern that names the dot.
fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    // Where to go on when the last star took too little.
    let (mut p, mut n, mut retry) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, taken)) => {
                    retry = Some((star, taken + 1));
                    p = star + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::*;

    fn put(config: &FolderConfig, name: &str, second: u64) {
        let path = config.folder.join(name);
        fs::write(&path, name).unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(second);
        let file = File::options().write(true).open(&path).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
    }

    fn folder() -> (tempfile::TempDir, FolderConfig) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("drop");
        fs::create_dir(&folder).unwrap();
        let config = FolderConfig::new("HR", folder, "workers*.csv", temporary.path());
        (temporary, config)
    }

    #[test]
    fn the_newest_file_that_fits_is_meant() {
        let (_guard, config) = folder();
        assert_eq!(newest(&config).unwrap_err().code, "csv.file_missing");

        put(&config, "workers-1.csv.part", 9);
        assert_eq!(newest(&config).unwrap_err().code, "csv.file_incomplete");
        put(&config, "workers-2.csv", 2);
        put(&config, "workers-1.csv", 3);
        put(&config, "others.csv", 9);
        put(&config, ".workers.csv", 9);
        assert_eq!(newest(&config).unwrap().name, "workers-1.csv");

        put(&config, "workers-3.csv", 3);
        assert_eq!(
            newest(&config).unwrap().name,
            "workers-3.csv",
            "the later name of two at once"
        );
        fs::remove_dir_all(&config.folder).unwrap();
        assert_eq!(newest(&config).unwrap_err().code, "csv.folder_unreachable");
    }

    #[test]
    fn a_temporary_name_is_known_whatever_its_case_and_whatever_the_pattern_says() {
        let (_guard, mut config) = folder();
        put(&config, "workers-9.csv.PART", 9);
        assert_eq!(newest(&config).unwrap_err().code, "csv.file_incomplete");

        config.pattern = "workers*".into();
        for name in ["workers-2.TMP", "workers-3.csv~", "workers-4.CrDownload"] {
            put(&config, name, 9);
        }
        assert_eq!(newest(&config).unwrap_err().code, "csv.file_incomplete");
        put(&config, "workers-1.csv", 1);

        assert_eq!(newest(&config).unwrap().name, "workers-1.csv");
    }

    #[test]
    fn a_file_of_the_days_to_come_is_refused_and_hides_no_other_for_ever() {
        let (_guard, config) = folder();
        let now = UNIX_EPOCH.elapsed().unwrap().as_secs();
        let day = 24 * 60 * 60;
        put(&config, "workers-1.csv", now);
        put(&config, "workers-2.csv", now + day / 2);
        assert_eq!(newest(&config).unwrap().name, "workers-2.csv");
        put(&config, "workers-2.csv", now + day + 3_600);
        assert_eq!(newest(&config).unwrap_err().code, "csv.file_in_future");

        put(&config, "workers-3.csv", now + 400 * day + 60);
        let fault = newest(&config).unwrap_err();

        assert_eq!(fault.code, "csv.file_in_future");
        assert!(fault.message.contains("workers-3.csv") && fault.message.contains("400 days"));
        assert!(fault.next_step.contains("clock"), "{}", fault.next_step);
    }

    #[test]
    fn patterns_are_names_with_stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.bak", false),
            ("w?rk*-*.csv", "work-ers-1.csv", true),
            ("w?rk*-*.csv", "wrk-1.csv", false),
            ("a**b", "ab", true),
            ("", "", true),
            ("*", ".hidden", false),
            (".h*", ".hidden", true),
            ("[a].csv", "a.csv", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_no_file_of_its_writers_is_refused() {
        let (_guard, mut config) = folder();
        let path = config.folder.join("workers.csv");
        fs::write(&path, "x").unwrap();
        let judge = |config: &FolderConfig, name: &str| {
            let metadata = fs::symlink_metadata(config.folder.join(name)).unwrap();
            trust(config, name, &metadata)
        };
        let code = |result: Result<(), Fault>| result.unwrap_err().code.into_owned();
        assert!(judge(&config, "workers.csv").is_ok());

        symlink("/etc/passwd", config.folder.join("workers-link.csv")).unwrap();
        fs::create_dir(config.folder.join("workers-dir.csv")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            config.folder.join("workers-pipe.csv"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        for name in ["workers-link.csv", "workers-dir.csv", "workers-pipe.csv"] {
            assert_eq!(code(judge(&config, name)), "csv.file_untrusted", "{name}");
        }

        fs::set_permissions(&path, Permissions::from_mode(0o646)).unwrap();
        assert_eq!(code(judge(&config, "workers.csv")), "csv.file_untrusted");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        config.bytes_max = 0;
        assert_eq!(code(judge(&config, "workers.csv")), "csv.file_too_large");
    }
}
