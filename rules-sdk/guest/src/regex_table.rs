//! Regular expressions by table: what a pattern's machine can do at a place was worked out when the rule was compiled.
//!
//! A state is an ordered list of threads, as the machine of `regex_machine` would hold it; an entry of the table says for a state and
//! a class of characters which state follows and what is remembered of the place. Each thread has a row of places. Behind the
//! instructions and ranges of a program stands a section of words: a header, the first state behind each class, the classes of
//! the low characters, an octet each, the ranges of the others, the entries and what they do; then its length in words.
//!
//! Invariants: the same match as the machine finds, places included; work is charged before it is done; a table that was not
//! made by the compiler can be wrong, and never more than that.

use crate::bulk;
use crate::mem::R;
use crate::regex_machine::{NONE, SLOTS_MAX, word_of};

/// Words of the header: columns, entries, ranges, the octet that the first state waits for, the column of a last line feed,
/// the state at the beginning, states behind a class: for each class, or none where all begin alike. No octet and no column
/// are 0.
pub const HEADER: usize = 7;
/// Characters whose class is looked up at once.
pub const LOW: usize = 0x180;
/// Most places of all threads of a state.
pub const PLACES_MAX: usize = 256;
/// The flag of an entry at which a match is found.
pub const MATCHED: u32 = 1 << 30;
/// The flag of the last act of an entry.
pub const LAST: u32 = 1 << 6;
/// The row of a thread that begins here.
pub const FRESH: u32 = 0x7f;

/// Units of a character.
const STEP: u64 = 14;
/// Characters that are paid for at once.
const BLOCK: usize = 16;
/// Units of a character beyond ASCII.
const WIDE: u64 = 12;
/// Units of a character whose class is searched for.
const SEARCHED: u64 = 120;
/// Units of a search for one octet, and how far the first and the last one goes.
const SKIP: u64 = 24;
const SKIPPED: (usize, usize) = (16, 512);
/// Units of the beginning of a search.
const BEGIN: u64 = 36;

/// What an entry does with the places; the numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Act {
    /// The place is kept in a slot of a row.
    Set = 1,
    /// A row becomes another one's.
    Copy = 2,
    /// A row of a thread that begins here.
    Fresh = 3,
    /// The row is the match, so far, which ends here.
    Match = 4,
    /// The place is kept in a slot of the match.
    SetMatch = 5,
}

/// Units of what an entry does.
pub fn cost(acts: &[(Act, u32, u32)], slots: usize) -> u64 {
    let each = |(act, row, _): &(Act, u32, u32)| match act {
        Act::Set | Act::SetMatch => 12,
        Act::Copy | Act::Fresh => 12 + 3 * slots as u64,
        Act::Match if *row == FRESH => (14 + 3 * slots as u64).max(32),
        Act::Match => 14 + 3 * slots as u64,
    };
    24 + acts.iter().map(each).sum::<u64>()
}

/// The octets of 28 bits, each below 0x80.
pub const fn packed(word: u32) -> [u8; 4] {
    [
        (word & 127) as u8,
        (word >> 7 & 127) as u8,
        (word >> 14 & 127) as u8,
        (word >> 21 & 127) as u8,
    ]
}

/// A range of characters up to the next one, which are in order: as numbers, first by their first character.
pub const fn range(code: u32, class: u32) -> [u8; 4] {
    packed(code << 7 | class & 127)
}

/// An entry: the state that follows, what is done, whether a match is found.
pub const fn entry(next: u32, acts: u32, matched: bool) -> [u8; 4] {
    let mut octets = packed(next & 0x3fff | (acts & 0x1fff) << 14);
    octets[3] |= (matched as u8) << 6;
    octets
}

/// Where a search keeps what it remembers.
pub(crate) struct Keep {
    rows: [[u32; 2]; PLACES_MAX / 2],
    /// The places of the match that was found.
    found: [[u32; 2]; SLOTS_MAX / 2],
    /// Units that were charged and not used: the next search uses them.
    credit: u64,
}

impl Keep {
    pub fn new() -> Self {
        Self {
            rows: [[0; 2]; PLACES_MAX / 2],
            found: [[NONE; 2]; SLOTS_MAX / 2],
            credit: 0,
        }
    }

    /// The places of the match.
    pub fn found(&self) -> &[u32; SLOTS_MAX] {
        let (found, _) = self.found.as_flattened().as_chunks();
        &found[0]
    }

    fn pay(&mut self, units: u64, charge: &mut impl FnMut(u64) -> R<()>) -> R<()> {
        let missing = units.saturating_sub(self.credit);
        self.credit = self.credit.saturating_sub(units);
        match missing {
            0 => Ok(()),
            missing => charge(missing),
        }
    }
}

/// The table of a program.
#[derive(Clone, Copy)]
pub(crate) struct Table<'p> {
    columns: usize,
    slots: usize,
    /// States up to this one are no others than the one that goes nowhere and the one that waits for an octet.
    special: u32,
    awaited: u8,
    last_line: usize,
    first: u32,
    behind: &'p [u8],
    low: &'p [u8; LOW],
    high: &'p [[u8; 4]],
    entries: &'p [[u8; 4]],
    acts: &'p [[u8; 4]],
}

impl<'p> Table<'p> {
    /// The table behind a program, where it has one.
    pub fn of(program: &'p [u8], slots: usize) -> Option<Self> {
        let end = (program.len() / 4).checked_sub(1)?;
        let words = word_of(program, end) as usize;
        if words < HEADER {
            return None;
        }
        let section = program.get(end.checked_sub(words)? * 4..end * 4)?;
        let header = |index| word_of(section, index) as usize;
        let (columns, awaited) = (header(0).max(1), header(3) as u8);
        let (behind, rest) = section.get(HEADER * 4..)?.split_at_checked(header(6) * 4)?;
        let (low, rest) = rest.split_first_chunk::<LOW>()?;
        let (rest, _) = rest.as_chunks::<4>();
        let (high, rest) = rest.split_at_checked(header(2))?;
        let (entries, acts) = rest.split_at_checked(header(1))?;
        Some(Self {
            columns,
            slots: slots.min(SLOTS_MAX),
            special: if awaited > 0 { columns as u32 } else { 0 },
            awaited,
            last_line: header(4),
            first: header(5) as u32,
            behind,
            low,
            high,
            entries,
            acts,
        })
    }

    /// The class of a character that is not ASCII, and its octets.
    fn wide(&self, text: &[u8], at: usize) -> (usize, usize) {
        let bits = |ahead: usize| u32::from(text.get(at + ahead).copied().unwrap_or(0)) & 63;
        let (code, len) = match u32::from(text[at]) {
            lead @ 0..0xe0 => ((lead & 31) << 6 | bits(1), 2),
            lead @ 0xe0..0xf0 => ((lead & 15) << 12 | bits(1) << 6 | bits(2), 3),
            lead => ((lead & 7) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4),
        };
        if let Some(class) = self.low.get(code as usize) {
            return (usize::from(*class), len);
        }
        // The last range that begins at or before it.
        let wanted = u32::from_le_bytes(range(code, 127));
        let (mut low, mut high) = (0, self.high.len());
        let mut class = 0;
        while low < high {
            let middle = usize::midpoint(low, high);
            let range = self.high.get(middle).map_or(0, |r| u32::from_le_bytes(*r));
            if range <= wanted {
                class = range & 127;
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (class as usize, len)
    }

    /// The state in which a search begins.
    fn begin(&self, text: &[u8], start: usize, charge: &mut impl FnMut(u64) -> R<()>) -> R<u32> {
        let Some(mut at) = start.checked_sub(1).filter(|_| !self.behind.is_empty()) else {
            return Ok(self.first);
        };
        let class = if text[at] < 0x80 {
            usize::from(self.low[usize::from(text[at])])
        } else {
            charge(SEARCHED)?;
            while at > 0 && text[at] & 0xc0 == 0x80 {
                at -= 1;
            }
            self.wide(text, at).0
        };
        Ok(word_of(self.behind, class))
    }

    /// The next place of the awaited octet, or the end.
    fn skip(
        &self,
        text: &[u8],
        mut at: usize,
        end: usize,
        charge: &mut impl FnMut(u64) -> R<()>,
    ) -> R<usize> {
        let (mut len, most) = SKIPPED;
        while at < end {
            let to = end.min(at + len);
            len = most.min(len * 2);
            charge(SKIP + (to - at) as u64 / 2)?;
            if let Some(found) = bulk::position(&text[at..to], self.awaited) {
                return Ok(at + found);
            }
            at = to;
        }
        Ok(end)
    }

    /// Does what an entry asks for. Slots go in pairs, a group each.
    #[inline(always)]
    fn act(
        &self,
        index: usize,
        at: usize,
        keep: &mut Keep,
        charge: &mut impl FnMut(u64) -> R<()>,
    ) -> R<()> {
        const PAIRS: usize = PLACES_MAX / 2;
        const GROUPS: usize = SLOTS_MAX / 2;
        let (groups, place) = (self.slots / 2, at as u32);
        let mut acts = self.acts.get(index..).unwrap_or_default().iter();
        let mut next = || acts.next().map_or(LAST, |act| u32::from_le_bytes(*act));
        let cost = next();
        keep.pay(u64::from(cost & 127 | cost >> 1 & 0x3f80), charge)?;
        // Tables of the compiler stay within both; what is beyond wraps round.
        let (rows, found) = (&mut keep.rows, &mut keep.found);
        loop {
            let act = next();
            let (row, b) = ((act >> 8 & 127) as usize, (act >> 16 & 127) as usize);
            match act & 7 {
                1 => rows[(row + b / 2) % PAIRS][b % 2] = place,
                2 => {
                    let mut group = 0;
                    while group < groups {
                        rows[(row + group) % PAIRS] = rows[(b + group) % PAIRS];
                        group += 1;
                    }
                }
                3 => {
                    let mut group = 0;
                    while group < groups {
                        rows[(row + group) % PAIRS] = [NONE; 2];
                        group += 1;
                    }
                }
                4 if row as u32 == FRESH => {
                    let mut group = 0;
                    while group < groups {
                        found[group % GROUPS] = [NONE; 2];
                        group += 1;
                    }
                    found[0][1] = place;
                }
                4 => {
                    let mut group = 0;
                    while group < groups {
                        found[group % GROUPS] = rows[(row + group) % PAIRS];
                        group += 1;
                    }
                    found[0][1] = place;
                }
                5 => found[b / 2 % GROUPS][b % 2] = place,
                _ => {}
            }
            if act & LAST != 0 {
                return Ok(());
            }
        }
    }

    /// Whether there is a match from an octet on. With `PLACES` it is the first one, and its places are in `keep`; without,
    /// the search ends as soon as there is one.
    pub fn find<const PLACES: bool>(
        &self,
        text: &[u8],
        start: usize,
        keep: &mut Keep,
        charge: &mut impl FnMut(u64) -> R<()>,
    ) -> R<bool> {
        charge(BEGIN)?;
        let mut state = self.begin(text, start, charge)?;
        let has_last_line = self.last_line > 0 && start < text.len() && text.ends_with(b"\n");
        let end = text.len() - usize::from(has_last_line);
        let (special, low, entries) = (self.special, self.low, self.entries);
        let (mut at, mut paid, mut found) = (start, start, false);
        loop {
            if state <= special {
                if state == 0 {
                    keep.credit += paid.saturating_sub(at) as u64 * STEP;
                    return Ok(found);
                }
                at = self.skip(text, at, end, charge)?;
            }
            if at >= end {
                break;
            }
            if at >= paid {
                paid = end.min(at + BLOCK);
                keep.pay((paid - at) as u64 * STEP, charge)?;
            }
            let part = &text[..paid];
            while let Some(octet) = part.get(at) {
                let (class, len) = if *octet < 0x80 {
                    (usize::from(low[usize::from(*octet)]), 1)
                } else {
                    charge(if *octet < 0xc6 { WIDE } else { SEARCHED })?;
                    self.wide(text, at)
                };
                let entry = entries.get(state as usize + class);
                let entry = entry.map_or(0, |entry| u32::from_le_bytes(*entry));
                state = entry & 127 | entry >> 1 & 0x3f80;
                if entry > 0xffff {
                    if !PLACES {
                        if entry & MATCHED != 0 {
                            return Ok(true);
                        }
                    } else {
                        found |= entry & MATCHED != 0;
                        self.act(acts_of(entry), at, keep, charge)?;
                    }
                }
                at += len;
                if state <= special {
                    break;
                }
            }
        }
        // A last line feed, and the end.
        charge(STEP * 2)?;
        let columns = [self.last_line, self.columns - 1];
        for column in &columns[usize::from(!has_last_line)..] {
            let entry = self.entries.get(state as usize + column);
            let entry = entry.map_or(0, |entry| u32::from_le_bytes(*entry));
            state = entry & 127 | entry >> 1 & 0x3f80;
            found |= entry & MATCHED != 0;
            if PLACES && entry > 0xffff {
                self.act(acts_of(entry), at, keep, charge)?;
            }
            at += 1;
        }
        Ok(found)
    }
}

/// Where what an entry asks for is written.
fn acts_of(entry: u32) -> usize {
    (entry >> 16 & 127 | entry >> 17 & 0x1f80) as usize
}
