//! Sealing: how a readable value lies in a tenant's table.
//!
//! A sealed value is `codec (2) | key version (2) | nonce (12) | AES-256-GCM-SIV(zstd(value))`, numbers little-endian.
//! Bound to it as associated data are the tenant, table and column, the row's key, codec and key version, so that a
//! value that was moved to another row, column or tenant does not open.
//!
//! Invariants: a nonce is random and never chosen; opening checks everything and never guesses; an error names
//! the place and holds nothing of the value.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use aes_gcm_siv::Nonce;
use aes_gcm_siv::aead::{Aead, Payload};
use rand::RngCore as _;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::keys::{KEY_VERSION, TenantKeys};

/// A codec's number. Numbers from [`CodecId::FIRST_DICTIONARY`] on are rows of the table `codec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodecId(pub u16);

impl CodecId {
    /// Not compressed: what is too short to gain.
    pub const RAW: Self = Self(0);
    /// zstd level 1 without a dictionary.
    pub const ZSTD: Self = Self(1);
    /// The lowest number of a dictionary.
    pub const FIRST_DICTIONARY: Self = Self(16);
}

/// Where a sealed value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key, as numbers.
    pub row: &'a [i64],
}

/// A value that did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table `{table}`, column `{column}`, row {row}: {reason}")]
pub struct SealError {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: String,
    /// Why.
    pub reason: SealFault,
}

/// Why a value did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// Shorter than any sealed value.
    #[error("the sealed value is cut")]
    Cut,
    /// Sealed under a key this process does not have.
    #[error("sealed under key version {0}, which this runner was not given")]
    KeyVersion(u16),
    /// The value, or the place it lies in, is not the one it was sealed for.
    #[error(
        "the seal is broken: the value was altered, or belongs to another row, column or tenant"
    )]
    Broken,
    /// Compressed with a dictionary that is not loaded.
    #[error("compressed with codec {0}, which is not in the table `codec`")]
    Codec(u16),
    /// Opened, and is not what its codec writes.
    #[error("the value does not decompress")]
    Compression,
}

/// Bytes of the head: codec, key version, nonce.
pub(crate) const HEAD: usize = 2 + 2 + 12;
/// Shorter values are stored as they are: a zstd frame alone takes a dozen bytes.
const COMPRESS_FROM: usize = 64;
const LEVEL: i32 = 1;
/// No stored value is larger once opened; a larger claim in a frame is refused before memory is taken.
const OPENED_BYTES_MAX: u64 = 256 * 1024 * 1024;

// Setting up a context costs far more than a row: it takes hundreds of kilobytes from the allocator and gives them
// back. A process serves one tenant, so what a context remembers of the last value stays where that value was read.
thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

/// Seals and opens one tenant's values.
pub struct Sealer {
    keys: TenantKeys,
    dictionaries: BTreeMap<CodecId, Dictionary>,
}

struct Dictionary {
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl Sealer {
    /// Seals with these keys and without dictionaries.
    pub fn new(keys: TenantKeys) -> Self {
        Self {
            keys,
            dictionaries: BTreeMap::new(),
        }
    }

    /// The keys, for keyed hashes.
    pub fn keys(&self) -> &TenantKeys {
        &self.keys
    }

    /// Makes a dictionary known.
    pub fn add_dictionary(&mut self, codec: CodecId, dictionary: &[u8]) {
        self.dictionaries.insert(
            codec,
            Dictionary {
                encoder: EncoderDictionary::copy(dictionary, LEVEL),
                decoder: DecoderDictionary::copy(dictionary),
            },
        );
    }

    /// Seals a value for its place, compressed where that makes it shorter.
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> Vec<u8> {
        self.seal_with(CodecId::ZSTD, place, value)
    }

    /// Seals a value with a given codec; an unknown dictionary falls back to plain zstd.
    pub fn seal_with(&self, codec: CodecId, place: Place<'_>, value: &[u8]) -> Vec<u8> {
        let (codec, packed) = match (value.len() >= COMPRESS_FROM)
            .then(|| self.compress(codec, value))
            .flatten()
        {
            Some((codec, packed)) if packed.len() < value.len() => (codec, Some(packed)),
            _ => (CodecId::RAW, None),
        };
        let mut head = [0; HEAD];
        head[..2].copy_from_slice(&codec.0.to_le_bytes());
        head[2..4].copy_from_slice(&KEY_VERSION.to_le_bytes());
        rand::rng().fill_bytes(&mut head[4..]);
        let payload = Payload {
            msg: packed.as_deref().unwrap_or(value),
            aad: &self.bound(place, codec, KEY_VERSION),
        };
        let nonce = Nonce::try_from(&head[4..]).expect("the head holds twelve nonce bytes");
        let sealed = self
            .keys
            .seal
            .encrypt(&nonce, payload)
            .expect("values and associated data are far below the 64 GiB of the cipher");
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.extend_from_slice(&head);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens a value in its place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.try_open(place, sealed).map_err(|reason| SealError {
            table: place.table,
            column: place.column,
            row: RowKey(place.row).to_string(),
            reason,
        })
    }

    fn try_open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealFault> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealFault::Cut)?;
        let codec = CodecId(u16::from_le_bytes([head[0], head[1]]));
        let version = u16::from_le_bytes([head[2], head[3]]);
        if version != KEY_VERSION {
            return Err(SealFault::KeyVersion(version));
        }
        let payload = Payload {
            msg: body,
            aad: &self.bound(place, codec, version),
        };
        let nonce = Nonce::try_from(&head[4..]).map_err(|_| SealFault::Cut)?;
        let packed = self
            .keys
            .seal
            .decrypt(&nonce, payload)
            .map_err(|_| SealFault::Broken)?;
        match codec {
            CodecId::RAW => Ok(packed),
            codec => self.decompress(codec, &packed),
        }
    }

    fn compress(&self, codec: CodecId, value: &[u8]) -> Option<(CodecId, Vec<u8>)> {
        let packed = match self.dictionaries.get(&codec) {
            Some(dictionary) => Compressor::with_prepared_dictionary(&dictionary.encoder)
                .and_then(|mut c| c.compress(value))
                .map(|packed| (codec, packed)),
            None => COMPRESSOR.with_borrow_mut(|compressor| {
                let packed = compressor.as_mut()?.compress(value).ok()?;
                Some(Ok((CodecId::ZSTD, packed)))
            })?,
        };
        packed.ok()
    }

    fn decompress(&self, codec: CodecId, packed: &[u8]) -> Result<Vec<u8>, SealFault> {
        let size = match zstd::zstd_safe::get_frame_content_size(packed) {
            Ok(Some(size)) if size <= OPENED_BYTES_MAX => size as usize,
            _ => return Err(SealFault::Compression),
        };
        let value = match self.dictionaries.get(&codec) {
            _ if codec == CodecId::ZSTD => DECOMPRESSOR.with_borrow_mut(|decompressor| {
                let decompressor = decompressor.as_mut().ok_or(SealFault::Compression)?;
                Ok(decompressor.decompress(packed, size))
            })?,
            Some(dictionary) => Decompressor::with_prepared_dictionary(&dictionary.decoder)
                .and_then(|mut d| d.decompress(packed, size)),
            None => return Err(SealFault::Codec(codec.0)),
        };
        value.map_err(|_| SealFault::Compression)
    }

    /// What a value is bound to besides its key.
    fn bound(&self, place: Place<'_>, codec: CodecId, version: u16) -> Vec<u8> {
        let mut aad = Vec::with_capacity(64);
        aad.extend_from_slice(b"syncline seal 1");
        aad.extend_from_slice(&self.keys.tenant().get().to_le_bytes());
        aad.extend_from_slice(&codec.0.to_le_bytes());
        aad.extend_from_slice(&version.to_le_bytes());
        for name in [place.table, place.column] {
            aad.extend_from_slice(&(name.len() as u16).to_le_bytes());
            aad.extend_from_slice(name.as_bytes());
        }
        aad.extend_from_slice(&(place.row.len() as u16).to_le_bytes());
        for part in place.row {
            aad.extend_from_slice(&part.to_le_bytes());
        }
        aad
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Sealer({}, {} dictionaries)",
            self.keys.tenant(),
            self.dictionaries.len()
        )
    }
}

struct RowKey<'a>(&'a [i64]);

impl fmt::Display for RowKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if i > 0 { "/" } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use syncline_model::TenantId;

    use super::*;

    fn sealer(tenant: i64) -> Sealer {
        Sealer::new(TenantKeys::derive(TenantId(tenant), &[7; 32]))
    }

    fn place(row: &[i64]) -> Place<'_> {
        Place {
            table: "cs",
            column: "body",
            row,
        }
    }

    fn fault(sealer: &Sealer, place: Place<'_>, sealed: &[u8]) -> SealFault {
        sealer.open(place, sealed).unwrap_err().reason
    }

    proptest! {
        #[test]
        fn a_value_opens_in_its_place_and_in_no_other(
            value in proptest::collection::vec(any::<u8>(), 0..300),
            row in any::<i64>(), other in any::<i64>(),
        ) {
            prop_assume!(row != other);
            let ours = sealer(1);

            let sealed = ours.seal(place(&[row]), &value);

            prop_assert_eq!(ours.open(place(&[row]), &sealed).unwrap(), value);
            for elsewhere in [
                place(&[other]),
                place(&[row, 0]),
                Place { table: "mv", ..place(&[row]) },
                Place { column: "rdn", ..place(&[row]) },
            ] {
                prop_assert_eq!(fault(&ours, elsewhere, &sealed), SealFault::Broken);
            }
            // The same data key under another tenant's number is another tenant.
            prop_assert_eq!(fault(&sealer(2), place(&[row]), &sealed), SealFault::Broken);
        }

        #[test]
        fn an_altered_value_does_not_open(
            value in proptest::collection::vec(any::<u8>(), 0..200),
            at in any::<prop::sample::Index>(), bit in 0..8u8,
        ) {
            let ours = sealer(1);
            let mut sealed = ours.seal(place(&[1]), &value);
            let at = at.index(sealed.len());

            sealed[at] ^= 1 << bit;

            prop_assert!(ours.open(place(&[1]), &sealed).is_err());
            prop_assert!(ours.open(place(&[1]), &sealed[..at]).is_err());
        }
    }

    #[test]
    fn what_compresses_is_stored_shorter_and_what_does_not_is_stored_as_it_is() {
        let ours = sealer(1);
        let text = "department=Sales;".repeat(40);

        let long = ours.seal(place(&[1]), text.as_bytes());
        let short = ours.seal(place(&[1]), b"CN=Ann");

        assert!(long.len() < text.len() / 4, "{}", long.len());
        assert_eq!(short.len(), 6 + HEAD + 16);
        assert_eq!(ours.open(place(&[1]), &long).unwrap(), text.as_bytes());
    }

    #[test]
    fn two_seals_of_one_value_share_nothing_readable() {
        let ours = sealer(1);

        let (a, b) = (
            ours.seal(place(&[1]), &[9; 100]),
            ours.seal(place(&[1]), &[9; 100]),
        );

        assert_ne!(a[4..], b[4..]);
    }

    #[test]
    fn a_dictionary_is_used_for_writing_and_needed_for_reading() {
        let samples: Vec<Vec<u8>> = (0..400)
            .map(|n| {
                format!(
                    "company=Contoso;office=Building {};department=Sales {n}",
                    n % 9
                )
                .into_bytes()
            })
            .collect();
        let dictionary = zstd::dict::from_samples(&samples, 4096).unwrap();
        let codec = CodecId(CodecId::FIRST_DICTIONARY.0 + 1);
        let mut with = sealer(1);
        with.add_dictionary(codec, &dictionary);
        let value =
            b"company=Contoso;office=Building 3;department=Sales 777 and a little more text"
                .as_slice();

        let small = with.seal_with(codec, place(&[1]), value);

        assert!(small.len() < with.seal(place(&[1]), value).len());
        assert_eq!(with.open(place(&[1]), &small).unwrap(), value);
        assert_eq!(
            fault(&sealer(1), place(&[1]), &small),
            SealFault::Codec(codec.0)
        );
    }

    #[test]
    fn an_error_names_the_place_and_not_the_value() {
        let error = sealer(1).open(place(&[12, 3]), b"short").unwrap_err();

        assert_eq!(
            error.to_string(),
            "table `cs`, column `body`, row 12/3: the sealed value is cut"
        );
    }
}
