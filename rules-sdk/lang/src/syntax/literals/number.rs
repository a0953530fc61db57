//! Numbers: whole ones in three notations, real ones, decimals, and their suffixes.
//!
//! Invariants: a whole number is an int where it fits and no suffix says more; one that fits no type is reported.

use syncline_rules_guest::decimal::Decimal;

use crate::diag::codes;
use crate::syntax::lexer::Lexer;
use crate::syntax::tokens::Tok;

/// The digits of the least long, which has no positive twin.
const LEAST: &str = "9223372036854775808";

impl Lexer<'_> {
    pub(in crate::syntax) fn number(&mut self) -> Tok {
        let from = self.at;
        let rest = self.rest();
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] {
            if let Some(digits) = rest.strip_prefix(prefix) {
                let len = digits
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(digits.len());
                self.at += 2 + len;
                let (body, long) = split_suffix(&digits[..len], radix);
                let value = i64::from_str_radix(&body.replace('_', ""), radix);
                return self.whole(from, value.ok(), long);
            }
        }
        let digits = |text: &str| {
            text.find(|c: char| !(c.is_ascii_digit() || c == '_'))
                .unwrap_or(text.len())
        };
        let mut len = digits(rest);
        let mut real = false;
        if rest[len..].starts_with('.') && rest[len + 1..].starts_with(|c: char| c.is_ascii_digit())
        {
            real = true;
            len += 1 + digits(&rest[len + 1..]);
        }
        if rest[len..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[len + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[len + 1 + sign..]);
            if exponent > 0 {
                real = true;
                len += 1 + sign + exponent;
            }
        }
        let body = rest[..len].replace('_', "");
        let suffix = rest[len..]
            .find(|c: char| !c.is_alphanumeric())
            .map_or(&rest[len..], |n| &rest[len..len + n]);
        self.at += len + suffix.len();
        match suffix {
            "" if !real => self.whole(from, body.parse().ok(), false),
            "L" | "l" | "UL" | "ul" | "Ul" | "uL" | "LU" | "lu" if !real => {
                self.whole(from, body.parse().ok(), true)
            }
            // What fits 32 bits without a sign is a long here.
            "U" | "u" if !real => {
                let value = body
                    .parse()
                    .ok()
                    .filter(|v: &i64| *v <= i64::from(u32::MAX));
                self.whole(from, value, true)
            }
            "" | "d" | "D" | "f" | "F" => Tok::Double(body.parse().unwrap_or(f64::INFINITY)),
            "m" | "M" => self.decimal(from, &body),
            _ => {
                let span = self.span_from(from);
                self.error(
                    codes::BAD_NUMBER,
                    span,
                    format!("`{}` is no number", &self.source[from..self.at]),
                );
                Tok::Bad
            }
        }
    }

    /// `1.50m` keeps its places.
    fn decimal(&mut self, from: usize, body: &str) -> Tok {
        if let Some(value) = Decimal::literal(body) {
            let (low, high) = value.words();
            return Tok::Decimal(low, high);
        }
        let span = self.span_from(from);
        let text = &self.source[from..self.at];
        let message = format!("`{text}` does not fit a decimal, which ends at 7.9e28");
        self.error(codes::BAD_NUMBER, span, message);
        Tok::Bad
    }

    fn whole(&mut self, from: usize, value: Option<i64>, long: bool) -> Tok {
        let text = self.source[from..self.at].trim_end_matches(['L', 'l']);
        let signed = self.source[..from].trim_end().ends_with('-');
        if value.is_none() && signed && text == LEAST {
            return Tok::Long(i64::MIN);
        }
        match value {
            Some(value) if !long && i32::try_from(value).is_ok() => Tok::Int(value),
            Some(value) => Tok::Long(value),
            None => {
                let span = self.span_from(from);
                let message = format!("`{}` does not fit 64 bits", &self.source[from..self.at]);
                self.error(codes::BAD_NUMBER, span, message);
                Tok::Bad
            }
        }
    }
}

fn split_suffix(digits: &str, radix: u32) -> (&str, bool) {
    match digits.strip_suffix(['L', 'l']) {
        Some(body) if radix == 16 || radix == 2 => (body, true),
        _ => (digits, false),
    }
}
