//! The one place where a write is allowed or refused.
//!
//! Pure: the policy, the operation and the facts about the objects it touches go in, what it costs or
//! why it is refused comes out. Invariants: what is not named is refused; the never-list is asked before
//! the policy file; facts are those of the object as the directory holds it now, never what the cloud
//! says it is; a reason names no value and no object.

use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation};
use syncline_model::{DirectoryId, Dn, Rdn, Value};

use super::ceilings::{Cost, Kind};
use super::file::Policy;
use super::never;

/// The agent's directory.
#[derive(Debug, Clone)]
pub struct Domain {
    /// The directory this agent was enrolled for.
    pub directory: DirectoryId,
    /// The domain head.
    pub head: Dn,
    /// Whether the directory keeps containers of its own below the head (Active Directory). Elsewhere the bases and
    /// types of the policy file alone say where and what.
    pub own_places: bool,
}

impl Domain {
    fn owns(&self, place: &Dn) -> bool {
        !place.is_under(&self.head)
            || (self.own_places && never::is_protected_place(place, &self.head))
    }
}

/// A group that an object is in, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its SID.
    pub sid: Option<String>,
    /// Its account name.
    pub account_name: Option<String>,
}

/// An object as the directory holds it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Where it lies.
    pub dn: Dn,
    /// Its type; `None` for kinds that are not offered.
    pub object_type: Option<String>,
    /// Its SID.
    pub sid: Option<String>,
    /// Its account name.
    pub account_name: Option<String>,
    /// adminCount is set.
    pub admin_count: bool,
    /// isCriticalSystemObject is set.
    pub critical: bool,
    /// Its primary group's relative id.
    pub primary_group: Option<u32>,
    /// userAccountControl.
    pub account_control: u32,
    /// Every group it is in, however deep; `None` when they could not all be read.
    pub groups: Option<Vec<Group>>,
}

/// What an operation touches.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Its object; absent for an Add.
    pub target: Option<ObjectFacts>,
    /// The container it is put into, for an Add, a rename or a move.
    pub parent: Option<ObjectFacts>,
}

/// Why a write is refused: a stable word and a sentence for the host's administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable word.
    pub reason: &'static str,
    /// The sentence.
    pub text: String,
}

fn refuse<T>(reason: &'static str, text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        reason,
        text: text.into(),
    })
}

/// Allows an operation, saying what it counts as, or refuses it.
pub fn decide(
    policy: &Policy,
    domain: &Domain,
    operation: &Operation,
    facts: &Facts,
) -> Result<Vec<Cost>, Refusal> {
    if operation.directory != domain.directory {
        return refuse(
            "other_directory",
            "the operation is for another directory than this agent serves",
        );
    }
    attributes_are_harmless(operation)?;
    if !policy.writes {
        return refuse(
            "writes_off",
            "writes are switched off in the policy file (writes = false)",
        );
    }
    let object_type = operation.object_type();
    if !policy.types.iter().any(|known| known == object_type) {
        return refuse(
            "type",
            format!("objects of the type {object_type} are not listed in the policy file"),
        );
    }
    attributes_are_listed(policy, operation)?;
    match &operation.kind {
        OpKind::Add { place, .. } => {
            if matches!(operation.object, ObjectKey::Anchor(_)) {
                return refuse("form", "an Add names an object that exists");
            }
            password_is_allowed(policy, operation)?;
            let Some(place) = place else {
                return refuse("form", "an Add does not say where its object is to lie");
            };
            let Some(parent) = &facts.parent else {
                return refuse("parent_unknown", "the container could not be read");
            };
            place_is_allowed(policy, domain, parent, &place.rdn, object_type)?;
        }
        OpKind::Update { place, .. } => {
            target_is_allowed(policy, domain, facts.target.as_ref(), object_type)?;
            if let Some(place) = place {
                let Some(parent) = &facts.parent else {
                    return refuse("parent_unknown", "the new container could not be read");
                };
                place_is_allowed(policy, domain, parent, &place.rdn, object_type)?;
            }
        }
        OpKind::Delete { .. } => {
            target_is_allowed(policy, domain, facts.target.as_ref(), object_type)?;
        }
    }
    Ok(costs(operation))
}

/// What no policy file can allow about attributes and their values.
fn attributes_are_harmless(operation: &Operation) -> Result<(), Refusal> {
    for (name, change) in &operation.deltas {
        let name = name.as_str();
        if never::is_never_written(name) {
            return refuse(
                "never_attribute",
                format!("the attribute {name} is on the built-in never-list"),
            );
        }
        if name.contains(';') || name.starts_with(|c: char| c.is_ascii_digit()) {
            return refuse(
                "attribute_form",
                "an attribute is named with options or by number instead of by its plain name",
            );
        }
        if name.eq_ignore_ascii_case("sAMAccountName") && incoming(change).any(poses_as_machinery) {
            return refuse(
                "account_name",
                "the account name is one that the domain's own accounts have",
            );
        }
        // Bit 1 of groupType: made by the system.
        if name.eq_ignore_ascii_case("groupType")
            && incoming(change).any(|v| matches!(v, OpValue::Value(Value::Int(n)) if n & 1 == 1))
        {
            return refuse(
                "group_type",
                "the group type is one that only the system makes",
            );
        }
    }
    Ok(())
}

/// A trailing `$` or the name of the key account makes Kerberos take an account for another.
fn poses_as_machinery(value: &OpValue) -> bool {
    match value {
        OpValue::Value(Value::Text(name)) => {
            let name = name.trim();
            name.ends_with('$') || name.to_ascii_lowercase().starts_with("krbtgt")
        }
        _ => true,
    }
}

fn incoming(change: &Change) -> impl Iterator<Item = &OpValue> {
    let values: &[OpValue] = match change {
        Change::Set(values) => values,
        Change::Values { add, .. } => add,
        Change::Clear => &[],
    };
    values.iter()
}

fn attributes_are_listed(policy: &Policy, operation: &Operation) -> Result<(), Refusal> {
    let object_type = operation.object_type();
    for (name, _) in &operation.deltas {
        if !policy.may_write(object_type, name) {
            return refuse(
                "attribute",
                format!(
                    "the attribute {name} of {object_type} objects is not listed in the policy file"
                ),
            );
        }
    }
    Ok(())
}

/// An initial password: for a user that this very operation makes, and for a recipient whom the host names. There is
/// no other way to set one: the attribute itself is on the never-list.
fn password_is_allowed(policy: &Policy, operation: &Operation) -> Result<(), Refusal> {
    let Some(password) = operation.password() else {
        return Ok(());
    };
    if operation.object_type() != "user" {
        return refuse(
            "password_type",
            "an initial password is asked for something that is no user",
        );
    }
    if policy.password_recipients.is_empty() {
        return refuse(
            "password",
            "initial passwords are not allowed in the policy file (initial_passwords.recipients is empty)",
        );
    }
    if !policy.password_recipients.contains(&password.recipient.key) {
        return refuse(
            "password_recipient",
            "the recipient of the initial password is not listed in the policy file",
        );
    }
    Ok(())
}

fn target_is_allowed(
    policy: &Policy,
    domain: &Domain,
    target: Option<&ObjectFacts>,
    object_type: &str,
) -> Result<(), Refusal> {
    let Some(target) = target else {
        return refuse("target_unknown", "the object could not be read");
    };
    if target.object_type.as_deref() != Some(object_type) {
        return refuse(
            "type_differs",
            format!("the object is no {object_type} in the directory"),
        );
    }
    is_unprotected(policy, domain, target)?;
    if !policy
        .bases
        .iter()
        .any(|base| target.dn.is_under(base) && target.dn != *base)
    {
        return refuse(
            "base",
            "the object lies under none of the bases in the policy file",
        );
    }
    Ok(())
}

/// The built-in protections of an object that is changed, moved or deleted.
fn is_unprotected(policy: &Policy, domain: &Domain, object: &ObjectFacts) -> Result<(), Refusal> {
    let sid = object.sid.as_deref();
    if object.dn == domain.head || object.object_type.as_deref() == Some("domainDNS") {
        return refuse("domain_head", "the object is the domain itself");
    }
    if domain.owns(&object.dn) {
        return refuse(
            "protected_place",
            "the object lies in a container that belongs to the directory itself",
        );
    }
    if never::is_domain_s_own(sid, object.account_name.as_deref()) {
        return refuse(
            "protected_principal",
            "the object is one of the domain's own accounts or groups",
        );
    }
    if object.admin_count {
        return refuse(
            "admin_count",
            "the directory guards the object as an administrator (adminCount = 1)",
        );
    }
    if object.critical {
        return refuse(
            "critical",
            "the directory calls the object critical to itself",
        );
    }
    if never::is_machinery(object.account_control) {
        return refuse(
            "machinery",
            "the account is a machine's, a trust's or trusted for delegation",
        );
    }
    if object
        .primary_group
        .is_some_and(never::is_protected_primary_group)
    {
        return refuse(
            "protected_member",
            "the object's primary group is a protected one",
        );
    }
    if sid.is_some_and(|sid| policy.protects(sid)) {
        return refuse("protected_locally", "the policy file protects the object");
    }
    let Some(groups) = &object.groups else {
        return refuse(
            "groups_unknown",
            "not all groups that the object is in could be read",
        );
    };
    for group in groups {
        let sid = group.sid.as_deref();
        if never::is_protected_group(sid, group.account_name.as_deref())
            || sid.is_some_and(|sid| policy.protects(sid))
        {
            // For a group this also stops new members: they would come into the protected one.
            return refuse(
                "protected_member",
                "the object is, directly or through other groups, in a protected group",
            );
        }
    }
    Ok(())
}

/// Where an object is put: by an Add, a rename or a move.
fn place_is_allowed(
    policy: &Policy,
    domain: &Domain,
    parent: &ObjectFacts,
    rdn: &str,
    object_type: &str,
) -> Result<(), Refusal> {
    let Ok(rdn) = rdn.parse::<Rdn>() else {
        return refuse("rdn", "the new name is no relative distinguished name");
    };
    let namings: &[&str] = match object_type {
        "organizationalUnit" => &["OU"],
        "inetOrgPerson" => &["UID", "CN"],
        _ => &["CN"],
    };
    // More than one pair would not print back as the one that is looked at.
    let naming = namings.iter().find(|naming| rdn.attr() == **naming);
    if naming.is_none_or(|naming| Rdn::new(naming, rdn.value()) != rdn) {
        return refuse(
            "rdn",
            format!(
                "the new name of a {object_type} must be one {}",
                namings.join(" or ")
            ),
        );
    }
    // OpenLDAP's suffix is an organization or a domain and may hold people; Active Directory's is a domainDNS.
    if !matches!(
        parent.object_type.as_deref(),
        Some("organizationalUnit" | "container" | "organization" | "domain")
    ) {
        return refuse(
            "parent_type",
            "the new place is no container for such objects",
        );
    }
    if parent.critical && parent.object_type.as_deref() != Some("container") {
        return refuse(
            "protected_place",
            "the new place is critical to the directory itself",
        );
    }
    if domain.owns(&parent.dn) {
        return refuse(
            "protected_place",
            "the new place belongs to the directory itself",
        );
    }
    if !policy.bases.iter().any(|base| parent.dn.is_under(base)) {
        return refuse(
            "base",
            "the new place lies under none of the bases in the policy file",
        );
    }
    Ok(())
}

/// What an operation counts as against the day's ceilings.
fn costs(operation: &Operation) -> Vec<Cost> {
    let mut costs = Vec::new();
    let mut add = |kind, count: usize| {
        if count > 0 {
            costs.push(Cost {
                kind,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            });
        }
    };
    match &operation.kind {
        OpKind::Add { .. } => add(Kind::Add, 1),
        OpKind::Delete { .. } => add(Kind::Delete, 1),
        OpKind::Update { place, .. } => {
            add(Kind::Update, 1);
            add(Kind::Move, usize::from(place.is_some()));
        }
    }
    for (name, change) in &operation.deltas {
        let name = name.as_str();
        if name.eq_ignore_ascii_case("member") {
            let members = match change {
                Change::Set(values) => values.len().max(1),
                Change::Clear => 1,
                Change::Values { add, remove } => add.len().saturating_add(remove.len()),
            };
            add(Kind::Member, members);
        }
        let disables = name.eq_ignore_ascii_case("accountDisabled")
            && incoming(change).any(|v| *v == OpValue::Value(Value::Bool(true)));
        // A new account is disabled in any case; only an existing one loses something.
        if disables && !matches!(operation.kind, OpKind::Add { .. }) {
            add(Kind::Disable, 1);
        }
    }
    costs
}

#[cfg(test)]
#[path = "decide_openldap_tests.rs"]
mod openldap_tests;
#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
