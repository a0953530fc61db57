//! Writes, with permissive modify honoured: what is there already is not added, what is gone is not removed.
//!
//! Samba accepts the control and refuses all the same. The proxy then reads the entry, leaves out
//! what would change nothing and sends the rest, as one request: it stays all or nothing.

use crate::{
    ber::{INTEGER, SEQUENCE, Writer},
    body::{Modification, ModifyRequest, SearchRequest},
    connection::{Connection, answer_tag},
    message::{Message, code, oid, op},
    upstream::Gone,
};
use std::collections::HashSet;

/// Carries out one write; answers what the client is to be told.
pub(crate) async fn carry_out(connection: &Connection, request: &Message) -> Result<Message, Gone> {
    let answer = connection.upstream.ask(request).await?;
    let permissive = request.tag == op::MODIFY
        && request.control(oid::PERMISSIVE_MODIFY).is_some()
        && connection.manners().permissive_modify;
    let refused_as_noop = matches!(
        answer.as_result(),
        Ok((
            code::NO_SUCH_ATTRIBUTE
                | code::ATTRIBUTE_OR_VALUE_EXISTS
                | code::UNWILLING
                | code::ENTRY_EXISTS,
            _
        ))
    );
    let Ok(asked) = ModifyRequest::decode(&request.content) else {
        return Ok(answer);
    };
    if !permissive || !refused_as_noop {
        return Ok(answer);
    }
    let Some(current) = read_current(connection, &asked).await? else {
        return Ok(answer);
    };
    let reduced = leave_out(&asked, &current);
    if reduced == asked {
        return Ok(answer);
    }
    if reduced.changes.is_empty() {
        return Ok(Message::result(answer_tag(op::MODIFY), code::SUCCESS, ""));
    }
    connection
        .upstream
        .ask(&Message {
            controls: request.controls.clone(),
            ..reduced.to_message()
        })
        .await
}

/// The entry's values, as `(attribute, value)` in the forms that a request may name them by.
type Current = HashSet<(String, Vec<u8>)>;

async fn read_current(
    connection: &Connection,
    asked: &ModifyRequest,
) -> Result<Option<Current>, Gone> {
    let names: Vec<&str> = asked
        .changes
        .iter()
        .map(|change| change.attribute.0.as_str())
        .collect();
    // Linked objects come with their GUID and SID, because a request may name them by those.
    let extended = Writer::build(|out| out.nested(SEQUENCE, |out| out.integer(INTEGER, 1)));
    let request = SearchRequest::new(&asked.dn, 0, &names).to_message();
    let (entries, _) = connection
        .upstream
        .search(&request.with(oid::EXTENDED_DN, true, Some(extended)))
        .await?;
    let Some(entry) = entries.into_iter().next() else {
        return Ok(None);
    };
    let mut current = Current::new();
    for (name, values) in entry.attributes {
        let name = name.to_lowercase();
        for value in values {
            current.extend(forms(&value).into_iter().map(|form| (name.clone(), form)));
        }
    }
    Ok(Some(current))
}

/// `<GUID=…>;<SID=…>;CN=…` is known by each of its parts; any other value by itself, without case.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    match std::str::from_utf8(value) {
        Ok(text) if text.starts_with("<GUID=") => text
            .splitn(3, ';')
            .map(|part| part.to_lowercase().into_bytes())
            .collect(),
        Ok(text) => vec![text.to_lowercase().into_bytes()],
        Err(_) => vec![value.to_vec()],
    }
}

/// The request without what would change nothing.
fn leave_out(asked: &ModifyRequest, current: &Current) -> ModifyRequest {
    let changes = asked.changes.iter().filter_map(|change| {
        let (name, values) = &change.attribute;
        let name_lower = name.to_lowercase();
        let there = |value: &Vec<u8>| {
            forms(value)
                .into_iter()
                .any(|form| current.contains(&(name_lower.clone(), form)))
        };
        let kept: Vec<Vec<u8>> = match change.kind {
            0 => values
                .iter()
                .filter(|value| !there(value))
                .cloned()
                .collect(),
            1 if values.is_empty() => {
                return current
                    .iter()
                    .any(|(attribute, _)| *attribute == name_lower)
                    .then(|| change.clone());
            }
            1 => values
                .iter()
                .filter(|value| there(value))
                .cloned()
                .collect(),
            _ => return Some(change.clone()),
        };
        (!kept.is_empty()).then(|| Modification {
            kind: change.kind,
            attribute: (name.clone(), kept),
        })
    });
    ModifyRequest {
        dn: asked.dn.clone(),
        changes: changes.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: i64, name: &str, values: &[&str]) -> Modification {
        Modification {
            kind,
            attribute: (
                name.to_owned(),
                values
                    .iter()
                    .map(|value| value.as_bytes().to_vec())
                    .collect(),
            ),
        }
    }

    #[test]
    fn only_what_changes_something_is_left() {
        let member = b"<GUID=0b1ec700-0001-4000-8000-000000000000>;<SID=S-1-5-21-1>;CN=Ada,DC=x";
        let current: Current = forms(member)
            .into_iter()
            .map(|form| ("member".to_owned(), form))
            .chain([("title".to_owned(), b"countess".to_vec())])
            .collect();
        let reduced = |changes: Vec<Modification>| {
            leave_out(
                &ModifyRequest {
                    dn: "CN=G".to_owned(),
                    changes,
                },
                &current,
            )
            .changes
        };

        assert_eq!(
            reduced(vec![change(0, "member", &["cn=ada,dc=x", "CN=Ben,DC=x"])]),
            [change(0, "member", &["CN=Ben,DC=x"])]
        );
        assert_eq!(
            reduced(vec![change(
                0,
                "Member",
                &["<GUID=0B1EC700-0001-4000-8000-000000000000>"]
            )]),
            []
        );
        assert_eq!(reduced(vec![change(1, "member", &["CN=Ben,DC=x"])]), []);
        assert_eq!(
            reduced(vec![change(1, "member", &["<SID=S-1-5-21-1>"])]).len(),
            1
        );
        assert_eq!(
            reduced(vec![change(1, "info", &[]), change(1, "title", &[])]),
            [change(1, "title", &[])]
        );
        assert_eq!(reduced(vec![change(2, "title", &["Countess"])]).len(), 1);
    }
}
