//! OpenLDAP's subschema subentry (RFC 4512), read into our schema.
//!
//! Invariants: attributes inherit syntax and comparison from those above them; attributes of syntaxes
//! that are not known here are offered as octets, never guessed to be text; what a class demands is required, whatever
//! the class above says; what the directory keeps itself (NO-USER-MODIFICATION, an operational USAGE, COLLECTIVE) cannot
//! be written.

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

/// Object types that are offered, by class name: whether they are containers, and their usual RDN attribute; objects may
/// be named by any other.
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
    equality: Option<String>,
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
                "EQUALITY" => description.equality = tokens.next().map(str::to_ascii_lowercase),
                "SINGLE-VALUE" => description.single = true,
                "NO-USER-MODIFICATION" | "COLLECTIVE" => description.kept = true,
                "USAGE" => description.kept |= tokens.next()? != "userApplications",
                // Free text, in which a keyword means nothing.
                "DESC" => {
                    tokens.by_ref().find(|token| token.ends_with('\''));
                }
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
        if never::is_secret(canonical) {
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
            writable: !description.kept,
            max_length: None,
            confirmation: syntax.confirmation(),
            sensitive: false,
        };
        definitions.insert(name.clone(), definition);
        attrs.insert(AttrName::new(name), info);
    }
    let offered = || {
        TYPES
            .iter()
            .filter(|(name, ..)| classes.contains_key(&name.to_ascii_lowercase()))
    };
    let types = offered()
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
        classes: offered()
            .map(|(name, ..)| ((*name).to_owned(), chain(name, &classes)))
            .collect(),
        account_flags: false,
    }
}

/// A class and those above it, the most general one first.
fn chain(class: &str, classes: &HashMap<String, Arc<Description>>) -> Vec<String> {
    let mut chain: Vec<String> = Vec::new();
    let mut open = vec![class.to_ascii_lowercase()];
    while let Some(found) = open.pop().and_then(|name| classes.get(&name)) {
        if let Some(name) = found.names.first().filter(|name| !chain.contains(name)) {
            chain.push(name.clone());
            open.extend(found.sup.iter().cloned());
        }
    }
    chain.reverse();
    chain
}

fn attributes_of(
    class: &str,
    classes: &HashMap<String, Arc<Description>>,
    definitions: &HashMap<String, AttrDef>,
) -> BTreeMap<AttrName, AttrDef> {
    let mut attrs: BTreeMap<AttrName, AttrDef> = BTreeMap::new();
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
        let may = class.may.iter().map(|attr| (attr, false));
        for (attr, required) in may.chain(class.must.iter().map(|attr| (attr, true))) {
            if let Some(definition) = definitions.get(attr) {
                attrs
                    .entry(definition.name.clone())
                    .or_insert_with(|| definition.clone())
                    .required |= required;
            }
        }
    }
    attrs.remove(&AttrName::new("objectClass"));
    attrs
}

fn syntax_of(description: &Description, all: &HashMap<String, Arc<Description>>) -> Syntax {
    let mut at = description;
    let mut equality: Option<&str> = None;
    for _ in 0..16 {
        equality = equality.or(at.equality.as_deref());
        if let Some(oid) = &at.syntax {
            return match oid.strip_prefix("1.3.6.1.4.1.1466.115.121.1.") {
                Some("7") => Syntax::Boolean,
                Some("12") => Syntax::Name,
                Some("24") => Syntax::GeneralizedTime,
                Some("27") => Syntax::Integer,
                Some("53") => Syntax::UtcTime,
                Some("26" | "15") if equality.is_some_and(|rule| rule.starts_with("caseexact")) => {
                    Syntax::ExactText
                }
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
                        "( 2.5.4.4 NAME 'sn' SUP name )",
                        "( 1.1 NAME 'homeDirectory' DESC 'The (absolute) path: MUST not SUP' EQUALITY caseExactIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )",
                        "( 1.2 NAME 'pwdChangedTime' DESC 'x' SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )",
                        "( 1.3 NAME 'aci' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE directoryOperation )",
                        "( 2.16.840.1.113730.3.1.241 NAME 'displayName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
                    ],
                ),
                attr(
                    "objectClasses",
                    &[
                        "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
                        "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword ) )",
                        "( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP person STRUCTURAL MAY ( displayName $ jpegPhoto $ sn $ homeDirectory $ pwdChangedTime $ aci ) )",
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
        let kept: Vec<&str> = person
            .attrs
            .values()
            .filter(|attr| !attr.writable)
            .map(|attr| attr.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "aci",
                "cn",
                "displayName",
                "homeDirectory",
                "jpegPhoto",
                "pwdChangedTime",
                "sn"
            ]
        );
        assert_eq!(kept, ["aci", "pwdChangedTime"]);
        assert_eq!(
            schema.attr("homeDirectory").unwrap().syntax,
            Syntax::ExactText
        );
        assert_eq!(schema.attr("commonName").unwrap().name.as_str(), "cn");
        assert_eq!(schema.attr("member").unwrap().syntax, Syntax::Name);
        assert_eq!(schema.attr("jpegPhoto").unwrap().syntax, Syntax::Octets);
        assert!(!schema.attr("displayName").unwrap().multi);
        assert!(schema.attr("userPassword").is_none());
    }

    #[test]
    fn what_a_class_demands_is_required_and_its_objects_are_of_all_classes_above() {
        let schema = assemble(&subentry());

        let required = |object_type: &str| -> Vec<String> {
            let attrs = schema.model.types[object_type].attrs.values();
            attrs
                .filter(|attr| attr.required)
                .map(|attr| attr.name.to_string())
                .collect()
        };
        assert_eq!(required("inetOrgPerson"), ["cn", "sn"]);
        assert_eq!(required("groupOfNames"), ["cn", "member"]);
        assert_eq!(
            schema.classes["inetOrgPerson"],
            ["top", "person", "inetOrgPerson"]
        );
        let mandatory: Vec<_> = schema.mandatory_references("groupOfNames").collect();
        assert_eq!(mandatory, [&AttrName::new("member")]);
    }
}
