//! Names inside certificates: who an agent and a runner are within their tenant.
//!
//! Invariants: a certificate carries exactly one `spiffe://` name; a runner's also carries its
//! generation, so that an agent can refuse an older one; parsing accepts exactly what printing produces.

use std::fmt;
use std::str::FromStr;

use syncline_model::{AgentId, TenantId};

const TRUST_DOMAIN: &str = "spiffe://syncline/";
const GENERATION: &str = "urn:syncline:generation:";

/// The subject of a certificate of a tenant's CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// `spiffe://syncline/<tenant>/agent/<agent>`
    Agent {
        /// The tenant.
        tenant: TenantId,
        /// The agent.
        agent: AgentId,
    },
    /// `spiffe://syncline/<tenant>/runner`
    Runner {
        /// The tenant.
        tenant: TenantId,
    },
}

/// A URI that is no subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate name of Syncline")]
pub struct SubjectError;

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent { tenant, agent } => write!(f, "{TRUST_DOMAIN}{tenant}/agent/{agent}"),
            Self::Runner { tenant } => write!(f, "{TRUST_DOMAIN}{tenant}/runner"),
        }
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(uri: &str) -> Result<Self, SubjectError> {
        let path = uri.strip_prefix(TRUST_DOMAIN).ok_or(SubjectError)?;
        let mut parts = path.split('/');
        let tenant = parts
            .next()
            .and_then(|t| t.parse().ok())
            .ok_or(SubjectError)?;
        let subject = match (parts.next(), parts.next()) {
            (Some("runner"), None) => Self::Runner { tenant },
            (Some("agent"), Some(agent)) => Self::Agent {
                tenant,
                agent: agent.parse().map_err(|_| SubjectError)?,
            },
            _ => return Err(SubjectError),
        };
        match parts.next() {
            None => Ok(subject),
            Some(_) => Err(SubjectError),
        }
    }
}

/// The name that carries a runner's generation.
pub fn generation_uri(generation: i64) -> String {
    format!("{GENERATION}{generation}")
}

/// The generation in such a name.
pub fn parse_generation_uri(uri: &str) -> Option<i64> {
    let generation = uri.strip_prefix(GENERATION)?.parse().ok()?;
    (generation_uri(generation) == uri).then_some(generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_neighbours_are_refused() {
        let tenant = TenantId(9);
        for subject in [
            Subject::Runner { tenant },
            Subject::Agent {
                tenant,
                agent: AgentId(40),
            },
        ] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        for uri in [
            "spiffe://syncline/ten_9",
            "spiffe://syncline/ten_9/runner/",
            "spiffe://syncline/ten_9/agent",
            "spiffe://syncline/ten_9/agent/agt_1/x",
            "spiffe://other/ten_9/runner",
            "SPIFFE://syncline/ten_9/runner",
        ] {
            assert_eq!(uri.parse::<Subject>(), Err(SubjectError), "{uri}");
        }
    }

    #[test]
    fn a_generation_reads_back_in_one_spelling_only() {
        assert_eq!(parse_generation_uri(&generation_uri(12)), Some(12));
        assert_eq!(parse_generation_uri("urn:syncline:generation:012"), None);
        assert_eq!(parse_generation_uri("urn:syncline:generation:+1"), None);
    }
}
