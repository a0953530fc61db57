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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use syncline_model::op::{ObjectKey, OpKind};
    use syncline_model::password::{CharacterClass, InitialPassword, Recipient, Sealed};
    use syncline_model::{Anchor, DirectoryId};

    use super::*;

    const DESK: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    /// Counts the envelopes that it keeps.
    #[derive(Default)]
    struct Desk(Mutex<usize>);

    #[async_trait]
    impl Names for Desk {
        fn anchor(&self, _: &ObjectKey) -> Option<Anchor> {
            None
        }

        async fn keep_sealed(&self, _: &Operation, _: Sealed) -> Result<(), Fault> {
            *self.0.lock().unwrap() += 1;
            Ok(())
        }
    }

    fn add(change: impl FnOnce(&mut InitialPassword)) -> Operation {
        let mut policy = InitialPassword::usual(Recipient {
            name: "Service desk".into(),
            key: DESK.into(),
        });
        change(&mut policy);
        Operation {
            directory: DirectoryId(1),
            pass: 1,
            object: ObjectKey::Anchor(Anchor::Text("ann".into())),
            kind: OpKind::Add {
                object_type: "user".into(),
                place: None,
                password: Some(policy),
            },
            deltas: vec![],
        }
    }

    #[tokio::test]
    async fn a_password_is_as_its_policy_says_and_its_envelope_is_kept_first() {
        let desk = Desk::default();

        let made = prepare(&add(|policy| policy.length = 33), &desk).await;

        assert_eq!(made.unwrap().unwrap().reveal().len(), 33);
        assert_eq!(*desk.0.lock().unwrap(), 1);
        let nobody = prepare(&add(|_| {}), &crate::contract::KnownNames).await;
        assert_eq!(nobody.unwrap_err().code, "export.password_unkept");
    }

    #[tokio::test]
    async fn a_policy_that_came_over_the_wire_is_not_believed() {
        let changes: [fn(&mut InitialPassword); 5] = [
            |policy| policy.length = 11,
            |policy| policy.length = 128,
            |policy| policy.classes = vec![CharacterClass::Lower, CharacterClass::Digit],
            |policy| policy.keep_days = 91,
            |policy| policy.recipient.key = "age1".into(),
        ];
        for change in changes {
            let (desk, operation) = (Desk::default(), add(change));

            let refused = prepare(&operation, &desk).await;

            let fault = refused.expect_err("nothing is drawn");
            assert_eq!(fault.code, "export.password_policy_invalid");
            assert_eq!(*desk.0.lock().unwrap(), 0);
        }
    }
}
