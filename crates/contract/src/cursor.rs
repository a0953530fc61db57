//! Opaque cursors: the position in a list, authenticated together with the list it belongs to.
//!
//! Invariants: a cursor opens only under the key that sealed it and for the same scope (tenant, operation and
//! filter); a changed, foreign or cut cursor is refused and never reaches a query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::codes;
use crate::problem::Problem;

const MAC: usize = 16;

/// Seals `position` for the list that `scope` names.
pub fn seal(key: &[u8; 32], scope: &str, position: &str) -> String {
    let mut bytes = mac(key, scope, position.as_bytes()).to_vec();
    bytes.extend_from_slice(position.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position inside a cursor that was sealed for this list.
pub fn open(key: &[u8; 32], scope: &str, cursor: &str) -> Result<String, Problem> {
    let refuse = || {
        Problem::new(
            &codes::CURSOR_INVALID,
            "The cursor was not issued for this list and filter.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refuse())?;
    let (tag, position) = bytes.split_at_checked(MAC).ok_or_else(refuse)?;
    let expected = mac(key, scope, position);
    let equal = tag
        .iter()
        .zip(expected)
        .fold(0, |diff, (a, b)| diff | (a ^ b))
        == 0;
    if !equal {
        return Err(refuse());
    }
    String::from_utf8(position.to_vec()).map_err(|_| refuse())
}

fn mac(key: &[u8; 32], scope: &str, position: &[u8]) -> [u8; MAC] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"syncline cursor 1");
    hasher.update(&(scope.len() as u64).to_le_bytes());
    hasher.update(scope.as_bytes());
    hasher.update(position);
    let mut tag = [0; MAC];
    tag.copy_from_slice(&hasher.finalize().as_bytes()[..MAC]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_list_only() {
        let cursor = seal(&[7; 32], "ten_1 runs.list state=failed", "run_42");

        assert_eq!(
            open(&[7; 32], "ten_1 runs.list state=failed", &cursor).unwrap(),
            "run_42"
        );
        assert!(open(&[7; 32], "ten_2 runs.list state=failed", &cursor).is_err());
        assert!(open(&[8; 32], "ten_1 runs.list state=failed", &cursor).is_err());
    }

    #[test]
    fn a_changed_or_cut_cursor_is_refused() {
        let cursor = seal(&[7; 32], "list", "1");

        for bad in [
            "",
            "AAAA",
            "%%%",
            &cursor[..cursor.len() - 1],
            &format!("A{}", &cursor[1..]),
        ] {
            if bad != cursor {
                assert_eq!(
                    open(&[7; 32], "list", bad).unwrap_err().code(),
                    &codes::CURSOR_INVALID,
                    "{bad}"
                );
            }
        }
    }
}
