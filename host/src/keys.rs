//! The key file, and the secrets wrapped under it.
//!
//! Each secret is 32 random bytes or a text, sealed with AES-256-GCM-SIV under the file's key and
//! bound to (owner, purpose, version), so that a row moved elsewhere in the table does not open.
//!
//! Invariants: the file is mode 0600, outside the data directory, and never replaced; without it
//! nothing sealed can be read, so a host that finds sealed secrets and another key refuses to start.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use syncline_store::admin::{HostConnection, Outcome, SealedRow};
use zeroize::Zeroizing;

use crate::dirs::{self, cannot};
use crate::error::{HostError, Result};

/// The owner number of the host's own secrets.
pub const HOST: i64 = 0;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The key everything of a tenant is sealed under.
    DataKey,
    /// The password of a tenant's role.
    RolePassword,
    /// The API's own key.
    ApiKey,
    /// The password of the API's role, where the server does not know uids.
    ApiPassword,
    /// The password of the collector's role, likewise.
    CollectorPassword,
    /// 32 bytes that only tell whether the key file is the right one.
    Check,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::DataKey => "data-key",
            Self::RolePassword => "role-password",
            Self::ApiKey => "api-key",
            Self::ApiPassword => "api-password",
            Self::CollectorPassword => "collector-password",
            Self::Check => "check",
        }
    }
}

/// A secret that is always 32 bytes.
pub type Secret32 = Zeroizing<[u8; 32]>;

/// The key of the key file.
pub struct KeyFile {
    cipher: Aes256GcmSiv,
}

impl KeyFile {
    /// Reads the key, or makes a new one where there is no file.
    pub fn open(path: &Path, data_dir: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|e| cannot("find", path, e))?;
        if path.starts_with(data_dir) {
            return Err(HostError::new(
                "host.key_file_inside",
                format!(
                    "the key file {} lies in the data directory, where a copy of the data would hold its key: put it elsewhere",
                    path.display()
                ),
            ));
        }
        match fs::metadata(&path) {
            Ok(about) => check_mode(&path, &about)?,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let text = Zeroizing::new(format!("{}\n", BASE64.encode(*random())));
                dirs::write_new(&path, text.as_bytes(), 0o600)?;
            }
            Err(e) => return Err(cannot("look at", &path, e)),
        }
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(|e| cannot("read", &path, e))?);
        let key = BASE64
            .decode(text.trim())
            .ok()
            .map(Zeroizing::new)
            .filter(|key| key.len() == 32);
        let key = key.ok_or_else(|| {
            HostError::new(
                "host.key_file",
                format!(
                    "{} does not hold 32 bytes as base64: restore it from where you keep it",
                    path.display()
                ),
            )
        })?;
        let cipher = Aes256GcmSiv::new_from_slice(&key).expect("32 bytes were checked");
        Ok(Self { cipher })
    }

    /// Makes sure that this is the key the stored secrets were sealed under.
    pub async fn check(&self, database: &mut HostConnection) -> Result<()> {
        if database
            .sealed(HOST, Purpose::Check.as_str())
            .await?
            .is_none()
            && database.has_sealed().await?
        {
            return Err(HostError::new(
                "host.key_check_missing",
                "the host's database holds sealed secrets but not the row that tells their key: restore it from a backup",
            ));
        }
        self.find_or_make(database, HOST, Purpose::Check)
            .await
            .map(|_| ())
    }

    /// The secret in use, opened; a new random one where there is none.
    pub async fn find_or_make(
        &self,
        database: &mut HostConnection,
        owner: i64,
        purpose: Purpose,
    ) -> Result<(Secret32, Outcome)> {
        if let Some(row) = database.sealed(owner, purpose.as_str()).await? {
            return Ok((self.open_row(&row, purpose)?, Outcome::Found));
        }
        database
            .keep_sealed(&self.seal(owner, purpose, 1, &random()))
            .await?;
        // What is stored counts: another writer may have been first.
        let row = database.sealed(owner, purpose.as_str()).await?;
        let row = row.ok_or_else(|| missing(owner, purpose))?;
        Ok((self.open_row(&row, purpose)?, Outcome::Made))
    }

    /// The secret in use, which must be there.
    pub async fn find(
        &self,
        database: &mut HostConnection,
        owner: i64,
        purpose: Purpose,
    ) -> Result<Secret32> {
        let row = database.sealed(owner, purpose.as_str()).await?;
        self.open_row(&row.ok_or_else(|| missing(owner, purpose))?, purpose)
    }

    fn seal(&self, owner: i64, purpose: Purpose, version: i32, secret: &[u8; 32]) -> SealedRow {
        let nonce: [u8; 12] = random()[..12].try_into().expect("12 of 32 bytes");
        let aad = bound(owner, purpose, version);
        let body = self
            .cipher
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: &aad,
                },
            )
            .expect("32 bytes are far below the cipher's limit");
        SealedRow {
            owner,
            purpose: purpose.as_str().into(),
            version,
            nonce: nonce.to_vec(),
            body,
        }
    }

    fn open_row(&self, row: &SealedRow, purpose: Purpose) -> Result<Secret32> {
        let nonce = <[u8; 12]>::try_from(row.nonce.as_slice()).ok();
        let aad = bound(row.owner, purpose, row.version);
        let opened = nonce
            .and_then(|nonce| {
                self.cipher
                    .decrypt(
                        &Nonce::from(nonce),
                        Payload {
                            msg: &row.body,
                            aad: &aad,
                        },
                    )
                    .ok()
            })
            .map(Zeroizing::new);
        let secret = opened.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        secret.map(Zeroizing::new).ok_or_else(|| {
            HostError::new(
                "host.key_wrong",
                format!("the {} of owner {} does not open with this key file: it was sealed under another key, or the row was changed; start with the key file that belongs to this data", purpose.as_str(), row.owner),
            )
        })
    }
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile(…)")
    }
}

/// 32 bytes from the kernel.
pub fn random() -> Secret32 {
    let mut bytes = Zeroizing::new([0; 32]);
    OsRng
        .try_fill_bytes(bytes.as_mut_slice())
        .expect("the kernel's random numbers are always there");
    bytes
}

fn missing(owner: i64, purpose: Purpose) -> HostError {
    HostError::new(
        "host.secret_missing",
        format!(
            "the {} of owner {owner} is not in the host's database: run ensure for the tenant, or restore the database",
            purpose.as_str()
        ),
    )
}

fn bound(owner: i64, purpose: Purpose, version: i32) -> Vec<u8> {
    let mut aad = b"syncline-host/1\0".to_vec();
    aad.extend_from_slice(&owner.to_be_bytes());
    aad.extend_from_slice(&version.to_be_bytes());
    aad.extend_from_slice(purpose.as_str().as_bytes());
    aad
}

fn check_mode(path: &Path, about: &fs::Metadata) -> Result<()> {
    let mine = nix::unistd::Uid::effective().as_raw();
    if !about.is_file() || about.uid() != mine || about.permissions().mode() & 0o077 != 0 {
        return Err(HostError::new(
            "host.key_file_open",
            format!(
                "{} is not a file that only its owner, the user of this host, may read: run `chown {mine} {0} && chmod 600 {0}` and ask who could read it before",
                path.display()
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_file() -> (tempfile::TempDir, KeyFile) {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyFile::open(&dir.path().join("key"), Path::new("/var/lib/x")).unwrap();
        (dir, key)
    }

    #[test]
    fn the_file_is_made_once_and_only_its_owner_may_read_it() {
        let (dir, first) = key_file();
        let path = dir.path().join("key");
        let row = first.seal(7, Purpose::DataKey, 1, &[5; 32]);

        let second = KeyFile::open(&path, Path::new("/var/lib/x")).unwrap();

        assert_eq!(*second.open_row(&row, Purpose::DataKey).unwrap(), [5; 32]);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_readable_or_inside_or_broken_file_is_refused() {
        let (dir, _) = key_file();
        let path = dir.path().join("key");

        assert_eq!(
            KeyFile::open(&path, dir.path()).unwrap_err().code(),
            "host.key_file_inside"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(
            KeyFile::open(&path, Path::new("/x")).unwrap_err().code(),
            "host.key_file_open"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert_eq!(
            KeyFile::open(&path, Path::new("/x")).unwrap_err().code(),
            "host.key_file"
        );
    }

    #[test]
    fn a_secret_opens_only_in_its_own_place_and_under_its_own_key() {
        let (_dir, key) = key_file();
        let (_other_dir, other) = key_file();
        let row = key.seal(7, Purpose::DataKey, 1, &[5; 32]);

        let elsewhere = |change: fn(&mut SealedRow)| {
            let mut moved = row.clone();
            change(&mut moved);
            moved
        };

        assert!(key.open_row(&row, Purpose::DataKey).is_ok());
        assert!(key.open_row(&row, Purpose::RolePassword).is_err());
        assert!(
            key.open_row(&elsewhere(|r| r.owner = 8), Purpose::DataKey)
                .is_err()
        );
        assert!(
            key.open_row(&elsewhere(|r| r.version = 2), Purpose::DataKey)
                .is_err()
        );
        assert!(
            key.open_row(&elsewhere(|r| r.body[0] ^= 1), Purpose::DataKey)
                .is_err()
        );
        assert!(
            key.open_row(&elsewhere(|r| r.nonce.clear()), Purpose::DataKey)
                .is_err()
        );
        assert_eq!(
            other.open_row(&row, Purpose::DataKey).unwrap_err().code(),
            "host.key_wrong"
        );
    }
}
