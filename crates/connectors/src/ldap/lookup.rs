//! Objects and containers by identity.
//!
//! Invariants: a container's remembered name is used for a moment only and dropped at the first doubt;
//! an id that is not found is an answer, not an error.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ldap3::Scope;
use syncline_model::Anchor;
use syncline_model::connector::Fault;
use syncline_model::import::ObjectName;

use super::LdapConnector;
use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::entry::RawEntry;
use super::session::{Search, Session};

/// How long a container's name is trusted while many objects are put into it.
const TRUSTED_FOR: Duration = Duration::from_secs(3);

/// Names of containers that were just looked up.
#[derive(Default)]
pub struct Places(HashMap<Anchor, (String, Instant)>);

/// One object by identity or name.
pub async fn find(
    session: &mut Session,
    kind: DirectoryKind,
    partition: &str,
    name: &ObjectName,
    attrs: &[String],
) -> Result<Option<RawEntry>, Fault> {
    if let Some(base) = kind.direct_name(name) {
        return session.object(&base, attrs, kind.extended_names()).await;
    }
    let ObjectName::Anchor(anchor) = name else {
        return Ok(None);
    };
    let found = session
        .all(&Search {
            base: partition,
            scope: Scope::Subtree,
            filter: &kind.anchors_filter([anchor]),
            attrs,
            extended_names: kind.extended_names(),
        })
        .await?;
    Ok(found.into_iter().next())
}

/// One object by identity. The partition is asked for only where an object cannot be named without it.
pub async fn by_id(
    connector: &LdapConnector,
    session: &mut Session,
    name: &ObjectName,
    attrs: &[String],
) -> Result<Option<RawEntry>, Fault> {
    let kind = connector.kind();
    let base = match kind.direct_name(name) {
        Some(_) => String::new(),
        None => connector.root(session).await?.base,
    };
    find(session, kind, &base, name, attrs).await
}

/// Where a container lies now, as the directory spells it; `None` when there is no such container.
pub async fn place(
    connector: &LdapConnector,
    session: &mut Session,
    container: &Anchor,
) -> Result<Option<String>, Fault> {
    let known = connector.memory().places.0.get(container).cloned();
    if let Some((name, seen)) = known
        && seen.elapsed() < TRUSTED_FOR
    {
        return Ok(Some(name));
    }
    let name = ObjectName::Anchor(container.clone());
    let Some(entry) = by_id(connector, session, &name, &["1.1".to_owned()]).await? else {
        return Ok(None);
    };
    let name = ExtendedDn::parse(&entry.dn).dn.to_owned();
    connector
        .memory()
        .places
        .0
        .insert(container.clone(), (name.clone(), Instant::now()));
    Ok(Some(name))
}

/// Forgets all names: one of them proved wrong.
pub fn forget_places(connector: &LdapConnector) {
    connector.memory().places.0.clear();
}
