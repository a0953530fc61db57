//! Pages of a list: how many, from where, and the link to the next.

use crate::{
    call::Call,
    clock::{Moment, SECOND},
    error::Refusal,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) const SIZE: usize = 100;
pub(super) const SIZE_MAX: usize = 999;

/// Where a list goes on; the client carries it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    tenant: String,
    path: String,
    /// After this id, or at this position of an ordered list.
    pub(super) after: String,
    pub(super) position: usize,
    issued: Moment,
}

/// `$top`, within its limits.
pub(super) fn size(call: &Call<'_>) -> Result<usize, Refusal> {
    let Some(top) = call.request.option("$top") else {
        return Ok(SIZE);
    };
    match top.parse() {
        Ok(size @ 1..=SIZE_MAX) => Ok(size),
        _ => {
            let message = format!(
                "Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."
            );
            Err(Refusal::unsupported_query(message))
        }
    }
}

/// Where the list that is asked for goes on; nothing at its start.
pub(super) fn place(call: &Call<'_>) -> Result<Option<Place>, Refusal> {
    if call.request.has_option("$skip") {
        let message = "'$skip' is not supported by the service.";
        return Err(Refusal::unsupported_query(message));
    }
    let Some(token) = call.request.option("$skiptoken") else {
        return Ok(None);
    };
    let place: Option<Place> = call.secret.open(token);
    let ours =
        place.filter(|place| place.tenant == call.tenant.id && place.path == call.request.path);
    let place = ours.ok_or_else(|| Refusal::bad_request("The page token is not valid."))?;
    if call.now - place.issued > call.tenant.delta.skip_token_seconds * SECOND {
        return Err(expired());
    }
    Ok(Some(place))
}

/// A page token lives minutes.
pub(crate) fn expired() -> Refusal {
    let message =
        "The specified page token value has expired and can no longer be included in your request.";
    Refusal::new(400, "Directory_ExpiredPageToken", message)
}

/// Adds the link to the next page.
pub(super) fn link(call: &Call<'_>, body: &mut Map<String, Value>, after: &str, position: usize) {
    let place = Place {
        tenant: call.tenant.id.clone(),
        path: call.request.path.clone(),
        after: after.to_owned(),
        position,
        issued: call.now,
    };
    let token = call.secret.seal(&place);
    let target = call.request.target_with(&[("$skiptoken", &token)]);
    let link = Value::from(format!("{}{target}", call.root));
    body.insert("@odata.nextLink".to_owned(), link);
}
