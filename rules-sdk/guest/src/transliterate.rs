//! `Transliterate`: letters of other alphabets and umlauts as people write them in Latin letters without marks.
//!
//! Invariants: the tables are in order; a capital of a table's letter gives capitals at its start only; letters that no
//! table has lose their marks.

use crate::case::{lower, upper};
use crate::latin;
use crate::latin_table::SPELLED;
use crate::mem::{CALL, R, Rt, SLOW, Str};

/// Small letters and how they are written.
#[rustfmt::skip]
const LETTERS: &[(char, &str)] = &[
    ('ß', "ss"), ('ä', "ae"), ('å', "aa"), ('æ', "ae"), ('ð', "d"), ('ö', "oe"), ('ø', "oe"), ('ü', "ue"), ('þ', "th"),
    ('α', "a"), ('β', "v"), ('γ', "g"), ('δ', "d"), ('ε', "e"), ('ζ', "z"), ('η', "i"), ('θ', "th"), ('ι', "i"),
    ('κ', "k"), ('λ', "l"), ('μ', "m"), ('ν', "n"), ('ξ', "x"), ('ο', "o"), ('π', "p"), ('ρ', "r"), ('ς', "s"),
    ('σ', "s"), ('τ', "t"), ('υ', "y"), ('φ', "f"), ('χ', "ch"), ('ψ', "ps"), ('ω', "o"),
    ('а', "a"), ('б', "b"), ('в', "v"), ('г', "g"), ('д', "d"), ('е', "e"), ('ж', "zh"), ('з', "z"), ('и', "i"),
    ('й', "i"), ('к', "k"), ('л', "l"), ('м', "m"), ('н', "n"), ('о', "o"), ('п', "p"), ('р', "r"), ('с', "s"),
    ('т', "t"), ('у', "u"), ('ф', "f"), ('х', "kh"), ('ц', "ts"), ('ч', "ch"), ('ш', "sh"), ('щ', "shch"), ('ъ', "ie"),
    ('ы', "y"), ('ь', ""), ('э', "e"), ('ю', "iu"), ('я', "ia"), ('ё', "e"), ('є', "ie"), ('і', "i"), ('ї', "i"),
    ('ґ', "g"),
];

pub fn transliterate(rt: &mut Rt<'_>, s: Str) -> R<Str> {
    rt.charge(CALL)?;
    if s.ascii() {
        return Ok(s);
    }
    let text = rt.str(s);
    let mut out = rt.writer();
    for c in text.chars() {
        out.charge(SLOW * 16)?;
        let small = lower(c);
        let known = |c: char| LETTERS.iter().find(|(letter, _)| *letter == c);
        if let Some((_, spelled)) = known(small).or_else(|| known(latin::base(small))) {
            for (index, letter) in spelled.chars().enumerate() {
                let big = small != c && index == 0;
                out.char(if big { upper(letter) } else { letter })?;
            }
            continue;
        }
        let unit = u16::try_from(c as u32).unwrap_or(0);
        match SPELLED.binary_search_by_key(&unit, |(from, _)| *from) {
            Ok(index) => out.push(SPELLED[index].1.as_bytes())?,
            Err(_) if latin::combining(unit) => {}
            Err(_) => out.char(latin::base(c))?,
        }
    }
    Ok(out.text())
}
