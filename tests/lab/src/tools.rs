//! OpenLDAP's command-line tools against a fixture: an LDAP client that is not ours.

use crate::{
    LabError, Result,
    ca::write_private,
    child::{bounded, run, run_with_input},
    ldif::{self, Entry},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Deleted objects are there too (LDAP_SERVER_SHOW_DELETED_OID).
const SHOW_DELETED: &str = "!1.2.840.113556.1.4.417";

/// How far below its base a search looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The base entry only.
    Base,
    /// Its direct children.
    One,
    /// The base and everything below it.
    Subtree,
}

/// `ldapsearch`, `ldapadd` and `ldapmodify`, bound as one account over LDAPS.
#[derive(Debug, Clone)]
pub struct LdapTools {
    url: String,
    bind: String,
    password_file: PathBuf,
    ca_file: PathBuf,
}

impl LdapTools {
    /// Binds to `url` as `bind`. The password goes into a file of mode 0600 in `directory`, never into arguments.
    pub fn new(
        url: &str,
        bind: &str,
        password: &str,
        ca_file: &Path,
        directory: &Path,
    ) -> Result<Self> {
        let name: String = bind
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let password_file = directory.join(format!("{name}.password"));
        write_private(&password_file, password)?;
        Ok(Self {
            url: url.to_owned(),
            bind: bind.to_owned(),
            password_file,
            ca_file: ca_file.to_owned(),
        })
    }

    /// The same account against another address: a proxy in front of the fixture.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// Searches; answers every entry, pages of 1,000 behind the scenes.
    pub fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>> {
        let paged = ["-E", "pr=1000/noprompt"];
        let output = self.search_raw(base, scope, filter, attributes, &paged)?;
        Ok(ldif::parse(&output))
    }

    /// Searches below `base` among what is there and what was deleted (LDAP_SERVER_SHOW_DELETED_OID).
    pub fn search_deleted(
        &self,
        base: &str,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>> {
        let extra = ["-E", "pr=1000/noprompt", "-E", SHOW_DELETED];
        let output = self.search_raw(base, Scope::Subtree, filter, attributes, &extra)?;
        Ok(ldif::parse(&output))
    }

    /// Searches with extra `ldapsearch` arguments (controls, limits) and answers what it printed.
    pub fn search_raw(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        extra: &[&str],
    ) -> Result<String> {
        let scope = match scope {
            Scope::Base => "base",
            Scope::One => "one",
            Scope::Subtree => "sub",
        };
        let output = run(self
            .command("ldapsearch")
            .args(["-LLL", "-o", "ldif-wrap=no", "-s", scope, "-b", base])
            .args(extra)
            .arg(filter)
            .args(attributes))?;
        String::from_utf8(output)
            .map_err(|error| LabError::command("ldapsearch", error.to_string()))
    }

    /// The entry with this DN, with all its attributes; `None` when there is none.
    pub fn read(&self, dn: &str) -> Result<Option<Entry>> {
        match self.search(dn, Scope::Base, "(objectClass=*)", &["*"]) {
            Ok(entries) => Ok(entries.into_iter().next()),
            Err(LabError::CommandFailed { reason, .. }) if reason.contains("No such object") => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Adds the entries of an LDIF text.
    pub fn add(&self, ldif: &str) -> Result<()> {
        run_with_input(&mut self.command("ldapadd"), ldif.as_bytes()).map(drop)
    }

    /// Carries out the change records of an LDIF text.
    pub fn modify(&self, ldif: &str) -> Result<()> {
        run_with_input(&mut self.command("ldapmodify"), ldif.as_bytes()).map(drop)
    }

    /// Replaces one attribute's values.
    pub fn replace(&self, dn: &str, attribute: &str, values: &[&str]) -> Result<()> {
        let mut change = String::new();
        Entry::new(dn)
            .with("changetype", "modify")
            .with("replace", attribute)
            .write(&mut change);
        change.truncate(change.trim_end().len());
        change.push('\n');
        for value in values {
            let mut line = String::new();
            Entry::new("").with(attribute, value).write(&mut line);
            change.extend(
                line.lines()
                    .nth(1)
                    .into_iter()
                    .flat_map(|line| [line, "\n"]),
            );
        }
        self.modify(&change)
    }

    /// Deletes one entry.
    pub fn delete(&self, dn: &str) -> Result<()> {
        run(self.command("ldapdelete").arg(dn)).map(drop)
    }

    /// Renames or moves one entry.
    pub fn rename(&self, dn: &str, new_rdn: &str, new_parent: Option<&str>) -> Result<()> {
        let mut command = self.command("ldapmodrdn");
        command.arg("-r");
        if let Some(parent) = new_parent {
            command.args(["-s", parent]);
        }
        run(command.args([dn, new_rdn])).map(drop)
    }

    /// Brings a deleted account back under this name (\[MS-ADTS\] 3.1.1.5.3.7). What the tombstone lost is lost.
    pub fn undelete(&self, base: &str, account: &str, dn: &str) -> Result<()> {
        let filter = format!("(&(isDeleted=TRUE)(sAMAccountName={account}))");
        let found = self.search_deleted(base, &filter, &["sAMAccountName"])?;
        let Some(tombstone) = found.first() else {
            let reason = format!("no tombstone of {account}");
            return Err(LabError::command("ldapsearch", reason));
        };
        let tombstone = &tombstone.dn;
        let change = format!(
            "dn: {tombstone}\nchangetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\n\
             distinguishedName: {dn}\n-\n"
        );
        let mut command = self.command("ldapmodify");
        command.args(["-e", SHOW_DELETED]);
        run_with_input(&mut command, change.as_bytes()).map(drop)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = bounded(program);
        command
            .args([
                "-x",
                "-H",
                &self.url,
                "-D",
                &self.bind,
                "-o",
                "nettimeout=30",
                "-y",
            ])
            .arg(&self.password_file)
            .env("LDAPTLS_CACERT", &self.ca_file)
            .env("LDAPTLS_REQCERT", "demand");
        command
    }
}
