//! What the tenant's HTTP surface says and takes: the JSON of every resource, one file a resource.
//!
//! Invariants: ids travel in their text form, instants as RFC 3339 in UTC; a field that may be absent is
//! absent, never null; unknown fields in requests are refused.

pub mod agent;
pub mod approval;
pub mod checklist;
pub mod cloud;
pub mod cycle;
pub mod directory;
pub mod drafts;
pub mod guards;
pub mod instant;
pub mod language;
pub mod message;
pub mod notifications;
pub mod object;
pub mod password;
pub mod pattern;
pub mod profile;
pub mod rule_resource;
pub mod run;
pub mod schedule;
pub mod scheduler;
pub mod template;
pub mod wait;
pub mod what_if;
