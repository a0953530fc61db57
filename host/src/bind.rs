//! Binding the host's unix sockets.
//!
//! Invariant: a socket gets its group and mode before anyone is told of it; its directory keeps
//! strangers out from the start.

use std::fs::{Permissions, set_permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::dirs::cannot;
use crate::error::Result;

/// Binds a fresh socket for a group; what an earlier process left is removed.
pub(crate) fn listener(path: &Path, group: Option<u32>, mode: u32) -> Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(cannot("remove", path, e)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(|e| cannot("listen on", path, e))?;
    if let Some(gid) = group {
        chown(path, Some(0), Some(gid)).map_err(|e| cannot("give away", path, e))?;
    }
    set_permissions(path, Permissions::from_mode(mode))
        .map_err(|e| cannot("set the mode of", path, e))?;
    Ok(listener)
}

/// The same for a task of this process.
pub(crate) fn tokio_listener(
    path: &Path,
    group: Option<u32>,
    mode: u32,
) -> Result<tokio::net::UnixListener> {
    let listener = listener(path, group, mode)?;
    let ready = listener
        .set_nonblocking(true)
        .and_then(|()| tokio::net::UnixListener::from_std(listener));
    ready.map_err(|e| cannot("listen on", path, e))
}
