//! Initial passwords: drawn where the account is made, sealed at once, forgotten.
//!
//! Invariants: a password is in memory that is wiped, prints as dots, and is in no message; it is drawn by the
//! connector that creates the account and by nobody else; what leaves is the envelope, an age file that only the
//! recipient opens. The envelope is kept, durably, before the account is made (see [`Names::keep_sealed`]), so
//! that no crash and no lost answer loses the password of an account that exists.

mod draw;
mod recipient;
mod seal;

use std::fmt;

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::op::Operation;
use zeroize::Zeroizing;

pub use recipient::{RecipientKey, RecipientKeyError};

use crate::contract::Names;

/// A password on its way into one request.
pub struct Password(Zeroizing<String>);

impl Password {
    /// The password, for the request that sets it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A password nobody learns, for directories that take no account without one.
#[cfg(feature = "graph")]
pub(crate) fn unknown() -> Result<Password, Fault> {
    draw::draw(draw::UNKNOWN_LENGTH, syncline_model::password::CLASSES).map_err(|_| no_chance())
}

/// The password of the account that an Add makes, its envelope kept already; `None` where the operation has no
/// policy. What fails here fails before anything was sent.
pub(crate) async fn prepare(
    operation: &Operation,
    names: &dyn Names,
) -> Result<Option<Password>, Fault> {
    let Some(policy) = operation.password() else {
        return Ok(None);
    };
    // Checked again where it counts: the policy came over the wire.
    if let Some((_, problem)) = policy.problems().into_iter().next() {
        return Err(invalid(&problem));
    }
    let key: RecipientKey = policy
        .recipient
        .key
        .parse()
        .map_err(|error: RecipientKeyError| invalid(&error.to_string()))?;
    let password = draw::draw(policy.length, policy.alphabet()).map_err(|_| no_chance())?;
    let sealed = seal::seal(&password, &key).map_err(|_| no_chance())?;
    names.keep_sealed(operation, sealed).await?;
    Ok(Some(password))
}

fn invalid(why: &str) -> Fault {
    Fault::new(
        "export.password_policy_invalid",
        ErrorKind::InvalidValue,
        format!("The account was not created: its password policy is not valid. {why}"),
        "Correct `initial_password` of the profile's part and approve a new what-if.",
    )
}

fn no_chance() -> Fault {
    Fault::new(
        "export.password_not_made",
        ErrorKind::Internal,
        "The account was not created: no password could be made and sealed on this host.",
        "Check the host's random source and the recipient's key.",
    )
}
