//! A boot document on its way: a pipe with the whole text in it.
//!
//! Invariant: the text never lies in a file, an argument or the environment, and the copy of this
//! process is wiped.

use std::io::Write as _;
use std::os::fd::OwnedFd;

use syncline_wire::boot::write_document;
use zeroize::Zeroizing;

use crate::error::{HostError, Result};

/// What a pipe holds without a reader.
const PIPE_BYTES: usize = 64 * 1024;

/// The read end of a pipe with a document in it and nothing after.
pub(crate) fn pipe(document: &impl serde::Serialize) -> Result<OwnedFd> {
    let failed = |e| {
        HostError::new(
            "host.launch",
            "the pipe of a boot document cannot be filled",
        )
        .because(e)
    };
    let (read, mut write) = std::io::pipe().map_err(failed)?;
    let mut text = Zeroizing::new(Vec::new());
    write_document(&mut *text, document).map_err(failed)?;
    if text.len() > PIPE_BYTES {
        return Err(HostError::new(
            "host.document_long",
            "the boot document is longer than a pipe holds: shorten the settings and secrets handed to the API",
        ));
    }
    write.write_all(&text).map_err(failed)?;
    Ok(read.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_would_block_is_refused() {
        assert!(pipe(&"x".repeat(1000)).is_ok());
        assert_eq!(
            pipe(&"x".repeat(70_000)).unwrap_err().code(),
            "host.document_long"
        );
    }
}
