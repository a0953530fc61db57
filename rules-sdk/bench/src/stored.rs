//! Our own way over stored bodies: packed as they lie, answers read where they lie.

use std::hint::black_box;

use anyhow::Result;
use syncline_model::AttrId;
use syncline_model::rules::ProgramManifest;
use syncline_sandbox::{Program, Scope, Seen, SeenAnswer, Sink, StoredInput};

use crate::ours::slots;
use crate::users::Field;

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
pub fn answers(program: &mut Program, bodies: &[&[u8]]) -> Result<Vec<Option<Vec<Field>>>> {
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
    let mut fields = Fields(Vec::new());
    program.run_stored(&input(program.manifest(), bodies.to_vec()), &mut fields)?;
    Ok(fields.0)
}

/// Packs, evaluates and reads every answer, and keeps none.
pub fn run(program: &mut Program, input: &StoredInput<'_>) -> Result<()> {
    /// How many bytes were seen, so that no look can be left out.
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
    let mut looked = Looked(0);
    program.run_stored(input, &mut looked)?;
    black_box(looked.0);
    Ok(())
}
