//! Texts as dates and times: .NET's ParseExact, and the forms that its Parse takes in the invariant culture.
//!
//! Invariants: a text without a zone gives an instant without one; a text with a zone gives UTC; names of days and
//! months are English, in any case; a wrong name of a day is refused, as .NET refuses it.
//!
//! Source: "Parsing dates and times in .NET" of the .NET documentation; `Parse` takes the orders of the invariant
//! culture (month, day, year), year first, and day and name of the month in any order.

use crate::date::{Civil, DAY, SECOND, time_ticks, when};
use crate::date_format::{DAYS, MONTHS, Piece, Pieces, expanded};
use crate::mem::{Boxed, CALL, Fault, List, R, Rt, SLOW, Str, When};

/// `DateTimeStyles.AssumeUniversal` or `AssumeLocal`: local is UTC here.
const ASSUME: i32 = 32 | 64;
/// Our own: a date with nothing behind it, as `DateOnly` reads it.
pub const DATE_ALONE: i32 = 1 << 16;
/// White space at the ends and inside.
const WHITE: i32 = 7;

/// What was read so far.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    weekday: Option<i32>,
    hour: i32,
    minute: i32,
    second: i32,
    fraction: i64,
    afternoon: Option<bool>,
    twelve: bool,
    /// Minutes east of Greenwich.
    offset: Option<i32>,
}

impl Found {
    fn when(self, styles: i32) -> Option<When> {
        let civil = Civil {
            year: self.year?,
            month: self.month.unwrap_or(1),
            day: self.day.unwrap_or(1),
        };
        let number = civil.number()?;
        if self
            .weekday
            .is_some_and(|day| i64::from(day) != (number + 1) % 7)
        {
            return None;
        }
        let mut hour = self.hour;
        if let Some(afternoon) = self.afternoon {
            if hour > 12 {
                // Only .NET's Parse lets 13 PM pass; hours of twelve do not.
                if self.twelve || !afternoon {
                    return None;
                }
            } else {
                hour = hour % 12 + if afternoon { 12 } else { 0 };
            }
        } else if self.twelve {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour %= 12;
        }
        let time = time_ticks(hour, self.minute, self.second)?;
        let ticks = number * DAY + time + self.fraction;
        let offset = i64::from(self.offset.unwrap_or(0)) * 60 * SECOND;
        when(
            ticks - offset,
            self.offset.is_some() || styles & ASSUME != 0,
        )
    }
}

/// A text that is read from left to right.
#[derive(Clone, Copy)]
struct Reader<'t>(&'t [u8]);

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.0 = &self.0[1..];
        }
        is_next
    }

    fn white(&mut self) -> bool {
        let len = self
            .0
            .iter()
            .take_while(|b| b.is_ascii_whitespace())
            .count();
        self.0 = &self.0[len..];
        len > 0
    }

    /// A number of least to most digits, and how many there were.
    fn number(&mut self, least: usize, most: usize) -> Option<(i32, usize)> {
        let run = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let len = run.min(most);
        if len < least || len == 0 {
            return None;
        }
        let value = self.0[..len]
            .iter()
            .fold(0, |n, d| n * 10 + i32::from(d - b'0'));
        self.0 = &self.0[len..];
        Some((value, len))
    }

    /// A fraction of a second, in ticks; exactly so many digits, or at most so many.
    fn fraction(&mut self, places: usize, is_exact: bool) -> Option<i64> {
        let run = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let len = run.min(places);
        if (is_exact && len < places) || places > 7 {
            return None;
        }
        let value = self.0[..len]
            .iter()
            .fold(0, |n, d| n * 10 + i64::from(d - b'0'));
        self.0 = &self.0[len..];
        Some((len..7).fold(value, |n, _| n * 10))
    }

    /// The first of these names that stands here, in full or by its first letters.
    fn name(&mut self, names: &[&str], letters: Option<usize>) -> Option<i32> {
        let found = names.iter().position(|name| {
            let wanted = &name.as_bytes()[..letters.unwrap_or(name.len()).min(name.len())];
            self.0
                .get(..wanted.len())
                .is_some_and(|here| here.eq_ignore_ascii_case(wanted))
        })?;
        let len = letters
            .unwrap_or(names[found].len())
            .min(names[found].len());
        self.0 = &self.0[len..];
        i32::try_from(found).ok()
    }

    fn text(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// `Z`, `+2`, `+02`, `+0200` or `+02:00`, in minutes.
    fn offset(&mut self) -> Option<i32> {
        if self.take(b'Z') || self.take(b'z') {
            return Some(0);
        }
        let is_west = match self.peek()? {
            b'+' => false,
            b'-' => true,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let (hours, _) = self.number(1, 2)?;
        let minutes = if self.take(b':') {
            self.number(2, 2)?.0
        } else {
            self.number(2, 2).map_or(0, |(minutes, _)| minutes)
        };
        let total = hours * 60 + minutes;
        (minutes < 60 && total <= 14 * 60).then_some(if is_west { -total } else { total })
    }
}

/// A year of two digits, as .NET's Gregorian calendar takes it.
fn full_year(year: i32) -> i32 {
    year + if year <= 49 { 2000 } else { 1900 }
}

fn exact(text: &str, format: &str, styles: i32) -> R<Option<When>> {
    let is_universal = matches!(format, "u" | "U" | "r" | "R");
    let format = expanded(format)?;
    // White space at the ends does not count in the format either.
    let (text, format) = match styles & WHITE {
        0 => (text, format),
        _ => (text.trim(), format.trim()),
    };
    let mut reader = Reader(text.as_bytes());
    let mut found = Found::default();
    let mut pieces = Pieces::of(format);
    while let Some(piece) = pieces.piece()? {
        // A point that only an optional fraction follows may be missing with it.
        let is_point = matches!(piece, Piece::Run(b'.', 1) | Piece::Literal("."));
        if is_point && reader.peek() != Some(b'.') && pieces.optional_fraction() {
            pieces.piece()?;
            continue;
        }
        if read_piece(&mut reader, &mut found, piece).is_none() {
            return Ok(None);
        }
    }
    if !reader.0.is_empty() {
        return Ok(None);
    }
    // A time alone is of today, which a rule does not know: it is of the first day.
    found.year = found.year.or(Some(1));
    let styles = if is_universal {
        styles | ASSUME
    } else {
        styles
    };
    Ok(found.when(styles))
}

fn read_piece(reader: &mut Reader<'_>, found: &mut Found, piece: Piece<'_>) -> Option<()> {
    let two = |n: usize| if n == 1 { (1, 2) } else { (2, 2) };
    match piece {
        Piece::Literal(text) => return reader.text(text).then_some(()),
        Piece::Run(b'y', n) => {
            let (least, most) = match n {
                1 => (1, 2),
                2 => (2, 2),
                n => (n, n),
            };
            let (year, _) = reader.number(least, most)?;
            found.year = Some(if n <= 2 { full_year(year) } else { year });
        }
        Piece::Run(b'M', n @ (1 | 2)) => found.month = Some(reader.number(two(n).0, 2)?.0),
        Piece::Run(b'M', 3) => found.month = Some(reader.name(&MONTHS, Some(3))? + 1),
        Piece::Run(b'M', _) => found.month = Some(reader.name(&MONTHS, None)? + 1),
        Piece::Run(b'd', n @ (1 | 2)) => found.day = Some(reader.number(two(n).0, 2)?.0),
        Piece::Run(b'd', 3) => found.weekday = Some(reader.name(&DAYS, Some(3))?),
        Piece::Run(b'd', _) => found.weekday = Some(reader.name(&DAYS, None)?),
        Piece::Run(b'H', n) => found.hour = reader.number(two(n).0, 2)?.0,
        Piece::Run(b'h', n) => {
            found.hour = reader.number(two(n).0, 2)?.0;
            found.twelve = true;
        }
        Piece::Run(b'm', n) => found.minute = reader.number(two(n).0, 2)?.0,
        Piece::Run(b's', n) => found.second = reader.number(two(n).0, 2)?.0,
        Piece::Run(b'f', n) => found.fraction = reader.fraction(n, true)?,
        Piece::Run(b'F', n) => found.fraction = reader.fraction(n, false)?,
        Piece::Run(b't', n) => {
            let word = if n == 1 { 1 } else { 2 };
            let half = reader.name(&["AM", "PM"], Some(word))?;
            found.afternoon = Some(half == 1);
        }
        Piece::Run(b'z', _) => found.offset = Some(reader.offset()?),
        Piece::Run(b'K', _) => {
            if matches!(reader.peek(), Some(b'Z' | b'z' | b'+' | b'-')) {
                found.offset = Some(reader.offset()?);
            }
        }
        Piece::Run(b'g', _) => return reader.text("A.D.").then_some(()),
        Piece::Run(letter, n) => {
            for _ in 0..n {
                reader.take(letter).then_some(())?;
            }
        }
    }
    Some(())
}

/// What `Parse` takes.
fn any(text: &str, styles: i32) -> Option<When> {
    let mut reader = Reader(text.trim().as_bytes());
    let mut found = Found::default();
    // A name of a day may come first.
    for letters in [None, Some(3)] {
        let mut ahead = reader;
        if let Some(day) = ahead.name(&DAYS, letters)
            && !ahead.peek().is_some_and(|b| b.is_ascii_alphabetic())
        {
            ahead.take(b',');
            ahead.white();
            found.weekday = Some(day);
            reader = ahead;
            break;
        }
    }
    let has_date = date(&mut reader, &mut found)?;
    if styles & DATE_ALONE != 0 && !(has_date && reader.0.is_empty()) {
        return None;
    }
    if has_date {
        let had_t = reader.take(b'T') || reader.take(b't');
        let had_white = reader.white();
        if reader.0.is_empty() {
            return if had_t { None } else { found.when(styles) };
        }
        if !had_t && !had_white && !matches!(reader.peek(), Some(b'Z' | b'z' | b'+' | b'-')) {
            return None;
        }
    } else {
        found.year = Some(1);
    }
    if reader.peek().is_some_and(|b| b.is_ascii_digit()) {
        time(&mut reader, &mut found)?;
    }
    reader.white();
    if reader.text("GMT") {
        found.offset = Some(0);
    } else if !reader.0.is_empty() {
        found.offset = Some(reader.offset()?);
    }
    reader.0.is_empty().then(|| found.when(styles)).flatten()
}

/// `10:30`, `10:30:00.123 PM`.
fn time(reader: &mut Reader<'_>, found: &mut Found) -> Option<()> {
    found.hour = reader.number(1, 2)?.0;
    if reader.take(b':') {
        found.minute = reader.number(1, 2)?.0;
        if reader.take(b':') {
            found.second = reader.number(1, 2)?.0;
            if reader.take(b'.') || reader.take(b',') {
                let run = reader.0.iter().take_while(|b| b.is_ascii_digit()).count();
                if run == 0 {
                    return None;
                }
                found.fraction = reader.fraction(7, false)?;
                // What is finer than a tick is rounded.
                if reader.peek().is_some_and(|b| (b'5'..=b'9').contains(&b)) {
                    found.fraction += 1;
                }
                while reader.peek().is_some_and(|b| b.is_ascii_digit()) {
                    reader.0 = &reader.0[1..];
                }
            }
        }
        half(reader, found);
        return Some(());
    }
    // An hour alone needs its half of the day.
    half(reader, found);
    found.afternoon.map(drop)
}

fn half(reader: &mut Reader<'_>, found: &mut Found) {
    let mut ahead = *reader;
    ahead.white();
    for letters in [2, 1] {
        if let Some(half) = ahead.name(&["AM", "PM"], Some(letters)) {
            found.afternoon = Some(half == 1);
            *reader = ahead;
            return;
        }
    }
}

/// Numbers and the name of a month between separators; `Some(false)` where a time comes first.
fn date(reader: &mut Reader<'_>, found: &mut Found) -> Option<bool> {
    let mut ahead = *reader;
    if ahead.number(1, 2).is_some() && (ahead.peek() == Some(b':') || half_follows(ahead)) {
        return Some(false);
    }
    let mut numbers = [(0, 0); 3];
    let mut count = 0;
    let mut named = None;
    while count < 3 {
        if let Some(month) = reader
            .name(&MONTHS, None)
            .or_else(|| reader.name(&MONTHS, Some(3)))
        {
            if named.is_some() || reader.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
                return None;
            }
            named = Some((month + 1, count));
        } else {
            numbers[count] = reader.number(1, 4)?;
            count += 1;
        }
        let enough = count + usize::from(named.is_some()) == 3;
        if enough || !separator(reader) {
            break;
        }
    }
    let values = (numbers[0], numbers[1], numbers[2], count, named);
    let (year, month, day) = match values {
        // A year first, or the order of the invariant culture.
        ((y, 3..), (m, 1..=2), (d, 1..=2), 3, None) => (Some((y, 4)), m, Some(d)),
        ((m, 1..=2), (d, 1..=2), year, 3, None) => (Some(year), m, Some(d)),
        ((y, 3..), (m, 1..=2), _, 2, None) | ((m, 1..=2), (y, 3..), _, 2, None) => {
            (Some((y, 4)), m, None)
        }
        // `5 March 2026`, `March 5, 2026`, `2026 March 5`.
        ((y, 3..), (d, 1..=2), _, 2, Some((m, _))) => (Some((y, 4)), m, Some(d)),
        ((d, 1..=2), year, _, 2, Some((m, _))) => (Some(year), m, Some(d)),
        ((y, 3..), _, _, 1, Some((m, _))) => (Some((y, 4)), m, None),
        _ => return None,
    };
    let (year, width) = year?;
    found.year = Some(if width <= 2 { full_year(year) } else { year });
    found.month = Some(month);
    found.day = day;
    Some(true)
}

fn half_follows(mut reader: Reader<'_>) -> bool {
    reader.white();
    reader.name(&["AM", "PM"], Some(2)).is_some()
}

/// Between the parts of a date; white space that a time follows is left.
fn separator(reader: &mut Reader<'_>) -> bool {
    let mut ahead = *reader;
    let white = ahead.white();
    let mark = [b'/', b'-', b'.', b',']
        .into_iter()
        .any(|mark| ahead.take(mark));
    ahead.white();
    if !white && !mark {
        return false;
    }
    if !mark {
        let mut time = ahead;
        if time.number(1, 2).is_some() && time.peek() == Some(b':') {
            return false;
        }
    }
    *reader = ahead;
    true
}

fn start(rt: &mut Rt<'_>, s: Str) -> R<()> {
    rt.charge(CALL * 24 + s.len() as u64 * SLOW * 2)
}

pub fn parse(rt: &mut Rt<'_>, s: Str, styles: i32) -> R<When> {
    start(rt, s)?;
    any(rt.str(s), styles).ok_or(Fault::Format)
}

pub fn try_parse(rt: &mut Rt<'_>, s: Option<Str>, styles: i32) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    start(rt, s)?;
    let found = any(rt.str(s), styles);
    found.map(|at| rt.boxed(at.word())).transpose()
}

/// The first format that fits.
fn exact_any(rt: &mut Rt<'_>, s: Str, formats: List, styles: i32) -> R<Option<When>> {
    for index in 0..formats.len() {
        let format = Str(rt.item(formats, index));
        rt.charge(CALL * 8 + (s.len() + format.len()) as u64 * SLOW * 2)?;
        let found = exact(rt.str(s), rt.str(format), styles)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub fn parse_exact(rt: &mut Rt<'_>, s: Str, formats: List, styles: i32) -> R<When> {
    exact_any(rt, s, formats, styles)?.ok_or(Fault::Format)
}

pub fn try_parse_exact(
    rt: &mut Rt<'_>,
    s: Option<Str>,
    formats: List,
    styles: i32,
) -> R<Option<Boxed>> {
    let Some(s) = s else {
        rt.charge(CALL)?;
        return Ok(None);
    };
    let found = match exact_any(rt, s, formats, styles) {
        Err(Fault::Format) => None,
        found => found?,
    };
    found.map(|at| rt.boxed(at.word())).transpose()
}
