//! Reads what the policy decides by: the objects an operation touches, as the directory holds them now.
//!
//! Invariants: the object itself is read for every operation; only groups above it may be a few seconds
//! old; what cannot be read whole is said to be unknown, which the policy refuses.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use syncline_connectors::contract::{Connector, Fault, Names, ObjectStanding};
use syncline_model::Dn;
use syncline_model::import::ObjectName;
use syncline_model::op::{ObjectKey, OpKind, Operation};

use crate::policy::{Facts, Group, ObjectFacts};

/// How old what is known of a group above an object may be.
const GROUP_AGE: Duration = Duration::from_secs(5);
/// More groups than Windows allows a token are not followed.
const GROUPS_MAX: usize = 2_000;

/// What is known of groups for a moment.
#[derive(Default)]
pub struct GroupCache(HashMap<String, (Instant, GroupNode)>);

#[derive(Clone)]
struct GroupNode {
    group: Group,
    member_of: Vec<Dn>,
    cut: bool,
}

/// What an operation touches, or what of it is not there.
pub enum Touched {
    /// All of it.
    Facts(Box<Facts>),
    /// The object is gone.
    ObjectMissing,
    /// The container is gone.
    ParentMissing,
    /// An object of this plan that was not added yet, or by another agent.
    Unresolved,
}

/// Reads them.
pub async fn gather(
    connector: &dyn Connector,
    names: &dyn Names,
    groups: &mut GroupCache,
    operation: &Operation,
) -> Result<Touched, Fault> {
    let (target, place) = match &operation.kind {
        OpKind::Add { place, .. } => (None, place.as_ref()),
        OpKind::Update { place, .. } => (Some(&operation.object), place.as_ref()),
        OpKind::Delete { .. } => (Some(&operation.object), None),
    };
    let mut facts = Facts::default();
    if let Some(key) = target {
        let Some(name) = resolve(names, key) else {
            return Ok(Touched::Unresolved);
        };
        let Some(standing) = connector.standing(&name).await? else {
            return Ok(Touched::ObjectMissing);
        };
        let above = above(connector, groups, &standing).await?;
        facts.target = Some(object(standing, above));
    }
    if let Some(place) = place {
        let Some(name) = resolve(names, &place.parent) else {
            return Ok(Touched::Unresolved);
        };
        let Some(standing) = connector.standing(&name).await? else {
            return Ok(Touched::ParentMissing);
        };
        // Containers are judged by their place alone.
        facts.parent = Some(object(standing, Some(vec![])));
    }
    Ok(Touched::Facts(Box::new(facts)))
}

fn resolve(names: &dyn Names, key: &ObjectKey) -> Option<ObjectName> {
    names.anchor(key).map(ObjectName::Anchor)
}

fn object(standing: ObjectStanding, groups: Option<Vec<Group>>) -> ObjectFacts {
    ObjectFacts {
        dn: standing.dn,
        object_type: standing.object_type,
        sid: standing.sid,
        account_name: standing.account_name,
        admin_count: standing.admin_count,
        critical: standing.critical,
        primary_group: standing.primary_group,
        account_control: standing.account_control,
        groups,
    }
}

/// Every group above an object; `None` when not all could be read.
async fn above(
    connector: &dyn Connector,
    cache: &mut GroupCache,
    object: &ObjectStanding,
) -> Result<Option<Vec<Group>>, Fault> {
    cache.0.retain(|_, (read, _)| read.elapsed() < GROUP_AGE);
    if object.member_of_cut {
        return Ok(None);
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut open: VecDeque<Dn> = object.member_of.iter().cloned().collect();
    while let Some(dn) = open.pop_front() {
        let key = dn.match_key();
        if !seen.insert(key.clone()) {
            continue;
        }
        if seen.len() > GROUPS_MAX {
            return Ok(None);
        }
        let known = cache.0.get(&key).map(|(_, node)| node.clone());
        let node = match known {
            Some(node) => node,
            None => {
                let Some(standing) = connector.standing(&ObjectName::Dn(dn)).await? else {
                    // Hidden from the agent's account, or gone this moment.
                    return Ok(None);
                };
                let node = GroupNode {
                    group: Group {
                        sid: standing.sid,
                        account_name: standing.account_name,
                    },
                    member_of: standing.member_of,
                    cut: standing.member_of_cut,
                };
                cache.0.insert(key, (Instant::now(), node.clone()));
                node
            }
        };
        if node.cut {
            return Ok(None);
        }
        found.push(node.group);
        open.extend(node.member_of);
    }
    Ok(Some(found))
}
