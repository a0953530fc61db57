//! One line of the log.

use super::{Class, Id, Link, Object};
use crate::clock::Moment;
use std::sync::Arc;

/// What was written, when, and as which change.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) sequence: u64,
    pub(crate) at: Moment,
    /// The object; for a reference the group that holds it.
    pub(crate) id: Id,
    pub(crate) class: Class,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// The object's own state, before and after; after nothing means gone for good.
    Object {
        before: Option<Arc<Object>>,
        after: Option<Arc<Object>>,
    },
    /// A reference: before it was the opposite of `present`.
    Link {
        link: Link,
        target: Id,
        target_class: Class,
        present: bool,
    },
}
