//! The crate `rhai`: the whole profile as one script, parsed once, evaluated with a scope of the variables it reads.
//!
//! Texts are bound as the crate's own shared strings; padding on the left, which it lacks, is one native function.

use rhai::{AST, Array, Dynamic, Engine, ImmutableString, OptimizationLevel, Scope};

use super::{Answers, Peer, TOGETHER};
use crate::clock::timed;
use crate::users::{ATTRIBUTES, Field, User, at};

const SCRIPT: &str = r#"
    if !accountEnabled || employeeType == "Contractor" { return (); }
    if telephoneNumber != () { telephoneNumber.replace(" ", ""); }
    if department != () { department.replace("&", "and"); }
    if title == () { title = "Employee"; } else {
        title.trim();
        if title == "" { title = "Employee"; }
    }
    let primary = ();
    let moved = ();
    if proxyAddresses != () {
        primary = proxyAddresses.find(|a| a.starts_with("SMTP:"));
        if primary != () { primary = primary.sub_string(5); }
        moved = proxyAddresses.map(|a| { a.replace("@contoso.com", "@fabrikam.com"); a });
    }
    let place = if c == "DE" { if company == "Contoso" { "Berlin" } else { "Munich" } }
        else if c == "US" { if company == "Fabrikam" { "Redmond" } else { "Seattle" } }
        else if c == "GB" { "London" } else { "Paris" };
    [
        employeeID,
        if mail != () { mail.split("@")[0] },
        if userPrincipalName != () { userPrincipalName.to_lower() },
        givenName + " " + sn,
        place,
        telephoneNumber,
        department,
        if employeeNumber != () { pad_left(employeeNumber, 8, '0') },
        primary,
        title,
        moved,
    ]
"#;

/// What the script reads.
const BOUND: [usize; 14] = [
    at::ENABLED,
    at::KIND,
    at::ID,
    at::MAIL,
    at::UPN,
    at::GIVEN,
    at::SURNAME,
    at::COUNTRY,
    at::COMPANY,
    at::PHONE,
    at::DEPARTMENT,
    at::NUMBER,
    at::ADDRESSES,
    at::TITLE,
];

/// The engine and the script.
pub struct Rhai {
    engine: Engine,
    script: AST,
}

impl Rhai {
    /// Parses the profile.
    pub fn new() -> anyhow::Result<Self> {
        let mut engine = Engine::new();
        engine.set_optimization_level(OptimizationLevel::Full);
        engine.register_fn(
            "pad_left",
            |text: ImmutableString, width: i64, with: char| {
                let missing = (width as usize).saturating_sub(text.chars().count());
                let padded: String = std::iter::repeat_n(with, missing)
                    .chain(text.chars())
                    .collect();
                ImmutableString::from(padded)
            },
        );
        let script = engine.compile(SCRIPT)?;
        Ok(Self { engine, script })
    }
}

impl Peer for Rhai {
    fn name(&self) -> &'static str {
        "rhai"
    }

    fn run(&mut self, users: &[User]) -> anyhow::Result<Answers> {
        let (mut answers, mut evaluated) = (Vec::with_capacity(users.len()), 0);
        let mut scopes: Vec<Scope<'_>> = (0..TOGETHER).map(|_| Scope::new()).collect();
        for users in users.chunks(TOGETHER) {
            for (scope, user) in scopes.iter_mut().zip(users) {
                scope.clear();
                for place in BOUND {
                    scope.push_dynamic(ATTRIBUTES[place], bound(&user.fields[place]));
                }
            }
            let evaluate = |scope| {
                self.engine
                    .eval_ast_with_scope::<Dynamic>(scope, &self.script)
            };
            let (values, ns) = timed(|| {
                let scopes = scopes.iter_mut().take(users.len());
                scopes.map(evaluate).collect::<Result<Vec<_>, _>>()
            });
            evaluated += ns;
            let values = values.map_err(|e| anyhow::anyhow!("rhai: {e}"))?;
            answers.extend(values.into_iter().map(|value| {
                let row = value.try_cast::<Array>()?;
                Some(row.into_iter().map(field).collect())
            }));
        }
        Ok((answers, evaluated))
    }
}

fn bound(field: &Field) -> Dynamic {
    match field {
        Field::Absent => Dynamic::UNIT,
        Field::Flag(flag) => Dynamic::from(*flag),
        Field::Text(text) => Dynamic::from(ImmutableString::from(text.as_str())),
        Field::Texts(texts) => Dynamic::from_array(
            texts
                .iter()
                .map(|text| Dynamic::from(ImmutableString::from(text.as_str())))
                .collect(),
        ),
    }
}

fn field(value: Dynamic) -> Field {
    if value.is_unit() {
        return Field::Absent;
    }
    let text = |value: Dynamic| value.into_string().unwrap_or_else(|kind| kind.to_owned());
    if value.is_array() {
        let items = value.into_array().unwrap_or_default();
        return Field::Texts(items.into_iter().map(text).collect());
    }
    Field::Text(text(value))
}
