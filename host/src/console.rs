//! The console's files, copied to where the API may read them.
//!
//! A checkout below `/root` cannot be entered by the API's user, and need not be.
//! Invariants: only regular files and folders are copied, links are not followed; the copy is
//! readable by everyone and writable by root; it is swapped in whole.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::dirs::cannot;
use crate::error::{HostError, Result};

/// Replaces `to` by a copy of `from`.
pub fn publish(from: &Path, to: &Path) -> Result<()> {
    if !from.join("index.html").is_file() {
        return Err(HostError::new(
            "host.console_missing",
            format!(
                "{} holds no index.html: build the console first, or leave the setting out",
                from.display()
            ),
        ));
    }
    let (fresh, old) = (to.with_extension("new"), to.with_extension("old"));
    remove(&fresh)?;
    remove(&old)?;
    copy(from, &fresh).map_err(|e| cannot("copy", from, e))?;
    if to.exists() {
        fs::rename(to, &old).map_err(|e| cannot("rename", to, e))?;
    }
    fs::rename(&fresh, to).map_err(|e| cannot("rename", &fresh, e))?;
    remove(&old)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(cannot("remove", path, e)),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
            fs::set_permissions(&target, fs::Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_is_whole_readable_and_follows_no_link() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("dist"), dir.path().join("console"));
        fs::create_dir_all(from.join("assets")).unwrap();
        fs::write(from.join("index.html"), "1").unwrap();
        fs::write(from.join("assets/app.js"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/shadow", from.join("leak")).unwrap();
        publish(&from, &to).unwrap();
        fs::write(from.join("index.html"), "2").unwrap();

        publish(&from, &to).unwrap();

        assert_eq!(fs::read_to_string(to.join("index.html")).unwrap(), "2");
        assert_eq!(
            fs::metadata(to.join("assets/app.js"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o644
        );
        assert!(!to.join("leak").exists());
        assert_eq!(
            publish(dir.path(), &to).unwrap_err().code(),
            "host.console_missing"
        );
    }
}
