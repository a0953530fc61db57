//! Numbers of 256 bits: what a product of two decimals or their common scale may need.
//!
//! Invariants: nothing here overflows for digits of 96 bits scaled by at most 10^28; rounding happens once.

use core::cmp::Ordering;

use crate::decimal::{DIGITS_MAX, Decimal, SCALE_MAX};
use crate::mem::{Fault, R};

/// A number of 256 bits, lowest word first: what a product or a common scale may need.
#[derive(Clone, Copy)]
pub(crate) struct Wide([u32; 8]);

impl Wide {
    pub fn of(value: u128) -> Self {
        let mut words = [0; 8];
        for (index, word) in words.iter_mut().take(4).enumerate() {
            *word = (value >> (32 * index)) as u32;
        }
        Self(words)
    }

    pub fn times(self, factor: u128) -> Self {
        let other = Self::of(factor).0;
        let mut words = [0_u32; 8];
        for (i, a) in self.0.iter().enumerate() {
            let mut carry = 0_u64;
            for (j, b) in other.iter().take(8 - i).enumerate() {
                let sum = u64::from(*a) * u64::from(*b) + u64::from(words[i + j]) + carry;
                words[i + j] = sum as u32;
                carry = sum >> 32;
            }
        }
        Self(words)
    }

    pub fn plus(self, other: Self) -> Self {
        let mut words = [0; 8];
        let mut carry = 0;
        for (index, word) in words.iter_mut().enumerate() {
            let sum = u64::from(self.0[index]) + u64::from(other.0[index]) + carry;
            *word = sum as u32;
            carry = sum >> 32;
        }
        Self(words)
    }

    /// The difference from a number that is not greater.
    pub fn minus(self, other: Self) -> Self {
        let mut words = [0; 8];
        let mut borrow = 0;
        for (index, word) in words.iter_mut().enumerate() {
            let difference = i64::from(self.0[index]) - i64::from(other.0[index]) - borrow;
            *word = difference as u32;
            borrow = i64::from(difference < 0);
        }
        Self(words)
    }

    pub fn order(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }

    /// A tenth, and the digit that falls away.
    fn tenth(self) -> (Self, u32) {
        let mut words = self.0;
        let mut rest = 0_u64;
        for word in words.iter_mut().rev() {
            let value = rest << 32 | u64::from(*word);
            *word = (value / 10) as u32;
            rest = value % 10;
        }
        (Self(words), rest as u32)
    }

    fn narrow(&self) -> Option<u128> {
        if self.0[3..].iter().any(|word| *word != 0) {
            return None;
        }
        let words = self.0.iter().take(3).enumerate();
        Some(words.fold(0, |n, (index, word)| n | u128::from(*word) << (32 * index)))
    }

    /// As a decimal of at most 96 bits and 28 places, rounded once, half to even.
    pub fn rounded(self, negative: bool, scale: u32) -> R<Decimal> {
        let (mut whole, mut scale) = (self, scale);
        let (mut last, mut sticky) = (0, false);
        loop {
            if scale <= SCALE_MAX
                && let Some(digits) = whole.narrow()
            {
                let up = last > 5 || last == 5 && (sticky || digits & 1 == 1);
                let digits = digits + u128::from(up);
                if digits <= DIGITS_MAX {
                    return Ok(Decimal {
                        negative,
                        scale,
                        digits,
                    });
                }
            }
            if scale == 0 {
                return Err(Fault::Overflow);
            }
            sticky |= last != 0;
            (whole, last) = whole.tenth();
            scale -= 1;
        }
    }
}
