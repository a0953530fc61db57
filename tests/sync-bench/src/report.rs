//! The table: each figure beside what is required of it.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::Took;

/// One measure.
struct Row {
    name: &'static str,
    /// At full size.
    required: Option<Duration>,
    took: Vec<Took>,
}

/// All measures of a run.
pub struct Report {
    objects: usize,
    rows: Vec<Row>,
    peak: u64,
}

/// The most that the runner may hold.
const PEAK_MAX: u64 = 1 << 30;
/// The size that required values are stated for.
const FULL: usize = 926_000;

impl Report {
    /// Of a data set of this size.
    pub fn new(objects: usize) -> Self {
        Self {
            objects,
            rows: Vec::new(),
            peak: 0,
        }
    }

    /// Adds what a step took.
    pub fn add(&mut self, name: &'static str, required: Option<Duration>, took: Took) {
        self.peak = self.peak.max(took.peak);
        eprintln!(
            "{name}: {:.3} s, {:.3} s of processor, {} MiB",
            took.wall.as_secs_f64(),
            took.cpu.as_secs_f64(),
            took.peak >> 20
        );
        match self.rows.iter_mut().find(|row| row.name == name) {
            Some(row) => row.took.push(took),
            None => self.rows.push(Row {
                name,
                required,
                took: vec![took],
            }),
        }
    }

    /// Whether everything that is required holds. At another size than the full one nothing is required.
    pub fn ok(&self) -> bool {
        self.objects < FULL || (self.peak <= PEAK_MAX && self.rows.iter().all(Row::holds))
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut out = format!("{} objects, 14 directories\n", self.objects);
        for row in &self.rows {
            let _ = writeln!(
                out,
                "{:<44} {:>10.3} s  required {:>8}  {:>8.3} s of processor  peak {:>5} MiB",
                row.name,
                row.median().as_secs_f64(),
                row.required
                    .map_or("-".into(), |r| format!("{:.3} s", r.as_secs_f64())),
                row.took
                    .iter()
                    .map(|t| t.cpu.as_secs_f64())
                    .fold(f64::MAX, f64::min),
                row.took.iter().map(|t| t.peak).max().unwrap_or_default() >> 20,
            );
        }
        let _ = writeln!(
            out,
            "peak of the runner: {} MiB, required 1024",
            self.peak >> 20
        );
        out
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "name": row.name,
                "seconds": row.median().as_secs_f64(),
                "required_seconds": row.required.map(|r| r.as_secs_f64()),
                "rounds": row.took.len(),
                "cpu_seconds": row.took.iter().map(|t| t.cpu.as_secs_f64()).fold(f64::MAX, f64::min),
                "peak_mib": row.took.iter().map(|t| t.peak).max().unwrap_or_default() >> 20,
                "ok": row.holds(),
            })
        });
        json!({
            "objects": self.objects,
            "commits": "durable as in the product",
            "rows": rows.collect::<Vec<_>>(),
            "peak_mib": self.peak >> 20,
            "required_peak_mib": PEAK_MAX >> 20,
            "ok": self.ok(),
        })
    }
}

impl Row {
    fn median(&self) -> Duration {
        let mut all: Vec<Duration> = self.took.iter().map(|t| t.wall).collect();
        all.sort_unstable();
        all[all.len() / 2]
    }

    fn holds(&self) -> bool {
        self.required
            .is_none_or(|required| self.median() <= required)
    }
}
