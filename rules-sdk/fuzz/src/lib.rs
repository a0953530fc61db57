//! What nobody would write, for the compiler of rules to survive.

pub mod dice;
pub mod sources;
pub mod survive;
