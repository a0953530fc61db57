//! X.509 certificates: what .NET's X509Certificate2 says of one.
//!
//! Invariants: read, never trusted: no signature is looked at; what is no certificate is `Format`; lengths are checked
//! against what is there before anything is taken.
//!
//! Source: RFC 5280, X.690; the form of names is that of .NET's X500DistinguishedName.Name.

use crate::binary::from_base64;
use crate::date::Civil;
use crate::mem::{CALL, Fault, List, Octets, R, Rt, SLOW, Str, When, Writer};

/// Ticks of a day.
const DAY: i64 = 864_000_000_000;

/// A value of DER: its tag, its content, and all of it.
#[derive(Clone, Copy)]
struct Value<'d> {
    tag: u8,
    content: &'d [u8],
    whole: &'d [u8],
}

/// The next value, and what is behind it.
fn take(bytes: &[u8]) -> R<(Value<'_>, &[u8])> {
    let (tag, first) = match bytes {
        [tag, first, ..] if tag & 31 != 31 => (*tag, *first),
        _ => return Err(Fault::Format),
    };
    let (len, head) = match first {
        0..=0x7f => (usize::from(first), 2),
        0x81..=0x83 => {
            let count = usize::from(first & 3);
            let digits = bytes.get(2..2 + count).ok_or(Fault::Format)?;
            let len = digits.iter().fold(0, |len, b| len << 8 | usize::from(*b));
            (len, 2 + count)
        }
        _ => return Err(Fault::Format),
    };
    let whole = bytes.get(..head + len).ok_or(Fault::Format)?;
    let value = Value {
        tag,
        content: &whole[head..],
        whole,
    };
    Ok((value, &bytes[head + len..]))
}

/// The next value, which has this tag.
fn expect(bytes: &[u8], tag: u8) -> R<(Value<'_>, &[u8])> {
    let (value, rest) = take(bytes)?;
    match value.tag == tag {
        true => Ok((value, rest)),
        false => Err(Fault::Format),
    }
}

/// The values of a content, one by one.
fn values(content: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let mut rest = content;
    core::iter::from_fn(move || {
        let (value, behind) = take(rest).ok()?;
        rest = behind;
        Some(value)
    })
}

struct Certificate<'d> {
    whole: &'d [u8],
    version: i32,
    serial: &'d [u8],
    signature: &'d [u8],
    issuer: &'d [u8],
    not_before: Value<'d>,
    not_after: Value<'d>,
    subject: &'d [u8],
    key: &'d [u8],
    key_parameters: Option<Value<'d>>,
    extensions: &'d [u8],
}

impl<'d> Certificate<'d> {
    fn of(bytes: &'d [u8]) -> R<Self> {
        let (certificate, _) = expect(bytes, 0x30)?;
        let (body, rest) = expect(certificate.content, 0x30)?;
        let (algorithm, rest) = expect(rest, 0x30)?;
        expect(rest, 3)?;
        let (signature, _) = expect(algorithm.content, 6)?;
        let (first, behind) = take(body.content)?;
        let (version, rest) = match first.tag {
            0xa0 => {
                let (number, _) = expect(first.content, 2)?;
                (
                    i32::from(*number.content.last().ok_or(Fault::Format)?) + 1,
                    behind,
                )
            }
            _ => (1, body.content),
        };
        let (serial, rest) = expect(rest, 2)?;
        let (_, rest) = expect(rest, 0x30)?;
        let (issuer, rest) = expect(rest, 0x30)?;
        let (validity, rest) = expect(rest, 0x30)?;
        let (subject, rest) = expect(rest, 0x30)?;
        let (key, rest) = expect(rest, 0x30)?;
        let (not_before, after) = take(validity.content)?;
        let (not_after, _) = take(after)?;
        let (key_algorithm, _) = expect(key.content, 0x30)?;
        let (key, parameters) = expect(key_algorithm.content, 6)?;
        let extensions = values(rest).find(|value| value.tag == 0xa3);
        let extensions = match extensions {
            Some(value) => expect(value.content, 0x30)?.0.content,
            None => &[],
        };
        Ok(Self {
            whole: certificate.whole,
            version,
            serial: serial.content,
            signature: signature.content,
            issuer: issuer.content,
            not_before,
            not_after,
            subject: subject.content,
            key: key.content,
            key_parameters: values(parameters).next(),
            extensions,
        })
    }

    /// The extensions: identifier, whether it is critical, content.
    fn extensions(&self) -> impl Iterator<Item = (&'d [u8], bool, &'d [u8])> {
        values(self.extensions).filter_map(|extension| {
            let (id, rest) = expect(extension.content, 6).ok()?;
            let is_critical = values(rest).any(|v| v.tag == 1 && v.content != [0]);
            let content = values(rest).find(|value| value.tag == 4)?;
            Some((id.content, is_critical, content.content))
        })
    }

    /// The alternative names of the subject or the issuer.
    fn alternatives(&self, of_issuer: bool) -> impl Iterator<Item = Value<'d>> {
        let wanted = [0x55, 0x1d, if of_issuer { 18 } else { 17 }];
        let mut found = self.extensions().filter(move |(id, ..)| *id == wanted);
        let content = found
            .next()
            .and_then(|(.., content)| expect(content, 0x30).ok());
        values(content.map_or(&[], |(names, _)| names.content))
    }
}

/// The octets of a certificate, whether they are its DER or the Base64 of it, alone or between the lines of PEM.
fn der<'m>(rt: &mut Rt<'m>, o: Octets) -> R<&'m [u8]> {
    rt.charge(CALL + o.len() as u64)?;
    let bytes = rt.octets(o);
    if bytes.first() == Some(&0x30) && Certificate::of(bytes).is_ok() {
        return Ok(bytes);
    }
    let (from, to) = armoured(bytes).unwrap_or((0, bytes.len()));
    let text = rt.part(Str(o.0), from, to);
    let decoded = from_base64(rt, text)?;
    Ok(rt.octets(decoded))
}

/// Where the Base64 of PEM begins and ends.
fn armoured(bytes: &[u8]) -> Option<(usize, usize)> {
    let place = |from: usize, text: &[u8]| {
        let mut windows = bytes[from..].windows(text.len());
        windows
            .position(|window| window == text)
            .map(|at| from + at)
    };
    let begin = b"-----BEGIN CERTIFICATE-----";
    let from = place(0, begin)? + begin.len();
    Some((from, place(from, b"-----END CERTIFICATE-----")?))
}

/// Whether the octets are a certificate.
pub fn is_certificate(rt: &mut Rt<'_>, o: Option<Octets>) -> R<bool> {
    let Some(o) = o else { return Ok(false) };
    match der(rt, o) {
        Ok(bytes) => Ok(Certificate::of(bytes).is_ok()),
        Err(Fault::Format) => Ok(false),
        Err(other) => Err(other),
    }
}

/// The version, 1 to 3.
pub fn version(rt: &mut Rt<'_>, o: Octets) -> R<i32> {
    Ok(Certificate::of(der(rt, o)?)?.version)
}

/// When it begins or ends to hold, in UTC.
pub fn date(rt: &mut Rt<'_>, o: Octets, is_end: bool) -> R<When> {
    let certificate = Certificate::of(der(rt, o)?)?;
    let value = match is_end {
        true => certificate.not_after,
        false => certificate.not_before,
    };
    let text = value.content;
    let pair = |at: usize| match text.get(at..at + 2) {
        Some([a @ b'0'..=b'9', b @ b'0'..=b'9']) => {
            Ok(i32::from(a - b'0') * 10 + i32::from(b - b'0'))
        }
        _ => Err(Fault::Format),
    };
    // UTCTime has two digits of the year, GeneralizedTime four.
    let (year, at) = match value.tag {
        23 => (pair(0)? + if pair(0)? < 50 { 2000 } else { 1900 }, 2),
        24 => (pair(0)? * 100 + pair(2)?, 4),
        _ => return Err(Fault::Format),
    };
    let civil = Civil {
        year,
        month: pair(at)?,
        day: pair(at + 2)?,
    };
    let day = civil.number().ok_or(Fault::Format)?;
    let (hour, minute, second) = (pair(at + 4)?, pair(at + 6)?, pair(at + 8)?);
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Fault::Format);
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Ok(When::new(day * DAY + seconds * 10_000_000, true))
}

/// The identifiers of the critical extensions.
pub fn critical_extensions(rt: &mut Rt<'_>, o: Octets) -> R<List> {
    let certificate = Certificate::of(der(rt, o)?)?;
    let critical = || {
        certificate
            .extensions()
            .filter(|(_, is_critical, _)| *is_critical)
    };
    let list = rt.new_list(critical().count())?;
    for (index, (id, ..)) in critical().enumerate() {
        let mut out = rt.writer();
        oid(&mut out, id)?;
        let text = out.text();
        rt.set_item(list, index, text.0);
    }
    Ok(list)
}

/// `part`: 0 issuer, 1 subject, 2 serial number, 3 signature algorithm, 4 key algorithm, 5 its parameters in hexadecimal,
/// 6 the identifier of these.
pub fn part(rt: &mut Rt<'_>, o: Octets, part: i32) -> R<Option<Str>> {
    let certificate = Certificate::of(der(rt, o)?)?;
    let mut out = rt.writer();
    match part {
        0 => name(&mut out, certificate.issuer)?,
        1 => name(&mut out, certificate.subject)?,
        2 => {
            // A leading zero only says that the number is positive.
            let serial = certificate.serial;
            let serial = match serial {
                [0, rest @ ..] if !rest.is_empty() => rest,
                serial => serial,
            };
            hexadecimal(&mut out, serial)?;
        }
        3 => oid(&mut out, certificate.signature)?,
        4 => oid(&mut out, certificate.key)?,
        5 => match certificate.key_parameters {
            Some(parameters) => hexadecimal(&mut out, parameters.whole)?,
            None => return Ok(None),
        },
        _ => match certificate.key_parameters.filter(|value| value.tag == 6) {
            Some(id) => oid(&mut out, id.content)?,
            None => return Ok(None),
        },
    }
    Ok(Some(out.text()))
}

/// The DER of a certificate.
pub fn octets(rt: &mut Rt<'_>, o: Octets) -> R<Octets> {
    let bytes = der(rt, o)?;
    let certificate = Certificate::of(bytes)?;
    rt.new_octets(certificate.whole)
}

/// `kind`, as .NET's X509NameType: 0 simple, 1 email, 2 UPN, 3 DNS, 4 DNS of the alternative names, 5 URL.
pub fn name_info(rt: &mut Rt<'_>, o: Octets, kind: i32, of_issuer: bool) -> R<Option<Str>> {
    const CN: &[u8] = &[0x55, 4, 3];
    const SIMPLE: [&[u8]; 4] = [CN, &[0x55, 4, 11], &[0x55, 4, 10], EMAIL];
    let certificate = Certificate::of(der(rt, o)?)?;
    let whole = match of_issuer {
        true => certificate.issuer,
        false => certificate.subject,
    };
    let of_name = |id: &[u8]| {
        attributes(whole)
            .find(|(found, _)| *found == id)
            .map(|(_, v)| v)
    };
    let alternative = |tag: u8| {
        let mut names = certificate.alternatives(of_issuer);
        names.find(|value| value.tag == tag)
    };
    let found = match kind {
        0 => SIMPLE.iter().find_map(|id| of_name(id)),
        1 => alternative(0x81).or_else(|| of_name(EMAIL)),
        2 => certificate.alternatives(of_issuer).find_map(principal_name),
        3 => alternative(0x82).or_else(|| of_name(CN)),
        4 => alternative(0x82),
        5 => alternative(0x86),
        _ => return Err(Fault::Argument),
    };
    let Some(value) = found else { return Ok(None) };
    let mut out = rt.writer();
    each_char(value, |c| out.char(c))?;
    Ok(Some(out.text()))
}

const EMAIL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];

/// The text of an otherName that is a user principal name.
fn principal_name(value: Value<'_>) -> Option<Value<'_>> {
    const UPN: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3];
    if value.tag != 0xa0 {
        return None;
    }
    let (id, rest) = expect(value.content, 6).ok()?;
    let (outer, _) = expect(rest, 0xa0).ok()?;
    (id.content == UPN)
        .then(|| take(outer.content).ok())?
        .map(|(text, _)| text)
}

/// Identifier and value of each attribute of a name, in the order of the certificate.
fn attributes(name: &[u8]) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    values(name).flat_map(|rdn| {
        values(rdn.content).filter_map(|attribute| {
            let (id, rest) = expect(attribute.content, 6).ok()?;
            let (value, _) = take(rest).ok()?;
            Some((id.content, value))
        })
    })
}

/// Every character of a text of DER.
fn each_char(value: Value<'_>, mut each: impl FnMut(char) -> R<()>) -> R<()> {
    match value.tag {
        30 => {
            let units = value.content.chunks_exact(2);
            let units = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).try_for_each(|c| each(c.unwrap_or('\u{fffd}')))
        }
        20 => value.content.iter().try_for_each(|b| each(char::from(*b))),
        _ => {
            for chunk in value.content.utf8_chunks() {
                chunk.valid().chars().try_for_each(&mut each)?;
                if !chunk.invalid().is_empty() {
                    each('\u{fffd}')?;
                }
            }
            Ok(())
        }
    }
}

/// A name as .NET writes it: the last component first.
fn name(out: &mut Writer<'_, '_>, name: &[u8]) -> R<()> {
    let count = values(name).count();
    for index in (0..count).rev() {
        out.charge(count as u64 * SLOW)?;
        if index + 1 < count {
            out.push(b", ")?;
        }
        let Some(rdn) = values(name).nth(index) else {
            continue;
        };
        for (number, attribute) in values(rdn.content).enumerate() {
            if number > 0 {
                out.push(b" + ")?;
            }
            let (id, rest) = expect(attribute.content, 6)?;
            let (value, _) = take(rest)?;
            match key(id.content) {
                Some(key) => out.push(key)?,
                None => {
                    out.push(b"OID.")?;
                    oid(out, id.content)?;
                }
            }
            out.push(b"=")?;
            quoted(out, value)?;
        }
    }
    Ok(())
}

/// A value, in quotes where it could be misread.
fn quoted(out: &mut Writer<'_, '_>, value: Value<'_>) -> R<()> {
    let (mut is_plain, mut is_empty, mut last) = (true, true, ' ');
    each_char(value, |c| {
        is_plain &= !matches!(c, ',' | '+' | '=' | '"' | '\n' | '<' | '>' | '#' | ';');
        is_plain &= !(is_empty && c == ' ');
        is_empty = false;
        last = c;
        Ok(())
    })?;
    if is_plain && !is_empty && last != ' ' {
        return each_char(value, |c| out.char(c));
    }
    out.push(b"\"")?;
    each_char(value, |c| {
        if c == '"' {
            out.char(c)?;
        }
        out.char(c)
    })?;
    out.push(b"\"")
}

/// The key of an attribute in a name.
fn key(id: &[u8]) -> Option<&'static [u8]> {
    Some(match id {
        [0x55, 4, 3] => b"CN",
        [0x55, 4, 4] => b"SN",
        [0x55, 4, 5] => b"SERIALNUMBER",
        [0x55, 4, 6] => b"C",
        [0x55, 4, 7] => b"L",
        [0x55, 4, 8] => b"S",
        [0x55, 4, 9] => b"STREET",
        [0x55, 4, 10] => b"O",
        [0x55, 4, 11] => b"OU",
        [0x55, 4, 12] => b"T",
        [0x55, 4, 42] => b"G",
        [0x55, 4, 43] => b"I",
        [9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => b"DC",
        id if id == EMAIL => b"E",
        _ => return None,
    })
}

fn hexadecimal(out: &mut Writer<'_, '_>, bytes: &[u8]) -> R<()> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for b in bytes {
        out.charge(SLOW)?;
        out.push(&[DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])?;
    }
    Ok(())
}

/// An object identifier in its dotted form.
fn oid(out: &mut Writer<'_, '_>, bytes: &[u8]) -> R<()> {
    let mut number: u64 = 0;
    let mut is_first = true;
    for b in bytes {
        out.charge(SLOW)?;
        number = number.checked_mul(128).ok_or(Fault::Format)? | u64::from(b & 0x7f);
        if b & 0x80 != 0 {
            continue;
        }
        if is_first {
            let head = (number / 40).min(2);
            decimal(out, head)?;
            number -= head * 40;
        }
        out.push(b".")?;
        decimal(out, number)?;
        (number, is_first) = (0, false);
    }
    Ok(())
}

fn decimal(out: &mut Writer<'_, '_>, number: u64) -> R<()> {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return out.push(&digits[at..]);
        }
    }
}
