//! Objects as a program's rows: their values on the way in, its answers on the way out.
//!
//! Invariants: values enter and leave by type, from where they lie to where they lie; what a program gives that an
//! attribute cannot hold is an error of the row.

use syncline_engine::rules::{Answer, KeyAnswer, RowAnswer, RuleError, RuleRow, Scope};
use syncline_model::rules::{DRAW_BYTES, ProgramManifest, Role};
use syncline_model::{AttrId, Attrs, Value, Values};
use syncline_sandbox::{self as batch, In, Lent, RowError, RowSource, Seen, SeenAnswer, Sink};

/// Where a column's values come from.
pub(super) enum Column {
    /// An attribute of the object.
    Own(AttrId),
    /// An attribute of the linked target's confirmed image.
    Target(AttrId),
    /// Nobody has it.
    Absent { multi: bool },
    /// The run's clock, in ticks.
    Clock(i64),
    /// What each row draws.
    Draws(Vec<[u8; DRAW_BYTES]>),
}

/// Some objects, with the columns that a program reads of them.
pub(super) struct Lending<'a> {
    pub rows: &'a [RuleRow<'a>],
    pub columns: Vec<Column>,
    /// Which columns are lists.
    pub multi: Vec<bool>,
}

impl Lending<'_> {
    fn values(&self, row: usize, slot: usize) -> Option<&Values> {
        let row = &self.rows[row];
        let (attrs, id): (Option<&Attrs>, _) = match &self.columns[slot] {
            Column::Own(id) => (Some(row.attrs), *id),
            Column::Target(id) => (row.target, *id),
            _ => return None,
        };
        attrs?.get(id)
    }
}

impl RowSource for Lending<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn is_constant(&self, slot: usize) -> bool {
        matches!(self.columns[slot], Column::Absent { .. } | Column::Clock(_))
    }

    fn value(&self, row: usize, slot: usize) -> Lent<'_> {
        match &self.columns[slot] {
            Column::Absent { multi: true } => Lent::Many(0),
            Column::Absent { multi: false } => Lent::One(In::Null),
            Column::Clock(ticks) => Lent::One(In::Int(*ticks)),
            Column::Draws(seeds) => Lent::One(In::Bytes(&seeds[row])),
            Column::Own(_) | Column::Target(_) => match self.values(row, slot) {
                Some(values) if self.multi[slot] => Lent::Many(values.len()),
                Some(values) => Lent::One(values.iter().next().map_or(In::Null, input)),
                None => Lent::One(In::Null),
            },
        }
    }

    fn item(&self, row: usize, slot: usize, index: usize) -> In<'_> {
        let value = self
            .values(row, slot)
            .and_then(|values| values.iter().nth(index));
        value.map_or(In::Null, input)
    }
}

fn input(value: &Value) -> In<'_> {
    match value {
        Value::Text(text) => In::Str(text),
        Value::Int(n) | Value::Time(n) => In::Int(*n),
        Value::Bool(b) => In::Bool(*b),
        Value::Bytes(bytes) => In::Bytes(bytes),
        Value::Guid(guid) => In::Bytes(guid),
    }
}

/// Takes what a program answers.
pub(super) struct Answers<'m> {
    pub manifest: &'m ProgramManifest,
    pub rows: Vec<RowAnswer>,
}

impl Sink for Answers<'_> {
    fn row(&mut self, scope: batch::Scope) {
        let flows = match scope {
            batch::Scope::In => vec![Answer::Direct; self.manifest.flows.len()],
            _ => Vec::new(),
        };
        self.rows.push(RowAnswer {
            scope: match scope {
                batch::Scope::In => Scope::In,
                batch::Scope::Out => Scope::Out,
                batch::Scope::Error(error) => Scope::Failed(rule_error(error)),
            },
            keys: Vec::new(),
            dn: None,
            flows,
        });
    }

    fn answer(&mut self, output: usize, answer: SeenAnswer<'_, '_>) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        match self.manifest.outputs[output].role {
            Role::Scope => {}
            Role::Key(_) => row.keys.push(text(answer)),
            Role::Dn => row.dn = Some(text(answer)),
            Role::Flow(flow) => {
                if let Some(place) = row.flows.get_mut(flow as usize) {
                    *place = flow_answer(answer);
                }
            }
        }
    }
}

/// A match key or a distinguished name.
fn text(answer: SeenAnswer<'_, '_>) -> KeyAnswer {
    match answer {
        SeenAnswer::Value(Seen::String(text) | Seen::Reference(text)) => Ok(Some(text.to_owned())),
        SeenAnswer::Error(error) => Err(rule_error(*error)),
        SeenAnswer::Null | SeenAnswer::AuthoritativeNull | SeenAnswer::Ignore => Ok(None),
        SeenAnswer::Value(_) | SeenAnswer::List(_) => {
            Err(unholdable("no text where one is needed"))
        }
    }
}

fn flow_answer(answer: SeenAnswer<'_, '_>) -> Answer {
    let values = match answer {
        SeenAnswer::Value(seen) => value(seen).map(Values::one),
        SeenAnswer::List(items) => {
            let values: Result<Vec<Value>, RuleError> = items.iter().copied().map(value).collect();
            values.map(Values::new)
        }
        SeenAnswer::Null => return Answer::Null,
        SeenAnswer::AuthoritativeNull => return Answer::AuthoritativeNull,
        SeenAnswer::Ignore => return Answer::Ignore,
        SeenAnswer::Error(error) => return Answer::Failed(rule_error(*error)),
    };
    match values {
        Ok(Some(values)) => Answer::Value(values),
        Ok(None) => Answer::Null,
        Err(error) => Answer::Failed(error),
    }
}

/// What an attribute can hold of a rule's value.
fn value(seen: Seen<'_>) -> Result<Value, RuleError> {
    Ok(match seen {
        Seen::Bool(b) => Value::Bool(b),
        Seen::Char(c) => Value::text(
            char::from_u32(u32::from(c))
                .map(String::from)
                .unwrap_or_default(),
        ),
        Seen::Int(n) => Value::Int(i64::from(n)),
        Seen::Long(n) => Value::Int(n),
        Seen::Double(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::Int(n as i64),
        Seen::Double(_) => return Err(unholdable("a fraction")),
        Seen::String(text) | Seen::Reference(text) => Value::text(text),
        Seen::Binary(bytes) => Value::Bytes(bytes.into()),
        Seen::Guid(guid) => Value::Guid(guid),
        Seen::Date(ticks) => Value::Time(ticks),
    })
}

fn unholdable(what: &str) -> RuleError {
    RuleError {
        kind: "invalid_operation".into(),
        message: format!(
            "The rule gives {what}, which no attribute holds; convert it to text or a whole number."
        ),
    }
}

fn rule_error(error: RowError) -> RuleError {
    RuleError {
        kind: error.kind.as_str().to_owned(),
        message: error.message,
    }
}
