//! Prices, quotas and clouds, against the vendor's figures.

mod support;

use support::call;
use syncline_graph_contract::{Contract, Quota, TenantSize};

#[test]
fn requests_cost_what_the_vendor_lists() {
    for (method, url, units, writes) in [
        ("GET", "/users", 2, 0),
        ("GET", "/users/1", 1, 0),
        ("GET", "/users/delta", 1, 0),
        ("GET", "/users/1/memberOf", 2, 0),
        ("GET", "/users('ada')/licenseDetails", 2, 0),
        ("GET", "/groups", 1, 0),
        ("GET", "/groups/1/members", 3, 0),
        ("GET", "/groups/1/transitiveMembers", 5, 0),
        ("GET", "/domains/1/domainNameReferences", 4, 0),
        ("GET", "/subscribedSkus", 3, 0),
        ("GET", "/contracts", 3, 0),
        ("POST", "/directoryObjects/getByIds", 3, 0),
        ("POST", "/users/1/checkMemberGroups", 4, 0),
        ("POST", "/groups/1/getMemberObjects", 2, 0),
        ("POST", "/users", 1, 1),
        ("PATCH", "/groups/1", 1, 1),
        ("PUT", "/users/1/manager/$ref", 1, 1),
        ("DELETE", "/users/1", 1, 1),
    ] {
        assert_eq!(call(method, url).cost(), (units, writes), "{method} {url}");
    }
}

#[test]
fn options_change_the_price_and_nothing_is_free() {
    for (url, units) in [
        ("/users?$select=id", 1),
        ("/users?$expand=manager", 3),
        ("/users?$select=id&$expand=manager", 2),
        ("/users?$top=19", 1),
        ("/users?$top=20", 2),
        ("/users?$select=id&$top=5", 1),
        ("/users/1?$select=id", 1),
        ("/groups/1/members?$select=id", 2),
        ("/groups/1/transitiveMembers?$select=id&$top=1", 3),
    ] {
        assert_eq!(call("GET", url).cost(), (units, 0), "{url}");
    }
}

#[test]
fn quotas_are_the_published_ones() {
    let throttling = Contract::vendor().throttling();
    let quota = |amount, window_s| Quota { amount, window_s };

    let sizes: Vec<_> = throttling
        .resource_unit_quota
        .app_and_tenant
        .iter()
        .map(|(size, of_size)| (*size, of_size.quota))
        .collect();
    let expected = [
        (TenantSize::S, quota(3_500, 10)),
        (TenantSize::M, quota(5_000, 10)),
        (TenantSize::L, quota(8_000, 10)),
    ];
    assert_eq!(sizes, expected);
    assert_eq!(throttling.resource_unit_quota.app, quota(150_000, 20));
    assert_eq!(throttling.write_quota.app_and_tenant, quota(3_000, 150));
    assert_eq!(throttling.write_quota.app, quota(70_000, 300));
    assert_eq!(throttling.write_quota.tenant, quota(18_000, 300));
    assert_eq!(throttling.global_per_app, quota(130_000, 10));
    let reasons = [
        "CPULimitExceeded",
        "WriteLimitExceeded",
        "ResourceUnitLimitExceeded",
    ];
    assert_eq!(throttling.reasons(), reasons);
}

#[test]
fn there_are_four_clouds() {
    let roots: Vec<_> = Contract::vendor()
        .clouds()
        .iter()
        .map(|cloud| (cloud.name.as_str(), cloud.graph.as_str()))
        .collect();

    let expected = [
        ("global", "https://graph.microsoft.com"),
        ("usgov-gcchigh", "https://graph.microsoft.us"),
        ("usgov-dod", "https://dod-graph.microsoft.us"),
        ("china-21vianet", "https://microsoftgraph.chinacloudapi.cn"),
    ];
    assert_eq!(roots, expected);
}
