//! The initial password of a new account: the one secret that is ever written, and only in the Add itself.
//!
//! Source: MS-ADTS 3.1.1.3.1.5 (unicodePwd: the password in quotation marks, UTF-16LE, over an encrypted connection)
//! and 3.1.1.5.2 (an Add may carry it). Every connection here is LDAPS (see `link`). Invariants: drawn and sealed
//! here, wiped after the request; the library's own copies live until the request is answered and cannot be wiped.

use syncline_model::connector::Fault;
use syncline_model::error::{ErrorClass, ErrorKind};
use syncline_model::op::Operation;
use zeroize::{Zeroize as _, Zeroizing};

use super::export::Stop;
use super::session::WriteValues;
use crate::contract::Names;
use crate::password::{self, Password};

const PASSWORD: &str = "unicodePwd";
/// Zero: the password must be changed at the first sign-in.
const LAST_SET: &str = "pwdLastSet";

/// Adds what gives the account its password, if the operation has a policy for one.
pub(super) async fn put(
    operation: &Operation,
    names: &dyn Names,
    attrs: &mut Vec<WriteValues>,
) -> Result<(), Stop> {
    let Some(policy) = operation.password() else {
        return Ok(());
    };
    if operation.object_type() != "user" {
        return Err(Stop::Rejected(Fault::new(
            "export.password_without_account",
            ErrorKind::ConstraintViolation,
            "Only an object of the type user gets an initial password.",
            "Take `initial_password` out of the profile's part.",
        )));
    }
    let prepared =
        password::prepare(operation, names)
            .await
            .map_err(|fault| match fault.kind.class() {
                ErrorClass::Transient => Stop::Later(fault),
                _ => Stop::Rejected(fault),
            })?;
    if let Some(password) = prepared {
        attrs.push((PASSWORD.into(), vec![quoted(&password)]));
        if policy.must_change {
            attrs.push((LAST_SET.into(), vec![b"0".to_vec()]));
        }
    }
    Ok(())
}

/// Wipes the password.
pub(super) fn wipe(attrs: &mut [WriteValues]) {
    let secrets = attrs.iter_mut().filter(|(name, _)| name == PASSWORD);
    for (_, values) in secrets {
        values.iter_mut().for_each(|value| value.zeroize());
    }
}

fn quoted(password: &Password) -> Vec<u8> {
    // As long as it becomes, so that no part of it is left behind by growing.
    let mut octets = Vec::with_capacity(2 * (password.reveal().len() + 2));
    let text = Zeroizing::new(format!("\"{}\"", password.reveal()));
    octets.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_wiped_and_nothing_else() {
        let name = || ("cn".to_owned(), vec![b"Ann".to_vec()]);
        let mut attrs = vec![name(), (PASSWORD.into(), vec![b"\"secret\"".to_vec()])];

        wipe(&mut attrs);

        assert_eq!(attrs[0], name());
        assert!(attrs[1].1.iter().all(Vec::is_empty), "{:?}", attrs[1]);
    }
}
