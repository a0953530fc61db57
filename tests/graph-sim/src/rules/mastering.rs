//! Who owns an object or a property: the directory in the cloud, the one on premises, or Exchange.

use crate::{
    error::Refusal,
    schema,
    store::{Class, Object},
};

const ON_PREMISES: &str = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.";
const EXCHANGE: &str = "Unable to update the specified properties for objects that have originated within an external service.";

/// What the cloud owns even of a user that the on-premises directory masters.
const OWNED_BY_CLOUD: [&str; 6] = [
    "ageGroup",
    "consentProvidedForMinor",
    "passwordPolicies",
    "passwordProfile",
    "preferredDataLocation",
    "usageLocation",
];

/// Refuses to write properties of an object that the on-premises directory masters.
pub(crate) fn check_on_premises<'a>(
    object: &Object,
    properties: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    let is_free = |property: &str| {
        object.class == Class::User
            && (OWNED_BY_CLOUD.contains(&property)
                || schema::is_extension(property)
                || schema::is_kept_elsewhere(Class::User, property))
    };
    if object.is_mastered_on_premises() && !properties.into_iter().all(is_free) {
        return Err(Refusal::bad_request(ON_PREMISES));
    }
    Ok(())
}

/// Refuses to write properties that Exchange masters.
pub(crate) fn check_exchange<'a>(
    object: &Object,
    properties: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    let is_mastered = |property: &str| {
        object
            .exchange_masters
            .iter()
            .any(|mastered| mastered == property)
    };
    if properties.into_iter().any(is_mastered) {
        return Err(Refusal::bad_request(EXCHANGE));
    }
    Ok(())
}
