//! Schemas as exports hold them (DSML 1.0): attribute types, and the attributes of classes.
//!
//! Invariant: a syntax that is not known is text, as the products themselves show it.

use std::collections::BTreeMap;

use roxmltree::Node;
use syncline_model::AttrName;
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use syncline_model::value::ValueType;

use crate::xml::{children, path, text, text_of};

/// What an export says a system, or the metaverse, can hold.
#[derive(Debug, Default)]
pub(crate) struct Dsml {
    /// Attributes by name.
    pub(crate) attrs: BTreeMap<AttrName, AttrDef>,
    /// Object types with the attributes that their class names itself.
    pub(crate) schema: Schema,
}

/// Reads the schema below an element that has one.
pub(crate) fn read(parent: Node<'_, '_>) -> Dsml {
    let mut out = Dsml::default();
    let Some(root) = path(parent, &["schema", "dsml", "directory-schema"]) else {
        return out;
    };
    let mut by_id: BTreeMap<&str, AttrDef> = BTreeMap::new();
    for node in children(root, "attribute-type") {
        let def = attribute(node);
        if def.name.as_str().is_empty() {
            continue;
        }
        if let Some(id) = node.attribute("id") {
            by_id.insert(id, def.clone());
        }
        out.attrs.entry(def.name.clone()).or_insert(def);
    }
    for node in children(root, "class") {
        let name = text_of(node, "name");
        if name.is_empty() {
            continue;
        }
        let named = children(node, "attribute").filter_map(|attribute| {
            let id = attribute.attribute("ref")?.trim_start_matches('#');
            by_id.get(id)
        });
        let attrs = named.map(|def| (def.name.clone(), def.clone())).collect();
        let def = TypeDef {
            name: name.clone(),
            attrs,
            rdn_attr: None,
            unique: None,
            container: false,
        };
        out.schema.types.entry(name).or_insert(def);
    }
    out
}

fn attribute(node: Node<'_, '_>) -> AttrDef {
    AttrDef {
        name: AttrName::new(text_of(node, "name")),
        value_type: value_type(&children(node, "syntax").map(text).collect::<String>()),
        multi: node.attribute("single-value") != Some("true"),
        required: false,
        writable: node.attribute("user-modification") != Some("false"),
        max_length: None,
        confirmation: Confirmation::Exact,
        sensitive: false,
    }
}

/// The type of a syntax, by its object identifier.
fn value_type(syntax: &str) -> ValueType {
    match syntax {
        "1.3.6.1.4.1.1466.115.121.1.27" | "1.2.840.113556.1.4.906" => ValueType::Integer,
        "1.3.6.1.4.1.1466.115.121.1.7" => ValueType::Boolean,
        "1.3.6.1.4.1.1466.115.121.1.5"
        | "1.3.6.1.4.1.1466.115.121.1.40"
        | "1.2.840.113556.1.4.907" => ValueType::Binary,
        "1.3.6.1.4.1.1466.115.121.1.12"
        | "1.2.840.113556.1.4.903"
        | "1.2.840.113556.1.4.904"
        | "1.2.840.113556.1.4.1221" => ValueType::Reference,
        _ => ValueType::String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{File, parse};

    #[test]
    fn attributes_have_types_and_classes_their_attributes() {
        let file = File {
            name: "MV.xml".into(),
            text: "<mv-data xmlns:d='http://www.dsml.org/DSML'><schema><d:dsml><d:directory-schema>\
                <d:class id='person'><d:name>person</d:name><d:attribute ref='#m'/><d:attribute ref='#gone'/></d:class>\
                <d:attribute-type id='m' single-value='true'><d:name>manager</d:name>\
                <d:syntax>1.3.6.1.4.1.1466.115.121.1.12</d:syntax></d:attribute-type>\
                <d:attribute-type id='x'><d:name>odd</d:name><d:syntax>9.9</d:syntax></d:attribute-type>\
                </d:directory-schema></d:dsml></schema></mv-data>"
                .into(),
        };
        let tree = parse(&file).unwrap();

        let dsml = read(tree.root_element());

        let manager = &dsml.schema.types["person"].attrs[&AttrName::new("Manager")];
        assert_eq!(
            (manager.value_type, manager.multi),
            (ValueType::Reference, false)
        );
        let odd = &dsml.attrs[&AttrName::new("odd")];
        assert_eq!((odd.value_type, odd.multi), (ValueType::String, true));
        assert_eq!(dsml.schema.types["person"].attrs.len(), 1);
    }
}
