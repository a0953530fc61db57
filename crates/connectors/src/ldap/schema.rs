//! What the directory can hold, with what the connector must know beyond the model's schema.
//!
//! Invariants: every attribute offered can be read, in full and in delta; secrets are not in it; an
//! attribute's syntax comes from the directory's own schema.

use std::collections::HashMap;

use syncline_model::AttrName;
use syncline_model::schema::{ObjectType, Schema};
use syncline_model::value::ValueType;

use super::flags::{self, Flag};
use super::never;
use super::syntax::Syntax;

/// One attribute of the directory.
#[derive(Debug, Clone)]
pub struct AttrInfo {
    /// Its name as the directory spells it.
    pub name: AttrName,
    /// How its values are written.
    pub syntax: Syntax,
    /// Whether it may hold several.
    pub multi: bool,
}

/// The schema of one directory.
#[derive(Debug, Clone, Default)]
pub struct DirectorySchema {
    /// What is offered.
    pub model: Schema,
    /// Every attribute the connector can read or write.
    pub attrs: HashMap<AttrName, AttrInfo>,
    /// The classes an Add gives an object of a type, where the directory does not find those above by itself.
    pub classes: HashMap<ObjectType, Vec<String>>,
    /// Whether account flags stand for userAccountControl (Active Directory).
    pub account_flags: bool,
}

impl DirectorySchema {
    /// An attribute by name.
    pub fn attr(&self, name: &str) -> Option<&AttrInfo> {
        self.attrs.get(&AttrName::new(name))
    }

    /// The classes of a new object.
    pub fn classes_of(&self, object_type: &str) -> Vec<Vec<u8>> {
        match self.classes.get(object_type) {
            Some(classes) => classes
                .iter()
                .map(|class| class.as_bytes().to_vec())
                .collect(),
            None => vec![object_type.as_bytes().to_vec()],
        }
    }

    /// The references that every object of a type must have.
    pub fn mandatory_references(&self, object_type: &str) -> impl Iterator<Item = &AttrName> {
        let attrs = self.model.types.get(object_type).map(|def| &def.attrs);
        attrs
            .into_iter()
            .flat_map(|attrs| attrs.values())
            .filter(|def| def.required && def.value_type == ValueType::Reference)
            .map(|def| &def.name)
    }

    /// A flag by name, where there are flags.
    pub fn flag(&self, name: &AttrName) -> Option<&'static Flag> {
        flags::by_name(name.as_str()).filter(|_| self.account_flags)
    }
}

/// What is wanted of one attribute.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Its values.
    Attr(AttrInfo),
    /// A bit of userAccountControl.
    Flag(&'static Flag),
}

/// Object types and, of each, the attributes that are wanted and may be read.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// By object type.
    pub types: HashMap<ObjectType, Vec<Wanted>>,
}

impl Selection {
    /// The readable part of what is asked for. Secrets and names the schema does not know are left out
    /// and told to the host's log.
    pub fn new(schema: &DirectorySchema, asked: &[(ObjectType, Vec<AttrName>)]) -> Self {
        let mut types: HashMap<ObjectType, Vec<Wanted>> = HashMap::new();
        for (object_type, names) in asked {
            let wanted = types.entry(object_type.clone()).or_default();
            for name in names {
                match Self::wanted(schema, name) {
                    Some(attr) => wanted.push(attr),
                    None => {
                        tracing::warn!(%object_type, attribute = %name, "attribute is not read: the schema does not offer it");
                    }
                }
            }
        }
        Self { types }
    }

    fn wanted(schema: &DirectorySchema, name: &AttrName) -> Option<Wanted> {
        if never::is_secret(name.as_str()) {
            return None;
        }
        match schema.flag(name) {
            Some(flag) => Some(Wanted::Flag(flag)),
            None => schema.attrs.get(name).cloned().map(Wanted::Attr),
        }
    }

    /// The names to ask the directory for, besides those that every request needs.
    pub fn requested(&self, always: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = always.iter().map(|name| (*name).to_owned()).collect();
        for wanted in self.types.values().flatten() {
            let name = match wanted {
                Wanted::Attr(attr) => attr.name.as_str(),
                Wanted::Flag(_) => flags::ATTR,
            };
            if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> DirectorySchema {
        let attr = |name: &str, syntax| {
            let name = AttrName::new(name);
            (
                name.clone(),
                AttrInfo {
                    name,
                    syntax,
                    multi: false,
                },
            )
        };
        DirectorySchema {
            model: Schema::default(),
            attrs: HashMap::from([
                attr("mail", Syntax::Text),
                attr("unicodePwd", Syntax::Octets),
            ]),
            account_flags: true,
            ..DirectorySchema::default()
        }
    }

    #[test]
    fn a_request_names_what_is_wanted_once_and_no_secret() {
        let asked = [
            (
                "user".to_owned(),
                vec![
                    "MAIL".into(),
                    "unicodePwd".into(),
                    "accountDisabled".into(),
                    "passwordNeverExpires".into(),
                    "nonsense".into(),
                ],
            ),
            ("contact".to_owned(), vec!["mail".into()]),
        ];

        let mut names = Selection::new(&schema(), &asked).requested(&["objectGUID"]);

        names.sort();
        assert_eq!(names, ["mail", "objectGUID", "userAccountControl"]);
    }
}
