//! The twelve expressions as boxed closures over plain rows, as a rule engine in Rust without code generation has them.
//!
//! Each node of an expression is one closure; texts are owned. Built once.

use crate::users::{Field, User, at};

type Node = Box<dyn Fn(&User) -> Field>;
type Test = Box<dyn Fn(&User) -> bool>;

/// The expressions.
pub struct Boxed {
    scope: Test,
    outputs: Vec<Node>,
}

fn attribute(place: usize) -> Node {
    Box::new(move |user| user.fields[place].clone())
}

fn literal(text: &'static str) -> Node {
    Box::new(move |_| Field::Text(text.to_owned()))
}

fn text(inner: Node, change: impl Fn(String) -> String + 'static) -> Node {
    Box::new(move |user| match inner(user) {
        Field::Text(text) => Field::Text(change(text)),
        other => other,
    })
}

fn is(inner: Node, wanted: &'static str) -> Test {
    Box::new(move |user| matches!(inner(user), Field::Text(text) if text == wanted))
}

fn choose(test: Test, then: Node, other: Node) -> Node {
    Box::new(move |user| if test(user) { then(user) } else { other(user) })
}

fn replace(inner: Node, old: &'static str, new: &'static str) -> Node {
    text(inner, move |text| text.replace(old, new))
}

impl Default for Boxed {
    fn default() -> Self {
        let contractor = is(attribute(at::KIND), "Contractor");
        let country = |name| is(attribute(at::COUNTRY), name);
        let company = |name| is(attribute(at::COMPANY), name);
        let (given, surname) = (attribute(at::GIVEN), attribute(at::SURNAME));
        let addresses = attribute(at::ADDRESSES);
        let all = attribute(at::ADDRESSES);
        let title = attribute(at::TITLE);
        Self {
            scope: Box::new(move |user| user.flag(at::ENABLED) && !contractor(user)),
            outputs: vec![
                attribute(at::ID),
                text(attribute(at::MAIL), |text| {
                    text.split('@').next().unwrap_or_default().to_owned()
                }),
                text(attribute(at::UPN), |text| text.to_lowercase()),
                Box::new(move |user| {
                    let part = |field| match field {
                        Field::Text(text) => text,
                        _ => String::new(),
                    };
                    Field::Text(format!("{} {}", part(given(user)), part(surname(user))))
                }),
                choose(
                    country("DE"),
                    choose(company("Contoso"), literal("Berlin"), literal("Munich")),
                    choose(
                        country("US"),
                        choose(company("Fabrikam"), literal("Redmond"), literal("Seattle")),
                        choose(country("GB"), literal("London"), literal("Paris")),
                    ),
                ),
                replace(attribute(at::PHONE), " ", ""),
                replace(attribute(at::DEPARTMENT), "&", "and"),
                text(attribute(at::NUMBER), |text| format!("{text:0>8}")),
                Box::new(move |user| match addresses(user) {
                    Field::Texts(all) => all
                        .into_iter()
                        .find(|text| text.starts_with("SMTP:"))
                        .map_or(Field::Absent, |text| Field::Text(text[5..].to_owned())),
                    _ => Field::Absent,
                }),
                Box::new(move |user| match title(user) {
                    Field::Text(text) if !text.trim().is_empty() => {
                        Field::Text(text.trim().to_owned())
                    }
                    _ => Field::Text("Employee".to_owned()),
                }),
                Box::new(move |user| match all(user) {
                    Field::Texts(all) => Field::Texts(
                        all.iter()
                            .map(|text| text.replace("@contoso.com", "@fabrikam.com"))
                            .collect(),
                    ),
                    other => other,
                }),
            ],
        }
    }
}

impl Boxed {
    /// Key and flows of a person in scope.
    pub fn evaluate(&self, user: &User) -> Option<Vec<Field>> {
        (self.scope)(user).then(|| self.outputs.iter().map(|output| output(user)).collect())
    }
}
