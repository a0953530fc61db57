//! Calls of every member of the library, built from its signatures.
//!
//! Invariants: a new signature is called without a word here, unless it takes a type that the generator cannot make.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use syncline_rules::stdlib::entries;

use super::kind::{Kind, members};
use super::tape::Tape;
use super::{arguments, expr};

/// How a member is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// On a value.
    Instance,
    /// On a value, without parentheses.
    Property,
    /// On a type.
    Static,
    /// By its name alone.
    Helper,
    /// By its name alone, in the dialect of Entra and in C#.
    Entra,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// What it takes.
    pub kind: Kind,
    /// What it is called.
    pub name: &'static str,
    /// May be left out.
    pub optional: bool,
    /// Takes any number.
    pub array: bool,
}

/// One overload.
#[derive(Debug)]
pub struct Member {
    /// As the library writes it.
    pub signature: &'static str,
    /// How it is called.
    pub form: Form,
    /// On what.
    pub owner: &'static str,
    /// By which name.
    pub name: &'static str,
    /// With what.
    pub params: Vec<Param>,
    /// What it gives.
    pub returns: Kind,
}

impl Member {
    fn parse(signature: &'static str) -> Option<Self> {
        let (form, rest) = match signature.split_once(' ') {
            Some(("static", rest)) => (Form::Static, rest),
            Some(("helper", rest)) => (Form::Helper, rest),
            Some(("property", rest)) => (Form::Property, rest),
            Some(("entra", rest)) => (Form::Entra, rest),
            _ => (Form::Instance, signature),
        };
        let (head, returns) = rest.rsplit_once(": ")?;
        let (path, params) = match head.strip_suffix(')') {
            Some(call) => call.split_once('(')?,
            None => (head, ""),
        };
        let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
        let params = params.split(", ").filter(|p| !p.is_empty());
        let params: Option<Vec<Param>> = params.map(Param::parse).collect();
        Some(Self {
            signature,
            form,
            owner,
            name,
            params: params?,
            returns: Kind::of(returns),
        })
    }

    /// Can the generator make everything that it takes?
    fn can_be_called(&self) -> bool {
        let known = |kind: Kind| !matches!(kind, Kind::Enum(name) if members(name).is_empty());
        self.params.iter().all(|p| known(p.kind))
            && (self.form != Form::Instance || known(Kind::of(self.owner)))
    }

    /// Does it draw?
    pub fn draws(&self) -> bool {
        self.owner == "Random.Shared"
            || ["NewGuid", "Guid", "Random", "RandomNum", "RandomString"].contains(&self.name)
                && self.params.iter().all(|p| p.kind != Kind::Octets)
                && (self.form == Form::Entra || self.name == "NewGuid")
    }
}

impl Param {
    fn parse(text: &'static str) -> Option<Self> {
        let (array, text) = match text.strip_prefix("params ") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (declared, default) = match text.split_once(" = ") {
            Some((declared, default)) => (declared, Some(default)),
            None => (text, None),
        };
        let (ty, name) = declared.rsplit_once(' ')?;
        let kind = Kind::of(match array {
            true => ty.strip_suffix("[]")?,
            false => ty,
        });
        Some(Self {
            kind,
            name,
            optional: default.is_some(),
            array,
        })
    }
}

/// Every overload of the library.
pub static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
    let signatures = entries().flat_map(|entry| entry.signatures());
    signatures.filter_map(Member::parse).collect()
});

/// Those that can be called, by what they give: of C#, and of Entra alone.
static BY_RESULT: LazyLock<[BTreeMap<Kind, Vec<&'static Member>>; 2]> = LazyLock::new(|| {
    let mut all = [BTreeMap::new(), BTreeMap::new()];
    for member in MEMBERS.iter().filter(|m| m.can_be_called()) {
        let both = member.form == Form::Entra;
        for (map, fits) in all.iter_mut().zip([true, both]) {
            if fits {
                let list: &mut Vec<&Member> = map.entry(member.returns).or_default();
                list.push(member);
            }
        }
    }
    all
});

/// One that gives this, or nothing where none does or it may not be called here.
pub fn member(t: &mut Tape<'_>, returns: Kind, entra: bool) -> Option<&'static Member> {
    let candidates = BY_RESULT[usize::from(entra)].get(&returns)?;
    let member = candidates[t.wide(candidates.len())];
    if member.draws() && !t.may_draw() {
        return None;
    }
    t.calls(member.signature);
    Some(member)
}

/// A call in C# of something that gives this.
pub fn call(t: &mut Tape<'_>, returns: Kind) -> Option<String> {
    let member = member(t, returns, false)?;
    if member.name == "Replace" && member.params.len() == 7 {
        let [source, old, with] = [(); 3].map(|()| expr(t, Kind::Text));
        return Some(format!(
            "Replace({source}, {old}, null, null, {with}, null, null)"
        ));
    }
    let receiver = match (member.form, member.owner) {
        (Form::Instance, "CultureInfo") => "CultureInfo.InvariantCulture.TextInfo.".to_owned(),
        (Form::Instance | Form::Property, owner) => {
            let value = expr(t, Kind::of(owner));
            format!("({value}).")
        }
        (Form::Static, owner) if member.name == "new" => format!("new {owner}"),
        (Form::Static, owner) => format!("{owner}."),
        (Form::Helper | Form::Entra, _) => String::new(),
    };
    let name = match member.name {
        "new" => "",
        name => name,
    };
    let is_property = !member.signature.contains('(');
    let args = match is_property {
        true => String::new(),
        false => format!(
            "({})",
            given(t, member, |t, p| arguments::csharp(t, member, p)).join(", ")
        ),
    };
    Some(format!("{receiver}{name}{args}"))
}

/// The arguments of a call: those that may be left out are, or not.
pub fn given(
    t: &mut Tape<'_>,
    member: &Member,
    mut one: impl FnMut(&mut Tape<'_>, &Param) -> String,
) -> Vec<String> {
    let mut args = Vec::new();
    for param in &member.params {
        if param.optional && t.next(2) == 0 {
            break;
        }
        let count = if param.array { 1 + t.next(3) } else { 1 };
        for _ in 0..count {
            args.push(one(t, param));
        }
    }
    args
}
