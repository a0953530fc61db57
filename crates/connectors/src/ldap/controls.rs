//! The LDAP controls that Active Directory needs and the library does not have.
//!
//! Invariants: request values are byte for byte what Microsoft's protocol documents ([MS-ADTS] 3.1.1.3.4)
//! describe; a response control that does not parse counts as not answered, never as "no more pages".

use ldap3::controls::{Control, RawControl};

use super::ber::{self, OCTETS, Reader};

const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
const DIR_SYNC: &str = "1.2.840.113556.1.4.841";
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
const EXTENDED_DN: &str = "1.2.840.113556.1.4.529";
const PERMISSIVE_MODIFY: &str = "1.2.840.113556.1.4.1413";
const NOTIFICATION: &str = "1.2.840.113556.1.4.528";

/// LDAP_DIRSYNC_INCREMENTAL_VALUES: a changed reference attribute comes as the values added and removed.
const INCREMENTAL_VALUES: i32 = i32::MIN;
/// What a DirSync answer may weigh. Windows keeps to it; Samba answers in one piece.
const DIR_SYNC_BYTES_MAX: i32 = 4 << 20;

fn control(oid: &str, critical: bool, value: Option<Vec<u8>>) -> RawControl {
    RawControl {
        ctype: oid.to_owned(),
        crit: critical,
        val: value,
    }
}

/// At most `size` entries, from where `cookie` says; an empty cookie starts.
pub fn paged(size: u32, cookie: &[u8]) -> RawControl {
    let size = i32::try_from(size).unwrap_or(i32::MAX);
    let value = ber::sequence(&[ber::integer(size), ber::element(OCTETS, cookie)]);
    control(PAGED_RESULTS, true, Some(value))
}

/// The cookie of the next page, empty after the last one; `None` when the server did not answer the control.
pub fn paged_answer(controls: &[Control]) -> Option<Vec<u8>> {
    let mut value = Reader::new(value_of(controls, PAGED_RESULTS)?).sequence()?;
    value.integer()?;
    value.content(OCTETS).map(<[u8]>::to_vec)
}

/// Changes since `cookie`, reference attributes value by value; an empty cookie is the beginning.
pub fn dir_sync(cookie: &[u8]) -> RawControl {
    let value = ber::sequence(&[
        ber::integer(INCREMENTAL_VALUES),
        ber::integer(DIR_SYNC_BYTES_MAX),
        ber::element(OCTETS, cookie),
    ]);
    control(DIR_SYNC, true, Some(value))
}

/// What the server says at the end of one DirSync round.
#[derive(Debug, PartialEq, Eq)]
pub struct DirSyncAnswer {
    /// Whether another round is needed.
    pub more: bool,
    /// Where it, or the next delta, starts.
    pub cookie: Vec<u8>,
}

/// The answer of a DirSync round; `None` when the server did not answer the control.
pub fn dir_sync_answer(controls: &[Control]) -> Option<DirSyncAnswer> {
    let mut value = Reader::new(value_of(controls, DIR_SYNC)?).sequence()?;
    let more = value.integer()? != 0;
    value.integer()?;
    let cookie = value.content(OCTETS)?.to_vec();
    Some(DirSyncAnswer { more, cookie })
}

/// Deleted objects, and the container they lie in, are found as well.
pub fn show_deleted() -> RawControl {
    control(SHOW_DELETED, true, None)
}

/// DNs come as `<GUID=…>;<SID=…>;dn`, GUIDs in their text form.
pub fn extended_dn() -> RawControl {
    control(EXTENDED_DN, true, Some(ber::sequence(&[ber::integer(1)])))
}

/// Values that are already there, or already gone, are no error (Windows; Samba accepts it and errs all the same).
pub fn permissive_modify() -> RawControl {
    control(PERMISSIVE_MODIFY, false, None)
}

/// The search answers with entries as they change and does not end.
pub fn notification() -> RawControl {
    control(NOTIFICATION, true, None)
}

fn value_of<'a>(controls: &'a [Control], oid: &str) -> Option<&'a [u8]> {
    controls
        .iter()
        .find(|control| control.1.ctype == oid)?
        .1
        .val
        .as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(oid: &str, value: Vec<u8>) -> Vec<Control> {
        vec![Control(None, control(oid, false, Some(value)))]
    }

    #[test]
    fn request_values_are_what_the_protocol_documents_say() {
        let value = |control: RawControl| control.val.unwrap();

        assert_eq!(value(paged(1000, b"")), [0x30, 6, 2, 2, 0x03, 0xe8, 4, 0],);
        assert_eq!(
            value(dir_sync(b"ab")),
            [
                0x30, 15, 2, 4, 0x80, 0, 0, 0, 2, 3, 0x40, 0, 0, 4, 2, b'a', b'b'
            ],
        );
        assert_eq!(value(extended_dn()), [0x30, 3, 2, 1, 1]);
        assert!(show_deleted().val.is_none() && show_deleted().crit);
    }

    #[test]
    fn a_dir_sync_answer_says_whether_more_follows() {
        let value = ber::sequence(&[
            ber::integer(1),
            ber::integer(0),
            ber::element(OCTETS, b"next"),
        ]);

        let answered = dir_sync_answer(&answer(DIR_SYNC, value));

        assert_eq!(
            answered,
            Some(DirSyncAnswer {
                more: true,
                cookie: b"next".to_vec()
            })
        );
    }

    #[test]
    fn a_damaged_or_missing_answer_is_not_the_last_page() {
        assert_eq!(paged_answer(&[]), None);
        assert_eq!(paged_answer(&answer(PAGED_RESULTS, vec![0x30, 9, 2])), None);
        assert_eq!(dir_sync_answer(&answer(DIR_SYNC, vec![])), None);
    }
}
