//! Completion: what can stand at a place, the likeliest first.
//!
//! Invariants: after a dot only members of what stands before it; an attribute is inserted as the language writes it; an
//! answer holds at most [`ITEMS_MAX`] items and says when there were more.

use serde::Serialize;
use syncline_model::rules::{AttrType, Dialect, Span};

use super::helpers;
use super::members::{self, Form, Known};
use super::place::{Receiver, Spot, spot};
use super::rank::rank;
use super::tables;
use super::text::Around;
use super::words::{self, Word};
use super::{At, Knowledge, units};
use crate::types::Ty;

/// Most items of an answer.
const ITEMS_MAX: usize = 400;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Kind {
    Variable,
    Attribute,
    Parameter,
    Property,
    Method,
    Constant,
    Function,
    Keyword,
    Type,
    Table,
}

/// Something that can stand at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Its name.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// The type of its value.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// What it does, in one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The share of objects that have a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    /// A few values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
    /// What is written.
    pub insert: String,
    /// Where the cursor stands then, counted from the beginning of what is written.
    pub caret: u32,
    /// What is replaced.
    pub span: Span,
}

/// The items at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Completion {
    /// The likeliest first.
    pub items: Vec<Item>,
    /// There are more; they can be had by typing more.
    pub more: bool,
}

struct Items<'a> {
    knowledge: &'a Knowledge,
    dialect: Dialect,
    span: Span,
    /// What was typed of the word.
    typed: &'a str,
    /// What follows the word.
    after: &'a str,
    /// With their ranks.
    found: Vec<(u8, Item)>,
}

/// What can stand at a place.
pub fn complete(knowledge: &Knowledge, at: At<'_>) -> Completion {
    let around = Around::new(at.text, at.dialect, at.at);
    let table = tables::name_at(&around);
    let (spot, (from, to)) = match table {
        Some(bounds) => (Spot::Nothing, bounds),
        None => spot(knowledge, &around),
    };
    let mut items = Items {
        knowledge,
        dialect: at.dialect,
        span: units(at.text, (from, to)),
        typed: &at.text[from..around.at.max(from)],
        after: &at.text[to..],
        found: Vec::new(),
    };
    if table.is_some() || tables::is_first_argument(&around, around.before(from)) {
        items.tables(table.is_some());
    }
    items.of(spot);
    let mut found = items.found;
    found.sort_by(|(a, x), (b, y)| {
        let likelier = share(y).total_cmp(&share(x));
        a.cmp(b)
            .then(likelier)
            .then(x.kind.cmp(&y.kind))
            .then_with(|| x.label.cmp(&y.label))
    });
    let more = found.len() > ITEMS_MAX;
    found.truncate(ITEMS_MAX);
    Completion {
        items: found.into_iter().map(|(_, item)| item).collect(),
        more,
    }
}

/// How likely it is among equals: a variable was made to be used, an attribute is the likelier the more objects have it.
fn share(item: &Item) -> f64 {
    match item.kind {
        Kind::Variable => 2.0,
        _ => item.fill.unwrap_or(0.0),
    }
}

impl Items<'_> {
    fn of(&mut self, spot: Spot) {
        match spot {
            Spot::Nothing => {}
            Spot::Attribute => self.attributes(&|_, name| name.to_owned(), true),
            Spot::Parameter => self.parameters(true),
            Spot::Member(Receiver::Target) => self.target(),
            Spot::Member(Receiver::Value(ty)) => self.known(members::of_value(&ty)),
            Spot::Member(Receiver::Static(owner)) => self.known(members::of_type(owner)),
            Spot::Value { variables, first } => self.values(&variables, first),
            Spot::Statement => self.words(words::STATEMENTS, Kind::Keyword),
            Spot::Operator => self.words(words::OPERATORS, Kind::Keyword),
            Spot::Pattern => {
                self.words(words::PATTERNS, Kind::Keyword);
                self.words(words::TYPES, Kind::Type);
            }
            Spot::New => self.words(words::MADE, Kind::Type),
            Spot::Out => self.words(&[("var", "A variable for what is found.")], Kind::Keyword),
        }
    }

    fn values(&mut self, variables: &[(String, Ty)], first: bool) {
        for (name, ty) in variables {
            let ty = ty.to_string();
            self.add(
                name,
                Kind::Variable,
                (&ty, "A name for a value."),
                name.clone(),
            );
        }
        let dialect = self.dialect;
        let hidden = |name: &str| variables.iter().any(|(v, _)| v == name);
        self.attributes(&|_, name| words::attribute(name, dialect, hidden), false);
        self.parameters(false);
        self.known(members::functions(dialect));
        self.helpers();
        match dialect {
            Dialect::Entra => self.words(words::LITERALS, Kind::Keyword),
            Dialect::Csharp => {
                self.words(words::VALUES, Kind::Keyword);
                self.words(words::TYPES, Kind::Type);
            }
        }
        if first {
            self.words(words::STATEMENTS, Kind::Keyword);
        }
    }

    /// `inside`: brackets or backticks stand before the name already.
    fn attributes(&mut self, written: &dyn Fn(AttrType, &str) -> String, inside: bool) {
        let knowledge = self.knowledge;
        let close = match self.dialect {
            Dialect::Entra => "]",
            Dialect::Csharp => "`",
        };
        for (name, attr) in &knowledge.env.source {
            if !knowledge.readable(*attr) {
                continue;
            }
            let mut insert = written(*attr, name);
            if inside && !self.after.starts_with([']', '`']) {
                insert.push_str(close);
            }
            let ty = Ty::of_attr(*attr).to_string();
            if self.add(
                name,
                Kind::Attribute,
                (&ty, "An attribute of the object."),
                insert,
            ) && let (Some((_, item)), Some(known)) =
                (self.found.last_mut(), knowledge.statistics.get(name))
            {
                item.fill = known.fill;
                item.samples.clone_from(&known.samples);
            }
        }
    }

    /// Named expressions.
    fn helpers(&mut self) {
        let knowledge = self.knowledge;
        let called = self.after.trim_start().starts_with('(');
        for helper in knowledge.env.resources.expressions() {
            let insert = match called {
                true => helper.name.clone(),
                false => format!("{}()", helper.name),
            };
            let (ty, doc) = (helpers::gives(helper), helpers::doc(helper));
            let is_new = self.add(&helper.name, Kind::Function, (&ty, &doc), insert);
            if is_new
                && !called
                && !helper.params.is_empty()
                && let Some((_, item)) = self.found.last_mut()
            {
                item.caret -= 1;
            }
        }
    }

    /// `inside`: a quote stands before the name already.
    fn tables(&mut self, inside: bool) {
        let knowledge = self.knowledge;
        for table in knowledge.env.resources.tables() {
            let name = table.name.replace('\\', "\\\\").replace('"', "\\\"");
            let insert = match (inside, self.after.starts_with('"')) {
                (true, true) => name,
                (true, false) => format!("{name}\""),
                (false, _) => format!("\"{name}\""),
            };
            self.add(&table.name, Kind::Table, ("", &tables::doc(table)), insert);
        }
    }

    fn parameters(&mut self, inside: bool) {
        let knowledge = self.knowledge;
        for (name, attr) in &knowledge.env.parameters {
            let insert = match (inside, self.after.starts_with('%')) {
                (true, true) => name.clone(),
                (true, false) => format!("{name}%"),
                (false, _) => format!("%{name}%"),
            };
            let ty = Ty::of_attr(*attr).to_string();
            self.add(
                name,
                Kind::Parameter,
                (&ty, "A parameter of the profile."),
                insert,
            );
        }
    }

    fn target(&mut self) {
        let knowledge = self.knowledge;
        for (name, attr) in &knowledge.env.target_image {
            if let Some(written) = words::target(name).filter(|_| knowledge.readable(*attr)) {
                let ty = Ty::of_attr(*attr).with_null(true).to_string();
                let doc = "An attribute of the linked target object.";
                self.add(name, Kind::Attribute, (&ty, doc), written.to_owned());
            }
        }
    }

    fn known(&mut self, all: Vec<Known>) {
        let called = self.after.trim_start().starts_with('(');
        for known in all {
            let (kind, is_call) = match known.form {
                Form::Function => (Kind::Function, true),
                Form::Method => (Kind::Method, true),
                Form::Property => (Kind::Property, false),
                Form::Constant => (Kind::Constant, false),
            };
            let insert = match is_call && !called {
                true => format!("{}()", known.name),
                false => known.name.to_owned(),
            };
            if self.add(known.name, kind, (known.gives(), known.doc), insert)
                && is_call
                && !called
                && known.takes_arguments()
                && let Some((_, item)) = self.found.last_mut()
            {
                item.caret -= 1;
            }
        }
    }

    fn words(&mut self, words: &[Word], kind: Kind) {
        for (word, doc) in words {
            self.add(word, kind, ("", doc), (*word).to_owned());
        }
    }

    /// Adds an item that fits what was typed.
    fn add(&mut self, label: &str, kind: Kind, (ty, doc): (&str, &str), insert: String) -> bool {
        let Some(rank) = rank(label, self.typed) else {
            return false;
        };
        let twice = matches!(kind, Kind::Keyword | Kind::Type)
            && self
                .found
                .iter()
                .any(|(_, item)| item.label == label && item.kind != Kind::Attribute);
        if twice {
            return false;
        }
        let item = Item {
            label: label.to_owned(),
            kind,
            ty: ty.to_owned(),
            doc: doc.to_owned(),
            fill: None,
            samples: Vec::new(),
            caret: insert.encode_utf16().count() as u32,
            insert,
            span: self.span,
        };
        self.found.push((rank, item));
        true
    }
}
