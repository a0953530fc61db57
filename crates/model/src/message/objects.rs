//! What is wrong with an object, by kind (D-71).

use super::{Entry, Severity, entry, severity_of};
use crate::error::ErrorKind;

/// The entry of a kind.
pub fn of_kind(kind: ErrorKind) -> Entry {
    let (what, to_do) = sentences(kind);
    let severity = match kind {
        // Nothing is lost yet: it is sent again, or read first.
        ErrorKind::NotReimported | ErrorKind::WaitingForAttribute => Severity::Warning,
        _ => severity_of(kind.class()),
    };
    entry(kind.code(), severity, kind.class(), what, to_do)
}

/// What happened, and what to do.
fn sentences(kind: ErrorKind) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::Connection => (
            "The connection to the directory could not be made, or broke.",
            "Nothing, if it stays alone; else check that the directory's server and the way to it are up.",
        ),
        ErrorKind::Throttled => (
            "The directory asked for a pause.",
            "Nothing; it goes on when the directory allows.",
        ),
        ErrorKind::Busy => (
            "The directory was busy with something else.",
            "Nothing, if it stays alone; else look at the directory's load.",
        ),
        ErrorKind::Timeout => (
            "The directory did not answer in time.",
            "Check the directory's load and the way to it.",
        ),
        ErrorKind::AgentOffline => (
            "No agent of the directory is connected.",
            "Start the agent on its host, and check that the host reaches this service.",
        ),
        ErrorKind::OutcomeUnknown => (
            "An operation was sent and nobody knows yet whether it took effect.",
            "Nothing; it is looked up in the directory before anything is repeated.",
        ),
        ErrorKind::SchemaViolation => (
            "The directory's schema does not allow it.",
            "Compare the mapped attributes with the directory's schema, and read the schema again if it changed.",
        ),
        ErrorKind::ConstraintViolation => (
            "A rule of the directory does not allow it: a value too long, or a change that it keeps to itself.",
            "Read the directory's own words, and correct the value at its source or in the rule.",
        ),
        ErrorKind::InvalidValue => (
            "A value has a form that the directory does not accept.",
            "Correct the value at its source or in the rule.",
        ),
        ErrorKind::InvalidDn => (
            "The name is not a distinguished name, or not one that the directory accepts.",
            "Correct the DN expression; what comes from people goes through Dn.Escape.",
        ),
        ErrorKind::ParentMissing => (
            "The container in which the object is to lie does not exist.",
            "Create the container, or change the DN expression.",
        ),
        ErrorKind::MustBeUnique => (
            "A value that nobody may share is held by another object.",
            "Find the object that holds it, or change the rule that makes the value.",
        ),
        ErrorKind::DuplicateObject => (
            "Two entries of one import claim to be the same object and differ; neither counts.",
            "Leave one of the two entries in the source.",
        ),
        ErrorKind::AmbiguousMatch => (
            "Several objects match, so it was neither joined nor created.",
            "Make the match values unique, add a match group that tells the candidates apart, or join by hand.",
        ),
        ErrorKind::AlreadyJoined => (
            "The only object that matches is joined to another one already.",
            "Correct the match values of one of the two, or end the other link.",
        ),
        ErrorKind::ProvisionConflict => (
            "The name of the object to be created is taken by an object that is not linked.",
            "Let the match find that object, rename it, or change the DN expression.",
        ),
        ErrorKind::MissingMandatory => (
            "A mandatory attribute has no value, so nothing was staged.",
            "Give the value at its source, or map the attribute.",
        ),
        ErrorKind::MultiToSingle => (
            "Several values came for an attribute that takes one.",
            "Leave one value in the source, or choose one in the rule.",
        ),
        ErrorKind::ValueSetIncomplete => (
            "The values of an attribute could not be read whole, so the object stays as it was known.",
            "Nothing, if it stays alone; else let the sync account read the attribute.",
        ),
        ErrorKind::Unreadable => (
            "The entry could not be read, so the object stays as it was known.",
            "Correct the entry in the directory; the message says what is wrong with it.",
        ),
        ErrorKind::Rule => (
            "A rule failed on this object; it keeps the values it had.",
            "Correct the expression, or the value that it does not expect.",
        ),
        ErrorKind::TwoLinkingRules => (
            "Two rules that may link are in scope for the object at once.",
            "Change the scope of one of the two.",
        ),
        ErrorKind::TypeMismatch => (
            "A value's type is not the attribute's.",
            "Convert the value in the expression.",
        ),
        ErrorKind::WaitingForAttribute => (
            "A rule reads an attribute that no complete import has read yet; the object keeps the values it had.",
            "Nothing; the next cycle reads the directory in full.",
        ),
        ErrorKind::Authentication => (
            "The directory refused the credentials.",
            "Set the directory's credential anew.",
        ),
        ErrorKind::Permission => (
            "A right is missing.",
            "Give the sync account or the application the right that the message names.",
        ),
        ErrorKind::PolicyRefused => (
            "The policy on the agent's host does not allow it.",
            "Take the object or attribute out of the profile, or have the host's administrator change policy.toml.",
        ),
        ErrorKind::Guard => (
            "A guard holds it.",
            "Look at the held list, and approve or reject it.",
        ),
        ErrorKind::NotReimported => (
            "An import shows another value than the one that was exported and acknowledged.",
            "Find what changes it back in the directory, or correct the value; after some tries it is not sent any more.",
        ),
        ErrorKind::Contested => (
            "The same value was changed back again and again, so it is not sent any more.",
            "Find what changes it back, or correct the value or its rule; then have it sent again.",
        ),
        ErrorKind::ObjectExists => (
            "The object to be added exists already.",
            "Let the match find it, or rename one of the two.",
        ),
        ErrorKind::ObjectMissing => (
            "The object to be changed is gone.",
            "Nothing; the next import tells, and the profile says whether it is created again.",
        ),
        ErrorKind::Internal => (
            "A defect of ours; the object is set aside and the others go on.",
            "Report it with the message and its run.",
        ),
    }
}
