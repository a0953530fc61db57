//! What a program's machine does, worked out beforehand: the table of `syncline_rules_guest::regex_table`.
//!
//! A state is what the machine holds between two characters: its threads by rank, before they are followed on, whether a match
//! may still begin, and what stands before the place as far as the program asks for it. A column is a class of characters that
//! no instruction tells apart, the last line feed where that is asked for, or the end.
//!
//! Invariants: a table finds what the machine finds, or there is none; a table that would be large is none.

use std::collections::BTreeMap;

use syncline_rules_guest::regex_machine::{Look, Op, encoded};
use syncline_rules_guest::regex_table::{
    Act, FRESH, HEADER, LAST, LOW, PLACES_MAX, cost, entry, packed, range,
};

use super::columns::{Asked, COLUMNS_MAX, Change, Column, START, classes, sets};
use super::program::Instruction;

/// Most entries: 48 KiB.
const ENTRIES_MAX: usize = 12_288;
/// Most words of what entries do.
const ACTS_MAX: usize = 6_144;
/// Most threads of a state.
const THREADS_MAX: usize = 64;
/// Most instructions that are followed while a table is made.
const STEPS_MAX: usize = 1_000_000;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    threads: Vec<u32>,
    may_begin: bool,
    before: u8,
}

/// A way on: where to, from which row, and the slots that keep the place.
struct Way {
    pc: usize,
    from: Option<usize>,
    slots: Vec<u32>,
}

/// What is done with the places: an act, a row, and a slot or another row.
type Deed = (Act, u32, u32);

/// For each column: the state that follows, what is done, whether a match is found.
type Row = Vec<(u32, Vec<Deed>, bool)>;

/// What happens in a state at a column.
struct Step {
    next: State,
    acts: Vec<Deed>,
    matched: bool,
}

struct Tabulator<'p> {
    code: &'p [Instruction],
    slots: usize,
    /// The set of each instruction that reads.
    sets: Vec<usize>,
    columns: Vec<Column>,
    mask: u8,
    steps: usize,
    states: Vec<State>,
    numbers: BTreeMap<State, u32>,
}

/// The words of the table of a program; `None` where it would be large.
pub(super) fn tabulate(
    code: &[Instruction],
    ranges: &[(u32, u32)],
    slots: usize,
) -> Option<Vec<u8>> {
    let looks = code.iter().filter(|(op, ..)| *op == Op::Look);
    let asked = Asked(looks.map(|(_, look, _)| *look).collect());
    let (sets, distinct) = sets(code, ranges);
    let (bounds, mut columns) = classes(&distinct, &asked)?;
    let class_count = columns.len();
    if asked.any(&[Look::EndOrLastLine]) {
        let line_feed = columns.iter().find(|column| column.line_feed)?.clone();
        columns.push(Column {
            last_line: true,
            ..line_feed
        });
    }
    columns.push(Column {
        accepted: vec![false; distinct.len()],
        line_feed: false,
        word: false,
        last_line: false,
        end: true,
    });
    if columns.len() > COLUMNS_MAX {
        return None;
    }
    let mut tabulator = Tabulator {
        code,
        slots,
        sets,
        columns,
        mask: asked.before(),
        steps: 0,
        states: Vec::new(),
        numbers: BTreeMap::new(),
    };
    tabulator.table(&bounds, class_count)
}

impl Tabulator<'_> {
    fn number(&mut self, state: State) -> Option<u32> {
        if state.threads.is_empty() && !state.may_begin {
            return Some(0);
        }
        if state.threads.len() > THREADS_MAX
            || state.threads.len() * self.slots > PLACES_MAX
            || (self.states.len() + 2) * self.columns.len() > ENTRIES_MAX
        {
            return None;
        }
        if let Some(number) = self.numbers.get(&state) {
            return Some(*number);
        }
        self.states.push(state.clone());
        let number = self.states.len() as u32;
        self.numbers.insert(state, number);
        Some(number)
    }

    /// Follows everything that reads nothing, from an instruction on; true where that is a match.
    fn follow(
        &mut self,
        (pc, from): (usize, Option<usize>),
        (column, before): (usize, u8),
        seen: &mut [bool],
        ways: &mut Vec<Way>,
    ) -> bool {
        let mut todo = vec![(pc, Vec::new())];
        while let Some((mut pc, mut slots)) = todo.pop() {
            while let Some(unseen) = seen.get_mut(pc).filter(|seen| !**seen) {
                *unseen = true;
                self.steps += 1;
                let (op, a, b) = self.code[pc];
                match op {
                    Op::Split => {
                        todo.push((b as usize, slots.clone()));
                        pc = a as usize;
                    }
                    Op::Jump => pc = a as usize,
                    Op::Save => {
                        if !slots.contains(&a) {
                            slots.push(a);
                        }
                        pc += 1;
                    }
                    Op::Look if self.columns[column].stands(a, before) => pc += 1,
                    Op::Match => {
                        ways.push(Way { pc, from, slots });
                        return true;
                    }
                    Op::Char | Op::Class if self.columns[column].accepted[self.sets[pc]] => {
                        ways.push(Way { pc, from, slots });
                        break;
                    }
                    Op::Look | Op::Char | Op::Class | Op::Fail => break,
                }
            }
        }
        false
    }

    fn step(&mut self, state: &State, column: usize) -> Step {
        let mut seen = vec![false; self.code.len()];
        let mut ways = Vec::new();
        let at = (column, state.before);
        let threads = state.threads.iter().enumerate();
        let mut threads: Vec<(usize, Option<usize>)> = threads
            .map(|(rank, pc)| (*pc as usize, Some(rank)))
            .collect();
        if state.may_begin {
            threads.push((0, None));
        }
        let matched = (threads.into_iter()).any(|one| self.follow(one, at, &mut seen, &mut ways));
        let mut acts = Vec::new();
        if matched && let Some(way) = ways.pop() {
            let row = way.from.map_or(FRESH, |row| row as u32);
            acts.push((Act::Match, row, 0));
            // A match ends where it is found.
            let slots = way.slots.iter().filter(|slot| **slot != 1);
            acts.extend(slots.map(|slot| (Act::SetMatch, 0, *slot)));
        }
        acts.extend(moves(&ways, self.slots));
        let is_end = self.columns[column].end;
        Step {
            next: State {
                threads: ways.iter().map(|way| way.pc as u32 + 1).collect(),
                may_begin: state.may_begin && !matched && !is_end,
                before: self.columns[column].before() & self.mask,
            },
            acts,
            matched,
        }
    }

    fn table(&mut self, bounds: &[Change], class_count: usize) -> Option<Vec<u8>> {
        let begin = |before| State {
            threads: Vec::new(),
            may_begin: true,
            before,
        };
        let first = self.number(begin(START & self.mask))?;
        let mut behind = Vec::new();
        for column in self.columns.clone() {
            behind.push(self.number(begin(column.before() & self.mask))?);
        }
        let mut steps: Vec<Row> = Vec::new();
        while let Some(state) = self.states.get(steps.len()).cloned() {
            let mut row = Vec::new();
            for column in 0..self.columns.len() {
                let step = self.step(&state, column);
                row.push((self.number(step.next)?, step.acts, step.matched));
            }
            if self.steps > STEPS_MAX {
                return None;
            }
            steps.push(row);
        }
        // A state from which no match is found is none.
        let mut alive = vec![false; steps.len() + 1];
        loop {
            let mut changed = false;
            for (state, row) in steps.iter().enumerate().rev() {
                let lives = || (row.iter()).any(|(next, _, found)| *found || alive[*next as usize]);
                if !alive[state + 1] && lives() {
                    alive[state + 1] = true;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let columns = self.columns.len();
        let place = |state: u32| match alive[state as usize] {
            true => state * columns as u32,
            false => 0,
        };
        let mut acts: Vec<[u8; 4]> = vec![[0; 4]];
        let mut known = BTreeMap::new();
        let mut entries = vec![[0; 4]; columns];
        for (next, todo, matched) in steps.iter().flatten() {
            let next = place(*next);
            // Where it goes on nowhere, only what was found counts.
            let todo: Vec<_> = (todo.iter().copied())
                .filter(|(act, ..)| next != 0 || matches!(act, Act::Match | Act::SetMatch))
                .collect();
            let index = match known.get(&todo) {
                _ if todo.is_empty() => 0,
                Some(index) => *index,
                None => {
                    let index = acts.len() as u32;
                    acts.push(packed(cost(&todo, self.slots) as u32));
                    let half = self.slots as u32 / 2;
                    acts.extend(todo.iter().map(|(act, a, b)| {
                        // Rows are named by the pairs of slots before them.
                        let row = if *a == FRESH { FRESH } else { *a * half };
                        let other = if *act == Act::Copy { *b * half } else { *b };
                        [*act as u8, row as u8, other as u8, 0]
                    }));
                    if let Some(last) = acts.last_mut() {
                        last[0] |= LAST as u8;
                    }
                    known.insert(todo, index);
                    index
                }
            };
            entries.push(entry(next, index, *matched));
        }
        if acts.len() > ACTS_MAX {
            return None;
        }
        let awaited = steps
            .first()
            .and_then(|row| awaited(row, bounds, class_count));
        let has_last_line = columns > class_count + 1;
        if self.mask == 0 {
            behind.clear();
        }
        let header: [u32; HEADER] = [
            columns as u32,
            entries.len() as u32,
            bounds
                .iter()
                .filter(|(code, _)| *code >= LOW as u32)
                .count() as u32,
            awaited.filter(|_| alive[1]).unwrap_or(0),
            if has_last_line { class_count as u32 } else { 0 },
            place(first),
            behind.len() as u32,
        ];
        let mut words = header.map(encoded).to_vec();
        words.extend(behind.into_iter().map(|state| encoded(place(state))));
        let mut out = words.concat();
        for code in 0..LOW as u32 {
            let at = bounds.partition_point(|(from, _)| *from <= code);
            out.push(bounds[at - 1].1 as u8);
        }
        for (code, class) in bounds.iter().filter(|(code, _)| *code >= LOW as u32) {
            out.extend(range(*code, *class as u32));
        }
        out.extend(entries.iter().chain(&acts).flatten());
        Some(out)
    }
}

/// How the rows of the threads become those of the ways on: upwards from the first one, then downwards from the last, so that
/// nothing is overwritten that is still to be copied, as ways keep the order of their threads.
fn moves(ways: &[Way], slots: usize) -> Vec<Deed> {
    let rows = || ways.iter().enumerate();
    let copied = |(to, way): (usize, &Way)| {
        let from = way.from.filter(|from| *from != to)?;
        Some((Act::Copy, to as u32, from as u32))
    };
    let mut acts: Vec<_> = rows()
        .filter_map(copied)
        .filter(|(_, to, from)| to < from)
        .collect();
    acts.extend(
        rows()
            .rev()
            .filter_map(copied)
            .filter(|(_, to, from)| to > from),
    );
    for (row, way) in rows() {
        // The slots of the whole match are set before it is one; only other groups may have no place.
        if way.from.is_none() && slots > 2 {
            acts.push((Act::Fresh, row as u32, 0));
        }
        acts.extend(way.slots.iter().map(|slot| (Act::Set, row as u32, *slot)));
    }
    acts
}

/// The only character that leads out of the first state, where it is one of ASCII.
fn awaited(row: &Row, bounds: &[Change], class_count: usize) -> Option<u32> {
    let leaves = |class: &usize| {
        let (next, acts, matched) = &row[*class];
        *next != 1 || !acts.is_empty() || *matched
    };
    let mut left = (0..class_count).filter(leaves);
    let (Some(class), None) = (left.next(), left.next()) else {
        return None;
    };
    let mut ranges = (bounds.iter().enumerate()).filter(|(_, bound)| bound.1 == class);
    let (Some((index, (code, _))), None) = (ranges.next(), ranges.next()) else {
        return None;
    };
    let end = bounds.get(index + 1)?.0;
    (end == code + 1 && (1..0x80).contains(code)).then_some(*code)
}
