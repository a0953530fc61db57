//! The first exchange on a tunnel, and the small ones: schema, certificate renewal.
//!
//! Invariants: behaviour is chosen by capability bits, never by comparing builds; the credential's state
//! is all that leaves the host about it.

use bytes::Bytes;
use syncline_model::DirectoryId;
use syncline_model::connector::{Capabilities, DirectoryIdentity, Fault};
use syncline_model::hr_file::FileFormat;
use syncline_model::schema::Schema;

use super::inspect::{format_json, format_of_json};
use super::{Message, PROTOCOL, PROTOCOL_MIN, WireError, decode, encode, pb};

/// Something a peer can do beyond version 1's import, export, read and schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Capability {
    /// Sends change notices.
    Changes = 1,
    /// Traces Adds whose outcome is unknown.
    TraceAdd = 1 << 1,
    /// Renews its certificate inside the tunnel.
    RenewCertificate = 1 << 2,
    /// Starts cycles of the Entra Connect beside it. An agent says so only while its host's policy
    /// allows a cycle.
    EntraConnect = 1 << 3,
    /// Inspects HR files, and takes the confirmed format in the hello.
    InspectFile = 1 << 4,
    /// Draws and seals the initial passwords of accounts it creates.
    InitialPassword = 1 << 5,
}

impl Capability {
    /// All that this build has.
    pub const OURS: u64 = Self::Changes as u64
        | Self::TraceAdd as u64
        | Self::RenewCertificate as u64
        | Self::EntraConnect as u64
        | Self::InspectFile as u64
        | Self::InitialPassword as u64;

    /// Whether it is among these bits.
    pub fn is_in(self, bits: u64) -> bool {
        bits & self as u64 != 0
    }

    /// These bits without it.
    pub fn without(self, bits: u64) -> u64 {
        bits & !(self as u64)
    }
}

/// The runner's opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Its protocol number.
    pub protocol: u32,
    /// The oldest it speaks.
    pub protocol_min: u32,
    /// Its capability bits.
    pub capabilities: u64,
    /// Its build, for logs.
    pub build: String,
    /// The directory it takes the agent to serve.
    pub directory: DirectoryId,
    /// How the files of an HR folder are read, once a person confirmed it.
    pub format: Option<FileFormat>,
}

impl Hello {
    /// This build's opening.
    pub fn new(directory: DirectoryId) -> Self {
        Self {
            protocol: PROTOCOL,
            protocol_min: PROTOCOL_MIN,
            capabilities: Capability::OURS,
            build: env!("CARGO_PKG_VERSION").into(),
            directory,
            format: None,
        }
    }

    /// The same opening with the confirmed format of HR files.
    #[must_use]
    pub fn with_format(mut self, format: Option<FileFormat>) -> Self {
        self.format = format;
        self
    }

    /// The number both speak, if there is one.
    pub fn common_protocol(&self) -> Option<u32> {
        let common = self.protocol.min(PROTOCOL);
        (common >= self.protocol_min.max(PROTOCOL_MIN)).then_some(common)
    }
}

/// What the cloud learns about the directory credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// None was entered.
    Missing,
    /// There is one, and the directory has not refused it.
    Present,
    /// The directory refuses it.
    RefusedSince {
        /// In seconds since 1970.
        since_s: i64,
    },
}

/// What the cloud learns about the local policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicySummary {
    /// Whether writes are switched on.
    pub writes: bool,
    /// Whether the host's switch holds all writes.
    pub held: bool,
    /// SHA-256 of the policy file, zero when there is none.
    pub digest: [u8; 32],
}

/// The agent's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelloAnswer {
    /// The protocol number in use.
    pub protocol: u32,
    /// Its capability bits.
    pub capabilities: u64,
    /// Its build.
    pub build: String,
    /// Its host's name.
    pub computer: String,
    /// The state of the directory credential.
    pub credential: CredentialState,
    /// Who the directory says it is, or why it could not be asked.
    pub identity: Result<DirectoryIdentity, Fault>,
    /// What the connector can do on it.
    pub connector: Capabilities,
    /// The local policy in short.
    pub policy: PolicySummary,
    /// When its certificate ends, in seconds since 1970.
    pub certificate_expires_s: i64,
}

/// The directory's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaAnswer(pub Schema);

/// A request for a new certificate over the same key (PKCS#10, PEM).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    /// The request.
    pub csr_pem: String,
}

/// The new certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInstall {
    /// The certificate, PEM.
    pub certificate_pem: String,
}

/// No content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Empty;

impl Message for Empty {
    fn to_wire(&self) -> Bytes {
        Bytes::new()
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        decode::<pb::Nothing>(bytes).map(|_| Self)
    }
}

impl Message for Hello {
    fn to_wire(&self) -> Bytes {
        encode(&pb::Hello {
            protocol: self.protocol,
            protocol_min: self.protocol_min,
            capabilities: self.capabilities,
            build: self.build.clone(),
            directory: self.directory.to_string(),
            format: self.format.as_ref().map(format_json),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let hello: pb::Hello = decode(bytes)?;
        Ok(Self {
            protocol: hello.protocol,
            protocol_min: hello.protocol_min,
            capabilities: hello.capabilities,
            build: hello.build,
            directory: hello
                .directory
                .parse()
                .map_err(|_| WireError::new("the directory is no id"))?,
            format: hello.format.map(|json| format_of_json(&json)).transpose()?,
        })
    }
}

impl Message for HelloAnswer {
    fn to_wire(&self) -> Bytes {
        let (credential, since_s) = match self.credential {
            CredentialState::Missing => ("missing", 0),
            CredentialState::Present => ("present", 0),
            CredentialState::RefusedSince { since_s } => ("refused", since_s),
        };
        let identity = self.identity.as_ref();
        encode(&pb::HelloAnswer {
            protocol: self.protocol,
            capabilities: self.capabilities,
            build: self.build.clone(),
            computer: self.computer.clone(),
            credential: credential.into(),
            credential_refused_since_s: since_s,
            identity: identity.ok().map(|identity| pb::Identity {
                kind: identity.kind.clone(),
                pin: identity.pin.clone(),
                base_dn: identity.base_dn.clone(),
                naming_contexts: identity.naming_contexts.clone(),
                forest: identity.forest.clone(),
                functional_level: identity.functional_level,
                server: identity.server.clone(),
            }),
            identity_fault: identity.err().map(pb::fault),
            connector: Some(pb::ConnectorCapabilities {
                delta: self.connector.delta,
                change_notices: self.connector.change_notices,
                export: self.connector.export,
                settle_ms: self.connector.settle_ms,
                rename: self.connector.rename,
            }),
            writes: self.policy.writes,
            held: self.policy.held,
            policy_digest: Bytes::copy_from_slice(&self.policy.digest),
            certificate_expires_s: self.certificate_expires_s,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let answer: pb::HelloAnswer = decode(bytes)?;
        let identity = match (answer.identity, answer.identity_fault) {
            (Some(identity), None) => Ok(DirectoryIdentity {
                kind: identity.kind,
                pin: identity.pin,
                base_dn: identity.base_dn,
                naming_contexts: identity.naming_contexts,
                forest: identity.forest,
                functional_level: identity.functional_level,
                server: identity.server,
            }),
            (None, Some(fault)) => Err(pb::model_fault(fault)),
            _ => return Err(WireError::missing("the directory's identity")),
        };
        let connector = answer.connector.unwrap_or_default();
        Ok(Self {
            protocol: answer.protocol,
            capabilities: answer.capabilities,
            build: answer.build,
            computer: answer.computer,
            credential: match answer.credential.as_str() {
                "missing" => CredentialState::Missing,
                "present" => CredentialState::Present,
                "refused" => CredentialState::RefusedSince {
                    since_s: answer.credential_refused_since_s,
                },
                _ => return Err(WireError::new("the credential has no known state")),
            },
            identity,
            connector: Capabilities {
                delta: connector.delta,
                change_notices: connector.change_notices,
                export: connector.export,
                settle_ms: connector.settle_ms,
                rename: connector.rename,
            },
            policy: PolicySummary {
                writes: answer.writes,
                held: answer.held,
                digest: answer
                    .policy_digest
                    .as_ref()
                    .try_into()
                    .map_err(|_| WireError::new("the policy digest is not 32 bytes"))?,
            },
            certificate_expires_s: answer.certificate_expires_s,
        })
    }
}

impl Message for SchemaAnswer {
    fn to_wire(&self) -> Bytes {
        let json = serde_json::to_vec(&self.0).expect("a schema is plain values");
        encode(&pb::SchemaAnswer { json: json.into() })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let answer: pb::SchemaAnswer = decode(bytes)?;
        serde_json::from_slice(&answer.json)
            .map(Self)
            .map_err(|error| WireError::new(format!("the schema cannot be read: {error}")))
    }
}

impl Message for CertificateRequest {
    fn to_wire(&self) -> Bytes {
        encode(&pb::Pem {
            pem: self.csr_pem.clone(),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let pem: pb::Pem = decode(bytes)?;
        Ok(Self { csr_pem: pem.pem })
    }
}

impl Message for CertificateInstall {
    fn to_wire(&self) -> Bytes {
        encode(&pb::Pem {
            pem: self.certificate_pem.clone(),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let pem: pb::Pem = decode(bytes)?;
        Ok(Self {
            certificate_pem: pem.pem,
        })
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::error::ErrorKind;

    use super::*;

    fn answer(identity: Result<DirectoryIdentity, Fault>) -> HelloAnswer {
        HelloAnswer {
            protocol: 1,
            capabilities: Capability::OURS,
            build: "0.1.0".into(),
            computer: "dc-gateway".into(),
            credential: CredentialState::RefusedSince {
                since_s: 1_700_000_000,
            },
            identity,
            connector: Capabilities {
                delta: true,
                ..Capabilities::default()
            },
            policy: PolicySummary {
                writes: true,
                held: false,
                digest: [7; 32],
            },
            certificate_expires_s: 1_800_000_000,
        }
    }

    #[test]
    fn hello_and_its_answers_read_back() {
        for format in [None, Some(super::super::inspect::tests::format())] {
            let hello = Hello::new(DirectoryId(8)).with_format(format);
            assert_eq!(Hello::from_wire(hello.to_wire()), Ok(hello));
        }

        for identity in [
            Ok(DirectoryIdentity {
                kind: "active-directory".into(),
                pin: "S-1-5-21-1-2-3".into(),
                ..DirectoryIdentity::default()
            }),
            Err(Fault::new(
                "connect.credentials_refused",
                ErrorKind::Authentication,
                "refused",
                "set it again",
            )),
        ] {
            let answer = answer(identity);
            assert_eq!(HelloAnswer::from_wire(answer.to_wire()), Ok(answer));
        }
    }

    #[test]
    fn a_peer_that_speaks_only_newer_forms_has_nothing_in_common() {
        let mut hello = Hello::new(DirectoryId(1));
        hello.protocol = 9;
        assert_eq!(hello.common_protocol(), Some(PROTOCOL));

        hello.protocol_min = PROTOCOL + 1;
        assert_eq!(hello.common_protocol(), None);
    }

    #[test]
    fn a_field_of_a_newer_peer_is_passed_over() {
        let mut bytes = Hello::new(DirectoryId(8)).to_wire().to_vec();
        bytes.extend([0xfa, 0x07, 1, b'x']); // field 127, one byte long

        assert_eq!(
            Hello::from_wire(bytes.into()),
            Ok(Hello::new(DirectoryId(8)))
        );
    }
}
