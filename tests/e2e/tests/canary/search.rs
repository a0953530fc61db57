//! Looking for many values at once, in every form a careless program could leave them in.
//!
//! Invariants: one pass over the bytes, however many values; a value inside a longer text is found, in base64 at
//! each of its three alignments; a file that cannot be read is an error unless it went away meanwhile.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use aho_corasick::AhoCorasick;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A form of writing bytes as text, or as they are.
type Form = (&'static str, fn(&[u8]) -> Vec<u8>);

/// How a value's bytes may be written down.
const FORMS: [Form; 6] = [
    ("plain", |bytes| bytes.to_vec()),
    ("hex", |bytes| hex::encode(bytes).into_bytes()),
    ("upper-case hex", |bytes| {
        hex::encode_upper(bytes).into_bytes()
    }),
    ("base64 at 0", |bytes| base64_at(0, bytes)),
    ("base64 at 1", |bytes| base64_at(1, bytes)),
    ("base64 at 2", |bytes| base64_at(2, bytes)),
];

/// The bytes of a text: as it is, in the other case (values that are compared without case may be stored so), and
/// as Windows writes it.
pub const CHARSETS: [Form; 3] = [
    ("UTF-8", |text| text.to_vec()),
    ("upper-case UTF-8", |text| text.to_ascii_uppercase()),
    ("UTF-16LE", |text| {
        text.iter().flat_map(|byte| [*byte, 0]).collect()
    }),
];

/// The characters of base64 that do not depend on what stands before and after the bytes.
fn base64_at(shift: usize, bytes: &[u8]) -> Vec<u8> {
    let text = STANDARD_NO_PAD.encode([&vec![0; shift], bytes].concat());
    let first = (shift * 8).div_ceil(6);
    let end = (shift + bytes.len()) * 8 / 6;
    text.as_bytes()[first..end].to_vec()
}

/// One value found somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Which value.
    pub value: usize,
    /// In which form.
    pub form: String,
    /// Where.
    pub place: String,
}

/// The search for a list of values of ASCII letters and digits.
pub struct Search {
    patterns: AhoCorasick,
    meaning: Vec<(usize, &'static str, &'static str)>,
    /// Bytes looked at.
    pub bytes: u64,
    /// Files looked at.
    pub files: u64,
}

impl Search {
    /// Prepares it.
    pub fn of(values: &[String]) -> anyhow::Result<Self> {
        let mut patterns = Vec::new();
        let mut meaning = Vec::new();
        for (value, text) in values.iter().enumerate() {
            for (charset, encode) in CHARSETS {
                for (form, write) in FORMS {
                    patterns.push(write(&encode(text.as_bytes())));
                    meaning.push((value, charset, form));
                }
            }
        }
        Ok(Self {
            patterns: AhoCorasick::new(&patterns)?,
            meaning,
            bytes: 0,
            files: 0,
        })
    }

    /// Everything found in these bytes, once each.
    pub fn bytes(&mut self, place: &str, bytes: &[u8]) -> BTreeSet<Hit> {
        self.bytes += bytes.len() as u64;
        let found = self.patterns.find_overlapping_iter(bytes);
        let hit = |found: aho_corasick::Match| {
            let (value, charset, form) = self.meaning[found.pattern().as_usize()];
            Hit {
                value,
                form: format!("{charset}, {form}"),
                place: place.to_owned(),
            }
        };
        found.map(hit).collect()
    }

    /// Everything found in the files of a folder and below.
    pub fn folder(&mut self, folder: &Path) -> anyhow::Result<BTreeSet<Hit>> {
        let mut hits = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let Some(entries) = there(std::fs::read_dir(&folder), &folder)? else {
                continue;
            };
            for entry in entries {
                let entry = entry?;
                let Some(kind) = there(entry.file_type(), &entry.path())? else {
                    continue;
                };
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    hits.extend(self.file(&entry.path())?);
                }
                // A name tells as much as what is inside.
                hits.extend(self.bytes("a file's name", entry.file_name().as_encoded_bytes()));
            }
        }
        Ok(hits)
    }

    /// Everything found in a file.
    pub fn file(&mut self, path: &Path) -> anyhow::Result<BTreeSet<Hit>> {
        let Some(bytes) = there(std::fs::read(path), path)? else {
            return Ok(BTreeSet::new());
        };
        self.files += 1;
        Ok(self.bytes(&path.display().to_string(), &bytes))
    }
}

/// `None` for what went away meanwhile: the service runs on.
fn there<T>(answer: std::io::Result<T>, path: &Path) -> anyhow::Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Every form of a text as a program would write it, in the midst of something else.
pub fn written(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (charset, encode) in CHARSETS {
        let bytes = encode(text.as_bytes());
        all.push((format!("{charset}, plain"), bytes.clone()));
        all.push((format!("{charset}, hex"), hex::encode(&bytes).into_bytes()));
        let upper = hex::encode_upper(&bytes).into_bytes();
        all.push((format!("{charset}, upper-case hex"), upper));
        for shift in 0..3 {
            let around = [&b"~~"[..shift], &bytes, b"~~"].concat();
            let text = base64::engine::general_purpose::URL_SAFE.encode(around);
            all.push((format!("{charset}, base64 at {shift}"), text.into_bytes()));
        }
    }
    all.into_iter()
        .map(|(form, bytes)| (form, [&b"\x01before"[..], &bytes, b"after\xff"].concat()))
        .collect()
}
