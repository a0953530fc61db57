//! Links that answers give, held against the one row of the cloud table that is configured.
//!
//! Invariants: a link (`nextLink`, `deltaLink`) is taken only when scheme, host and port are those of the row, and
//! only its path and query below the version are kept; this is decided before anything is dialled.

use http::Uri;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

pub use syncline_model::cloud::{Cloud, Origin, table};

/// The version of Graph that is spoken, as the first step of every path.
pub(super) const VERSION: &str = "/v1.0";

/// Path and query, below the version, of a link that an answer of this origin gave.
///
/// # Errors
/// `graph.host_not_allowed` when it leads anywhere but to this origin and its version.
pub(super) fn below_version(origin: &Origin, link: &str) -> Result<String, Fault> {
    let refused = |found: &str| {
        Fault::new(
            "graph.host_not_allowed",
            ErrorKind::Connection,
            format!(
                "An answer of {origin} leads to {found}, which is not the configured cloud. Nothing was dialled."
            ),
            "Look at who answers under that name: a proxy may rewrite answers. The run starts anew from its last watermark.",
        )
    };
    let uri: Uri = link
        .parse()
        .map_err(|_| refused("an address that cannot be read"))?;
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // Whoever stands before an `@` is not taken for a host.
    let found: Origin = format!("{scheme}://{authority}")
        .parse()
        .map_err(|_| refused("an address that is no cloud's"))?;
    if found != *origin {
        return Err(refused(&found.to_string()));
    }
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    match target.strip_prefix(VERSION) {
        Some(below) if below.starts_with('/') && !below.contains("/../") => Ok(below.to_owned()),
        _ => Err(refused("another version")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_taken_from_the_clouds_own_host_and_version_only() {
        let graph = &table()[0].graph;

        let link = "https://Graph.Microsoft.com:443/v1.0/users/delta?$skiptoken=a.b";
        let below = below_version(graph, link);

        assert_eq!(below.unwrap(), "/users/delta?$skiptoken=a.b");
        for link in [
            "https://graph.microsoft.com.evil.test/v1.0/users/delta",
            "https://evilgraph.microsoft.com/v1.0/users/delta",
            "https://evil.graph.microsoft.com/v1.0/users/delta",
            "http://graph.microsoft.com/v1.0/users/delta",
            "https://graph.microsoft.com:8443/v1.0/users/delta",
            "https://graph.microsoft.com@evil.test/v1.0/users/delta",
            "https://evil@graph.microsoft.com/v1.0/users/delta",
            "https://graph.microsoft.us/v1.0/users/delta",
            "https://graph.microsoft.com/beta/users/delta",
            "https://graph.microsoft.com/v1.0/../beta/users",
            "//graph.microsoft.com/v1.0/users/delta",
            "/v1.0/users/delta",
            "not a link",
            "",
        ] {
            assert_eq!(
                below_version(graph, link).unwrap_err().code,
                "graph.host_not_allowed",
                "{link}"
            );
        }
        // A stand-in speaks TLS or not: its links do as it does.
        let stand_in = "https://127.0.0.1:8443".parse().unwrap();
        assert!(below_version(&stand_in, "https://127.0.0.1:8443/v1.0/users").is_ok());
        assert!(below_version(&stand_in, "http://127.0.0.1:8443/v1.0/users").is_err());
    }
}
