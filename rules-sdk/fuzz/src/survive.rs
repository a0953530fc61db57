//! The compiler survives any source: no panic, and no check that takes long.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use syncline_model::rules::{AttrType, RuleType};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, part};

use crate::sources::Quarry;

/// Longest that the check of a source of 32 KiB may take.
pub const PATIENCE: Duration = Duration::from_millis(50);
/// How often a slow check is repeated: another program may have had the processor.
const AGAIN: usize = 30;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Sources checked.
    pub sources: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many of them compile.
    pub compiled: u64,
    /// The slowest check.
    pub slowest: Duration,
    /// Sources that made the compiler panic or were slow, with what happened.
    pub failed: Vec<(String, String)>,
}

/// The attributes that sources may name.
pub fn env() -> Env {
    let text = AttrType::optional(RuleType::String);
    let list = AttrType::list(RuleType::String);
    let number = AttrType::optional(RuleType::Long);
    let source = [
        ("mail", text),
        ("sn", text),
        ("givenName", text),
        ("list", list),
        ("mails", list),
        ("proxyAddresses", list),
        ("n", AttrType::required(RuleType::Int)),
        ("userAccountControl", number),
        ("d", AttrType::required(RuleType::Double)),
        ("when", AttrType::optional(RuleType::Date)),
        ("objectGUID", AttrType::optional(RuleType::Binary)),
        ("manager", AttrType::optional(RuleType::Reference)),
        ("enabled", AttrType::optional(RuleType::Bool)),
    ];
    Env {
        source: source.map(|(name, attr)| (name.to_owned(), attr)).into(),
        parameters: BTreeMap::from([(
            "Domain.FQDN".to_owned(),
            AttrType::required(RuleType::String),
        )]),
        ..Env::default()
    }
}

/// Checks sources `from..to` of a seed.
pub fn check(seed: u64, from: u64, to: u64) -> Report {
    let (quarry, env) = (Quarry::default(), env());
    let mut report = Report::default();
    for n in from..to {
        let (dialect, source) = quarry.source(seed, n);
        report.sources += 1;
        report.bytes += source.len() as u64;
        let expr = ExprSource::Expr {
            expr: source.clone(),
            dialect,
        };
        let mut best = Duration::MAX;
        for _ in 0..AGAIN {
            let begun = Instant::now();
            let checked = catch_unwind(AssertUnwindSafe(|| {
                let checked = part::check_expression(&env, &expr);
                if checked.ok() {
                    // What compiles has to become a module, too.
                    checked.emit();
                }
                checked.ok()
            }));
            best = best.min(begun.elapsed());
            match checked {
                Ok(ok) => report.compiled += u64::from(ok),
                Err(_) => {
                    report.failed.push((source.clone(), format!("{n}: panic")));
                    break;
                }
            }
            if best <= PATIENCE {
                break;
            }
        }
        report.slowest = report.slowest.max(best);
        if best > PATIENCE {
            report.failed.push((source, format!("{n}: {best:?}")));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_thousand_sources_make_nothing_panic() {
        let report = check(1, 0, 3_000);

        let panics: Vec<_> = (report.failed.iter())
            .filter(|(_, what)| what.ends_with("panic"))
            .collect();
        assert!(panics.is_empty(), "{panics:#?}");
        assert!(report.compiled > 50, "{report:?}");
        assert!(report.bytes / report.sources >= 200, "{report:?}");
    }
}
