//! The proxy in front of real Samba domain controllers.

mod client;
mod faults;
mod manners;
