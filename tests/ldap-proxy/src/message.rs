//! LDAP messages: the envelope, and the inside of those that a manner looks at.

use crate::ber::{BOOLEAN, ENUMERATED, INTEGER, Malformed, OCTETS, Reader, SEQUENCE, SET, Writer};

type Result<T> = std::result::Result<T, Malformed>;

/// Identifier octets of the operations.
#[allow(missing_docs)]
pub mod op {
    pub const BIND: u8 = 0x60;
    pub const BIND_RESPONSE: u8 = 0x61;
    pub const UNBIND: u8 = 0x42;
    pub const SEARCH: u8 = 0x63;
    pub const ENTRY: u8 = 0x64;
    pub const DONE: u8 = 0x65;
    pub const REFERENCE: u8 = 0x73;
    pub const MODIFY: u8 = 0x66;
    pub const ADD: u8 = 0x68;
    pub const DELETE: u8 = 0x4a;
    pub const MODIFY_DN: u8 = 0x6c;
    pub const ABANDON: u8 = 0x50;
    pub const INTERMEDIATE: u8 = 0x79;
}

/// Object identifiers of the controls that a manner looks at.
#[allow(missing_docs)]
pub mod oid {
    pub const PAGED: &str = "1.2.840.113556.1.4.319";
    pub const DIRSYNC: &str = "1.2.840.113556.1.4.841";
    pub const NOTIFICATION: &str = "1.2.840.113556.1.4.528";
    pub const PERMISSIVE_MODIFY: &str = "1.2.840.113556.1.4.1413";
    pub const EXTENDED_DN: &str = "1.2.840.113556.1.4.529";
}

/// Result codes that the proxy itself gives or looks for.
#[allow(missing_docs)]
pub mod code {
    pub const SUCCESS: i64 = 0;
    pub const SIZE_LIMIT_EXCEEDED: i64 = 4;
    pub const ADMIN_LIMIT_EXCEEDED: i64 = 11;
    pub const NO_SUCH_ATTRIBUTE: i64 = 16;
    pub const ATTRIBUTE_OR_VALUE_EXISTS: i64 = 20;
    pub const BUSY: i64 = 51;
    pub const UNAVAILABLE: i64 = 52;
    pub const UNWILLING: i64 = 53;
    pub const ENTRY_EXISTS: i64 = 68;
}

/// An LDAP message: number, operation, controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The message id.
    pub id: i32,
    /// The identifier octet of the operation.
    pub tag: u8,
    /// The content of the operation.
    pub content: Vec<u8>,
    /// The controls.
    pub controls: Vec<Control>,
}

/// A control of a request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its object identifier.
    pub oid: String,
    /// Whether the server must refuse what it does not know.
    pub critical: bool,
    /// Its value.
    pub value: Option<Vec<u8>>,
}

impl Message {
    /// A message without controls.
    #[must_use]
    pub fn new(tag: u8, content: Vec<u8>) -> Self {
        Self {
            id: 0,
            tag,
            content,
            controls: Vec::new(),
        }
    }

    /// The same message with a control.
    #[must_use]
    pub fn with(mut self, oid: &str, critical: bool, value: Option<Vec<u8>>) -> Self {
        self.controls.push(Control {
            oid: oid.to_owned(),
            critical,
            value,
        });
        self
    }

    /// The control with this object identifier.
    #[must_use]
    pub fn control(&self, oid: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.oid == oid)
    }

    /// Reads one whole message.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut envelope = Reader::new(bytes).enter(SEQUENCE)?;
        let id = i32::try_from(envelope.integer(INTEGER)?)
            .map_err(|_| Malformed("a message id is too large"))?;
        let operation = envelope.element()?;
        let mut message = Self {
            id,
            ..Self::new(operation.tag, operation.content.to_vec())
        };
        if envelope.peek() == Some(0xa0) {
            let mut controls = envelope.enter(0xa0)?;
            while !controls.is_empty() {
                let mut control = controls.enter(SEQUENCE)?;
                let oid = control.text(OCTETS)?;
                let critical = control.peek() == Some(BOOLEAN) && control.boolean()?;
                let value = if control.is_empty() {
                    None
                } else {
                    Some(control.expect(OCTETS)?.to_vec())
                };
                message.controls.push(Control {
                    oid,
                    critical,
                    value,
                });
            }
        }
        Ok(message)
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        Writer::build(|out| {
            out.nested(SEQUENCE, |out| {
                out.integer(INTEGER, self.id.into());
                out.element(self.tag, &self.content);
                if self.controls.is_empty() {
                    return;
                }
                out.nested(0xa0, |out| {
                    for control in &self.controls {
                        out.nested(SEQUENCE, |out| {
                            out.element(OCTETS, control.oid.as_bytes());
                            if control.critical {
                                out.boolean(true);
                            }
                            if let Some(value) = &control.value {
                                out.element(OCTETS, value);
                            }
                        });
                    }
                });
            });
        })
    }

    /// A result (of any operation whose answer has this tag).
    #[must_use]
    pub fn result(tag: u8, code: i64, text: &str) -> Self {
        let content = Writer::build(|out| {
            out.integer(ENUMERATED, code);
            out.element(OCTETS, b"");
            out.element(OCTETS, text.as_bytes());
        });
        Self::new(tag, content)
    }

    /// Code and diagnostic text, when this message is a result.
    pub fn as_result(&self) -> Result<(i64, String)> {
        let mut reader = Reader::new(&self.content);
        let code = reader.integer(ENUMERATED)?;
        reader.expect(OCTETS)?;
        Ok((code, reader.text(OCTETS)?))
    }
}

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
    fn a_message_with_controls_reads_back() {
        let message = SearchRequest::new("DC=contoso,DC=test", 2, &["member;range=0-*", "cn"])
            .to_message()
            .with(oid::PAGED, true, Some(vec![0x30, 5, 2, 1, 10, 4, 0]))
            .with(oid::NOTIFICATION, false, None);
        let message = Message { id: 77, ..message };

        let read = Message::decode(&message.encode()).unwrap();

        assert_eq!(read, message);
        assert_eq!(
            SearchRequest::decode(&read.content).unwrap().attributes,
            ["member;range=0-*", "cn"]
        );
    }

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

    #[test]
    fn a_result_says_its_code_and_text() {
        let result = Message::result(op::DONE, code::BUSY, "00002024: busy");

        assert_eq!(result.as_result(), Ok((51, "00002024: busy".to_owned())));
    }
}
