//! Classes of characters that no instruction of a program tells apart, and what stands at a place of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use syncline_rules_guest::regex_machine::{Look, Op, is_word};
use syncline_rules_guest::regex_table::LOW;

use super::program::Instruction;

/// Most columns: a class is an octet below 0x80.
pub(super) const COLUMNS_MAX: usize = 120;
// What stands before a place.
pub(super) const START: u8 = 1;
const LINE_FEED: u8 = 2;
const WORD: u8 = 4;

/// Where characters of words begin and end.
static WORDS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut bounds = Vec::new();
    let mut inside = false;
    for code in 0..=0x11_0000 {
        if char::from_u32(code).is_some_and(is_word) != inside {
            inside = !inside;
            bounds.push(code);
        }
    }
    bounds
});

/// The places that a program asks for.
pub(super) struct Asked(pub BTreeSet<u32>);

impl Asked {
    pub fn any(&self, looks: &[Look]) -> bool {
        looks.iter().any(|look| self.0.contains(&(*look as u32)))
    }

    fn line_feeds(&self) -> bool {
        self.any(&[Look::StartOfLine, Look::EndOfLine, Look::EndOrLastLine])
    }

    fn words(&self) -> bool {
        self.any(&[Look::WordBoundary, Look::NotWordBoundary])
    }

    /// What of the character before a place is told apart.
    pub fn before(&self) -> u8 {
        let mut mask = 0;
        if self.any(&[Look::Start, Look::StartOfLine]) {
            mask |= START;
        }
        if self.any(&[Look::StartOfLine]) {
            mask |= LINE_FEED;
        }
        if self.words() {
            mask |= WORD;
        }
        mask
    }
}

#[derive(Clone)]
pub(super) struct Column {
    /// Whether each of the program's sets has it.
    pub accepted: Vec<bool>,
    pub line_feed: bool,
    pub word: bool,
    pub last_line: bool,
    pub end: bool,
}

impl Column {
    pub fn before(&self) -> u8 {
        (u8::from(self.line_feed) * LINE_FEED) | (u8::from(self.word) * WORD)
    }

    pub fn stands(&self, look: u32, before: u8) -> bool {
        match look {
            0 => before & START != 0,
            1 => self.end,
            2 => before & (START | LINE_FEED) != 0,
            3 => self.end || self.line_feed,
            4 => self.end || self.last_line,
            5 => (before & WORD != 0) != self.word,
            _ => (before & WORD != 0) == self.word,
        }
    }
}

/// A character from which on the class is another one, and that class.
pub(super) type Change = (u32, usize);

/// What an instruction reads.
pub(super) type Ranges = Vec<(u32, u32)>;

/// Which set each instruction reads, and the sets.
pub(super) fn sets(code: &[Instruction], ranges: &[(u32, u32)]) -> (Vec<usize>, Vec<Ranges>) {
    let mut numbers = BTreeMap::new();
    let mut all: Vec<Ranges> = Vec::new();
    let of = code.iter().map(|(op, a, b)| {
        let key = match op {
            Op::Char | Op::Class => (*op as u32, *a, *b),
            _ => return 0,
        };
        *numbers.entry(key).or_insert_with(|| {
            all.push(match op {
                Op::Char => vec![(*a, *a)],
                _ => ranges[*a as usize..(*a + *b) as usize].to_vec(),
            });
            all.len() - 1
        })
    });
    let of = of.collect();
    (of, all)
}

/// Where the class of characters changes and to which, and the classes.
pub(super) fn classes(sets: &[Ranges], asked: &Asked) -> Option<(Vec<Change>, Vec<Column>)> {
    let mut bounds = BTreeSet::from([0, LOW as u32]);
    for (from, to) in sets.iter().flatten() {
        bounds.extend([*from, *to + 1]);
    }
    if asked.line_feeds() {
        bounds.extend([10, 11]);
    }
    if asked.words() {
        bounds.extend(WORDS.iter());
    }
    let mut numbers = BTreeMap::new();
    let mut columns = Vec::new();
    let mut changes: Vec<Change> = Vec::new();
    for code in bounds.into_iter().filter(|code| *code < 0x11_0000) {
        let has = |set: &Ranges| {
            let at = set.partition_point(|(_, to)| *to < code);
            set.get(at).is_some_and(|(from, _)| *from <= code)
        };
        let column = Column {
            accepted: sets.iter().map(has).collect(),
            line_feed: asked.line_feeds() && code == 10,
            word: asked.words() && WORDS.partition_point(|bound| *bound <= code) % 2 == 1,
            last_line: false,
            end: false,
        };
        let key = (column.accepted.clone(), column.line_feed, column.word);
        let class = *numbers.entry(key).or_insert(columns.len());
        if class == columns.len() {
            columns.push(column);
            if columns.len() > COLUMNS_MAX {
                return None;
            }
        }
        let is_same = changes.last().is_some_and(|(_, last)| *last == class);
        if !is_same || code == LOW as u32 {
            changes.push((code, class));
        }
    }
    Some((changes, columns))
}
