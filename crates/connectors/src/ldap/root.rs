//! The rootDSE: what the server says about itself before anything else is read.
//!
//! Invariants: the partition is the one configured, or the server's default, and never guessed.

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::config::{DirectoryKind, LdapConfig};
use super::controls;
use super::session::Session;

/// What is known of the server and the partition it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// The partition that is read and written.
    pub base: String,
    /// All partitions.
    pub naming_contexts: Vec<String>,
    /// Where the schema is.
    pub schema: String,
    /// The forest's root partition.
    pub forest: Option<String>,
    /// The domain's functional level.
    pub functional_level: Option<i64>,
    /// The server's own name.
    pub server: String,
    /// The server's settings object, which holds its invocation id (Active Directory).
    pub settings_object: Option<String>,
    /// Whether the server is Samba, which keeps deletions from accounts that Windows shows them to.
    pub is_samba: bool,
    /// The server's newest change number (Active Directory).
    pub highest_usn: u64,
    /// Whether a write can carry a condition on its object (RFC 4528).
    pub asserts: bool,
    /// Whether an Add can answer with the new object's id (RFC 4527).
    pub reads_back: bool,
}

/// Asks the server.
pub async fn read(session: &mut Session, config: &LdapConfig) -> Result<Root, Fault> {
    let attrs = [
        "defaultNamingContext",
        "namingContexts",
        "schemaNamingContext",
        "subschemaSubentry",
        "rootDomainNamingContext",
        "domainFunctionality",
        "dnsHostName",
        "dsServiceName",
        "highestCommittedUSN",
        "supportedControl",
        "vendorName",
    ]
    .map(str::to_owned);
    let entry = session.object("", &attrs, false).await?.unwrap_or_default();
    let naming_contexts: Vec<String> = entry.texts("namingContexts").map(str::to_owned).collect();
    let base = config
        .base_dn
        .clone()
        .or_else(|| entry.text("defaultNamingContext").map(str::to_owned))
        .or_else(|| naming_contexts.first().cloned())
        .ok_or_else(|| {
            Fault::new(
                "connect.partition_unknown",
                ErrorKind::Connection,
                format!("{} names no partition.", config.url),
                "Give the base DN in the agent's configuration.",
            )
        })?;
    let schema = match config.kind {
        DirectoryKind::ActiveDirectory => "schemaNamingContext",
        DirectoryKind::OpenLdap => "subschemaSubentry",
    };
    let offers = |oid: &str| {
        entry
            .texts("supportedControl")
            .any(|offered| offered == oid)
    };
    Ok(Root {
        base,
        naming_contexts,
        schema: entry.text(schema).unwrap_or_default().to_owned(),
        forest: entry.text("rootDomainNamingContext").map(dns_name),
        functional_level: entry
            .text("domainFunctionality")
            .and_then(|text| text.parse().ok()),
        server: entry.text("dnsHostName").unwrap_or(&config.url).to_owned(),
        settings_object: entry.text("dsServiceName").map(str::to_owned),
        is_samba: entry
            .text("vendorName")
            .is_some_and(|name| name.starts_with("Samba")),
        highest_usn: entry
            .text("highestCommittedUSN")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
        asserts: offers(controls::ASSERTION),
        reads_back: offers(controls::POST_READ),
    })
}

/// `contoso.test` of `DC=contoso,DC=test`.
fn dns_name(dn: &str) -> String {
    dn.split(',')
        .filter_map(|rdn| rdn.trim().split_once('=').map(|(_, value)| value))
        .collect::<Vec<_>>()
        .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_has_a_dns_name() {
        assert_eq!(dns_name("DC=contoso, DC=test"), "contoso.test");
    }
}
