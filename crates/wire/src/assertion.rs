//! The control plane's word about one request: who asks, for which tenant, with which rights, until when.
//!
//! A fixed binary form, signed with Ed25519, base64url in the header [`HEADER`]. The API signs one for each
//! request it passes to a runner; the runner checks it and nothing else about the caller.
//!
//! Invariants: it binds method, path and query, tenant and generation, and lives 30 seconds; reading takes the
//! instant as a parameter; a form of another version or length is refused before the signature is looked at;
//! `rights` are the bits of the contract's right set, which this room does not interpret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use syncline_model::{PrincipalId, TenantId};

/// The header that carries it.
pub const HEADER: &str = "syncline-assertion";
/// How long one is good for, in seconds.
pub const LIFETIME_S: i64 = 30;

const VERSION: u8 = 1;
const CONTEXT: &[u8] = b"syncline assertion v1\0";
const BODY: usize = 1 + 8 + 8 + 1 + 8 + 4 + 1 + 2 + 16 + 32 + 8;
const WHOLE: usize = BODY + 64;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// The control plane itself: wake-ups, tunnels, the collector. Internal operations only.
    System,
    /// A signed-in person.
    User(PrincipalId),
    /// A workload with a token of its own.
    Application(PrincipalId),
}

impl Principal {
    /// The member behind it, if it is one.
    pub fn id(self) -> Option<PrincipalId> {
        match self {
            Principal::System => None,
            Principal::User(id) | Principal::Application(id) => Some(id),
        }
    }

    fn encode(self) -> (u8, i64) {
        match self {
            Principal::System => (0, 0),
            Principal::User(id) => (1, id.get()),
            Principal::Application(id) => (2, id.get()),
        }
    }

    fn decode(kind: u8, id: i64) -> Option<Self> {
        match (kind, id) {
            (0, 0) => Some(Principal::System),
            (1, id) => Some(Principal::User(PrincipalId(id))),
            (2, id) => Some(Principal::Application(PrincipalId(id))),
            _ => None,
        }
    }
}

/// How the request came in: what the usage row of an API call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The console: counted, not billed.
    Console,
    /// An access token of the identity provider: billed.
    Bearer,
    /// One of our own keys: billed.
    Key,
    /// The control plane itself: neither.
    System,
}

impl Channel {
    /// The name in usage and audit rows.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Console => "console",
            Channel::Bearer => "bearer",
            Channel::Key => "key",
            Channel::System => "system",
        }
    }

    /// Whether an API call over this channel is billed.
    pub const fn is_billable(self) -> bool {
        matches!(self, Channel::Bearer | Channel::Key)
    }

    fn decode(byte: u8) -> Option<Self> {
        [
            Channel::Console,
            Channel::Bearer,
            Channel::Key,
            Channel::System,
        ]
        .into_iter()
        .find(|channel| *channel as u8 == byte)
    }
}

/// The id that follows one request through every process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub [u8; 16]);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("req_")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is asserted about one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Whose runner it is for.
    pub tenant: TenantId,
    /// The owner generation the runner must have.
    pub generation: i64,
    /// Who asks.
    pub principal: Principal,
    /// Bits of the contract's right set.
    pub rights: u32,
    /// How the request came in.
    pub channel: Channel,
    /// How many members of the tenant hold the approve right: from the second on, nobody approves his own change.
    pub approvers: u16,
    /// The request's id.
    pub request: RequestId,
    /// [`route_hash`] of the request line.
    pub route: [u8; 32],
    /// When it ends, in seconds since 1970.
    pub expires_s: i64,
}

/// Hash of what the request asks: method, path and query exactly as sent.
pub fn route_hash(method: &str, path_and_query: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(method.as_bytes());
    hasher.update([0]);
    hasher.update(path_and_query.as_bytes());
    hasher.finalize().into()
}

/// Why an assertion is refused. The caller learns only that it was; the log says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Not the fixed form of this version.
    #[error("the assertion is not of this form or version (assertion.form)")]
    Form,
    /// Not signed by this API.
    #[error(
        "the assertion is not signed by the API this runner was started by (assertion.signature)"
    )]
    Signature,
    /// Too old, or from further ahead than clocks may differ.
    #[error("the assertion has expired or is dated too far ahead (assertion.expired)")]
    Expired,
    /// For another tenant.
    #[error("the assertion is for another tenant (assertion.tenant)")]
    Tenant,
    /// For another generation of this tenant's runner.
    #[error("the assertion is for another generation of the runner (assertion.generation)")]
    Generation,
    /// For another method, path or query.
    #[error("the assertion is for another request (assertion.route)")]
    Route,
}

/// Signs assertions; held by the API.
pub struct Signer(SigningKey);

impl Signer {
    /// The signer behind this seed.
    pub fn new(seed: &[u8; 32]) -> Self {
        Signer(SigningKey::from_bytes(seed))
    }

    /// The public key a runner checks with.
    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The header value for this assertion.
    pub fn sign(&self, assertion: &Assertion) -> String {
        let body = assertion.encode();
        let mut whole = [0; WHOLE];
        whole[..BODY].copy_from_slice(&body);
        whole[BODY..].copy_from_slice(&self.0.sign(&with_context(&body)).to_bytes());
        URL_SAFE_NO_PAD.encode(whole)
    }
}

/// Checks assertions; held by a runner.
#[derive(Clone)]
pub struct Verifier {
    key: VerifyingKey,
    tenant: TenantId,
    generation: i64,
}

impl Verifier {
    /// A verifier for one runner. `None` where the key is not an Ed25519 key.
    pub fn new(public_key: &[u8; 32], tenant: TenantId, generation: i64) -> Option<Self> {
        let key = VerifyingKey::from_bytes(public_key)
            .ok()
            .filter(|key| !key.is_weak())?;
        Some(Verifier {
            key,
            tenant,
            generation,
        })
    }

    /// The assertion in a header value, if it is for this runner, this request and this moment.
    pub fn verify(
        &self,
        header: &str,
        method: &str,
        path_and_query: &str,
        now_s: i64,
    ) -> Result<Assertion, AssertionError> {
        let mut whole = [0; WHOLE];
        match URL_SAFE_NO_PAD.decode_slice(header, &mut whole) {
            Ok(WHOLE) => {}
            _ => return Err(AssertionError::Form),
        }
        let (body, signature) = whole.split_at(BODY);
        let signature = Signature::from_slice(signature).map_err(|_| AssertionError::Form)?;
        self.key
            .verify_strict(&with_context(body), &signature)
            .map_err(|_| AssertionError::Signature)?;
        let assertion = Assertion::decode(body).ok_or(AssertionError::Form)?;
        if assertion.tenant != self.tenant {
            return Err(AssertionError::Tenant);
        }
        if assertion.generation != self.generation {
            return Err(AssertionError::Generation);
        }
        // One machine, one clock: two seconds ahead allow for rounding, not for a second machine.
        if now_s > assertion.expires_s || assertion.expires_s > now_s + LIFETIME_S + 2 {
            return Err(AssertionError::Expired);
        }
        if assertion.route != route_hash(method, path_and_query) {
            return Err(AssertionError::Route);
        }
        Ok(assertion)
    }
}

fn with_context(body: &[u8]) -> Vec<u8> {
    [CONTEXT, body].concat()
}

impl Assertion {
    fn encode(&self) -> [u8; BODY] {
        let (kind, id) = self.principal.encode();
        let mut out = Vec::with_capacity(BODY);
        out.push(VERSION);
        out.extend(self.tenant.get().to_be_bytes());
        out.extend(self.generation.to_be_bytes());
        out.push(kind);
        out.extend(id.to_be_bytes());
        out.extend(self.rights.to_be_bytes());
        out.push(self.channel as u8);
        out.extend(self.approvers.to_be_bytes());
        out.extend(self.request.0);
        out.extend(self.route);
        out.extend(self.expires_s.to_be_bytes());
        out.try_into()
            .expect("the fields add up to the fixed length")
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let mut rest = body;
        let [version] = take(&mut rest)?;
        if version != VERSION {
            return None;
        }
        let tenant = TenantId(i64::from_be_bytes(take(&mut rest)?));
        let generation = i64::from_be_bytes(take(&mut rest)?);
        let [kind] = take(&mut rest)?;
        let principal = Principal::decode(kind, i64::from_be_bytes(take(&mut rest)?))?;
        let rights = u32::from_be_bytes(take(&mut rest)?);
        let [channel] = take(&mut rest)?;
        let channel = Channel::decode(channel)?;
        let approvers = u16::from_be_bytes(take(&mut rest)?);
        let request = RequestId(take(&mut rest)?);
        let route = take(&mut rest)?;
        let expires_s = i64::from_be_bytes(take(&mut rest)?);
        rest.is_empty().then_some(Assertion {
            tenant,
            generation,
            principal,
            rights,
            channel,
            approvers,
            request,
            route,
            expires_s,
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn given() -> (Signer, Verifier, Assertion) {
        let signer = Signer::new(&[3; 32]);
        let verifier = Verifier::new(&signer.public_key(), TenantId(7), 4).unwrap();
        let assertion = Assertion {
            tenant: TenantId(7),
            generation: 4,
            principal: Principal::User(PrincipalId(99)),
            rights: 0b1011,
            channel: Channel::Bearer,
            approvers: 2,
            request: RequestId([5; 16]),
            route: route_hash("GET", "/v1/tenants/ten_7/runs?limit=5"),
            expires_s: NOW + LIFETIME_S,
        };
        (signer, verifier, assertion)
    }

    #[test]
    fn an_assertion_reads_back_for_its_own_request() {
        let (signer, verifier, assertion) = given();

        let header = signer.sign(&assertion);

        assert_eq!(
            verifier.verify(&header, "GET", "/v1/tenants/ten_7/runs?limit=5", NOW),
            Ok(assertion)
        );
    }

    #[test]
    fn another_request_tenant_generation_or_moment_is_refused() {
        let (signer, verifier, assertion) = given();
        let verify = |a: &Assertion, method: &str, path: &str, now| {
            verifier
                .verify(&signer.sign(a), method, path, now)
                .unwrap_err()
        };
        let path = "/v1/tenants/ten_7/runs?limit=5";

        assert_eq!(verify(&assertion, "POST", path, NOW), AssertionError::Route);
        assert_eq!(
            verify(&assertion, "GET", "/v1/tenants/ten_7/runs?limit=6", NOW),
            AssertionError::Route
        );
        assert_eq!(
            verify(&assertion, "GET", path, NOW + 31),
            AssertionError::Expired
        );
        assert_eq!(
            verify(&assertion, "GET", path, NOW - 60),
            AssertionError::Expired
        );
        let other = Assertion {
            tenant: TenantId(8),
            ..assertion.clone()
        };
        assert_eq!(verify(&other, "GET", path, NOW), AssertionError::Tenant);
        let old = Assertion {
            generation: 3,
            ..assertion
        };
        assert_eq!(verify(&old, "GET", path, NOW), AssertionError::Generation);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let (signer, verifier, assertion) = given();
        let whole = URL_SAFE_NO_PAD.decode(signer.sign(&assertion)).unwrap();

        for bit in 0..whole.len() * 8 {
            let mut bent = whole.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            let header = URL_SAFE_NO_PAD.encode(bent);
            assert!(
                verifier
                    .verify(&header, "GET", "/v1/tenants/ten_7/runs?limit=5", NOW)
                    .is_err(),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_stranger_s_key_an_empty_and_a_long_header_are_refused() {
        let (signer, verifier, assertion) = given();
        let path = "/v1/tenants/ten_7/runs?limit=5";
        let strange = Signer::new(&[4; 32]).sign(&assertion);
        let long = format!("{}AAAA", signer.sign(&assertion));

        assert_eq!(
            verifier.verify(&strange, "GET", path, NOW),
            Err(AssertionError::Signature)
        );
        assert_eq!(
            verifier.verify("", "GET", path, NOW),
            Err(AssertionError::Form)
        );
        assert_eq!(
            verifier.verify(&long, "GET", path, NOW),
            Err(AssertionError::Form)
        );
    }
}
