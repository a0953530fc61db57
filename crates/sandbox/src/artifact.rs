//! The artifact: manifest and compiled program in one sequence of bytes. The runtime that the program imports is not in
//! it: all programs of a machine share one (see [`runtime`](crate::runtime)), and the manifest names it.
//!
//! Invariants: parsing trusts no length; nothing is executed here. The code section is native code, so whoever loads an
//! artifact must first have authenticated its bytes.

use syncline_model::rules::{ABI_VERSION, ProgramManifest};

use crate::engine::Origin;

const MAGIC: [u8; 4] = *b"SLRP";

/// Why bytes are not a usable artifact.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// Too short, wrong magic, or lengths that do not add up.
    #[error(
        "these bytes are no rule artifact: {0}; compile the profile again (`rules.artifact_malformed`)"
    )]
    Malformed(&'static str),
    /// Written for another layout of cells.
    #[error(
        "the rule artifact has ABI {found}, this program understands {ABI_VERSION}; compile the profile again (`rules.artifact_abi`)"
    )]
    Abi {
        /// What the artifact says.
        found: u32,
    },
}

/// A parsed artifact.
#[derive(Debug, Clone)]
pub struct Artifact<'a> {
    /// Who made the program module.
    pub origin: Origin,
    /// What the host must know.
    pub manifest: ProgramManifest,
    /// The compiled program module.
    pub program: &'a [u8],
}

impl<'a> Artifact<'a> {
    /// Takes the bytes apart.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ArtifactError> {
        let mut rest = bytes;
        if take(&mut rest, 4)? != MAGIC {
            return Err(ArtifactError::Malformed("the first four bytes are wrong"));
        }
        let abi = take_u32(&mut rest)?;
        if abi != ABI_VERSION {
            return Err(ArtifactError::Abi { found: abi });
        }
        let origin = match take_u32(&mut rest)? {
            0 => Origin::Compiler,
            1 => Origin::Upload,
            _ => return Err(ArtifactError::Malformed("it does not say who made it")),
        };
        let lengths = [take_u32(&mut rest)?, take_u32(&mut rest)?];
        let manifest = take(&mut rest, lengths[0] as usize)?;
        let program = take(&mut rest, lengths[1] as usize)?;
        if !rest.is_empty() {
            return Err(ArtifactError::Malformed("there are bytes after its end"));
        }
        let manifest = serde_json::from_slice(manifest)
            .map_err(|_| ArtifactError::Malformed("its manifest cannot be read"))?;
        Ok(Self {
            origin,
            manifest,
            program,
        })
    }

    /// Puts the bytes together.
    pub fn encode(&self) -> Vec<u8> {
        let manifest = serde_json::to_vec(&self.manifest).expect("a manifest has only string keys");
        let mut out = Vec::with_capacity(20 + manifest.len() + self.program.len());
        out.extend(MAGIC);
        out.extend(ABI_VERSION.to_le_bytes());
        out.extend((self.origin as u32).to_le_bytes());
        for section in [&manifest[..], self.program] {
            out.extend((section.len() as u32).to_le_bytes());
        }
        for section in [&manifest[..], self.program] {
            out.extend(section);
        }
        out
    }
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Result<&'a [u8], ArtifactError> {
    let (head, tail) = rest
        .split_at_checked(len)
        .ok_or(ArtifactError::Malformed("it ends too early"))?;
    *rest = tail;
    Ok(head)
}

fn take_u32(rest: &mut &[u8]) -> Result<u32, ArtifactError> {
    let bytes = take(rest, 4)?;
    Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::manifest;

    fn encoded(origin: Origin) -> Vec<u8> {
        Artifact {
            origin,
            manifest: manifest(&[]),
            program: b"prog",
        }
        .encode()
    }

    #[test]
    fn an_artifact_comes_back_as_it_was_written() {
        for origin in [Origin::Compiler, Origin::Upload] {
            let bytes = encoded(origin);

            let back = Artifact::parse(&bytes).unwrap();

            assert_eq!(
                (back.origin, back.manifest, back.program),
                (origin, manifest(&[]), &b"prog"[..])
            );
        }
    }

    #[test]
    fn every_truncation_and_every_extension_is_refused() {
        let bytes = encoded(Origin::Compiler);

        for len in 0..bytes.len() {
            assert!(
                Artifact::parse(&bytes[..len]).is_err(),
                "cut to {len} bytes"
            );
        }
        assert!(Artifact::parse(&[&bytes[..], b"x"].concat()).is_err());
    }

    #[test]
    fn an_artifact_of_unknown_origin_or_another_layout_is_refused() {
        let mut bytes = encoded(Origin::Upload);
        bytes[8] = 2;
        assert!(matches!(
            Artifact::parse(&bytes),
            Err(ArtifactError::Malformed("it does not say who made it"))
        ));

        bytes[4] = 0;
        assert!(matches!(
            Artifact::parse(&bytes),
            Err(ArtifactError::Abi { found: 0 })
        ));
    }
}
