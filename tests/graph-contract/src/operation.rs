//! One operation: what it is called, whether it may be called, by whom, and what goes in and out.

use crate::permission::Permissions;
use crate::returns::Returns;
use crate::violation::Violation;
use serde::Deserialize;

/// What the vendor's files say of an operation between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Status {
    /// The templates have it and a permission grants it.
    #[serde(rename = "declared+granted")]
    DeclaredAndGranted,
    /// The templates have it and no permission grants it: never called, answered with 405.
    #[serde(rename = "declared-only")]
    DeclaredOnly,
    /// The templates have it and the permission table has no row for its path.
    #[serde(rename = "declared,ungraded")]
    DeclaredUngraded,
    /// A permission grants it though the templates lack it.
    #[serde(rename = "granted-only")]
    GrantedOnly,
    /// The documentation has it, the other files do not.
    #[serde(skip)]
    Deviation,
}

impl Status {
    /// Whether the operation may be called at all.
    #[must_use]
    pub fn is_granted(self) -> bool {
        matches!(
            self,
            Self::DeclaredAndGranted | Self::GrantedOnly | Self::Deviation
        )
    }
}

/// What the body of a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    Nothing,
    /// A value of this type of the schema.
    Type(String),
    /// A link to an entity, as `@odata.id`.
    Reference,
    /// A batch of requests.
    Batch,
    /// The data does not say, or it is a stream.
    Unknown,
}

/// The operation that a request is.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// The vendor's URI template.
    pub template: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// What the vendor's files say of it.
    pub status: Status,
    /// The application permissions of which each one alone grants it.
    pub application: &'a [String],
    /// The least privileged of them.
    pub least: &'a [String],
    /// The query options it takes, less the deviations' exceptions for delta.
    pub query: &'a [String],
    /// What its body is.
    pub body: &'a Body,
    /// What a success carries.
    pub returns: &'a Returns,
    pub(crate) permissions: &'a Permissions,
}

/// An operation as the table keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) template: String,
    pub(crate) method: String,
    pub(crate) status: Status,
    pub(crate) permissions: Permissions,
    pub(crate) query: Vec<String>,
    pub(crate) body: Body,
    pub(crate) returns: Returns,
}

impl Row {
    pub(crate) fn batch() -> Self {
        Self {
            template: String::new(),
            method: String::new(),
            status: Status::Deviation,
            permissions: Permissions::default(),
            query: Vec::new(),
            body: Body::Batch,
            returns: Returns::Batch,
        }
    }

    pub(crate) fn operation(&self) -> Operation<'_> {
        Operation {
            template: &self.template,
            method: &self.method,
            status: self.status,
            application: &self.permissions.application,
            least: &self.permissions.least,
            query: &self.query,
            body: &self.body,
            returns: &self.returns,
            permissions: &self.permissions,
        }
    }
}

impl Operation<'_> {
    /// Why the operation may never be called, if so.
    #[must_use]
    pub fn refusal(&self) -> Option<Violation> {
        let (code, why) = match self.status {
            Status::DeclaredOnly => ("operation.not_granted", "no permission anywhere grants it"),
            Status::DeclaredUngraded => (
                "operation.ungraded",
                "the permission table has no row for it",
            ),
            Status::DeclaredAndGranted | Status::GrantedOnly | Status::Deviation => return None,
        };
        let line = format!("{} {}", self.method, self.template);
        Some(Violation::new(code, format!("{line}: {why}")))
    }
}
