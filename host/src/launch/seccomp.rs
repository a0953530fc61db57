//! Seccomp: which system calls a confined child may make. An allow list; anything else answers EPERM.
//!
//! No child may fork (threads only), trace, mount, change namespaces or ids, load programs into the
//! kernel, or use io_uring. A runner may open unix sockets only; a compiler none; the API also
//! internet sockets. If a library needs a call that is missing here, its error is EPERM: add the
//! call with the reason, after asking what it reaches.
//!
//! Invariant: the lists differ in sockets only.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use super::calls::{FILES, IOCTL, LEGACY, MEMORY, PRCTL, SELF, SOCKETS, WAITING};
use crate::error::{HostError, Result};

/// Which sockets a child may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sockets {
    /// None.
    None,
    /// Unix.
    Unix,
    /// Unix and internet, and netlink, by which the resolver asks for the machine's addresses.
    Internet,
}

impl Sockets {
    fn domains(self) -> &'static [i32] {
        match self {
            Self::None => &[],
            Self::Unix => &[libc::AF_UNIX],
            Self::Internet => &[
                libc::AF_UNIX,
                libc::AF_INET,
                libc::AF_INET6,
                libc::AF_NETLINK,
            ],
        }
    }

    /// In words, for the report.
    pub fn describe(self) -> &'static str {
        match self {
            Self::None => "no sockets",
            Self::Unix => "unix sockets only, no internet sockets",
            Self::Internet => "unix and internet sockets",
        }
    }
}

/// Whether this kernel has seccomp filters.
pub fn is_available() -> bool {
    std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail")
        .is_ok_and(|actions| actions.contains("errno"))
}

/// How many calls the list has.
pub fn calls() -> usize {
    [FILES, MEMORY, WAITING, SELF, LEGACY, SOCKETS]
        .iter()
        .map(|list| list.len())
        .sum::<usize>()
        + 5
}

/// The filters of a child, in the order in which they are put on. None on a kernel without
/// seccomp, which the report of the layers says.
pub fn filters(sockets: Sockets) -> Result<Vec<BpfProgram>> {
    if !is_available() {
        return Ok(Vec::new());
    }
    build(sockets)
        .map_err(|e| HostError::new("host.seccomp", "the seccomp filter cannot be made").because(e))
}

fn build(sockets: Sockets) -> Result<Vec<BpfProgram>, seccompiler::BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let mut no_clone3 = BTreeMap::new();
    no_clone3.insert(libc::SYS_clone3, vec![]);
    let no_clone3 = SeccompFilter::new(no_clone3, SeccompAction::Allow, errno(libc::ENOSYS), arch)?;
    let allow = SeccompFilter::new(
        allowed(sockets)?,
        errno(libc::EPERM),
        SeccompAction::Allow,
        arch,
    )?;
    Ok(vec![no_clone3.try_into()?, allow.try_into()?])
}

fn allowed(sockets: Sockets) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    let mut lists = vec![FILES, MEMORY, WAITING, SELF, LEGACY];
    if sockets != Sockets::None {
        lists.push(SOCKETS);
        let domains = sockets.domains();
        rules.insert(
            libc::SYS_socket,
            one_of(0, domains.iter().map(|d| (*d).unsigned_abs().into()))?,
        );
        rules.insert(
            libc::SYS_socketpair,
            one_of(0, [libc::AF_UNIX.unsigned_abs().into()])?,
        );
    }
    rules.extend(lists.into_iter().flatten().map(|call| (*call, vec![])));
    rules.insert(
        libc::SYS_prctl,
        one_of(0, PRCTL.iter().map(|o| u64::from(o.unsigned_abs())))?,
    );
    rules.insert(libc::SYS_ioctl, one_of(1, IOCTL.iter().copied())?);

    // Threads, not processes, and no namespaces.
    let thread = libc::CLONE_THREAD.unsigned_abs();
    let namespaces = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let mask = u64::from(thread | namespaces.unsigned_abs());
    let only_threads = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(mask),
        thread.into(),
    )?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![only_threads])?]);
    Ok(rules)
}

fn one_of(
    argument: u8,
    values: impl IntoIterator<Item = u64>,
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values
        .into_iter()
        .map(|value| {
            let equal =
                SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?;
            SeccompRule::new(vec![equal])
        })
        .collect()
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_fits_into_a_filter() {
        for sockets in [Sockets::None, Sockets::Unix, Sockets::Internet] {
            let filters = build(sockets).unwrap();

            assert_eq!(filters.len(), 2);
            assert!(filters.iter().all(|f| f.len() < 4096), "{sockets:?}");
        }
    }

    #[test]
    fn no_list_holds_what_leads_out() {
        let rules = allowed(Sockets::Internet).unwrap();

        for call in [
            libc::SYS_ptrace,
            libc::SYS_mount,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_bpf,
            libc::SYS_setresuid,
            libc::SYS_process_vm_readv,
            libc::SYS_io_uring_setup,
            libc::SYS_keyctl,
            libc::SYS_perf_event_open,
            libc::SYS_init_module,
            libc::SYS_chroot,
            libc::SYS_pidfd_getfd,
            libc::SYS_userfaultfd,
            libc::SYS_setpriority,
        ] {
            assert!(!rules.contains_key(&call), "{call}");
        }
        assert!(
            allowed(Sockets::None)
                .unwrap()
                .keys()
                .all(|call| *call != libc::SYS_socket)
        );
    }
}
