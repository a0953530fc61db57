//! The audit chain: the form of an act that is hashed, and how a chain is checked.
//!
//! An act is one JSON object with its keys in byte order and no white space; its hash is SHA-256 over the previous
//! hash and these bytes, the first act's previous hash being 32 zero bytes. The text is stored as it was hashed,
//! so that anybody can check an exported chain with a JSON parser and SHA-256.
//!
//! Invariants: an act names things by id and holds no directory data; changing, leaving out, adding or
//! reordering a row breaks the chain from there on.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The hash before the first act.
pub const START: [u8; 32] = [0; 32];

/// Something that somebody did or tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who: a principal's id, `system`, or an agent's id.
    pub actor: String,
    /// What, such as `profile.update` or `what_if.approve`.
    pub action: String,
    /// On which thing: an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How it ended: `done`, or the code of the refusal.
    pub result: String,
    /// The request it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Ids, counts and hashes that explain it. Never values of a directory.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// An act in its place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1.
    pub seq: i64,
    /// The canonical JSON that is hashed.
    pub act: String,
    /// The hash of the act before.
    pub prev_hash: [u8; 32],
    /// Its own hash.
    pub hash: [u8; 32],
}

/// A chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit chain breaks at number {seq}: {what} (audit.chain_broken)")]
pub struct Broken {
    /// The first row that does not fit.
    pub seq: i64,
    /// How it does not fit.
    pub what: &'static str,
}

impl Act {
    /// The link of this act behind a given end of the chain named `chain`.
    pub fn link(&self, chain: &str, seq: i64, prev_hash: [u8; 32]) -> Link {
        let mut value = serde_json::to_value(self).expect("an act has text keys only");
        if let Value::Object(fields) = &mut value {
            fields.insert("chain".into(), chain.into());
            fields.insert("seq".into(), seq.into());
        }
        let mut act = String::with_capacity(200);
        canonical(&value, &mut act);
        let hash = hash(&prev_hash, &act);
        Link {
            seq,
            act,
            prev_hash,
            hash,
        }
    }
}

/// Checks consecutive links, given the number and hash before the first. Answers the number and hash of the last.
pub fn verify<'a>(
    mut seq: i64,
    mut head: [u8; 32],
    links: impl IntoIterator<Item = &'a Link>,
) -> Result<(i64, [u8; 32]), Broken> {
    for link in links {
        seq += 1;
        let broken = |what| Err(Broken { seq, what });
        if link.seq != seq {
            return broken("a number is missing or twice there");
        }
        if link.prev_hash != head {
            return broken("it does not follow the row before it");
        }
        if hash(&link.prev_hash, &link.act) != link.hash {
            return broken("its text is not what was hashed");
        }
        let numbered = serde_json::from_str::<Value>(&link.act)
            .is_ok_and(|act| act.get("seq").and_then(Value::as_i64) == Some(seq));
        if !numbered {
            return broken("its text carries another number");
        }
        head = link.hash;
    }
    Ok((seq, head))
}

fn hash(prev_hash: &[u8; 32], act: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(prev_hash)
        .chain_update(act.as_bytes())
        .finalize()
        .into()
}

/// Writes a value with sorted keys whatever map serde_json was built with.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                canonical(&fields[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(n: i64) -> Act {
        Act {
            at_ms: n,
            actor: "usr_1".into(),
            action: "profile.update".into(),
            target: Some("prf_2".into()),
            result: "done".into(),
            request_id: None,
            detail: serde_json::json!({"version": n, "b": [1, {"z": 1, "a": "x"}]}),
        }
    }

    fn chain() -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for n in 1..=4 {
            let prev = links.last().map_or(START, |link| link.hash);
            links.push(act(n).link("ten_1", n, prev));
        }
        links
    }

    #[test]
    fn the_form_has_sorted_keys_and_no_white_space() {
        assert_eq!(
            act(7).link("ten_1", 1, START).act,
            r#"{"action":"profile.update","actor":"usr_1","at_ms":7,"chain":"ten_1","detail":{"b":[1,{"a":"x","z":1}],"version":7},"result":"done","seq":1,"target":"prf_2"}"#
        );
    }

    #[test]
    fn a_whole_chain_verifies_and_can_be_continued() {
        let links = chain();

        let half = verify(0, START, &links[..2]).unwrap();

        assert_eq!(verify(half.0, half.1, &links[2..]), Ok((4, links[3].hash)));
    }

    #[test]
    fn a_change_a_gap_a_swap_and_a_forged_row_break_it() {
        let mut changed = chain();
        changed[1].act = changed[1].act.replace("usr_1", "usr_2");
        let mut gap = chain();
        gap.remove(2);
        let mut swapped = chain();
        swapped.swap(1, 2);
        let mut forged = chain();
        forged[3] = act(9).link("ten_1", 9, forged[2].hash);
        forged[3].seq = 4;

        for (links, at) in [(changed, 2), (gap, 3), (swapped, 2), (forged, 4)] {
            assert_eq!(verify(0, START, &links).unwrap_err().seq, at);
        }
    }
}
