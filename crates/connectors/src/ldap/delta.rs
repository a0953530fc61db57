//! The delta import: DirSync rounds from a watermark to now.
//!
//! Invariants: an object that appeared, was renamed or moved is read again whole, so that whoever
//! receives it needs no memory of it; everything else is exactly the attributes that changed, and of
//! references the values; a repeat is harmless; a deletion is reported whatever the object was,
//! because its type and place can no longer be told.

use std::collections::BTreeMap;

use ldap3::Scope as Depth;
use syncline_model::Anchor;
use syncline_model::AttrName;
use syncline_model::connector::{Fault, ImportEnd};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportChange, ImportEntry, ImportRequest};
use syncline_model::value::Values;

use super::config::DirectoryKind;
use super::controls;
use super::dn_text::ExtendedDn;
use super::entry::{Range, RawAttr, RawEntry};
use super::errors;
use super::flags;
use super::full::{parent_of, with_containers};
use super::image::{Images, Read};
use super::pages::Pages;
use super::root::Root;
use super::schema::{AttrInfo, DirectorySchema, Selection, Wanted};
use super::scope::Scope;
use super::session::{Search, Session};
use super::syntax::Syntax;
use super::targeted;
use super::watermark::{Watermark, expired};
use super::{LdapConnector, lookup};
use crate::contract::PageSink;

/// Attributes that every DirSync request names: they tell what kind of change it is.
pub const TELLING: [&str; 5] = [
    "objectGUID",
    "objectClass",
    "name",
    "parentGUID",
    "isDeleted",
];
/// With incremental values, the range under which added references come.
const ADDED: Range = Range {
    first: 1,
    last: Some(1),
};
/// With incremental values, the range under which removed references come.
const REMOVED: Range = Range {
    first: 0,
    last: Some(0),
};

/// The watermark of now. The walk asks for ids only; what counts is the cookie at its end.
pub async fn start(session: &mut Session, root: &Root) -> Result<Watermark, Fault> {
    let mut now = state(session, root).await?;
    let attrs = ["objectGUID".to_owned()];
    let search = Search {
        base: &root.base,
        scope: Depth::Subtree,
        filter: "(objectClass=*)",
        attrs: &attrs,
        extended_names: false,
    };
    loop {
        let (_, more) = round(session, &search, &mut now.cookie).await?;
        if !more {
            expect_deletions(session, root).await?;
            return Ok(now);
        }
    }
}

/// A delta without its deletions looks complete and is not: better none.
async fn expect_deletions(session: &mut Session, root: &Root) -> Result<(), Fault> {
    if !root.is_samba || session.sees_deleted(&root.base).await? {
        return Ok(());
    }
    Err(Fault::new(
        "import.deletions_hidden",
        ErrorKind::Permission,
        format!(
            "{} hides deletions from the sync account: it may not see CN=Deleted Objects.",
            root.server
        ),
        "Give the account \"List contents\" and \"Read property\" on CN=Deleted Objects of the domain.",
    ))
}

/// The state of the server, without a cookie.
async fn state(session: &mut Session, root: &Root) -> Result<Watermark, Fault> {
    let id = |octets: Option<&[u8]>| octets.and_then(|o| o.try_into().ok()).unwrap_or([0; 16]);
    let head = session
        .object(&root.base, &["objectGUID".to_owned()], false)
        .await?
        .unwrap_or_default();
    let settings = match &root.settings_object {
        Some(name) => session
            .object(name, &["invocationId".to_owned()], false)
            .await?
            .unwrap_or_default(),
        None => RawEntry::default(),
    };
    Ok(Watermark {
        partition: id(head.first("objectGUID")),
        invocation: id(settings.first("invocationId")),
        usn: root.highest_usn,
        cookie: Vec::new(),
    })
}

/// One DirSync round; moves the cookie on and says whether another is needed.
pub async fn round(
    session: &mut Session,
    search: &Search<'_>,
    cookie: &mut Vec<u8>,
) -> Result<(Vec<RawEntry>, bool), Fault> {
    let (entries, result) = session.dir_sync(search, cookie).await?;
    match result.rc {
        0 | 10 => {}
        // Only the cookie can be wrong with a request that was accepted without one.
        1 | 2 | 12 | 19 | 53 | 80 if !cookie.is_empty() => {
            return Err(expired("the directory does not accept it any more")
                .with_evidence(errors::evidence(&result)));
        }
        _ => {
            let what = format!("changes in \"{}\"", search.base);
            return Err(errors::read_refusal(&what, &result));
        }
    }
    let answer = controls::dir_sync_answer(&result.ctrls)
        .ok_or_else(|| errors::read_refusal("changes", &result))?;
    *cookie = answer.cookie;
    Ok((entries, answer.more))
}

/// Reads what changed since the watermark.
pub async fn import(
    connector: &LdapConnector,
    request: &ImportRequest,
    watermark: &[u8],
    sink: &PageSink,
) -> Result<ImportEnd, Fault> {
    let kind = connector.kind();
    if kind != DirectoryKind::ActiveDirectory {
        return Err(expired("this directory does not tell what changed"));
    }
    let since = Watermark::decode(watermark).ok_or_else(|| expired("it is not one of ours"))?;
    let mut session = connector.session().await?;
    let schema = connector.schema(&mut session).await?;
    let root = connector.root(&mut session).await?;
    expect_deletions(&mut session, &root).await?;
    let now = state(&mut session, &root).await?;
    since.check(&now)?;
    let selection = with_containers(kind, Selection::new(&schema, &request.types));
    let scope = Scope::resolve(&mut session, kind, &root, &request.containers).await?;
    let mut run = Run {
        connector,
        kind,
        schema: &schema,
        root: &root,
        scope: &scope,
        images: &Images {
            kind,
            selection: &selection,
        },
        pages: Pages::new(sink, request.page_size),
    };

    let filter = kind.filter(selection.types.keys().map(String::as_str));
    let attrs = selection.requested(&TELLING);
    let search = Search {
        base: &root.base,
        scope: Depth::Subtree,
        filter: &filter,
        attrs: &attrs,
        extended_names: true,
    };
    let mut next = Watermark {
        cookie: since.cookie,
        ..now
    };
    loop {
        let (entries, more) = round(&mut session, &search, &mut next.cookie).await?;
        run.deliver(&mut session, entries).await?;
        if !more {
            break;
        }
    }
    let counts = run.pages.finish().await?;
    connector.remember(&selection, Some(&next));
    Ok(ImportEnd {
        watermark: Some(next.encode()),
        counts,
    })
}

struct Run<'a> {
    connector: &'a LdapConnector,
    kind: DirectoryKind,
    schema: &'a DirectorySchema,
    root: &'a Root,
    scope: &'a Scope,
    images: &'a Images<'a>,
    pages: Pages<'a>,
}

impl Run<'_> {
    /// Delivers one round.
    async fn deliver(
        &mut self,
        session: &mut Session,
        entries: Vec<RawEntry>,
    ) -> Result<(), Fault> {
        let mut again: BTreeMap<Anchor, bool> = BTreeMap::new();
        for entry in entries {
            let Some(anchor) = self.kind.anchor(&entry) else {
                continue;
            };
            if entry.text("isDeleted") == Some("TRUE") {
                again.remove(&anchor);
                self.connector.memory().parents.remove(&anchor);
                self.pages.put(ImportEntry::Deleted(anchor)).await?;
                continue;
            }
            let created = has_values(&entry, "objectClass");
            if created || has_values(&entry, "name") || has_values(&entry, "parentGUID") {
                *again.entry(anchor).or_insert(false) |= created;
                continue;
            }
            match self.change(anchor.clone(), &entry) {
                Some(Ok(change)) if again.contains_key(&anchor) || change_is_empty(&change) => {}
                Some(Ok(change)) => {
                    let dn = ExtendedDn::parse(&entry.dn).dn.parse::<Dn>();
                    if dn.is_ok_and(|dn| self.scope.holds(&dn) || self.scope.holds_container(&dn)) {
                        self.pages.put(ImportEntry::Change(change)).await?;
                    }
                }
                Some(Err(error)) => self.pages.put(error).await?,
                None => {
                    again.entry(anchor).or_insert(false);
                }
            }
        }
        self.deliver_whole(session, again).await
    }

    /// The attributes that changed; `None` when only reading the whole object again tells.
    fn change(
        &self,
        anchor: Anchor,
        entry: &RawEntry,
    ) -> Option<Result<ImportChange, ImportEntry>> {
        let mut change = ImportChange {
            anchor,
            dn: None,
            attrs: Vec::new(),
            refs_set: Vec::new(),
            refs_added: Vec::new(),
            refs_removed: Vec::new(),
        };
        for raw in &entry.attrs {
            let put = match self.schema.attr(&raw.name) {
                _ if raw.name.eq_ignore_ascii_case(flags::ATTR) => {
                    self.put_flags(raw, &mut change);
                    Ok(())
                }
                Some(info) if self.is_wanted(info) && info.syntax == Syntax::Name => {
                    self.put_refs(info, raw, &mut change)?
                }
                Some(info) if self.is_wanted(info) => {
                    if raw.range.is_some() {
                        return None;
                    }
                    self.images.values(info, &raw.values).map(|read| {
                        if let Read::Values(values) = read {
                            change.attrs.push((info.name.clone(), values));
                        }
                    })
                }
                _ => Ok(()),
            };
            if let Err(why) = put {
                let dn = ExtendedDn::parse(&entry.dn).dn.to_owned();
                return Some(Err(ImportEntry::ReadError(why.of(Some(change.anchor), dn))));
            }
        }
        single_values(self.schema, &mut change);
        Some(Ok(change))
    }

    fn put_flags(&self, raw: &RawAttr, change: &mut ImportChange) {
        let control = raw.values.first().and_then(|octets| flags::parse(octets));
        let mut names: Vec<AttrName> = Vec::new();
        for wanted in self.images.selection.types.values().flatten() {
            if let Wanted::Flag(flag) = wanted {
                let name = AttrName::new(flag.name);
                if !names.contains(&name) {
                    let value = control.and_then(|control| Values::one(flag.value(control)));
                    change.attrs.push((name.clone(), value));
                    names.push(name);
                }
            }
        }
    }

    /// References, value by value where the directory says so; `None` for a range that says something else.
    fn put_refs(
        &self,
        info: &AttrInfo,
        raw: &RawAttr,
        change: &mut ImportChange,
    ) -> Option<Result<(), super::image::Unreadable>> {
        let refs = match self.images.values(info, &raw.values) {
            Ok(Read::Refs(refs)) => refs,
            Ok(Read::Values(_)) => return None,
            Err(why) => return Some(Err(why)),
        };
        let named = refs.into_iter().map(|name| (info.name.clone(), name));
        match raw.range {
            Some(ADDED) => change.refs_added.extend(named),
            Some(REMOVED) => change.refs_removed.extend(named),
            None => change
                .refs_set
                .push((info.name.clone(), named.map(|(_, name)| name).collect())),
            Some(_) => return None,
        }
        Some(Ok(()))
    }

    fn is_wanted(&self, info: &AttrInfo) -> bool {
        self.images
            .selection
            .types
            .values()
            .flatten()
            .any(|wanted| matches!(wanted, Wanted::Attr(attr) if attr.name == info.name))
    }

    /// Reads objects again and delivers them whole, or as gone when they left the scope.
    async fn deliver_whole(
        &mut self,
        session: &mut Session,
        again: BTreeMap<Anchor, bool>,
    ) -> Result<(), Fault> {
        let anchors: Vec<&Anchor> = again.keys().collect();
        let attrs = self.images.selection.requested(self.kind.always());
        let mut moved: Vec<String> = Vec::new();
        for batch in anchors.chunks(targeted::BATCH) {
            let found = targeted::by_anchor(
                session,
                self.kind,
                &self.root.base,
                batch.iter().copied(),
                &attrs,
            )
            .await?;
            for entry in found {
                let name = ExtendedDn::parse(&entry.dn).dn.to_owned();
                let created = self
                    .kind
                    .anchor(&entry)
                    .and_then(|anchor| again.get(&anchor).copied())
                    .unwrap_or(false);
                if self.is_container(&entry) && self.was_moved(&entry) && !created {
                    moved.push(name);
                }
                self.deliver_one(session, entry).await?;
            }
        }
        if !moved.is_empty() {
            self.deliver_ancestors(session, &attrs).await?;
        }
        for container in moved {
            self.deliver_below(session, &container, &attrs).await?;
        }
        Ok(())
    }

    async fn deliver_one(&mut self, session: &mut Session, entry: RawEntry) -> Result<(), Fault> {
        let dn = ExtendedDn::parse(&entry.dn).dn.parse::<Dn>().ok();
        let inside = match &dn {
            Some(dn) if self.is_container(&entry) => self.scope.holds_container(dn),
            Some(dn) => self.scope.holds(dn),
            // A name that cannot be read is reported as such, never as a departure.
            None => true,
        };
        let entry = if inside {
            self.images.image(session, entry).await?
        } else {
            self.kind.anchor(&entry).map(ImportEntry::Deleted)
        };
        match entry {
            Some(entry) => self.pages.put(entry).await,
            None => Ok(()),
        }
    }

    /// What lies below a moved container came into scope, left it, or only changed its name with it.
    async fn deliver_below(
        &mut self,
        session: &mut Session,
        container: &str,
        attrs: &[String],
    ) -> Result<(), Fault> {
        let filter = self
            .kind
            .filter(self.images.selection.types.keys().map(String::as_str));
        let search = Search {
            base: container,
            scope: Depth::Subtree,
            filter: &filter,
            attrs,
            extended_names: true,
        };
        let mut cookie = Vec::new();
        loop {
            let page = session.page(&search, 500, &cookie).await?;
            for entry in page.entries {
                self.was_moved(&entry);
                if ExtendedDn::parse(&entry.dn).dn != container {
                    self.deliver_one(session, entry).await?;
                }
            }
            match page.next {
                Some(next) => cookie = next,
                None => return Ok(()),
            }
        }
    }

    async fn deliver_ancestors(
        &mut self,
        session: &mut Session,
        attrs: &[String],
    ) -> Result<(), Fault> {
        for dn in self.scope.ancestors() {
            let name = syncline_model::import::ObjectName::Dn(dn);
            let found = lookup::find(session, self.kind, &self.root.base, &name, attrs).await?;
            if let Some(entry) = found {
                self.deliver_one(session, entry).await?;
            }
        }
        Ok(())
    }

    fn is_container(&self, entry: &RawEntry) -> bool {
        self.kind
            .type_of(entry)
            .is_some_and(|object_type| self.kind.container_types().contains(&object_type))
    }

    /// Whether a container lies in another one than when it was last seen; remembers where it is. One never
    /// seen by this process counts as moved.
    fn was_moved(&self, entry: &RawEntry) -> bool {
        match parent_of(self.kind, entry) {
            Some((anchor, parent)) if self.is_container(entry) => {
                self.connector
                    .memory()
                    .parents
                    .insert(anchor, parent.clone())
                    != Some(parent)
            }
            _ => false,
        }
    }
}

/// A reference that takes one value came as one removed and one added: it is set.
fn single_values(schema: &DirectorySchema, change: &mut ImportChange) {
    let is_single = |name: &AttrName| schema.attrs.get(name).is_some_and(|info| !info.multi);
    let mut set: BTreeMap<AttrName, Vec<_>> = BTreeMap::new();
    change.refs_removed.retain(|(name, _)| {
        let single = is_single(name);
        if single {
            set.entry(name.clone()).or_default();
        }
        !single
    });
    change.refs_added.retain(|(name, target)| {
        let single = is_single(name);
        if single {
            set.insert(name.clone(), vec![target.clone()]);
        }
        !single
    });
    change.refs_set.extend(set);
}

fn change_is_empty(change: &ImportChange) -> bool {
    change.attrs.is_empty()
        && change.refs_set.is_empty()
        && change.refs_added.is_empty()
        && change.refs_removed.is_empty()
}

fn has_values(entry: &RawEntry, attr: &str) -> bool {
    entry.attr(attr).is_some_and(|attr| !attr.values.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use syncline_model::import::ObjectName;

    use super::*;

    #[test]
    fn a_single_reference_that_changed_is_set_and_not_added() {
        let info = |name: &str, multi| AttrInfo {
            name: name.into(),
            syntax: Syntax::Name,
            multi,
        };
        let schema = DirectorySchema {
            attrs: HashMap::from([
                ("manager".into(), info("manager", false)),
                ("assistant".into(), info("assistant", false)),
                ("member".into(), info("member", true)),
            ]),
            ..DirectorySchema::default()
        };
        let to = |n| ObjectName::Anchor(Anchor::Guid([n; 16]));
        let mut change = ImportChange {
            anchor: Anchor::Guid([0; 16]),
            dn: None,
            attrs: vec![],
            refs_set: vec![],
            refs_added: vec![("manager".into(), to(2)), ("member".into(), to(3))],
            refs_removed: vec![("manager".into(), to(1)), ("assistant".into(), to(1))],
        };

        single_values(&schema, &mut change);

        assert_eq!(
            change.refs_set,
            [
                ("assistant".into(), vec![]),
                ("manager".into(), vec![to(2)])
            ]
        );
        assert_eq!(change.refs_added, [("member".into(), to(3))]);
        assert!(change.refs_removed.is_empty());
    }
}
