//! Every write that a client asked for, with what the directory answered: JSON lines.

use crate::{
    ber::{Malformed, OCTETS, Reader},
    body::{Entry, ModifyRequest},
    message::{Message, op},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// One write request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Its number, in the order of the answers.
    pub sequence: u64,
    /// The name its connection was bound with.
    pub bound_as: String,
    /// The entry.
    pub dn: String,
    /// What was asked.
    #[serde(flatten)]
    pub operation: WriteOperation,
    /// The result code; 0 is success. Refusals of the proxy itself carry 51 or 52.
    pub code: i64,
    /// The directory's diagnostic text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// The four kinds of writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum WriteOperation {
    /// An entry was added.
    Add {
        /// Its attributes.
        attributes: BTreeMap<String, Vec<Value>>,
    },
    /// An entry was changed.
    Modify {
        /// The changes in order.
        changes: Vec<Change>,
    },
    /// An entry was renamed or moved.
    ModifyDn {
        /// Its new relative name.
        new_rdn: String,
        /// Its new parent, when it was moved.
        new_parent: Option<String>,
    },
    /// An entry was deleted.
    Delete,
}

/// One change of a modify request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `add`, `delete`, `replace` or `increment`.
    pub kind: String,
    /// The attribute.
    pub attribute: String,
    /// The values.
    pub values: Vec<Value>,
}

/// A value: text where it is UTF-8, `{"$b64": …}` where it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// UTF-8 text.
    Text(String),
    /// Anything else.
    Binary {
        /// The value in base64.
        #[serde(rename = "$b64")]
        base64: String,
    },
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(
            |error| Self::Binary {
                base64: STANDARD.encode(error.as_bytes()),
            },
            Self::Text,
        )
    }
}

/// Reads what a write request asks for: the entry and the operation.
pub(crate) fn describe(request: &Message) -> Result<(String, WriteOperation), Malformed> {
    let values = |values: Vec<Vec<u8>>| values.into_iter().map(Value::from).collect();
    Ok(match request.tag {
        op::ADD => {
            let Entry { dn, attributes } = Entry::decode(&request.content)?;
            let attributes = attributes
                .into_iter()
                .map(|(name, list)| (name, values(list)))
                .collect();
            (dn, WriteOperation::Add { attributes })
        }
        op::MODIFY => {
            let ModifyRequest { dn, changes } = ModifyRequest::decode(&request.content)?;
            let change = |change: crate::body::Modification| Change {
                kind: ["add", "delete", "replace"]
                    .get(change.kind as usize)
                    .unwrap_or(&"increment")
                    .to_string(),
                attribute: change.attribute.0,
                values: values(change.attribute.1),
            };
            (
                dn,
                WriteOperation::Modify {
                    changes: changes.into_iter().map(change).collect(),
                },
            )
        }
        op::MODIFY_DN => {
            let mut reader = Reader::new(&request.content);
            let (dn, new_rdn) = (reader.text(OCTETS)?, reader.text(OCTETS)?);
            reader.boolean()?;
            let new_parent = if reader.is_empty() {
                None
            } else {
                Some(reader.text(0x80)?)
            };
            (
                dn,
                WriteOperation::ModifyDn {
                    new_rdn,
                    new_parent,
                },
            )
        }
        _ => (
            String::from_utf8_lossy(&request.content).into_owned(),
            WriteOperation::Delete,
        ),
    })
}

/// The record, in memory and, when asked for, in a file.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    writes: Mutex<Vec<Write>>,
    file: Option<File>,
}

impl Recorder {
    pub(crate) fn open(file: Option<&Path>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        Ok(Self {
            writes: Mutex::default(),
            file: file.map(open).transpose()?,
        })
    }

    pub(crate) fn append(
        &self,
        bound_as: String,
        (dn, operation): (String, WriteOperation),
        answer: (i64, String),
    ) {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let (code, message) = answer;
        let write = Write {
            sequence: writes.len() as u64 + 1,
            bound_as,
            dn,
            operation,
            code,
            message,
        };
        if let Some(mut file) = self.file.as_ref() {
            let mut line =
                serde_json::to_vec(&write).expect("a record has no maps with other keys than text");
            line.push(b'\n');
            // One call a line, under the lock: lines stay whole. A full disk must not stop the directory.
            if let Err(error) = file.write_all(&line) {
                eprintln!("syncline-ldap-proxy: the record could not be written: {error}");
            }
        }
        writes.push(write);
    }

    pub(crate) fn writes(&self) -> Vec<Write> {
        self.writes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_from_its_line() {
        let write = Write {
            sequence: 3,
            bound_as: "svc@contoso.test".to_owned(),
            dn: "CN=A".to_owned(),
            operation: WriteOperation::Add {
                attributes: BTreeMap::from([(
                    "photo".to_owned(),
                    vec![vec![0xff, 1].into(), b"x".to_vec().into()],
                )]),
            },
            code: 0,
            message: String::new(),
        };

        let line = serde_json::to_string(&write).unwrap();

        assert!(
            line.contains(r#""op":"add""#) && line.contains(r#"{"$b64":"/wE="}"#),
            "{line}"
        );
        assert_eq!(serde_json::from_str::<Write>(&line).unwrap(), write);
    }

    #[test]
    fn a_move_is_described_with_its_new_parent() {
        use crate::ber::Writer;
        let content = Writer::build(|out| {
            out.element(OCTETS, b"CN=A,OU=X");
            out.element(OCTETS, b"CN=B");
            out.boolean(true);
            out.element(0x80, b"OU=Y");
        });

        let described = describe(&Message::new(op::MODIFY_DN, content)).unwrap();

        let operation = WriteOperation::ModifyDn {
            new_rdn: "CN=B".to_owned(),
            new_parent: Some("OU=Y".to_owned()),
        };
        assert_eq!(described, ("CN=A,OU=X".to_owned(), operation));
    }
}
