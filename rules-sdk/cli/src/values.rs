//! JSON to values and types of the language, and the present.

pub use syncline_rules::values::*;
use time::OffsetDateTime;

/// The present as ticks.
pub fn present() -> i64 {
    ticks_of(OffsetDateTime::now_utc()).unwrap_or_default()
}
