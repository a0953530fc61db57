//! An LDAP man in the middle with **Windows manners**, between a client and a Samba domain controller.
//!
//! Samba is kinder than Windows: no size limit, no cut value sets, DirSync in one round, slow
//! notifications, no permissive modify. This proxy imposes what Samba leaves out, each manner
//! switchable; it also records every write and breaks connections where a test says so.
//!
//! Invariants: nothing is invented that the directory did not answer, but for the errors and referrals
//! a manner names; the same seed gives the same manners; what is recorded is what the directory
//! answered, whether or not the client lived to hear it.

pub mod ber;
pub mod body;
mod connection;
mod dirsync;
mod fault;
mod manners;
pub mod message;
mod modify;
mod notification;
mod proxy;
mod record;
mod search;
mod shared;
mod tls;
mod upstream;

pub use fault::Fault;
pub use manners::{DirSyncRounds, Manners};
pub use proxy::{ANY, Proxy, ProxyError, ProxyOptions, Stats, read_record};
pub use record::{Change, Value, Write, WriteOperation};
