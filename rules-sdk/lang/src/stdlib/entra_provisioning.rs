//! Unique values and roles of an application: functions of Entra provisioning.
//!
//! Source: the expression reference of application provisioning. Which role of several counts is not documented, and using
//! SingleAppRoleAssignment with several is "not supported": it fails.

use syncline_model::rules::ErrorKind;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The first candidate with a content that nobody has. Stands alone; a profile refuses it as long as nothing keeps values unique there.",
        cost: "free",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra SelectUniqueValue(params string?[] candidates): string?",
                Lower::Checker,
            ),
            Overload::sure(
                "entra UniqueValue(params string?[] candidates): string?",
                Lower::Checker,
            ),
        ],
        examples: &[
            Example::with(
                r#"SelectUniqueValue(Join("@", [givenName] & "." & [sn], "contoso.com"), Join("@", Left([givenName], 1) & [sn], "contoso.com"))"#,
                r#"{"givenName":"John","sn":"Smith"}"#,
                r#""John.Smith@contoso.com""#,
            ),
            Example::with(
                "SelectUniqueValue([mailNickname], [employeeID])",
                r#"{"mailNickname":null,"employeeID":"42"}"#,
                r#""42""#,
            ),
        ],
    },
    Entry {
        summary: "The only role that an object has in an application.",
        cost: "free",
        advice: "give the object one role, or use AppRoleAssignmentsComplex",
        overloads: &[Overload::of(
            "entra SingleAppRoleAssignment(List<string>? appRoleAssignments): string?",
            Lower::Checker,
            &[ErrorKind::InvalidOperation],
        )],
        examples: &[
            Example::with(
                "SingleAppRoleAssignment([appRoleAssignments])",
                r#"{"appRoleAssignments":["Admin"]}"#,
                r#""Admin""#,
            ),
            Example::with(
                "SingleAppRoleAssignment([appRoleAssignments])",
                r#"{"appRoleAssignments":[]}"#,
                "null",
            ),
            Example::with(
                "SingleAppRoleAssignment([appRoleAssignments])",
                r#"{"appRoleAssignments":["Admin","User"]}"#,
                "error:invalid_operation",
            ),
        ],
    },
    Entry {
        summary: "Every role that an object has in an application.",
        cost: "free",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra AppRoleAssignments(List<string>? appRoleAssignments): List<string>?",
                Lower::Checker,
            ),
            Overload::sure(
                "entra AppRoleAssignmentsComplex(List<string>? appRoleAssignments): List<string>?",
                Lower::Checker,
            ),
            Overload::sure(
                "entra AssertiveAppRoleAssignmentsComplex(List<string>? appRoleAssignments): List<string>?",
                Lower::Checker,
            ),
        ],
        examples: &[
            Example::with(
                "AppRoleAssignmentsComplex([appRoleAssignments])",
                r#"{"appRoleAssignments":["Admin","User"]}"#,
                r#"["Admin","User"]"#,
            ),
            Example::with(
                "AppRoleAssignmentsComplex([appRoleAssignments])",
                r#"{"appRoleAssignments":[]}"#,
                "[]",
            ),
        ],
    },
];
