//! Bytes in bulk: what every text function does most, in steps of 16 and 8 instead of one.
//!
//! Texts of a directory are short, so the first and the last step may overlap and nothing is read or written beyond an
//! end; `memory.copy` of WebAssembly is a call out of compiled code, dearer than most texts are long.
//!
//! Invariants: the same answers on every architecture; only wasm32 has vectors. What reads whole words beyond an end
//! ([`copy_text`], [`position`], [`is_ascii`], [`has_letter`]) is given bytes of the memory that cells name and never a
//! local: of a local the compiler knows that nothing lies behind it, and drops the bytes themselves.

/// Reads a word of any type at any alignment.
///
/// # Safety
///
/// `size_of::<T>()` bytes at `from + at` are readable, and any bytes are a `T`.
unsafe fn get<T>(from: *const u8, at: usize) -> T {
    // SAFETY: as the caller promises.
    unsafe { from.add(at).cast::<T>().read_unaligned() }
}

/// Copies `N` bytes to each end of a range; both are read before either is written.
///
/// # Safety
///
/// As of [`copy`], and `size_of::<T>() <= len <= 2 * size_of::<T>()`.
unsafe fn ends<T>(from: *const u8, to: *mut u8, len: usize) {
    let last = len - size_of::<T>();
    // SAFETY: both words lie inside the range.
    unsafe {
        let (head, tail) = (get::<T>(from, 0), get::<T>(from, last));
        to.cast::<T>().write_unaligned(head);
        to.add(last).cast::<T>().write_unaligned(tail);
    }
}

/// Copies bytes.
///
/// # Safety
///
/// `len` bytes at `from` are readable and at `to` writable, and they do not overlap.
#[inline]
pub unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: each arm stays inside the ranges.
    unsafe {
        match len {
            0 => {}
            1 => *to = *from,
            2..=3 => ends::<[u8; 2]>(from, to, len),
            4..=7 => ends::<u32>(from, to, len),
            8..=16 => ends::<u64>(from, to, len),
            17..=32 => ends::<[u64; 2]>(from, to, len),
            33..=64 => ends::<[u64; 4]>(from, to, len),
            _ => core::ptr::copy_nonoverlapping(from, to, len),
        }
    }
}

/// Copies bytes of a text to where nothing of worth lies behind them: whole words, whatever the length.
///
/// # Safety
///
/// As of [`copy`], and in WebAssembly the 32 bytes behind either range are memory, those behind `to` nobody's.
#[inline(always)]
pub unsafe fn copy_text(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: as the caller promises; natively nothing beyond the ranges is touched.
    unsafe {
        #[cfg(runtime)]
        if len <= 32 {
            let (head, tail) = (get::<[u64; 2]>(from, 0), get::<[u64; 2]>(from, 16));
            to.cast::<[u64; 2]>().write_unaligned(head);
            if len > 16 {
                to.add(16).cast::<[u64; 2]>().write_unaligned(tail);
            }
            return;
        }
        copy(from, to, len);
    }
}

/// Fills bytes.
#[inline]
pub fn fill(to: &mut [u8], byte: u8) {
    let (len, word) = (to.len(), [byte; 16]);
    if len > 64 {
        return to.fill(byte);
    }
    if len < 16 {
        // SAFETY: `word` and `to` have so many bytes.
        return unsafe { copy(word.as_ptr(), to.as_mut_ptr(), len) };
    }
    for from in [0, 16, 32, 48] {
        let from = from.min(len - 16);
        // SAFETY: 16 bytes of the slice, from at most the last such place on.
        unsafe {
            to.as_mut_ptr()
                .add(from)
                .cast::<[u8; 16]>()
                .write_unaligned(word)
        };
    }
}

/// Are they equal?
#[inline]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len != b.len() {
        return false;
    }
    let (a, b) = (a.as_ptr(), b.as_ptr());
    // SAFETY: every word lies inside both slices.
    unsafe {
        if len >= 8 {
            let last = len - 8;
            let mut at = 0;
            while at < last {
                if get::<u64>(a, at) != get::<u64>(b, at) {
                    return false;
                }
                at += 8;
            }
            return get::<u64>(a, last) == get::<u64>(b, last);
        }
        if len >= 4 {
            let last = len - 4;
            return get::<u32>(a, 0) == get::<u32>(b, 0)
                && get::<u32>(a, last) == get::<u32>(b, last);
        }
        if len >= 2 {
            let last = len - 2;
            return get::<u16>(a, 0) == get::<u16>(b, 0)
                && get::<u16>(a, last) == get::<u16>(b, last);
        }
        len == 0 || *a == *b
    }
}

/// Does the text begin with the part?
#[inline]
pub fn begins(text: &[u8], part: &[u8]) -> bool {
    text.get(..part.len()).is_some_and(|head| same(head, part))
}

/// The place of the first such byte.
#[cfg(not(runtime))]
pub fn position(text: &[u8], wanted: u8) -> Option<usize> {
    text.iter().position(|byte| *byte == wanted)
}

/// Whether every byte is below 0x80.
#[cfg(not(runtime))]
pub fn is_ascii(text: &[u8]) -> bool {
    text.is_ascii()
}

/// Whether a byte is one of the 26 from `first` on.
#[cfg(not(runtime))]
pub fn has_letter(text: &[u8], first: u8) -> bool {
    text.iter().any(|byte| byte.wrapping_sub(first) < 26)
}

/// Changes the case of the 26 letters from `first` on.
#[cfg(not(runtime))]
pub fn change_case(text: &mut [u8], first: u8) {
    for byte in text {
        *byte ^= u8::from(byte.wrapping_sub(first) < 26) << 5;
    }
}

#[cfg(runtime)]
pub use vectors::{change_case, has_letter, is_ascii, position};

#[cfg(runtime)]
mod vectors {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_eq, i8x16_splat, i8x16_sub, u8x16_lt, v128, v128_and, v128_any_true,
        v128_xor,
    };

    use super::get;

    /// Calls `test` with vectors that cover the text, the last one reaching back, until it gives something.
    #[inline(always)]
    fn vectors<T>(text: &[u8], mut test: impl FnMut(usize, v128) -> Option<T>) -> Option<T> {
        let mut at = 0;
        while at < text.len() {
            let from = at.min(text.len() - 16);
            // SAFETY: the caller gives at least 16 bytes, and `from` is at most the last such place.
            let vector = unsafe { get::<v128>(text.as_ptr(), from) };
            if let Some(found) = test(from, vector) {
                return Some(found);
            }
            at += 16;
        }
        None
    }

    #[inline]
    pub fn position(text: &[u8], wanted: u8) -> Option<usize> {
        let len = text.len();
        if len >= 16 {
            let all = i8x16_splat(wanted as i8);
            return vectors(text, |from, vector| {
                let hits = i8x16_bitmask(i8x16_eq(vector, all));
                (hits != 0).then(|| from + hits.trailing_zeros() as usize)
            });
        }
        let hits = i8x16_bitmask(i8x16_eq(short(text), i8x16_splat(wanted as i8)));
        let hits = u32::from(hits) & ((1 << len) - 1);
        (hits != 0).then(|| hits.trailing_zeros() as usize)
    }

    /// A text of less than 16 bytes, and what lies behind it.
    #[inline(always)]
    fn short(text: &[u8]) -> v128 {
        // SAFETY: behind every text 32 bytes are memory (`mem::WORDS_BEYOND`).
        unsafe { get::<v128>(text.as_ptr(), 0) }
    }

    #[inline]
    pub fn is_ascii(text: &[u8]) -> bool {
        let len = text.len();
        if len >= 16 {
            return vectors(text, |_, vector| (i8x16_bitmask(vector) != 0).then_some(())).is_none();
        }
        u32::from(i8x16_bitmask(short(text))) & ((1 << len) - 1) == 0
    }

    fn letters(vector: v128, first: u8) -> v128 {
        u8x16_lt(i8x16_sub(vector, i8x16_splat(first as i8)), i8x16_splat(26))
    }

    #[inline]
    pub fn has_letter(text: &[u8], first: u8) -> bool {
        if text.len() >= 16 {
            return vectors(text, |_, vector| {
                v128_any_true(letters(vector, first)).then_some(())
            })
            .is_some();
        }
        let letters = u32::from(i8x16_bitmask(letters(short(text), first)));
        letters & ((1 << text.len()) - 1) != 0
    }

    #[inline]
    pub fn change_case(text: &mut [u8], first: u8) {
        if text.len() < 16 {
            for byte in text {
                *byte ^= u8::from(byte.wrapping_sub(first) < 26) << 5;
            }
            return;
        }
        let mut at = 0;
        while at < text.len() {
            // What was changed is no letter of this case any more, so that the last step may reach back.
            let from = at.min(text.len() - 16);
            let place = text[from..from + 16].as_mut_ptr().cast::<v128>();
            // SAFETY: 16 bytes of the slice.
            unsafe {
                let vector = place.read_unaligned();
                let flip = v128_and(letters(vector, first), i8x16_splat(0x20));
                place.write_unaligned(v128_xor(vector, flip));
            }
            at += 16;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn bytes_of_every_length_are_copied_compared_and_found() {
        let text: Vec<u8> = (0..100).collect();
        for len in 0..100 {
            let mut out = Vec::from([0xff; 101]);
            // SAFETY: both are longer than `len`.
            unsafe { copy(text.as_ptr(), out.as_mut_ptr(), len) };

            assert_eq!(out[..len], text[..len]);
            assert_eq!(out[len], 0xff, "nothing beyond {len} is written");
            assert!(same(&out[..len], &text[..len]));
            for change in 0..len {
                out[change] ^= 1;
                assert!(!same(&out[..len], &text[..len]), "{change} of {len}");
                out[change] ^= 1;
                assert_eq!(position(&text[..len], change as u8), Some(change));
            }
            assert_eq!(position(&text[..len], 0xfe), None);
            fill(&mut out[..len], 7);
            assert!(out[..len].iter().all(|byte| *byte == 7));
            assert_eq!(out[len], 0xff);
        }
    }
}
