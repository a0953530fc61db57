//! The profiles of the bench: the twelve expressions that every engine evaluates, and 551 that only we compile.

use std::collections::BTreeMap;

use syncline_model::rules::{AttrType, Dialect, OnError, RuleType};
use syncline_rules::request::{ExprSource, FlowText, PartKind, PartSource};

use crate::users::{ATTRIBUTES, at};

/// Who takes part: about two thirds.
pub const SCOPE: &str = r#"accountEnabled == true && employeeType != "Contractor""#;
/// What is matched on.
pub const KEY: &str = "employeeID";
/// What flows where. The names are short, because only we read them.
pub const FLOWS: [(&str, &str); 10] = [
    ("split", "mail?.Split('@')[0]"),
    ("lower", "userPrincipalName?.ToLower()"),
    ("concat", r#"givenName + " " + sn"#),
    (
        "nested",
        r#"c == "DE" ? (company == "Contoso" ? "Berlin" : "Munich")
           : c == "US" ? (company == "Fabrikam" ? "Redmond" : "Seattle")
           : c == "GB" ? "London" : "Paris""#,
    ),
    ("digits", r#"telephoneNumber?.Replace(" ", "")"#),
    ("unit", r#"department?.Replace("&", "and")"#),
    ("padded", "employeeNumber?.PadLeft(8, '0')"),
    (
        "primary",
        r#"proxyAddresses?.FirstOrDefault(a => a.StartsWith("SMTP:"))?.Substring(5)"#,
    ),
    (
        "title",
        r#"string.IsNullOrWhiteSpace(title) ? "Employee" : title.Trim()"#,
    ),
    (
        "moved",
        r#"proxyAddresses?.Select(a => a.Replace("@contoso.com", "@fabrikam.com")).ToList()"#,
    ),
];

fn schema() -> BTreeMap<String, AttrType> {
    let ty = |place: usize| match place {
        at::ENABLED => AttrType::optional(RuleType::Bool),
        at::ADDRESSES => AttrType {
            multi: true,
            ..AttrType::optional(RuleType::String)
        },
        _ => AttrType::optional(RuleType::String),
    };
    ATTRIBUTES
        .iter()
        .enumerate()
        .map(|(place, name)| ((*name).to_owned(), ty(place)))
        .collect()
}

fn flow(to: String, expr: &str) -> FlowText {
    FlowText {
        to,
        from: None,
        expr: Some(expr.to_owned()),
        rule: None,
        dialect: Dialect::Csharp,
        default: None,
        on_error: OnError::FailObject,
        cases: Vec::new(),
        picks: false,
    }
}

fn part(keys: usize, flows: Vec<FlowText>) -> PartSource {
    PartSource {
        id: "bench".into(),
        kind: PartKind::Inbound,
        source: schema(),
        target: BTreeMap::new(),
        target_image: BTreeMap::new(),
        parameters: BTreeMap::new(),
        scope: Some(ExprSource::Text(SCOPE.into())),
        keys: vec![ExprSource::Text(KEY.into()); keys],
        dn: None,
        flows,
    }
}

/// The twelve expressions.
pub fn twelve() -> PartSource {
    let flows = FLOWS.map(|(to, expr)| flow(to.into(), expr));
    part(1, flows.to_vec())
}

/// As many expressions as asked for, in parts of at most 500: the ten flows over and over, no two with equal text.
pub fn many(expressions: usize) -> Vec<PartSource> {
    let mut left = expressions;
    let mut parts = Vec::new();
    while left > 0 {
        let here = left.min(500);
        let flows = (2..here).map(|n| {
            let (to, expr) = FLOWS[n % FLOWS.len()];
            flow(
                format!("{to}{n}"),
                &expr.replace("\"Paris\"", &format!("\"Paris {n}\"")),
            )
        });
        parts.push(part(1, flows.collect()));
        left -= here;
    }
    parts
}
