//! Quotas: resource units and writes, by application, by tenant, and by both together.
//!
//! Invariants: the figures are the contract's; a request that is refused for its quota is charged all
//! the same; the first limit that is hit is the one that is told.

mod answer;
mod bucket;

pub(crate) use answer::{ok_headers, refusal};

use crate::{
    clock::{Moment, SECOND},
    options::Size,
    tenant::Tenant,
};
use bucket::Bucket;
use std::collections::HashMap;
use syncline_graph_contract::{Contract, Cost, Quota, TenantSize};

/// The buckets of all applications and tenants.
#[derive(Debug, Default)]
pub(crate) struct Buckets(HashMap<String, Bucket>);

/// What the quotas say to a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It may be carried out; this share of the fullest bucket is used.
    Allowed(f64),
    Throttled(Throttled),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Throttled {
    /// `Tenant_Application/Write/{application}/{tenant}`.
    pub(crate) scope: String,
    pub(crate) information: &'static str,
    pub(crate) seconds: i64,
    /// The share of the quota that is used: 1 is all of it.
    pub(crate) share: f64,
}

/// One quota that a request counts against.
struct Limit {
    key: String,
    scope: String,
    information: &'static str,
    quota: f64,
    window: i64,
    amount: u32,
}

impl Buckets {
    /// Charges a request, whatever comes of it.
    pub(crate) fn charge(
        &mut self,
        tenant: &Tenant,
        application: &str,
        cost: Cost,
        now: Moment,
    ) -> Verdict {
        if tenant.throttle.unlimited {
            return Verdict::Allowed(0.0);
        }
        let mut verdict = Verdict::Allowed(0.0);
        for limit in limits(tenant, application, cost) {
            let bucket = self.0.entry(limit.key).or_default();
            let used = bucket.charge(limit.amount, limit.quota, limit.window, now);
            match &mut verdict {
                Verdict::Allowed(share) if used <= limit.quota => {
                    *share = share.max(used / limit.quota);
                }
                Verdict::Allowed(_) => {
                    let rate = limit.quota / as_float(limit.window);
                    let wait = ((used - limit.quota) / rate / as_float(SECOND)).ceil();
                    verdict = Verdict::Throttled(Throttled {
                        scope: limit.scope,
                        information: limit.information,
                        seconds: (wait as i64).max(1),
                        share: used / limit.quota,
                    });
                }
                Verdict::Throttled(_) => {}
            }
        }
        verdict
    }
}

fn as_float(milliseconds: i64) -> f64 {
    milliseconds as f64
}

fn limits(tenant: &Tenant, application: &str, cost: Cost) -> Vec<Limit> {
    let figures = Contract::vendor().throttling();
    let size = match tenant.size() {
        Size::S => TenantSize::S,
        Size::M => TenantSize::M,
        Size::L => TenantSize::L,
    };
    let id = &tenant.id;
    let own = 1.0 - tenant.throttle.other_applications.clamp(0.0, 0.99);
    let limit = |kind: &str, of: &str, quota: Quota, share: f64, amount: u32| {
        let who = match kind {
            "Tenant_Application" => format!("{application} {id}"),
            "Tenant" => id.clone(),
            _ => application.to_owned(),
        };
        let information = if of == "Write" {
            "WriteLimitExceeded"
        } else {
            "ResourceUnitLimitExceeded"
        };
        Limit {
            key: format!("{kind} {of} {who}"),
            scope: format!("{kind}/{of}/{application}/{id}"),
            information,
            quota: (f64::from(quota.amount) * share).round(),
            window: i64::from(quota.window_s) * SECOND,
            amount,
        }
    };
    let units = &figures.resource_unit_quota;
    let writes = &figures.write_quota;
    let mut limits = Vec::new();
    if let Some(quota) = units.app_and_tenant.get(&size) {
        limits.push(limit(
            "Tenant_Application",
            "ReadWrite",
            quota.quota,
            1.0,
            cost.units,
        ));
    }
    limits.push(limit(
        "Application",
        "ReadWrite",
        units.app,
        1.0,
        cost.units,
    ));
    if cost.writes > 0 {
        let amount = cost.writes;
        limits.push(limit(
            "Tenant_Application",
            "Write",
            writes.app_and_tenant,
            1.0,
            amount,
        ));
        limits.push(limit("Application", "Write", writes.app, 1.0, amount));
        limits.push(limit("Tenant", "Write", writes.tenant, own, amount));
    }
    limits
}

#[cfg(test)]
mod tests;
