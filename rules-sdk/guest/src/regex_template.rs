//! Templates of replacements: `$1`, `${1}`, `$$`, `$&`, ``$` ``, `$'`, `$+` and `$_` as in .NET; names became numbers before.

use crate::mem::{CALL, R, Writer};

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
    out.charge(template.len() as u64 * 12)?;
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.charge(CALL * 3)?;
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

/// `1` or `{1}` after a dollar sign: a group that exists, and the octets used. `$10` is no group 1 with a zero behind.
fn number(rest: &str, count: usize) -> Option<(usize, usize)> {
    let inner = rest.strip_prefix('{');
    let text = inner.unwrap_or(rest).as_bytes();
    let (mut group, mut len) = (0_usize, 0);
    for digit in text.iter().take_while(|c| c.is_ascii_digit()) {
        group = group
            .saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'));
        len += 1;
    }
    if len == 0 || group >= count {
        return None;
    }
    match inner {
        None => Some((group, len)),
        Some(_) => (text.get(len) == Some(&b'}')).then_some((group, len + 2)),
    }
}
