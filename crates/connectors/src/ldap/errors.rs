//! What a directory says when it refuses, in our words: stable code, kind, sentence, next step.
//!
//! Invariants: Active Directory's own eight-digit code at the start of the text decides before the
//! LDAP result code does; the directory's words are kept as evidence, which may quote values and is
//! never logged; what is not known by either code still gets an honest sentence.

use ldap3::result::LdapResult;
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

/// What a write was about when it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Creating an object.
    Add,
    /// Changing attributes.
    Modify,
    /// Renaming or moving.
    Move,
    /// Deleting.
    Delete,
}

/// Active Directory's own code: eight hex digits at the start of the text.
pub fn win32_code(text: &str) -> Option<u32> {
    let digits = text.get(..8)?;
    let ends = !text.as_bytes().get(8).is_some_and(u8::is_ascii_hexdigit);
    (ends && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The directory's own words, for whoever may see values.
pub fn evidence(result: &LdapResult) -> String {
    let text = result.text.trim_matches(['\0', ' ', '\n']);
    match text {
        "" => format!("rc {}", result.rc),
        _ => format!("rc {}, {text}", result.rc),
    }
}

/// Whether the directory asks to come back later.
pub fn is_busy(result: &LdapResult) -> bool {
    matches!(result.rc, 51 | 52)
}

/// Whether another object lies under the name by now, or none that can be told to be the one that is meant.
pub fn is_elsewhere(result: &LdapResult) -> bool {
    result.rc == 122
}

/// Whether the directory misses a mandatory value, or knows no such attribute on this kind of object.
pub fn breaks_schema(result: &LdapResult) -> bool {
    result.rc == 65
}

/// Whether the directory cannot tell the values of this attribute apart, and so cannot remove one.
pub fn cannot_compare(result: &LdapResult) -> bool {
    result.rc == 18
}

/// Whether a value to be added was there already, or one to be removed was not.
pub fn is_already_so(result: &LdapResult) -> bool {
    matches!(
        (win32_code(&result.text), result.rc),
        // Already a member, not a member; value exists, no such value.
        (Some(0x0528 | 0x0529 | 0x0561 | 0x0562 | 0x200a | 0x200d | 0x2083), _)
    ) || matches!(result.rc, 68 | 16 | 20)
        // Samba: "Attribute member already deleted for target GUID …", or "doesn't exist for target GUID …".
        || (result.rc == 53
            && (result.text.contains("already deleted")
                || result.text.contains("doesn't exist for target")))
}

/// Whether the object of a reference is what the directory did not find.
pub fn is_missing_target(result: &LdapResult) -> bool {
    matches!(win32_code(&result.text), Some(0x0525 | 0x20b5))
}

/// Whether the object that was to be changed or deleted is gone.
pub fn is_missing_object(result: &LdapResult) -> bool {
    result.rc == 32 && !is_missing_target(result)
}

/// A value that refers to an object which is not there, found before anything was sent.
pub fn no_such_target(attr: &AttrName) -> Fault {
    let (code, kind, why, next) = TARGET_MISSING;
    Fault::new(
        code,
        kind,
        format!("A reference in {attr} was not sent: {why}."),
        next,
    )
    .on_attr(attr.clone())
}

/// A value that refers to an object which is not there.
pub fn target_missing(dn: &str, result: &LdapResult) -> Fault {
    let (code, kind, why, next) = TARGET_MISSING;
    Fault::new(
        code,
        kind,
        format!("Changing \"{dn}\" was refused: {why}."),
        next,
    )
    .with_evidence(evidence(result))
}

/// A refused write of this object, as a fault of that object.
pub fn refusal(act: Act, dn: &str, result: &LdapResult) -> Fault {
    let (code, kind, why, next) = reason(act, result);
    let doing = match act {
        Act::Add => "Creating",
        Act::Modify => "Changing",
        Act::Move => "Renaming or moving",
        Act::Delete => "Deleting",
    };
    Fault::new(
        code,
        kind,
        format!("{doing} \"{dn}\" was refused: {why}."),
        next,
    )
    .with_evidence(evidence(result))
}

type Reason = (&'static str, ErrorKind, &'static str, &'static str);

fn reason(act: Act, result: &LdapResult) -> Reason {
    win32_code(&result.text)
        .and_then(|code| by_win32(act, code, &result.text))
        .or_else(|| by_words(result))
        .unwrap_or_else(|| by_result_code(act, result.rc))
}

/// Uniqueness is no part of LDAP: OpenLDAP's overlay and others refuse with a general code and say it in words.
fn by_words(result: &LdapResult) -> Option<Reason> {
    let text = result.text.to_ascii_lowercase();
    let says_unique = text.contains("not unique") || text.contains("same attribute value already");
    (result.rc == 19 && says_unique).then_some(VALUE_TAKEN)
}

const NAME_TAKEN: Reason = (
    "export.name_taken",
    ErrorKind::ObjectExists,
    "the directory says the name is taken",
    "Rename one of the two objects or change the naming rule.",
);
const VALUE_TAKEN: Reason = (
    "export.unique_value_taken",
    ErrorKind::MustBeUnique,
    "another object already holds a value that must be unique, such as the account name",
    "Find the object that holds it, or change the rule that makes the value.",
);
const PARENT_MISSING: Reason = (
    "export.parent_missing",
    ErrorKind::ParentMissing,
    "the container it is to lie in does not exist",
    "Create the container, or change the DN expression.",
);
const OBJECT_MISSING: Reason = (
    "export.object_missing",
    ErrorKind::ObjectMissing,
    "the object no longer exists",
    "Nothing to do: the next import finds out, and the rules decide.",
);
const TARGET_MISSING: Reason = (
    "export.reference_missing",
    ErrorKind::ConstraintViolation,
    "an object it is to refer to does not exist in this directory",
    "It is sent again when the other object exists; look at that object if it does not come.",
);
const DENIED: Reason = (
    "export.permission_denied",
    ErrorKind::Permission,
    "the sync account lacks the right",
    "Give the account write permission on that container and these attributes.",
);
const PASSWORD: Reason = (
    "export.password_required",
    ErrorKind::ConstraintViolation,
    "the account has no password that satisfies the domain's policy",
    "Set a password first, or leave the account disabled.",
);
const NOT_EMPTY: Reason = (
    "export.not_empty",
    ErrorKind::ConstraintViolation,
    "other objects lie below it",
    "Move or delete what lies below it first.",
);
const SCHEMA: Reason = (
    "export.schema_violation",
    ErrorKind::SchemaViolation,
    "the directory's schema does not allow one of its attributes on this kind of object, or a mandatory one is missing",
    "Compare the mapped attributes with the directory's schema and read the schema again.",
);
const BAD_VALUE: Reason = (
    "export.value_invalid",
    ErrorKind::InvalidValue,
    "a value has the wrong form, is too long or is out of range",
    "Correct the value at its source or in the rule.",
);
const CONSTRAINT: Reason = (
    "export.constraint_violation",
    ErrorKind::ConstraintViolation,
    "a value breaks a rule of the directory",
    "Read the directory's own words below and correct the value at its source or in the rule.",
);
const BAD_NAME: Reason = (
    "export.name_invalid",
    ErrorKind::InvalidDn,
    "the directory does not accept this name",
    "Correct the naming rule; special characters must go through Dn.Escape.",
);
const SINGLE_VALUE: Reason = (
    "export.value_exists",
    ErrorKind::MultiToSingle,
    "the attribute takes one value, or already holds this one",
    "Map a single value.",
);
const UNWILLING: Reason = (
    "export.unwilling",
    ErrorKind::ConstraintViolation,
    "the directory does not allow this change",
    "The attribute may be kept by the directory itself: take it out of the map, or read the directory's own words below.",
);
const MOVED: Reason = (
    "export.object_moved",
    ErrorKind::Busy,
    "it was renamed, moved or deleted while it was being written",
    "It is tried again under its new name.",
);
const REPLICA: Reason = (
    "export.replica",
    ErrorKind::ConstraintViolation,
    "this server is a copy that passes writes on to another one",
    "Give the agent the address of the server that takes writes.",
);
const UNKNOWN: Reason = (
    "export.refused",
    ErrorKind::ConstraintViolation,
    "the directory gave a reason that is not known here",
    "Read the directory's own words below.",
);

fn by_win32(act: Act, code: u32, text: &str) -> Option<Reason> {
    Some(match code {
        // Samba uses one code for a taken name and a taken account name, and says which in words.
        0x2071 if text.to_ascii_lowercase().contains("accountname") => VALUE_TAKEN,
        0x2071 => NAME_TAKEN,
        0x0524 | 0x0526 | 0x21c7 | 0x21c8 => VALUE_TAKEN,
        0x0525 | 0x20b5 => TARGET_MISSING,
        0x2030 | 0x208d if act == Act::Add => PARENT_MISSING,
        0x2095 if act == Act::Move => PARENT_MISSING,
        0x2030 | 0x208d => OBJECT_MISSING,
        0x0005 | 0x2098 => DENIED,
        0x052d | 0x0056 => PASSWORD,
        0x2015 => NOT_EMPTY,
        0x2014 | 0x207b | 0x207c | 0x207d | 0x2076 => SCHEMA,
        0x200b | 0x20b1 => BAD_VALUE,
        0x2081 => SINGLE_VALUE,
        0x2032 | 0x2080 => BAD_NAME,
        0x209a | 0x209b => UNWILLING,
        _ => return None,
    })
}

fn by_result_code(act: Act, rc: u32) -> Reason {
    match rc {
        68 => NAME_TAKEN,
        32 if act == Act::Add => PARENT_MISSING,
        80 if act == Act::Move => PARENT_MISSING,
        32 => OBJECT_MISSING,
        50 => DENIED,
        66 => NOT_EMPTY,
        16 | 17 | 65 | 69 => SCHEMA,
        21 => BAD_VALUE,
        19 => CONSTRAINT,
        20 => SINGLE_VALUE,
        34 | 64 | 67 => BAD_NAME,
        53 => UNWILLING,
        10 => REPLICA,
        122 => MOVED,
        _ => UNKNOWN,
    }
}

/// A refused read.
pub fn read_refusal(what: &str, result: &LdapResult) -> Fault {
    let (code, kind, why, next) = match result.rc {
        50 => (
            "import.permission_denied",
            ErrorKind::Permission,
            "the sync account lacks the right",
            "Give the account read permission and, for changes, \"Replicating Directory Changes\" on the domain.",
        ),
        32 => (
            "import.container_missing",
            ErrorKind::ObjectMissing,
            "it does not exist",
            "Choose the container again; it may have been deleted.",
        ),
        51 | 52 => (
            "connect.busy",
            ErrorKind::Busy,
            "the directory is busy",
            "It is tried again; look at the domain controller's load if this stays.",
        ),
        3 | 4 | 11 => (
            "import.limit_exceeded",
            ErrorKind::Busy,
            "the directory stopped at a limit of its own",
            "Raise the directory's limit for the sync account, or choose smaller containers.",
        ),
        12 => (
            "import.control_unsupported",
            ErrorKind::Internal,
            "the directory does not know a control that is needed",
            "Check that the directory's kind is set rightly.",
        ),
        _ => (
            "import.refused",
            ErrorKind::Connection,
            "the directory gave a reason that is not known here",
            "Read the directory's own words below.",
        ),
    };
    Fault::new(
        code,
        kind,
        format!("Reading {what} was refused: {why}."),
        next,
    )
    .with_evidence(evidence(result))
}

/// A refused bind. Active Directory says why in a field of its own (`data 52e`).
pub fn bind_refusal(server: &str, account: &str, result: &LdapResult) -> Fault {
    let data = result.text.split("data ").nth(1).map(|rest| {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        &rest[..end]
    });
    let why = match (result.rc, data) {
        (_, Some("530" | "531")) => "the account may not log on now, or not from here",
        (_, Some("532" | "773")) => "the account's password has expired or must be changed",
        (_, Some("533")) => "the account is disabled",
        (_, Some("701")) => "the account has expired",
        (_, Some("775")) => "the account is locked",
        (8 | 13, _) => "the server demands a stronger way to authenticate",
        (49, _) => "the name or the password is wrong",
        _ => "it gave a reason that is not known here",
    };
    let (code, kind) = match result.rc {
        51 | 52 => ("connect.busy", ErrorKind::Busy),
        8 | 13 => ("connect.stronger_auth_required", ErrorKind::Authentication),
        _ => ("connect.credentials_refused", ErrorKind::Authentication),
    };
    Fault::new(
        code,
        kind,
        format!("{server} refused the credentials of \"{account}\": {why}."),
        "Set the credentials again on the agent's host with `syncline-agent credential set`.",
    )
    .with_evidence(evidence(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rc: u32, text: &str) -> LdapResult {
        LdapResult {
            rc,
            matched: String::new(),
            text: text.to_owned(),
            refs: vec![],
            ctrls: vec![],
        }
    }

    fn code(act: Act, rc: u32, text: &str) -> String {
        refusal(act, "CN=a,DC=x", &said(rc, text)).code.into_owned()
    }

    #[test]
    fn the_directorys_own_code_decides_before_the_ldap_code() {
        assert_eq!(win32_code("0000052D: SvcErr: x"), Some(0x52d));
        assert_eq!(win32_code("Attribute member already exists"), None);
        assert_eq!(win32_code("000020B"), None);
        assert_eq!(
            code(Act::Modify, 19, "0000052D: x"),
            "export.password_required"
        );
        assert_eq!(
            code(Act::Modify, 19, "000020B5: x"),
            "export.reference_missing"
        );
        assert_eq!(code(Act::Modify, 19, ""), "export.constraint_violation");
    }

    #[test]
    fn what_samba_and_windows_say_for_common_refusals() {
        let table: &[(Act, u32, &str, &str)] = &[
            (
                Act::Add,
                68,
                "Entry CN=a,DC=x already exists",
                "export.name_taken",
            ),
            (
                Act::Add,
                68,
                "00002071: samldb: samAccountName 'x2' already in use!",
                "export.unique_value_taken",
            ),
            (
                Act::Add,
                68,
                "00000524: UpdErr: DSID-031A11E2",
                "export.unique_value_taken",
            ),
            (
                Act::Modify,
                19,
                "000021C8: AtrErr: DSID-03200BBA",
                "export.unique_value_taken",
            ),
            (
                Act::Add,
                32,
                "00002030: objectclass: Cannot add, parent does not exist!",
                "export.parent_missing",
            ),
            (
                Act::Add,
                32,
                "0000208D: NameErr: DSID-03100238",
                "export.parent_missing",
            ),
            (Act::Modify, 32, "00002030: gone", "export.object_missing"),
            (Act::Move, 80, "00002095: Other", "export.parent_missing"),
            (
                Act::Modify,
                50,
                "00002098: SecErr: DSID-03150F94",
                "export.permission_denied",
            ),
            (
                Act::Modify,
                21,
                "0000200B: objectclass_attrs: invalid value",
                "export.value_invalid",
            ),
            (
                Act::Modify,
                32,
                "00000525: specified dn doesn't exist",
                "export.reference_missing",
            ),
            (
                Act::Modify,
                16,
                "acl_modify: attribute 'x' was not found in the schema!",
                "export.schema_violation",
            ),
            (Act::Modify, 53, "00002077: SvcErr", "export.unwilling"),
            (Act::Delete, 66, "00002015: UpdErr", "export.not_empty"),
            (Act::Modify, 80, "something new", "export.refused"),
            (
                Act::Add,
                19,
                "some attributes not unique",
                "export.unique_value_taken",
            ),
            (
                Act::Add,
                65,
                "object class 'inetOrgPerson' requires attribute 'sn'",
                "export.schema_violation",
            ),
            (Act::Modify, 122, "", "export.object_moved"),
            (Act::Modify, 10, "", "export.replica"),
        ];

        for (act, rc, text, expected) in table {
            assert_eq!(code(*act, *rc, text), *expected, "rc {rc}: {text}");
        }
    }

    #[test]
    fn already_so_is_told_from_a_refusal() {
        assert!(is_already_so(&said(
            68,
            "Attribute member already exists for target GUID x"
        )));
        assert!(is_already_so(&said(
            53,
            "Attribute member already deleted for target GUID x"
        )));
        assert!(is_already_so(&said(20, "")));
        assert!(is_already_so(&said(53, "00000561: SvcErr")));
        assert!(!is_already_so(&said(53, "0000209A: SvcErr")));
        assert!(!is_already_so(&said(32, "00000525: x")));
    }

    #[test]
    fn a_refused_bind_says_why_in_words() {
        let fault = bind_refusal(
            "dc1",
            "svc",
            &said(
                49,
                "80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data 533, v4563",
            ),
        );

        assert_eq!(fault.code, "connect.credentials_refused");
        assert!(
            fault.message.contains("the account is disabled"),
            "{}",
            fault.message
        );
    }
}
