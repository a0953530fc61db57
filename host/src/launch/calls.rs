//! The system calls a confined child may make, by what they are for.
//!
//! What is not here answers EPERM. Invariant: nothing here reaches beyond the child's own files,
//! memory, threads and sockets; sockets are further narrowed by [`super::seccomp::Sockets`].

/// Reading and writing files; Landlock says which.
#[rustfmt::skip]
pub(super) const FILES: &[i64] = &[
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64,
    libc::SYS_pwrite64, libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_preadv2,
    libc::SYS_pwritev2, libc::SYS_openat, libc::SYS_close, libc::SYS_close_range,
    libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx, libc::SYS_lseek, libc::SYS_fcntl,
    libc::SYS_flock, libc::SYS_fsync, libc::SYS_fdatasync, libc::SYS_sync_file_range,
    libc::SYS_ftruncate, libc::SYS_fallocate, libc::SYS_fadvise64, libc::SYS_getdents64,
    libc::SYS_getcwd, libc::SYS_chdir, libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat,
    libc::SYS_renameat2, libc::SYS_linkat, libc::SYS_readlinkat, libc::SYS_faccessat,
    libc::SYS_faccessat2, libc::SYS_fchmod, libc::SYS_fchmodat, libc::SYS_utimensat,
    libc::SYS_umask, libc::SYS_fstatfs, libc::SYS_statfs, libc::SYS_dup, libc::SYS_dup3,
    libc::SYS_pipe2, libc::SYS_copy_file_range, libc::SYS_sendfile, libc::SYS_splice,
    libc::SYS_memfd_create,
];

/// Its own memory.
#[rustfmt::skip]
pub(super) const MEMORY: &[i64] = &[
    libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_munmap, libc::SYS_mremap, libc::SYS_madvise,
    libc::SYS_brk, libc::SYS_msync, libc::SYS_mincore, libc::SYS_mlock, libc::SYS_munlock,
    libc::SYS_membarrier, libc::SYS_pkey_alloc, libc::SYS_pkey_free, libc::SYS_pkey_mprotect,
];

/// Waiting and clocks.
#[rustfmt::skip]
pub(super) const WAITING: &[i64] = &[
    libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_create1, libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait, libc::SYS_epoll_pwait2, libc::SYS_eventfd2, libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime, libc::SYS_timerfd_gettime, libc::SYS_signalfd4, libc::SYS_futex,
    libc::SYS_futex_waitv, libc::SYS_nanosleep, libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_gettimeofday,
    libc::SYS_restart_syscall, libc::SYS_sched_yield,
];

/// Signals, limits, ids and scheduling of itself.
#[rustfmt::skip]
pub(super) const SELF: &[i64] = &[
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigtimedwait, libc::SYS_rt_sigsuspend, libc::SYS_rt_sigpending,
    libc::SYS_sigaltstack, libc::SYS_kill, libc::SYS_tgkill, libc::SYS_getpid, libc::SYS_gettid,
    libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid, libc::SYS_getegid,
    libc::SYS_getgroups, libc::SYS_getresuid, libc::SYS_getresgid, libc::SYS_getpgid,
    libc::SYS_getsid, libc::SYS_getrandom, libc::SYS_getrusage, libc::SYS_times, libc::SYS_uname,
    libc::SYS_sysinfo, libc::SYS_getcpu, libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity, libc::SYS_sched_getparam, libc::SYS_sched_getscheduler,
    libc::SYS_getpriority, libc::SYS_prlimit64, libc::SYS_set_robust_list,
    libc::SYS_get_robust_list, libc::SYS_rseq, libc::SYS_set_tid_address, libc::SYS_wait4,
    libc::SYS_waitid, libc::SYS_exit, libc::SYS_exit_group,
    // The one by which the host starts the program; Landlock says which files may be executed.
    libc::SYS_execve, libc::SYS_execveat,
    // Answered with ENOSYS by the filter below, so that the C library falls back to clone.
    libc::SYS_clone3,
];

/// Calls that newer architectures do not have.
#[rustfmt::skip]
#[cfg(target_arch = "x86_64")]
pub(super) const LEGACY: &[i64] = &[
    libc::SYS_open, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_poll,
    libc::SYS_select, libc::SYS_epoll_create, libc::SYS_epoll_wait, libc::SYS_eventfd,
    libc::SYS_pipe, libc::SYS_dup2, libc::SYS_mkdir, libc::SYS_rmdir, libc::SYS_unlink,
    libc::SYS_rename, libc::SYS_link, libc::SYS_readlink, libc::SYS_chmod, libc::SYS_getdents,
    libc::SYS_time, libc::SYS_getrlimit, libc::SYS_arch_prctl, libc::SYS_getpgrp,
    libc::SYS_alarm, libc::SYS_pause,
];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const LEGACY: &[i64] = &[];

/// What is done with a socket one has.
#[rustfmt::skip]
pub(super) const SOCKETS: &[i64] = &[
    libc::SYS_bind, libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4, libc::SYS_connect,
    libc::SYS_getsockname, libc::SYS_getpeername, libc::SYS_getsockopt, libc::SYS_setsockopt,
    libc::SYS_sendto, libc::SYS_recvfrom, libc::SYS_sendmsg, libc::SYS_recvmsg,
    libc::SYS_sendmmsg, libc::SYS_recvmmsg, libc::SYS_shutdown,
];

/// Options of prctl: names, core files, no new privileges, names of mappings. Not the signal at the
/// host's death, which a child must not switch off.
#[rustfmt::skip]
pub(super) const PRCTL: &[i32] = &[
    libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_DUMPABLE, libc::PR_GET_DUMPABLE,
    libc::PR_SET_NO_NEW_PRIVS, libc::PR_GET_NO_NEW_PRIVS, libc::PR_SET_VMA,
];

/// Requests of ioctl: non-blocking, bytes waiting, is it a terminal, close on exec.
#[rustfmt::skip]
pub(super) const IOCTL: &[u64] = &[
    libc::FIONBIO, libc::FIONREAD, libc::TCGETS, libc::TIOCGWINSZ, libc::FIOCLEX, libc::FIONCLEX,
];
