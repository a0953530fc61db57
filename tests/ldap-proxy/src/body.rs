//! The inside of the messages that a manner looks at: searches, entries, changes.

use crate::{
    ber::{ENUMERATED, INTEGER, Malformed, OCTETS, Reader, SEQUENCE, SET, Writer},
    message::{Message, op},
};

type Result<T> = std::result::Result<T, Malformed>;

/// A search request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// The base DN.
    pub base: String,
    /// 0 base, 1 one level, 2 subtree.
    pub scope: i64,
    /// How aliases are followed.
    pub aliases: i64,
    /// The client's size limit, 0 for none.
    pub size_limit: i64,
    /// The client's time limit, 0 for none.
    pub time_limit: i64,
    /// Names without values.
    pub types_only: bool,
    /// The filter, encoded.
    pub filter: Vec<u8>,
    /// The attributes asked for.
    pub attributes: Vec<String>,
}

/// `(objectClass=*)`, encoded.
#[must_use]
pub fn any_object() -> Vec<u8> {
    Writer::build(|out| out.element(0x87, b"objectClass"))
}

impl SearchRequest {
    /// A search for everything, without limits.
    #[must_use]
    pub fn new(base: &str, scope: i64, attributes: &[&str]) -> Self {
        Self {
            base: base.to_owned(),
            scope,
            aliases: 0,
            size_limit: 0,
            time_limit: 0,
            types_only: false,
            filter: any_object(),
            attributes: attributes.iter().map(ToString::to_string).collect(),
        }
    }

    /// Reads the content of a search request.
    pub fn decode(content: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(content);
        let base = reader.text(OCTETS)?;
        let scope = reader.integer(ENUMERATED)?;
        let aliases = reader.integer(ENUMERATED)?;
        let size_limit = reader.integer(INTEGER)?;
        let time_limit = reader.integer(INTEGER)?;
        let types_only = reader.boolean()?;
        let filter = reader.element()?.raw.to_vec();
        let mut names = reader.enter(SEQUENCE)?;
        let mut attributes = Vec::new();
        while !names.is_empty() {
            attributes.push(names.text(OCTETS)?);
        }
        Ok(Self {
            base,
            scope,
            aliases,
            size_limit,
            time_limit,
            types_only,
            filter,
            attributes,
        })
    }

    /// The request as a message.
    #[must_use]
    pub fn to_message(&self) -> Message {
        let content = Writer::build(|out| {
            out.element(OCTETS, self.base.as_bytes());
            out.integer(ENUMERATED, self.scope);
            out.integer(ENUMERATED, self.aliases);
            out.integer(INTEGER, self.size_limit);
            out.integer(INTEGER, self.time_limit);
            out.boolean(self.types_only);
            out.raw(&self.filter);
            out.nested(SEQUENCE, |out| {
                self.attributes
                    .iter()
                    .for_each(|name| out.element(OCTETS, name.as_bytes()));
            });
        });
        Message::new(op::SEARCH, content)
    }
}

/// A name and its values.
pub type Attribute = (String, Vec<Vec<u8>>);

/// A DN with attributes: a search result entry, or the content of an add request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The distinguished name.
    pub dn: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

impl Entry {
    /// Reads the content of a search result entry or an add request.
    pub fn decode(content: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(content);
        let dn = reader.text(OCTETS)?;
        let mut list = reader.enter(SEQUENCE)?;
        let mut attributes = Vec::new();
        while !list.is_empty() {
            attributes.push(read_attribute(&mut list)?);
        }
        Ok(Self { dn, attributes })
    }

    /// The values of an attribute, its name compared without case.
    #[must_use]
    pub fn values(&self, name: &str) -> &[Vec<u8>] {
        let found = self
            .attributes
            .iter()
            .find(|(attribute, _)| attribute.eq_ignore_ascii_case(name));
        found.map_or(&[], |(_, values)| values)
    }

    /// The content of a search result entry or an add request.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        Writer::build(|out| {
            out.element(OCTETS, self.dn.as_bytes());
            out.nested(SEQUENCE, |out| {
                self.attributes
                    .iter()
                    .for_each(|attribute| write_attribute(out, attribute));
            });
        })
    }
}

/// One change of a modify request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modification {
    /// 0 add, 1 delete, 2 replace, 3 increment.
    pub kind: i64,
    /// What is changed.
    pub attribute: Attribute,
}

/// A modify request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifyRequest {
    /// The entry.
    pub dn: String,
    /// The changes, in order.
    pub changes: Vec<Modification>,
}

impl ModifyRequest {
    /// Reads the content of a modify request.
    pub fn decode(content: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(content);
        let dn = reader.text(OCTETS)?;
        let mut list = reader.enter(SEQUENCE)?;
        let mut changes = Vec::new();
        while !list.is_empty() {
            let mut change = list.enter(SEQUENCE)?;
            let kind = change.integer(ENUMERATED)?;
            changes.push(Modification {
                kind,
                attribute: read_attribute(&mut change)?,
            });
        }
        Ok(Self { dn, changes })
    }

    /// The request as a message.
    #[must_use]
    pub fn to_message(&self) -> Message {
        let content = Writer::build(|out| {
            out.element(OCTETS, self.dn.as_bytes());
            out.nested(SEQUENCE, |out| {
                for change in &self.changes {
                    out.nested(SEQUENCE, |out| {
                        out.integer(ENUMERATED, change.kind);
                        write_attribute(out, &change.attribute);
                    });
                }
            });
        });
        Message::new(op::MODIFY, content)
    }
}

fn read_attribute(list: &mut Reader<'_>) -> Result<Attribute> {
    let mut attribute = list.enter(SEQUENCE)?;
    let name = attribute.text(OCTETS)?;
    let mut set = attribute.enter(SET)?;
    let mut values = Vec::new();
    while !set.is_empty() {
        values.push(set.expect(OCTETS)?.to_vec());
    }
    Ok((name, values))
}

fn write_attribute(out: &mut Writer, (name, values): &Attribute) {
    out.nested(SEQUENCE, |out| {
        out.element(OCTETS, name.as_bytes());
        out.nested(SET, |out| {
            values.iter().for_each(|value| out.element(OCTETS, value))
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_changes_read_back() {
        let entry = Entry {
            dn: "CN=Łukasz,DC=x".to_owned(),
            attributes: vec![
                ("cn".to_owned(), vec!["Łukasz".into()]),
                ("member".to_owned(), Vec::new()),
            ],
        };
        let change = ModifyRequest {
            dn: entry.dn.clone(),
            changes: vec![Modification {
                kind: 2,
                attribute: ("title".to_owned(), vec![b"x".to_vec()]),
            }],
        };

        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
        assert_eq!(
            ModifyRequest::decode(&change.to_message().content),
            Ok(change)
        );
    }
}
