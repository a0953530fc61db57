//! Values into cells and back, natively.
//!
//! Invariants: the forms are those of the batch layout: optional words in boxes, lists of bare elements.

use syncline_model::rules::{AttrType, ErrorKind, RuleType, RuleValue, Site, Span};
use syncline_rules_guest::Rt;
use syncline_rules_guest::abi::{Arg, Ret};
use syncline_rules_guest::mem::{Boxed, List, Octets, Str, When};

use super::Answer;
use crate::cell::{AUTHORITATIVE_NULL, IGNORE, is_special};

fn word(ty: RuleType) -> bool {
    matches!(
        ty,
        RuleType::Bool
            | RuleType::Char
            | RuleType::Int
            | RuleType::Long
            | RuleType::Double
            | RuleType::Date
    )
}

/// The cell of an input value. Its memory is not charged to the row.
pub(super) fn pack(rt: &mut Rt<'_>, attr: AttrType, value: &RuleValue) -> i64 {
    rt.row();
    match value {
        RuleValue::Null => 0,
        RuleValue::List(items) => {
            let cells: Vec<i64> = items.iter().map(|item| scalar(rt, item)).collect();
            rt.row();
            let list = rt
                .new_list(cells.len())
                .expect("the input of a row fits its memory");
            for (index, cell) in cells.iter().enumerate() {
                rt.set_item(list, index, *cell as u64);
            }
            list.into_cell()
        }
        value => {
            let cell = scalar(rt, value);
            if attr.nullable && word(attr.ty) {
                rt.boxed(cell as u64).into_cell()
            } else {
                cell
            }
        }
    }
}

fn scalar(rt: &mut Rt<'_>, value: &RuleValue) -> i64 {
    rt.row();
    match value {
        RuleValue::Bool(b) => i64::from(*b),
        RuleValue::Char(c) => i64::from(*c),
        RuleValue::Int(i) => i64::from(*i),
        RuleValue::Long(i) => *i,
        RuleValue::Date(ticks) => When::new(*ticks, true).word() as i64,
        RuleValue::Double(d) => {
            if d.is_nan() {
                f64::NAN.to_bits() as i64
            } else {
                d.to_bits() as i64
            }
        }
        RuleValue::String(s) | RuleValue::Reference(s) => rt.text(s.as_bytes()).into_cell(),
        RuleValue::Binary(b) => rt.new_octets(b).into_cell(),
        RuleValue::Guid(g) => rt.new_octets(g).into_cell(),
        RuleValue::Null | RuleValue::List(_) => panic!("a list holds present single values"),
    }
}

/// What a final cell means.
pub(super) fn answer(
    rt: &Rt<'_>,
    cell: i64,
    attr: AttrType,
    scope: bool,
    sites: &[Site],
) -> Answer {
    if is_special(cell) {
        let low = cell as u32;
        return match low as u8 {
            IGNORE => Answer::Ignore,
            AUTHORITATIVE_NULL => Answer::AuthoritativeNull,
            code => {
                let kind = ErrorKind::from_code(code).unwrap_or(ErrorKind::Budget);
                let site = (low >> 8)
                    .checked_sub(1)
                    .and_then(|site| sites.get(site as usize));
                let span = site.map_or(Span::default(), |site| site.span);
                let custom = (kind == ErrorKind::Custom && rt.custom() != 0)
                    .then(|| text(rt, rt.custom() as i64));
                Answer::Error { kind, span, custom }
            }
        };
    }
    if scope {
        return Answer::Value(RuleValue::Bool(cell != 0));
    }
    if cell == 0 {
        return Answer::Null;
    }
    Answer::Value(if attr.multi {
        let list: List = Arg::from_cell(cell);
        let items = (0..list.len()).map(|index| rt.item(list, index) as i64);
        RuleValue::List(
            items
                .filter(|cell| word(attr.ty) || *cell != 0)
                .map(|cell| value(rt, cell, attr.ty))
                .collect(),
        )
    } else if word(attr.ty) {
        let boxed: Boxed = Arg::from_cell(cell);
        value(rt, rt.unbox(boxed) as i64, attr.ty)
    } else {
        value(rt, cell, attr.ty)
    })
}

fn text(rt: &Rt<'_>, cell: i64) -> String {
    let text: Str = Arg::from_cell(cell);
    rt.str(text).to_owned()
}

fn value(rt: &Rt<'_>, cell: i64, ty: RuleType) -> RuleValue {
    let octets = |cell| {
        let octets: Octets = Arg::from_cell(cell);
        rt.octets(octets).to_vec()
    };
    match ty {
        RuleType::Bool => RuleValue::Bool(cell != 0),
        RuleType::Char => RuleValue::Char(cell as u16),
        RuleType::Int => RuleValue::Int(cell as i32),
        RuleType::Long => RuleValue::Long(cell),
        RuleType::Date => RuleValue::Date(<When as Arg>::from_cell(cell).ticks()),
        RuleType::Double => RuleValue::Double(f64::from_bits(cell as u64)),
        RuleType::String => RuleValue::String(text(rt, cell)),
        RuleType::Reference => RuleValue::Reference(text(rt, cell)),
        RuleType::Binary => RuleValue::Binary(octets(cell)),
        RuleType::Guid => RuleValue::Guid(octets(cell).try_into().expect("a GUID has 16 octets")),
    }
}
