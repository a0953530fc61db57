//! What a world must remember so that a later one continues it.

use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use syncline_ldap_proxy::Proxy;

use crate::World;

const FILE: &str = "world.json";

/// Addresses that others remember, and ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Where the agent of `contoso.test` finds its directory.
    pub contoso_door: Ipv4Addr,
    /// Where the agent of `fabrikam.test` finds its directory.
    pub fabrikam_door: Ipv4Addr,
    /// The identity provider, by which the service knows its people.
    pub identity: SocketAddrV4,
    /// The tenant.
    pub tenant: String,
    /// The directory of `contoso.test`.
    pub contoso: String,
    /// The directory of `fabrikam.test`.
    pub fabrikam: String,
    /// The folders that were connected beside them, by the names of their directories.
    pub folders: Vec<String>,
}

impl Kept {
    /// Of a running world.
    pub fn of(world: &World) -> anyhow::Result<Self> {
        let origin = &world.stack.idp.about().origin;
        let identity = origin
            .strip_prefix("http://")
            .and_then(|at| at.parse().ok());
        Ok(Self {
            contoso_door: address(&world.contoso_door)?,
            fabrikam_door: address(&world.fabrikam_door)?,
            identity: identity.with_context(|| format!("{origin} is not an address"))?,
            tenant: world.tenant.clone(),
            contoso: world.contoso.clone(),
            fabrikam: world.fabrikam.clone(),
            folders: world.folders.clone(),
        })
    }

    /// What lies in a home; `None` where there is nothing to continue.
    pub fn read(home: &Path) -> anyhow::Result<Option<Self>> {
        let file = home.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let text = std::fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        let kept = serde_json::from_slice(&text)
            .with_context(|| format!("{} is damaged: start anew", file.display()))?;
        Ok(Some(kept))
    }

    /// Leaves it in a home.
    pub fn write(&self, home: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(home.join(FILE), serde_json::to_vec(self)?)?)
    }
}

fn address(door: &Proxy) -> anyhow::Result<Ipv4Addr> {
    match door.address().ip() {
        IpAddr::V4(ip) => Ok(ip),
        IpAddr::V6(ip) => bail!("{ip} is not an address of the lab"),
    }
}
