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

const FILES: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_lseek,
    libc::SYS_fcntl,
    libc::SYS_flock,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_readlinkat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_utimensat,
    libc::SYS_umask,
    libc::SYS_fstatfs,
    libc::SYS_statfs,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_memfd_create,
];

const MEMORY: &[i64] = &[
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_msync,
    libc::SYS_mincore,
    libc::SYS_mlock,
    libc::SYS_munlock,
    libc::SYS_membarrier,
    libc::SYS_pkey_alloc,
    libc::SYS_pkey_free,
    libc::SYS_pkey_mprotect,
];

const WAITING: &[i64] = &[
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    libc::SYS_signalfd4,
    libc::SYS_futex,
    libc::SYS_futex_waitv,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
];

const SELF: &[i64] = &[
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigpending,
    libc::SYS_sigaltstack,
    libc::SYS_kill,
    libc::SYS_tgkill,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getgroups,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getpgid,
    libc::SYS_getsid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_getcpu,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_getpriority,
    libc::SYS_prlimit64,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_set_tid_address,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // The one by which the host starts the program; Landlock says which files may be executed.
    libc::SYS_execve,
    libc::SYS_execveat,
    // Answered with ENOSYS by the filter below, so that the C library falls back to clone.
    libc::SYS_clone3,
];

/// Calls that newer architectures do not have.
#[cfg(target_arch = "x86_64")]
const LEGACY: &[i64] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_pipe,
    libc::SYS_dup2,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_link,
    libc::SYS_readlink,
    libc::SYS_chmod,
    libc::SYS_getdents,
    libc::SYS_time,
    libc::SYS_getrlimit,
    libc::SYS_arch_prctl,
    libc::SYS_getpgrp,
    libc::SYS_alarm,
    libc::SYS_pause,
];
#[cfg(not(target_arch = "x86_64"))]
const LEGACY: &[i64] = &[];

const SOCKETS: &[i64] = &[
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_connect,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    libc::SYS_sendmmsg,
    libc::SYS_recvmmsg,
    libc::SYS_shutdown,
];

/// Options of prctl: names, core files, no new privileges, names of mappings. Not the signal at the
/// host's death, which a child must not switch off.
const PRCTL: &[i32] = &[
    libc::PR_SET_NAME,
    libc::PR_GET_NAME,
    libc::PR_SET_DUMPABLE,
    libc::PR_GET_DUMPABLE,
    libc::PR_SET_NO_NEW_PRIVS,
    libc::PR_GET_NO_NEW_PRIVS,
    libc::PR_SET_VMA,
];

/// Requests of ioctl: non-blocking, bytes waiting, is it a terminal, close on exec.
const IOCTL: &[u64] = &[
    libc::FIONBIO,
    libc::FIONREAD,
    libc::TCGETS,
    libc::TIOCGWINSZ,
    libc::FIOCLEX,
    libc::FIONCLEX,
];

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

/// The filters of a child, in the order in which they are put on.
pub fn filters(sockets: Sockets) -> Result<Vec<BpfProgram>> {
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
            let filters = filters(sockets).unwrap();

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
