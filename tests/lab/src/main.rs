//! `syncline-lab`: the lab by hand, and a process that tests can kill.
//!
//! `syncline-lab hold [empty|small|demo]` starts both forests, prints where they are as one JSON line
//! and keeps them until it is ended.

use std::{process::ExitCode, thread, time::Duration};
use syncline_lab::{DataSet, Lab, LabOptions};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let data = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hold"] | ["hold", "empty"] => DataSet::Empty,
        ["hold", "small"] => DataSet::Small,
        ["hold", "demo"] => DataSet::Demo,
        _ => {
            eprintln!("usage: syncline-lab hold [empty|small|demo]");
            return ExitCode::from(2);
        }
    };
    match Lab::start(LabOptions::with(data)) {
        Ok(lab) => hold(&lab),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn hold(lab: &Lab) -> ! {
    let describe = serde_json::json!({
        "contoso": lab.contoso.ldaps_url(),
        "fabrikam": lab.fabrikam.ldaps_url(),
        "ca": lab.contoso.ca_file(),
        "directory": lab.directory(),
        "administrator_password": lab.contoso.administrator_account().password,
        "service_password": lab.contoso.service_account().password,
    });
    println!("{describe}");
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
