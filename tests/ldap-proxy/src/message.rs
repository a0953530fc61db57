//! LDAP messages: the envelope, its controls, and results.

use crate::ber::{BOOLEAN, ENUMERATED, INTEGER, Malformed, OCTETS, Reader, SEQUENCE, Writer};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::SearchRequest;

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
    fn a_result_says_its_code_and_text() {
        let result = Message::result(op::DONE, code::BUSY, "00002024: busy");

        assert_eq!(result.as_result(), Ok((51, "00002024: busy".to_owned())));
    }
}
