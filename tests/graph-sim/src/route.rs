//! What a path below `/v1.0` names.

use crate::store::{Class, Link};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    Collection(Class),
    Count(Class),
    Delta(Class),
    Object(Class, ObjectKey),
    /// `groups(uniqueName='…')`.
    Upsert(String),
    Links(Link, String, Option<Class>),
    LinksCount(Link, String, Option<Class>),
    LinksRef(Link, String),
    LinkRef(Link, String, String),
    Manager(ObjectKey),
    ManagerRef(ObjectKey),
    DirectReports(ObjectKey),
    MemberOf(Class, ObjectKey),
    SyncBehavior(Class, ObjectKey),
    Deleted(Class),
    DeletedItem(String),
    Restore(String),
    Organization(Option<String>),
    Domains(Option<String>),
    SubscribedSkus,
    DirectoryObject(String),
    GetByIds,
    AvailableExtensions,
    Batch,
    /// The vendor has it, the simulator does not.
    Other(String),
}

/// How a path names one object.
pub(crate) type ObjectKey = String;

/// Finds what a path names; every path names something, if only what is not simulated.
pub(crate) fn resource(path: &str) -> Resource {
    let other = || Resource::Other(path.to_owned());
    if let Some(name) = upserted(path) {
        return Resource::Upsert(name);
    }
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .flat_map(split_key)
        .collect();
    let words: Vec<&str> = segments.iter().map(String::as_str).collect();
    match words[..] {
        ["$batch"] => Resource::Batch,
        ["organization"] => Resource::Organization(None),
        ["organization", id] => Resource::Organization(Some(id.to_owned())),
        ["domains"] => Resource::Domains(None),
        ["domains", id] => Resource::Domains(Some(id.to_owned())),
        ["subscribedSkus"] => Resource::SubscribedSkus,
        ["directoryObjects", "getByIds" | "microsoft.graph.getByIds"] => Resource::GetByIds,
        [
            "directoryObjects",
            "getAvailableExtensionProperties" | "microsoft.graph.getAvailableExtensionProperties",
        ] => Resource::AvailableExtensions,
        ["directoryObjects", id] if !id.contains("delta") && !id.starts_with('$') => {
            Resource::DirectoryObject(id.to_owned())
        }
        ["directory", "deletedItems", word] => match Class::of_type(word) {
            Some(class) if word.contains("graph.") => Resource::Deleted(class),
            _ if word.contains("graph.") || word.contains("delta") || word.starts_with('$') => {
                other()
            }
            _ => Resource::DeletedItem(word.to_owned()),
        },
        [
            "directory",
            "deletedItems",
            id,
            "restore" | "microsoft.graph.restore",
        ] => Resource::Restore(id.to_owned()),
        [collection, ref rest @ ..] => match Class::of_collection(collection) {
            Some(class) => below(class, rest).unwrap_or_else(other),
            None => other(),
        },
        [] => other(),
    }
}

fn below(class: Class, rest: &[&str]) -> Option<Resource> {
    let link = |name: &str| {
        let links = [Link::Members, Link::Owners];
        let found = links.into_iter().find(|link| link.name() == name);
        found.filter(|_| class == Class::Group)
    };
    Some(match *rest {
        [] => Resource::Collection(class),
        ["$count"] => Resource::Count(class),
        ["delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()"] => {
            Resource::Delta(class)
        }
        [word] if word.starts_with("getByIds") || word.starts_with("validateProperties") => {
            return None;
        }
        [id] => Resource::Object(class, id.to_owned()),
        [id, "manager"] if class == Class::User => Resource::Manager(id.to_owned()),
        [id, "manager", "$ref"] if class == Class::User => Resource::ManagerRef(id.to_owned()),
        [id, "directReports"] if class == Class::User => Resource::DirectReports(id.to_owned()),
        [id, "memberOf"] => Resource::MemberOf(class, id.to_owned()),
        [id, "onPremisesSyncBehavior"] => Resource::SyncBehavior(class, id.to_owned()),
        [id, name] => Resource::Links(link(name)?, id.to_owned(), None),
        [id, name, "$ref"] => Resource::LinksRef(link(name)?, id.to_owned()),
        [id, name, "$count"] => Resource::LinksCount(link(name)?, id.to_owned(), None),
        [id, name, member, "$ref"] => {
            Resource::LinkRef(link(name)?, id.to_owned(), member.to_owned())
        }
        [id, name, cast] => {
            Resource::Links(link(name)?, id.to_owned(), Some(Class::of_type(cast)?))
        }
        [id, name, cast, "$count"] => {
            Resource::LinksCount(link(name)?, id.to_owned(), Some(Class::of_type(cast)?))
        }
        _ => return None,
    })
}

/// `users('a')` are two segments, `delta()` is one.
fn split_key(segment: &str) -> Vec<String> {
    let key = segment
        .split_once("('")
        .and_then(|(name, rest)| Some((name, rest.strip_suffix("')")?)));
    match key {
        Some((name, key)) => vec![name.to_owned(), key.replace("''", "'")],
        None => vec![segment.to_owned()],
    }
}

fn upserted(path: &str) -> Option<String> {
    let key = path.strip_prefix("/groups(")?.strip_suffix(')')?;
    let value = key.strip_prefix("uniqueName=")?;
    let name = value.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(name.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_path_names_its_resource() {
        let id = || "a".to_owned();
        for (path, expected) in [
            ("/users", Resource::Collection(Class::User)),
            ("/users/delta", Resource::Delta(Class::User)),
            ("/groups/delta()", Resource::Delta(Class::Group)),
            (
                "/contacts/microsoft.graph.delta",
                Resource::Delta(Class::Contact),
            ),
            ("/users('a')/manager/$ref", Resource::ManagerRef(id())),
            ("/users/a", Resource::Object(Class::User, id())),
            ("/groups(uniqueName='a')", Resource::Upsert(id())),
            (
                "/groups/a/members/microsoft.graph.user/$count",
                Resource::LinksCount(Link::Members, id(), Some(Class::User)),
            ),
            (
                "/groups/a/members/b/$ref",
                Resource::LinkRef(Link::Members, id(), "b".to_owned()),
            ),
            (
                "/directory/deletedItems/microsoft.graph.user",
                Resource::Deleted(Class::User),
            ),
            ("/directory/deletedItems/a", Resource::DeletedItem(id())),
            ("/directory/deletedItems/a/restore", Resource::Restore(id())),
            ("/directoryObjects/getByIds", Resource::GetByIds),
            (
                "/users/a/messages",
                Resource::Other("/users/a/messages".to_owned()),
            ),
            (
                "/users/a/members",
                Resource::Other("/users/a/members".to_owned()),
            ),
        ] {
            assert_eq!(resource(path), expected, "{path}");
        }
    }
}
