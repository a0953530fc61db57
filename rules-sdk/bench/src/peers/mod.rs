//! Other interpreters on the same twelve expressions. Feature `peers`.
//!
//! Each is used as its own documentation says is fastest: everything is compiled once, values are bound in the cheapest
//! way there is, and the three phases (bind, evaluate, read) are timed over 64 people at a time, so that no clock is
//! read for a single person.

mod in_cel;
mod in_quickjs;
mod in_rhai;

use crate::users::{Field, User};

/// People whose phases are timed together.
const TOGETHER: usize = 64;

/// Key and flows of each person, and the nanoseconds of evaluation alone.
pub type Answers = (Vec<Option<Vec<Field>>>, u64);

/// An interpreter with the profile in it.
pub trait Peer {
    /// What it is called.
    fn name(&self) -> &'static str;
    /// Binds, evaluates, reads.
    fn run(&mut self, users: &[User]) -> anyhow::Result<Answers>;
}

/// All of them, ready.
pub fn all() -> anyhow::Result<Vec<Box<dyn Peer>>> {
    Ok(vec![
        Box::new(in_cel::Cel::new()?),
        Box::new(in_rhai::Rhai::new()?),
        Box::new(in_quickjs::QuickJs::new()?),
    ])
}
