//! From a file's bytes to text, and where that fails.
//!
//! Invariants: nothing is replaced: bytes that are no text in the encoding end the reading at exactly their place; a
//! byte order mark is no part of the text; what comes out is whole characters in UTF-8.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding};
use syncline_model::hr_file::TextEncoding;

/// Bytes that are decoded at once.
const CHUNK: usize = 64 * 1024;

/// Bytes that are no text.
#[derive(Debug)]
pub(super) enum BadText {
    /// The file could not be read on.
    Io(io::Error),
    /// Not in the encoding.
    Bytes(Vec<u8>),
    /// A character that no text of people holds: U+0000, or U+0080 to U+009F out of a one-octet encoding, where it
    /// means that the encoding is another one.
    Control(u32),
}

/// The library's encoding of ours.
pub(super) fn encoding(encoding: TextEncoding) -> &'static Encoding {
    match encoding {
        TextEncoding::Utf8 => encoding_rs::UTF_8,
        TextEncoding::Utf16Le => encoding_rs::UTF_16LE,
        TextEncoding::Utf16Be => encoding_rs::UTF_16BE,
        TextEncoding::Windows1250 => encoding_rs::WINDOWS_1250,
        TextEncoding::Windows1251 => encoding_rs::WINDOWS_1251,
        TextEncoding::Windows1252 => encoding_rs::WINDOWS_1252,
        TextEncoding::Windows1253 => encoding_rs::WINDOWS_1253,
        TextEncoding::Windows1254 => encoding_rs::WINDOWS_1254,
        TextEncoding::Windows1257 => encoding_rs::WINDOWS_1257,
        TextEncoding::Iso8859_2 => encoding_rs::ISO_8859_2,
        TextEncoding::Iso8859_15 => encoding_rs::ISO_8859_15,
    }
}

/// Our encoding of the library's; `None` for one that no format names.
pub(super) fn named(found: &'static Encoding) -> Option<TextEncoding> {
    TextEncoding::ALL
        .into_iter()
        .find(|known| encoding(*known) == found)
}

/// The encoding that a byte order mark announces, and its length.
pub(super) fn mark(head: &[u8]) -> Option<(TextEncoding, usize)> {
    let (found, length) = Encoding::for_bom(head)?;
    Some((named(found)?, length))
}

/// Decoded text, chunk by chunk.
pub(super) struct Text<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    single_byte: bool,
    raw: Vec<u8>,
    /// Bytes of `raw` that wait to be decoded.
    waiting: std::ops::Range<usize>,
    decoded: Vec<u8>,
    length: usize,
    /// The file was read to its end.
    ended: bool,
    /// Everything was decoded.
    done: bool,
    failed: Option<BadText>,
}

impl<R: Read> Text<R> {
    /// Over bytes in this encoding.
    pub fn new(reader: R, of: TextEncoding) -> Self {
        Self {
            reader,
            decoder: encoding(of).new_decoder_with_bom_removal(),
            single_byte: of.is_single_byte(),
            raw: vec![0; CHUNK],
            waiting: 0..0,
            // A one-octet character takes at most three bytes of UTF-8, a two-octet one as well.
            decoded: vec![0; CHUNK * 3 + 16],
            length: 0,
            ended: false,
            done: false,
            failed: None,
        }
    }

    /// The chunk that was decoded last; whole characters.
    pub fn chunk(&self) -> &[u8] {
        &self.decoded[..self.length]
    }

    /// Decodes the next chunk; false at the end. What came before a fault is a chunk of its own.
    pub fn advance(&mut self) -> Result<bool, BadText> {
        self.length = 0;
        loop {
            if let Some(failed) = self.failed.take() {
                return Err(failed);
            }
            if self.done {
                return Ok(false);
            }
            if self.waiting.is_empty() && !self.ended {
                let read = read_some(&mut self.reader, &mut self.raw).map_err(BadText::Io)?;
                self.waiting = 0..read;
                self.ended = read == 0;
            }
            let source = &self.raw[self.waiting.clone()];
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                source,
                &mut self.decoded,
                self.ended,
            );
            let end = self.waiting.start + read;
            self.waiting.start = end;
            self.length = written;
            match result {
                DecoderResult::InputEmpty => self.done = self.ended,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(bad, after) => {
                    let end = end.saturating_sub(usize::from(after));
                    let start = end.saturating_sub(usize::from(bad));
                    self.fail(BadText::Bytes(self.raw[start..end].to_vec()));
                }
            }
            self.hold_controls();
            if self.length > 0 {
                return Ok(true);
            }
        }
    }

    /// Nothing is decoded after a fault.
    fn fail(&mut self, bad: BadText) {
        self.failed = Some(bad);
        self.done = true;
    }

    /// Cuts the chunk before the first character that no text holds.
    fn hold_controls(&mut self) {
        let chunk = &self.decoded[..self.length];
        let mut first = memchr::memchr(0, chunk).map(|at| (at, 0));
        if self.single_byte {
            let is_control = |at: &usize| matches!(chunk.get(at + 1), Some(0x80..=0x9f));
            let control = memchr::memchr_iter(0xc2, chunk).find(is_control);
            if let Some(at) = control
                && first.is_none_or(|(nul, _)| at < nul)
            {
                first = Some((at, u32::from(chunk[at + 1])));
            }
        }
        if let Some((at, control)) = first {
            self.length = at;
            self.fail(BadText::Control(control));
        }
    }
}

fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of it, a few bytes at a time, so that characters are cut between reads.
    fn decode(bytes: &[u8], encoding: TextEncoding) -> (String, Option<BadText>) {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = self.0.len().min(3).min(buffer.len());
                buffer[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let mut text = Text::new(Slow(bytes), encoding);
        let mut out = Vec::new();
        let failed = loop {
            match text.advance() {
                Ok(true) => out.extend_from_slice(text.chunk()),
                Ok(false) => break None,
                Err(error) => break Some(error),
            }
        };
        (String::from_utf8(out).unwrap(), failed)
    }

    #[test]
    fn every_encoding_gives_the_same_text_with_and_without_its_mark() {
        let text = "Name;Ort\nMüller;Köln €\n";
        let utf16 = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let cases = [
            (TextEncoding::Utf8, text.as_bytes().to_vec()),
            (TextEncoding::Utf8, ["\u{feff}", text].concat().into_bytes()),
            (TextEncoding::Utf16Le, utf16(u16::to_le_bytes)),
            (
                TextEncoding::Utf16Be,
                [vec![0xfe, 0xff], utf16(u16::to_be_bytes)].concat(),
            ),
            (
                TextEncoding::Windows1252,
                encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
            ),
            (
                TextEncoding::Iso8859_15,
                encoding_rs::ISO_8859_15.encode(text).0.into_owned(),
            ),
        ];
        for (encoding, bytes) in cases {
            let (decoded, failed) = decode(&bytes, encoding);

            assert_eq!(decoded, text, "{encoding}");
            assert!(failed.is_none(), "{encoding}");
        }
        assert_eq!(decode(b"", TextEncoding::Utf8).0, "");
    }

    #[test]
    fn bytes_that_are_no_text_end_it_where_they_stand() {
        let cases: [(&[u8], TextEncoding, &str, &[u8]); 4] = [
            (b"ab\xfcc", TextEncoding::Utf8, "ab", b"\xfc"),
            (b"\xc3\xa4b\xe2\x82", TextEncoding::Utf8, "äb", b""),
            (b"a\0\0\xd8b\0", TextEncoding::Utf16Le, "a", b""),
            (b"a\0b", TextEncoding::Utf16Le, "a", b""),
        ];
        for (bytes, encoding, before, bad) in cases {
            let (decoded, failed) = decode(bytes, encoding);

            assert_eq!(decoded, before, "{bytes:x?}");
            let Some(BadText::Bytes(found)) = failed else {
                panic!("{bytes:x?} is taken for text")
            };
            assert!(bad.is_empty() || found == bad, "{found:x?}");
        }
    }

    #[test]
    fn controls_that_betray_another_encoding_are_no_text() {
        let control = |bytes: &[u8], encoding| match decode(bytes, encoding).1 {
            Some(BadText::Control(code)) => Some(code),
            _ => None,
        };

        assert_eq!(control(b"a\0b", TextEncoding::Utf8), Some(0));
        assert_eq!(
            control(b"a\x81b", TextEncoding::Windows1252),
            Some(0x81),
            "undefined there"
        );
        assert_eq!(
            control(b"a\x93b\x94", TextEncoding::Iso8859_15),
            Some(0x93),
            "Windows' quotes"
        );
        assert_eq!(control(b"a\xa0b", TextEncoding::Windows1252), None);
        assert_eq!(control("\u{c2}\u{85}".as_bytes(), TextEncoding::Utf8), None);
    }
}
