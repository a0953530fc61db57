//! Members of groups.
//!
//! Adds go out twenty at a time in one PATCH (`members@odata.bind`), which is all or nothing; one that is refused
//! is found by halving. Removals have no bulk form. Invariants: "already there" and "not there" are successes; a
//! reference whose object is not known stops nothing but itself; a refusal that is about the group is told once, and
//! nothing more is asked of that group.

use http::Method;
use serde_json::json;
use syncline_model::Anchor;
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::op::{Change, OpValue};

use super::client::{Answer, Ask, Failure};
use super::cloud::below_version;
use super::errors::{self, Meaning};
use super::id;
use super::properties::Class;
use super::removal::{NotTaken, Removal};
use super::writer::{Stop, Writer, Written, key_of, names};
use crate::contract::Names;

/// What one request binds at most (group resource, "Add members").
const BOUND_MAX: usize = 20;

/// References to add and to remove.
#[derive(Debug, Default)]
struct Wanted {
    add: Vec<[u8; 16]>,
    remove: Vec<[u8; 16]>,
}

/// What came of references.
#[derive(Debug, Default)]
pub(super) struct Referred {
    pub(super) done: usize,
    pub(super) refused: Vec<Fault>,
    /// Why not all of it was tried.
    pub(super) stop: Option<Stop>,
}

/// The ids of the objects that an attribute is to refer to; those without one are refused.
pub(super) fn resolved(
    attr: &AttrName,
    values: &[OpValue],
    name_table: &dyn Names,
    refused: &mut Vec<Fault>,
) -> Vec<[u8; 16]> {
    let mut found = Vec::new();
    for value in values {
        let anchor = match value {
            OpValue::Ref(key) => name_table.anchor(key),
            OpValue::Value(_) => None,
        };
        match anchor {
            Some(Anchor::Guid(guid)) => found.push(guid),
            _ => refused.push(
                Fault::new(
                    "export.reference_unresolved",
                    ErrorKind::ConstraintViolation,
                    format!("An object that \"{attr}\" is to refer to is not in the directory yet."),
                    "It is sent again when the other object exists; look at that object if it does not come.",
                )
                .on_attr(attr.clone()),
            ),
        }
    }
    found
}

impl Writer {
    /// The address by which a reference names an object.
    pub(super) fn link(&self, guid: [u8; 16]) -> String {
        let graph = &self.client.config.cloud.graph;
        format!("{graph}/v1.0/directoryObjects/{}", key_of(guid))
    }

    /// Writes a group's members.
    pub(super) async fn members(
        &self,
        group: [u8; 16],
        attr: &AttrName,
        change: &Change,
        name_table: &dyn Names,
    ) -> Referred {
        let mut referred = Referred::default();
        let refused = &mut referred.refused;
        let wanted = match change {
            Change::Values { add, remove } => Wanted {
                add: resolved(attr, add, name_table, refused),
                // What was never here cannot be a member.
                remove: resolved(attr, remove, name_table, &mut Vec::new()),
            },
            Change::Set(values) => {
                let set = resolved(attr, values, name_table, refused);
                match self.present_members(group, true).await {
                    Ok(present) => Wanted {
                        add: set
                            .iter()
                            .filter(|id| !present.contains(id))
                            .copied()
                            .collect(),
                        remove: present.into_iter().filter(|id| !set.contains(id)).collect(),
                    },
                    Err(stop) => {
                        referred.stop = Some(stop);
                        return referred;
                    }
                }
            }
            Change::Clear => match self.present_members(group, false).await {
                Ok(present) => Wanted {
                    add: Vec::new(),
                    remove: present,
                },
                Err(stop) => {
                    referred.stop = Some(stop);
                    return referred;
                }
            },
        };
        for member in wanted.remove {
            if let Err(stop) = self.remove_member(group, attr, member, &mut referred).await {
                referred.stop = Some(stop);
                return referred;
            }
        }
        // Halves of what was refused come before what follows.
        let mut chunks: Vec<Vec<[u8; 16]>> = wanted
            .add
            .chunks(BOUND_MAX)
            .rev()
            .map(<[_]>::to_vec)
            .collect();
        while let Some(chunk) = chunks.pop() {
            match self.add_members(group, attr, &chunk).await {
                Ok(()) => referred.done += chunk.len(),
                Err(Added::Halve) => {
                    let (left, right) = chunk.split_at(chunk.len() / 2);
                    chunks.push(right.to_vec());
                    chunks.push(left.to_vec());
                }
                Err(Added::Refused(fault)) => referred.refused.push(*fault),
                Err(Added::Stop(stop)) => {
                    referred.stop = Some(stop);
                    return referred;
                }
            }
        }
        referred
    }

    async fn remove_member(
        &self,
        group: [u8; 16],
        attr: &AttrName,
        member: [u8; 16],
        referred: &mut Referred,
    ) -> Result<(), Stop> {
        let what = format!("Removing a member of group {}", key_of(group));
        let removal = Removal {
            class: Class::Group,
            holder: group,
            path: format!("/groups/{}/members/{}/$ref", key_of(group), key_of(member)),
            target: Some(member),
        };
        let refusal = match self.take_away(&removal, &what).await {
            Ok(()) => {
                referred.done += 1;
                return Ok(());
            }
            Err(NotTaken::Stop(stop)) => return Err(*stop),
            Err(NotTaken::Refused(refusal)) => refusal,
        };
        let fault = errors::export(&what, &refusal).on_attr(attr.clone());
        let meaning = errors::meaning(&refusal);
        // A 404 that is none of the member's is the group's.
        if meaning.is_of_every_member() || meaning == Meaning::NotFound {
            return Err(Stop::Rejected(fault));
        }
        referred.refused.push(fault);
        Ok(())
    }

    async fn add_members(
        &self,
        group: [u8; 16],
        attr: &AttrName,
        chunk: &[[u8; 16]],
    ) -> Result<(), Added> {
        let what = format!("Adding members to group {}", key_of(group));
        let links: Vec<String> = chunk.iter().map(|member| self.link(*member)).collect();
        let body = json!({ "members@odata.bind": links });
        let ask = Ask::write(
            Method::PATCH,
            format!("/groups/{}", key_of(group)),
            Some(body),
        );
        let refusal = match self.write_settled(&ask, group, chunk, &what).await {
            Written::Done(_) => return Ok(()),
            Written::Refused(refusal) => refusal,
            other => return Err(other.into_stop(&what).map_or(Added::Halve, Added::Stop)),
        };
        let meaning = errors::meaning(&refusal);
        let is_the_group = meaning.is_of_every_member()
            || (meaning == Meaning::NotFound && names(&refusal, group));
        match (meaning, chunk) {
            (Meaning::AlreadyThere, [_]) => Ok(()),
            _ if is_the_group => {
                let fault = errors::export(&what, &refusal);
                Err(Added::Stop(Stop::Rejected(fault.on_attr(attr.clone()))))
            }
            (Meaning::NotFound, [_]) => {
                Err(Added::Refused(Box::new(missing_target(attr, &refusal))))
            }
            (_, [_]) => {
                let fault = errors::export(&what, &refusal).on_attr(attr.clone());
                Err(Added::Refused(Box::new(fault)))
            }
            _ => Err(Added::Halve),
        }
    }

    /// The members a group has now, page by page. Where what is missing will be added, one that was made a moment ago
    /// and does not show yet has none.
    async fn present_members(
        &self,
        group: [u8; 16],
        may_be_new: bool,
    ) -> Result<Vec<[u8; 16]>, Stop> {
        let what = format!("Reading the members of group {}", key_of(group));
        match self.member_pages(group).await {
            Ok(members) => Ok(members),
            Err(Failure::Refused(refusal))
                if refusal.status == 404 && may_be_new && self.settling.is_settling(group) =>
            {
                Ok(Vec::new())
            }
            Err(failure) => Err(self.unread(failure, &what)),
        }
    }

    /// The same, with the failure as it was.
    pub(super) async fn member_pages(&self, group: [u8; 16]) -> Result<Vec<[u8; 16]>, Failure> {
        let mut path = format!("/groups/{}/members?$select=id&$top=999", key_of(group));
        let mut members = Vec::new();
        loop {
            let Answer { body, .. } = self
                .read(&Ask::get(path.as_str()).costing(2), &key_of(group))
                .await?;
            let page = body["value"].as_array().into_iter().flatten();
            members.extend(page.filter_map(|member| member["id"].as_str().and_then(id::parse)));
            let Some(next) = body["@odata.nextLink"].as_str() else {
                return Ok(members);
            };
            let graph = &self.client.config.cloud.graph;
            path = below_version(graph, next).map_err(Failure::NotSent)?;
        }
    }
}

enum Added {
    Halve,
    Refused(Box<Fault>),
    Stop(Stop),
}

/// The object that a reference is to lead to is not there.
pub(super) fn missing_target(attr: &AttrName, refusal: &super::refusal::Refusal) -> Fault {
    Fault::new(
        "export.reference_missing",
        ErrorKind::ConstraintViolation,
        format!("An object that \"{attr}\" is to refer to does not exist in this tenant."),
        "It is sent again when the other object exists; look at that object if it does not come.",
    )
    .with_evidence(refusal.evidence())
    .on_attr(attr.clone())
}
