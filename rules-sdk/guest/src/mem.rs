//! Cells, the arena and the work counter.
//!
//! A cell is one 64-bit word. Text, octets and decimals (16 octets): address, byte length << 32, and for text bit 63
//! when a byte is above 0x7f.
//! Lists: address of an array of cells, length << 32. Absent: 0. Numbers, booleans, characters: themselves; where they
//! may be absent, the address of a box. Errors: `ERROR_BASE | site << 8 | kind`, below every other cell.
//!
//! Invariants: memory above `cur` belongs to nobody, memory below it never changes again; work only goes down.

use core::marker::PhantomData;

use crate::bulk;

/// Work units of one row.
pub const WORK_PER_ROW: u64 = 1_000_000;
/// Units of one call, whatever it does. Chosen so that a unit never costs more than 4 fuel.
pub const CALL: u64 = 32;
/// Units of one turn of a loop over a list.
pub const TURN: u64 = 32;
/// Units of a byte that is looked at on its own instead of in bulk.
pub const SLOW: u64 = 16;
/// The lowest error cell; all error cells lie in the 2^32 above it.
pub const ERROR_BASE: i64 = i64::MIN;
/// The flag of texts that are not ASCII.
pub const NON_ASCII: u64 = 1 << 63;
/// How far beyond the end of a text is memory, to be read by compiled code and written by nobody who minds.
#[cfg(runtime)]
const WORDS_BEYOND: usize = 32;
/// Longest text or list that a cell can name.
const LEN_MAX: usize = 0x7fff_ffff;

/// Why a call has no result. The numbers are those of `syncline_model::rules::ErrorKind`, and `Arena`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Fault {
    OutOfRange = 1,
    NullReference = 2,
    InvalidOperation = 3,
    Argument = 4,
    Format = 5,
    DivideByZero = 6,
    Overflow = 7,
    Custom = 8,
    Budget = 9,
    /// The arena is full: no answer, the host splits the batch.
    Arena = 250,
}

/// The result of a runtime function.
pub type R<T> = Result<T, Fault>;

/// A present text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Str(pub(crate) u64);

/// Present octets, or the 16 octets of a GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Octets(pub(crate) u64);

/// A present decimal: the address of 16 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dec(pub(crate) u64);

/// A present list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List(pub(crate) u64);

/// A boxed word: an optional number, boolean or character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boxed(pub(crate) u64);

/// An instant: ticks of 100 ns since 0001-01-01 shifted by one bit, which is set where no zone is known. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When(pub(crate) u64);

impl When {
    /// The instant at ticks within the calendar.
    pub fn new(ticks: i64, is_utc: bool) -> Self {
        Self((ticks as u64) << 1 | u64::from(!is_utc))
    }

    /// Ticks since 0001-01-01.
    pub fn ticks(self) -> i64 {
        (self.0 >> 1) as i64
    }

    /// Whether it is known to be UTC.
    pub fn is_utc(self) -> bool {
        self.0 & 1 == 0
    }

    /// Its cell.
    pub fn word(self) -> u64 {
        self.0
    }
}

fn at(cell: u64) -> usize {
    (cell & 0xffff_ffff) as usize
}

fn len(cell: u64) -> usize {
    (cell >> 32) as usize & LEN_MAX
}

impl Str {
    /// Bytes.
    pub fn len(self) -> usize {
        len(self.0)
    }

    /// No bytes.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Every byte is below 0x80, so bytes, characters and UTF-16 units are the same.
    pub fn ascii(self) -> bool {
        self.0 & NON_ASCII == 0
    }
}

impl Octets {
    /// How many.
    pub fn len(self) -> usize {
        len(self.0)
    }

    /// None.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl List {
    /// Elements.
    pub fn len(self) -> usize {
        len(self.0)
    }

    /// No elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A memory with a bump arena and a work counter.
pub struct Rt<'m> {
    base: *mut u8,
    cur: usize,
    end: usize,
    pub(crate) counters: Counters,
    memory: PhantomData<&'m mut [u8]>,
}

/// What a row begins with and programs write themselves.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Counters {
    /// Work units left.
    work: u64,
    /// The text of the last `throw`, as a cell.
    custom: u64,
}

/// Where in the counters the text of the last `throw` lies, in bytes; the work units left lie at 0.
pub const CUSTOM_AT: u64 = core::mem::offset_of!(Counters, custom) as u64;
const _: () = assert!(core::mem::offset_of!(Counters, work) == 0);

impl Counters {
    const fn of(work: u64) -> Self {
        Self { work, custom: 0 }
    }
}

impl<'m> Rt<'m> {
    /// A runtime over this memory; the first 16 bytes are never handed out, so that no cell is 0.
    pub fn new(memory: &'m mut [u8]) -> Self {
        let end = memory.len().min(LEN_MAX);
        Self {
            base: memory.as_mut_ptr(),
            cur: 16.min(end),
            end,
            counters: Counters::of(WORK_PER_ROW),
            memory: PhantomData,
        }
    }

    /// The runtime of a wasm instance: addresses are addresses of the linear memory.
    #[cfg(runtime)]
    pub(crate) const fn linear() -> Self {
        Self {
            base: core::ptr::null_mut(),
            cur: 0,
            end: 0,
            counters: Counters::of(0),
            memory: PhantomData,
        }
    }

    /// The pointer for an address of a cell.
    fn address(&self, at: usize) -> *mut u8 {
        // In wasm cells hold addresses of the linear memory, which other code wrote: exposed, not derived from `base`. A
        // pointer derived from a null `base` would be assumed to alias nothing.
        #[cfg(runtime)]
        return core::ptr::with_exposed_provenance_mut(at);
        #[cfg(not(runtime))]
        self.base.wrapping_add(at)
    }

    /// Starts the arena at `cur` and ends it at `end`.
    #[cfg(runtime)]
    pub(crate) fn set_arena(&mut self, cur: usize, end: usize) {
        self.cur = cur;
        // Compiled comparisons read whole words, so that what lies beyond a text must be memory.
        self.end = end.saturating_sub(WORDS_BEYOND);
    }

    /// A new row: full work counter, no text of a `throw`.
    pub fn row(&mut self) {
        self.counters = Counters::of(WORK_PER_ROW);
    }

    /// Work units left for this row.
    pub fn work_left(&self) -> u64 {
        self.counters.work
    }

    /// The text of the last `throw`, as a cell.
    pub fn custom(&self) -> u64 {
        self.counters.custom
    }

    pub(crate) fn set_custom(&mut self, text: u64) {
        self.counters.custom = text;
    }

    /// Uses work. Once it is used up, every further call of the row fails.
    pub fn charge(&mut self, units: u64) -> R<()> {
        match self.counters.work.checked_sub(units) {
            Some(left) => {
                self.counters.work = left;
                Ok(())
            }
            None => {
                self.counters.work = 0;
                Err(Fault::Budget)
            }
        }
    }

    /// Uses work in a call that cannot fail: when that was too much, the next call that can fails.
    pub fn spend(&mut self, units: u64) {
        self.counters.work = self.counters.work.saturating_sub(units);
    }

    fn slice(&self, at: usize, len: usize) -> &'m [u8] {
        #[cfg(not(runtime))]
        assert!(
            at.checked_add(len).is_some_and(|end| end <= self.cur),
            "a cell names memory that was never written"
        );
        // SAFETY: natively the range lies below `cur`, inside the memory given to `new`, and is never written again
        // (see `alloc`); in wasm any address is inside the sandbox or traps. Bytes have no invalid values.
        unsafe { core::slice::from_raw_parts(self.address(at), len) }
    }

    /// The bytes of a text.
    pub fn bytes(&self, text: Str) -> &'m [u8] {
        self.slice(at(text.0), text.len())
    }

    /// The text as Rust sees it.
    pub fn str(&self, text: Str) -> &'m str {
        let bytes = self.bytes(text);
        if cfg!(not(runtime)) && !text.ascii() {
            return core::str::from_utf8(bytes).unwrap_or_default();
        }
        // SAFETY: packer, literals and `Writer` write UTF-8 and parts end between characters; without the flag every byte
        // is below 0x80. In the sandbox it costs more to look through a long text at every call than most calls do, and a
        // module that breaks this reads on in its own memory, at most to its end and a trap.
        unsafe { core::str::from_utf8_unchecked(bytes) }
    }

    /// The octets.
    pub fn octets(&self, octets: Octets) -> &'m [u8] {
        self.slice(at(octets.0), len(octets.0))
    }

    /// The element of a list; the caller has compared `index` with the length.
    pub fn item(&self, list: List, index: usize) -> u64 {
        let bytes = self.slice(at(list.0) + index * 8, 8);
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        u64::from_le_bytes(word)
    }

    /// The word in a box.
    pub fn unbox(&self, boxed: Boxed) -> u64 {
        self.item(List(boxed.0 | 1 << 32), 0)
    }

    /// Fresh memory, aligned to 8, as a slice and its address. Charged by the byte.
    pub fn alloc(&mut self, len: usize) -> R<(&'m mut [u8], usize)> {
        self.charge(len as u64)?;
        let start = (self.cur + 7) & !7;
        let end = start
            .checked_add(len)
            .filter(|end| *end <= self.end)
            .ok_or(Fault::Arena)?;
        self.cur = end;
        // SAFETY: the range lies inside the arena and above everything handed out before; `cur` moves past it, so it is
        // handed out once. The caller writes it before a cell names it.
        let memory = unsafe { core::slice::from_raw_parts_mut(self.address(start), len) };
        Ok((memory, start))
    }

    /// The empty text.
    pub fn no_text(&self) -> Str {
        // Any address below `cur` will do; none is read.
        Str(self.cur.max(1) as u64)
    }

    /// A box around a word.
    pub fn boxed(&mut self, word: u64) -> R<Boxed> {
        let (memory, start) = self.alloc(8)?;
        memory.copy_from_slice(&word.to_le_bytes());
        Ok(Boxed(start as u64))
    }

    /// The address of a copy of these bytes.
    fn copied(&mut self, bytes: &[u8]) -> R<usize> {
        let (memory, start) = self.alloc(bytes.len())?;
        // SAFETY: `memory` is as long as `bytes` and was handed out just now.
        unsafe { bulk::copy(bytes.as_ptr(), memory.as_mut_ptr(), bytes.len()) };
        Ok(start)
    }

    /// A copy of a text that is ASCII.
    pub(crate) fn ascii_copy(&mut self, bytes: &[u8]) -> R<Str> {
        let start = self.copied(bytes)?;
        Ok(Str(start as u64 | (bytes.len() as u64) << 32))
    }

    /// A text with these bytes, which are UTF-8.
    pub fn text(&mut self, bytes: &[u8]) -> R<Str> {
        let start = self.copied(bytes)?;
        Ok(text_cell(start, self.slice(start, bytes.len())))
    }

    /// The bytes of a text that `text` has just made and nobody has seen yet.
    pub(crate) fn fresh(&mut self, text: Str) -> &mut [u8] {
        debug_assert_eq!(at(text.0) + text.len(), self.cur);
        // SAFETY: the text is the last allocation and no slice of it is alive, as the caller promises.
        unsafe { core::slice::from_raw_parts_mut(self.address(at(text.0)), text.len()) }
    }

    /// These octets.
    pub fn new_octets(&mut self, bytes: &[u8]) -> R<Octets> {
        let start = self.copied(bytes)?;
        Ok(Octets(start as u64 | (bytes.len() as u64) << 32))
    }

    /// A part of a text, without a copy. `from..to` are byte offsets on character boundaries.
    pub fn part(&self, text: Str, from: usize, to: usize) -> Str {
        let start = at(text.0) + from;
        if text.ascii() {
            return Str(start as u64 | ((to - from) as u64) << 32);
        }
        text_cell(start, &self.bytes(text)[from..to])
    }

    /// Room for a list of this length, to be filled with [`set_item`](Self::set_item).
    pub fn new_list(&mut self, len: usize) -> R<List> {
        let (memory, start) = self.alloc(len.checked_mul(8).ok_or(Fault::Budget)?)?;
        bulk::fill(memory, 0);
        Ok(List(start as u64 | (len as u64) << 32))
    }

    /// Writes an element of a list that nobody has read yet.
    pub fn set_item(&mut self, list: List, index: usize, cell: u64) {
        assert!(index < list.len());
        let offset = at(list.0) + index * 8;
        debug_assert!(offset + 8 <= self.cur);
        // SAFETY: the list came from `new_list`, so these 8 bytes are inside the arena, and no slice of them is alive.
        unsafe {
            self.address(offset)
                .cast::<[u8; 8]>()
                .write_unaligned(cell.to_le_bytes())
        }
    }

    /// The first `len` elements of a list.
    pub fn truncated(&self, list: List, len: usize) -> List {
        List(at(list.0) as u64 | (len.min(list.len()) as u64) << 32)
    }

    /// The elements `from..to` of a list, without a copy.
    pub fn sublist(&self, list: List, from: usize, to: usize) -> List {
        List((at(list.0) + from * 8) as u64 | ((to - from) as u64) << 32)
    }

    /// Words above the arena for the time of a call: they hold anything at first, and nothing of them stays.
    pub(crate) fn scratch<T>(
        &mut self,
        words: usize,
        work: impl FnOnce(&mut Self, &mut [u32]) -> R<T>,
    ) -> R<T> {
        let top = self.address(self.cur);
        let start = self.cur + top.align_offset(core::mem::align_of::<u32>());
        let end = words
            .checked_mul(4)
            .and_then(|len| start.checked_add(len))
            .filter(|end| *end <= self.end)
            .ok_or(Fault::Arena)?;
        let old = core::mem::replace(&mut self.cur, end);
        // SAFETY: the range lies inside the arena, is aligned, and above everything handed out before; `cur` lies behind it
        // while it is used, so it is handed out once. Words have no invalid values; the memory was initialised.
        let memory =
            unsafe { core::slice::from_raw_parts_mut(self.address(start).cast::<u32>(), words) };
        let result = work(self, memory);
        self.cur = old;
        result
    }

    /// A second look at memory that is already written, usable while a writer or an allocation is under way.
    pub fn reader(&self) -> Rt<'m> {
        Rt {
            base: self.base,
            cur: self.cur,
            end: self.cur,
            counters: Counters::of(0),
            memory: PhantomData,
        }
    }

    /// A writer at the top of the arena.
    pub fn writer(&mut self) -> Writer<'_, 'm> {
        let start = (self.cur + 7) & !7;
        Writer {
            start,
            len: 0,
            rt: self,
        }
    }
}

fn text_cell(start: usize, bytes: &[u8]) -> Str {
    let flag = if bulk::is_ascii(bytes) { 0 } else { NON_ASCII };
    Str(start as u64 | (bytes.len() as u64) << 32 | flag)
}

/// Writes bytes of unknown number to the top of the arena. Nothing else can be allocated meanwhile.
pub struct Writer<'r, 'm> {
    rt: &'r mut Rt<'m>,
    start: usize,
    len: usize,
}

impl<'m> Writer<'_, 'm> {
    /// Adds bytes. Charged by the byte.
    pub fn push(&mut self, bytes: &[u8]) -> R<()> {
        self.rt.charge(bytes.len() as u64)?;
        let to = self.room(bytes.len())?;
        // SAFETY: the room belongs to nobody but this writer.
        unsafe { bulk::copy(bytes.as_ptr(), to, bytes.len()) };
        self.len += bytes.len();
        Ok(())
    }

    /// Adds bytes of a text, which were charged before.
    #[inline(always)]
    pub(crate) fn put_text(&mut self, bytes: &'m [u8]) -> R<()> {
        let to = self.room(bytes.len())?;
        // SAFETY: the room belongs to nobody but this writer, and what lies above it to nobody at all.
        unsafe { bulk::copy_text(bytes.as_ptr(), to, bytes.len()) };
        self.len += bytes.len();
        Ok(())
    }

    /// The address of so many bytes more, inside the arena above `cur`.
    #[inline(always)]
    fn room(&self, len: usize) -> R<*mut u8> {
        let from = self.start + self.len;
        if from + len > self.rt.end {
            return Err(Fault::Arena);
        }
        Ok(self.rt.address(from))
    }

    /// Adds a text that was there before.
    pub fn push_text(&mut self, text: Str) -> R<()> {
        self.rt.charge(text.len() as u64)?;
        self.put_text(self.rt.bytes(text))
    }

    /// Adds a character.
    pub fn char(&mut self, c: char) -> R<()> {
        self.push(c.encode_utf8(&mut [0; 4]).as_bytes())
    }

    /// Adds these bytes so many times. Charged by the byte, and slowly when they are several.
    pub fn repeat(&mut self, bytes: &[u8], count: usize) -> R<()> {
        let each = if bytes.len() == 1 { 1 } else { SLOW };
        self.rt.charge((count as u64).saturating_mul(each))?;
        let len = count.checked_mul(bytes.len()).ok_or(Fault::Budget)?;
        let from = self.start + self.len;
        if from.checked_add(len).is_none_or(|end| end > self.rt.end) {
            return Err(Fault::Arena);
        }
        // SAFETY: as in `push`.
        let memory = unsafe { core::slice::from_raw_parts_mut(self.rt.address(from), len) };
        match bytes {
            [one] => bulk::fill(memory, *one),
            _ => memory
                .chunks_exact_mut(bytes.len().max(1))
                .for_each(|chunk| chunk.copy_from_slice(bytes)),
        }
        self.len += len;
        Ok(())
    }

    /// Uses work for reading.
    pub fn charge(&mut self, units: u64) -> R<()> {
        self.rt.charge(units)
    }

    /// What was written, as octets.
    pub fn octets(self) -> Octets {
        self.rt.cur = self.start + self.len;
        Octets(self.start as u64 | (self.len as u64) << 32)
    }

    /// What was written, as a text.
    pub fn text(self) -> Str {
        self.rt.cur = self.start + self.len;
        text_cell(self.start, self.rt.slice(self.start, self.len))
    }

    /// What was written, as a text of which it is known whether it is ASCII.
    pub fn text_that_is(self, ascii: bool) -> Str {
        self.rt.cur = self.start + self.len;
        let flag = if ascii { 0 } else { NON_ASCII };
        Str(self.start as u64 | (self.len as u64) << 32 | flag)
    }

    /// What was written with [`cell`](Self::cell), as a list.
    pub fn list(self) -> List {
        self.rt.cur = self.start + self.len;
        List(self.start as u64 | (self.len as u64 / 8) << 32)
    }

    /// Adds an element.
    pub fn cell(&mut self, cell: u64) -> R<()> {
        self.push(&cell.to_le_bytes())
    }

    /// Elements written so far.
    pub fn cells(&self) -> usize {
        self.len / 8
    }
}
