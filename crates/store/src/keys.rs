//! The keys of one tenant, all derived from its data key, and the keyed hashes made with them.
//!
//! Invariants: no key is ever in the database; each purpose has its own key, so that equal inputs for two
//! purposes (or two tenants) never give equal hashes; a hash is stable for as long as the data key is.

use aes_gcm_siv::aead::KeyInit;
use aes_gcm_siv::{Aes256GcmSiv, Key};
use syncline_model::object::{Hashing, KeyHash, Subject};
use syncline_model::{Anchor, DirectoryId, TenantId};
use zeroize::Zeroizing;

/// The contexts of key derivation. Changing one makes stored data unreadable or unfindable.
const SEAL: &str = "syncline 2026-11 tenant sealing key 1";
const ANCHOR: &str = "syncline 2026-11 tenant anchor key 1";
const CONTENT: &str = "syncline 2026-11 tenant content hash 1";
const LOOK_UP: &str = "syncline 2026-11 tenant look-up key 1";
const DRAW: &str = "syncline 2026-11 tenant draw key 1";
const SECRET: &str = "syncline 2026-11 tenant presented secret 1";

/// The version written into every sealed value. A later data key becomes the next one.
pub(crate) const KEY_VERSION: u16 = 1;

/// One tenant's keys.
pub struct TenantKeys {
    tenant: TenantId,
    pub(crate) seal: Aes256GcmSiv,
    anchor: Zeroizing<[u8; 32]>,
    content: Zeroizing<[u8; 32]>,
    look_up: Zeroizing<[u8; 32]>,
    secret: Zeroizing<[u8; 32]>,
    draw: Zeroizing<[u8; 32]>,
}

/// Draws what rules take as random: the same for one place of the rules and one object, and nobody without the tenant's
/// data key can tell it from chance.
#[derive(Clone)]
pub struct Draws(Zeroizing<[u8; 32]>);

impl Draws {
    /// The seed of a place (`mail#0`) for an object.
    pub fn seed(&self, subject: Subject, place: &str) -> [u8; 32] {
        let (kind, id) = match subject {
            Subject::Cs(id) => (0, id.get()),
            Subject::Mv(id) => (1, id.get()),
        };
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[kind]);
        hasher.update(&id.to_le_bytes());
        hasher.update(place.as_bytes());
        *hasher.finalize().as_bytes()
    }
}

impl TenantKeys {
    /// Derives them from the tenant's data key.
    pub fn derive(tenant: TenantId, data_key: &[u8; 32]) -> Self {
        let key = |context| Zeroizing::new(blake3::derive_key(context, data_key));
        let seal = key(SEAL);
        Self {
            tenant,
            seal: Aes256GcmSiv::new(&Key::<Aes256GcmSiv>::from(*seal)),
            anchor: key(ANCHOR),
            content: key(CONTENT),
            look_up: key(LOOK_UP),
            secret: key(SECRET),
            draw: key(DRAW),
        }
    }

    /// Whose keys these are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The look-up key of an anchor in a directory.
    pub fn anchor_key(&self, directory: DirectoryId, anchor: &Anchor) -> u128 {
        let mut hasher = blake3::Hasher::new_keyed(&self.anchor);
        hasher.update(&directory.get().to_le_bytes());
        hasher.update(&anchor.tagged());
        first_128(&hasher)
    }

    /// What rules draw with.
    pub fn draws(&self) -> Draws {
        Draws(self.draw.clone())
    }

    /// How a secret that somebody presents (an enrolment key, an idempotency key) is remembered.
    pub fn secret_hash(&self, purpose: &str, secret: &[u8]) -> u128 {
        let mut hasher = blake3::Hasher::new_keyed(&self.secret);
        hasher.update(&(purpose.len() as u64).to_le_bytes());
        hasher.update(purpose.as_bytes());
        hasher.update(secret);
        first_128(&hasher)
    }
}

impl Hashing for TenantKeys {
    fn content(&self, bytes: &[u8]) -> u128 {
        let hash = blake3::keyed_hash(&self.content, bytes);
        u128::from_le_bytes(first(hash.as_bytes()))
    }

    fn key(&self, domain: &str, bytes: &[u8]) -> KeyHash {
        let mut hasher = blake3::Hasher::new_keyed(&self.look_up);
        hasher.update(&(domain.len() as u64).to_le_bytes());
        hasher.update(domain.as_bytes());
        hasher.update(bytes);
        KeyHash(first_128(&hasher))
    }
}

impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantKeys({})", self.tenant)
    }
}

fn first_128(hasher: &blake3::Hasher) -> u128 {
    u128::from_le_bytes(first(hasher.finalize().as_bytes()))
}

fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&hash[..N]);
    bytes
}

#[cfg(test)]
mod tests {
    use syncline_model::{CsId, MvId};

    use super::*;

    fn keys(tenant: i64, byte: u8) -> TenantKeys {
        TenantKeys::derive(TenantId(tenant), &[byte; 32])
    }

    #[test]
    fn a_hash_is_stable_and_belongs_to_one_purpose_one_directory_and_one_data_key() {
        let (ours, theirs) = (keys(1, 1), keys(1, 2));
        let anchor = Anchor::Text("ann".into());
        let d = DirectoryId(7);

        let key = ours.anchor_key(d, &anchor);

        assert_eq!(key, keys(1, 1).anchor_key(d, &anchor));
        assert_ne!(key, ours.anchor_key(DirectoryId(8), &anchor));
        assert_ne!(key, theirs.anchor_key(d, &anchor));
        assert_ne!(ours.content(b"ann"), theirs.content(b"ann"));
        assert_ne!(ours.key("", b"ann").0, ours.secret_hash("", b"ann"));
        assert_ne!(ours.key("a", b"bc"), ours.key("ab", b"c"));
        assert_ne!(ours.secret_hash("a", b"bc"), ours.secret_hash("ab", b"c"));
    }

    #[test]
    fn a_draw_belongs_to_one_place_one_object_and_one_tenant() {
        let (ours, theirs) = (keys(1, 1).draws(), keys(1, 2).draws());
        let (source, metaverse) = (Subject::Cs(CsId(7)), Subject::Mv(MvId(7)));

        let seed = ours.seed(source, "mail#0");

        assert_eq!(seed, keys(1, 1).draws().seed(source, "mail#0"));
        assert_ne!(seed, ours.seed(source, "mail#1"));
        assert_ne!(seed, ours.seed(Subject::Cs(CsId(8)), "mail#0"));
        assert_ne!(seed, ours.seed(metaverse, "mail#0"));
        assert_ne!(seed, theirs.seed(source, "mail#0"));
    }

    #[test]
    fn keys_do_not_print_themselves() {
        assert_eq!(format!("{:?}", keys(1, 65)), "TenantKeys(ten_1)");
    }
}
