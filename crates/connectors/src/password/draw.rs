//! Drawing a password from the system's random source.
//!
//! Invariants: every character is an even choice; at least one of each class, at places that chance decides too;
//! letters and digits that look alike (I, l, O, 0, 1) are left out, because people type it once by hand.

use ring::error::Unspecified;
use ring::rand::{SecureRandom as _, SystemRandom};
use syncline_model::password::CharacterClass;
use zeroize::Zeroizing;

use super::Password;

/// Characters of a password that nobody is to know.
#[cfg(feature = "graph")]
pub(super) const UNKNOWN_LENGTH: u16 = 40;

const fn letters(class: CharacterClass) -> &'static [u8] {
    match class {
        CharacterClass::Upper => b"ABCDEFGHJKLMNPQRSTUVWXYZ",
        CharacterClass::Lower => b"abcdefghijkmnopqrstuvwxyz",
        CharacterClass::Digit => b"23456789",
        CharacterClass::Symbol => b"!#%*+-=?@_",
    }
}

/// Draws a password of so many characters of these classes.
pub(super) fn draw(
    length: u16,
    classes: impl IntoIterator<Item = CharacterClass>,
) -> Result<Password, Unspecified> {
    let classes: Vec<&[u8]> = classes.into_iter().map(letters).collect();
    let all = classes.concat();
    let length = usize::from(length).max(classes.len());
    // As long as it will be, so that no shorter copy is left behind by growing.
    let mut drawn = Zeroizing::new(Vec::with_capacity(length));
    let random = SystemRandom::new();
    for at in 0..length {
        let from = classes.get(at).copied().unwrap_or(&all);
        drawn.push(from[below(&random, from.len())?]);
    }
    for at in (1..length).rev() {
        let other = below(&random, at + 1)?;
        drawn.swap(at, other);
    }
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.extend(drawn.iter().map(|octet| char::from(*octet)));
    Ok(Password(text))
}

/// An even choice below a number of at most 256, by rejection.
fn below(random: &SystemRandom, bound: usize) -> Result<usize, Unspecified> {
    let limit = 256 - 256 % bound;
    loop {
        let mut octet = [0];
        random.fill(&mut octet)?;
        if usize::from(octet[0]) < limit {
            return Ok(usize::from(octet[0]) % bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use syncline_model::password::CLASSES;

    use super::*;

    #[test]
    fn passwords_have_every_class_at_any_place_and_are_never_the_same() {
        let drawn: Vec<Password> = (0..200).map(|_| draw(16, CLASSES).unwrap()).collect();

        let different: BTreeSet<&str> = drawn.iter().map(Password::reveal).collect();
        assert_eq!(different.len(), 200);
        for password in &drawn {
            assert_eq!(password.reveal().len(), 16);
            for class in CLASSES {
                let mut octets = password.reveal().bytes();
                assert!(octets.any(|octet| letters(class).contains(&octet)));
            }
        }
        // A password that began with its classes in order would give four characters' classes away.
        let first_is = |class| {
            let is = |p: &&Password| letters(class).contains(&p.reveal().as_bytes()[0]);
            drawn.iter().filter(is).count()
        };
        assert!(CLASSES.into_iter().all(|class| first_is(class) < 150));
    }

    #[test]
    fn no_letter_can_be_taken_for_another_and_each_is_of_its_class() {
        for class in CLASSES {
            for octet in letters(class) {
                assert!(!b"IlO01".contains(octet), "{}", char::from(*octet));
                let is_of_its_class = match class {
                    CharacterClass::Upper => octet.is_ascii_uppercase(),
                    CharacterClass::Lower => octet.is_ascii_lowercase(),
                    CharacterClass::Digit => octet.is_ascii_digit(),
                    CharacterClass::Symbol => octet.is_ascii_punctuation(),
                };
                assert!(is_of_its_class, "{}", char::from(*octet));
            }
        }
    }

    #[test]
    fn only_the_classes_of_the_policy_are_used_and_nothing_prints() {
        let password = draw(60, [CharacterClass::Lower, CharacterClass::Digit]).unwrap();

        let mut octets = password.reveal().bytes();
        assert!(octets.all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit()));
        assert_eq!(format!("{password:?}"), "…");
    }
}
