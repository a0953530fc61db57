//! Plays the oracle scenarios and prints one line each: `cargo test -p syncline-scenarios --test scenarios [S-nn …]`.

use std::path::Path;
use std::process::ExitCode;

use syncline_scenarios::runner::{Report, look_up, play};
use syncline_scenarios::scenarios::{all, elsewhere};

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg.starts_with("S-"))
        .collect();
    let is_wanted = |id: &str| wanted.is_empty() || wanted.iter().any(|one| one == id);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut report = Report::default();

    for scenario in all().iter().filter(|scenario| is_wanted(scenario.id)) {
        play(scenario, &mut report);
    }
    for proof in elsewhere().iter().filter(|proof| is_wanted(proof.id)) {
        look_up(proof, &root, &mut report);
    }

    report.lines.sort();
    for line in &report.lines {
        println!("{line}");
    }
    for failure in &report.failures {
        println!("\n{failure}");
    }
    match report.failures.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
