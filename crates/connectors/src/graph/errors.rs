//! What Graph says when it refuses, in our words: stable code, kind, sentence, next step.
//!
//! Codes decide before texts do; fragments of messages are the last resort, because the vendor says that they
//! may change, and two important refusals have no code of their own ("Who owns the attribute"). Invariants:
//! Graph's words are kept as evidence, which may quote values and is never logged; what is not known still
//! gets an honest sentence.

use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::backoff::{LONGEST_WAITED, in_words};
use super::properties::Class;
use super::refusal::Refusal;

/// What a refusal of a write means for what is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What was to be added is there.
    AlreadyThere,
    /// The object, or one it refers to, is not there, or not yet.
    NotFound,
    /// The on-premises directory masters the object.
    MasteredOnPremises,
    /// Exchange masters a property.
    MasteredInExchange,
    /// Somebody else keeps the group, or its members, whatever is asked.
    GroupClosed,
    /// Another object holds a value.
    Conflict,
    /// It may have been carried out all the same.
    Doubtful,
    /// The object refuses this and the rest may go on.
    Refused,
    /// Nothing of the kind is allowed to us.
    Denied,
}

impl Meaning {
    /// Whether a refusal to write members is about the group, so that another member fares no better.
    pub(super) fn is_of_every_member(self) -> bool {
        matches!(
            self,
            Self::Denied | Self::MasteredOnPremises | Self::MasteredInExchange | Self::GroupClosed
        )
    }
}

/// The code of a refusal that may stand beside a success: somebody changed the object at the same time.
pub(super) const STATE_CONFLICT: &str = "export.state_conflict";

/// A row: how it is recognised, and what it says.
struct Row {
    code: &'static str,
    kind: ErrorKind,
    meaning: Meaning,
    /// A detail's code, if that tells.
    detail: &'static str,
    /// Fragments of the message, one of which tells; empty where a code does.
    says: &'static [&'static str],
    why: &'static str,
    next: &'static str,
}

/// In the order in which they are tried.
const ROWS: &[Row] = &[
    Row {
        code: "export.already_so",
        kind: ErrorKind::ObjectExists,
        meaning: Meaning::AlreadyThere,
        detail: "",
        says: &["added object references already exist"],
        why: "it is there already",
        next: "Nothing to do.",
    },
    Row {
        code: "export.mastered_on_premises",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::MasteredOnPremises,
        detail: "",
        says: &[
            "on-premises mastered Directory Sync objects",
            "objects currently undergoing migration",
        ],
        why: "the on-premises directory masters the object",
        next: "Write it there, take it out of scope, or transfer its source of authority to the cloud.",
    },
    Row {
        code: "export.mastered_in_exchange",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::MasteredInExchange,
        detail: "",
        says: &["originated within an external service"],
        why: "Exchange masters the attribute of this object",
        next: "Write it through Exchange (Set-Mailbox), or take the attribute out of the flow.",
    },
    Row {
        code: "export.unique_value_taken",
        kind: ErrorKind::MustBeUnique,
        meaning: Meaning::Conflict,
        detail: "ObjectConflict",
        says: &[
            "same value for property",
            "A conflicting object with one or more",
        ],
        why: "another object already holds a value that must be unique",
        next: "Find the object that holds it, or change the rule that makes the value.",
    },
    Row {
        code: "export.domain_not_verified",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &[
            "verified domain names",
            "domain portion of the userPrincipalName",
        ],
        why: "the domain of the user principal name is not verified in the tenant",
        next: "Verify the domain in the tenant, or change the rule to a domain that is.",
    },
    Row {
        code: "export.immutable_id_required",
        kind: ErrorKind::MissingMandatory,
        meaning: Meaning::Refused,
        detail: "",
        says: &["onPremisesImmutableId is required"],
        why: "a user of a federated domain needs an onPremisesImmutableId",
        next: "Add a flow for onPremisesImmutableId, or choose a managed domain.",
    },
    Row {
        code: "export.attribute_required",
        kind: ErrorKind::MissingMandatory,
        meaning: Meaning::Refused,
        detail: "MissingValue",
        says: &["value is required for property"],
        why: "an attribute that must have a value has none",
        next: "Add a flow for the attribute.",
    },
    Row {
        code: "export.password_refused",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &["password complexity", "does not comply with password"],
        why: "the tenant's password policy refuses the random password",
        next: "Look at the tenant's banned passwords and length; report this if they are usual.",
    },
    Row {
        code: "export.group_read_only",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::GroupClosed,
        detail: "",
        says: &[
            "mail-enabled security groups and or distribution list",
            "writes of mail-enabled groups",
        ],
        why: "Exchange owns distribution groups and mail-enabled security groups",
        next: "Change the group in Exchange, or take it out of scope.",
    },
    Row {
        code: "export.group_membership_by_rule",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::GroupClosed,
        detail: "",
        says: &["dynamic membership group"],
        why: "a rule of the tenant computes the group's members",
        next: "Take the members out of the flow, or make the group's membership assigned.",
    },
    Row {
        code: "export.group_type_fixed",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &[
            "cannot be changed after the group was created",
            "mail-disabled unified groups",
        ],
        why: "the kind of a group is fixed when it is created",
        next: "Delete and create the group anew, with an approval, or take the attribute out of the flow.",
    },
    Row {
        code: "export.member_not_allowed",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &[
            "can be members of a Microsoft 365 group",
            "cannot be a member of",
            "is not allowed for this group",
            "Unsupported resource type",
            "cannot be its own manager",
        ],
        why: "an object of that kind cannot be referred to here",
        next: "Microsoft 365 groups hold users only and are members of nothing; change the rule that chooses the reference.",
    },
    Row {
        code: "export.attribute_read_only",
        kind: ErrorKind::SchemaViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &["is read-only", "read only and cannot be set"],
        why: "an attribute can only be read",
        next: "Take the attribute out of the flow.",
    },
    Row {
        code: "export.attribute_unavailable",
        kind: ErrorKind::SchemaViolation,
        meaning: Meaning::Refused,
        detail: "",
        says: &[
            "extension properties are not available",
            "Invalid property '",
        ],
        why: "the tenant has no such attribute",
        next: "Register the directory extension, or take the attribute out of the flow.",
    },
    Row {
        code: "export.value_refused",
        kind: ErrorKind::InvalidValue,
        meaning: Meaning::Refused,
        detail: "InvalidValue",
        says: &["Invalid value specified for property"],
        why: "a value is not accepted",
        next: "Correct the value or the rule that makes it.",
    },
    Row {
        code: "export.directory_full",
        kind: ErrorKind::ConstraintViolation,
        meaning: Meaning::Refused,
        detail: "Directory_QuotaExceeded",
        says: &["quota of the tenant", "directory object quota limit"],
        why: "the tenant holds as many objects as it may",
        next: "Delete objects for good, or have the tenant's quota raised.",
    },
];

fn row_of(refusal: &Refusal) -> Option<&'static Row> {
    let by_code = ROWS
        .iter()
        .find(|row| !row.detail.is_empty() && refusal.is(row.detail));
    let by_text = || {
        ROWS.iter()
            .find(|row| row.says.iter().any(|says| refusal.says(says)))
    };
    // Two details may tell more than a row's fragment, but mastering has no code of its own.
    by_code.or_else(by_text)
}

/// Whether a refusal says that another object holds a value.
fn is_conflict(refusal: &Refusal) -> bool {
    row_of(refusal).is_some_and(|row| row.meaning == Meaning::Conflict)
}

/// What a refused write means.
pub(super) fn meaning(refusal: &Refusal) -> Meaning {
    match refusal.status {
        403 => Meaning::Denied,
        404 => Meaning::NotFound,
        409 if !is_conflict(refusal) => Meaning::Doubtful,
        _ if refusal.is("Request_ResourceNotFound") => Meaning::NotFound,
        _ => row_of(refusal).map_or(Meaning::Refused, |row| row.meaning),
    }
}

/// A refused write, as a fault of its object; `what` names both, such as `Changing user 8a5d…`.
pub(super) fn export(what: &str, refusal: &Refusal) -> Fault {
    let (code, kind, why, next) = match refusal.status {
        401 => (
            "connect.token_refused",
            ErrorKind::Authentication,
            "Graph does not accept the token",
            "Check that the application is enabled and no policy of the tenant revokes its tokens.",
        ),
        403 => (
            "export.permission_denied",
            ErrorKind::Permission,
            "the application lacks the permission",
            "Consent to the permissions that the directory's page lists. Phones, other mails and passwords of administrators, and role-assignable groups, need more than User.ReadWrite.All and Group.ReadWrite.All.",
        ),
        404 => (
            "export.object_missing",
            ErrorKind::ObjectMissing,
            "the object no longer exists",
            "Nothing to do: the next import finds out, and the rules decide.",
        ),
        409 | 412 if !is_conflict(refusal) => (
            STATE_CONFLICT,
            // It passes: with another kind the object would wait for a day.
            ErrorKind::Busy,
            "somebody else changed it at the same time",
            "Nothing to do: it is planned afresh after the next import.",
        ),
        429 => (
            "export.throttled",
            ErrorKind::Throttled,
            "Graph asks to slow down",
            "Nothing to do: it is sent when the quota allows.",
        ),
        501 => (
            "export.attribute_kept_elsewhere",
            ErrorKind::SchemaViolation,
            "another service keeps an attribute and does not take it here",
            "Take the attribute out of the flow.",
        ),
        status if status >= 500 => (
            "export.busy",
            ErrorKind::Busy,
            "Graph failed",
            "Nothing to do: it is tried again.",
        ),
        _ => match row_of(refusal) {
            Some(row) => (row.code, row.kind, row.why, row.next),
            None => (
                "export.refused",
                ErrorKind::ConstraintViolation,
                "Graph does not accept it",
                "Look at the evidence; it holds Graph's own reason.",
            ),
        },
    };
    let mut message = format!("{what} was refused: {why}.");
    message.push_str(&asked_to_wait(refusal));
    let fault = Fault::new(code, kind, message, next);
    let fault = fault.with_evidence(refusal.evidence());
    match attribute(refusal) {
        Some(attr) => fault.on_attr(attr),
        None => fault,
    }
}

/// How long a refusal asks to wait, where that is worth a word.
fn asked_to_wait(refusal: &Refusal) -> String {
    match refusal.wait {
        Some(wait) if wait > LONGEST_WAITED => {
            format!(" It asks to wait {}.", in_words(wait))
        }
        _ => String::new(),
    }
}

/// The attribute that a refusal names: by its details, else between quotation marks after "property".
pub(super) fn attribute(refusal: &Refusal) -> Option<AttrName> {
    let detailed = ["ObjectConflict", "InvalidValue", "MissingValue"];
    let detailed = detailed.iter().find_map(|code| refusal.target_of(code));
    let quoted = || {
        let (_, rest) = refusal.message.split_once("roperty '")?;
        rest.split_once('\'').map(|(name, _)| name)
    };
    detailed.or_else(quoted).map(AttrName::new)
}

/// A refused read, which ends the import.
pub(super) fn import(class: Class, refusal: &Refusal) -> Fault {
    let what = class.collection();
    let (code, kind, why, next) = match refusal.status {
        401 => (
            "connect.token_refused",
            ErrorKind::Authentication,
            "Graph does not accept the token",
            "Check that the application is enabled and no policy of the tenant revokes its tokens.",
        ),
        403 => (
            "import.permission_denied",
            ErrorKind::Permission,
            "the application lacks the permission to read them",
            "Consent to the permissions that the directory's page lists.",
        ),
        429 => (
            "import.throttled",
            ErrorKind::Throttled,
            "Graph asks to slow down",
            "Nothing to do: it is read again later.",
        ),
        501 => (
            "import.attribute_kept_elsewhere",
            ErrorKind::SchemaViolation,
            "another service keeps an attribute that was asked for",
            "Take the attribute out of the profile.",
        ),
        400 => (
            "import.attribute_unknown",
            ErrorKind::SchemaViolation,
            "Graph does not know an attribute that was asked for",
            "Read the schema again and correct the profile.",
        ),
        status if status >= 500 => (
            "import.busy",
            ErrorKind::Busy,
            "Graph failed",
            "Nothing to do: it is read again later.",
        ),
        _ => (
            "import.refused",
            ErrorKind::Connection,
            "Graph does not accept the question",
            "Look at the evidence; it holds Graph's own reason.",
        ),
    };
    let mut message = format!("Reading {what} was refused: {why}.");
    message.push_str(&asked_to_wait(refusal));
    Fault::new(code, kind, message, next).with_evidence(refusal.evidence())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(status: u16, code: &str, message: &str, details: serde_json::Value) -> Refusal {
        let body = json!({"error": {"code": code, "message": message, "details": details}});
        Refusal::read(status, &body, None)
    }

    #[test]
    fn each_code_is_used_by_one_row() {
        let mut codes: Vec<&str> = ROWS.iter().map(|row| row.code).collect();
        codes.sort_unstable();
        codes.dedup();

        assert_eq!(codes.len(), ROWS.len());
    }

    #[test]
    fn the_two_refusals_of_other_masters_are_told_apart_by_their_exact_words() {
        let says = |message: &str| refused(400, "Request_BadRequest", message, json!(null));
        let on_premises = says(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        );
        let exchange = says(
            "Unable to update the specified properties for objects that have originated within an external service.",
        );

        assert_eq!(meaning(&on_premises), Meaning::MasteredOnPremises);
        assert_eq!(meaning(&exchange), Meaning::MasteredInExchange);
        assert_eq!(
            export("Changing user x", &exchange).code,
            "export.mastered_in_exchange"
        );
    }

    #[test]
    fn what_is_about_a_group_is_told_from_what_is_about_a_member() {
        let of = |status, message: &str| {
            meaning(&refused(status, "Request_BadRequest", message, json!(null)))
                .is_of_every_member()
        };

        assert!(of(403, "Insufficient privileges"));
        assert!(of(
            400,
            "Cannot Update a mail-enabled security groups and or distribution list."
        ));
        assert!(of(400, "the members of a dynamic membership group"));
        assert!(of(
            400,
            "objects that have originated within an external service."
        ));
        assert!(of(
            400,
            "on-premises mastered Directory Sync objects or objects"
        ));
        assert!(!of(
            400,
            "Only users can be members of a Microsoft 365 group."
        ));
        assert!(!of(400, "added object references already exist"));
    }

    #[test]
    fn a_conflict_names_its_attribute_with_details_and_is_one_without_them() {
        let details = json!([{"code": "ObjectConflict", "target": "userPrincipalName"}]);
        let detailed = export(
            "Creating x",
            &refused(400, "Request_BadRequest", "…", details),
        );
        let bare = refused(
            400,
            "Request_BadRequest",
            "A conflicting object with one or more of the specified property values is present in the directory.",
            json!(null),
        );

        assert_eq!(detailed.attr, Some("userPrincipalName".into()));
        assert_eq!(detailed.kind, ErrorKind::MustBeUnique);
        assert_eq!(meaning(&bare), Meaning::Conflict);
        assert_eq!(export("x", &bare).attr, None);
    }

    #[test]
    fn statuses_decide_before_texts_and_the_unknown_has_a_sentence() {
        let of = |status| export("Changing user x", &refused(status, "", "", json!(null)));

        assert_eq!(
            (of(403).code.as_ref(), of(403).kind),
            ("export.permission_denied", ErrorKind::Permission)
        );
        assert_eq!(
            (of(412).code.as_ref(), of(412).kind),
            ("export.state_conflict", ErrorKind::Busy)
        );
        assert_eq!(of(501).code, "export.attribute_kept_elsewhere");
        assert_eq!(of(503).kind, ErrorKind::Busy);
        assert_eq!(of(418).code, "export.refused");
        assert_eq!(
            import(Class::User, &refused(403, "", "", json!(null))).code,
            "import.permission_denied"
        );
        assert_eq!(
            meaning(&refused(409, "", "", json!(null))),
            Meaning::Doubtful
        );
        let taken = json!([{"code": "ObjectConflict", "target": "mailNickname"}]);
        let taken = refused(409, "Request_BadRequest", "", taken);
        assert_eq!(meaning(&taken), Meaning::Conflict);
        assert_eq!(export("x", &taken).code, "export.unique_value_taken");
        let quoted = refused(
            400,
            "",
            "Property 'mail' is read-only and cannot be set.",
            json!(null),
        );
        assert_eq!(attribute(&quoted), Some("mail".into()));
    }
}
