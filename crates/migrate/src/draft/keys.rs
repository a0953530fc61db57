//! Joins as match groups: pairs of keys whose equality the engine looks up.
//!
//! Invariants: a condition that told case is told by case here too; a condition over what no object has never holds and
//! falls away with its group; one over what is not shown is a loss, and the report says so.

use syncline_model::profile::{Expr, Key};
use syncline_model::rules::Dialect;
use syncline_model::schema::AttrDef;
use syncline_model::value::ValueType;

use crate::config::Condition;
use crate::landscape::Found;
use crate::report::Remark;
use crate::translate::remark;

/// The match groups of joins, and what was lost of them.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Groups of pairs: connected system, metaverse.
    pub(crate) groups: Vec<Vec<(Key, Key)>>,
    /// Groups that cannot be asked.
    pub(crate) lost: usize,
    /// What there is to say.
    pub(crate) remarks: Vec<Remark>,
}

/// A side that keys are over, and a condition that has to hold for its object to have keys at all.
pub(crate) struct Sides<'a> {
    /// What an attribute is in the connected system.
    pub(crate) connected: &'a dyn Fn(&str) -> Found,
    /// What an attribute is in the metaverse.
    pub(crate) metaverse: &'a dyn Fn(&str) -> Found,
    /// Who may be matched, over the metaverse object.
    pub(crate) metaverse_only: Option<&'a str>,
}

/// Match groups of these joins.
pub(crate) fn keys(joins: &[Vec<Condition>], sides: &Sides<'_>) -> Keys {
    let mut out = Keys::default();
    for group in joins {
        let pairs: Result<Vec<(Key, Key)>, Remark> = group.iter().map(|c| pair(c, sides)).collect();
        match pairs {
            Ok(pairs) if !out.groups.contains(&pairs) => out.groups.push(pairs),
            Ok(_) => {}
            Err(why) => {
                out.lost += usize::from(why.code != "join.absent");
                out.remarks.push(why);
            }
        }
    }
    out
}

fn pair(condition: &Condition, sides: &Sides<'_>) -> Result<(Key, Key), Remark> {
    let connected = side((sides.connected)(&condition.connected), condition)?;
    let metaverse = side((sides.metaverse)(&condition.metaverse), condition)?;
    let plain = connected.value_type == metaverse.value_type
        && !condition.case_sensitive
        && sides.metaverse_only.is_none();
    if plain {
        return Ok((Key::Attr(connected.name), Key::Attr(metaverse.name)));
    }
    let (ours, theirs) = (text(&connected, condition), text(&metaverse, condition));
    let theirs = match sides.metaverse_only {
        Some(who) => format!("IIF({who},{theirs},NULL)"),
        None => theirs,
    };
    let key = |expr: String| {
        Key::Expr(Expr {
            expr,
            dialect: Some(Dialect::Entra),
        })
    };
    Ok((key(ours), key(theirs)))
}

fn side(found: Found, condition: &Condition) -> Result<AttrDef, Remark> {
    let about = format!("`{}` = `{}`", condition.connected, condition.metaverse);
    match found {
        Found::Attr(def) if def.value_type == ValueType::Reference => {
            let message = format!(
                "The join {about} compares references, which are no match keys: choose a value that tells the objects."
            );
            Err(remark("join.reference", message))
        }
        Found::Attr(def) => Ok(def),
        Found::Absent(..) => {
            let message = format!(
                "The join {about} never finds anything, for no object has that attribute: it was left out."
            );
            Err(remark("join.absent", message))
        }
        Found::Hidden(why) => {
            let message = format!(
                "The join {about} cannot be asked: {why}. Choose a match that both sides show."
            );
            Err(remark("join.attribute", message))
        }
    }
}

/// An attribute as a key's text.
fn text(def: &AttrDef, condition: &Condition) -> String {
    let name = format!("[{}]", def.name);
    let text = match def.value_type {
        ValueType::String => name,
        ValueType::Binary => format!("ConvertToBase64({name})"),
        _ => format!("CStr({name})"),
    };
    match condition.case_sensitive {
        true => format!("ConvertToUTF8Hex({text})"),
        false => text,
    }
}
