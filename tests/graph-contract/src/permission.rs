//! Which application permissions grant an operation.
//!
//! Any one of the listed ones does. Some published lists are cut short and end in `…`; in their place are
//! accepted, beside the listed ones: the least-privileged ones, and names that could have been cut away (they
//! sort behind the last listed one), of the same resource as a least-privileged one or of the resource that
//! the path begins with, that read when the operation reads and write when it writes.

use crate::violation::Violation;
use std::collections::BTreeSet;

const CUT: &str = "…";

/// The permissions of one operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permissions {
    pub(crate) application: Vec<String>,
    pub(crate) least: Vec<String>,
    cut: Option<Cut>,
}

/// Where a list was cut, and what the names behind the cut must begin with.
#[derive(Debug, Clone)]
struct Cut {
    last: String,
    prefixes: Vec<String>,
}

impl Permissions {
    pub(crate) fn new(
        mut application: Vec<String>,
        least: Vec<String>,
        method: &str,
        path: &str,
    ) -> Self {
        let cut = (application.last().map(String::as_str) == Some(CUT)).then(|| {
            application.pop();
            let verb = match method {
                "GET" | "POST" => "Read",
                _ => "ReadWrite",
            };
            let last = application.last().cloned().unwrap_or_default();
            let prefixes = least
                .iter()
                .filter_map(|name| name.split('.').next().map(ToOwned::to_owned))
                .chain(resource_of(path))
                .map(|resource| format!("{resource}.{verb}"))
                .collect();
            Cut { last, prefixes }
        });
        for name in &least {
            if !application.contains(name) {
                application.push(name.clone());
            }
        }
        Self {
            application,
            least,
            cut,
        }
    }

    /// What is wrong when a token with these roles asks for the operation.
    pub(crate) fn check(&self, line: &str, granted: &BTreeSet<String>) -> Option<Violation> {
        if granted.iter().any(|name| self.grants(name)) {
            return None;
        }
        let wanted = if self.application.is_empty() {
            "no application permission grants it".to_owned()
        } else {
            format!("it takes one of {}", self.application.join(", "))
        };
        Some(Violation::new(
            "permission.missing",
            format!("{line} is not granted: {wanted}"),
        ))
    }

    fn grants(&self, name: &str) -> bool {
        self.application.iter().any(|known| known == name)
            || self.cut.as_ref().is_some_and(|cut| {
                name > cut.last.as_str()
                    && cut.prefixes.iter().any(|prefix| name.starts_with(prefix))
            })
    }
}

/// `/users/{user-id}` is about `User`.
fn resource_of(path: &str) -> Option<String> {
    let collection = path.trim_matches('/').split('/').next()?;
    let singular = collection.strip_suffix('s')?;
    let mut letters = singular.chars();
    let first = letters.next()?;
    Some(first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_list_accepts_what_could_have_been_cut_away_and_no_more() {
        let listed = ["Directory.Read.All", "Directory.ReadWrite.All", CUT];
        let permissions = Permissions::new(
            listed.map(ToOwned::to_owned).to_vec(),
            vec!["User.ReadBasic.All".to_owned()],
            "GET",
            "/users",
        );

        for name in ["Directory.Read.All", "User.ReadBasic.All", "User.Read.All"] {
            assert!(permissions.grants(name), "{name}");
        }
        for name in ["Device.Read.All", "Group.Read.All", "User.Invite.All", CUT] {
            assert!(!permissions.grants(name), "{name}");
        }
    }
}
