//! What can be called or read: members of values and of types, and functions, with signatures and a line each.
//!
//! Invariants: only what the checker accepts on that type is listed; one entry a name, its overloads together.

use std::collections::BTreeMap;

use syncline_model::rules::{Dialect, ErrorKind};

use super::builtin::{CONSTANTS, FUNCTIONS, OF_ENTRA, OF_LISTS, OF_REGEX, Row, STATICS};
use crate::stdlib::{self, Entry, Function};
use crate::types::{Base, Ty};

/// How something is written after its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Function,
    Method,
    Property,
    Constant,
}

/// Something of the library.
#[derive(Clone)]
pub(super) struct Known {
    pub name: &'static str,
    pub form: Form,
    /// As people write them, from the name on.
    pub signatures: Vec<String>,
    /// What it does.
    pub doc: &'static str,
    /// How to avoid its errors.
    pub advice: &'static str,
    pub errors: Vec<ErrorKind>,
    pub entry: Option<&'static Entry>,
}

impl Known {
    fn plain(name: &'static str, form: Form, tail: &str, doc: &'static str) -> Self {
        Self {
            name,
            form,
            signatures: vec![format!("{name}{tail}")],
            doc,
            advice: "",
            errors: Vec::new(),
            entry: None,
        }
    }

    fn row((name, tail, doc): &Row, form: Form) -> Self {
        Self::plain(name, form, tail, doc)
    }

    /// The type of what it gives, as its first signature says.
    pub fn gives(&self) -> &str {
        let first = self.signatures.first().map_or("", String::as_str);
        first.rsplit_once(": ").map_or("", |(_, ty)| ty)
    }

    /// Is it called with arguments, in its first form?
    pub fn takes_arguments(&self) -> bool {
        self.signatures.first().is_some_and(|s| !s.contains("()"))
    }
}

/// Everything by its name; what comes first stays first.
#[derive(Default)]
struct Names(BTreeMap<&'static str, Known>);

impl Names {
    fn add(&mut self, known: Known) {
        match self.0.get_mut(known.name) {
            Some(there) => {
                for signature in known.signatures {
                    if !there.signatures.contains(&signature) {
                        there.signatures.push(signature);
                    }
                }
            }
            None => drop(self.0.insert(known.name, known)),
        }
    }

    fn functions(&mut self, name: &'static str, form: Form, functions: &[&'static Function]) {
        for function in functions {
            let entry = stdlib::entry_of(function.signature);
            let mut known = Known::plain(name, form, "", entry.map_or("", |e| e.summary));
            known.signatures = vec![written(function.signature, name)];
            known.advice = function.advice;
            known.errors = function.errors.to_vec();
            known.entry = entry;
            self.add(known);
        }
    }

    fn list(self) -> Vec<Known> {
        self.0.into_values().collect()
    }
}

/// A signature from the name on.
fn written(signature: &str, name: &str) -> String {
    let end = signature.find('(').or_else(|| signature.find(':'));
    let head = &signature[..end.unwrap_or(signature.len())];
    let at = head.rfind(name).unwrap_or(0);
    signature[at..].to_owned()
}

/// The members of a value.
pub(super) fn of_value(ty: &Ty) -> Vec<Known> {
    let mut names = Names::default();
    if matches!(ty.base, Base::Null | Base::Never | Base::Unknown) {
        return Vec::new();
    }
    if let Base::Grouping(group) = &ty.base {
        let key = format!(": {}", group.0);
        names.add(Known::plain(
            "Key",
            Form::Property,
            &key,
            "What the elements of the group have in common.",
        ));
        lists(&mut names, &group.1);
        return names.list();
    }
    if let Base::Regex(_) = &ty.base {
        OF_REGEX
            .iter()
            .for_each(|row| names.add(Known::row(row, Form::Method)));
        return names.list();
    }
    own(&mut names, ty);
    if let Some(element) = ty.element() {
        lists(&mut names, element);
    }
    for name in stdlib::property_names(&ty.base) {
        let property = stdlib::property(&ty.base, name);
        names.functions(name, Form::Property, property.as_slice());
    }
    for name in stdlib::instance_names(&ty.base) {
        names.functions(name, Form::Method, &stdlib::instance(&ty.base, name));
    }
    helpers(&mut names, ty);
    if ty.is_text() {
        lists(&mut names, &Ty::of(Base::Char));
    }
    if ty.base == Base::Binary {
        lists(&mut names, &Ty::of(Base::Int));
    }
    names.list()
}

/// What every value, or every value of a kind, has.
fn own(names: &mut Names, ty: &Ty) {
    let mut property = |name, gives: &str, doc| {
        names.add(Known::plain(
            name,
            Form::Property,
            &format!(": {gives}"),
            doc,
        ));
    };
    let present = ty.with_null(false).to_string();
    let is_value = ty.base.is_word() || ty.base == Base::Decimal;
    match &ty.base {
        Base::String | Base::Written | Base::Reference => {
            property("Length", "int", "How many UTF-16 code units the text has.")
        }
        Base::Binary => property("Length", "int", "How many octets there are."),
        Base::List(_) => {
            property("Count", "int", "How many elements there are.");
            property("Length", "int", "How many elements there are.");
        }
        Base::Groups(_) => property("Count", "int", "How many groups the pattern has."),
        Base::Match(_) => property(
            "Groups",
            "GroupCollection",
            "What the groups of the pattern matched.",
        ),
        Base::Enum("CultureInfo") => {
            property("TextInfo", "TextInfo", "The culture's rules of case.")
        }
        _ => {}
    }
    if is_value && !matches!(ty.base, Base::Enum(_)) && ty.nullable {
        property("HasValue", "bool", "Whether there is a value.");
    }
    if is_value && !matches!(ty.base, Base::Enum(_)) && ty.nullable
        || ty.base == Base::Guid && ty.nullable
    {
        property("Value", &present, "The value; fails where there is none.");
    }
    let mut method = |name, tail: &str, doc| names.add(Known::plain(name, Form::Method, tail, doc));
    if is_value && !matches!(ty.base, Base::Enum(_)) && ty.nullable {
        method(
            "GetValueOrDefault",
            &format!("({present} default): {present}"),
            "The value, or another one where there is none.",
        );
    }
    let speaks = !matches!(ty.base, Base::List(_) | Base::Binary | Base::Groups(_));
    if speaks {
        method("ToString", "(): string", "The value as text.");
        method("Equals", "(value): bool", "Whether both are the same.");
    }
}

fn lists(names: &mut Names, element: &Ty) {
    for (name, tail, doc) in OF_LISTS {
        names.add(Known::plain(
            name,
            Form::Method,
            &of_element(tail, element),
            doc,
        ));
    }
}

/// A signature with the type of the elements in place of `T`.
fn of_element(tail: &str, element: &Ty) -> String {
    let present = element.with_null(false).to_string();
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = tail.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = chars.peek().is_none_or(|next| !next.is_alphanumeric());
        if c == 'T' && !before.is_alphanumeric() && ends {
            out.push_str(&present);
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// Our own functions whose first argument is such a value, called as its methods.
fn helpers(names: &mut Names, ty: &Ty) {
    for name in stdlib::helper_names() {
        for function in stdlib::helpers(name) {
            let takes = function.params.first().is_some_and(|first| {
                first.ty.base == ty.base
                    || first.ty.is_text() && ty.is_text()
                    || texts(&first.ty) && texts(ty)
            });
            if takes {
                let before = names.0.contains_key(name);
                names.functions(name, Form::Method, &[function]);
                if !before && let Some(known) = names.0.get_mut(name) {
                    known.signatures = known.signatures.iter().map(|s| without_first(s)).collect();
                }
            }
        }
    }
}

fn texts(ty: &Ty) -> bool {
    ty.element().is_some_and(Ty::is_text)
}

/// `F(string value, int n): int` as `F(int n): int`.
fn without_first(signature: &str) -> String {
    let Some((head, rest)) = signature.split_once('(') else {
        return signature.to_owned();
    };
    let end = rest.find(')').unwrap_or(rest.len());
    let params = rest[..end].split_once(", ").map_or("", |(_, more)| more);
    format!("{head}({params}{}", &rest[end..])
}

/// The members of a type.
pub(super) fn of_type(owner: &str) -> Vec<Known> {
    let mut names = Names::default();
    for (_, members, ty) in CONSTANTS.iter().filter(|(of, ..)| *of == owner) {
        for name in *members {
            names.add(Known::plain(name, Form::Constant, &format!(": {ty}"), ""));
        }
    }
    for name in stdlib::enum_names(owner).unwrap_or(&[]) {
        names.add(Known::plain(
            name,
            Form::Constant,
            &format!(": {owner}"),
            "",
        ));
    }
    for (_, row) in STATICS.iter().filter(|(of, _)| *of == owner) {
        names.add(Known::row(row, Form::Method));
    }
    for name in stdlib::static_names(owner) {
        if name != "new" {
            names.functions(name, Form::Method, &stdlib::statics(owner, name));
        }
    }
    names.list()
}

/// How a type is made with `new`.
pub(super) fn made(ty: &str) -> Option<Known> {
    let owner = stdlib::type_name(ty)?;
    let mut names = Names::default();
    names.functions("new", Form::Method, &stdlib::statics(owner, "new"));
    let mut known = names.list().pop()?;
    let named = known.signatures.iter().map(|s| s.replacen("new", owner, 1));
    known.signatures = named.collect();
    known.name = owner;
    Some(known)
}

/// The functions that are called without a receiver.
pub(super) fn functions(dialect: Dialect) -> Vec<Known> {
    let mut names = Names::default();
    for row in FUNCTIONS {
        names.add(Known::row(row, Form::Function));
    }
    if dialect == Dialect::Entra {
        OF_ENTRA
            .iter()
            .for_each(|row| names.add(Known::row(row, Form::Function)));
    }
    for name in stdlib::helper_names() {
        names.functions(name, Form::Function, &stdlib::helpers(name));
    }
    for name in stdlib::entra_names() {
        names.functions(name, Form::Function, &stdlib::entra(name));
    }
    names.list()
}
