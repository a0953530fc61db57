//! Our own way in a run: stored bodies or rows packed from where they lie, answers read where they lie.

use std::hint::black_box;

use anyhow::Result;
use syncline_model::AttrId;
use syncline_model::rules::ProgramManifest;
use syncline_sandbox::{Program, Scope, Seen, SeenAnswer, Sink, StoredInput};

use crate::ours::{Rows, slots};
use crate::users::{Field, User};

/// The bodies of a batch, as a program takes them.
pub fn input<'b>(manifest: &ProgramManifest, bodies: Vec<&'b [u8]>) -> StoredInput<'b> {
    StoredInput {
        bodies,
        attributes: slots(manifest)
            .map(|place| Some(AttrId(place as u16)))
            .collect(),
    }
}

/// Key and flows of each row.
#[derive(Default)]
struct Fields(Vec<Option<Vec<Field>>>);

impl Sink for Fields {
    fn row(&mut self, scope: Scope) {
        self.0.push((scope == Scope::In).then(Vec::new));
    }

    fn answer(&mut self, _: usize, answer: SeenAnswer<'_, '_>) {
        let text = |seen: &Seen<'_>| match seen {
            Seen::String(text) => (*text).to_owned(),
            other => format!("{other:?}"),
        };
        let field = match &answer {
            SeenAnswer::Value(seen) => Field::Text(text(seen)),
            SeenAnswer::List(items) => Field::Texts(items.iter().map(text).collect()),
            SeenAnswer::Null => Field::Absent,
            other => Field::Text(format!("{other:?}")),
        };
        let row = self.0.last_mut().and_then(Option::as_mut);
        row.expect("answers follow a row in scope").push(field);
    }
}

/// Key and flows of each body.
pub fn answers(program: &mut Program, bodies: &[&[u8]]) -> Result<Vec<Option<Vec<Field>>>> {
    let mut fields = Fields::default();
    program.run_stored(&input(program.manifest(), bodies.to_vec()), &mut fields)?;
    Ok(fields.0)
}

/// Key and flows of each person.
pub fn answers_of_rows(program: &mut Program, users: &[User]) -> Result<Vec<Option<Vec<Field>>>> {
    let mut fields = Fields::default();
    let rows = Rows::new(program.manifest(), users);
    program.run_rows(&rows, &mut fields)?;
    Ok(fields.0)
}

/// How many bytes were seen, so that no look can be left out.
#[derive(Default)]
struct Looked(usize);

impl Looked {
    fn look(&mut self, seen: &Seen<'_>) {
        self.0 += match seen {
            Seen::String(text) | Seen::Reference(text) => text.len(),
            Seen::Binary(bytes) => bytes.len(),
            _ => 1,
        };
    }
}

impl Sink for Looked {
    fn row(&mut self, scope: Scope) {
        self.0 += usize::from(scope == Scope::In);
    }

    fn answer(&mut self, output: usize, answer: SeenAnswer<'_, '_>) {
        match answer {
            SeenAnswer::Value(seen) => self.look(&seen),
            SeenAnswer::List(items) => items.iter().for_each(|item| self.look(item)),
            _ => self.0 += output,
        }
    }
}

/// Packs bodies, evaluates and looks at every answer, and keeps none.
pub fn run(program: &mut Program, input: &StoredInput<'_>) -> Result<()> {
    let mut looked = Looked::default();
    program.run_stored(input, &mut looked)?;
    black_box(looked.0);
    Ok(())
}

/// The same over rows.
pub fn run_rows(program: &mut Program, users: &[User]) -> Result<()> {
    let mut looked = Looked::default();
    let rows = Rows::new(program.manifest(), users);
    program.run_rows(&rows, &mut looked)?;
    black_box(looked.0);
    Ok(())
}
