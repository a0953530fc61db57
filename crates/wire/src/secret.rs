//! Secrets on their way from one of our processes to another.
//!
//! Invariants: wiped when dropped; no readable `Debug`; serialised only as fields of documents that
//! travel by descriptor.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A text that is wiped when dropped and never printed. It is serialised here and nowhere else:
/// only documents that travel by descriptor have fields of this type.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 32 secret bytes, written as base64, wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key32([u8; 32]);

impl Key32 {
    /// Wraps the bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Key32 {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key32(…)")
    }
}

impl Serialize for Key32 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = BASE64.encode(self.0);
        let answer = serializer.serialize_str(&text);
        text.zeroize();
        answer
    }
}

impl<'de> Deserialize<'de> for Key32 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = String::deserialize(deserializer)?;
        let bytes = BASE64
            .decode(&text)
            .ok()
            .and_then(|b| <[u8; 32]>::try_from(b).ok());
        text.zeroize();
        bytes
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("expected 32 bytes as base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_travels_as_base64_and_only_32_bytes_are_one() {
        let key = Key32::new([9; 32]);

        let text = serde_json::to_string(&key).unwrap();

        assert_eq!(serde_json::from_str::<Key32>(&text).unwrap(), key);
        assert!(serde_json::from_str::<Key32>(r#""AAAA""#).is_err());
    }
}
