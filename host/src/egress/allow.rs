//! What may be dialled: a pair of host and port of the table, at an address where it can be.
//!
//! Invariants: a name is compared as a whole, never by its ending; a name of a real cloud is dialled at a public
//! address only, a simulated one at a loopback address only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use syncline_model::cloud::Cloud;
use syncline_wire::egress::{Refusal, Target};

/// The cloud that a target belongs to.
pub(super) fn cloud<'a>(clouds: &'a [Cloud], target: &Target) -> Result<&'a Cloud, Refusal> {
    let is_its = |cloud: &&Cloud| {
        let mut origins = cloud.origins().into_iter();
        origins.any(|origin| origin.host == target.host && origin.port == target.port)
    };
    clouds.iter().find(is_its).ok_or(Refusal::NotAllowed)
}

/// Whether a host of this cloud can be at this address.
pub(super) fn is_plausible(cloud: &Cloud, address: IpAddr) -> bool {
    if cloud.simulated {
        return address.is_loopback();
    }
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
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

    #[test]
    fn only_hosts_and_ports_of_the_table_are_dialled() {
        let clouds = table();
        let find = |host: &str, port| cloud(&clouds, &target(host, port)).map(|c| c.name.clone());

        assert_eq!(find("graph.microsoft.com", 443), Ok("global".into()));
        assert_eq!(
            find("login.chinacloudapi.cn", 443),
            Ok("china-21vianet".into())
        );
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
    fn a_name_of_a_real_cloud_never_leads_into_a_private_network() {
        let real = &table()[0];
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
            assert!(!is_plausible(real, bad.parse().unwrap()), "{bad}");
        }
        for good in [
            "20.190.128.1",
            "40.126.0.1",
            "2603:1006:2000::1",
            "::ffff:20.190.128.1",
        ] {
            assert!(is_plausible(real, good.parse().unwrap()), "{good}");
        }
    }

    #[test]
    fn a_simulated_cloud_is_on_this_machine_only() {
        let simulated = Cloud {
            simulated: true,
            ..table().remove(0)
        };

        assert!(is_plausible(&simulated, "127.0.0.5".parse().unwrap()));
        assert!(!is_plausible(&simulated, "20.190.128.1".parse().unwrap()));
    }
}
