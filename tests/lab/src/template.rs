//! Templates: forests that were provisioned and filled once, stopped, and are only ever copied.
//!
//! Invariants: a template is complete or absent (it is renamed into place); one process makes it
//! while the others wait; its key covers everything that went into it: scripts, Samba's version and
//! the data set.

use crate::{
    DataSet, DomainController, LabCa, LabError, LoopbackAddress, Result,
    child::run,
    data,
    dirs::{self, RunDir},
};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

const SCRIPTS: [(&str, &str); 3] = [
    ("provision.sh", include_str!("../scripts/provision.sh")),
    ("schema.py", include_str!("../scripts/schema.py")),
    ("furnish.py", include_str!("../scripts/furnish.py")),
];

pub(crate) const ADMINISTRATOR_PASSWORD: &str = "Lab-Passw0rd!";
pub(crate) const SERVICE_PASSWORD: &str = "Sync-Passw0rd!";

/// The lab's two forests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// `contoso.test`, the source.
    Contoso,
    /// `fabrikam.test`, the target.
    Fabrikam,
}

impl Domain {
    /// `contoso.test` or `fabrikam.test`.
    #[must_use]
    pub fn dns_name(self) -> &'static str {
        match self {
            Self::Contoso => "contoso.test",
            Self::Fabrikam => "fabrikam.test",
        }
    }

    /// `DC=contoso,DC=test` or `DC=fabrikam,DC=test`.
    #[must_use]
    pub fn base_dn(self) -> &'static str {
        match self {
            Self::Contoso => "DC=contoso,DC=test",
            Self::Fabrikam => "DC=fabrikam,DC=test",
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.dns_name())
    }
}

/// The directory of a template, made first where it is missing.
pub(crate) fn ensure(domain: Domain, data: DataSet, ca: &LabCa) -> Result<PathBuf> {
    let forest = dirs::cache().join(forest_key()?).join(domain.dns_name());
    let ldif = data::ldif(domain, data);
    let template = match &ldif {
        Some(ldif) => forest.join(format!(
            "{}-{}",
            data.name(),
            short_hash(&[ldif.as_bytes()])
        )),
        None => forest.join(data.name()),
    };
    if template.is_dir() {
        mark_used(&template);
        return Ok(template);
    }
    dirs::create(&forest)?;
    let _making = dirs::lock(&forest.join("lock"))?;
    if template.is_dir() {
        return Ok(template);
    }
    match ldif {
        None => provision(domain, &template)?,
        Some(ldif) => {
            let empty = forest.join(DataSet::Empty.name());
            if !empty.is_dir() {
                provision(domain, &empty)?;
            }
            fill(domain, &empty, &ldif, ca, &template)?;
        }
    }
    Ok(template)
}

/// Copies a template to `directory`. Sparse stays sparse: a database file claims 4 GiB and holds 30 MB.
pub(crate) fn copy(template: &Path, directory: &Path) -> Result<()> {
    run(Command::new("cp")
        .args(["-a", "--reflink=auto", "--sparse=always"])
        .args([template, directory]))
    .map(drop)
}

fn provision(domain: Domain, template: &Path) -> Result<()> {
    let work = RunDir::temporary()?;
    for (name, text) in SCRIPTS {
        let path = work.path().join(name);
        fs::write(&path, text).map_err(LabError::file("write", &path))?;
    }
    let forest = work.path().join("forest");
    run(Command::new("bash")
        .arg(work.path().join("provision.sh"))
        .arg(&forest)
        .args([domain.dns_name(), ADMINISTRATOR_PASSWORD, SERVICE_PASSWORD]))?;
    publish(&forest, template)
}

/// Loads the data over LDAPS: quicker than offline, where each add costs more than the last.
fn fill(domain: Domain, empty: &Path, ldif: &str, ca: &LabCa, template: &Path) -> Result<()> {
    let work = RunDir::temporary()?;
    let forest = work.path().join("forest");
    copy(empty, &forest)?;
    let pristine: Vec<_> = ["etc/smb.conf", "private/krb5.conf"]
        .into_iter()
        .map(|name| {
            let path = forest.join(name);
            fs::read(&path)
                .map_err(LabError::file("read", &path))
                .map(|content| (path, content))
        })
        .collect::<Result<_>>()?;
    let mut controller = DomainController::start_in(domain, &forest, LoopbackAddress::take()?, ca)?;
    controller.administrator()?.add(ldif)?;
    controller.stop();
    drop(controller);
    for (path, content) in pristine {
        fs::write(&path, content).map_err(LabError::file("write", &path))?;
    }
    publish(&forest, template)
}

/// Moves a finished forest into the cache under its final name, at once or not at all.
fn publish(forest: &Path, template: &Path) -> Result<()> {
    let staged = template.with_extension("new");
    let _ = fs::remove_dir_all(&staged);
    copy(forest, &staged)?;
    mark_used(&staged);
    fs::rename(&staged, template).map_err(LabError::file("rename", &staged))?;
    prune(&dirs::cache());
    Ok(())
}

/// Templates that nothing asked for in this time are those of older scripts and data sets.
const UNUSED_MAX: Duration = Duration::from_secs(14 * 24 * 3600);

fn mark_used(template: &Path) {
    // Only prune() reads it: a template that cannot be marked is at worst made again.
    let _ = File::open(template).and_then(|directory| directory.set_modified(SystemTime::now()));
}

/// Removes `<cache>/samba-*/<domain>/<template>` that was not used for long.
fn prune(cache: &Path) {
    let children = |path: &Path| {
        let listing = fs::read_dir(path).into_iter().flatten().flatten();
        listing
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect::<Vec<_>>()
    };
    let is_ours = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"samba-"))
    };
    for forest in children(cache)
        .iter()
        .filter(|path| is_ours(path))
        .flat_map(|path| children(path))
    {
        for template in children(&forest) {
            let used = fs::metadata(&template).and_then(|about| about.modified());
            if used.is_ok_and(|used| used.elapsed().is_ok_and(|unused| unused > UNUSED_MAX)) {
                let _ = fs::remove_dir_all(&template);
            }
        }
    }
}

fn forest_key() -> Result<&'static str> {
    static KEY: OnceLock<String> = OnceLock::new();
    if let Some(key) = KEY.get() {
        return Ok(key);
    }
    let version = run(Command::new("samba").arg("--version"))?;
    let mut parts = vec![
        version.as_slice(),
        ADMINISTRATOR_PASSWORD.as_bytes(),
        SERVICE_PASSWORD.as_bytes(),
    ];
    parts.extend(SCRIPTS.iter().map(|(_, text)| text.as_bytes()));
    Ok(KEY.get_or_init(|| format!("samba-{}", short_hash(&parts))))
}

fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_templates_that_nobody_used_for_long_are_pruned() {
        let cache = tempfile::tempdir().unwrap();
        let forest = cache.path().join("samba-1/contoso.test");
        let (old, used, foreign) = (
            forest.join("old"),
            forest.join("used"),
            cache.path().join("ca/x/y"),
        );
        for path in [&old, &used, &foreign] {
            fs::create_dir_all(path).unwrap();
            let long_ago = SystemTime::now() - UNUSED_MAX * 2;
            File::open(path).unwrap().set_modified(long_ago).unwrap();
        }
        mark_used(&used);

        prune(cache.path());

        assert!(!old.exists() && used.exists() && foreign.exists());
    }
}
