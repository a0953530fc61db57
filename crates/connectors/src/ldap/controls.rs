//! The LDAP controls that Active Directory and OpenLDAP need and the library does not have, or answers with a panic.
//!
//! Invariants: request values are byte for byte what Microsoft's protocol documents ([MS-ADTS] 3.1.1.3.4)
//! and RFC 4527 and 4528 describe; a response control that does not parse counts as not answered, never as "no more pages".

use ldap3::controls::{Control, RawControl};

use super::ber::{self, OCTETS, Reader};

const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
const DIR_SYNC: &str = "1.2.840.113556.1.4.841";
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
const EXTENDED_DN: &str = "1.2.840.113556.1.4.529";
const PERMISSIVE_MODIFY: &str = "1.2.840.113556.1.4.1413";
const NOTIFICATION: &str = "1.2.840.113556.1.4.528";
/// A condition on the object of a write (RFC 4528).
pub const ASSERTION: &str = "1.3.6.1.1.12";
/// The object as a write leaves it (RFC 4527).
pub const POST_READ: &str = "1.3.6.1.1.13.2";

/// Tag of the filter that compares one attribute with one value.
const EQUALITY_MATCH: u8 = 0xa3;
/// Tag of a search entry, in which a read-back comes.
const SEARCH_ENTRY: u8 = 0x64;
/// Universal tag of a SET.
const SET: u8 = 0x31;

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

/// The write happens only to the object with this id, whatever lies under the name by then.
pub fn only_if(entry_uuid: &str) -> RawControl {
    let comparison = [
        ber::element(OCTETS, b"entryUUID"),
        ber::element(OCTETS, entry_uuid.as_bytes()),
    ]
    .concat();
    let filter = ber::element(EQUALITY_MATCH, &comparison);
    control(ASSERTION, true, Some(filter))
}

/// The answer to an Add tells the new object's id.
pub fn read_back() -> RawControl {
    let value = ber::sequence(&[ber::element(OCTETS, b"entryUUID")]);
    control(POST_READ, false, Some(value))
}

/// The id that came with the answer to an Add; `None` when the server did not answer the control.
pub fn read_back_answer(controls: &[Control]) -> Option<&str> {
    let mut entry = Reader::new(value_of(controls, POST_READ)?);
    let mut entry = Reader::new(entry.content(SEARCH_ENTRY)?);
    entry.content(OCTETS)?;
    let mut attr = entry.sequence()?.sequence()?;
    let name = attr.content(OCTETS)?;
    let value = Reader::new(attr.content(SET)?).content(OCTETS)?;
    let is_id = name.eq_ignore_ascii_case(b"entryUUID");
    std::str::from_utf8(value).ok().filter(|_| is_id)
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
    fn a_write_can_be_held_to_one_object_and_tell_its_id() {
        let id = "ccff9e05-fd4e-4cd6-addc-bf21930afd69";
        let held = only_if("ab");
        let entry = [
            ber::element(OCTETS, b"cn=a"),
            ber::sequence(&[ber::sequence(&[
                ber::element(OCTETS, b"entryUUID"),
                ber::element(SET, &ber::element(OCTETS, id.as_bytes())),
            ])]),
        ]
        .concat();

        assert!(held.crit);
        assert_eq!(held.val.unwrap(), b"\xa3\x0f\x04\x09entryUUID\x04\x02ab");
        let told = answer(POST_READ, ber::element(SEARCH_ENTRY, &entry));
        assert_eq!(read_back_answer(&told), Some(id));
        assert_eq!(read_back_answer(&answer(POST_READ, entry)), None);
        assert_eq!(read_back_answer(&[]), None);
    }

    #[test]
    fn a_damaged_or_missing_answer_is_not_the_last_page() {
        assert_eq!(paged_answer(&[]), None);
        assert_eq!(paged_answer(&answer(PAGED_RESULTS, vec![0x30, 9, 2])), None);
        assert_eq!(dir_sync_answer(&answer(DIR_SYNC, vec![])), None);
    }
}
