//! Which permissions a cloud directory's application needs: computed from what the profiles read and write, and no more.

use std::collections::{BTreeMap, BTreeSet};

use syncline_connectors::graph::permissions::{Need, Write, is_covered, is_extension, needed};
use syncline_engine::ruleset::AttrsByType;
use syncline_model::profile::{Action, Deprovision, Profile};
use syncline_model::schema::Schema;
use syncline_model::{AttrName, DirectoryId};

use crate::jobs::selection::{Selection, used};

/// The permissions, each with what wants it.
pub fn needs<'a>(
    directory: DirectoryId,
    selection: &Selection,
    profiles: impl Iterator<Item = &'a Profile>,
) -> Vec<Need> {
    let mut writes = Vec::new();
    let mut reads: BTreeMap<String, BTreeSet<AttrName>> = selection
        .0
        .iter()
        .map(|(object_type, attrs)| (object_type.clone(), attrs.iter().cloned().collect()))
        .collect();
    for profile in profiles {
        // One that is not listed is none of the schema's, and needs the permission to be listed all the same.
        let mut wanted = AttrsByType::new();
        used(directory, profile, &mut wanted);
        for (object_type, attrs) in wanted {
            let extensions = attrs.into_iter().filter(is_extension);
            let mut extensions = extensions.peekable();
            if extensions.peek().is_some() {
                reads.entry(object_type).or_default().extend(extensions);
            }
        }
        for part in profile.outbound.iter().filter(|p| p.directory == directory) {
            let disable = part.disable.as_ref();
            let disabling = disable.iter().flat_map(|disable| &disable.flows);
            let flows = part.flows.iter().chain(disabling);
            let attrs: BTreeSet<AttrName> = flows.map(|flow| flow.to.clone()).collect();
            let attrs: Vec<AttrName> = attrs.into_iter().collect();
            let object_type = part.object_type.clone();
            if matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly) {
                writes.push(Write::Create(object_type.clone(), attrs.clone()));
            }
            let deletes_later = disable.is_some_and(|d| d.delete_after_days.is_some());
            if part.deprovision == Deprovision::Delete || deletes_later {
                writes.push(Write::Delete(object_type.clone()));
            }
            if part.action != Action::MatchOnly {
                writes.push(Write::Update(object_type, attrs));
            }
        }
    }
    let reads: Vec<(String, Vec<AttrName>)> = reads
        .into_iter()
        .map(|(object_type, attrs)| (object_type, attrs.into_iter().collect()))
        .collect();
    needed(&reads, &writes)
}

/// What a profile loses where objects of a type may not be read, and the permissions that it lacks. `granted` is what the
/// last token carried, where that is known.
pub fn lost(
    directory: DirectoryId,
    object_type: &str,
    schema: &Schema,
    profile: &Profile,
    granted: Option<&BTreeSet<String>>,
) -> Lost {
    let selection = Selection::of_profile(directory, schema, profile);
    let mut lost = Lost::default();
    for need in needs(directory, &selection, std::iter::once(profile)) {
        let of_type = need.reasons.iter().filter(|r| r.object_type == object_type);
        let of_type: Vec<String> = of_type.map(ToString::to_string).collect();
        if of_type.is_empty() {
            continue;
        }
        lost.reasons.extend(of_type);
        if granted.is_none_or(|granted| !is_covered(need.permission, granted)) {
            lost.permissions.insert(need.permission);
        }
    }
    lost
}

/// What a profile loses, and for want of what.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Permissions that are not granted.
    pub permissions: BTreeSet<&'static str>,
    /// What it reads and writes of the type, as an administrator reads it.
    pub reasons: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syncline_connectors::graph::usual_schema;

    use super::*;

    const GRADE: &str = "extension_0123456789abcdef0123456789abcdef_grade";

    fn profile() -> Profile {
        let document = json!({"name": "p", "inbound": [{"directory": "dir_1", "type": "user", "metaverse_type": "person",
            "link": "provision", "flows": [{"to": "title", "from": "jobTitle"}, {"to": "info", "expr": format!("{GRADE} ?? mail")}]},
            {"directory": "dir_1", "type": "group", "metaverse_type": "group", "link": "provision",
             "flows": [{"to": "member", "from": "members"}]}]});
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn an_extension_that_is_not_listed_needs_to_be() {
        let profile = profile();
        let selection = Selection::of_profile(DirectoryId(1), &usual_schema(), &profile);

        let needs = needs(DirectoryId(1), &selection, std::iter::once(&profile));

        let names: Vec<&str> = needs.iter().map(|need| need.permission).collect();
        assert_eq!(names, ["Directory.Read.All"]);
        let reasons: Vec<String> = needs[0].reasons.iter().map(ToString::to_string).collect();
        let listing = format!("list the directory extensions of {GRADE} of user");
        assert!(reasons.contains(&listing), "{reasons:?}");
    }

    #[test]
    fn what_a_profile_loses_is_what_it_names_of_the_type() {
        let mut profile = profile();
        profile.inbound[0].flows.pop();
        let lost = |object_type, granted: &[&str]| {
            let granted: BTreeSet<String> = granted.iter().map(|g| (*g).to_owned()).collect();
            let schema = usual_schema();
            super::lost(
                DirectoryId(1),
                object_type,
                &schema,
                &profile,
                Some(&granted),
            )
        };

        let of_groups = lost("group", &["User.Read.All"]);
        assert_eq!(of_groups.reasons, ["read members of group"]);
        assert_eq!(
            of_groups.permissions,
            BTreeSet::from(["GroupMember.Read.All"])
        );
        let of_users = lost("user", &["User.Read.All"]);
        assert_eq!(of_users.reasons, ["read jobTitle of user"]);
        assert_eq!(of_users.permissions, BTreeSet::new());
        assert_eq!(lost("contact", &[]), Lost::default());
    }
}
