//! Managers of users: set by `PUT …/manager/$ref`, taken away by `DELETE`.
//!
//! Invariants: a user has one manager or none; that there was none to take away is a success, that there is no such
//! user is not.

use http::Method;
use serde_json::json;
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::op::Change;

use super::client::Ask;
use super::errors;
use super::members::{Referred, missing_target, resolved};
use super::properties::Class;
use super::removal::{NotTaken, Removal};
use super::writer::{Writer, Written, key_of, names};
use crate::contract::Names;

impl Writer {
    /// Writes a user's manager.
    pub(super) async fn manager(
        &self,
        user: [u8; 16],
        attr: &AttrName,
        change: &Change,
        name_table: &dyn Names,
    ) -> Referred {
        let mut referred = Referred::default();
        let wanted = match change {
            Change::Clear => &[][..],
            Change::Set(values) | Change::Values { add: values, .. } => values,
        };
        let targets = resolved(attr, wanted, name_table, &mut referred.refused);
        if !referred.refused.is_empty() {
            return referred;
        }
        let what = format!("Changing the manager of user {}", key_of(user));
        let path = format!("/users/{}/manager/$ref", key_of(user));
        let written = match targets.as_slice() {
            [] => {
                let removal = Removal {
                    class: Class::User,
                    holder: user,
                    path,
                    target: None,
                };
                match self.take_away(&removal, &what).await {
                    Ok(()) => referred.done = 1,
                    Err(NotTaken::Stop(stop)) => referred.stop = Some(*stop),
                    Err(NotTaken::Refused(refusal)) => {
                        let fault = errors::export(&what, &refusal);
                        referred.refused.push(fault.on_attr(attr.clone()));
                    }
                }
                return referred;
            }
            [manager] => {
                let body = json!({ "@odata.id": self.link(*manager) });
                let ask = Ask::write(Method::PUT, path, Some(body));
                self.write_settled(&ask, user, &[*manager], &what).await
            }
            _ => {
                referred.refused.push(
                    Fault::new(
                        "export.value_refused",
                        ErrorKind::MultiToSingle,
                        "A user has one manager.",
                        "Correct the flow so that it gives one value.",
                    )
                    .on_attr(attr.clone()),
                );
                return referred;
            }
        };
        match written {
            Written::Done(_) => referred.done = 1,
            Written::Refused(refusal) => {
                let fault = match targets.first() {
                    Some(manager) if names(&refusal, *manager) => missing_target(attr, &refusal),
                    _ => errors::export(&what, &refusal).on_attr(attr.clone()),
                };
                referred.refused.push(fault);
            }
            other => referred.stop = other.into_stop(&what),
        }
        referred
    }
}
