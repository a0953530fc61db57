//! From a raw entry to an import entry, as the schema says.
//!
//! Invariants: a cut value set is completed before the entry leaves, or the object is a read error
//! (D-22); a value that does not fit its syntax makes its object a read error, never a wrong value;
//! references are ids wherever the directory gives them.

use syncline_model::connector::Fault;
use syncline_model::dn::Dn;
use syncline_model::import::{ImportEntry, ImportObject, ObjectName, ReadError};
use syncline_model::value::Values;
use syncline_model::{Anchor, AttrName};

use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::entry::{RawAttr, RawEntry};
use super::flags;
use super::range;
use super::schema::{AttrInfo, Selection, Wanted};
use super::session::Session;
use super::stand_in;
use super::syntax::Syntax;

/// Makes images of entries.
pub struct Images<'a> {
    /// The kind of directory they come from.
    pub kind: DirectoryKind,
    /// What is wanted of each type.
    pub selection: &'a Selection,
}

/// Why an object cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    code: &'static str,
    message: String,
}

impl Images<'_> {
    /// The image of an entry, or the reason why there is none; `None` for an object of a type that is not wanted.
    pub async fn image(
        &self,
        session: &mut Session,
        entry: RawEntry,
    ) -> Result<Option<ImportEntry>, Fault> {
        let Some(object_type) = self.kind.type_of(&entry) else {
            return Ok(None);
        };
        let Some(wanted) = self.selection.types.get(object_type) else {
            return Ok(None);
        };
        let dn = ExtendedDn::parse(&entry.dn).dn.to_owned();
        let anchor = self.kind.anchor(&entry);
        let image = match &anchor {
            None => Ok(Err(Unreadable {
                code: "import.anchor_missing",
                message: "its immutable id cannot be read".into(),
            })),
            Some(anchor) => {
                self.object(session, anchor.clone(), &dn, object_type, wanted, entry)
                    .await
            }
        };
        Ok(Some(match image? {
            Ok(object) => ImportEntry::Object(object),
            Err(why) => ImportEntry::ReadError(why.of(anchor, dn)),
        }))
    }

    async fn object(
        &self,
        session: &mut Session,
        anchor: Anchor,
        dn: &str,
        object_type: &str,
        wanted: &[Wanted],
        mut entry: RawEntry,
    ) -> Result<Result<ImportObject, Unreadable>, Fault> {
        let Ok(name) = dn.parse::<Dn>() else {
            return Ok(Err(Unreadable {
                code: "import.name_unreadable",
                message: "its name is not a distinguished name".into(),
            }));
        };
        let lookup = self
            .kind
            .direct_name(&ObjectName::Anchor(anchor.clone()))
            .unwrap_or_else(|| dn.to_owned());
        let mut object = ImportObject {
            anchor,
            dn: name,
            object_type: object_type.to_owned(),
            attrs: Vec::new(),
            refs: Vec::new(),
        };
        for wanted in wanted {
            let info = match wanted {
                Wanted::Attr(info) => info,
                Wanted::Flag(flag) => {
                    let control = entry.first(flags::ATTR).and_then(flags::parse);
                    let value = control.and_then(|control| Values::one(flag.value(control)));
                    object
                        .attrs
                        .extend(value.map(|value| (AttrName::new(flag.name), value)));
                    continue;
                }
            };
            let Some(raw) = take(&mut entry, info) else {
                continue;
            };
            let extended = self.kind.extended_names();
            let Some(values) = range::complete(session, &lookup, raw, extended).await? else {
                return Ok(Err(Unreadable {
                    code: "import.value_set_incomplete",
                    message: format!(
                        "the directory sent only a part of the values of {} and the rest could not be read",
                        info.name
                    ),
                }));
            };
            match self.values(info, &values) {
                Ok(Read::Values(Some(values))) => object.attrs.push((info.name.clone(), values)),
                Ok(Read::Refs(refs)) if !refs.is_empty() => {
                    object.refs.push((info.name.clone(), refs));
                }
                Ok(_) => {}
                Err(why) => return Ok(Err(why)),
            }
        }
        object.attrs.sort_by(|a, b| a.0.cmp(&b.0));
        object.refs.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Ok(object))
    }

    /// The values of one attribute.
    pub fn values(&self, info: &AttrInfo, octets: &[Vec<u8>]) -> Result<Read, Unreadable> {
        let unreadable = |why: String| Unreadable {
            code: "import.value_unreadable",
            message: format!("a value of {} is not readable: {why}", info.name),
        };
        if info.syntax == Syntax::Name {
            return octets
                .iter()
                .filter(|octets| {
                    self.kind != DirectoryKind::OpenLdap || !stand_in::is_nobody(octets)
                })
                .map(|octets| {
                    std::str::from_utf8(octets)
                        .ok()
                        .and_then(|text| ExtendedDn::parse(text).object_name())
                        .ok_or_else(|| unreadable("it is not a distinguished name".into()))
                })
                .collect::<Result<_, _>>()
                .map(Read::Refs);
        }
        let values = octets
            .iter()
            .filter_map(|octets| info.syntax.read(octets).transpose())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Read::Values(Values::new(values)))
    }
}

/// The values of one attribute, or the objects it refers to.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// Values; `None` when there are none.
    Values(Option<Values>),
    /// References.
    Refs(Vec<ObjectName>),
}

impl Unreadable {
    /// The error entry of this object.
    pub fn of(self, anchor: Option<Anchor>, dn: String) -> ReadError {
        ReadError {
            message: format!(
                "\"{dn}\" could not be read: {}. It is left as it was; correct the object in the directory.",
                self.message
            ),
            anchor,
            dn: Some(dn),
            code: self.code.into(),
        }
    }
}

/// The attribute, moved out of the entry: of an empty one and one with values, the latter.
fn take(entry: &mut RawEntry, info: &AttrInfo) -> Option<RawAttr> {
    let mut found: Option<RawAttr> = None;
    for attr in &mut entry.attrs {
        if attr.name.eq_ignore_ascii_case(info.name.as_str())
            && found.as_ref().is_none_or(|known| known.values.is_empty())
        {
            found = Some(RawAttr {
                name: attr.name.clone(),
                range: attr.range,
                values: std::mem::take(&mut attr.values),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use syncline_model::value::Value;

    use super::*;

    fn info(name: &str, syntax: Syntax) -> AttrInfo {
        AttrInfo {
            name: name.into(),
            syntax,
            multi: true,
        }
    }

    fn read(syntax: Syntax, octets: &[&[u8]]) -> Result<Read, Unreadable> {
        let selection = Selection::default();
        let images = Images {
            kind: DirectoryKind::ActiveDirectory,
            selection: &selection,
        };
        let octets: Vec<Vec<u8>> = octets.iter().map(|o| o.to_vec()).collect();
        images.values(&info("x", syntax), &octets)
    }

    #[test]
    fn references_are_ids_where_the_directory_gives_them() {
        let sent = b"<GUID=ccff9e05-fd4e-4cd6-addc-bf21930afd69>;<SID=S-1-5-32-544>;CN=a,DC=x";

        let Read::Refs(refs) = read(Syntax::Name, &[sent, b"CN=b,DC=x"]).unwrap() else {
            panic!("references expected");
        };

        assert!(matches!(&refs[0], ObjectName::Anchor(Anchor::Guid(_))));
        assert_eq!(refs[1], ObjectName::Dn("CN=b,DC=x".parse().unwrap()));
    }

    #[test]
    fn one_bad_value_makes_the_object_unreadable() {
        let why = read(Syntax::Text, &[b"good", b"\xff"]).unwrap_err();

        let error = why.of(None, "CN=a".into());

        assert_eq!(error.code, "import.value_unreadable");
        assert!(error.message.contains("UTF-8"), "{}", error.message);
        assert!(read(Syntax::Name, &[b"not a name"]).is_err());
    }

    #[test]
    fn values_are_a_set_without_the_empty_ones() {
        let values = read(Syntax::Text, &[b"b", b"", b"a", b"b"]).unwrap();

        let expected = Values::new([Value::text("a"), Value::text("b")]);
        assert_eq!(values, Read::Values(expected));
        assert_eq!(read(Syntax::Text, &[b""]).unwrap(), Read::Values(None));
    }
}
