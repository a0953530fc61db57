//! `syncline-ldap-proxy`: the proxy as a program, in front of any LDAPS directory with a lab certificate.
//!
//! Prints its address as one JSON line when it is ready. Reads commands from standard input: `break`,
//! `away`, `back`, `stats`; ends with it.

use clap::Parser;
use std::{io::BufRead, net::SocketAddr, path::PathBuf, process::ExitCode};
use syncline_ldap_proxy::{Manners, Proxy, ProxyOptions};

/// An LDAP man in the middle with Windows manners.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The directory's LDAPS address.
    #[arg(long)]
    directory: SocketAddr,
    /// A file that every write is appended to as a JSON line.
    #[arg(long)]
    record: Option<PathBuf>,
    /// What the dice start from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many of a thousand requests are refused as busy or unavailable.
    #[arg(long)]
    refused_per_thousand: Option<u32>,
    /// Impose nothing: record only.
    #[arg(long)]
    plain: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut manners = if arguments.plain {
        Manners::none()
    } else {
        Manners::windows(arguments.seed)
    };
    manners.refused_per_thousand = arguments
        .refused_per_thousand
        .unwrap_or(manners.refused_per_thousand);
    let options = ProxyOptions {
        record: arguments.record,
        ..ProxyOptions::with(manners)
    };
    match Proxy::start(arguments.listen, arguments.directory, options) {
        Ok(proxy) => {
            println!(
                "{}",
                serde_json::json!({ "ready": true, "url": proxy.ldaps_url() })
            );
            obey(&proxy);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn obey(proxy: &Proxy) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.trim() {
            "break" => proxy.break_connections(),
            "away" => proxy.go_away(),
            "back" => proxy.come_back(),
            "stats" => println!("{:?}", proxy.stats()),
            "" => {}
            other => eprintln!(
                "syncline-ldap-proxy: {other:?} is no command; there are break, away, back and stats"
            ),
        }
    }
}
