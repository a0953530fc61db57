//! Which part of the directory is read: the selected containers and the way up from them.
//!
//! Invariants: containers are selected by identity, so a renamed one stays selected (D-20); one that
//! lies in another is read once; a selected container that is gone stops the import, because nothing
//! below it could be told from deleted.

use syncline_model::connector::Fault;
use syncline_model::dn::{Dn, Rdn};
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;

use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::lookup;
use super::root::Root;
use super::session::Session;

/// One selected container.
#[derive(Debug, Clone)]
pub struct Base {
    /// Its name now.
    pub dn: Dn,
    /// The name as the directory spells it.
    pub text: String,
}

/// What is read.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Selected containers, none inside another.
    pub bases: Vec<Base>,
    partition: Dn,
    system: Dn,
}

impl Scope {
    /// Finds the selected containers; none selected is the whole partition.
    pub async fn resolve(
        session: &mut Session,
        kind: DirectoryKind,
        root: &Root,
        containers: &[ObjectName],
    ) -> Result<Self, Fault> {
        let partition = parse(&root.base)?;
        let mut bases = Vec::new();
        if containers.is_empty() {
            bases.push(Base {
                dn: partition.clone(),
                text: root.base.clone(),
            });
        }
        for container in containers {
            let entry = lookup::find(session, kind, &root.base, container, &["1.1".to_owned()])
                .await?
                .ok_or_else(|| missing(container))?;
            let text = ExtendedDn::parse(&entry.dn).dn.to_owned();
            bases.push(Base {
                dn: parse(&text)?,
                text,
            });
        }
        Ok(Self::new(bases, partition))
    }

    fn new(mut bases: Vec<Base>, partition: Dn) -> Self {
        bases.sort_by_key(|base| base.dn.rdns().len());
        let mut kept: Vec<Base> = Vec::new();
        for base in bases {
            if !kept.iter().any(|other| base.dn.is_under(&other.dn)) {
                kept.push(base);
            }
        }
        Self {
            bases: kept,
            system: partition.child(Rdn::new("CN", "System")),
            partition,
        }
    }

    /// Whether an object of this name is read.
    pub fn holds(&self, dn: &Dn) -> bool {
        self.bases.iter().any(|base| dn.is_under(&base.dn))
    }

    /// Whether a container of this name is read: inside, or on the way up from a selected one. The
    /// directory's own machinery is not, unless it was selected.
    pub fn holds_container(&self, dn: &Dn) -> bool {
        if dn.is_under(&self.system) {
            return self
                .bases
                .iter()
                .any(|base| base.dn.is_under(&self.system) && dn.is_under(&base.dn));
        }
        self.holds(dn)
            || (dn.is_under(&self.partition) && self.bases.iter().any(|base| base.dn.is_under(dn)))
    }

    /// The containers above the selected ones, from the top down.
    pub fn ancestors(&self) -> Vec<Dn> {
        let mut above: Vec<Dn> = Vec::new();
        for base in &self.bases {
            let mut at = base.dn.parent();
            while let Some(dn) = at.filter(|dn| dn.is_under(&self.partition)) {
                if !above.contains(&dn) {
                    above.push(dn.clone());
                }
                at = dn.parent();
            }
        }
        above.sort_by_key(|dn| dn.rdns().len());
        above
    }
}

fn parse(text: &str) -> Result<Dn, Fault> {
    text.parse().map_err(|error| {
        Fault::new(
            "import.container_name_unreadable",
            ErrorKind::Unreadable,
            format!("\"{text}\" cannot be read as a name: {error}."),
            "Report this: the directory gave a name that the connector does not understand.",
        )
    })
}

fn missing(container: &ObjectName) -> Fault {
    let name = match container {
        ObjectName::Anchor(anchor) => anchor.to_string(),
        ObjectName::Dn(dn) => dn.to_string(),
    };
    Fault::new(
        "import.container_missing",
        ErrorKind::ObjectMissing,
        format!(
            "The selected container {name} does not exist, or the sync account may not see it."
        ),
        "Choose the containers of this directory again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(bases: &[&str]) -> Scope {
        let bases = bases
            .iter()
            .map(|text| Base {
                dn: text.parse().unwrap(),
                text: (*text).to_owned(),
            })
            .collect();
        Scope::new(bases, "DC=x,DC=y".parse().unwrap())
    }

    fn dn(text: &str) -> Dn {
        text.parse().unwrap()
    }

    #[test]
    fn a_container_inside_another_is_read_once() {
        let scope = scope(&["OU=b,OU=a,DC=x,DC=y", "OU=a,DC=x,DC=y", "OU=c,DC=x,DC=y"]);

        let names: Vec<&str> = scope.bases.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(names, ["OU=a,DC=x,DC=y", "OU=c,DC=x,DC=y"]);
    }

    #[test]
    fn the_way_up_is_read_and_what_lies_beside_it_is_not() {
        let scope = scope(&["OU=b,OU=a,DC=x,DC=y"]);

        assert_eq!(scope.ancestors(), [dn("DC=x,DC=y"), dn("OU=a,DC=x,DC=y")]);
        assert!(scope.holds_container(&dn("OU=a,DC=x,DC=y")));
        assert!(!scope.holds_container(&dn("OU=z,DC=x,DC=y")));
        assert!(!scope.holds_container(&dn("DC=y")));
        assert!(!scope.holds(&dn("OU=a,DC=x,DC=y")));
    }

    #[test]
    fn the_directorys_own_machinery_is_left_out_unless_selected() {
        let policy = dn("CN=p,CN=Policies,CN=System,DC=x,DC=y");

        assert!(!scope(&["DC=x,DC=y"]).holds_container(&policy));
        assert!(scope(&["CN=System,DC=x,DC=y"]).holds_container(&policy));
    }
}
