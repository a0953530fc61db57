//! Expressions with the names of the tenant's own directories in place of the vendor's.
//!
//! Invariants: nothing but names is changed, with two exceptions that are remarked on (a bit of `userAccountControl`, the
//! name of a conflict object); what reads something that is not shown is refused, never guessed.

use std::collections::BTreeSet;

use syncline_model::value::ValueType;

use crate::expression::{BY_NAME, Piece, pieces};
use crate::landscape::{Found, account_flag};
use crate::report::Remark;
use crate::scope::number;

/// The side that a rule reads.
pub(crate) struct Reads<'a> {
    /// What an attribute is there.
    pub(crate) look: &'a dyn Fn(&str) -> Found,
    /// What a parameter is called in the draft.
    pub(crate) parameter: &'a dyn Fn(&str) -> Option<String>,
}

/// What is to be said of a rule's or flow's texts.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    absent: BTreeSet<String>,
    flags: bool,
    conflict_name: bool,
    counts: bool,
    first: bool,
}

impl Texts {
    /// Takes note of an attribute that no object has.
    pub(crate) fn absent(&mut self, name: &str) {
        self.absent.insert(name.to_owned());
    }

    /// Takes note that one of several values is taken.
    pub(crate) fn first(&mut self) {
        self.first = true;
    }

    /// The differences.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        let mut out = Vec::new();
        if !self.absent.is_empty() {
            let names: Vec<String> = self.absent.iter().map(|n| format!("`{n}`")).collect();
            let message = format!(
                "The directory has no {}: no value is read there.",
                names.join(", ")
            );
            out.push(remark("attribute.absent", message));
        }
        if self.flags {
            let message =
                "A bit of `userAccountControl` is read under the name that Syncline offers it by.";
            out.push(remark("attribute.flag", message));
        }
        if self.first {
            let message = "The attribute takes one value: of several the first is taken, where the original fails.";
            out.push(remark("flow.first", message));
        }
        if self.counts {
            let message = "Expressions see no references here, so their count is 0: a limit on it is never reached.";
            out.push(remark("expression.count", message));
        }
        if self.conflict_name {
            let message = "That an object is the loser of a replication conflict is told by `CNF:` in its `cn`.";
            out.push(remark("attribute.name", message));
        }
        out
    }
}

/// A sentence with its code.
pub(crate) fn remark(code: &str, message: impl Into<String>) -> Remark {
    Remark {
        code: code.to_owned(),
        message: message.into(),
    }
}

/// An expression that has this type and no value.
pub(crate) fn absent(value_type: ValueType, multi: bool) -> Option<String> {
    Some(
        match (value_type, multi) {
            (ValueType::String, true) => "Split(IIF(False,\"\",NULL),\",\")",
            (ValueType::String, false) => "IIF(False,\"\",NULL)",
            (ValueType::Integer, false) => "IIF(False,0,NULL)",
            (ValueType::Boolean, false) => "IIF(False,False,NULL)",
            _ => return None,
        }
        .to_owned(),
    )
}

/// An expression over the side that the rule reads.
pub(crate) fn translate(
    expression: &str,
    reads: &Reads<'_>,
    texts: &mut Texts,
) -> Result<String, Remark> {
    let all = pieces(expression);
    let mut out = String::with_capacity(expression.len());
    let mut at = 0;
    while at < all.len() {
        let (text, length) = step(&all[at..], reads, texts)?;
        out.push_str(&text);
        at += length;
    }
    Ok(out)
}

/// What the first pieces become, and how many they are.
fn step(
    rest: &[Piece<'_>],
    reads: &Reads<'_>,
    texts: &mut Texts,
) -> Result<(String, usize), Remark> {
    match &rest[0] {
        Piece::Parameter(name) => match (reads.parameter)(name) {
            Some(name) => Ok((format!("%{name}%"), 1)),
            None => Err(remark(
                "expression.parameter",
                format!(
                    "The export does not say what `%{name}%` is: write its value into the draft."
                ),
            )),
        },
        Piece::Attribute(name) => {
            let text = attribute(name, reads, texts)?;
            Ok((text, 1))
        }
        Piece::Word(word) if BY_NAME.contains(word) => by_name(word, rest, reads, texts),
        Piece::Word("BitAnd") => {
            Ok(flag(rest, reads, texts).unwrap_or_else(|| ("BitAnd".into(), 1)))
        }
        Piece::Word("InStr") => {
            Ok(conflict(rest, reads, texts).unwrap_or_else(|| ("InStr".into(), 1)))
        }
        piece => Ok((piece.written(), 1)),
    }
}

fn attribute(name: &str, reads: &Reads<'_>, texts: &mut Texts) -> Result<String, Remark> {
    match (reads.look)(name) {
        Found::Attr(def) if def.value_type == ValueType::Reference => {
            let message = format!(
                "The expression reads `{name}`, and expressions see no references: take it as it is, or leave it out."
            );
            Err(remark("expression.reference", message))
        }
        Found::Attr(def) => Ok(format!("[{}]", def.name)),
        Found::Absent(value_type, multi) => {
            let text = absent(value_type, multi).ok_or_else(|| {
                let message = format!(
                    "The directory has no `{name}`, and the expression cannot do without it."
                );
                remark("expression.attribute", message)
            })?;
            texts.absent(name);
            Ok(text)
        }
        Found::Hidden(why) => Err(hidden(name, &why)),
    }
}

fn hidden(name: &str, why: &str) -> Remark {
    let message =
        format!("The expression reads `{name}`: {why}. Write it with what the directory shows.");
    remark("expression.attribute", message)
}

/// `ImportedValue("name")` and the like.
fn by_name(
    word: &str,
    rest: &[Piece<'_>],
    reads: &Reads<'_>,
    texts: &mut Texts,
) -> Result<(String, usize), Remark> {
    let (found, length) = first(rest, 4);
    let [_, Piece::Other("("), name, Piece::Other(")")] = found.as_slice() else {
        return Ok((word.to_owned(), 1));
    };
    let Some(name) = name.plain_text() else {
        return Ok((word.to_owned(), 1));
    };
    match (reads.look)(name) {
        Found::Attr(def) if def.value_type == ValueType::Reference && word == "ValueCount" => {
            texts.counts = true;
            Ok(("0".into(), length))
        }
        Found::Attr(def) if def.value_type == ValueType::Reference => {
            Ok((attribute(name, reads, texts)?, length))
        }
        Found::Attr(def) => Ok((format!("{word}(\"{}\")", def.name), length)),
        Found::Absent(..) if word == "ValueCount" => {
            texts.absent(name);
            Ok(("0".into(), length))
        }
        Found::Absent(..) => Ok((attribute(name, reads, texts)?, length)),
        Found::Hidden(why) => Err(hidden(name, &why)),
    }
}

/// The first pieces that are not white space, and how many pieces they are with it.
fn first<'a, 't>(rest: &'a [Piece<'t>], wanted: usize) -> (Vec<&'a Piece<'t>>, usize) {
    let mut found = Vec::new();
    for (at, piece) in rest.iter().enumerate() {
        if !matches!(piece, Piece::Blank(_)) {
            found.push(piece);
        }
        if found.len() == wanted {
            return (found, at + 1);
        }
    }
    (found, rest.len())
}

/// `BitAnd([userAccountControl], 2)` where the bit has a name.
fn flag(rest: &[Piece<'_>], reads: &Reads<'_>, texts: &mut Texts) -> Option<(String, usize)> {
    let (found, length) = first(rest, 6);
    let [
        _,
        Piece::Other("("),
        Piece::Attribute(name),
        Piece::Other(","),
        Piece::Word(bit),
        Piece::Other(")"),
    ] = found.as_slice()
    else {
        return None;
    };
    let hidden = matches!((reads.look)(name), Found::Hidden(_));
    if !name.eq_ignore_ascii_case("userAccountControl") || !hidden {
        return None;
    }
    let bit = number(bit)?;
    let Found::Attr(def) = (reads.look)(account_flag(bit)?) else {
        return None;
    };
    texts.flags = true;
    Some((format!("IIF([{}],{bit},0)", def.name), length))
}

/// `InStr(DNComponent(CRef([dn]),1),"\\0ACNF:")`: whether an object lost a replication conflict.
fn conflict(rest: &[Piece<'_>], reads: &Reads<'_>, texts: &mut Texts) -> Option<(String, usize)> {
    let (found, length) = first(rest, 14);
    let [
        _,
        Piece::Other("("),
        Piece::Word("DNComponent"),
        Piece::Other("("),
        Piece::Word("CRef"),
        Piece::Other("("),
        Piece::Attribute(dn),
        Piece::Other(")"),
        Piece::Other(","),
        Piece::Word("1"),
        Piece::Other(")"),
        Piece::Other(","),
        Piece::Text(sought),
        Piece::Other(")"),
    ] = found.as_slice()
    else {
        return None;
    };
    let hidden = matches!((reads.look)(dn), Found::Hidden(_));
    if !dn.eq_ignore_ascii_case("dn") || !hidden || !sought.contains("0ACNF:") {
        return None;
    }
    let Found::Attr(def) = (reads.look)("cn") else {
        return None;
    };
    texts.conflict_name = true;
    Some((format!("InStr([{}],\"CNF:\")", def.name), length))
}

#[cfg(test)]
mod tests {
    use syncline_model::AttrName;
    use syncline_model::schema::{AttrDef, Confirmation};

    use super::*;

    fn look(name: &str) -> Found {
        let (spelled, value_type) = match name.to_ascii_lowercase().as_str() {
            "cn" => ("cn", ValueType::String),
            "accountdisabled" => ("accountDisabled", ValueType::Boolean),
            "mail" => ("mail", ValueType::String),
            "member" => ("member", ValueType::Reference),
            "none" => return Found::Absent(ValueType::Integer, false),
            "octets" => return Found::Absent(ValueType::Binary, false),
            _ => return Found::Hidden("nobody shows it".into()),
        };
        Found::Attr(AttrDef {
            name: AttrName::new(spelled),
            value_type,
            multi: false,
            required: false,
            writable: true,
            max_length: None,
            confirmation: Confirmation::Exact,
            sensitive: false,
        })
    }

    fn told(expression: &str) -> Result<(String, Vec<String>), String> {
        let parameter = |name: &str| (name == "P").then(|| "P.2".to_owned());
        let reads = Reads {
            look: &look,
            parameter: &parameter,
        };
        let mut texts = Texts::default();
        let text = translate(expression, &reads, &mut texts).map_err(|remark| remark.code)?;
        let codes = texts.remarks().into_iter().map(|remark| remark.code);
        Ok((text, codes.collect()))
    }

    fn plain(expression: &str) -> String {
        told(expression).unwrap().0
    }

    #[test]
    fn names_become_the_directorys_own_and_nothing_else_changes() {
        assert_eq!(
            plain("Trim( [MAIL] ) & \"[mail]\""),
            "Trim( [mail] ) & \"[mail]\""
        );
        assert_eq!(
            plain("%P% & ImportedValue( \"Mail\" )"),
            "%P.2% & ImportedValue(\"mail\")"
        );
        assert_eq!(told("%Q%"), Err("expression.parameter".into()));
        assert_eq!(told("[memberOf]"), Err("expression.attribute".into()));
        assert_eq!(told("[octets]"), Err("expression.attribute".into()));
        assert_eq!(told("[member]"), Err("expression.reference".into()));
        let count = ("0 > 5".to_owned(), vec!["expression.count".to_owned()]);
        assert_eq!(told("ValueCount(\"member\") > 5"), Ok(count));
    }

    #[test]
    fn what_no_object_has_reads_as_no_value() {
        let absent = (
            "IIF(IsNull(IIF(False,0,NULL)),1,2)".to_owned(),
            vec!["attribute.absent".to_owned()],
        );

        assert_eq!(told("IIF(IsNull([none]),1,2)"), Ok(absent));
        assert_eq!(plain("ValueCount(\"none\")"), "0");
    }

    #[test]
    fn bits_and_conflict_names_are_read_as_syncline_offers_them() {
        let flag = told("IIF(BitAnd([userAccountControl],2)=0,True,False)").unwrap();
        assert_eq!(flag.0, "IIF(IIF([accountDisabled],2,0)=0,True,False)");
        assert_eq!(flag.1, ["attribute.flag"]);
        assert_eq!(
            told("BitAnd([userAccountControl],64)"),
            Err("expression.attribute".into())
        );

        let name = told(r#"CBool(InStr(DNComponent(CRef([dn]),1),"\\0ACNF:")>0)"#).unwrap();
        assert_eq!(name.0, "CBool(InStr([cn],\"CNF:\")>0)");
        assert_eq!(name.1, ["attribute.name"]);
    }
}
