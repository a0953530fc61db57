use syncline_model::rules::AttrType;

use super::*;

mod completion;
mod hover;
mod json;
mod library;
mod rename;
mod tables;

/// A text with its place marked by `|`.
fn marked(text: &str) -> (String, u32) {
    let (before, after) = text.split_once('|').expect("a place is marked");
    let at = before.encode_utf16().count() as u32;
    (format!("{before}{after}"), at)
}

fn knowledge() -> Knowledge {
    let text = |name: &str| (name.to_owned(), AttrType::optional(RuleType::String));
    let schema = [
        text("mail"),
        text("givenName"),
        text("groupNumber"),
        text("ms-DS-ConsistencyGuid"),
        ("proxyAddresses".into(), AttrType::list(RuleType::String)),
        ("age".into(), AttrType::optional(RuleType::Int)),
        ("born".into(), AttrType::optional(RuleType::Date)),
        ("objectGUID".into(), AttrType::optional(RuleType::Guid)),
        ("manager".into(), AttrType::optional(RuleType::Reference)),
    ];
    let known = |name: &str, fill, samples: &[&str]| {
        let samples = samples.iter().map(|s| (*s).to_owned()).collect();
        let fill = Some(fill);
        (name.to_owned(), Statistics { fill, samples })
    };
    let statistics = [
        known("mail", 0.75, &["ada@contoso.com"]),
        known("givenName", 0.5, &[]),
        known("groupNumber", 0.9, &[]),
    ];
    Knowledge::new(schema.into(), statistics.into())
        .target([text("description"), text("mail")].into())
        .parameters(&[("Domain".to_owned(), RuleType::String)].into())
}

fn completed(text: &str, dialect: Dialect) -> Vec<Item> {
    let (text, at) = marked(text);
    let text = text.as_str();
    complete(&knowledge(), At { text, dialect, at }).items
}

fn labels(text: &str) -> Vec<String> {
    completed(text, Dialect::Csharp)
        .into_iter()
        .map(|item| item.label)
        .collect()
}

fn offers(text: &str, label: &str) -> bool {
    labels(text).iter().any(|known| known == label)
}
