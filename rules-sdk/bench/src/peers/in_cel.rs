//! The crate `cel`: one program an expression, compiled once; the strings extension for what CEL itself lacks, and one
//! native function for padding, which neither has.
//!
//! Values are bound by a `VariableResolver` that lends texts without a copy, the cheapest way the crate documents.

use std::sync::Arc;

use cel::common::types::{CelBool, CelList, CelNull, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, Program, Value, extensions};

use super::{Answers, Peer, TOGETHER};
use crate::clock::timed;
use crate::users::{ATTRIBUTES, Field, User};

const SCOPE: &str = r#"accountEnabled == true && employeeType != "Contractor""#;
const OUTPUTS: [&str; 11] = [
    "employeeID",
    r#"mail == null ? null : mail.split("@")[0]"#,
    "userPrincipalName == null ? null : userPrincipalName.lowerAscii()",
    r#"givenName + " " + sn"#,
    r#"c == "DE" ? (company == "Contoso" ? "Berlin" : "Munich")
       : c == "US" ? (company == "Fabrikam" ? "Redmond" : "Seattle")
       : c == "GB" ? "London" : "Paris""#,
    r#"telephoneNumber == null ? null : telephoneNumber.replace(" ", "")"#,
    r#"department == null ? null : department.replace("&", "and")"#,
    r#"employeeNumber == null ? null : employeeNumber.padLeft(8, "0")"#,
    r#"proxyAddresses == null ? null : proxyAddresses.filter(a, a.startsWith("SMTP:"))[0].substring(5)"#,
    r#"title == null || title.trim() == "" ? "Employee" : title.trim()"#,
    r#"proxyAddresses == null ? null : proxyAddresses.map(a, a.replace("@contoso.com", "@fabrikam.com"))"#,
];

/// The programs and what they share.
pub struct Cel {
    env: Arc<Env>,
    scope: Program,
    outputs: Vec<Program>,
}

struct Row<'u>(&'u User);

impl VariableResolver for Row<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let place = ATTRIBUTES.iter().position(|name| *name == variable)?;
        let text = |text: &'b String| CelString::from(text.as_str());
        Some(match &self.0.fields[place] {
            Field::Absent => CowVal::owned(CelNull),
            Field::Flag(flag) => CowVal::owned(CelBool::from(*flag)),
            Field::Text(value) => CowVal::owned(text(value)),
            Field::Texts(values) => {
                let boxed = |value| Box::new(text(value)) as Box<dyn Val + 'b>;
                CowVal::owned(CelList::from(values.iter().map(boxed).collect::<Vec<_>>()))
            }
        })
    }
}

impl Cel {
    /// Compiles the profile.
    pub fn new() -> anyhow::Result<Self> {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings)
            .map_err(|e| anyhow::anyhow!("cel: {e}"))?;
        let compile = |env: &Env, text: &str| {
            env.compile(text)
                .map_err(|e| anyhow::anyhow!("cel: {text}: {e}"))
        };
        Ok(Self {
            scope: compile(&env, SCOPE)?,
            outputs: OUTPUTS
                .iter()
                .map(|text| compile(&env, text))
                .collect::<Result<_, _>>()?,
            env: Arc::new(env),
        })
    }
}

impl Peer for Cel {
    fn name(&self) -> &'static str {
        "cel"
    }

    fn run(&mut self, users: &[User]) -> anyhow::Result<Answers> {
        let mut root = Context::with_env(Arc::clone(&self.env));
        root.add_function(
            "padLeft",
            |cel::extractors::This(text): cel::extractors::This<Arc<String>>,
             width: i64,
             with: Arc<String>| {
                let missing = (width as usize).saturating_sub(text.chars().count());
                format!("{}{text}", with.repeat(missing))
            },
        )
        .map_err(|e| anyhow::anyhow!("cel: {e}"))?;
        let (mut answers, mut evaluated) = (Vec::with_capacity(users.len()), 0);
        for users in users.chunks(TOGETHER) {
            let rows: Vec<Row<'_>> = users.iter().map(Row).collect();
            let contexts: Vec<Context<'_, '_>> = (rows.iter())
                .map(|row| {
                    let mut context = root.new_inner_scope();
                    context.set_variable_resolver(row);
                    context
                })
                .collect();
            let evaluate =
                |context: &Context<'_, '_>| -> Result<Option<Vec<Value>>, cel::ExecutionError> {
                    if self.scope.execute(context)? != Value::Bool(true) {
                        return Ok(None);
                    }
                    self.outputs
                        .iter()
                        .map(|output| output.execute(context))
                        .collect::<Result<_, _>>()
                        .map(Some)
                };
            let (values, ns) =
                timed(|| contexts.iter().map(evaluate).collect::<Result<Vec<_>, _>>());
            evaluated += ns;
            let values = values.map_err(|e| anyhow::anyhow!("cel: {e}"))?;
            answers.extend(
                values
                    .into_iter()
                    .map(|row| row.map(|row| row.iter().map(field).collect())),
            );
        }
        Ok((answers, evaluated))
    }
}

fn field(value: &Value) -> Field {
    match value {
        Value::Null => Field::Absent,
        Value::String(text) => Field::Text(text.to_string()),
        Value::List(items) => Field::Texts(
            items
                .iter()
                .map(|item| match item {
                    Value::String(text) => text.to_string(),
                    other => format!("{other:?}"),
                })
                .collect(),
        ),
        other => Field::Text(format!("{other:?}")),
    }
}
