//! What nobody would write: sources for the compiler of rules to survive, programs and objects on which both evaluators
//! have to agree, modules that no compiler of ours made.

pub mod both;
pub mod case;
pub mod corpus;
pub mod dice;
pub mod differ;
pub mod modules;
pub mod objects;
pub mod pairs;
pub mod programs;
pub mod reached;
pub mod shrink;
pub mod sources;
pub mod survive;
