//! The points at which a test may fail a step: before its effect and after it.

use std::fmt;
use std::sync::Arc;

use crate::error::{HostError, Result};

/// Where in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Its effect is not there yet.
    Before,
    /// Its effect is there, its report is not.
    After,
}

type Question = dyn Fn(&'static str, Moment) -> bool + Send + Sync;

/// Lets steps pass. Open in production.
#[derive(Clone)]
pub struct Gate(Option<Arc<Question>>);

impl Gate {
    /// Everything passes.
    pub fn open() -> Self {
        Self(None)
    }

    /// A step passes where the question answers true; else it fails with `host.step_failed`.
    pub fn asking(question: impl Fn(&'static str, Moment) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(question)))
    }

    pub(super) fn pass(&self, step: &'static str, moment: Moment) -> Result<()> {
        match &self.0 {
            Some(question) if !question(step, moment) => Err(HostError::new(
                "host.step_failed",
                format!("step {step} was made to fail {moment:?} its effect"),
            )
            .or_later()),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Gate(asking)"
        } else {
            "Gate(open)"
        })
    }
}
