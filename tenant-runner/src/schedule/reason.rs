//! What a reason is made of.
//!
//! Invariant: whoever gives one names its code, whether it waits for a person, what it is about, and a sentence.

use crate::resource::instant::Instant;
use crate::resource::scheduler::Reason;

/// Somebody has to do something.
pub const BLOCKS: bool = true;
/// It passes by itself.
pub const PASSES: bool = false;

/// A reason of its parts.
pub fn reason<const N: usize>(
    code: &str,
    blocks: bool,
    args: [(&str, String); N],
    text: String,
) -> Reason {
    Reason {
        code: code.to_owned(),
        blocks,
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        text,
    }
}

/// An instant as programs read it.
pub fn written(at_ms: i64) -> String {
    match serde_json::to_value(Instant::from_unix_ms(at_ms)) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
