//! A change pattern as a sentence.
//!
//! Invariants: says what happens to how many of what, in the order that matters to a reader: who, where, which
//! attributes; the same pattern always gives the same sentence.

use syncline_model::pattern::{Shape, ShapeKind};

use crate::resource::pattern::{ChangePattern, PatternAttribute, PatternPlace, PlaceChange};

/// Attributes that a sentence tells one by one.
const TOLD: usize = 6;

/// The sentence of a pattern.
pub fn of(pattern: &ChangePattern) -> String {
    let one = pattern.count == 1;
    let are = if one { "is" } else { "are" };
    let who = many(pattern.count, &pattern.object_type);
    let place = pattern.place.as_ref();
    let mut text = match pattern.kind.as_str() {
        "add" => format!("{who} {are} created{}", created(place)),
        "delete" => format!("{who} {are} deleted"),
        "disable" => match place {
            Some(place) => format!("{who} {are} disabled and {}", moved(place)),
            None => format!("{who} {are} disabled"),
        },
        "move" => match place {
            Some(place) => format!("{who} {are} {}", moved(place)),
            None => format!("{who} {are} moved"),
        },
        _ => format!("{who} {}", if one { "changes" } else { "change" }),
    };
    if pattern.several {
        let names = pattern.attributes.iter().map(|a| a.name.as_str());
        text.push_str(&format!(" in some of {}", listed(names.collect())));
        if pattern.loses_values {
            text.push_str(", and just lose values of one of them");
        }
    } else if pattern.kind == "add" {
        match pattern.attributes.len() {
            0 => {}
            1 => text.push_str(" with 1 attribute"),
            n => text.push_str(&format!(" with {n} attributes")),
        }
    } else if !pattern.attributes.is_empty() {
        let told = pattern.attributes.iter().map(attribute);
        let mut told: Vec<String> = told.take(TOLD).collect();
        match pattern.attributes.len().saturating_sub(TOLD) {
            0 => {}
            1 => told.push("1 more attribute changes".into()),
            n => told.push(format!("{n} more attributes change")),
        }
        text.push_str(": ");
        text.push_str(&told.join("; "));
    }
    text.push('.');
    text
}

/// "1 user", "2,000 users".
fn many(count: i64, object_type: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {object_type}{plural}", grouped(count))
}

/// A number with its thousands apart.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn listed(mut names: Vec<&str>) -> String {
    names.dedup();
    let more = names.len().saturating_sub(2 * TOLD);
    names.truncate(2 * TOLD);
    let mut text = names.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more attributes"));
    }
    text
}

fn created(place: Option<&PatternPlace>) -> String {
    match place {
        None => String::new(),
        Some(place) => match &place.to {
            Some(container) => format!(" in {container}"),
            None => " in several containers".to_owned(),
        },
    }
}

fn moved(place: &PatternPlace) -> String {
    let renamed = match place.change {
        PlaceChange::Renamed => return "renamed".to_owned(),
        PlaceChange::MovedAndRenamed => " and renamed",
        PlaceChange::Created | PlaceChange::Moved => "",
    };
    match (&place.from, &place.to) {
        (Some(from), Some(to)) => format!("moved from {from} to {to}{renamed}"),
        (None, Some(to)) => format!("moved to {to}{renamed}"),
        (_, None) => format!("moved to other containers{renamed}"),
    }
}

/// What becomes of one attribute, as part of a sentence.
fn attribute(attribute: &PatternAttribute) -> String {
    let name = attribute.name.as_str();
    match &attribute.shape {
        Some(shape) => format!("{name} {}", becomes(shape, attribute)),
        None => format!("{name} changes"),
    }
}

fn becomes(shape: &Shape, attribute: &PatternAttribute) -> String {
    let from = shape.from.as_deref();
    let to = shape.to.as_deref();
    let after = attribute.after.as_deref();
    let values = |count: i64| many(count, "value");
    let told = |verb: &str, text: Option<&str>, rest: &str| match text {
        Some(text) => format!("{verb} “{text}” {rest}"),
        None => format!("{verb} something {rest}"),
    };
    match shape.kind {
        ShapeKind::Set => match after.or(to) {
            Some(value) => format!("is set to “{value}”"),
            None if attribute.added > attribute.count => {
                format!("is set ({})", values(attribute.added))
            }
            None => "is set".into(),
        },
        ShapeKind::Cleared if attribute.removed > attribute.count => {
            format!("is cleared ({})", values(attribute.removed))
        }
        ShapeKind::Cleared => "is cleared".into(),
        ShapeKind::Case => "changes only between upper and lower case".into(),
        ShapeKind::Spaces => "changes only in its spaces".into(),
        ShapeKind::Accents => "changes only in accents".into(),
        ShapeKind::Domain => match (from, to) {
            (Some(from), Some(to)) => format!("goes from @{from} to @{to}"),
            _ => "changes its domain".into(),
        },
        ShapeKind::LocalPart => "changes before the @".into(),
        ShapeKind::Address => match (from, to) {
            (Some(from), Some(to)) => {
                format!("goes from @{from} to @{to} and changes before the @")
            }
            _ => "changes before and behind the @".into(),
        },
        ShapeKind::PrefixAdded => told("gets", to, "in front"),
        ShapeKind::PrefixRemoved => told("loses", from, "in front"),
        ShapeKind::SuffixAdded => told("gets", to, "at its end"),
        ShapeKind::SuffixRemoved => told("loses", from, "at its end"),
        ShapeKind::Piece => match (from, to) {
            (Some(from), Some(to)) => format!("has “{to}” instead of “{from}”"),
            (Some(from), None) => format!("loses “{from}” within"),
            (None, Some(to)) => format!("gets “{to}” within"),
            (None, None) => "changes in one piece".into(),
        },
        ShapeKind::Raised => "is raised".into(),
        ShapeKind::Lowered => "is lowered".into(),
        ShapeKind::Switched => match to {
            Some(to) => format!("becomes {to}"),
            None => "is switched".into(),
        },
        ShapeKind::Replaced => match after {
            Some(value) => format!("becomes “{value}”"),
            None => "gets another value".into(),
        },
        ShapeKind::ValuesAdded => format!("gains {}", values(attribute.added)),
        ShapeKind::ValuesRemoved => format!("loses {}", values(attribute.removed)),
        ShapeKind::ValuesExchanged => format!(
            "gains {} and loses {}",
            values(attribute.added),
            grouped(attribute.removed)
        ),
        ShapeKind::Changed => "changes".into(),
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::{DirectoryId, PartId};

    use super::*;

    fn pattern(kind: &str, count: i64) -> ChangePattern {
        ChangePattern {
            id: String::new(),
            sentence: String::new(),
            count,
            new_since_approval: 0,
            approved: None,
            kind: kind.to_owned(),
            directory: DirectoryId(1),
            object_type: "user".into(),
            place: None,
            attributes: Vec::new(),
            several: false,
            loses_values: false,
            blocked: None,
            samples: Vec::new(),
        }
    }

    fn with(name: &str, kind: ShapeKind, texts: (Option<&str>, Option<&str>)) -> PatternAttribute {
        PatternAttribute {
            name: name.into(),
            shape: Some(Shape {
                kind,
                from: texts.0.map(str::to_owned),
                to: texts.1.map(str::to_owned),
            }),
            after: None,
            count: 3,
            added: 2_400,
            removed: 12,
            part: PartId(1),
            rule: None,
        }
    }

    fn place(change: PlaceChange, from: Option<&str>, to: Option<&str>) -> Option<PatternPlace> {
        Some(PatternPlace {
            change,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        })
    }

    #[test]
    fn an_update_tells_how_many_and_what_becomes_of_each_attribute() {
        let mut update = pattern("update", 119_173);
        update.attributes = vec![
            with("mail", ShapeKind::Domain, (Some("a.test"), Some("b.test"))),
            with("title", ShapeKind::Cleared, (None, None)),
            with("member", ShapeKind::ValuesExchanged, (None, None)),
        ];

        assert_eq!(
            of(&update),
            "119,173 users change: mail goes from @a.test to @b.test; title is cleared (12 values); \
             member gains 2,400 values and loses 12."
        );
    }

    #[test]
    fn a_creation_a_move_and_a_deletion_tell_where() {
        let mut add = pattern("add", 1);
        add.place = place(PlaceChange::Created, None, Some("OU=Staff,DC=b"));
        let mut shift = pattern("move", 2_000_000);
        shift.place = place(PlaceChange::MovedAndRenamed, Some("OU=A"), Some("OU=B"));
        let mut leavers = pattern("disable", 2);
        leavers.place = place(PlaceChange::Moved, None, None);

        assert_eq!(of(&add), "1 user is created in OU=Staff,DC=b.");
        assert_eq!(
            of(&shift),
            "2,000,000 users are moved from OU=A to OU=B and renamed."
        );
        assert_eq!(
            of(&leavers),
            "2 users are disabled and moved to other containers."
        );
        assert_eq!(of(&pattern("delete", 657)), "657 users are deleted.");
    }

    #[test]
    fn what_was_put_together_names_the_attributes_and_a_loss() {
        let mut rest = pattern("update", 12);
        rest.several = true;
        rest.loses_values = true;
        rest.attributes = vec![
            with("fax", ShapeKind::Changed, (None, None)),
            with("title", ShapeKind::Changed, (None, None)),
        ];

        assert_eq!(
            of(&rest),
            "12 users change in some of fax, title, and just lose values of one of them."
        );
    }
}
