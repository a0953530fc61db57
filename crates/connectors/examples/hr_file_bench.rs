//! How fast an HR file of 500,000 rows is read, against the plain read of the `csv` library, and in how much memory.
//!
//! `cargo run --release -p syncline-connectors --features csv --example hr_file_bench [rows]`
//!
//! The library reads every row of the file into one reused record and does nothing with it. The import copies the
//! file, hashes it, surveys it, and hands out every row as an object of 24 attributes that is dropped at once.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use syncline_connectors::contract::{Connector as _, PageSink};
use syncline_connectors::csv::{CsvConnector, FolderConfig};
use syncline_model::import::{ImportMode, ImportRequest};

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let rows: u64 = match std::env::args().nth(1) {
        Some(rows) => rows.parse()?,
        None => 500_000,
    };
    let guard = tempfile::tempdir()?;
    let folder = guard.path().join("drop");
    std::fs::create_dir(&folder)?;
    let file = folder.join("workers.csv");
    write(&file, rows)?;
    let mut config = FolderConfig::new("HR", &folder, "*.csv", guard.path());
    config.settle = Duration::from_millis(1);
    let connector = CsvConnector::new(config);
    let started = Instant::now();
    let inspection = connector.inspect(None).await.map_err(|f| f.to_string())?;
    let inspected = started.elapsed();
    connector
        .confirm(Some(inspection.proposal))
        .map_err(|f| f.to_string())?;

    let mut best = Duration::MAX;
    for _ in 0..3 {
        best = best.min(import(&connector, rows).await?);
    }
    let peak_mib = peak_kib()? / 1024;
    let mut plain = Duration::MAX;
    for _ in 0..3 {
        plain = plain.min(library(&file, rows)?);
    }
    let mib = std::fs::metadata(&file)?.len() / (1024 * 1024);
    println!(
        "{{\"rows\":{rows},\"file_mib\":{mib},\"library_ms\":{},\"import_ms\":{},\"ratio\":{:.1},\"inspect_ms\":{},\"peak_mib\":{peak_mib}}}",
        plain.as_millis(),
        best.as_millis(),
        best.as_secs_f64() / plain.as_secs_f64(),
        inspected.as_millis(),
    );
    Ok(())
}

/// A file like the vendor's: 24 columns, some empty, some quoted.
fn write(path: &Path, rows: u64) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(
        out,
        "WorkerID,WorkerStatus,WorkerType,UserID,FirstName,LastName,FullName,GenderPronoun,ManagerID,HireDate,OnLeave,Department,Division,CostCenter,Company,Location,JobTitle,StreetAddress,City,CountryCode,OfficePhone,Custom01,Custom02,ZipCode"
    )?;
    for n in 0..rows {
        let street = match n % 6 {
            0 => String::new(),
            1 => format!("\"{n} Mansion Ct, Door {}\"", n % 9),
            _ => format!("{n} Mansion Ct"),
        };
        writeln!(
            out,
            "{n},Active,Employee,EMP{n},Ann{},Lee{},Ann Lee {n},SHE/HER,{},20{:02}-0{}-1{},False,Sales,Electronics,CC{},Woodgrove,Europe,Sales Executive,{street},Köln,DE,259-915-{n},T1001,,{}",
            n % 997,
            n % 1_009,
            n / 10,
            n % 25,
            1 + n % 9,
            n % 10,
            n % 100,
            n % 99_999,
        )?;
    }
    Ok(out.flush()?)
}

async fn import(connector: &CsvConnector, rows: u64) -> Result<Duration, Failure> {
    let schema = connector.describe().await.map_err(|f| f.to_string())?;
    let request = ImportRequest {
        mode: ImportMode::Full,
        containers: vec![],
        types: schema
            .types
            .into_values()
            .map(|t| (t.name, t.attrs.into_keys().collect()))
            .collect(),
        page_size: 1000,
    };
    let (sink, mut pages) = PageSink::channel();
    let taking = async {
        let mut taken = 0;
        while let Some(page) = pages.recv().await {
            taken += page.entries.len() as u64;
        }
        taken
    };
    let started = Instant::now();
    let (end, taken) = tokio::join!(connector.import(request, sink), taking);
    end.map_err(|f| f.to_string())?;
    if taken != rows {
        return Err(format!("{taken} of {rows} rows came").into());
    }
    Ok(started.elapsed())
}

fn library(path: &Path, rows: u64) -> Result<Duration, Failure> {
    let started = Instant::now();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    let mut read = 0;
    while reader.read_record(&mut record)? {
        read += 1;
    }
    if read != rows {
        return Err(format!("the library read {read} of {rows} rows").into());
    }
    Ok(started.elapsed())
}

/// The most memory that this process has had, in KiB.
fn peak_kib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number.ok_or("the kernel says no VmHWM")?.parse()?)
}
