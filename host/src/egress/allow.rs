//! What may be dialled: a pair of host and port of the table, at an address where it can be.
//!
//! Invariants: a name is compared as a whole, never by its ending; a name of a real cloud is dialled at a public
//! address only, a simulated one at a loopback address only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use syncline_model::cloud::Cloud;
use syncline_model::outlet::Outlets;
use syncline_wire::egress::{Refusal, Target};

/// What may be dialled on this machine.
#[derive(Debug)]
pub(super) struct Allowed {
    pub clouds: Vec<Cloud>,
    pub outlets: Outlets,
}

/// Where a target can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At a public address.
    Internet,
    /// On this machine.
    Loopback,
    /// At a public address or in the operator's network.
    Internal,
}

impl Allowed {
    /// Where a target can be; refused where it is none of ours.
    pub fn place(&self, target: &Target) -> Result<Place, Refusal> {
        let is_its = |cloud: &&Cloud| {
            let mut origins = cloud.origins().into_iter();
            origins.any(|origin| origin.host == target.host && origin.port == target.port)
        };
        if let Some(cloud) = self.clouds.iter().find(is_its) {
            return Ok(match cloud.simulated {
                true => Place::Loopback,
                false => Place::Internet,
            });
        }
        match self.outlets.is_internal(&target.host, target.port) {
            Some(true) => Ok(Place::Internal),
            Some(false) => Ok(Place::Internet),
            None => Err(Refusal::NotAllowed),
        }
    }
}

impl Place {
    /// Whether an address lies there.
    pub fn holds(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Internet => is_public(address),
            Self::Internal => is_public(address) || is_own(address),
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Addresses that networks give themselves. Link-local ones are left out: there clouds tell machines their secrets.
fn is_own(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_loopback(),
    }
}

/// Addresses that the IANA special-purpose registry (RFC 6890) keeps out of the internet are not public.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

/// Global unicast is 2000::/3; documentation, 6to4 and Teredo in it lead elsewhere.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_documentation = first == 0x2001 && second == 0xdb8 || first == 0x3fff && second < 0x1000;
    let is_tunnel = first == 0x2002 || (first == 0x2001 && second == 0);
    (0x2000..0x4000).contains(&first) && !is_documentation && !is_tunnel
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::cloud::table;

    fn target(host: &str, port: u16) -> Target {
        Target {
            host: host.into(),
            port,
        }
    }

    fn allowed(outlets: &str) -> Allowed {
        Allowed {
            clouds: table(),
            outlets: serde_json::from_str(outlets).unwrap(),
        }
    }

    #[test]
    fn only_hosts_and_ports_of_the_table_are_dialled() {
        let allowed = allowed("{}");
        let find = |host: &str, port| allowed.place(&target(host, port));

        assert_eq!(find("graph.microsoft.com", 443), Ok(Place::Internet));
        assert_eq!(find("login.chinacloudapi.cn", 443), Ok(Place::Internet));
        for (host, port) in [
            ("graph.microsoft.com", 80),
            ("graph.microsoft.com.evil.example", 443),
            ("evilgraph.microsoft.com", 443),
            ("x.graph.microsoft.com", 443),
            ("127.0.0.1", 443),
            ("169.254.169.254", 80),
        ] {
            assert_eq!(find(host, port), Err(Refusal::NotAllowed), "{host}:{port}");
        }
    }

    #[test]
    fn outlets_are_dialled_as_the_operator_wrote_them() {
        let allowed = allowed(
            r#"{"webhook_hosts": [{"origin": "https://hooks.example"}],
                "mail_relay": {"host": "mail.lan", "from": "a@b", "internal": true}}"#,
        );
        let find = |host: &str, port| allowed.place(&target(host, port));

        assert_eq!(find("hooks.example", 443), Ok(Place::Internet));
        assert_eq!(find("mail.lan", 587), Ok(Place::Internal));
        for (host, port) in [
            ("hooks.example", 8443),
            ("my.hooks.example", 443),
            ("mail.lan", 25),
        ] {
            assert_eq!(find(host, port), Err(Refusal::NotAllowed), "{host}:{port}");
        }
    }

    #[test]
    fn what_is_internal_is_in_the_operators_network_and_never_where_machines_ask_about_themselves()
    {
        let holds = |address: &str| Place::Internal.holds(address.parse().unwrap());

        for good in [
            "10.1.2.3",
            "192.168.1.1",
            "127.0.0.1",
            "fd00::1",
            "20.190.128.1",
        ] {
            assert!(holds(good), "{good}");
        }
        for bad in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!holds(bad), "{bad}");
        }
    }

    #[test]
    fn a_public_name_never_leads_into_a_private_network() {
        for bad in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.5",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:0a00:0001::1",
            "2001:db8::1",
            "ff02::1",
            "64:ff9b::a00:1",
        ] {
            assert!(!Place::Internet.holds(bad.parse().unwrap()), "{bad}");
        }
        for good in [
            "20.190.128.1",
            "40.126.0.1",
            "2603:1006:2000::1",
            "::ffff:20.190.128.1",
        ] {
            assert!(Place::Internet.holds(good.parse().unwrap()), "{good}");
        }
    }

    #[test]
    fn a_simulated_cloud_is_on_this_machine_only() {
        let cloud = Cloud {
            simulated: true,
            ..table().remove(0)
        };
        let simulated = Allowed {
            clouds: vec![cloud],
            outlets: Outlets::default(),
        };

        let place = simulated
            .place(&target("graph.microsoft.com", 443))
            .unwrap();

        assert!(place.holds("127.0.0.5".parse().unwrap()));
        assert!(!place.holds("20.190.128.1".parse().unwrap()));
    }
}
