//! Frames of a body: one byte of kind, four of length (big-endian), then the message.
//!
//! Invariants: a length above the limit is refused before anything is buffered for it; a stream is
//! complete only after an `End` or a `Fault`, and nothing may follow either.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::Message;

/// Longest message. One entry with some 200,000 references fits; pages are cut far below.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes before the message.
pub const HEADER_BYTES: usize = 5;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// One item of the stream.
    Item,
    /// The stream is complete; may hold a summary.
    End,
    /// The stream failed, and why.
    Fault,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: FrameKind,
    /// The message's bytes.
    pub message: Bytes,
}

impl Frame {
    /// The bytes of a frame around a message.
    ///
    /// # Panics
    /// When the message is longer than [`MESSAGE_BYTES_MAX`]; callers cut pages below it.
    pub fn encode(kind: FrameKind, message: &[u8]) -> Bytes {
        assert!(
            message.len() <= MESSAGE_BYTES_MAX,
            "callers cut messages to size"
        );
        let mut frame = BytesMut::with_capacity(HEADER_BYTES + message.len());
        frame.put_u8(match kind {
            FrameKind::Item => 1,
            FrameKind::End => 2,
            FrameKind::Fault => 3,
        });
        frame.put_u32(u32::try_from(message.len()).expect("below the limit"));
        frame.put_slice(message);
        frame.freeze()
    }

    /// The bytes of an item.
    pub fn item(message: &impl Message) -> Bytes {
        Self::encode(FrameKind::Item, &message.to_wire())
    }

    /// The bytes of an end.
    pub fn end(message: &impl Message) -> Bytes {
        Self::encode(FrameKind::End, &message.to_wire())
    }
}

/// Bytes that are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The first byte is no kind.
    #[error("the stream holds something that is no frame (wire.malformed)")]
    Kind,
    /// The message is longer than allowed.
    #[error("the stream announces a message of {0} bytes, above the limit (wire.malformed)")]
    TooLong(usize),
    /// Something follows the end.
    #[error("the stream goes on after its end (wire.malformed)")]
    AfterEnd,
}

/// Cuts a stream of bytes into frames.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: BytesMut,
    ended: bool,
}

impl Decoder {
    /// Takes more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame; `None` until more bytes come.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some(&kind) = self.buffer.first() else {
            return Ok(None);
        };
        if self.ended {
            return Err(FrameError::AfterEnd);
        }
        let kind = match kind {
            1 => FrameKind::Item,
            2 => FrameKind::End,
            3 => FrameKind::Fault,
            _ => return Err(FrameError::Kind),
        };
        if self.buffer.len() < HEADER_BYTES {
            return Ok(None);
        }
        let length = (&self.buffer[1..HEADER_BYTES]).get_u32() as usize;
        if length > MESSAGE_BYTES_MAX {
            return Err(FrameError::TooLong(length));
        }
        if self.buffer.len() < HEADER_BYTES + length {
            return Ok(None);
        }
        self.buffer.advance(HEADER_BYTES);
        let message = self.buffer.split_to(length).freeze();
        self.ended = kind != FrameKind::Item;
        Ok(Some(Frame { kind, message }))
    }

    /// Whether the end or a fault was read.
    pub fn is_complete(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(bytes: &[u8], step: usize) -> Result<Vec<Frame>, FrameError> {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        for chunk in bytes.chunks(step) {
            decoder.push(chunk);
            while let Some(frame) = decoder.next_frame()? {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    #[test]
    fn frames_come_out_whole_however_the_bytes_were_cut() {
        let sent = [
            Frame::encode(FrameKind::Item, b"one"),
            Frame::encode(FrameKind::Item, b""),
            Frame::encode(FrameKind::End, b"done"),
        ]
        .concat();

        for step in [1, 2, 7, 100] {
            let read = frames(&sent, step).unwrap();

            assert_eq!(
                read.iter().map(|f| f.kind).collect::<Vec<_>>(),
                [FrameKind::Item, FrameKind::Item, FrameKind::End]
            );
            assert_eq!(read[2].message, "done");
        }
    }

    #[test]
    fn garbage_huge_lengths_and_bytes_after_the_end_are_refused() {
        assert_eq!(frames(b"GET / HTTP", 3), Err(FrameError::Kind));
        assert_eq!(
            frames(&[1, 0xff, 0xff, 0xff, 0xff], 5),
            Err(FrameError::TooLong(u32::MAX as usize))
        );
        let after = [
            Frame::encode(FrameKind::End, b""),
            Frame::encode(FrameKind::Item, b"x"),
        ]
        .concat();
        assert_eq!(frames(&after, 100), Err(FrameError::AfterEnd));
    }

    #[test]
    fn a_cut_stream_is_not_complete() {
        let mut decoder = Decoder::default();
        decoder.push(&Frame::encode(FrameKind::Item, b"one"));
        decoder.push(&Frame::encode(FrameKind::End, b"done")[..6]);

        assert!(decoder.next_frame().unwrap().is_some());
        assert_eq!(decoder.next_frame(), Ok(None));
        assert!(!decoder.is_complete());
    }
}
