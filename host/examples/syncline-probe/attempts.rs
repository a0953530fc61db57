//! What the probe tries. Each attempt answers `"done"` or the name of the error.

use std::ffi::CString;
use std::io::{Error, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::ptr::{null, null_mut};

use serde_json::{Map, Value, json};

/// The descriptors that are open, by asking for each number.
pub fn open_descriptors() -> Vec<i32> {
    // SAFETY: asking a number that is not open answers EBADF.
    (0..1024)
        .filter(|fd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } >= 0)
        .collect()
}

/// Does one request.
pub fn perform(request: &Value, open: &[i32]) -> Value {
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| request[key].as_i64().unwrap_or_default();
    match request["do"].as_str().unwrap_or_default() {
        "facts" => facts(open),
        "read" => said(std::fs::read(text("path"))),
        "list" => said(std::fs::read_dir(text("path"))),
        "write" => said(std::fs::write(text("path"), "probe")),
        "connect" => said(UnixStream::connect(text("path"))),
        "converse" => converse(&text("path"), &text("question"), &text("then")),
        "connect-abstract" => said(connect_abstract(&text("name"))),
        "execute" => execute(&text("path")),
        "signal" => {
            called(unsafe { libc::kill(number("pid") as i32, number("signal") as i32) }.into())
        }
        "allocate" => allocate(number("bytes") as usize),
        "threads" => threads(number("count")),
        "calls" => calls(number("pid") as i32),
        "exit" => std::process::exit(number("code") as i32),
        "abort" => std::process::abort(),
        other => json!({ "unknown": other }),
    }
}

/// Asks on a unix socket, reads up to the empty line, says something more, and answers both things heard.
fn converse(path: &str, question: &str, then: &str) -> Value {
    let heard = || -> std::io::Result<(String, String)> {
        let mut stream = UnixStream::connect(path)?;
        stream.write_all(question.as_bytes())?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
            head.push(byte[0]);
        }
        let mut rest = String::new();
        // A peer that refused has hung up.
        let more = stream
            .write_all(then.as_bytes())
            .and_then(|()| stream.shutdown(std::net::Shutdown::Write))
            .and_then(|()| stream.read_to_string(&mut rest));
        drop(more);
        Ok((String::from_utf8_lossy(&head).into_owned(), rest))
    };
    match heard() {
        Ok((head, rest)) => json!({ "head": head, "rest": rest }),
        Err(e) => said::<()>(Err(e)),
    }
}

fn facts(open: &[i32]) -> Value {
    let mut groups = [0; 64];
    // SAFETY: the array has as many places as the call is told.
    let count = unsafe { libc::getgroups(groups.len() as i32, groups.as_mut_ptr()) };
    let limit = |resource| {
        let mut both = libc::rlimit {
            rlim_cur: 1,
            rlim_max: 1,
        };
        // SAFETY: the call fills the structure.
        unsafe { libc::getrlimit(resource, &mut both) };
        json!([both.rlim_cur, both.rlim_max])
    };
    let signals = unsafe { libc::getsid(0) == libc::getpid() };
    json!({
        "uid": unsafe { libc::getuid() },
        "euid": unsafe { libc::geteuid() },
        "gid": unsafe { libc::getgid() },
        "groups": groups[..count.max(0) as usize],
        "arguments": std::env::args().collect::<Vec<_>>(),
        "environment": std::env::vars().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
        "descriptors": open,
        "leads_session": signals,
        "no_new_privs": unsafe { libc::prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) } == 1,
        "dumpable": unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) } == 1,
        "core": limit(libc::RLIMIT_CORE),
        "data": limit(libc::RLIMIT_DATA),
    })
}

/// System calls that lead out. A call that reaches the kernel with senseless arguments would answer
/// EFAULT, EINVAL or EBADF; only EPERM and the like mean that it was kept back.
fn calls(pid: i32) -> Value {
    let mut out = Map::new();
    let mut note = |name: &str, answer: libc::c_long| {
        out.insert(name.into(), called(answer));
    };
    let root = c"/".as_ptr();
    let mut byte = [0u8; 8];
    let here = libc::iovec {
        iov_base: byte.as_mut_ptr().cast(),
        iov_len: 8,
    };
    // SAFETY (the block): each call gets plain numbers, null, or memory that outlives it; those that
    // would be harmful if they succeeded are exactly what must not succeed.
    unsafe {
        for (name, domain, kind) in [
            ("socket inet stream", libc::AF_INET, libc::SOCK_STREAM),
            ("socket inet datagram", libc::AF_INET, libc::SOCK_DGRAM),
            ("socket inet6", libc::AF_INET6, libc::SOCK_STREAM),
            ("socket raw", libc::AF_INET, libc::SOCK_RAW),
            ("socket packet", libc::AF_PACKET, libc::SOCK_RAW),
            ("socket netlink", libc::AF_NETLINK, libc::SOCK_RAW),
            ("socket vsock", libc::AF_VSOCK, libc::SOCK_STREAM),
            ("socket alg", libc::AF_ALG, libc::SOCK_SEQPACKET),
        ] {
            note(name, libc::socket(domain, kind, 0).into());
        }
        note(
            "ptrace attach",
            libc::ptrace(libc::PTRACE_ATTACH, pid, null_mut::<u8>(), null_mut::<u8>()),
        );
        note(
            "ptrace traceme",
            libc::ptrace(libc::PTRACE_TRACEME, 0, null_mut::<u8>(), null_mut::<u8>()),
        );
        note(
            "process_vm_readv",
            libc::process_vm_readv(pid, &here, 1, &here, 1, 0) as _,
        );
        note(
            "process_vm_writev",
            libc::process_vm_writev(pid, &here, 1, &here, 1, 0) as _,
        );
        note("pidfd_open", libc::syscall(libc::SYS_pidfd_open, pid, 0));
        note("kcmp", libc::syscall(libc::SYS_kcmp, pid, pid, 0, 0, 0));
        note("setuid", libc::syscall(libc::SYS_setuid, 0));
        note("setgid", libc::syscall(libc::SYS_setgid, 0));
        note("setresuid", libc::syscall(libc::SYS_setresuid, 0, 0, 0));
        note(
            "setgroups",
            libc::syscall(libc::SYS_setgroups, 0, null::<u32>()),
        );
        note(
            "capset",
            libc::syscall(libc::SYS_capset, null::<u8>(), null::<u8>()),
        );
        note("unshare user", libc::unshare(libc::CLONE_NEWUSER).into());
        note("unshare net", libc::unshare(libc::CLONE_NEWNET).into());
        note("setns", libc::setns(0, 0).into());
        note(
            "fork",
            libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0),
        );
        note(
            "clone newuser",
            libc::syscall(
                libc::SYS_clone,
                libc::CLONE_NEWUSER | libc::SIGCHLD,
                0,
                0,
                0,
                0,
            ),
        );
        note("clone3", libc::syscall(libc::SYS_clone3, null::<u8>(), 0));
        #[cfg(target_arch = "x86_64")]
        note("vfork", libc::syscall(libc::SYS_vfork));
        note(
            "mount",
            libc::syscall(
                libc::SYS_mount,
                c"none".as_ptr(),
                root,
                c"tmpfs".as_ptr(),
                0,
                null::<u8>(),
            ),
        );
        note("umount2", libc::syscall(libc::SYS_umount2, root, 0));
        note(
            "pivot_root",
            libc::syscall(libc::SYS_pivot_root, root, root),
        );
        note("chroot", libc::syscall(libc::SYS_chroot, root));
        note(
            "open_tree",
            libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, root, 0),
        );
        note(
            "fsopen",
            libc::syscall(libc::SYS_fsopen, c"tmpfs".as_ptr(), 0),
        );
        note(
            "mknod",
            libc::syscall(
                libc::SYS_mknodat,
                libc::AT_FDCWD,
                c"probe-device".as_ptr(),
                libc::S_IFCHR | 0o600,
                0x103,
            ),
        );
        note(
            "symlink",
            libc::syscall(
                libc::SYS_symlinkat,
                c"/etc".as_ptr(),
                libc::AT_FDCWD,
                c"probe-link".as_ptr(),
            ),
        );
        note(
            "setxattr",
            libc::syscall(libc::SYS_setxattr, root, c"user.x".as_ptr(), root, 1, 0),
        );
        note(
            "chown",
            libc::syscall(libc::SYS_fchownat, libc::AT_FDCWD, c".".as_ptr(), 0, 0, 0),
        );
        note("bpf", libc::syscall(libc::SYS_bpf, 0, null::<u8>(), 0));
        note(
            "perf_event_open",
            libc::syscall(libc::SYS_perf_event_open, null::<u8>(), 0, -1, -1, 0),
        );
        note("userfaultfd", libc::syscall(libc::SYS_userfaultfd, 0));
        note(
            "io_uring_setup",
            libc::syscall(libc::SYS_io_uring_setup, 1, null::<u8>()),
        );
        note("keyctl", libc::syscall(libc::SYS_keyctl, 0, 0, 0));
        note(
            "add_key",
            libc::syscall(
                libc::SYS_add_key,
                null::<u8>(),
                null::<u8>(),
                null::<u8>(),
                0,
                0,
            ),
        );
        note(
            "request_key",
            libc::syscall(
                libc::SYS_request_key,
                null::<u8>(),
                null::<u8>(),
                null::<u8>(),
                0,
            ),
        );
        note(
            "init_module",
            libc::syscall(libc::SYS_init_module, null::<u8>(), 0, null::<u8>()),
        );
        note(
            "finit_module",
            libc::syscall(libc::SYS_finit_module, 0, null::<u8>(), 0),
        );
        note(
            "delete_module",
            libc::syscall(libc::SYS_delete_module, null::<u8>(), 0),
        );
        note(
            "kexec_load",
            libc::syscall(libc::SYS_kexec_load, 0, 0, null::<u8>(), 0),
        );
        note(
            "reboot",
            libc::syscall(libc::SYS_reboot, 0, 0, 0, null::<u8>()),
        );
        note("swapon", libc::syscall(libc::SYS_swapon, null::<u8>(), 0));
        note("acct", libc::syscall(libc::SYS_acct, null::<u8>()));
        note(
            "quotactl",
            libc::syscall(libc::SYS_quotactl, 0, null::<u8>(), 0, null::<u8>()),
        );
        note(
            "settimeofday",
            libc::syscall(libc::SYS_settimeofday, null::<u8>(), null::<u8>()),
        );
        note(
            "clock_settime",
            libc::syscall(libc::SYS_clock_settime, 0, null::<u8>()),
        );
        note(
            "sethostname",
            libc::syscall(libc::SYS_sethostname, null::<u8>(), 0),
        );
        note(
            "syslog",
            libc::syscall(libc::SYS_syslog, 3, byte.as_mut_ptr(), 8),
        );
        note(
            "open_by_handle_at",
            libc::syscall(libc::SYS_open_by_handle_at, libc::AT_FDCWD, null::<u8>(), 0),
        );
        note(
            "name_to_handle_at",
            libc::syscall(
                libc::SYS_name_to_handle_at,
                libc::AT_FDCWD,
                root,
                null::<u8>(),
                null::<u8>(),
                0,
            ),
        );
        note(
            "fanotify_init",
            libc::syscall(libc::SYS_fanotify_init, 0, 0),
        );
        note(
            "personality",
            libc::syscall(libc::SYS_personality, 0x0040000),
        );
        note(
            "move_pages",
            libc::syscall(
                libc::SYS_move_pages,
                pid,
                0,
                null::<u8>(),
                null::<u8>(),
                null::<u8>(),
                0,
            ),
        );
        note(
            "migrate_pages",
            libc::syscall(libc::SYS_migrate_pages, pid, 0, null::<u8>(), null::<u8>()),
        );
        note(
            "setpriority",
            libc::syscall(libc::SYS_setpriority, 0, 0, -20),
        );
        note(
            "sched_setscheduler",
            libc::syscall(
                libc::SYS_sched_setscheduler,
                0,
                libc::SCHED_FIFO,
                byte.as_mut_ptr(),
            ),
        );
        #[cfg(target_arch = "x86_64")]
        note("iopl", libc::syscall(libc::SYS_iopl, 3));
        note(
            "outlive the host",
            libc::prctl(libc::PR_SET_PDEATHSIG, 0).into(),
        );
        note(
            "type into a terminal",
            libc::ioctl(0, libc::TIOCSTI, c"x".as_ptr()).into(),
        );
        let unlimited = libc::rlimit {
            rlim_cur: libc::RLIM_INFINITY,
            rlim_max: libc::RLIM_INFINITY,
        };
        note(
            "core files again",
            libc::setrlimit(libc::RLIMIT_CORE, &unlimited).into(),
        );
        note(
            "memory without limit",
            libc::setrlimit(libc::RLIMIT_DATA, &unlimited).into(),
        );
    }
    Value::Object(out)
}

fn execute(path: &str) -> Value {
    let path = CString::new(path).unwrap_or_default();
    let arguments = [path.as_ptr(), null()];
    // SAFETY: both are C strings and a closed array; on success this program is no more, which the test notices.
    called(unsafe { libc::execv(path.as_ptr(), arguments.as_ptr()) }.into())
}

fn connect_abstract(name: &str) -> std::io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    UnixStream::connect_addr(&address).map(|_| ())
}

/// Memory is counted when it is mapped to be written; a failed mapping is an answer, not an abort.
fn allocate(bytes: usize) -> Value {
    // SAFETY: a fresh private mapping that nothing points into.
    let at = unsafe {
        libc::mmap(
            null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if at == libc::MAP_FAILED {
        return called(-1);
    }
    // SAFETY: exactly what was mapped above.
    unsafe { libc::munmap(at, bytes) };
    json!("done")
}

fn threads(count: i64) -> Value {
    let gate = std::sync::Arc::new(std::sync::RwLock::new(()));
    let closed = gate.write().expect("a fresh lock");
    let mut all = Vec::new();
    let mut error = Value::Null;
    for _ in 0..count {
        let gate = gate.clone();
        match std::thread::Builder::new()
            .stack_size(64 << 10)
            .spawn(move || drop(gate.read()))
        {
            Ok(thread) => all.push(thread),
            Err(e) => {
                error = named(&e);
                break;
            }
        }
    }
    let started = all.len();
    drop(closed);
    all.into_iter().for_each(|thread| drop(thread.join()));
    json!({ "started": started, "error": error })
}

fn said<T>(answer: std::io::Result<T>) -> Value {
    match answer {
        Ok(_) => json!("done"),
        Err(e) => named(&e),
    }
}

fn called(answer: libc::c_long) -> Value {
    if answer >= 0 {
        json!("done")
    } else {
        named(&Error::last_os_error())
    }
}

fn named(error: &Error) -> Value {
    let name = match error.raw_os_error() {
        Some(libc::EPERM) => "EPERM",
        Some(libc::EACCES) => "EACCES",
        Some(libc::ENOSYS) => "ENOSYS",
        Some(libc::ENOENT) => "ENOENT",
        Some(libc::ENOMEM) => "ENOMEM",
        Some(libc::EAGAIN) => "EAGAIN",
        Some(libc::ESRCH) => "ESRCH",
        Some(libc::EINVAL) => "EINVAL",
        Some(libc::EFAULT) => "EFAULT",
        _ => return json!(error.to_string()),
    };
    json!(name)
}
