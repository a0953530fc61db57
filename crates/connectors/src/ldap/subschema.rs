//! OpenLDAP's subschema subentry (RFC 4512), read into our schema.
//!
//! Invariants: attributes inherit syntax and comparison from those above them; attributes of syntaxes
//! that are not known here are offered as octets, never guessed to be text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::schema::{AttrDef, Schema, TypeDef};

use super::entry::RawEntry;
use super::never;
use super::schema::{AttrInfo, DirectorySchema};
use super::session::Session;
use super::syntax::Syntax;

/// Object types that are offered, by class name: whether they are containers, and their RDN attribute.
pub const TYPES: [(&str, bool, &str); 5] = [
    ("inetOrgPerson", false, "CN"),
    ("groupOfNames", false, "CN"),
    ("organizationalUnit", true, "OU"),
    ("organization", true, "O"),
    ("domain", true, "DC"),
];

/// Reads the subschema subentry.
pub async fn read(session: &mut Session, subentry: &str) -> Result<DirectorySchema, Fault> {
    let attrs = ["attributeTypes", "objectClasses"].map(str::to_owned);
    let entry = session
        .object(subentry, &attrs, false)
        .await?
        .ok_or_else(|| {
            Fault::new(
                "import.schema_missing",
                ErrorKind::Permission,
                format!("The directory shows no schema at \"{subentry}\"."),
                "Let the sync account read the subschema subentry.",
            )
        })?;
    Ok(assemble(&entry))
}

#[derive(Debug, Default)]
struct Description {
    names: Vec<String>,
    sup: Vec<String>,
    must: Vec<String>,
    may: Vec<String>,
    syntax: Option<String>,
    single: bool,
    kept: bool,
}

impl Description {
    /// Reads `( oid NAME 'x' SUP y … )`.
    fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut tokens = spaced.split_whitespace().peekable();
        if tokens.next()? != "(" {
            return None;
        }
        let _oid = tokens.next()?;
        let mut description = Self::default();
        while let Some(keyword) = tokens.next() {
            let mut list = || -> Vec<String> {
                let mut values = Vec::new();
                match tokens.next() {
                    Some("(") => {
                        for token in tokens.by_ref().take_while(|token| *token != ")") {
                            if token != "$" {
                                values.push(token.trim_matches('\'').to_ascii_lowercase());
                            }
                        }
                    }
                    Some(one) => values.push(one.trim_matches('\'').to_ascii_lowercase()),
                    None => {}
                }
                values
            };
            match keyword {
                "NAME" => {
                    description.names = match tokens.next()? {
                        "(" => tokens
                            .by_ref()
                            .take_while(|t| *t != ")")
                            .map(unquoted)
                            .collect(),
                        one => vec![unquoted(one)],
                    };
                }
                "SUP" => description.sup = list(),
                "MUST" => description.must = list(),
                "MAY" => description.may = list(),
                "SYNTAX" => {
                    let oid = tokens.next()?.trim_matches('\'');
                    description.syntax = oid.split('{').next().map(str::to_owned);
                }
                "SINGLE-VALUE" => description.single = true,
                "NO-USER-MODIFICATION" => description.kept = true,
                _ => {}
            }
        }
        (!description.names.is_empty()).then_some(description)
    }
}

fn unquoted(token: &str) -> String {
    token.trim_matches('\'').to_owned()
}

fn assemble(entry: &RawEntry) -> DirectorySchema {
    let described = |attr: &'static str| -> HashMap<String, Arc<Description>> {
        entry
            .texts(attr)
            .filter_map(Description::parse)
            .flat_map(|description| {
                let description = Arc::new(description);
                let names = description.names.clone();
                names
                    .into_iter()
                    .map(move |name| (name.to_ascii_lowercase(), Arc::clone(&description)))
            })
            .collect()
    };
    let attributes = described("attributeTypes");
    let classes = described("objectClasses");

    let mut attrs = HashMap::new();
    let mut definitions = HashMap::new();
    for (name, description) in &attributes {
        let canonical = description
            .names
            .first()
            .map_or(name.as_str(), String::as_str);
        if never::is_secret(canonical) || description.kept {
            continue;
        }
        let syntax = syntax_of(description, &attributes);
        let info = AttrInfo {
            name: AttrName::new(canonical),
            syntax,
            multi: !description.single,
        };
        let definition = AttrDef {
            name: info.name.clone(),
            value_type: syntax.value_type(),
            multi: info.multi,
            required: false,
            writable: false,
            max_length: None,
            confirmation: syntax.confirmation(),
            sensitive: false,
        };
        definitions.insert(name.clone(), definition);
        attrs.insert(AttrName::new(name), info);
    }
    let types = TYPES
        .iter()
        .filter(|(name, ..)| classes.contains_key(&name.to_ascii_lowercase()))
        .map(|&(name, container, rdn)| {
            let definition = TypeDef {
                name: name.to_owned(),
                attrs: attributes_of(name, &classes, &definitions),
                rdn_attr: Some(rdn.to_owned()),
                unique: None,
                container,
            };
            (name.to_owned(), definition)
        })
        .collect();
    DirectorySchema {
        model: Schema { types },
        attrs,
        account_flags: false,
    }
}

fn attributes_of(
    class: &str,
    classes: &HashMap<String, Arc<Description>>,
    definitions: &HashMap<String, AttrDef>,
) -> BTreeMap<AttrName, AttrDef> {
    let mut attrs = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![class.to_ascii_lowercase()];
    while let Some(name) = open.pop() {
        let Some(class) = classes.get(&name) else {
            continue;
        };
        if !seen.insert(name) {
            continue;
        }
        open.extend(class.sup.iter().cloned());
        for attr in class.may.iter().chain(&class.must) {
            if let Some(definition) = definitions.get(attr) {
                attrs.insert(definition.name.clone(), definition.clone());
            }
        }
    }
    attrs.remove(&AttrName::new("objectClass"));
    attrs
}

fn syntax_of(description: &Description, all: &HashMap<String, Arc<Description>>) -> Syntax {
    let mut at = description;
    for _ in 0..16 {
        if let Some(oid) = &at.syntax {
            return match oid.strip_prefix("1.3.6.1.4.1.1466.115.121.1.") {
                Some("7") => Syntax::Boolean,
                Some("12") => Syntax::Name,
                Some("24") => Syntax::GeneralizedTime,
                Some("27") => Syntax::Integer,
                Some("53") => Syntax::UtcTime,
                Some(
                    "26" | "3" | "6" | "36" | "38" | "50" | "11" | "15" | "41" | "44" | "22" | "52",
                ) => Syntax::Text,
                _ => Syntax::Octets,
            };
        }
        match at.sup.first().and_then(|sup| all.get(sup)) {
            Some(above) => at = above,
            None => break,
        }
    }
    Syntax::Octets
}

#[cfg(test)]
mod tests {
    use super::super::entry::RawAttr;
    use super::*;

    fn subentry() -> RawEntry {
        let attr = |name: &str, values: &[&str]| RawAttr {
            name: name.to_owned(),
            range: None,
            values: values.iter().map(|v| v.as_bytes().to_vec()).collect(),
        };
        RawEntry {
            dn: "cn=Subschema".into(),
            attrs: vec![
                attr(
                    "attributeTypes",
                    &[
                        "( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
                        "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC4519: a (short) name' SUP name )",
                        "( 2.5.4.31 NAME 'member' SUP distinguishedName )",
                        "( 2.5.4.49 NAME 'distinguishedName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
                        "( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
                        "( 2.5.4.35 NAME 'userPassword' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{128} )",
                        "( 2.16.840.1.113730.3.1.241 NAME 'displayName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
                    ],
                ),
                attr(
                    "objectClasses",
                    &[
                        "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
                        "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword ) )",
                        "( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP person STRUCTURAL MAY ( displayName $ jpegPhoto ) )",
                        "( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) )",
                    ],
                ),
            ],
        }
    }

    #[test]
    fn types_inherit_and_syntaxes_come_from_above() {
        let schema = assemble(&subentry());

        let person = &schema.model.types["inetOrgPerson"];
        let names: Vec<&str> = person.attrs.keys().map(AttrName::as_str).collect();
        assert_eq!(names, ["cn", "displayName", "jpegPhoto"]);
        assert_eq!(schema.attr("commonName").unwrap().name.as_str(), "cn");
        assert_eq!(schema.attr("member").unwrap().syntax, Syntax::Name);
        assert_eq!(schema.attr("jpegPhoto").unwrap().syntax, Syntax::Octets);
        assert!(!schema.attr("displayName").unwrap().multi);
        assert!(schema.attr("userPassword").is_none());
    }
}
