//! Random objects: what is usual, what is nasty, and what lies at a limit.
//!
//! Invariants: the n-th object of a seed is always the same.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use syncline_model::rules::{AttrType, DRAW_BYTES, RuleType, RuleValue, SlotSource};
use syncline_rules::part::CheckedPart;
use syncline_rules::stdlib::entries;

use crate::dice::Dice;

const TEXTS: &[&str] = &[
    "",
    "a",
    "Ada Byron",
    "  x ",
    "12",
    "-1,234.50 ",
    "1e3",
    "7.5-",
    "FF",
    "0.10",
    "N2",
    "0.0;-0",
    "a,b,,c",
    "ada@x.test",
    "O'Neil-Smith",
    "ä😀ß",
    "İIıi",
    "e\u{301}\u{323}",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    "\u{10FFFF}\u{10000}",
    "ŒuvreÆ ŁØđ",
    "ΑΣ ας",
    "\u{fb03}\u{1e9e}\u{130}",
    "\0",
    "\r\n\t\u{a0}\u{2003}",
    "True",
    " false",
    "2024-02-29",
    "2024-02-29T23:59:59.9999999Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "2013-01-10 4:00 PM -8",
    "{6F9619FF-8B86-D011-B42D-00C04FC964FF}",
    "AQID",
    "6F96",
    "CN=Ada\\, B,OU=x,DC=corp,DC=test",
    "SMTP:ada@corp.test",
    "smtp:a@b",
    "yyyy-MM-dd",
    "D6",
    "(a+)+$",
    "$1${x}$$",
    "{0}{{",
    "79228162514264337593543950335",
    "-9223372036854775808",
    "NaN",
    "1.02:03:04.5",
    "\u{202e}\u{feff}\u{2028}",
    ";;,,--",
    "\\n\\",
];

/// Octets that the library's own examples use: certificates among them.
static OCTETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let inputs = entries().flat_map(|entry| entry.examples.iter().map(|e| e.input));
    let mut all: Vec<Vec<u8>> = inputs
        .filter_map(|input| serde_json::from_str::<serde_json::Value>(input).ok())
        .flat_map(|input| match input {
            serde_json::Value::Object(fields) => {
                fields.into_iter().map(|(_, value)| value).collect()
            }
            _ => Vec::new(),
        })
        .filter_map(|value| STANDARD.decode(value.get("$b64")?.as_str()?).ok())
        .collect();
    all.sort();
    all.dedup();
    all
});

fn text(dice: &mut Dice) -> String {
    match dice.below(12) {
        0..7 => (*dice.one_of(TEXTS)).to_owned(),
        7 => format!("{}{}", dice.one_of(TEXTS), dice.one_of(TEXTS)),
        8..10 => {
            let len = dice.below(13);
            let of: Vec<char> = "abzAZ019 ,;@-._=+".chars().collect();
            (0..len).map(|_| *dice.one_of(&of)).collect()
        }
        10 => {
            let len = dice.below(8);
            let one = |dice: &mut Dice| char::from_u32(dice.below(0x1_1000) as u32);
            (0..len).filter_map(|_| one(dice)).collect()
        }
        _ => match dice.below(6) {
            0 => dice.one_of(TEXTS).repeat(200),
            _ => dice.one_of(TEXTS).repeat(5),
        },
    }
}

fn whole(dice: &mut Dice) -> i64 {
    const EDGES: &[i64] = &[
        0,
        1,
        -1,
        i64::MIN,
        i64::MAX,
        i32::MAX as i64,
        i32::MIN as i64,
        i32::MAX as i64 + 1,
        1 << 53,
        (1 << 53) + 1,
        255,
        256,
        65_535,
        129_699_324_000_000_000,
        512,
        2_650_467_743_999_999_999,
    ];
    match dice.below(4) {
        0 => *dice.one_of(EDGES),
        1 => dice.throw() as i64,
        _ => dice.below(16) as i64 - 5,
    }
}

fn double(dice: &mut Dice) -> f64 {
    const EDGES: &[f64] = &[
        0.0,
        -0.0,
        0.1,
        0.5,
        1.5,
        2.5,
        -2.5,
        1e16,
        1e-7,
        9.007_199_254_740_993e15,
        f64::MAX,
        f64::MIN,
        5e-324,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        9.223_372_036_854_776e18,
        2_147_483_647.5,
        123_456.789,
        0.045,
    ];
    match dice.below(4) {
        0 => *dice.one_of(EDGES),
        1 => f64::from_bits(dice.throw()),
        _ => (dice.below(8000) as f64 - 4000.0) / 1000.0,
    }
}

fn date(dice: &mut Dice) -> i64 {
    const LAST: i64 = 3_155_378_975_999_999_999;
    const EDGES: &[i64] = &[
        0,
        1,
        LAST,
        LAST - 1,
        504_911_232_000_000_000,
        621_355_968_000_000_000,
        638_447_615_999_999_999,
        637_134_336_000_000_000,
        599_266_080_000_000_000,
        864_000_000_000 - 1,
        864_000_000_000,
    ];
    match dice.below(3) {
        0 => *dice.one_of(EDGES),
        1 => (dice.throw() >> 1) as i64 % (LAST + 1),
        _ => 630_822_816_000_000_000 + dice.below(10_000) as i64 * 864_000_000_000,
    }
}

fn octets(dice: &mut Dice) -> Vec<u8> {
    match dice.below(4) {
        0 => {
            let len = dice.below(20);
            (0..len).map(|_| dice.throw() as u8).collect()
        }
        1 => (0..16).map(|_| dice.throw() as u8).collect(),
        2 => Vec::new(),
        _ if OCTETS.is_empty() => vec![1],
        _ => {
            let mut of = dice.one_of(&OCTETS).clone();
            // Half of them are what they were but for an octet.
            if dice.below(2) == 0 && !of.is_empty() {
                let at = dice.below(of.len());
                of[at] = dice.throw() as u8;
            }
            of
        }
    }
}

fn one(dice: &mut Dice, ty: RuleType) -> RuleValue {
    match ty {
        RuleType::String => RuleValue::String(text(dice)),
        RuleType::Reference => RuleValue::Reference(text(dice)),
        RuleType::Int => RuleValue::Int(whole(dice) as i32),
        RuleType::Long => RuleValue::Long(whole(dice)),
        RuleType::Double => RuleValue::Double(double(dice)),
        RuleType::Bool => RuleValue::Bool(dice.below(2) == 0),
        RuleType::Char => RuleValue::Char(match dice.below(4) {
            0 => dice.below(0x1_0000) as u16,
            _ => u16::from(*dice.one_of(b"aZ0 -\0")),
        }),
        RuleType::Binary => RuleValue::Binary(octets(dice)),
        RuleType::Guid => RuleValue::Guid(std::array::from_fn(|_| dice.throw() as u8)),
        RuleType::Date => RuleValue::Date(date(dice)),
    }
}

/// A value of an attribute; lists repeat themselves.
pub fn value(dice: &mut Dice, attr: AttrType) -> RuleValue {
    if attr.nullable && dice.below(4) == 0 {
        return RuleValue::Null;
    }
    if !attr.multi {
        return one(dice, attr.ty);
    }
    let mut items: Vec<RuleValue> = Vec::new();
    for _ in 0..dice.below(6) {
        let item = match dice.below(3) {
            0 if !items.is_empty() => dice.one_of(&items).clone(),
            _ => one(dice, attr.ty),
        };
        items.push(item);
    }
    RuleValue::List(items)
}

/// Rows of a part. Each column has dice of its own, so that an object does not change with what else is read.
pub fn rows(part: &CheckedPart, seed: u64, count: usize) -> Vec<Vec<RuleValue>> {
    (0..count)
        .map(|row| {
            let slots = part.tables.slots.iter();
            slots
                .map(|slot| {
                    // One value for the whole batch.
                    let (name, row) = match &slot.source {
                        SlotSource::Attribute(name) => (format!("a{name}"), row),
                        SlotSource::Target(name) => (format!("t{name}"), row),
                        SlotSource::Draw(place) => (format!("d{place}"), row),
                        SlotSource::Parameter(name) => (format!("p{name}"), 0),
                        SlotSource::Clock => ("c".to_owned(), 0),
                    };
                    let column = name
                        .bytes()
                        .fold(7_u64, |sum, b| sum.wrapping_mul(31) + u64::from(b));
                    let mut dice = Dice::of(
                        seed ^ column.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                        row as u64,
                    );
                    match &slot.source {
                        SlotSource::Draw(_) => {
                            RuleValue::Binary((0..DRAW_BYTES).map(|_| dice.throw() as u8).collect())
                        }
                        _ => value(&mut dice, slot.attr),
                    }
                })
                .collect()
        })
        .collect()
}
