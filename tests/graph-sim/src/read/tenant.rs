//! The tenant itself: its organization, its domains, its subscriptions.

use crate::{
    call::{Call, Handled},
    error::Refusal,
    options::Domain,
    request::Answer,
};
use serde_json::{Value, json};

fn organization_entity(call: &Call<'_>) -> Value {
    let tenant = &call.tenant;
    let is_default = |domain: &Domain| domain.name == tenant.default_domain();
    let domains = tenant.domains.iter().filter(|domain| domain.verified);
    let domains = domains.map(|domain| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": is_default(domain),
            "isInitial": is_default(domain),
            "name": domain.name,
            "type": if domain.federated { "Federated" } else { "Managed" },
        })
    });
    json!({
        "id": tenant.id,
        "displayName": tenant.display_name,
        "verifiedDomains": domains.collect::<Vec<_>>(),
        "onPremisesSyncEnabled": null,
        "onPremisesLastSyncDateTime": null,
        "businessPhones": [],
        "assignedPlans": [],
        "provisionedPlans": [],
    })
}

/// `GET /organization`, and one by its id.
pub(crate) fn organization(call: &Call<'_>, id: Option<&str>) -> Handled {
    let entity = organization_entity(call);
    match id {
        None => {
            let context = call.context("organization");
            let body = json!({ "@odata.context": context, "value": [entity] });
            Ok(Answer::json(200, body))
        }
        Some(id) if id == call.tenant.id => {
            let context = call.context("organization/$entity");
            Ok(Answer::entity(200, context, entity))
        }
        Some(id) => Err(Refusal::no_object(id)),
    }
}

fn domain_entity(call: &Call<'_>, domain: &Domain) -> Value {
    let is_default = domain.name == call.tenant.default_domain();
    json!({
        "id": domain.name,
        "authenticationType": if domain.federated { "Federated" } else { "Managed" },
        "availabilityStatus": null,
        "isAdminManaged": true,
        "isDefault": is_default,
        "isInitial": is_default,
        "isRoot": true,
        "isVerified": domain.verified,
        "supportedServices": ["Email"],
        "passwordValidityPeriodInDays": null,
        "passwordNotificationWindowInDays": null,
        "state": null,
    })
}

/// `GET /domains`, and one by its name.
pub(crate) fn domains(call: &Call<'_>, name: Option<&str>) -> Handled {
    let Some(name) = name else {
        let domains = call.tenant.domains.iter();
        let domains: Vec<Value> = domains.map(|domain| domain_entity(call, domain)).collect();
        let body = json!({ "@odata.context": call.context("domains"), "value": domains });
        return Ok(Answer::json(200, body));
    };
    let mut domains = call.tenant.domains.iter();
    let found = domains.find(|domain| domain.name.eq_ignore_ascii_case(name));
    let domain = found.ok_or_else(|| Refusal::no_object(name))?;
    let context = call.context("domains/$entity");
    Ok(Answer::entity(200, context, domain_entity(call, domain)))
}

/// `GET /subscribedSkus`: the table that the control port set.
pub(crate) fn subscribed_skus(call: &Call<'_>) -> Handled {
    let body = json!({
        "@odata.context": call.context("subscribedSkus"),
        "value": call.tenant.subscribed_skus,
    });
    Ok(Answer::json(200, body))
}

/// `POST /directoryObjects/getAvailableExtensionProperties`: the extensions that the control port set.
pub(crate) fn available_extensions(call: &Call<'_>) -> Handled {
    let extensions = call.tenant.extensions.iter().enumerate();
    let shown = extensions.map(|(number, extension)| {
        json!({
            "id": format!("00000000-0000-4000-8000-{number:012x}"),
            "deletedDateTime": null,
            "appDisplayName": "Extensions",
            "name": extension.name,
            "dataType": extension.data_type,
            "isMultiValued": extension.is_multi_valued,
            "isSyncedFromOnPremises": false,
            "targetObjects": extension.target_objects,
        })
    });
    let body = json!({
        "@odata.context": call.context("Collection(extensionProperty)"),
        "value": shown.collect::<Vec<Value>>(),
    });
    Ok(Answer::json(200, body))
}
