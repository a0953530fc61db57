//! Cells of any type as JSON, for people.
//!
//! Invariants: what has no JSON form of its own is shown as C# prints it.

use serde_json::{Value as Json, json};
use syncline_rules_guest::abi::{self, Arg, Ret};
use syncline_rules_guest::mem::{List, Octets, Str};
use syncline_rules_guest::{Fn, Rt};

use crate::types::{Base, Ty};

/// Elements of a list that are shown.
const ITEMS_MAX: usize = 100;
/// Octets that are shown.
const OCTETS_MAX: usize = 256;

/// The value of a cell.
pub(crate) fn shown(rt: &mut Rt<'_>, cell: i64, ty: &Ty) -> Json {
    if ty.nullable && cell == 0 {
        return Json::Null;
    }
    let word = |rt: &Rt<'_>| match ty.boxed() {
        true => rt.unbox(Arg::from_cell(cell)) as i64,
        false => cell,
    };
    // Showing costs the row nothing.
    rt.row();
    match &ty.base {
        Base::Bool => json!(word(rt) != 0),
        Base::Char => json!(String::from_utf16_lossy(&[word(rt) as u16])),
        Base::Int | Base::Long | Base::Enum(_) => json!(word(rt)),
        Base::Double => {
            let value = f64::from_bits(word(rt) as u64);
            match value.is_finite() {
                true => json!(value),
                false => json!(value.to_string()),
            }
        }
        Base::String | Base::Written | Base::Reference => json!(text(rt, cell)),
        Base::Binary => {
            let octets: Octets = Arg::from_cell(cell);
            let octets = rt.octets(octets);
            let more = if octets.len() > OCTETS_MAX { "…" } else { "" };
            json!(format!(
                "{}{more}",
                hex::encode_upper(&octets[..octets.len().min(OCTETS_MAX)])
            ))
        }
        Base::Guid => printed(rt, Fn::GuidToText, cell, "D"),
        Base::Date => printed(rt, Fn::DateToText, word(rt), "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"),
        Base::Span => printed(rt, Fn::SpanToText, word(rt), "c"),
        Base::Decimal => printed(rt, Fn::DecimalToText, cell, "G"),
        Base::Day => {
            const DAY: i64 = 864_000_000_000;
            let at = abi::call(rt, Fn::DateFromTicks, &[word(rt) * DAY]);
            printed(rt, Fn::DateToText, at, "yyyy-MM-dd")
        }
        Base::Match(_) | Base::Group => {
            let value = abi::call(rt, Fn::RegexValue, &[cell]);
            json!(text(rt, value))
        }
        Base::List(element) => {
            let list: List = Arg::from_cell(cell);
            let shown_items = (0..list.len().min(ITEMS_MAX)).map(|index| {
                let item = rt.item(list, index) as i64;
                shown(rt, item, element)
            });
            let mut items: Vec<Json> = shown_items.collect();
            if list.len() > ITEMS_MAX {
                items.push(json!(format!("… {} more", list.len() - ITEMS_MAX)));
            }
            Json::Array(items)
        }
        Base::Regex(_)
        | Base::Groups(_)
        | Base::Grouping(_)
        | Base::Null
        | Base::Never
        | Base::Unknown => Json::Null,
    }
}

fn text(rt: &Rt<'_>, cell: i64) -> String {
    let text: Str = Arg::from_cell(cell);
    rt.str(text).to_owned()
}

/// As a function of the runtime prints it in a format.
fn printed(rt: &mut Rt<'_>, function: Fn, cell: i64, format: &str) -> Json {
    let Ok(format) = rt.text(format.as_bytes()) else {
        return Json::Null;
    };
    let printed = abi::call(rt, function, &[cell, Ret::into_cell(format)]);
    match crate::cell::is_special(printed) {
        true => Json::Null,
        false => json!(text(rt, printed)),
    }
}
