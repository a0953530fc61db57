//! Requests on one connection: searches whole or page by page, and the four writes.
//!
//! Invariants: entries leave as octets, references to other servers are dropped; a busy directory is
//! asked again a few times and then reported; a request that timed out is abandoned at the server.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ldap3::controls::RawControl;
use ldap3::result::LdapResult;
use ldap3::{Ldap, LdapError, Mod, Scope};
use syncline_model::Anchor;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::controls;
use super::entry::RawEntry;
use super::errors;
use super::link::{Health, Lost, lost};

/// Waits between the attempts at a request that a busy directory turned away.
const BUSY_WAITS: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(600),
    Duration::from_millis(1500),
];

/// One search.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// Where.
    pub base: &'a str,
    /// How far below it.
    pub scope: Scope,
    /// Which objects.
    pub filter: &'a str,
    /// Which attributes, by name.
    pub attrs: &'a [String],
    /// Whether DNs come with their GUIDs (Active Directory).
    pub extended_names: bool,
}

/// One page of a search.
#[derive(Debug)]
pub struct Page {
    /// Its entries.
    pub entries: Vec<RawEntry>,
    /// Where the next page starts; `None` after the last one.
    pub next: Option<Vec<u8>>,
}

/// How many entries to ask for in the next page, so that pages of large entries stay small.
#[derive(Debug, Clone, Copy)]
pub struct PageSize {
    now: u32,
    max: u32,
}

/// A page above this weight is followed by a smaller one.
const PAGE_BYTES_MAX: usize = 2 << 20;

impl PageSize {
    /// Starts with at most `max` entries.
    pub fn new(max: u32) -> Self {
        let max = max.clamp(1, 1000);
        Self {
            now: max.min(250),
            max,
        }
    }

    /// The size to ask for.
    pub fn get(self) -> u32 {
        self.now
    }

    /// Learns from a page.
    pub fn learn(&mut self, entries: &[RawEntry]) {
        let bytes: usize = entries.iter().map(RawEntry::weight).sum();
        if bytes > PAGE_BYTES_MAX {
            self.now = (self.now / 2).max(self.max.min(10));
        } else if bytes < PAGE_BYTES_MAX / 4 {
            self.now = (self.now * 2).min(self.max);
        }
    }
}

/// A value set for an attribute in a write.
pub type WriteValues = (String, Vec<Vec<u8>>);

/// What is done to an attribute in a modify request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modification {
    /// These values come.
    Add(WriteValues),
    /// These values go.
    Delete(WriteValues),
    /// These become all its values; none clears it.
    Replace(WriteValues),
}

impl Modification {
    /// The attribute it changes.
    pub fn attr(&self) -> &str {
        let (Self::Add((attr, _)) | Self::Delete((attr, _)) | Self::Replace((attr, _))) = self;
        attr
    }
}

/// A handle on one connection; clones of the connection's handle run side by side.
pub struct Session {
    ldap: Ldap,
    health: Arc<Health>,
    answer_timeout: Duration,
    held_to: Option<RawControl>,
    reads_back: bool,
}

impl Session {
    /// A session on this connection.
    pub fn new(ldap: Ldap, health: Arc<Health>, answer_timeout: Duration) -> Self {
        Self {
            ldap,
            health,
            answer_timeout,
            held_to: None,
            reads_back: false,
        }
    }

    /// From here on changes, renames and deletions happen only to the object with this id, or not at all: where objects
    /// are named by DN, another one may lie under the name by then.
    pub fn hold_to(&mut self, anchor: &Anchor) {
        self.held_to = Some(controls::only_if(&anchor.to_string()));
    }

    /// From here on the answers to Adds tell the new objects' ids.
    pub fn read_ids_back(&mut self) {
        self.reads_back = true;
    }

    /// Whether the other end still answers.
    pub async fn answers(&mut self) -> bool {
        let attrs = ["1.1".to_owned()];
        let search = Search {
            base: "",
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attrs: &attrs,
            extended_names: false,
        };
        let timeout = self.answer_timeout.min(Duration::from_secs(5));
        matches!(
            tokio::time::timeout(timeout, self.once(&search, vec![])).await,
            Ok(Ok(_))
        )
    }

    /// One page; starts with no cookie.
    pub async fn page(
        &mut self,
        search: &Search<'_>,
        size: u32,
        cookie: &[u8],
    ) -> Result<Page, Fault> {
        let (entries, result) = self
            .send(search, vec![controls::paged(size, cookie)])
            .await?;
        expect_success(search, &result)?;
        let next = controls::paged_answer(&result.ctrls).ok_or_else(|| {
            Fault::new(
                "import.paging_unsupported",
                ErrorKind::Connection,
                "The directory did not answer the paging control.",
                "Check that the directory's kind is set rightly.",
            )
        })?;
        Ok(Page {
            entries,
            next: (!next.is_empty()).then_some(next),
        })
    }

    /// Everything a search finds, read page by page.
    pub async fn all(&mut self, search: &Search<'_>) -> Result<Vec<RawEntry>, Fault> {
        let mut found = Vec::new();
        let mut cookie = Vec::new();
        loop {
            let page = self.page(search, 1000, &cookie).await?;
            found.extend(page.entries);
            match page.next {
                Some(next) => cookie = next,
                None => return Ok(found),
            }
        }
    }

    /// One object by name; `None` when there is none of that name.
    pub async fn object(
        &mut self,
        name: &str,
        attrs: &[String],
        extended_names: bool,
    ) -> Result<Option<RawEntry>, Fault> {
        let search = Search {
            base: name,
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attrs,
            extended_names,
        };
        let (entries, result) = self.send(&search, vec![]).await?;
        match result.rc {
            32 => Ok(None),
            _ => expect_success(&search, &result).map(|()| entries.into_iter().next()),
        }
    }

    /// One DirSync round: what changed since the cookie, and the directory's result whatever it is.
    pub async fn dir_sync(
        &mut self,
        search: &Search<'_>,
        cookie: &[u8],
    ) -> Result<(Vec<RawEntry>, LdapResult), Fault> {
        self.send(search, vec![controls::dir_sync(cookie)]).await
    }

    /// Whether this account may see what was deleted in a partition.
    pub async fn sees_deleted(&mut self, partition: &str) -> Result<bool, Fault> {
        // The well-known id of the container of deleted objects.
        let base = format!("<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,{partition}>");
        let attrs = ["objectGUID".to_owned()];
        let search = Search {
            base: &base,
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attrs: &attrs,
            extended_names: false,
        };
        let (found, result) = self.send(&search, vec![controls::show_deleted()]).await?;
        match result.rc {
            32 | 50 => Ok(false),
            // Without the right the container's name is still there, bare of attributes.
            _ => expect_success(&search, &result).map(|()| {
                found
                    .iter()
                    .any(|entry| entry.first("objectGUID").is_some())
            }),
        }
    }

    /// Creates an object.
    pub async fn add(&mut self, dn: &str, attrs: &[WriteValues]) -> Result<LdapResult, Lost> {
        let attrs: Vec<(Vec<u8>, HashSet<Vec<u8>>)> = attrs.iter().map(library_values).collect();
        let mut waits = BUSY_WAITS.into_iter();
        loop {
            let reads_back = self.reads_back.then(controls::read_back);
            let handle = self.timed();
            if let Some(control) = reads_back {
                handle.with_controls(control);
            }
            let answer = handle.add(dn.as_ref(), attrs.clone()).await;
            if let Some(result) = self.answered(answer, waits.next()).await? {
                return Ok(result);
            }
        }
    }

    /// Changes an object.
    pub async fn modify(
        &mut self,
        name: &str,
        modifications: &[Modification],
    ) -> Result<LdapResult, Lost> {
        let mods: Vec<Mod<Vec<u8>>> = modifications
            .iter()
            .map(|modification| {
                let (build, values): (fn(_, _) -> _, _) = match modification {
                    Modification::Add(values) => (Mod::Add, values),
                    Modification::Delete(values) => (Mod::Delete, values),
                    Modification::Replace(values) => (Mod::Replace, values),
                };
                let (attr, values) = library_values(values);
                build(attr, values)
            })
            .collect();
        let mut waits = BUSY_WAITS.into_iter();
        loop {
            let answer = self
                .held(vec![controls::permissive_modify()])
                .modify(name, mods.clone())
                .await;
            if let Some(result) = self.answered(answer, waits.next()).await? {
                return Ok(result);
            }
        }
    }

    /// Renames or moves an object; the old name's value stays an ordinary value of its attribute unless it goes.
    pub async fn modify_dn(
        &mut self,
        name: &str,
        rdn: &str,
        old_value_goes: bool,
        parent: Option<&str>,
    ) -> Result<LdapResult, Lost> {
        let mut waits = BUSY_WAITS.into_iter();
        loop {
            let answer = self
                .held(vec![])
                .modifydn(name, rdn, old_value_goes, parent)
                .await;
            if let Some(result) = self.answered(answer, waits.next()).await? {
                return Ok(result);
            }
        }
    }

    /// Deletes an object.
    pub async fn delete(&mut self, name: &str) -> Result<LdapResult, Lost> {
        let mut waits = BUSY_WAITS.into_iter();
        loop {
            let answer = self.held(vec![]).delete(name).await;
            if let Some(result) = self.answered(answer, waits.next()).await? {
                return Ok(result);
            }
        }
    }

    /// The library's handle, for the search that does not end.
    pub fn library_handle(&self) -> Ldap {
        self.ldap.clone()
    }

    fn timed(&mut self) -> &mut Ldap {
        self.health.request();
        self.ldap.with_timeout(self.answer_timeout)
    }

    /// The handle with what a write to an existing object carries.
    fn held(&mut self, mut controls: Vec<RawControl>) -> &mut Ldap {
        controls.extend(self.held_to.clone());
        let handle = self.timed();
        if !controls.is_empty() {
            handle.with_controls(controls);
        }
        handle
    }

    /// The directory's answer to a write, or `None` when it was busy and another attempt follows.
    async fn answered(
        &mut self,
        answer: Result<LdapResult, LdapError>,
        wait: Option<Duration>,
    ) -> Result<Option<LdapResult>, Lost> {
        match (answer, wait) {
            (Ok(result), Some(wait)) if errors::is_busy(&result) => {
                tokio::time::sleep(wait).await;
                Ok(None)
            }
            (Ok(result), _) => Ok(Some(result)),
            (Err(error), _) => {
                self.health.broke();
                Err(lost(&error))
            }
        }
    }

    async fn send(
        &mut self,
        search: &Search<'_>,
        controls: Vec<RawControl>,
    ) -> Result<(Vec<RawEntry>, LdapResult), Fault> {
        let mut waits = BUSY_WAITS.into_iter();
        loop {
            let (entries, result) = self.once(search, controls.clone()).await?;
            match waits.next() {
                Some(wait) if errors::is_busy(&result) => tokio::time::sleep(wait).await,
                _ => return Ok((entries, result)),
            }
        }
    }

    async fn once(
        &mut self,
        search: &Search<'_>,
        mut controls: Vec<RawControl>,
    ) -> Result<(Vec<RawEntry>, LdapResult), Fault> {
        if search.extended_names {
            controls.push(controls::extended_dn());
        }
        let handle = self.timed();
        if !controls.is_empty() {
            handle.with_controls(controls);
        }
        let started = handle
            .streaming_search(search.base, search.scope, search.filter, search.attrs)
            .await;
        let mut stream = match started {
            Ok(stream) => stream,
            Err(error) => return Err(self.search_lost(&error)),
        };
        let mut entries = Vec::new();
        loop {
            match stream.next().await {
                Ok(Some(entry)) => match RawEntry::read(entry) {
                    Ok(entry) => entries.extend(entry),
                    Err(malformed) => {
                        return Err(Fault::new(
                            "import.malformed_entry",
                            ErrorKind::Unreadable,
                            format!("Reading {} failed: {malformed}.", place(search.base)),
                            "Look for a damaged object in the directory, or report this.",
                        ));
                    }
                },
                Ok(None) => return Ok((entries, stream.finish().await)),
                Err(error) => {
                    if matches!(error, LdapError::Timeout { .. }) {
                        let id = stream.ldap_handle().last_id();
                        // Best effort: the connection is not used again.
                        let _ = stream.ldap_handle().abandon(id).await;
                    }
                    return Err(self.search_lost(&error));
                }
            }
        }
    }

    fn search_lost(&self, error: &LdapError) -> Fault {
        self.health.broke();
        lost(error).fault
    }
}

fn library_values((attr, values): &WriteValues) -> (Vec<u8>, HashSet<Vec<u8>>) {
    (attr.as_bytes().to_vec(), values.iter().cloned().collect())
}

fn expect_success(search: &Search<'_>, result: &LdapResult) -> Result<(), Fault> {
    match result.rc {
        // 10: the rest lies on other servers, which are not ours to read.
        0 | 10 => Ok(()),
        _ => Err(errors::read_refusal(&place(search.base), result)),
    }
}

fn place(base: &str) -> String {
    match base {
        "" => "the directory's root".to_owned(),
        _ => format!("\"{base}\""),
    }
}
