//! `syncline-api`: started by the host with everything it needs on inherited descriptors.

use std::process::ExitCode;

use syncline_api::{Api, Config};
use syncline_telemetry::{Format, Settings, Telemetry};
use syncline_wire::boot::{ApiBoot, ApiStart, LogFormat, Ready, take_api};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("no other provider was installed before");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            eprintln!("syncline-api: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let ApiStart { boot, ready } = take_api()?;
    let _telemetry = logs(&boot)?;
    let config = Config::from_boot(&boot)?;
    drop(boot);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut term = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let api = Api::start(config).await?;
        Ready {
            listen: api.address().to_string(),
        }
        .send(ready)?;
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        api.stop().await?;
        Ok(())
    })
}

fn logs(boot: &ApiBoot) -> Result<Telemetry, syncline_telemetry::StartError> {
    syncline_telemetry::start(&Settings {
        service: "syncline-api",
        build: boot.build.clone(),
        format: match boot.log.format {
            LogFormat::Json => Format::Json,
            LogFormat::Text => Format::Text,
        },
        filter: boot.log.filter.clone(),
        otlp_endpoint: boot.otlp_endpoint.clone(),
        tenant: None,
    })
}
