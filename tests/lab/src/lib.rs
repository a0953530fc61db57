//! The lab: real directories and a real identity provider as test fixtures.
//!
//! Two Active Directory forests (Samba, `contoso.test` and `fabrikam.test`), OpenLDAP and an
//! OpenID provider shaped like Entra ID. Forests are provisioned once, cached as templates and
//! cloned per test, so a start costs about a second.
//!
//! Invariants: every fixture has loopback addresses of its own; everything it started is gone when
//! it is dropped or its process is killed; nothing is mounted; nothing outside the cache directory
//! and one directory on tmpfs is written.

mod address;
mod ca;
mod child;
mod data;
mod dirs;
mod domain_controller;
mod error;
mod idp;
mod lab;
mod ldif;
mod recipient;
mod slapd;
mod template;
mod tools;

pub use address::LoopbackAddress;
pub use ca::{Identity, LabCa};
pub use data::{DataSet, Facts, Person, Story};
pub use domain_controller::{Account, DomainController};
pub use error::LabError;
pub use idp::{
    About, ApiRegistration, ConfidentialClient, DevIdp, DevIdpOptions, DirectoryTenant, IdpUser,
    PublicClient, SignInClient,
};
pub use lab::{Forest, Lab, LabOptions};
pub use ldif::Entry;
pub use recipient::Recipient;
pub use slapd::{Slapd, SlapdOptions};
pub use template::Domain;
pub use tools::{LdapTools, Scope};

/// What every lab function answers.
pub type Result<T> = std::result::Result<T, LabError>;
