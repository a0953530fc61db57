//! The native code that all rule programs of this host import: compiled by a child, once a start, held in sealed memory.
//!
//! Runners get its descriptor and map it, so that its pages are on the machine once, however many tenants there are.
//! Invariants: what a runner maps is what the compiler of this release wrote; nobody can change it afterwards, neither
//! a runner nor this process; the host looks at no byte of it.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use syncline_wire::compile::RUNTIME;
use tokio::sync::OnceCell;

use crate::compile::Child;
use crate::error::{HostError, Result};
use crate::host::Inner;

/// The longest answer: ten times what it is.
const BYTES_MAX: u64 = 16 << 20;

/// The runtime, once it is made.
#[derive(Default)]
pub(crate) struct RuleRuntime(OnceCell<OwnedFd>);

impl Inner {
    /// A descriptor of the runtime for one runner. Who asks first waits until it is compiled; what failed is tried again.
    pub(crate) async fn rule_runtime(&self) -> Result<OwnedFd> {
        let sealed = self.rule_runtime.0.get_or_try_init(|| async {
            let child = Child {
                name: "compile the rule runtime".to_owned(),
                program: self.config.programs.compile.clone(),
                identity: self.identities.runtime_compiler(),
                limits: self.config.limits.clone(),
            };
            sealed(&child.answer(Some(RUNTIME), &[], BYTES_MAX).await?)
        });
        sealed.await?.try_clone().map_err(unusable)
    }
}

/// These bytes in memory that has a descriptor and is never written again.
fn sealed(bytes: &[u8]) -> Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("syncline rule runtime", flags).map_err(unusable)?);
    file.write_all(bytes).map_err(unusable)?;
    let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    fcntl_add_seals(&file, seals).map_err(unusable)?;
    Ok(file.into())
}

fn unusable(e: impl Into<std::io::Error>) -> HostError {
    HostError::new("host.launch", "the rule runtime cannot be kept in memory").because(e.into())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn nobody_can_change_what_is_sealed() {
        let mut file = File::from(sealed(b"code").unwrap());

        let mut read = String::new();
        std::io::Seek::rewind(&mut file).unwrap();
        file.read_to_string(&mut read).unwrap();
        assert_eq!(read, "code");
        assert!(file.write_all(b"more").is_err());
        assert!(file.set_len(1).is_err());
        assert!(fcntl_add_seals(&file, SealFlags::empty()).is_err());
    }
}
