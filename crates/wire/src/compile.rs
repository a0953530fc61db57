//! The compile channel between runner and host (fd 5 of the runner).
//!
//! A frame is a 4-byte big-endian length and that many bytes. The runner sends a request frame; the
//! host starts `syncline-compile`, gives it the request on standard input, and answers with one
//! frame: a status byte and a body. The host reads neither request nor answer.
//!
//! Invariants: one request at a time on a channel; every request gets exactly one answer.

use std::io::{self, Read, Write};

/// What the host answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// What `syncline-compile` wrote on its standard output; it ended with code 0.
    Done(Vec<u8>),
    /// It did not end well: over its limits, killed, or not installed. The text says which.
    Failed(String),
}

/// The argument with which `syncline-compile` writes the runtime that programs import, and reads no request.
pub const RUNTIME: &str = "runtime";

const DONE: u8 = 0;
const FAILED: u8 = 1;

impl Reply {
    /// The frame's body.
    pub fn encode(&self) -> Vec<u8> {
        let (status, body) = match self {
            Self::Done(bytes) => (DONE, bytes.as_slice()),
            Self::Failed(text) => (FAILED, text.as_bytes()),
        };
        let mut frame = Vec::with_capacity(1 + body.len());
        frame.push(status);
        frame.extend_from_slice(body);
        frame
    }

    /// Reads a frame's body.
    pub fn decode(mut body: Vec<u8>) -> io::Result<Self> {
        match body.first() {
            Some(&DONE) => {
                body.remove(0);
                Ok(Self::Done(body))
            }
            Some(&FAILED) => Ok(Self::Failed(
                String::from_utf8_lossy(&body[1..]).into_owned(),
            )),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the host's compile answer has no known status",
            )),
        }
    }
}

/// Writes one frame.
pub fn write_frame(mut writer: impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "a compile frame is longer than 4 GiB",
        )
    })?;
    writer.write_all(&length.to_be_bytes())?;
    writer.write_all(body)?;
    writer.flush()
}

/// Reads one frame of at most `bytes_max` bytes.
pub fn read_frame(mut reader: impl Read, bytes_max: u32) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > bytes_max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a compile frame of {length} bytes is over the limit of {bytes_max}"),
        ));
    }
    let mut body = Vec::new();
    reader.take(length.into()).read_to_end(&mut body)?;
    if body.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(body)
}

/// One compile, start to end, on a blocking channel. Tokio users call it inside `spawn_blocking`.
pub fn request(
    mut channel: impl Read + Write,
    request: &[u8],
    bytes_max: u32,
) -> io::Result<Reply> {
    write_frame(&mut channel, request)?;
    // The status byte comes on top of what the host lets through.
    Reply::decode(read_frame(&mut channel, bytes_max.saturating_add(1))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_replies_read_back() {
        for reply in [
            Reply::Done(vec![1, 2, 3]),
            Reply::Done(vec![]),
            Reply::Failed("out of time".into()),
        ] {
            let mut wire = Vec::new();
            write_frame(&mut wire, &reply.encode()).unwrap();

            let read = Reply::decode(read_frame(&wire[..], 64).unwrap()).unwrap();

            assert_eq!(read, reply);
        }
    }

    #[test]
    fn an_announced_length_is_not_believed() {
        let too_long = [0xff, 0xff, 0xff, 0xff];
        let cut = [0, 0, 0, 9, 1];

        assert_eq!(
            read_frame(&too_long[..], 1 << 20).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        assert_eq!(
            read_frame(&cut[..], 1 << 20).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
        assert!(Reply::decode(vec![]).is_err());
    }
}
