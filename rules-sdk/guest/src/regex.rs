//! Regular expressions: a machine that tries every way through a program at once, so that its time is linear.
//!
//! A program is made by the compiler (`syncline_rules::regex`) and is itself a text: words of 24 bits, four characters
//! each, six bits a character from `0` on. Header: instructions, slots, first ranges word. Then three words for every
//! instruction, then the ranges of the classes, two words each.
//!
//! Invariants: of all matches at the leftmost place the one wins that a backtracking machine would find first, as in .NET;
//! work is charged before it is done; a program that was not made by the compiler can be wrong, and never more than that.

use crate::mem::{CALL, List, R, Rt, SLOW, Str, Writer};
use crate::utf16;

/// Most slots: two of each group.
pub const SLOTS_MAX: usize = 64;
/// A place that was not reached.
const NONE: u32 = u32::MAX;
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

#[derive(Clone, Copy)]
struct Program<'p> {
    text: &'p [u8],
    len: usize,
    slots: usize,
    ranges: usize,
}

impl<'p> Program<'p> {
    fn of(text: &'p [u8]) -> Self {
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
        let Some(bytes) = self.text.get(index * 4..index * 4 + 4) else {
            return 0;
        };
        let mut packed = [0; 4];
        packed.copy_from_slice(bytes);
        // Six bits of each octet, all at once.
        let packed = u32::from_le_bytes(packed).wrapping_sub(0x3030_3030);
        (packed & 63) << 18
            | (packed >> 8 & 63) << 12
            | (packed >> 16 & 63) << 6
            | packed >> 24 & 63
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

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, '_' | '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}')
    })
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
        5 => is_word(before()) != is_word(after()),
        _ => is_word(before()) == is_word(after()),
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
fn search(rt: &mut Rt<'_>, program: Str, text: Str, start: usize) -> R<Option<[u32; SLOTS_MAX]>> {
    let program = Program::of(rt.bytes(program));
    let text = rt.str(text);
    let words = Threads::words(program);
    rt.charge(CALL * 6 + words as u64)?;
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

/// The next match after one: an empty match is followed by a step of one character.
fn next_start(text: &str, places: &[u32; SLOTS_MAX]) -> Option<usize> {
    let (from, to) = (places[0] as usize, places[1] as usize);
    if to > from {
        return Some(to);
    }
    text[to..].chars().next().map(|c| to + c.len_utf8())
}

/// A group of a match; `None` where it took no part.
fn group(rt: &Rt<'_>, text: Str, places: &[u32; SLOTS_MAX], number: usize) -> Option<Str> {
    let (from, to) = (places[number * 2], places[number * 2 + 1]);
    (from != NONE && to != NONE).then(|| rt.part(text, from as usize, to as usize))
}

pub(crate) fn groups(rt: &Rt<'_>, program: Str) -> usize {
    Program::of(rt.bytes(program)).slots / 2
}

/// Whether the pattern occurs in a text.
///
/// # Errors
/// As every call: the row's budget.
pub fn is_match(rt: &mut Rt<'_>, text: Str, program: Str) -> R<bool> {
    Ok(search(rt, program, text, 0)?.is_some())
}

/// A match as a list: the text of each group, absent where it took no part, and its index in UTF-16 units; then the text
/// and the program, so that the next match can be asked for.
fn match_list(rt: &mut Rt<'_>, text: Str, program: Str, places: &[u32; SLOTS_MAX]) -> R<List> {
    let count = groups(rt, program);
    let list = rt.new_list(count * 2 + 2)?;
    rt.set_item(list, count * 2, text.0);
    rt.set_item(list, count * 2 + 1, program.0);
    for number in 0..count {
        if let Some(value) = group(rt, text, places, number) {
            let index = utf16::index(rt, text, places[number * 2] as usize)?;
            rt.set_item(list, number * 2, value.0);
            rt.set_item(list, number * 2 + 1, index as u64);
        }
    }
    Ok(list)
}

/// The first match, or an empty list.
pub fn first(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    first_from(rt, text, program, 0)
}

/// The first match from an octet on.
pub(crate) fn first_from(rt: &mut Rt<'_>, text: Str, program: Str, start: usize) -> R<List> {
    match search(rt, program, text, start)? {
        Some(places) => match_list(rt, text, program, &places),
        None => rt.new_list(0),
    }
}

/// Every match.
pub fn all(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    all_from(rt, text, program, 0)
}

/// Every match from an octet on.
pub(crate) fn all_from(rt: &mut Rt<'_>, text: Str, program: Str, start: usize) -> R<List> {
    let part = (start, usize::MAX);
    let mut count = 0;
    walk(rt, text, program, part, |_, _| {
        count += 1;
        Ok(())
    })?;
    let list = rt.new_list(count)?;
    let mut index = 0;
    walk(rt, text, program, part, |rt, places| {
        let one = match_list(rt, text, program, places)?;
        rt.set_item(list, index, one.0);
        index += 1;
        Ok(())
    })?;
    Ok(list)
}

/// Where matches are looked for: from which octet on, and how many at most.
pub(crate) type Part = (usize, usize);

/// All of a text.
pub(crate) const WHOLE: Part = (0, usize::MAX);

/// Goes from match to match.
fn walk(
    rt: &mut Rt<'_>,
    text: Str,
    program: Str,
    (start, most): Part,
    mut each: impl FnMut(&mut Rt<'_>, &[u32; SLOTS_MAX]) -> R<()>,
) -> R<()> {
    let mut start = Some(start);
    let mut left = most;
    while let Some(at) = start {
        if left == 0 {
            return Ok(());
        }
        left -= 1;
        let Some(places) = search(rt, program, text, at)? else {
            return Ok(());
        };
        each(rt, &places)?;
        start = next_start(rt.str(text), &places);
    }
    Ok(())
}

/// A group of a match, in the form of a match; one of no match took no part.
pub fn one_group(rt: &mut Rt<'_>, found: List, number: i32) -> R<List> {
    rt.charge(CALL)?;
    let at = usize::try_from(number).unwrap_or(usize::MAX);
    if at < (found.len() / 2).saturating_sub(1) {
        return Ok(rt.sublist(found, at * 2, at * 2 + 2));
    }
    rt.new_list(0)
}

/// Whether a match was found, or a group took part in one.
pub fn success(rt: &mut Rt<'_>, found: List) -> bool {
    !found.is_empty() && rt.item(found, 0) != 0
}

/// The text of a match or group; empty where there is none.
pub fn value(rt: &mut Rt<'_>, found: List) -> Str {
    if success(rt, found) {
        Str(rt.item(found, 0))
    } else {
        rt.no_text()
    }
}

/// Where a match or group begins, in UTF-16 units; 0 where there is none.
pub fn index(rt: &mut Rt<'_>, found: List) -> i32 {
    if success(rt, found) {
        rt.item(found, 1) as i32
    } else {
        0
    }
}

/// The length of a match or group in UTF-16 units.
///
/// # Errors
/// As every call: the row's budget.
pub fn length(rt: &mut Rt<'_>, found: List) -> R<i32> {
    let text = value(rt, found);
    Ok(utf16::len(rt, text)? as i32)
}

/// Every match replaced: `$1`, `${1}`, `$$`, `$&`, ``$` ``, `$'`, `$+` and `$_` as in .NET; names became numbers before.
pub fn replace(rt: &mut Rt<'_>, text: Str, program: Str, with: Str) -> R<Str> {
    replace_part(rt, text, program, with, WHOLE)
}

/// As [`replace`], of some matches.
pub(crate) fn replace_part(
    rt: &mut Rt<'_>,
    text: Str,
    program: Str,
    with: Str,
    part: Part,
) -> R<Str> {
    let count = groups(rt, program);
    // Places first, as nothing can be searched while a text is written.
    let found = places(rt, text, program, part)?;
    let reader = rt.reader();
    let (whole, template) = (reader.str(text), reader.str(with));
    let width = count * 2;
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| {
            let word = reader.item(found, one * width + slot) as u32;
            (word != NONE).then_some(word as usize)
        };
        let (from, to) = (place(0).unwrap_or(0), place(1).unwrap_or(0));
        let text_of = |number: usize| match (place(number * 2), place(number * 2 + 1)) {
            (Some(from), Some(to)) => &whole[from..to],
            _ => "",
        };
        out.push(&whole.as_bytes()[done..from])?;
        let matched = Matched {
            whole,
            place: (from, to),
            groups: count,
        };
        expand(&mut out, template, &matched, &text_of)?;
        done = to;
    }
    out.push(&whole.as_bytes()[done..])?;
    Ok(out.text())
}

/// A match that a template is filled from.
pub(crate) struct Matched<'t> {
    pub whole: &'t str,
    pub place: (usize, usize),
    pub groups: usize,
}

/// A template with what it names of a match in place.
pub(crate) fn expand<'t>(
    out: &mut Writer<'_, '_>,
    template: &'t str,
    matched: &Matched<'t>,
    text_of: &dyn Fn(usize) -> &'t str,
) -> R<()> {
    let (whole, (from, to)) = (matched.whole, matched.place);
    out.charge(template.len() as u64 * SLOW)?;
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push(&rest.as_bytes()[..at])?;
        rest = &rest[at + 1..];
        let piece = match rest.as_bytes().first() {
            Some(b'$') => Some(("$", 1)),
            Some(b'&') => Some((&whole[from..to], 1)),
            Some(b'`') => Some((&whole[..from], 1)),
            Some(b'\'') => Some((&whole[to..], 1)),
            Some(b'_') => Some((whole, 1)),
            Some(b'+') => Some((text_of(matched.groups - 1), 1)),
            _ => number(rest, matched.groups).map(|(group, used)| (text_of(group), used)),
        };
        match piece {
            Some((piece, used)) => {
                out.push(piece.as_bytes())?;
                rest = &rest[used..];
            }
            None => out.push(b"$")?,
        }
    }
    out.push(rest.as_bytes())
}

/// One group of every match replaced by a text, taken as it is.
///
/// # Errors
/// As every call: the row's budget.
pub fn replace_group(rt: &mut Rt<'_>, text: Str, program: Str, number: i32, with: Str) -> R<Str> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, WHOLE)?;
    let reader = rt.reader();
    let (whole, with) = (reader.bytes(text), reader.bytes(with));
    let slot = usize::try_from(number).unwrap_or(0).min(width / 2 - 1) * 2;
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| reader.item(found, one * width + slot) as u32;
        let (from, to) = (place(slot), place(slot + 1));
        if from != NONE && to != NONE {
            out.push(&whole[done..from as usize])?;
            out.push(with)?;
            done = to as usize;
        }
    }
    out.push(&whole[done..])?;
    Ok(out.text())
}

/// `1` or `{1}` after a dollar sign: a group that exists, and the octets used.
fn number(rest: &str, count: usize) -> Option<(usize, usize)> {
    let (digits, extra) = match rest.strip_prefix('{') {
        Some(inner) => (&inner[..inner.find('}')?], 2),
        None => (rest, 0),
    };
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    if len == 0 || (extra > 0 && len != digits.len()) {
        return None;
    }
    let value = |len: usize| digits[..len].parse::<usize>().ok().filter(|n| *n < count);
    if extra > 0 {
        return value(len).map(|group| (group, len + extra));
    }
    // The longest number that names a group.
    (1..=len)
        .rev()
        .find_map(|len| value(len).map(|group| (group, len)))
}

/// The places of every match, one after the other.
fn places(rt: &mut Rt<'_>, text: Str, program: Str, part: Part) -> R<List> {
    let width = groups(rt, program) * 2;
    let mut count = 0;
    walk(rt, text, program, part, |_, _| {
        count += 1;
        Ok(())
    })?;
    let list = rt.new_list(count * width)?;
    let mut index = 0;
    walk(rt, text, program, part, |rt, places| {
        for place in &places[..width] {
            rt.set_item(list, index, u64::from(*place));
            index += 1;
        }
        Ok(())
    })?;
    Ok(list)
}

/// The text with the matches of [`all`] replaced by these texts.
pub fn splice(rt: &mut Rt<'_>, text: Str, program: Str, texts: List) -> R<Str> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, WHOLE)?;
    let reader = rt.reader();
    let whole = reader.bytes(text);
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..(found.len() / width).min(texts.len()) {
        let place = |slot: usize| reader.item(found, one * width + slot) as usize;
        out.push(&whole[done..place(0)])?;
        let with = reader.item(texts, one);
        if with != 0 {
            out.push(reader.bytes(Str(with)))?;
        }
        done = place(1);
    }
    out.push(&whole[done..])?;
    Ok(out.text())
}

/// The texts between matches, with the groups of each match between them, as .NET gives them.
pub fn split(rt: &mut Rt<'_>, text: Str, program: Str) -> R<List> {
    split_part(rt, text, program, WHOLE)
}

/// As [`split`], at some matches.
pub(crate) fn split_part(rt: &mut Rt<'_>, text: Str, program: Str, part: Part) -> R<List> {
    let width = groups(rt, program) * 2;
    let found = places(rt, text, program, part)?;
    let reader = rt.reader();
    rt.charge(CALL)?;
    let mut out = rt.writer();
    let mut done = 0;
    for one in 0..found.len() / width {
        let place = |slot: usize| reader.item(found, one * width + slot) as u32;
        out.cell(reader.part(text, done, place(0) as usize).0)?;
        for number in 1..width / 2 {
            let (from, to) = (place(number * 2), place(number * 2 + 1));
            if from != NONE && to != NONE {
                out.cell(reader.part(text, from as usize, to as usize).0)?;
            }
        }
        done = place(1) as usize;
    }
    out.cell(reader.part(text, done, text.len()).0)?;
    Ok(out.list())
}

/// The text with every character that means something in a pattern escaped.
pub fn escape(rt: &mut Rt<'_>, text: Str) -> R<Str> {
    rt.charge(CALL + text.len() as u64 * SLOW)?;
    let source = rt.str(text);
    let mut out = rt.writer();
    for c in source.chars() {
        let named = match c {
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '\u{c}' => Some('f'),
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                Some(c)
            }
            _ => None,
        };
        match named {
            Some(c) => {
                out.push(b"\\")?;
                out.char(c)?;
            }
            None => out.char(c)?,
        }
    }
    Ok(out.text())
}
