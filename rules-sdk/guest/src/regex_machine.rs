//! Regular expressions: a machine that tries every way through a program at once, so that its time is linear.
//!
//! A program is made by the compiler (`syncline_rules::regex`) and is itself a text: words of 24 bits, four characters
//! each, six bits a character from `0` on. Header: instructions, slots, first ranges word. Then three words for every
//! instruction, then the ranges of the classes, two words each, then what `regex_table` goes by.
//!
//! Invariants: of all matches at the leftmost place the one wins that a backtracking machine would find first, as in .NET;
//! work is charged before it is done; a program that was not made by the compiler can be wrong, and never more than that.

use crate::mem::{CALL, R, Rt, SLOW, Str};

/// Most slots: two of each group.
pub const SLOTS_MAX: usize = 64;
/// A place that was not reached.
pub(crate) const NONE: u32 = u32::MAX;
/// Units of an instruction that is followed, and of a thread that looks at a character.
const STEP: u64 = 36;
/// Units of the first look at an instruction.
const DECODED: u64 = 96;
/// Units of a step of the search through the ranges of a class.
const RANGE: u64 = 40;
/// Units of a look at what kind of characters stand around a place.
const AROUND: u64 = 128;

/// What an instruction does; the numbers are those of the program text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Op {
    Match = 0,
    /// This character.
    Char = 1,
    /// A character of one of so many ranges, from this one on.
    Class = 2,
    /// Both ways, the first one first.
    Split = 3,
    Jump = 4,
    /// Remembers the place in this slot.
    Save = 5,
    /// Goes on only at such a place.
    Look = 6,
    /// Never.
    Fail = 7,
}

/// Places that an instruction can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Look {
    Start = 0,
    End = 1,
    StartOfLine = 2,
    EndOfLine = 3,
    /// At the end, or before a last line feed.
    EndOrLastLine = 4,
    WordBoundary = 5,
    NotWordBoundary = 6,
}

/// The text of a word of a program.
pub const fn encoded(word: u32) -> [u8; 4] {
    [
        0x30 + (word >> 18 & 63) as u8,
        0x30 + (word >> 12 & 63) as u8,
        0x30 + (word >> 6 & 63) as u8,
        0x30 + (word & 63) as u8,
    ]
}

/// A word of a text of words; 0 beyond it.
pub(crate) fn word_of(text: &[u8], index: usize) -> u32 {
    let Some(bytes) = text.get(index * 4..index * 4 + 4) else {
        return 0;
    };
    let mut packed = [0; 4];
    packed.copy_from_slice(bytes);
    // Six bits of each octet, all at once.
    let packed = u32::from_le_bytes(packed).wrapping_sub(0x3030_3030);
    (packed & 63) << 18 | (packed >> 8 & 63) << 12 | (packed >> 16 & 63) << 6 | packed >> 24 & 63
}

#[derive(Clone, Copy)]
pub(crate) struct Program<'p> {
    pub text: &'p [u8],
    len: usize,
    pub slots: usize,
    ranges: usize,
}

impl<'p> Program<'p> {
    pub fn of(text: &'p [u8]) -> Self {
        let mut program = Self {
            text,
            len: 0,
            slots: 2,
            ranges: 0,
        };
        program.len = program.word(0) as usize;
        program.slots = (program.word(1) as usize).clamp(2, SLOTS_MAX);
        program.ranges = program.word(2) as usize;
        program
    }

    fn word(&self, index: usize) -> u32 {
        word_of(self.text, index)
    }

    fn instruction(&self, pc: usize) -> (u32, u32, u32) {
        let at = 3 + pc * 3;
        (self.word(at), self.word(at + 1), self.word(at + 2))
    }

    /// Whether a character lies in one of the ranges `from..from + count`; adds what the search costs.
    fn in_class(&self, from: u32, count: u32, c: char, work: &mut u64) -> bool {
        let (mut low, mut high) = (from as usize, (from + count) as usize);
        let c = u32::from(c);
        while low < high {
            *work += RANGE;
            let middle = usize::midpoint(low, high);
            let at = self.ranges + middle * 2;
            if c < self.word(at) {
                high = middle;
            } else if c > self.word(at + 1) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        false
    }
}

/// Whether a character is of a word, for the places at its boundaries.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}')
}

/// Whether a place of a text is as asked for.
fn stands(look: u32, text: &str, at: usize) -> bool {
    let before = || text[..at].chars().next_back();
    let after = || text[at..].chars().next();
    match look {
        0 => at == 0,
        1 => at == text.len(),
        2 => at == 0 || before() == Some('\n'),
        3 => at == text.len() || after() == Some('\n'),
        4 => at == text.len() || &text[at..] == "\n",
        5 => before().is_some_and(is_word) != after().is_some_and(is_word),
        _ => before().is_some_and(is_word) == after().is_some_and(is_word),
    }
}

/// Threads in the order of their rank, each instruction at most once, with the places it remembers.
struct Threads<'m> {
    /// Instructions by rank, then where each stands in that order, then places.
    memory: &'m mut [u32],
    instructions: usize,
    slots: usize,
    count: usize,
}

impl<'m> Threads<'m> {
    fn words(program: Program<'_>) -> usize {
        program.len * (2 + program.slots)
    }

    fn new(memory: &'m mut [u32], program: Program<'_>) -> Self {
        Self {
            memory,
            instructions: program.len,
            slots: program.slots,
            count: 0,
        }
    }

    fn pc(&self, rank: usize) -> usize {
        self.memory[rank] as usize
    }

    fn has(&self, pc: usize) -> bool {
        let rank = self.memory[self.instructions + pc] as usize;
        rank < self.count && self.memory[rank] as usize == pc
    }

    fn push(&mut self, pc: usize) -> usize {
        let rank = self.count;
        self.memory[rank] = pc as u32;
        self.memory[self.instructions + pc] = rank as u32;
        self.count += 1;
        rank
    }

    fn places(&mut self, rank: usize) -> &mut [u32] {
        let at = self.instructions * 2 + rank * self.slots;
        &mut self.memory[at..at + self.slots]
    }
}

struct Machine<'m, 't> {
    program: Program<'m>,
    text: &'t str,
    /// Instructions that were looked at, three words each; others begin with [`NONE`].
    code: &'m mut [u32],
    /// What is still to be followed at one place, in pairs: an instruction, or a slot and what is put back into it.
    stack: &'m mut [u32],
    /// Units of what was done and is not yet charged.
    work: u64,
}

impl Machine<'_, '_> {
    fn instruction(&mut self, pc: usize) -> (u32, u32, u32) {
        let Some([op, a, b]) = self.code.get_mut(pc * 3..pc * 3 + 3) else {
            return (Op::Fail as u32, 0, 0);
        };
        if *op == NONE {
            self.work += DECODED;
            (*op, *a, *b) = self.program.instruction(pc);
        }
        (*op, *a, *b)
    }

    fn pushed(&mut self, depth: &mut usize, (what, old): (u32, u32)) {
        if let Some(room) = self.stack.get_mut(*depth * 2..*depth * 2 + 2) {
            room.copy_from_slice(&[what, old]);
            *depth += 1;
        }
    }

    fn popped(&self, depth: &mut usize) -> Option<(u32, u32)> {
        *depth = depth.checked_sub(1)?;
        Some((self.stack[*depth * 2], self.stack[*depth * 2 + 1]))
    }

    /// Follows everything that reads nothing, from an instruction on.
    fn follow(&mut self, threads: &mut Threads<'_>, pc: usize, at: usize, places: &mut [u32]) {
        const PUT_BACK: u32 = 1 << 31;
        let mut depth = 0;
        let mut todo = Some((pc as u32, 0));
        while let Some((pc, old)) = todo.or_else(|| self.popped(&mut depth)) {
            todo = None;
            if pc & PUT_BACK != 0 {
                places[(pc & !PUT_BACK) as usize] = old;
                continue;
            }
            let mut pc = pc as usize;
            loop {
                if pc >= self.program.len || threads.has(pc) {
                    break;
                }
                self.work += STEP;
                let rank = threads.push(pc);
                let (op, a, b) = self.instruction(pc);
                match op {
                    3 => {
                        self.pushed(&mut depth, (b, 0));
                        pc = a as usize;
                    }
                    4 => pc = a as usize,
                    5 => {
                        let slot = a as usize;
                        if let Some(place) = places.get_mut(slot) {
                            let old = core::mem::replace(place, at as u32);
                            self.pushed(&mut depth, (a | PUT_BACK, old));
                        }
                        pc += 1;
                    }
                    6 => {
                        let is_boundary = a >= Look::WordBoundary as u32;
                        self.work += if is_boundary { AROUND } else { 0 };
                        if !stands(a, self.text, at) {
                            break;
                        }
                        pc += 1;
                    }
                    _ => {
                        threads.places(rank).copy_from_slice(places);
                        break;
                    }
                }
            }
        }
    }

    /// The places of the first match from an octet on.
    fn run<'s>(
        &mut self,
        (mut now, mut next): (Threads<'s>, Threads<'s>),
        places: &mut [u32],
        start: usize,
        charge: &mut dyn FnMut(u64) -> R<()>,
    ) -> R<Option<[u32; SLOTS_MAX]>> {
        let mut found = None;
        let mut at = start;
        loop {
            if found.is_none() {
                places.fill(NONE);
                self.follow(&mut now, 0, at, places);
            }
            charge(core::mem::take(&mut self.work) + now.count as u64 * STEP + SLOW)?;
            if now.count == 0 {
                return Ok(found);
            }
            let c = self.text[at..].chars().next();
            let after = at + c.map_or(0, char::len_utf8);
            for rank in 0..now.count {
                let pc = now.pc(rank);
                let (op, a, b) = self.instruction(pc);
                let goes = match op {
                    0 => {
                        let mut all = [NONE; SLOTS_MAX];
                        all[..places.len()].copy_from_slice(now.places(rank));
                        found = Some(all);
                        // Whatever ranks lower would have been found later.
                        break;
                    }
                    1 => c.is_some_and(|c| u32::from(c) == a),
                    2 => {
                        let work = &mut self.work;
                        c.is_some_and(|c| self.program.in_class(a, b, c, work))
                    }
                    _ => false,
                };
                if goes {
                    places.copy_from_slice(now.places(rank));
                    self.follow(&mut next, pc + 1, after, places);
                }
            }
            core::mem::swap(&mut now, &mut next);
            next.count = 0;
            if c.is_none() {
                // The end was looked at; what is left can only have matched there.
                charge(core::mem::take(&mut self.work))?;
                return Ok(found);
            }
            at = after;
        }
    }
}

/// The places of the first match from an octet on; `None` where there is none.
pub(crate) fn search(
    rt: &mut Rt<'_>,
    program: Str,
    text: Str,
    start: usize,
) -> R<Option<[u32; SLOTS_MAX]>> {
    let program = Program::of(rt.bytes(program));
    let text = rt.str(text);
    let words = Threads::words(program);
    rt.charge(CALL * 24 + words as u64)?;
    // Each instruction is followed once at a place and leaves at most one thing to do.
    let stack = (program.len + 1) * 2;
    let code = program.len * 3;
    rt.scratch(words * 2 + stack + program.slots + code, |rt, memory| {
        let (first, rest) = memory.split_at_mut(words);
        let (second, rest) = rest.split_at_mut(words);
        let (places, rest) = rest.split_at_mut(program.slots);
        let (code, stack) = rest.split_at_mut(code);
        code.fill(NONE);
        let mut machine = Machine {
            program,
            text,
            code,
            stack,
            work: 0,
        };
        let (now, next) = (Threads::new(first, program), Threads::new(second, program));
        machine.run((now, next), places, start, &mut |units| rt.charge(units))
    })
}
