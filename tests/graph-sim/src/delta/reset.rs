//! The answers that end a chain of delta requests.

use super::token::Scope;
use crate::{call::Call, error::Refusal, options::ResetForm};

/// What a delta token that is of no use any more is answered with.
pub(super) fn refusal(call: &Call<'_>, scope: &Scope, form: ResetForm) -> Refusal {
    let message = "The sync state generation is not found; continue with a full synchronization.";
    match form {
        ResetForm::Gone => {
            let collection = scope.class.collection();
            let select = scope.select.as_ref();
            let select = select.map_or(String::new(), |names| format!("$select={names}&"));
            let location = format!("{}/{collection}/delta?{select}$deltatoken=", call.root);
            Refusal::new(410, "resyncRequired", message).with_header("Location", location)
        }
        ResetForm::SyncStateNotFound => Refusal::new(400, "syncStateNotFound", message),
        ResetForm::SyncStateNotFoundCapital => Refusal::new(404, "SyncStateNotFound", message),
        ResetForm::ResyncRequired => Refusal::new(400, "resyncRequired", message),
    }
}
