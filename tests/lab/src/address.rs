//! Loopback addresses, one per fixture, taken under a lock so that labs run side by side.
//!
//! Active Directory's ports are fixed, so two domain controllers need two addresses; all of
//! 127.0.0.0/8 answers without configuration.
//!
//! Invariants: an address is held by one fixture at a time over all processes of a user; the kernel
//! frees it when its holder dies.

use crate::{LabError, Result, dirs};
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
};

/// A loopback address that is ours until it is dropped.
#[derive(Debug)]
pub struct LoopbackAddress {
    ip: Ipv4Addr,
    _lock: dirs::Lock,
}

impl LoopbackAddress {
    /// Takes the first free address of 127.77.0.0/16.
    pub fn take() -> Result<Self> {
        for third in 1..=254 {
            for fourth in 1..=254 {
                if let Some(address) = Self::try_take(Ipv4Addr::new(127, 77, third, fourth))? {
                    return Ok(address);
                }
            }
            // Nothing free among 254: the ports are taken on every address, not by labs.
            if third == 1 && !ldap_ports_free(Ipv4Addr::new(127, 78, 0, 1)) {
                break;
            }
        }
        Err(LabError::NoAddress)
    }

    /// Takes the preferred address if it is free, or else any.
    pub fn take_or(preferred: Option<Ipv4Addr>) -> Result<Self> {
        match preferred.map(Self::try_take).transpose()?.flatten() {
            Some(address) => Ok(address),
            None => Self::take(),
        }
    }

    /// Takes this address, or answers `None` when somebody has it or its LDAP ports.
    pub fn try_take(ip: Ipv4Addr) -> Result<Option<Self>> {
        let directory = dirs::volatile()?.join("address");
        dirs::create(&directory)?;
        let Some(lock) = dirs::try_lock(&directory.join(ip.to_string()))? else {
            return Ok(None);
        };
        Ok(ldap_ports_free(ip).then_some(Self { ip, _lock: lock }))
    }

    /// The address.
    #[must_use]
    pub fn ip(&self) -> Ipv4Addr {
        self.ip
    }
}

/// Whether 389 and 636 can be bound; without the right to try, they count as free.
fn ldap_ports_free(ip: Ipv4Addr) -> bool {
    [389, 636]
        .into_iter()
        .all(|port| match TcpListener::bind((ip, port)) {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::PermissionDenied,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fixtures_never_share_an_address() {
        let first = LoopbackAddress::take().unwrap();
        let second = LoopbackAddress::take().unwrap();

        assert_ne!(first.ip(), second.ip());
        assert!(first.ip().is_loopback());
    }

    #[test]
    fn a_dropped_address_can_be_taken_again() {
        let address = LoopbackAddress::take().unwrap();
        let ip = address.ip();
        assert!(LoopbackAddress::try_take(ip).unwrap().is_none());

        drop(address);

        // Another test of this process may be quicker; either way the address is in use again.
        let again = LoopbackAddress::try_take(ip).unwrap();
        assert!(again.is_none_or(|taken| taken.ip() == ip));
    }

    #[test]
    fn an_address_whose_ldap_port_is_open_is_passed_over() {
        let ip = Ipv4Addr::new(127, 79, 3, 8);
        let Ok(_server) = TcpListener::bind((ip, 636)) else {
            assert!(
                !rustix::process::geteuid().is_root(),
                "root may open port 636"
            );
            return;
        };

        assert!(LoopbackAddress::try_take(ip).unwrap().is_none());
    }
}
