//! Cloud directories: where they are, how the application signs in, and what it may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant::Instant;

/// A cloud that directories can be connected from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CloudOption {
    /// Its name in a connection.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Whether it is a stand-in on the service's own machine, and no cloud of Microsoft's.
    pub simulated: bool,
}

/// What is known of a cloud directory's sign-in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CloudSignIn {
    /// The cloud's name for people.
    pub label: String,
    /// Whether it is a stand-in on the service's own machine, and no cloud of Microsoft's.
    pub simulated: bool,
    /// The certificate that the application signs in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CloudCertificate>,
    /// The one that takes its place as soon as the cloud accepts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_certificate: Option<CloudCertificate>,
    /// Why the last check could not sign in with that one; absent before a check tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_fault: Option<CloudFault>,
    /// The permissions that the profiles need, each with its reasons, and no others.
    pub permissions: Vec<CloudPermission>,
    /// Where an administrator of the directory tenant grants them.
    pub consent_url: String,
    /// When it was last checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Instant>,
    /// What the last check met, if it did not go through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<CloudFault>,
    /// Whether the last check went through and every permission was granted.
    pub ready: bool,
}

/// A certificate to be uploaded to the application's registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloudCertificate {
    /// The certificate, PEM.
    pub pem: String,
    /// The thumbprint as the portal shows it.
    pub thumbprint: String,
    /// When it ends.
    pub expires_at: Instant,
}

/// Whether a permission was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// It is in the last token, or covered by one that is.
    Granted,
    /// It is not.
    Missing,
    /// No token told yet.
    Unknown,
}

/// A permission that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloudPermission {
    /// Its name, such as `User.Read.All`.
    pub name: String,
    /// What wants it, and is lost without it.
    pub reasons: Vec<String>,
    /// Whether it was granted.
    pub grant: Grant,
}

/// What a check met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloudFault {
    /// Stable code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub next_step: String,
}
