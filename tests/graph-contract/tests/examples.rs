//! The documented examples: every one loads, and every request is an operation or is explained here.

use std::collections::{BTreeMap, BTreeSet};
use syncline_graph_contract::{Contract, Status};

/// Documented requests that are no operation of the vendor's own templates, and why.
const UNDECLARED: [(&str, &[&str]); 6] = [
    (
        "of the signed-in user or of other services, outside the extract",
        &[
            "GET /groups/*/permissionGrants",
            "GET /users/*/getManagedAppPolicies",
            "GET /users/*/getManagedDevicesWithAppFailures",
            "GET /users/*/getManagedAppDiagnosticStatuses",
            "GET /users/*/permissionGrants",
            "POST /groups/*/removeFavorite",
            "POST /groups/*/resetUnseenCount",
            "POST /groups/*/subscribeByMail",
            "POST /groups/*/unsubscribeByMail",
            "POST /users/*/followedSites/add",
            "POST /users/*/followedSites/remove",
            "POST /users/*/wipeManagedAppRegistrationsByDeviceTag",
        ],
    ),
    (
        "documented, and in neither the templates nor the permission table",
        &[
            "DELETE /servicePrincipals/*/appManagementPolicies/*/$ref",
            "DELETE /servicePrincipals/*/remoteDesktopSecurityConfiguration/targetDeviceGroups/*/$ref",
            "GET /directoryRoleTemplates",
            "GET /directoryRoleTemplates/*",
            "GET /groups/*/groupLifecyclePolicies",
            "GET /organization/*/branding/localizations/*/signInPageText",
            "POST /directory/deletedItems/getUserOwnedObjects",
            "POST /servicePrincipals/*/appManagementPolicies/$ref",
            "POST /users/*/exportPersonalData",
        ],
    ),
    (
        "below a synchronization schema, which the extract ends at",
        &[
            "GET /servicePrincipals/*/synchronization/jobs/*/schema/filterOperators",
            "GET /servicePrincipals/*/synchronization/jobs/*/schema/functions",
            "POST /servicePrincipals/*/synchronization/jobs/*/schema/parseExpression",
        ],
    ),
    (
        "members have no address of their own in the templates, only a $ref",
        &["GET /directory/administrativeUnits/*/members/*"],
    ),
    (
        "documented with PUT, declared with other methods",
        &[
            "PUT /applications/*/synchronization/templates/*",
            "PUT /tenantRelationships/multiTenantOrganization",
        ],
    ),
    (
        "misspelt in the documentation",
        &[
            "PATCH /tenantRelationships/multiTenantOrganization/tenant/*",
            "POST /directory/deleteditems/*/restore",
        ],
    ),
];

#[test]
fn every_documented_request_is_an_operation_or_is_explained() {
    let contract = Contract::vendor();

    let undeclared: BTreeSet<String> = contract
        .examples()
        .iter()
        .filter(|example| contract.operation(&example.method, &example.path).is_err())
        .map(|example| format!("{} {}", example.method, example.path))
        .collect();

    let explained: BTreeSet<String> = UNDECLARED
        .iter()
        .flat_map(|(_, requests)| requests.iter().map(|request| (*request).to_owned()))
        .collect();
    assert_eq!(contract.examples().len(), 399);
    assert_eq!(undeclared, explained);
}

/// Query options of the documentation that the templates, or the types, do not have.
const DOUBTFUL_QUERIES: [(&str, &str); 3] = [
    (
        "query.not_accepted",
        "GET /directory/federationConfigurations/* does not take $filter",
    ),
    (
        "query.not_accepted",
        "GET /users does not take $orderbydisplayName",
    ),
    (
        "query.unknown_property",
        "/servicePrincipals: $select names \"publisherName\"",
    ),
];

#[test]
fn documented_reads_keep_to_the_query_options_or_are_listed() {
    let contract = Contract::vendor();
    let mut found = BTreeSet::new();

    for example in contract.examples() {
        let request = example.request();
        let Ok(operation) = contract.operation(request.method, request.path) else {
            continue;
        };
        if operation.method != "GET" || !operation.status.is_granted() {
            continue;
        }
        let granted = operation.application.iter().cloned().collect();
        let wrong = contract.check_request(&request, &granted);
        let queries = wrong
            .into_iter()
            .filter(|wrong| wrong.code != "permission.missing");
        found.extend(queries.map(|wrong| (wrong.code.to_owned(), wrong.what)));
    }

    let listed: BTreeSet<(String, String)> = DOUBTFUL_QUERIES
        .iter()
        .map(|(code, what)| ((*code).to_owned(), (*what).to_owned()))
        .collect();
    assert_eq!(found, listed);
}

#[test]
fn most_documented_operations_may_be_called() {
    let contract = Contract::vendor();
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();

    for example in contract.examples() {
        if let Ok(operation) = contract.operation(&example.method, &example.path) {
            *counts.entry(operation.status).or_default() += 1;
        }
    }

    println!("{counts:?}");
    let expected = [
        (Status::DeclaredAndGranted, 320),
        (Status::DeclaredOnly, 5),
        (Status::DeclaredUngraded, 39),
        (Status::GrantedOnly, 4),
        (Status::Deviation, 2),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn the_table_has_as_many_operations_as_the_vendor_counts() {
    let counts = Contract::vendor().census();

    let expected = [
        (Status::DeclaredAndGranted, 518),
        (Status::DeclaredOnly, 95),
        (Status::DeclaredUngraded, 641),
        (Status::GrantedOnly, 16),
        (Status::Deviation, 3),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

/// Answers of operations that may be called, held to the whole contract: what it finds wrong is counted, so
/// that neither the data nor the checks change unseen. The documentation is not always right.
#[test]
fn documented_answers_break_the_contract_only_as_often_as_is_known() {
    let contract = Contract::vendor();
    let mut right = 0_usize;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();

    for example in contract.examples() {
        let request = example.request();
        let operation = contract.operation(request.method, request.path);
        if !operation.is_ok_and(|operation| operation.status.is_granted()) {
            continue;
        }
        let found = contract.check_response(&request, example.status, example.body.as_ref());
        right += usize::from(found.is_empty());
        for violation in found {
            println!("{violation}");
            *counts.entry(violation.code).or_default() += 1;
        }
    }

    println!("right {right}, wrong {counts:?}");
    let known = [
        ("delta.id_missing", 6),
        ("property.format", 9),
        ("property.unknown", 80),
        ("property.value", 2),
        ("response.shape", 8),
        ("response.status", 1),
        ("type.unknown", 2),
    ];
    assert_eq!(right, 281);
    assert_eq!(counts, BTreeMap::from(known));
}
