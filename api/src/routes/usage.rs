//! `GET /v1/tenants/{tenant}/usage`: metered usage per day and meter, from the ledger.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use syncline_contract::{Body, Described, Params, Problem, codes};
use syncline_store::control::Scope;
use utoipa::{IntoParams, ToSchema};

use crate::answer::stored;
use crate::app::AppState;
use crate::caller::Caller;
use crate::clock::{date, day_of, now_ms};
use crate::runners::At;

const DAY_MS: i64 = 86_400_000;
const DAYS_DEFAULT: i64 = 31;
const DAYS_MAX: i64 = 400;

/// Query of the operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsageQuery {
    /// First day (`YYYY-MM-DD`, UTC); 30 days before the last when absent.
    #[serde(default)]
    from: Option<String>,
    /// Last day, included; today when absent.
    #[serde(default)]
    to: Option<String>,
}

/// Usage of a tenant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// First day.
    from: String,
    /// Last day, included.
    to: String,
    /// One entry a day and meter, days ascending.
    days: Vec<UsageDayView>,
    /// Sums over the days, one a meter.
    totals: Vec<MeterTotal>,
}

/// A day's sum of one meter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct UsageDayView {
    /// The day, UTC.
    day: String,
    /// The meter.
    meter: String,
    /// How many.
    quantity: i64,
    /// How many of them are billed.
    billable: i64,
}

/// The sum of one meter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MeterTotal {
    /// The meter.
    meter: String,
    /// How many.
    quantity: i64,
    /// How many of them are billed.
    billable: i64,
}

pub(super) fn describe(described: Described) -> Described {
    described
        .query::<UsageQuery>()
        .returns::<Usage>(200, "Usage per day and meter.")
        .fails(&[&codes::QUERY_INVALID])
}

pub(super) async fn get(
    State(app): State<AppState>,
    caller: Caller,
    Params(query): Params<UsageQuery>,
) -> Result<Body<Usage>, Problem> {
    let member = caller.tenant()?;
    let (from, to) = days(&query, now_ms())?;
    // What the runner has committed so far is part of the answer; if it sleeps, its rows are already here.
    let at = At {
        tenant: member.tenant,
        generation: member.generation,
    };
    if let Err(error) = app.collector.collect(&app.control, &app.runners, at).await {
        tracing::debug!(code = "collector.failed", tenant = %member.tenant, "{error}");
    }
    let mut tx = app
        .control
        .tx(Scope::tenant(member.tenant))
        .await
        .map_err(stored)?;
    let rows = tx
        .usage_days(member.tenant, from * DAY_MS, (to + 1) * DAY_MS)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let mut totals = std::collections::BTreeMap::<String, (i64, i64)>::new();
    for row in &rows {
        let total = totals.entry(row.meter.clone()).or_default();
        *total = (total.0 + row.quantity, total.1 + row.billable);
    }
    Ok(Body(Usage {
        from: date(from),
        to: date(to),
        days: rows
            .into_iter()
            .map(|row| UsageDayView {
                day: date(row.day),
                meter: row.meter,
                quantity: row.quantity,
                billable: row.billable,
            })
            .collect(),
        totals: totals
            .into_iter()
            .map(|(meter, (quantity, billable))| MeterTotal {
                meter,
                quantity,
                billable,
            })
            .collect(),
    }))
}

fn days(query: &UsageQuery, now_ms: i64) -> Result<(i64, i64), Problem> {
    let read = |name: &str, text: &str| {
        let problem = Problem::new(&codes::QUERY_INVALID, "A day is not one.");
        day_of(text).ok_or_else(|| problem.field(name, "value", "a day as YYYY-MM-DD"))
    };
    let to = query
        .to
        .as_deref()
        .map(|text| read("to", text))
        .transpose()?
        .unwrap_or(now_ms / DAY_MS);
    let from = query
        .from
        .as_deref()
        .map(|text| read("from", text))
        .transpose()?
        .unwrap_or(to - DAYS_DEFAULT + 1);
    if from > to || to - from >= DAYS_MAX {
        let problem = Problem::new(
            &codes::QUERY_INVALID,
            "The days are not a span that can be answered.",
        );
        return Err(problem.field(
            "from",
            "value",
            format!("not after `to`, at most {DAYS_MAX} days before it"),
        ));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_month_is_answered_unless_other_days_are_asked_for() {
        let query = |from: Option<&str>, to: Option<&str>| UsageQuery {
            from: from.map(Into::into),
            to: to.map(Into::into),
        };
        let now = 20_000 * DAY_MS + 5;

        assert_eq!(days(&query(None, None), now).unwrap(), (19_970, 20_000));
        assert_eq!(
            days(&query(Some("2024-10-01"), Some("2024-10-01")), now).unwrap(),
            (19_997, 19_997)
        );
        for (from, to) in [
            ("2024-10-02", "2024-10-01"),
            ("2020-01-01", "2024-10-01"),
            ("x", "2024-10-01"),
        ] {
            assert!(
                days(&query(Some(from), Some(to)), now).is_err(),
                "{from} {to}"
            );
        }
    }
}
