//! What looks random and is the same for the same object: GUIDs, numbers and texts drawn from a seed.
//!
//! Invariants: everything follows from the seed, which the host makes with a key of the tenant; nothing is kept between
//! two draws. Generator: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).

use crate::mem::{Boxed, CALL, Fault, Octets, R, Rt, SLOW, Str};

/// Octets of a seed.
const SEED: usize = 32;
/// Longest text, as the reference of Entra provisioning says.
const TEXT_MAX: usize = 256;

/// The special characters of "Password must meet complexity requirements" (Windows security policy settings).
const SPECIAL: &[u8] = b"~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";

struct Generator([u64; 4]);

impl Generator {
    fn new(seed: &[u8]) -> R<Self> {
        if seed.len() != SEED {
            return Err(Fault::Argument);
        }
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(seed.chunks_exact(8)) {
            let mut eight = [0; 8];
            eight.copy_from_slice(bytes);
            *word = u64::from_le_bytes(eight);
        }
        // The one state that the generator never leaves.
        if words == [0; 4] {
            words[0] = 1;
        }
        Ok(Self(words))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// One of `count` numbers from 0, each as likely (Lemire's multiplication, without its rejection: the bias is below
    /// count / 2^64).
    fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u64
    }
}

/// A GUID of version 4 (RFC 9562, 5.4).
pub fn guid(rt: &mut Rt<'_>, seed: Octets) -> R<Octets> {
    rt.charge(CALL)?;
    let mut generator = Generator::new(rt.octets(seed))?;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&generator.next().to_le_bytes());
    bytes[8..].copy_from_slice(&generator.next().to_le_bytes());
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    rt.new_octets(&bytes)
}

/// A number from `from` up to `to`, which is one of them if `included`; `from` where both are equal, as .NET has it.
pub fn number(rt: &mut Rt<'_>, seed: Octets, from: i64, to: i64, included: bool) -> R<Boxed> {
    rt.charge(CALL)?;
    if from > to {
        return Err(Fault::OutOfRange);
    }
    let mut generator = Generator::new(rt.octets(seed))?;
    let count = to.wrapping_sub(from) as u64;
    let more = match (included, count.checked_add(1)) {
        (false, _) => generator.below(count),
        (true, Some(count)) => generator.below(count),
        // Every number there is.
        (true, None) => generator.next(),
    };
    let number = from.wrapping_add(more as i64);
    rt.boxed(number as u64)
}

/// A text of `len` characters with at least so many digits, special characters, capital and small letters, without
/// those to avoid.
#[expect(
    clippy::too_many_arguments,
    reason = "the parameters of the function of Entra provisioning"
)]
pub fn text(
    rt: &mut Rt<'_>,
    seed: Octets,
    len: i64,
    digits: i64,
    special: i64,
    capitals: i64,
    small: i64,
    avoid: Option<Str>,
) -> R<Str> {
    let avoided = avoid.map_or(&[][..], |avoid| rt.bytes(avoid));
    // Each character of each class is looked for in it.
    rt.charge(CALL * 64 + avoided.len() as u64 * SLOW * 8)?;
    let mut generator = Generator::new(rt.octets(seed))?;
    let len = usize::try_from(len)
        .ok()
        .filter(|len| (1..=TEXT_MAX).contains(len))
        .ok_or(Fault::Argument)?;
    rt.charge(len as u64 * 4 * SLOW)?;
    let classes: [(&[u8], i64); 4] = [
        (b"0123456789", digits),
        (SPECIAL, special),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", capitals),
        (b"abcdefghijklmnopqrstuvwxyz", small),
    ];
    let mut all = Letters::default();
    let mut out = [0; TEXT_MAX];
    let mut made = 0;
    for (class, least) in classes {
        let mut letters = Letters::default();
        class.iter().filter(|c| !avoided.contains(c)).for_each(|c| {
            letters.push(*c);
            all.push(*c);
        });
        let least = usize::try_from(least).map_err(|_| Fault::Argument)?;
        if least > len - made || least > 0 && letters.len == 0 {
            return Err(Fault::Argument);
        }
        for _ in 0..least {
            out[made] = letters.one(&mut generator);
            made += 1;
        }
    }
    if made < len && all.len == 0 {
        return Err(Fault::Argument);
    }
    while made < len {
        out[made] = all.one(&mut generator);
        made += 1;
    }
    // Fisher and Yates.
    for last in (1..len).rev() {
        let other = generator.below(last as u64 + 1) as usize;
        out.swap(last, other);
    }
    rt.text(&out[..len])
}

/// Characters to choose from.
struct Letters {
    bytes: [u8; 128],
    len: usize,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            bytes: [0; 128],
            len: 0,
        }
    }
}

impl Letters {
    fn push(&mut self, c: u8) {
        self.bytes[self.len] = c;
        self.len += 1;
    }

    fn one(&self, generator: &mut Generator) -> u8 {
        self.bytes[generator.below(self.len as u64) as usize]
    }
}
