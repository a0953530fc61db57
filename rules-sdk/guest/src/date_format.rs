//! Dates, times and spans as texts: .NET's standard and custom formats in the invariant culture.
//!
//! Invariants: a custom format is read from left to right, a run of one letter at a time; what .NET refuses with
//! FormatException is `Format`; names are English, as the invariant culture's are.
//!
//! Source: "Standard date and time format strings", "Custom date and time format strings" and the two pages on
//! TimeSpan of the .NET documentation.

use crate::date::{Civil, DAY, SECOND};
use crate::mem::{CALL, Fault, R, Rt, SLOW, Str, When, Writer};

/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Sunday, as .NET numbers them.
pub const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The custom format that a standard one stands for.
pub fn standard(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'd' => "MM/dd/yyyy",
        b'D' => "dddd, dd MMMM yyyy",
        b'f' => "dddd, dd MMMM yyyy HH:mm",
        b'F' | b'U' => "dddd, dd MMMM yyyy HH:mm:ss",
        b'g' => "MM/dd/yyyy HH:mm",
        b'G' => "MM/dd/yyyy HH:mm:ss",
        b'm' | b'M' => "MMMM dd",
        b'o' | b'O' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
        b'r' | b'R' => "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        b's' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
        b't' => "HH:mm",
        b'T' => "HH:mm:ss",
        b'u' => "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
        b'y' | b'Y' => "yyyy MMMM",
        _ => return None,
    })
}

/// What a format is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'f> {
    /// A run of one letter.
    Run(u8, usize),
    /// A text between quotes, or after a backslash.
    Literal(&'f str),
}

/// Takes a format apart.
pub struct Pieces<'f>(&'f str);

impl<'f> Pieces<'f> {
    /// Does a run of `F` come next?
    pub fn optional_fraction(&self) -> bool {
        self.0.starts_with('F')
    }

    /// The pieces of a custom format.
    pub fn of(format: &'f str) -> Self {
        Self(format)
    }

    /// The next piece; none at the end.
    pub fn piece(&mut self) -> R<Option<Piece<'f>>> {
        let text = self.0;
        let bytes = text.as_bytes();
        let Some(&first) = bytes.first() else {
            return Ok(None);
        };
        let (piece, used) = match first {
            quote @ (b'\'' | b'"') => {
                let end = bytes[1..].iter().position(|b| *b == quote);
                let end = end.ok_or(Fault::Format)? + 1;
                (Piece::Literal(&text[1..end]), end + 1)
            }
            b'\\' => {
                let escaped = text[1..].chars().next().ok_or(Fault::Format)?;
                let end = 1 + escaped.len_utf8();
                (Piece::Literal(&text[1..end]), end)
            }
            b'%' => {
                // One letter that is a custom format on its own.
                let letter = text[1..].chars().next().filter(|c| *c != '%');
                let letter = letter.ok_or(Fault::Format)?;
                let end = 1 + letter.len_utf8();
                match u8::try_from(letter) {
                    Ok(letter) if letter.is_ascii() => (Piece::Run(letter, 1), end),
                    _ => (Piece::Literal(&text[1..end]), end),
                }
            }
            letter if letter.is_ascii_alphabetic() || matches!(letter, b':' | b'/') => {
                let run = bytes.iter().take_while(|b| **b == letter).count();
                match letter {
                    b':' | b'/' => (Piece::Run(letter, 1), 1),
                    _ => (Piece::Run(letter, run), run),
                }
            }
            _ => {
                let len = text.chars().next().map_or(1, char::len_utf8);
                (Piece::Literal(&text[..len]), len)
            }
        };
        self.0 = &text[used..];
        Ok(Some(piece))
    }
}

/// The custom format that is meant by a format of any kind.
pub fn expanded(format: &str) -> R<&str> {
    match format.as_bytes() {
        [] => Ok("MM/dd/yyyy HH:mm:ss"),
        [letter] => standard(*letter).ok_or(Fault::Format),
        _ => Ok(format),
    }
}

/// Is this a format of a date?
pub fn is_format(format: &str) -> bool {
    let Ok(format) = expanded(format) else {
        return false;
    };
    let mut pieces = Pieces::of(format);
    loop {
        match pieces.piece() {
            Ok(None) => return true,
            Ok(Some(Piece::Run(b'f' | b'F', 8..))) | Err(_) => return false,
            Ok(Some(_)) => {}
        }
    }
}

fn digits(out: &mut Writer<'_, '_>, value: i64, width: usize) -> R<()> {
    let mut bytes = [b'0'; 20];
    let mut rest = value.unsigned_abs();
    let mut at = bytes.len();
    while rest > 0 || at == bytes.len() {
        at -= 1;
        bytes[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.push(&bytes[at.min(bytes.len() - width.min(bytes.len()))..])
}

/// A fraction of a second with so many digits, with or without zeros at its end.
fn fraction(out: &mut Writer<'_, '_>, ticks: i64, places: usize, keeps_zeros: bool) -> R<()> {
    if places > 7 {
        return Err(Fault::Format);
    }
    let mut value = ticks % SECOND;
    for _ in places..7 {
        value /= 10;
    }
    let mut places = places;
    while !keeps_zeros && places > 0 && value % 10 == 0 {
        value /= 10;
        places -= 1;
    }
    if places == 0 {
        Ok(())
    } else {
        digits(out, value, places)
    }
}

/// `DateTime.ToString(format)`.
pub fn to_text(rt: &mut Rt<'_>, at: When, format: Str) -> R<Str> {
    rt.charge(CALL * 8 + format.len() as u64 * SLOW * 2)?;
    let format = expanded(rt.str(format))?;
    rt.charge(CALL * format.len() as u64)?;
    let civil = Civil::of(at.ticks() / DAY);
    let time = at.ticks() % DAY;
    let weekday = DAYS[((at.ticks() / DAY + 1) % 7) as usize];
    let month = MONTHS[civil.month as usize - 1];
    let (hour, minute, second) = (
        time / (3600 * SECOND),
        time / (60 * SECOND) % 60,
        time / SECOND % 60,
    );
    let mut out = rt.writer();
    let mut pieces = Pieces::of(format);
    // A point before an `F` run that gives nothing is left out with it.
    let mut point = false;
    while let Some(piece) = pieces.piece()? {
        if point && !matches!(piece, Piece::Run(b'F', _)) {
            out.push(b".")?;
            point = false;
        }
        match piece {
            Piece::Literal(".") => point = true,
            Piece::Literal(text) => out.push(text.as_bytes())?,
            Piece::Run(b'y', 1) => digits(&mut out, i64::from(civil.year % 100), 1)?,
            Piece::Run(b'y', 2) => digits(&mut out, i64::from(civil.year % 100), 2)?,
            Piece::Run(b'y', n) => digits(&mut out, i64::from(civil.year), n)?,
            Piece::Run(b'M', n @ (1 | 2)) => digits(&mut out, i64::from(civil.month), n)?,
            Piece::Run(b'M', 3) => out.push(&month.as_bytes()[..3])?,
            Piece::Run(b'M', _) => out.push(month.as_bytes())?,
            Piece::Run(b'd', n @ (1 | 2)) => digits(&mut out, i64::from(civil.day), n)?,
            Piece::Run(b'd', 3) => out.push(&weekday.as_bytes()[..3])?,
            Piece::Run(b'd', _) => out.push(weekday.as_bytes())?,
            Piece::Run(b'h', n) => digits(&mut out, (hour + 11) % 12 + 1, n.min(2))?,
            Piece::Run(b'H', n) => digits(&mut out, hour, n.min(2))?,
            Piece::Run(b'm', n) => digits(&mut out, minute, n.min(2))?,
            Piece::Run(b's', n) => digits(&mut out, second, n.min(2))?,
            Piece::Run(b'f', n) => fraction(&mut out, time, n, true)?,
            Piece::Run(b'F', n) => {
                let some = n <= 7
                    && time % SECOND / [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1][n - 1] > 0;
                if point && some {
                    out.push(b".")?;
                }
                point = false;
                fraction(&mut out, time, n, false)?;
            }
            Piece::Run(b't', 1) => out.push(if hour < 12 { b"A" } else { b"P" })?,
            Piece::Run(b't', _) => out.push(if hour < 12 { b"AM" } else { b"PM" })?,
            Piece::Run(b'K', n) => {
                for _ in 0..n {
                    if at.is_utc() {
                        out.push(b"Z")?;
                    }
                }
            }
            Piece::Run(b'z', 1) => out.push(b"+0")?,
            Piece::Run(b'z', 2) => out.push(b"+00")?,
            Piece::Run(b'z', _) => out.push(b"+00:00")?,
            Piece::Run(b'g', _) => out.push(b"A.D.")?,
            Piece::Run(letter, n) => {
                for _ in 0..n {
                    out.push(&[letter])?;
                }
            }
        }
    }
    if point {
        out.push(b".")?;
    }
    Ok(out.text())
}

/// `TimeSpan.ToString(format)`.
pub fn span_to_text(rt: &mut Rt<'_>, span: i64, format: Str) -> R<Str> {
    rt.charge(CALL * 8 + format.len() as u64 * SLOW * 2)?;
    let format = rt.str(format);
    rt.charge(CALL * format.len() as u64)?;
    let size = span.unsigned_abs();
    let (days, time) = ((size / DAY as u64) as i64, (size % DAY as u64) as i64);
    let (hours, minutes, seconds) = (
        time / (3600 * SECOND),
        time / (60 * SECOND) % 60,
        time / SECOND % 60,
    );
    let rest = time % SECOND;
    let mut out = rt.writer();
    match format {
        "" | "c" | "t" | "T" | "g" | "G" => {
            let long = format == "G";
            let short = format == "g";
            if span < 0 {
                out.push(b"-")?;
            }
            if days > 0 || long {
                digits(&mut out, days, 1)?;
                out.push(if long || short { b":" } else { b"." })?;
            }
            digits(&mut out, hours, if short { 1 } else { 2 })?;
            out.push(b":")?;
            digits(&mut out, minutes, 2)?;
            out.push(b":")?;
            digits(&mut out, seconds, 2)?;
            if long || rest > 0 {
                out.push(b".")?;
                fraction(&mut out, rest, 7, !short)?;
            }
        }
        _ if format.len() == 1 => return Err(Fault::Format),
        _ => {
            let mut pieces = Pieces::of(format);
            while let Some(piece) = pieces.piece()? {
                match piece {
                    Piece::Literal(text) => {
                        // Other than in dates, every literal is quoted or escaped.
                        if !is_quoted(format, text) {
                            return Err(Fault::Format);
                        }
                        out.push(text.as_bytes())?;
                    }
                    Piece::Run(b'd', n @ 1..=8) => digits(&mut out, days, n)?,
                    Piece::Run(b'h', n @ 1..=2) => digits(&mut out, hours, n)?,
                    Piece::Run(b'm', n @ 1..=2) => digits(&mut out, minutes, n)?,
                    Piece::Run(b's', n @ 1..=2) => digits(&mut out, seconds, n)?,
                    Piece::Run(b'f', n) => fraction(&mut out, rest, n, true)?,
                    Piece::Run(b'F', n) => fraction(&mut out, rest, n, false)?,
                    Piece::Run(..) => return Err(Fault::Format),
                }
            }
        }
    }
    Ok(out.text())
}

/// Whether a literal of a format stands between quotes or after a backslash.
fn is_quoted(format: &str, literal: &str) -> bool {
    let at = literal.as_ptr() as usize - format.as_ptr() as usize;
    literal.is_empty() || at > 0 && matches!(format.as_bytes()[at - 1], b'\'' | b'"' | b'\\')
}
