//! What Graph's types hold, as data (`data/properties.json`), and what a tenant added to them.
//!
//! Invariants: an attribute has one name and one place in an object, also when that place is inside a complex
//! property; directory extensions keep the name Graph gives them; a property that other services keep is
//! known and never offered.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value as Json;
use syncline_model::AttrName;
use syncline_model::connector::{Fault, RefusedType};
use syncline_model::error::ErrorKind;
use syncline_model::schema::{AttrDef, Confirmation, ObjectType, Schema, TypeDef};
use syncline_model::value::ValueType;

/// One of the three kinds of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    User,
    Contact,
    Group,
}

impl Class {
    /// In the order of a read: groups come when those they hold were seen.
    pub(super) const ALL: [Self; 3] = [Self::User, Self::Contact, Self::Group];

    /// The property of which no two objects of a tenant hold the same value, those in the recycle bin included.
    pub(super) const fn unique(self) -> Option<&'static str> {
        match self {
            Self::User => Some("userPrincipalName"),
            Self::Contact | Self::Group => None,
        }
    }

    /// The object type's name here.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Contact => "contact",
            Self::Group => "group",
        }
    }

    /// The collection's name in a path.
    pub(super) const fn collection(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Contact => "contacts",
            Self::Group => "groups",
        }
    }

    /// The class of an object type.
    pub(super) fn of(object_type: &str) -> Result<Self, Fault> {
        let found = Self::ALL
            .into_iter()
            .find(|class| class.name() == object_type);
        found.ok_or_else(|| {
            Fault::new(
                "graph.type_unknown",
                ErrorKind::SchemaViolation,
                format!("Entra has no object type \"{object_type}\" here."),
                "Choose user, group or contact.",
            )
        })
    }

    /// Its objects may not be read.
    pub(super) fn refused(self, fault: Fault) -> RefusedType {
        RefusedType {
            object_type: self.name().to_owned(),
            fault,
        }
    }

    /// The reference attribute that is read with the object.
    pub(super) const fn reference(self) -> Option<&'static str> {
        match self {
            Self::User => Some("manager"),
            Self::Group => Some("members"),
            Self::Contact => None,
        }
    }
}

/// An attribute and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Property {
    pub(super) name: AttrName,
    #[serde(rename = "type")]
    pub(super) value_type: ValueType,
    /// The property and the part of it; the name itself when absent.
    #[serde(default)]
    path: Vec<String>,
    /// Of a list of parts, the one whose member has this value.
    #[serde(rename = "where")]
    filter: Option<(String, String)>,
    #[serde(default)]
    pub(super) multi: bool,
    #[serde(default)]
    pub(super) required: bool,
    /// Written when an object is created.
    #[serde(default)]
    pub(super) create: bool,
    /// Written later.
    #[serde(default)]
    pub(super) update: bool,
    /// Kept by another service.
    #[serde(default)]
    pub(super) elsewhere: bool,
    pub(super) max_length: Option<u32>,
    #[serde(default)]
    confirmation: Confirmation,
}

impl Property {
    /// The property of the object that holds it: what `$select` names.
    pub(super) fn outer(&self) -> &str {
        self.path.first().map_or(self.name.as_str(), String::as_str)
    }

    /// The part of the property, when it is complex.
    pub(super) fn inner(&self) -> Option<&str> {
        self.path.get(1).map(String::as_str)
    }

    /// Its value in an object; `None` when the object does not say.
    pub(super) fn find<'a>(&self, object: &'a Json) -> Option<&'a Json> {
        let held = object.get(self.outer())?;
        let Some(inner) = self.inner() else {
            return Some(held);
        };
        match held {
            Json::Array(parts) => {
                let mut parts = parts.iter();
                let part = match &self.filter {
                    None => parts.next(),
                    Some((name, wanted)) => {
                        parts.find(|part| part[name.as_str()] == wanted.as_str())
                    }
                };
                Some(part.and_then(|part| part.get(inner)).unwrap_or(&Json::Null))
            }
            Json::Object(parts) => Some(parts.get(inner).unwrap_or(&Json::Null)),
            _ => Some(&Json::Null),
        }
    }

    /// How a value that was written is recognised.
    pub(super) fn confirmation(&self) -> Confirmation {
        self.confirmation
    }

    fn definition(&self) -> AttrDef {
        AttrDef {
            name: self.name.clone(),
            value_type: self.value_type,
            multi: self.multi,
            required: self.required,
            writable: self.create || self.update,
            max_length: self.max_length,
            confirmation: self.confirmation,
            sensitive: false,
        }
    }
}

#[derive(Deserialize)]
struct Document {
    types: BTreeMap<String, TypeRow>,
}

#[derive(Deserialize)]
struct TypeRow {
    attrs: Vec<Property>,
}

/// The properties of a class by name.
pub(super) type Known = BTreeMap<AttrName, Property>;

/// What the vendor's types hold.
pub(super) fn published(class: Class) -> &'static Known {
    static TYPES: OnceLock<BTreeMap<Class, Known>> = OnceLock::new();
    let types = TYPES.get_or_init(|| {
        let document: Document = serde_json::from_str(include_str!("data/properties.json"))
            .expect("properties.json is readable");
        let mut types = document.types;
        let of = |class: Class| {
            let row = types
                .remove(class.name())
                .expect("properties.json has every type");
            let named = row
                .attrs
                .into_iter()
                .map(|property| (property.name.clone(), property));
            (class, named.collect())
        };
        Class::ALL.map(of).into_iter().collect()
    });
    &types[&class]
}

/// A directory extension, as the tenant lists it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extension {
    name: String,
    data_type: String,
    #[serde(default)]
    is_multi_valued: bool,
    #[serde(default)]
    target_objects: Vec<String>,
}

/// The three types as this tenant has them.
#[derive(Debug, Clone)]
pub(super) struct Catalogue {
    types: BTreeMap<Class, Known>,
    /// Whether the tenant's extensions could be listed; else there may be others than are known.
    pub(super) is_listed: bool,
}

/// Whether a name is that of a directory extension.
pub(super) fn is_extension(name: &AttrName) -> bool {
    let name = name.as_str().as_bytes();
    let prefix = b"extension_";
    name.len() > prefix.len() && name[..prefix.len()].eq_ignore_ascii_case(prefix)
}

impl Catalogue {
    /// The vendor's types with a tenant's directory extensions.
    pub(super) fn new(extensions: &[Extension]) -> Self {
        let mut types: BTreeMap<Class, Known> = Class::ALL
            .into_iter()
            .map(|class| (class, published(class).clone()))
            .collect();
        for extension in extensions {
            for (class, target) in [(Class::User, "User"), (Class::Group, "Group")] {
                let targets = extension.target_objects.iter();
                if targets
                    .into_iter()
                    .any(|name| name.eq_ignore_ascii_case(target))
                    && let Some(known) = types.get_mut(&class)
                    && let Some(property) = of_extension(extension)
                {
                    known.insert(property.name.clone(), property);
                }
            }
        }
        Self {
            types,
            is_listed: true,
        }
    }

    /// The vendor's types, where the application may not list the tenant's directory extensions.
    pub(super) fn unlisted() -> Self {
        Self {
            is_listed: false,
            ..Self::new(&[])
        }
    }

    /// A property of a class. A directory extension is told from what is not there even when the tenant's list could not
    /// be read: it is a permission then that is missing.
    pub(super) fn property(&self, class: Class, name: &AttrName) -> Result<Property, Fault> {
        if let Some(property) = self.types[&class].get(name) {
            if property.elsewhere {
                return Err(Fault::new(
                    "import.attribute_kept_elsewhere",
                    ErrorKind::SchemaViolation,
                    format!("\"{name}\" of Entra's {} is kept by another service and never shows in changes.", class.name()),
                    "Take the attribute out of the profile.",
                )
                .on_attr(name.clone()));
            }
            return Ok(property.clone());
        }
        if !self.is_listed && is_extension(name) {
            return Err(Fault::new(
                "import.extensions_not_listed",
                ErrorKind::Permission,
                format!(
                    "\"{name}\" of Entra's {} is a directory extension, and the application may not list those: Directory.Read.All is missing.",
                    class.name()
                ),
                "Consent to Directory.Read.All, or take the attribute out of the profile. What is stored of it stays.",
            )
            .on_attr(name.clone()));
        }
        Err(Fault::new(
            "import.attribute_unknown",
            ErrorKind::SchemaViolation,
            format!("Entra's {} has no attribute \"{name}\" in this tenant.", class.name()),
            "Correct the name, or read the schema again if the attribute is new. Directory extensions show only when the application may list them.",
        )
        .on_attr(name.clone()))
    }

    /// What can be read and written, without what is kept elsewhere.
    pub(super) fn schema(&self) -> Schema {
        let type_of = |(class, known): (&Class, &Known)| {
            let offered = known.values().filter(|property| !property.elsewhere);
            let attrs = offered.map(|property| (property.name.clone(), property.definition()));
            let name: ObjectType = class.name().to_owned();
            let definition = TypeDef {
                name: name.clone(),
                attrs: attrs.collect(),
                rdn_attr: None,
                unique: class.unique().map(AttrName::new),
                container: false,
            };
            (name, definition)
        };
        Schema {
            types: self.types.iter().map(type_of).collect(),
        }
    }
}

/// `extension_{application}_{name}`; kinds of data that have no counterpart are left out.
fn of_extension(extension: &Extension) -> Option<Property> {
    let value_type = match extension.data_type.as_str() {
        "String" => ValueType::String,
        "Boolean" => ValueType::Boolean,
        "Integer" | "LargeInteger" => ValueType::Integer,
        "DateTime" => ValueType::Datetime,
        "Binary" => ValueType::Binary,
        _ => return None,
    };
    let confirmation = match value_type {
        ValueType::Datetime => Confirmation::WholeSeconds,
        _ => Confirmation::Exact,
    };
    Some(Property {
        name: AttrName::new(&extension.name),
        value_type,
        path: Vec::new(),
        filter: None,
        multi: extension.is_multi_valued,
        required: false,
        create: true,
        update: true,
        elsewhere: false,
        max_length: (value_type != ValueType::Boolean).then_some(256),
        confirmation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn catalogue() -> Catalogue {
        let extensions: Vec<Extension> = serde_json::from_value(json!([
            {"name": "extension_0123456789abcdef0123456789abcdef_grade", "dataType": "Integer", "targetObjects": ["User"]},
            {"name": "extension_0123456789abcdef0123456789abcdef_odd", "dataType": "Odd", "targetObjects": ["User"]},
        ]))
        .unwrap();
        Catalogue::new(&extensions)
    }

    #[test]
    fn the_schema_is_flat_and_offers_what_shows_in_changes() {
        let schema = catalogue().schema();

        assert_eq!(
            schema.types.keys().collect::<Vec<_>>(),
            ["contact", "group", "user"]
        );
        assert!(
            schema
                .types
                .values()
                .all(|definition| definition.rdn_attr.is_none() && !definition.container)
        );
        for object_type in ["user", "group"] {
            for number in 1..=15 {
                let name = AttrName::new(format!("extensionAttribute{number}"));
                assert!(schema.attr(object_type, &name).unwrap().writable);
            }
        }
        assert!(
            schema.types["contact"]
                .attrs
                .values()
                .all(|attr| !attr.writable)
        );
        assert_eq!(schema.attr("user", &"skills".into()), None);
        assert!(
            !schema
                .attr("user", &"proxyAddresses".into())
                .unwrap()
                .writable
        );
        let grade = "extension_0123456789abcdef0123456789abcdef_grade".into();
        assert_eq!(
            schema.attr("user", &grade).unwrap().value_type,
            ValueType::Integer
        );
        assert_eq!(schema.attr("group", &grade), None);
    }

    #[test]
    fn a_part_of_a_complex_property_is_found_where_it_lies() {
        let catalogue = catalogue();
        let find = |class, name: &str, object: Json| {
            let property = catalogue.property(class, &name.into()).unwrap();
            property.find(&object).cloned()
        };
        let contact = json!({"phones": [{"type": "mobile", "number": "2"}, {"type": "business", "number": "1"}], "addresses": []});

        assert_eq!(
            find(Class::Contact, "phoneBusiness", contact.clone()),
            Some(json!("1"))
        );
        assert_eq!(
            find(Class::Contact, "addressCity", contact),
            Some(Json::Null)
        );
        let user = json!({"onPremisesExtensionAttributes": {"extensionAttribute3": "x"}, "employeeOrgData": null});
        assert_eq!(
            find(Class::User, "extensionAttribute3", user.clone()),
            Some(json!("x"))
        );
        assert_eq!(
            find(Class::User, "employeeOrgDataDivision", user.clone()),
            Some(Json::Null)
        );
        assert_eq!(find(Class::User, "displayName", user), None);
    }

    #[test]
    fn what_is_not_there_and_what_is_kept_elsewhere_are_named() {
        let catalogue = catalogue();
        let code = |name: &str| {
            catalogue
                .property(Class::User, &name.into())
                .unwrap_err()
                .code
        };

        assert_eq!(code("shoeSize"), "import.attribute_unknown");
        assert_eq!(code("skills"), "import.attribute_kept_elsewhere");
        let extension = AttrName::new("Extension_0123456789abcdef0123456789abcdef_gone");
        assert_eq!(
            code(extension.as_str()),
            "import.attribute_unknown",
            "it was listed, and is not there"
        );
        let unlisted = Catalogue::unlisted();
        let fault = unlisted.property(Class::User, &extension).unwrap_err();
        assert_eq!(
            (fault.code.as_ref(), fault.kind),
            ("import.extensions_not_listed", ErrorKind::Permission)
        );
        assert!(fault.message.contains("Directory.Read.All"), "{fault}");
        let other = unlisted.property(Class::User, &"extensionless".into());
        assert_eq!(other.unwrap_err().code, "import.attribute_unknown");
        assert_eq!(Class::of("device").unwrap_err().code, "graph.type_unknown");
    }
}
