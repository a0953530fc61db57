//! From the deltas of an operation to what LDAP writes.
//!
//! Invariants: secrets, attributes the directory keeps itself and attributes the type does not have are
//! refused here, before anything is sent; an empty value is no value (D-22); references become GUIDs or names,
//! and one that is not known yet is refused alone, not with its object.

use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::op::{Change, OpValue};
use syncline_model::schema::AttrDef;
use syncline_model::value::Value;

use super::errors;
use super::flags::FlagChange;
use super::never;
use super::references::References;
use super::schema::{AttrInfo, DirectorySchema};
use super::session::WriteValues;
use super::stand_in;
use super::syntax::Syntax;
use crate::contract::Names;

/// What an account name may not contain.
const ACCOUNT_NAME_FORBIDDEN: &str = "\"/\\[]:;|=,+*?<>@";
/// `accountExpires` of an account that never does.
const NEVER: &str = "9223372036854775807";

/// Changes of one attribute value by value, or of a reference attribute as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetChange {
    /// The attribute.
    pub attr: String,
    /// Values that come.
    pub add: Vec<Vec<u8>>,
    /// Values that go.
    pub remove: Vec<Vec<u8>>,
    /// Whether `add` is the whole set that is wanted, whatever is there now.
    pub whole: bool,
    /// Whether the values are references.
    pub refs: bool,
    /// Whether the directory demands at least one value.
    pub keeps_one: bool,
}

/// An operation's deltas, ready to be sent.
#[derive(Debug, Default)]
pub struct Encoded {
    /// Attributes that are set as a whole; no values clears one.
    pub replace: Vec<WriteValues>,
    /// Attributes that refer to one object.
    pub links: Vec<WriteValues>,
    /// Attributes that change value by value.
    pub sets: Vec<SetChange>,
    /// Account flags.
    pub flags: FlagChange,
    /// Parts that cannot be sent now.
    pub refused: Vec<Fault>,
}

/// Encodes the deltas of an operation on an object of this type.
pub fn encode(
    schema: &DirectorySchema,
    object_type: &str,
    deltas: &[(AttrName, Change)],
    names: &dyn Names,
    references: &References,
) -> Result<Encoded, Fault> {
    let mut encoded = Encoded::default();
    for (name, change) in deltas {
        if never::is_secret(name.as_str()) {
            return Err(Fault::new(
                "export.attribute_forbidden",
                ErrorKind::Permission,
                format!("{name} is never written by this connector."),
                "Take it out of the map.",
            )
            .on_attr(name.clone()));
        }
        let definition = schema
            .model
            .attr(object_type, name)
            .ok_or_else(|| unknown(object_type, name))?;
        if !definition.writable {
            return Err(read_only(name));
        }
        if let Some(flag) = schema.flag(name) {
            encoded.flags.put(flag, flag_state(name, change)?);
            continue;
        }
        let info = schema
            .attrs
            .get(name)
            .ok_or_else(|| unknown(object_type, name))?;
        Encoder {
            definition,
            info,
            names,
            references,
            refused: &mut encoded.refused,
        }
        .put(
            change,
            &mut encoded.replace,
            &mut encoded.links,
            &mut encoded.sets,
        )?;
    }
    Ok(encoded)
}

struct Encoder<'a> {
    definition: &'a AttrDef,
    info: &'a AttrInfo,
    names: &'a dyn Names,
    references: &'a References,
    refused: &'a mut Vec<Fault>,
}

impl Encoder<'_> {
    fn put(
        mut self,
        change: &Change,
        replace: &mut Vec<WriteValues>,
        links: &mut Vec<WriteValues>,
        sets: &mut Vec<SetChange>,
    ) -> Result<(), Fault> {
        let attr = self.info.name.as_str().to_owned();
        let refs = self.info.syntax == Syntax::Name;
        let keeps_one = refs && self.definition.required;
        match change {
            Change::Clear if keeps_one => replace.push(stand_in::alone(&attr)),
            Change::Clear => replace.push((attr, self.cleared())),
            Change::Set(values) => {
                let encoded = self.values(values, true)?;
                if refs && self.info.multi {
                    sets.push(SetChange {
                        attr,
                        add: encoded,
                        whole: true,
                        refs,
                        keeps_one,
                        ..SetChange::default()
                    });
                } else if encoded.is_empty() && !values.is_empty() && refs {
                    // The one reference is not known yet: what is there stays.
                } else if encoded.is_empty() {
                    replace.push((attr, self.cleared()));
                } else if refs {
                    links.push((attr, encoded));
                } else {
                    replace.push((attr, encoded));
                }
            }
            Change::Values { add, remove } => {
                let (add, remove) = (self.values(add, true)?, self.values(remove, false)?);
                sets.push(SetChange {
                    attr,
                    add,
                    remove,
                    whole: false,
                    refs,
                    keeps_one,
                });
            }
        }
        Ok(())
    }

    fn cleared(&self) -> Vec<Vec<u8>> {
        match self.info.name == AttrName::new("accountExpires") {
            true => vec![NEVER.as_bytes().to_vec()],
            false => Vec::new(),
        }
    }

    fn values(&mut self, values: &[OpValue], coming: bool) -> Result<Vec<Vec<u8>>, Fault> {
        let name = &self.info.name;
        let mut encoded = Vec::with_capacity(values.len());
        for value in values {
            match value {
                OpValue::Value(Value::Text(text)) if text.is_empty() => {}
                OpValue::Value(value) => {
                    let octets = self.info.syntax.write(value).map_err(|error| {
                        Fault::new(
                            "export.value_type",
                            ErrorKind::TypeMismatch,
                            format!("A value for {name} has the wrong type: {error}."),
                            "Change the expression so that it gives the attribute's type.",
                        )
                        .on_attr(name.clone())
                    })?;
                    if *name == AttrName::new("sAMAccountName") {
                        check_account_name(value, self.definition)?;
                    }
                    encoded.push(octets);
                }
                OpValue::Ref(key) => match self
                    .names
                    .anchor(key)
                    .map(|anchor| self.references.written(&anchor))
                {
                    Some(Some(written)) => encoded.push(written.into_bytes()),
                    // Who does not exist is referred to by nobody any more.
                    Some(None) if self.references.are_read() && !coming => {}
                    Some(None) if self.references.are_read() => {
                        self.refused.push(errors::no_such_target(name));
                    }
                    _ => self.refused.push(
                        Fault::new(
                            "export.reference_unresolved",
                            ErrorKind::ConstraintViolation,
                            format!("A reference in {name} was not sent: the object it refers to has no id in this directory yet."),
                            "Nothing to do: it is sent when the other object exists.",
                        )
                        .on_attr(name.clone()),
                    ),
                },
            }
        }
        if encoded.len() > 1 && !self.info.multi {
            return Err(Fault::new(
                "export.value_exists",
                ErrorKind::MultiToSingle,
                format!("{name} takes one value and would get several."),
                "Map a single value.",
            )
            .on_attr(name.clone()));
        }
        Ok(encoded)
    }
}

/// The directory takes what breaks log-on elsewhere, so the rule is kept here.
fn check_account_name(value: &Value, definition: &AttrDef) -> Result<(), Fault> {
    let Value::Text(text) = value else {
        return Ok(());
    };
    let max = definition.max_length.unwrap_or(256);
    let too_long = text.encode_utf16().count() > usize::try_from(max).unwrap_or(usize::MAX);
    let forbidden = text.contains(|c: char| ACCOUNT_NAME_FORBIDDEN.contains(c) || c.is_control())
        || text.ends_with('.');
    if !too_long && !forbidden {
        return Ok(());
    }
    Err(Fault::new(
        "export.account_name_invalid",
        ErrorKind::InvalidValue,
        format!("The account name is not allowed: at most {max} characters, none of {ACCOUNT_NAME_FORBIDDEN}, no dot at the end."),
        "Change the rule that makes sAMAccountName.",
    )
    .on_attr("sAMAccountName".into()))
}

fn flag_state(name: &AttrName, change: &Change) -> Result<bool, Fault> {
    match change {
        Change::Clear => Ok(false),
        Change::Set(values) => match values.as_slice() {
            [OpValue::Value(Value::Bool(on))] => Ok(*on),
            [] => Ok(false),
            _ => Err(not_a_flag(name)),
        },
        Change::Values { .. } => Err(not_a_flag(name)),
    }
}

fn not_a_flag(name: &AttrName) -> Fault {
    Fault::new(
        "export.value_type",
        ErrorKind::TypeMismatch,
        format!("{name} is either true or false."),
        "Change the expression so that it gives a boolean.",
    )
    .on_attr(name.clone())
}

fn unknown(object_type: &str, name: &AttrName) -> Fault {
    Fault::new(
        "export.attribute_unknown",
        ErrorKind::SchemaViolation,
        format!("Objects of type {object_type} have no attribute {name} in this directory."),
        "Correct the map, or read the directory's schema again if it was extended.",
    )
    .on_attr(name.clone())
}

fn read_only(name: &AttrName) -> Fault {
    Fault::new(
        "export.attribute_read_only",
        ErrorKind::SchemaViolation,
        format!("{name} is kept by the directory itself and cannot be written."),
        "Take it out of the map. A name is changed by the DN expression, a password in its own lane.",
    )
    .on_attr(name.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use syncline_model::Anchor;
    use syncline_model::ids::{DirectoryId, PartId};
    use syncline_model::op::ObjectKey;
    use syncline_model::schema::{Schema, TypeDef};

    use super::super::flags;
    use super::*;
    use crate::contract::KnownNames;

    fn schema() -> DirectorySchema {
        let attrs = [
            ("title", Syntax::Text, false, true),
            ("sAMAccountName", Syntax::Text, false, true),
            ("accountExpires", Syntax::FileTime, false, true),
            ("otherTelephone", Syntax::Text, true, true),
            ("manager", Syntax::Name, false, true),
            ("member", Syntax::Name, true, true),
            ("objectSid", Syntax::Octets, false, false),
        ];
        let mut definitions: BTreeMap<AttrName, AttrDef> = flags::definitions()
            .map(|def| (def.name.clone(), def))
            .collect();
        let mut infos = HashMap::new();
        for (name, syntax, multi, writable) in attrs {
            let name = AttrName::new(name);
            definitions.insert(
                name.clone(),
                AttrDef {
                    name: name.clone(),
                    value_type: syntax.value_type(),
                    multi,
                    required: false,
                    writable,
                    max_length: (name.as_str() == "sAMAccountName").then_some(20),
                    confirmation: syntax.confirmation(),
                    sensitive: false,
                },
            );
            infos.insert(
                name.clone(),
                AttrInfo {
                    name,
                    syntax,
                    multi,
                },
            );
        }
        let user = TypeDef {
            name: "user".into(),
            attrs: definitions,
            rdn_attr: None,
            unique: None,
            container: false,
        };
        DirectorySchema {
            model: Schema {
                types: BTreeMap::from([("user".into(), user)]),
            },
            attrs: infos,
            account_flags: true,
            ..DirectorySchema::default()
        }
    }

    fn encoded(name: &str, change: Change) -> Result<Encoded, Fault> {
        let deltas = [(name.into(), change)];
        encode(&schema(), "user", &deltas, &KnownNames, &References::Ids)
    }

    fn set(value: Value) -> Change {
        Change::Set(vec![OpValue::Value(value)])
    }

    fn known(n: u8) -> OpValue {
        OpValue::Ref(ObjectKey::Anchor(Anchor::Guid([n; 16])))
    }

    fn not_yet() -> OpValue {
        OpValue::Ref(ObjectKey::New {
            part: PartId(1),
            source: DirectoryId(1),
            anchor: Anchor::Guid([9; 16]),
        })
    }

    #[test]
    fn an_empty_text_clears_and_never_is_a_number() {
        let cleared = encoded("title", set(Value::text(""))).unwrap();
        assert_eq!(cleared.replace, [("title".into(), vec![])]);

        let never = encoded("accountExpires", Change::Clear).unwrap();
        assert_eq!(never.replace[0].1, [NEVER.as_bytes()]);
    }

    #[test]
    fn references_become_guids_and_unknown_ones_are_refused_alone() {
        let change = Change::Values {
            add: vec![known(1), not_yet()],
            remove: vec![],
        };

        let result = encoded("member", change).unwrap();

        assert_eq!(
            result.sets[0].add,
            [b"<GUID=01010101-0101-0101-0101-010101010101>".to_vec()]
        );
        assert_eq!(result.refused[0].code, "export.reference_unresolved");
        let manager = encoded("manager", Change::Set(vec![not_yet()])).unwrap();
        assert!(manager.replace.is_empty() && manager.links.is_empty());
        assert_eq!(manager.refused.len(), 1);
    }

    #[test]
    fn references_become_names_where_the_directory_knows_no_ids() {
        let ann = Anchor::Guid([1; 16]);
        let names = References::Names(HashMap::from([(ann, "uid=ann,dc=x".to_owned())]));
        let change = Change::Values {
            add: vec![known(1), known(2), not_yet()],
            remove: vec![known(3)],
        };

        let result = encode(
            &schema(),
            "user",
            &[("member".into(), change)],
            &KnownNames,
            &names,
        )
        .unwrap();

        assert_eq!(result.sets[0].add, [b"uid=ann,dc=x".to_vec()]);
        assert!(result.sets[0].remove.is_empty());
        let codes: Vec<&str> = result.refused.iter().map(|f| f.code.as_ref()).collect();
        assert_eq!(
            codes,
            ["export.reference_missing", "export.reference_unresolved"]
        );
    }

    #[test]
    fn what_must_not_be_written_is_refused_before_it_is_sent() {
        let text = || set(Value::text("x"));
        for (attr, change, code) in [
            ("unicodePwd", text(), "export.attribute_forbidden"),
            ("objectSid", text(), "export.attribute_read_only"),
            (
                "passwordNotRequired",
                set(Value::Bool(true)),
                "export.attribute_read_only",
            ),
            (
                "trustedForDelegation",
                set(Value::Bool(true)),
                "export.attribute_read_only",
            ),
            (
                "userAccountControl",
                set(Value::Int(512)),
                "export.attribute_unknown",
            ),
            ("nonsense", text(), "export.attribute_unknown"),
            ("title", set(Value::Int(1)), "export.value_type"),
            ("accountDisabled", text(), "export.value_type"),
            (
                "sAMAccountName",
                set(Value::text("a:b")),
                "export.account_name_invalid",
            ),
            (
                "sAMAccountName",
                set(Value::text("a".repeat(21))),
                "export.account_name_invalid",
            ),
            (
                "title",
                Change::Set(vec![
                    OpValue::Value(Value::text("a")),
                    OpValue::Value(Value::text("b")),
                ]),
                "export.value_exists",
            ),
        ] {
            assert_eq!(encoded(attr, change).unwrap_err().code, code, "{attr}");
        }
    }

    #[test]
    fn flags_gather_into_one_change() {
        let deltas = [
            ("accountDisabled".into(), set(Value::Bool(true))),
            ("passwordNeverExpires".into(), set(Value::Bool(true))),
        ];

        let result = encode(&schema(), "user", &deltas, &KnownNames, &References::Ids).unwrap();

        assert_eq!(result.flags.apply(0x200), 0x1_0202);
        assert!(result.replace.is_empty());
    }
}
