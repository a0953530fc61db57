//! The crate `rquickjs`: the whole profile as one function of QuickJS, compiled once and called with its arguments.

use rquickjs::function::Args;
use rquickjs::{Array, Context, Ctx, Function, Persistent, Runtime, String as Text, Value};

use super::{Answers, Peer, TOGETHER};
use crate::clock::timed;
use crate::users::{Field, User, at};

const FUNCTION: &str = r#"(
    (enabled, kind, id, mail, upn, given, surname, country, company, phone, department, number, addresses, title) => {
        if (!enabled || kind === "Contractor") return null;
        title = title === null ? "" : title.trim();
        return [
            id,
            mail === null ? null : mail.split("@")[0],
            upn === null ? null : upn.toLowerCase(),
            given + " " + surname,
            country === "DE" ? (company === "Contoso" ? "Berlin" : "Munich")
                : country === "US" ? (company === "Fabrikam" ? "Redmond" : "Seattle")
                : country === "GB" ? "London" : "Paris",
            phone === null ? null : phone.replaceAll(" ", ""),
            department === null ? null : department.replaceAll("&", "and"),
            number === null ? null : number.padStart(8, "0"),
            addresses === null ? null : (addresses.find(a => a.startsWith("SMTP:"))?.substring(5) ?? null),
            title === "" ? "Employee" : title,
            addresses === null ? null : addresses.map(a => a.replaceAll("@contoso.com", "@fabrikam.com")),
        ];
    }
)"#;

/// The function's parameters.
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

/// The function in its context.
pub struct QuickJs {
    function: Persistent<Function<'static>>,
    context: Context,
}

impl QuickJs {
    /// Compiles the profile.
    pub fn new() -> anyhow::Result<Self> {
        let context = Context::full(&Runtime::new()?)?;
        let function = context.with(|ctx| {
            let function: Function<'_> = ctx.eval(FUNCTION)?;
            Ok::<_, rquickjs::Error>(Persistent::save(&ctx, function))
        })?;
        Ok(Self { function, context })
    }
}

impl Peer for QuickJs {
    fn name(&self) -> &'static str {
        "rquickjs"
    }

    fn run(&mut self, users: &[User]) -> anyhow::Result<Answers> {
        let (mut answers, mut evaluated) = (Vec::with_capacity(users.len()), 0);
        let done = self.context.with(|ctx| {
            let function = self.function.clone().restore(&ctx)?;
            for users in users.chunks(TOGETHER) {
                let mut calls = Vec::with_capacity(TOGETHER);
                for user in users {
                    let mut args = Args::new(ctx.clone(), BOUND.len());
                    for place in BOUND {
                        args.push_arg(bound(&ctx, &user.fields[place])?)?;
                    }
                    calls.push(args);
                }
                let (values, ns) = timed(|| {
                    calls
                        .into_iter()
                        .map(|args| args.apply(&function))
                        .collect::<Result<Vec<Value<'_>>, _>>()
                });
                evaluated += ns;
                for value in values? {
                    answers.push(match value.as_array() {
                        Some(row) => Some(
                            row.iter::<Value<'_>>()
                                .map(|v| field(&v?))
                                .collect::<Result<_, _>>()?,
                        ),
                        None => None,
                    });
                }
            }
            Ok::<_, rquickjs::Error>(())
        });
        done?;
        Ok((answers, evaluated))
    }
}

fn bound<'js>(ctx: &Ctx<'js>, field: &Field) -> rquickjs::Result<Value<'js>> {
    Ok(match field {
        Field::Absent => Value::new_null(ctx.clone()),
        Field::Flag(flag) => Value::new_bool(ctx.clone(), *flag),
        Field::Text(text) => Text::from_str(ctx.clone(), text)?.into_value(),
        Field::Texts(texts) => {
            let array = Array::new(ctx.clone())?;
            for (index, text) in texts.iter().enumerate() {
                array.set(index, Text::from_str(ctx.clone(), text)?)?;
            }
            array.into_value()
        }
    })
}

fn field(value: &Value<'_>) -> rquickjs::Result<Field> {
    if let Some(text) = value.as_string() {
        return Ok(Field::Text(text.to_string()?));
    }
    if let Some(items) = value.as_array() {
        let texts = items.iter::<Text<'_>>().map(|text| text?.to_string());
        return Ok(Field::Texts(texts.collect::<Result<_, _>>()?));
    }
    Ok(Field::Absent)
}
