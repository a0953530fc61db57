//! How an object stands with the directory's protections, for whoever decides whether it may be written.
//!
//! Invariants: read fresh, by identity, under names the connector chooses; a group list that the
//! directory cut says so; a fact that cannot be read counts as not known, never as harmless.

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;

use super::LdapConnector;
use super::config::DirectoryKind;
use super::dn_text::{ExtendedDn, sid_text};
use super::entry::RawEntry;
use super::{flags, lookup};
use crate::contract::ObjectStanding;

/// What Active Directory protects objects by. OpenLDAP has nothing of the kind: there, place and type decide.
const ATTRS: [&str; 9] = [
    "objectGUID",
    "objectClass",
    "objectSid",
    "sAMAccountName",
    "adminCount",
    "isCriticalSystemObject",
    "primaryGroupID",
    "memberOf",
    flags::ATTR,
];

/// Reads the standing of one object.
pub async fn standing(
    connector: &LdapConnector,
    object: &ObjectName,
) -> Result<Option<ObjectStanding>, Fault> {
    let kind = connector.kind();
    let mut session = connector.session().await?;
    let attrs: Vec<String> = match kind {
        DirectoryKind::ActiveDirectory => ATTRS.map(str::to_owned).to_vec(),
        DirectoryKind::OpenLdap => kind.always().iter().map(|&name| name.to_owned()).collect(),
    };
    let Some(entry) = lookup::by_id(connector, &mut session, object, &attrs).await? else {
        return Ok(None);
    };
    let dn = ExtendedDn::parse(&entry.dn).dn;
    let unreadable = |what: &str| {
        Fault::new(
            "connector.standing_unreadable",
            ErrorKind::Unreadable,
            format!(
                "{what} of \"{dn}\" cannot be read, so it is not known whether it may be written."
            ),
            "Let the sync account read the object.",
        )
    };
    let member_of = entry
        .texts("memberOf")
        .map(|group| ExtendedDn::parse(group).dn.parse())
        .collect::<Result<_, _>>()
        .map_err(|_| unreadable("A group"))?;
    Ok(Some(ObjectStanding {
        anchor: kind.anchor(&entry).ok_or_else(|| unreadable("The id"))?,
        dn: dn.parse().map_err(|_| unreadable("The name"))?,
        object_type: kind.type_of(&entry).map(str::to_owned),
        sid: entry.first("objectSid").and_then(sid_text),
        account_name: entry.text("sAMAccountName").map(str::to_owned),
        admin_count: entry.text("adminCount").is_some_and(|count| count != "0"),
        critical: entry.text("isCriticalSystemObject") == Some("TRUE"),
        primary_group: entry.text("primaryGroupID").and_then(|id| id.parse().ok()),
        account_control: entry.first(flags::ATTR).and_then(flags::parse).unwrap_or(0),
        member_of,
        member_of_cut: is_cut(&entry, "memberOf"),
    }))
}

fn is_cut(entry: &RawEntry, attr: &str) -> bool {
    entry
        .attr(attr)
        .and_then(|attr| attr.range)
        .is_some_and(|range| range.last.is_some())
}
