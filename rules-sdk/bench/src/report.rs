//! Figures beside what is required of them.
//!
//! Invariants: absolute times are required at a yardstick of [`REFERENCE_NS`] and scale with the one that was measured;
//! a run whose yardstick varies by more than [`VARIES_MAX`] percent does not count and says so.

use serde_json::{Value as Json, json};

/// The yardstick that the required times were set with: fused native code per person, in nanoseconds.
pub const REFERENCE_NS: f64 = 120.0;
/// How far the median round of the yardstick may lie above its best one, in percent.
pub const VARIES_MAX: f64 = 15.0;

/// What is asked of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Required {
    /// Nothing; it explains others.
    Nothing,
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// Less than this at the reference yardstick.
    Scaled(f64),
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: &'static str,
    /// The measurement.
    pub value: f64,
    /// What is asked of it.
    pub required: Required,
    /// What we would like.
    pub aim: Option<f64>,
}

impl Figure {
    /// A figure of which nothing is asked.
    pub fn told(name: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self::held(name, unit, value, Required::Nothing)
    }

    /// A figure of which something is asked.
    pub fn held(
        name: impl Into<String>,
        unit: &'static str,
        value: f64,
        required: Required,
    ) -> Self {
        Self {
            name: name.into(),
            unit,
            value,
            required,
            aim: None,
        }
    }
}

/// A run of a bench.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which bench.
    pub bench: &'static str,
    /// How much was measured.
    pub size: Json,
    /// The yardstick of each round, in nanoseconds per person.
    pub rounds: Vec<f64>,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Report {
    /// The yardstick: its best round.
    pub fn yardstick(&self) -> f64 {
        self.rounds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// How far the median round lies above the best one, in percent.
    pub fn varies(&self) -> f64 {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted
            .get(sorted.len() / 2)
            .copied()
            .unwrap_or(f64::INFINITY);
        (median / self.yardstick() - 1.0) * 100.0
    }

    /// Whether the machine was quiet enough.
    pub fn counts(&self) -> bool {
        self.varies() <= VARIES_MAX
    }

    /// Whether everything required holds, in a run that counts.
    pub fn ok(&self) -> bool {
        self.counts() && self.figures.iter().all(|figure| self.holds(figure))
    }

    fn holds(&self, figure: &Figure) -> bool {
        match figure.required {
            Required::Nothing => true,
            Required::AtLeast(least) => figure.value >= least,
            Required::AtMost(_) | Required::Scaled(_) => {
                self.limit(figure).is_some_and(|most| figure.value <= most)
            }
        }
    }

    fn limit(&self, figure: &Figure) -> Option<f64> {
        match figure.required {
            Required::Nothing => None,
            Required::AtMost(limit) | Required::AtLeast(limit) => Some(limit),
            Required::Scaled(limit) => Some(limit * self.yardstick() / REFERENCE_NS),
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut out = format!(
            "yardstick {:.1} ns, its median round {:.1} % above{}\n",
            self.yardstick(),
            self.varies(),
            if self.counts() {
                ""
            } else {
                ": THIS RUN DOES NOT COUNT, the machine is not quiet"
            },
        );
        for figure in &self.figures {
            let sign = if matches!(figure.required, Required::AtLeast(_)) {
                "≥"
            } else {
                "≤"
            };
            let required = self.limit(figure).map_or(String::new(), |limit| {
                let holds = if self.holds(figure) { "holds" } else { "FAILS" };
                format!("  {sign} {limit:.2} {holds}")
            });
            out += &format!(
                "{:<58} {:>10.2} {:<6}{required}\n",
                figure.name, figure.value, figure.unit
            );
        }
        out
    }

    /// For machines, on one line.
    pub fn json(&self) -> Json {
        let figure = |figure: &Figure| {
            json!({
                "name": figure.name,
                "unit": figure.unit,
                "value": rounded(figure.value),
                "required": self.limit(figure).map(rounded),
                "at_least": matches!(figure.required, Required::AtLeast(_)),
                "aim": figure.aim,
                "ok": self.holds(figure),
            })
        };
        json!({
            "bench": self.bench,
            "ok": self.ok(),
            "counts": self.counts(),
            "yardstick_ns": rounded(self.yardstick()),
            "yardstick_varies_percent": rounded(self.varies()),
            "size": self.size,
            "figures": self.figures.iter().map(figure).collect::<Vec<_>>(),
        })
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(rounds: &[f64], value: f64, required: Required) -> Report {
        Report {
            bench: "test",
            size: json!({}),
            rounds: rounds.to_vec(),
            figures: vec![Figure {
                name: "x".into(),
                unit: "ns",
                value,
                required,
                aim: None,
            }],
        }
    }

    #[test]
    fn a_time_is_held_against_the_yardstick_of_its_machine() {
        assert!(report(&[240.0], 1_100.0, Required::Scaled(600.0)).ok());
        assert!(!report(&[120.0], 1_100.0, Required::Scaled(600.0)).ok());
        assert!(!report(&[60.0], 400.0, Required::Scaled(600.0)).ok());
    }

    #[test]
    fn a_run_on_a_busy_machine_is_not_ok_whatever_its_figures() {
        let busy = report(&[100.0, 130.0, 140.0], 1.0, Required::AtMost(2.0));

        assert!(!busy.ok());
        assert_eq!(busy.json()["counts"], false);
        assert!(busy.text().contains("DOES NOT COUNT"));
    }

    #[test]
    fn a_ratio_is_held_as_it_is() {
        assert!(report(&[60.0], 30.0, Required::AtLeast(30.0)).ok());
        assert!(!report(&[60.0], 29.9, Required::AtLeast(30.0)).ok());
        assert!(report(&[60.0], 1e9, Required::Nothing).ok());
    }
}
