//! What requests cost, and how much may be spent.
//!
//! The figures are the vendor's for the identity service; they change, so they are read and never written
//! here. What the vendor does not list costs the default.

use crate::batch;
use crate::contract::Contract;
use crate::path::skeleton;
use crate::request::Request;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Add;

/// The price of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Resource units.
    pub units: u32,
    /// Writes.
    pub writes: u32,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            units: self.units + other.units,
            writes: self.writes + other.writes,
        }
    }
}

/// The vendor's quotas and prices.
#[derive(Debug, Clone, Deserialize)]
pub struct Throttling {
    /// Requests of one application in all tenants, to all of Graph.
    pub global_per_app: Quota,
    /// Resource units.
    pub resource_unit_quota: ResourceUnitQuota,
    /// Writes.
    pub write_quota: WriteQuota,
    /// What changes the price of a request.
    pub modifiers: Modifiers,
    base_cost: BTreeMap<String, u32>,
    write_cost: WriteCost,
    headers: Headers,
}

/// So many in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// How many.
    #[serde(alias = "requests", alias = "ru", alias = "writes")]
    pub amount: u32,
    /// The window, in seconds.
    pub window_s: u32,
}

/// How big a tenant is, which decides its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum TenantSize {
    /// Small.
    S,
    /// Medium.
    M,
    /// Large.
    L,
}

/// Resource units of one application.
#[derive(Debug, Clone, Deserialize)]
pub struct ResourceUnitQuota {
    /// In one tenant, by its size.
    #[serde(rename = "app+tenant")]
    pub app_and_tenant: BTreeMap<TenantSize, UnitQuota>,
    /// In all tenants together.
    pub app: Quota,
}

/// The quota of tenants of one size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UnitQuota {
    /// The quota.
    #[serde(flatten)]
    pub quota: Quota,
    /// How many users such a tenant has, in the vendor's words.
    pub users: String,
}

/// Writes.
#[derive(Debug, Clone, Deserialize)]
pub struct WriteQuota {
    /// Of one application in one tenant.
    #[serde(rename = "app+tenant")]
    pub app_and_tenant: Quota,
    /// Of one application in all tenants.
    pub app: Quota,
    /// Of all applications in one tenant.
    pub tenant: Quota,
}

/// What changes the price of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Modifiers {
    /// For choosing properties.
    #[serde(rename = "$select")]
    pub select: i32,
    /// For bringing related entities along.
    #[serde(rename = "$expand")]
    pub expand: i32,
    /// For pages of fewer than twenty.
    #[serde(rename = "$top<20")]
    pub small_page: i32,
    /// The least a request costs.
    pub floor: u32,
}

#[derive(Debug, Clone, Deserialize)]
struct WriteCost {
    #[serde(flatten)]
    by_method: BTreeMap<String, serde_json::Value>,
    exceptions: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, Deserialize)]
struct Headers {
    ok: BTreeMap<String, serde_json::Value>,
    throttled: BTreeMap<String, serde_json::Value>,
}

const SMALL_PAGE: u32 = 20;

impl Throttling {
    pub(crate) fn published() -> Self {
        serde_json::from_str(include_str!("../data/throttling.identity.json"))
            .expect("throttling.identity.json is readable")
    }

    /// The reasons that `x-ms-throttle-information` may give.
    #[must_use]
    pub fn reasons(&self) -> Vec<&str> {
        self.headers
            .throttled
            .get("x-ms-throttle-information")
            .and_then(serde_json::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_str)
            .collect()
    }

    /// The headers that tell of the quota with any answer.
    #[must_use]
    pub fn ok_headers(&self) -> Vec<&str> {
        self.headers.ok.keys().map(String::as_str).collect()
    }

    /// The headers that a throttled answer has beside those.
    #[must_use]
    pub fn throttled_headers(&self) -> Vec<&str> {
        self.headers.throttled.keys().map(String::as_str).collect()
    }

    fn base(&self, method: &str, template: &str) -> u32 {
        let listed = skeleton(&format!("{method} {template}"));
        let action = template.rsplit('/').next().unwrap_or_default();
        let action = format!("{method} {action}");
        self.base_cost
            .iter()
            .find(|(name, _)| skeleton(name) == listed || **name == action)
            .or_else(|| self.base_cost.get_key_value("default"))
            .map_or(1, |(_, units)| *units)
    }

    fn writes(&self, method: &str, template: &str) -> u32 {
        let action = template.rsplit('/').next().unwrap_or_default();
        let exception = self.write_cost.exceptions.iter().find(|(names, _)| {
            names.split(", ").any(|name| match name.strip_suffix('*') {
                Some(prefix) => action.starts_with(prefix),
                None => action == name,
            })
        });
        match exception {
            Some((_, writes)) => *writes,
            None => self
                .write_cost
                .by_method
                .get(method)
                .and_then(serde_json::Value::as_u64)
                .map_or(0, |writes| u32::try_from(writes).unwrap_or(u32::MAX)),
        }
    }
}

pub(crate) fn of(contract: &Contract, request: &Request<'_>) -> Cost {
    let operation = contract.operation(request.method, request.path);
    if operation.as_ref().is_ok_and(batch::is_batch) {
        return batch::items(request.body)
            .iter()
            .map(|item| of(contract, &item.request()))
            .fold(Cost::default(), Cost::add);
    }
    let throttling = contract.throttling();
    let template = operation.map_or(request.path, |operation| operation.template);
    let Modifiers {
        select,
        expand,
        small_page,
        floor,
    } = throttling.modifiers;
    let small = request
        .option("$top")
        .and_then(|size| size.parse::<u32>().ok())
        .is_some_and(|size| size < SMALL_PAGE);
    let change: i32 = [
        (request.option("$select").is_some(), select),
        (request.option("$expand").is_some(), expand),
        (small, small_page),
    ]
    .into_iter()
    .filter_map(|(applies, change)| applies.then_some(change))
    .sum();
    let units = throttling
        .base(request.method, template)
        .saturating_add_signed(change);
    Cost {
        units: units.max(floor),
        writes: throttling.writes(request.method, template),
    }
}
