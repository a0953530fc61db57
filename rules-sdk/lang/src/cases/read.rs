//! A document of cases out of its text, with the path of whatever is wrong with it.

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{Case, CaseFile, Expected, Malformed, RuleCases};

/// Reads a document: `{"rules": [{"name": …, "expr": …, "cases": […]}]}`.
///
/// # Errors
///
/// Where it is wrong, and what to do.
pub fn read(text: &str) -> Result<CaseFile, Malformed> {
    let mut document: Json = serde_json::from_str(text).map_err(|why| {
        let message = format!("this is no JSON: {why}; mend the text there");
        Malformed::new("", message)
    })?;
    let rules = items(&mut document, "rules", "")?;
    let file: CaseFile = fields(document, "")?;
    let rules = rules.into_iter().enumerate();
    let rules = rules.map(|(index, rule)| one(rule, &format!("rules[{index}]")));
    Ok(CaseFile {
        rules: rules.collect::<Result<_, _>>()?,
        ..file
    })
}

/// One rule with its cases.
fn one(mut rule: Json, path: &str) -> Result<RuleCases, Malformed> {
    let cases = items(&mut rule, "cases", path)?;
    let rule: RuleCases = fields(rule, path)?;
    if rule.expr.is_some() == rule.rule.is_some() {
        let message = "a rule has either `expr`, an expression, or `rule`, a rule tree";
        return Err(Malformed::new(path, message));
    }
    let cases = cases.into_iter().enumerate();
    let cases = cases.map(|(index, case)| {
        let path = inner(path, &format!("cases[{index}]"));
        let case: Case = fields(case, &path)?;
        Expected::at(&case, &path).map(|_| case)
    });
    Ok(RuleCases {
        cases: cases.collect::<Result<_, _>>()?,
        ..rule
    })
}

/// Takes the list of this name, which has something in it.
fn items(of: &mut Json, name: &str, path: &str) -> Result<Vec<Json>, Malformed> {
    match of.get_mut(name).map(Json::take) {
        Some(Json::Array(items)) if !items.is_empty() => {
            of[name] = json!([]);
            Ok(items)
        }
        _ => {
            let message = format!("there must be a list `{name}` with at least one entry here");
            Err(Malformed::new(path, message))
        }
    }
}

fn fields<T: DeserializeOwned>(value: Json, path: &str) -> Result<T, Malformed> {
    serde_json::from_value(value).map_err(|why| Malformed::new(path, why.to_string()))
}

/// A path within a path.
pub(super) fn inner(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
