//! `/v1/import`: pages as fast as the runner takes them.
//!
//! Invariants: secrets are refused by name before the directory is asked; a page is cut to frames that
//! fit; an entry too large for a frame is a read error of its object, never silently left out.

use bytes::Bytes;
use syncline_connectors::contract::{Fault, ImportPage, PageSink};
use syncline_model::AttrName;
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportRequest, ReadError};
use syncline_wire::link::frame::MESSAGE_BYTES_MAX;
use syncline_wire::link::{Frame, FrameKind, Message};

use super::body::{Answer, Gone, Questions};
use crate::agent::Agent;
use crate::policy::never;

/// Entries are gathered in frames of about this size.
const FRAME_BYTES: usize = 128 * 1024;

pub(super) async fn import(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let request: ImportRequest = questions.one().await?;
    no_secrets(request.types.iter().flat_map(|(_, attrs)| attrs))?;
    agent.directory.identity().await?;
    let connector = agent.directory.connector()?;
    let (sink, mut pages) = PageSink::channel();
    let reading = connector.import(request, sink);
    let sending = async {
        while let Some(page) = pages.recv().await {
            send(answer, page.entries).await?;
        }
        Ok::<_, Gone>(())
    };
    // Both, so that the last pages are sent before the end is; a caller that left ends the reading.
    let (end, sent) = futures::future::join(reading, sending).await;
    sent?;
    let end = end.map_err(|fault| agent.directory.noted(fault))?;
    answer.end(&end).await?;
    Ok(())
}

/// Refuses a request that names an attribute that is never read.
pub(super) fn no_secrets<'a>(attrs: impl Iterator<Item = &'a AttrName>) -> Result<(), Fault> {
    let mut secret = attrs.filter(|attr| never::is_never_read(attr.as_str()));
    match secret.next() {
        None => Ok(()),
        Some(attr) => {
            tracing::warn!(code = "agent.read_refused", %attr, "read refused: the attribute is never read");
            Err(Fault::new(
                "agent.read_refused",
                ErrorKind::PolicyRefused,
                format!("The agent never reads the attribute {attr}."),
                "Take the attribute out of the profile.",
            )
            .on_attr(attr.clone()))
        }
    }
}

/// Sends entries in frames of a good size.
async fn send(answer: &Answer, entries: Vec<ImportEntry>) -> Result<(), Gone> {
    let mut parts = vec![entries];
    while let Some(mut part) = parts.pop() {
        if part.is_empty() {
            continue;
        }
        let page = ImportPage { entries: part };
        let bytes: Bytes = page.to_wire();
        part = page.entries;
        if bytes.len() <= FRAME_BYTES || (part.len() == 1 && bytes.len() <= MESSAGE_BYTES_MAX) {
            answer.frame(Frame::encode(FrameKind::Item, &bytes)).await?;
        } else if let [entry] = part.as_slice() {
            parts.push(vec![too_large(entry)]);
        } else {
            // The later half waits below, so entries keep their order.
            let later = part.split_off(part.len() / 2);
            parts.push(later);
            parts.push(part);
        }
    }
    Ok(())
}

fn too_large(entry: &ImportEntry) -> ImportEntry {
    let (anchor, dn) = match entry {
        ImportEntry::Object(object) => (Some(object.anchor.clone()), Some(object.dn.to_string())),
        ImportEntry::Change(change) => (Some(change.anchor.clone()), None),
        ImportEntry::Deleted(anchor) => (Some(anchor.clone()), None),
        ImportEntry::ReadError(error) => (error.anchor.clone(), None),
    };
    ImportEntry::ReadError(ReadError {
        anchor,
        dn,
        code: "import.entry_too_large".into(),
        message: "The object holds more than the agent can send at once.".into(),
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use syncline_model::import::ImportObject;
    use syncline_model::{Anchor, Value, Values};
    use syncline_wire::link::Decoder;

    use super::super::body;
    use super::*;

    fn object(n: u32, bytes: usize) -> ImportEntry {
        let mut guid = [0; 16];
        guid[..4].copy_from_slice(&n.to_be_bytes());
        ImportEntry::Object(ImportObject {
            anchor: Anchor::Guid(guid),
            dn: format!("CN=o{n},DC=x").parse().unwrap(),
            object_type: "user".into(),
            attrs: vec![(
                "blob".into(),
                Values::one(Value::Bytes(vec![7; bytes].into())).unwrap(),
            )],
            refs: vec![],
        })
    }

    async fn sent(entries: Vec<ImportEntry>) -> Vec<Vec<ImportEntry>> {
        let (answer, body) = body::channel();
        let (collected, result) = futures::future::join(body.collect(), async {
            let result = send(&answer, entries).await;
            drop(answer);
            result
        })
        .await;
        assert!(result.is_ok());
        let mut decoder = Decoder::default();
        decoder.push(&collected.unwrap().to_bytes());
        let mut pages = Vec::new();
        while let Some(frame) = decoder.next_frame().unwrap() {
            pages.push(ImportPage::from_wire(frame.message).unwrap().entries);
        }
        pages
    }

    #[tokio::test]
    async fn a_large_page_becomes_several_frames_in_the_same_order() {
        let entries: Vec<_> = (0..100).map(|n| object(n, 10_000)).collect();

        let pages = sent(entries.clone()).await;

        assert!(pages.len() >= 8, "{}", pages.len());
        assert_eq!(pages.concat(), entries);
    }

    #[tokio::test]
    async fn an_entry_too_large_for_a_frame_is_a_read_error_of_its_object() {
        let pages = sent(vec![
            object(1, 10),
            object(2, MESSAGE_BYTES_MAX + 1),
            object(3, 10),
        ])
        .await;

        let entries = pages.concat();
        assert_eq!(entries.len(), 3);
        assert!(matches!(
            &entries[1],
            ImportEntry::ReadError(error) if error.code == "import.entry_too_large" && error.anchor.is_some()
        ));
    }

    #[test]
    fn secrets_are_refused_whatever_the_spelling() {
        let ask = |attr: &str| no_secrets([AttrName::new(attr)].iter());

        assert!(ask("displayName").is_ok());
        for secret in [
            "ms-Mcs-AdmPwd",
            "MSLAPS-PASSWORD",
            "unicodePwd;binary",
            "msFVE-RecoveryPassword",
        ] {
            assert_eq!(
                ask(secret).unwrap_err().code,
                "agent.read_refused",
                "{secret}"
            );
        }
    }
}
