//! The yardstick: the twelve expressions by hand in Rust, fused into one loop over the same columns and cells that
//! compiled rules read, with a bump arena for new texts. No limits, no counting of work, no isolation.
//!
//! Cells are those of the sandbox: address, length << 32, and bit 63 where a byte is not ASCII; 0 is absent.

use syncline_model::rules::{ProgramManifest, SlotSource};
use syncline_sandbox::Image;

use crate::users::{ATTRIBUTES, Field, at};

/// A text cell of a text that is not ASCII.
const NON_ASCII: u64 = 1 << 63;
/// Key and flows.
const OUTPUTS: usize = 11;

/// Memory and answers, kept from batch to batch.
pub struct Native {
    /// Which slot holds an attribute.
    slots: Vec<usize>,
    /// The image, and from `end` on new texts.
    memory: Vec<u8>,
    end: usize,
    base: usize,
    outputs: Vec<[u64; OUTPUTS]>,
    inside: Vec<bool>,
}

fn at_of(cell: u64) -> usize {
    cell as u32 as usize
}

fn len_of(cell: u64) -> usize {
    (cell >> 32) as usize & 0x7fff_ffff
}

fn part(cell: u64, from: usize, to: usize) -> u64 {
    (at_of(cell) + from) as u64 | ((to - from) as u64) << 32 | cell & NON_ASCII
}

/// What is read, and the room for what is new.
struct Room<'m> {
    input: &'m [u8],
    base: usize,
    arena: &'m mut [u8],
    /// Address of the arena.
    start: usize,
    top: usize,
}

impl<'m> Room<'m> {
    fn word(&self, at: usize) -> u64 {
        let at = at - self.base;
        u64::from_le_bytes(self.input[at..at + 8].try_into().expect("eight bytes"))
    }

    fn half(&self, at: usize) -> usize {
        let at = at - self.base;
        u32::from_le_bytes(self.input[at..at + 4].try_into().expect("four bytes")) as usize
    }

    fn text(&self, cell: u64) -> &'m [u8] {
        let at = at_of(cell) - self.base;
        &self.input[at..at + len_of(cell)]
    }

    fn push(&mut self, bytes: &[u8]) {
        self.arena[self.top..self.top + bytes.len()].copy_from_slice(bytes);
        self.top += bytes.len();
    }

    /// The cell of what was pushed since `from`.
    fn since(&self, from: usize, flag: u64) -> u64 {
        (self.start + from) as u64 | ((self.top - from) as u64) << 32 | flag & NON_ASCII
    }

    fn lower(&mut self, cell: u64) -> u64 {
        let text = self.text(cell);
        let from = self.top;
        if cell & NON_ASCII != 0 {
            let text = std::str::from_utf8(text).unwrap_or_default();
            for c in text.chars().flat_map(char::to_lowercase) {
                self.push(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            return self.since(from, cell);
        }
        if !text.iter().any(u8::is_ascii_uppercase) {
            return cell;
        }
        self.push(text);
        self.arena[from..self.top].make_ascii_lowercase();
        self.since(from, 0)
    }

    fn replace(&mut self, cell: u64, old: &[u8], new: &[u8]) -> u64 {
        let mut rest = self.text(cell);
        let Some(mut hit) = find(rest, old) else {
            return cell;
        };
        let from = self.top;
        loop {
            self.push(&rest[..hit]);
            self.push(new);
            rest = &rest[hit + old.len()..];
            match find(rest, old) {
                Some(next) => hit = next,
                None => break,
            }
        }
        self.push(rest);
        self.since(from, cell)
    }

    fn pad(&mut self, cell: u64, width: usize) -> u64 {
        let text = self.text(cell);
        let units = if cell & NON_ASCII == 0 {
            text.len()
        } else {
            std::str::from_utf8(text)
                .unwrap_or_default()
                .encode_utf16()
                .count()
        };
        if units >= width {
            return cell;
        }
        let from = self.top;
        let missing = width - units;
        self.arena[from..from + missing].fill(b'0');
        self.top += missing;
        self.push(text);
        self.since(from, cell)
    }

    fn trim(&self, cell: u64) -> u64 {
        let text = self.text(cell);
        if cell & NON_ASCII != 0 {
            let text = std::str::from_utf8(text).unwrap_or_default();
            let from = text.len() - text.trim_start().len();
            return part(cell, from, from + text.trim().len());
        }
        let from = text.len() - text.trim_ascii_start().len();
        part(cell, from, from + text.trim_ascii().len())
    }

    fn list(&self, cell: u64) -> impl Iterator<Item = u64> + use<'_, 'm> {
        (0..len_of(cell)).map(move |index| self.word(at_of(cell) + index * 8))
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let first = part[0];
    let mut from = 0;
    while let Some(step) = text[from..].iter().position(|b| *b == first) {
        let at = from + step;
        if text[at..].starts_with(part) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

impl Native {
    /// For programs with this manifest.
    pub fn new(manifest: &ProgramManifest) -> Self {
        let slot = |name: &&str| {
            let wanted = SlotSource::Attribute((*name).to_owned());
            manifest.slots.iter().position(|slot| slot.source == wanted)
        };
        Self {
            slots: ATTRIBUTES
                .iter()
                .map(|name| slot(name).unwrap_or(usize::MAX))
                .collect(),
            memory: Vec::new(),
            end: 0,
            base: 0,
            outputs: Vec::new(),
            inside: Vec::new(),
        }
    }

    /// Puts a packed batch into the memory.
    pub fn load(&mut self, image: &Image, rows: usize) {
        (self.base, self.end) = (image.base as usize, image.bytes.len());
        let room = self.end + 8 * image.bytes.len() + (1 << 20);
        self.memory.resize(self.memory.len().max(room), 0);
        self.memory[..self.end].copy_from_slice(&image.bytes);
        self.outputs.resize(rows, [0; OUTPUTS]);
        self.inside.resize(rows, false);
    }

    /// Evaluates the batch that was loaded.
    pub fn run(&mut self) {
        let (input, arena) = self.memory.split_at_mut(self.end);
        let mut room = Room {
            input,
            base: self.base,
            arena,
            start: self.base + self.end,
            top: 0,
        };
        let columns: Vec<(usize, usize)> = (self.slots.iter())
            .map(|slot| match *slot {
                usize::MAX => (0, 0),
                slot => (
                    room.half(room.base + slot * 8),
                    room.half(room.base + slot * 8 + 4),
                ),
            })
            .collect();
        for (row, (out, inside)) in self.outputs.iter_mut().zip(&mut self.inside).enumerate() {
            let cell = |room: &Room<'_>, place: usize| {
                let (base, stride) = columns[place];
                room.word(base + stride * row)
            };
            // An optional flag is the address of its word.
            let enabled = cell(&room, at::ENABLED);
            *inside = enabled != 0 && room.word(enabled as usize) == 1 && {
                let kind = cell(&room, at::KIND);
                kind == 0 || room.text(kind) != b"Contractor"
            };
            if *inside {
                *out = outputs(&mut room, |room, place| cell(room, place));
            }
        }
    }

    /// Key and flows of a row of the batch that was run.
    pub fn answer(&self, row: usize) -> Option<Vec<Field>> {
        let text = |cell: u64| {
            let at = at_of(cell) - self.base;
            let bytes = &self.memory[at..at + len_of(cell)];
            String::from_utf8(bytes.to_vec()).expect("texts are UTF-8")
        };
        let field = |(output, cell): (usize, &u64)| match (output, *cell) {
            (_, 0) => Field::Absent,
            (10, list) => {
                let items = at_of(list) - self.base;
                let words = self.memory[items..items + 8 * len_of(list)].chunks_exact(8);
                let cells = words.map(|w| u64::from_le_bytes(w.try_into().expect("eight bytes")));
                Field::Texts(cells.map(text).collect())
            }
            (_, cell) => Field::Text(text(cell)),
        };
        self.inside[row].then(|| self.outputs[row].iter().enumerate().map(field).collect())
    }
}

#[inline(always)]
fn outputs(room: &mut Room<'_>, cell: impl Fn(&Room<'_>, usize) -> u64) -> [u64; OUTPUTS] {
    let some = |cell: u64, then: &mut dyn FnMut(u64) -> u64| if cell == 0 { 0 } else { then(cell) };
    let mail = cell(room, at::MAIL);
    let split = some(mail, &mut |mail| {
        let text = room.text(mail);
        part(
            mail,
            0,
            text.iter().position(|b| *b == b'@').unwrap_or(text.len()),
        )
    });
    let upn = cell(room, at::UPN);
    let lower = some(upn, &mut |upn| room.lower(upn));
    let (given, surname) = (cell(room, at::GIVEN), cell(room, at::SURNAME));
    let from = room.top;
    if given != 0 {
        room.push(room.text(given));
    }
    room.push(b" ");
    if surname != 0 {
        room.push(room.text(surname));
    }
    let name = room.since(from, given | surname);
    let country = cell(room, at::COUNTRY);
    let country = if country == 0 {
        &[]
    } else {
        room.text(country)
    };
    let company = cell(room, at::COMPANY);
    let company = if company == 0 {
        &[]
    } else {
        room.text(company)
    };
    let place: &[u8] = match (country, company) {
        (b"DE", b"Contoso") => b"Berlin",
        (b"DE", _) => b"Munich",
        (b"US", b"Fabrikam") => b"Redmond",
        (b"US", _) => b"Seattle",
        (b"GB", _) => b"London",
        _ => b"Paris",
    };
    let from = room.top;
    room.push(place);
    let nested = room.since(from, 0);
    let phone = cell(room, at::PHONE);
    let digits = some(phone, &mut |phone| room.replace(phone, b" ", b""));
    let unit = cell(room, at::DEPARTMENT);
    let unit = some(unit, &mut |unit| room.replace(unit, b"&", b"and"));
    let number = cell(room, at::NUMBER);
    let padded = some(number, &mut |number| room.pad(number, 8));
    let addresses = cell(room, at::ADDRESSES);
    let primary = room
        .list(addresses)
        .find(|cell| room.text(*cell).starts_with(b"SMTP:"));
    let primary = primary.map_or(0, |cell| part(cell, 5, len_of(cell)));
    let title = cell(room, at::TITLE);
    let mut title = some(title, &mut |title| room.trim(title));
    if len_of(title) == 0 {
        let from = room.top;
        room.push(b"Employee");
        title = room.since(from, 0);
    }
    let moved = some(addresses, &mut |list| {
        let len = len_of(list);
        room.top = (room.top + 7) & !7;
        let from = room.top;
        room.top += len * 8;
        for index in 0..len {
            let item = room.word(at_of(list) + index * 8);
            let item = room.replace(item, b"@contoso.com", b"@fabrikam.com");
            room.arena[from + index * 8..][..8].copy_from_slice(&item.to_le_bytes());
        }
        (room.start + from) as u64 | (len as u64) << 32
    });
    let id = cell(room, at::ID);
    [
        id, split, lower, name, nested, digits, unit, padded, primary, title, moved,
    ]
}
