//! Active Directory's schema partition, read into ours.
//!
//! Invariants: back links, constructed and unreplicated attributes are not offered, because a delta
//! import could never keep them true; neither are syntaxes whose values change without the attribute
//! changing (DN with binary, DN with text) nor security descriptors.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ldap3::Scope;
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::schema::{AttrDef, Schema, TypeDef};

use super::entry::RawEntry;
use super::flags;
use super::never;
use super::schema::{AttrInfo, DirectorySchema};
use super::session::{Search, Session};
use super::syntax::Syntax;

/// Object types that are offered, by class name, and whether they are containers.
pub const TYPES: [(&str, bool); 6] = [
    ("user", false),
    ("group", false),
    ("contact", false),
    ("organizationalUnit", true),
    ("container", true),
    ("domainDNS", true),
];

/// Integers that are dates, which the schema does not say.
const FILE_TIMES: [&str; 8] = [
    "accountExpires",
    "badPasswordTime",
    "lastLogoff",
    "lastLogon",
    "lastLogonTimestamp",
    "lockoutTime",
    "pwdLastSet",
    "creationTime",
];

/// What the directory keeps itself, or what only its own means may change.
const KEPT: [&str; 22] = [
    "adminCount",
    "cn",
    "dc",
    "isCriticalSystemObject",
    "lastLogonTimestamp",
    "lockoutTime",
    "msDS-AllowedToDelegateTo",
    "msDS-SupportedEncryptionTypes",
    "name",
    "objectCategory",
    "objectClass",
    "objectGUID",
    "objectSid",
    "ou",
    "primaryGroupID",
    "pwdLastSet",
    "rid",
    "sAMAccountType",
    "securityIdentifier",
    "sIDHistory",
    "systemFlags",
    "whenCreated",
];

/// Not offered: about the object as a database record, or kept per domain controller.
const HIDDEN: [&str; 10] = [
    "distinguishedName",
    "dSCorePropagationData",
    "instanceType",
    "isDeleted",
    "isRecycled",
    "objectClass",
    "objectCategory",
    "proxiedObjectName",
    "replPropertyMetaData",
    "userAccountControl",
];

const NOT_REPLICATED: i64 = 0x1;
const CONSTRUCTED: i64 = 0x4;

/// Reads the schema partition.
pub async fn read(session: &mut Session, partition: &str) -> Result<DirectorySchema, Fault> {
    let attrs: Vec<String> = [
        "lDAPDisplayName",
        "attributeSyntax",
        "oMSyntax",
        "isSingleValued",
        "systemFlags",
        "linkID",
        "systemOnly",
        "rangeUpper",
        "subClassOf",
        "auxiliaryClass",
        "systemAuxiliaryClass",
        "mayContain",
        "systemMayContain",
        "mustContain",
        "systemMustContain",
        "rDNAttID",
        "isDefunct",
        "objectClass",
    ]
    .map(str::to_owned)
    .to_vec();
    let found = session
        .all(&Search {
            base: partition,
            scope: Scope::OneLevel,
            filter: "(|(objectClass=attributeSchema)(objectClass=classSchema))",
            attrs: &attrs,
            extended_names: false,
        })
        .await?;
    Ok(assemble(&found))
}

/// A class as the schema partition describes it.
#[derive(Default)]
struct Class {
    above: Vec<String>,
    may: Vec<String>,
    must: Vec<String>,
    rdn: Option<String>,
}

fn assemble(entries: &[RawEntry]) -> DirectorySchema {
    let mut attrs = HashMap::new();
    let mut definitions: HashMap<AttrName, AttrDef> = HashMap::new();
    let mut classes: HashMap<String, Class> = HashMap::new();
    for entry in entries {
        let Some(name) = entry.text("lDAPDisplayName") else {
            continue;
        };
        if entry.text("isDefunct") == Some("TRUE") {
            continue;
        }
        if entry
            .texts("objectClass")
            .any(|class| class == "classSchema")
        {
            classes.insert(name.to_ascii_lowercase(), class(entry));
        } else if let Some((info, definition)) = attribute(name, entry) {
            definitions.insert(info.name.clone(), definition);
            attrs.insert(info.name.clone(), info);
        }
    }
    let types = TYPES
        .iter()
        .filter(|(name, _)| classes.contains_key(&name.to_ascii_lowercase()))
        .map(|&(name, container)| {
            (
                name.to_owned(),
                type_definition(name, container, &classes, &definitions),
            )
        })
        .collect();
    DirectorySchema {
        model: Schema { types },
        attrs,
        account_flags: true,
        ..DirectorySchema::default()
    }
}

fn class(entry: &RawEntry) -> Class {
    let names = |attrs: &[&str]| -> Vec<String> {
        attrs
            .iter()
            .flat_map(|attr| entry.texts(attr))
            .map(str::to_ascii_lowercase)
            .collect()
    };
    Class {
        above: names(&["subClassOf", "auxiliaryClass", "systemAuxiliaryClass"]),
        may: names(&["mayContain", "systemMayContain"]),
        must: names(&["mustContain", "systemMustContain"]),
        rdn: entry.text("rDNAttID").map(str::to_owned),
    }
}

fn attribute(name: &str, entry: &RawEntry) -> Option<(AttrInfo, AttrDef)> {
    let number = |attr: &str| entry.text(attr).and_then(|text| text.parse::<i64>().ok());
    let flags = number("systemFlags").unwrap_or(0);
    let back_link = number("linkID").is_some_and(|id| id % 2 != 0);
    let listed = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    // whenCreated is constructed nowhere, yet some schemas call it unreplicated like whenChanged; objectGUID comes with
    // every object, though it is not replicated as an attribute.
    let unreplicated = flags & NOT_REPLICATED != 0 && !listed(&["cn", "ou", "dc", "objectGUID"]);
    if flags & CONSTRUCTED != 0
        || unreplicated
        || back_link
        || listed(&HIDDEN)
        || never::is_secret(name)
    {
        return None;
    }
    let syntax = syntax(name, entry.text("attributeSyntax")?)?;
    let multi = entry.text("isSingleValued") != Some("TRUE");
    let info = AttrInfo {
        name: AttrName::new(name),
        syntax,
        multi,
    };
    let definition = AttrDef {
        name: info.name.clone(),
        value_type: syntax.value_type(),
        multi,
        required: false,
        writable: entry.text("systemOnly") != Some("TRUE") && !listed(&KEPT),
        max_length: number("rangeUpper").and_then(|n| u32::try_from(n).ok()),
        confirmation: syntax.confirmation(),
        sensitive: false,
    };
    Some((info, definition))
}

fn syntax(name: &str, oid: &str) -> Option<Syntax> {
    Some(match oid.strip_prefix("2.5.5.")? {
        "1" => Syntax::Name,
        "2" | "4" | "5" | "6" | "12" => Syntax::Text,
        "3" => Syntax::ExactText,
        "8" => Syntax::Boolean,
        "9" => Syntax::Integer,
        "10" | "17" => Syntax::Octets,
        "11" => Syntax::GeneralizedTime,
        "16" if FILE_TIMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name)) =>
        {
            Syntax::FileTime
        }
        "16" => Syntax::Integer,
        _ => return None,
    })
}

fn type_definition(
    name: &str,
    container: bool,
    classes: &HashMap<String, Class>,
    definitions: &HashMap<AttrName, AttrDef>,
) -> TypeDef {
    let mut attrs: BTreeMap<AttrName, AttrDef> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![name.to_ascii_lowercase()];
    while let Some(class_name) = open.pop() {
        if !seen.insert(class_name.clone()) {
            continue;
        }
        let Some(class) = classes.get(&class_name) else {
            continue;
        };
        open.extend(class.above.iter().cloned());
        for attr in class.may.iter().chain(&class.must) {
            if let Some(definition) = definitions.get(&AttrName::new(attr)) {
                attrs.insert(definition.name.clone(), definition.clone());
            }
        }
    }
    if name == "user" {
        attrs.extend(flags::definitions().map(|def| (def.name.clone(), def)));
    }
    // The directory invents an account name where none is given, and nobody wants that one.
    if matches!(name, "user" | "group")
        && let Some(account) = attrs.get_mut(&AttrName::new("sAMAccountName"))
    {
        account.required = true;
        // A user's account name is held to 20 characters by the domain, whatever the schema says.
        account.max_length = Some(if name == "user" { 20 } else { 256 });
    }
    let rdn = classes
        .get(&name.to_ascii_lowercase())
        .and_then(|class| class.rdn.as_deref())
        .unwrap_or("cn");
    TypeDef {
        name: name.to_owned(),
        attrs,
        rdn_attr: Some(rdn.to_ascii_uppercase()),
        unique: None,
        container,
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::RawAttr;
    use super::*;

    fn entry(attrs: &[(&str, &[&str])]) -> RawEntry {
        RawEntry {
            dn: String::new(),
            attrs: attrs
                .iter()
                .map(|(name, values)| RawAttr {
                    name: (*name).to_owned(),
                    range: None,
                    values: values.iter().map(|v| v.as_bytes().to_vec()).collect(),
                })
                .collect(),
        }
    }

    fn attr(name: &str, syntax: &str, more: &[(&str, &[&str])]) -> RawEntry {
        let mut described = vec![
            ("lDAPDisplayName", vec![name]),
            ("attributeSyntax", vec![syntax]),
            ("objectClass", vec!["attributeSchema"]),
        ];
        described.extend(more.iter().map(|(name, values)| (*name, values.to_vec())));
        let borrowed: Vec<(&str, &[&str])> =
            described.iter().map(|(n, v)| (*n, v.as_slice())).collect();
        entry(&borrowed)
    }

    fn assembled() -> DirectorySchema {
        assemble(&[
            attr(
                "displayName",
                "2.5.5.12",
                &[("isSingleValued", &["TRUE"]), ("rangeUpper", &["256"])],
            ),
            attr("member", "2.5.5.1", &[("linkID", &["2"])]),
            attr("memberOf", "2.5.5.1", &[("linkID", &["3"])]),
            attr(
                "accountExpires",
                "2.5.5.16",
                &[("isSingleValued", &["TRUE"])],
            ),
            attr(
                "tokenGroups",
                "2.5.5.17",
                &[("systemFlags", &["134217748"])],
            ),
            attr("logonCount", "2.5.5.9", &[("systemFlags", &["17"])]),
            attr("unicodePwd", "2.5.5.10", &[]),
            attr("objectSid", "2.5.5.17", &[("isSingleValued", &["TRUE"])]),
            attr(
                "objectGUID",
                "2.5.5.10",
                &[("isSingleValued", &["TRUE"]), ("systemFlags", &["19"])],
            ),
            attr(
                "sAMAccountName",
                "2.5.5.12",
                &[("isSingleValued", &["TRUE"])],
            ),
            entry(&[
                ("lDAPDisplayName", &["user"]),
                ("objectClass", &["classSchema"]),
                ("subClassOf", &["person"]),
                ("systemAuxiliaryClass", &["securityPrincipal"]),
                (
                    "systemMayContain",
                    &["accountExpires", "unicodePwd", "logonCount"],
                ),
                ("rDNAttID", &["cn"]),
            ]),
            entry(&[
                ("lDAPDisplayName", &["person"]),
                ("objectClass", &["classSchema"]),
                ("subClassOf", &["person"]),
                ("mayContain", &["displayName", "memberOf"]),
            ]),
            entry(&[
                ("lDAPDisplayName", &["securityPrincipal"]),
                ("objectClass", &["classSchema"]),
                (
                    "systemMustContain",
                    &["objectGUID", "objectSid", "sAMAccountName", "tokenGroups"],
                ),
            ]),
        ])
    }

    #[test]
    fn a_type_has_the_attributes_of_all_its_classes() {
        let schema = assembled();
        let user = &schema.model.types["user"];
        let names: Vec<&str> = user.attrs.keys().map(AttrName::as_str).collect();

        for expected in [
            "accountExpires",
            "displayName",
            "objectSid",
            "sAMAccountName",
            "accountDisabled",
        ] {
            assert!(names.contains(&expected), "{expected} in {names:?}");
        }
        assert_eq!(user.rdn_attr.as_deref(), Some("CN"));
        assert!(user.attrs[&AttrName::new("sAMAccountName")].required);
        for own in ["objectGUID", "objectSid"] {
            assert!(!user.attrs[&AttrName::new(own)].writable, "{own}");
        }
    }

    #[test]
    fn what_a_delta_could_not_keep_true_and_secrets_are_not_offered() {
        let schema = assembled();

        for hidden in [
            "memberOf",
            "tokenGroups",
            "logonCount",
            "unicodePwd",
            "userAccountControl",
        ] {
            assert!(schema.attr(hidden).is_none(), "{hidden}");
        }
        assert_eq!(
            schema.attr("accountexpires").unwrap().syntax,
            Syntax::FileTime
        );
        assert!(schema.attr("member").unwrap().multi);
    }
}
