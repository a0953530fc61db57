//! The cluster on disk: made once, its configuration written anew at every start.
//!
//! Invariants: a cluster is there whole or not at all (it is made aside and renamed); what stands in
//! its three configuration files is what stands here.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use syncline_store::admin::{API_ROLE, COLLECTOR_ROLE, CONTROL_DATABASE, HOST_DATABASE, SUPERUSER};

use super::{Binaries, PostgresConfig};
use crate::dirs::{self, cannot};
use crate::error::{HostError, Result};
use crate::launch::{Launch, Program, Streams};

/// initdb takes about a second; a slow disk a minute.
const INITDB_WAIT: Duration = Duration::from_secs(180);

/// The major version that made the cluster, if there is one.
pub fn version(cluster: &Path) -> Result<Option<u32>> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            HostError::new(
                "host.cluster",
                format!(
                    "{} holds no version: the cluster is damaged, restore it",
                    path.display()
                ),
            )
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(cannot("read", &path, e)),
    }
}

/// Makes the cluster.
pub async fn make(config: &PostgresConfig, binaries: &Binaries) -> Result<()> {
    let owner = config.identities.database();
    let aside = aside(&config.cluster);
    if aside.exists() {
        // Left by a host that was killed meanwhile: never used.
        fs::remove_dir_all(&aside).map_err(|e| cannot("remove", &aside, e))?;
    }
    dirs::make(&aside, 0o700, owner.as_ref().map(|o| (o.uid, o.gid)))?;

    let mut initdb = Launch::new("initdb", Program::open(&binaries.program("initdb"))?)?
        .identity(owner)
        .streams(Streams::Quiet)
        .variable("PATH", "/usr/bin:/bin")?
        .variable("LC_ALL", "C")?;
    let fixed = [
        "--auth-local=peer",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
    ];
    for argument in fixed {
        initdb = initdb.argument(argument)?;
    }
    let mut initdb = initdb
        .argument("--username")?
        .argument(SUPERUSER)?
        .argument("--pgdata")?
        .argument(&aside)?
        .start()
        .await?;
    let ended = match tokio::time::timeout(INITDB_WAIT, initdb.wait()).await {
        Ok(ended) => ended?,
        Err(_) => {
            initdb
                .end(&[(Signal::TERM, Duration::from_secs(2))])
                .await?
        }
    };
    if !ended.is_success() {
        return Err(HostError::new(
            "host.initdb",
            format!(
                "initdb could not make the cluster {}: {ended}; its reason is in the log above",
                aside.display()
            ),
        ));
    }
    fs::rename(&aside, &config.cluster).map_err(|e| cannot("rename", &aside, e))
}

/// Writes the configuration files.
pub fn configure(config: &PostgresConfig) -> Result<()> {
    let (superuser, api) = config.identities.peer_names();
    write(config, "postgresql.conf", &settings(&config.socket_dir))?;
    write(config, "pg_hba.conf", &access())?;
    write(config, "pg_ident.conf", &names(superuser, api))?;
    // Settings by ALTER SYSTEM would win over ours.
    write(
        config,
        "postgresql.auto.conf",
        "# Kept empty: see postgresql.conf.\n",
    )
}

fn aside(cluster: &Path) -> PathBuf {
    cluster.with_extension("new")
}

fn write(config: &PostgresConfig, name: &str, text: &str) -> Result<()> {
    let path = config.cluster.join(name);
    if fs::read_to_string(&path).is_ok_and(|now| now == text) {
        return Ok(());
    }
    dirs::write_new(&path, text.as_bytes(), 0o600)?;
    if let Some(owner) = config.identities.database() {
        chown(&path, Some(owner.uid), Some(owner.gid))
            .map_err(|e| cannot("give away", &path, e))?;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
        .map_err(|e| cannot("set the mode of", &path, e))
}

fn settings(socket_dir: &Path) -> String {
    let socket_dir = socket_dir.display().to_string().replace('\'', "''");
    format!(
        "# Written by syncline-host at every start; changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0777
port = {port}
max_connections = 200
password_encryption = 'scram-sha-256'

shared_buffers = '512MB'
effective_cache_size = '2GB'
# Rows are looked up by lists of ids, and what is looked up is in memory or on a solid disk: never whole tables for a list.
random_page_cost = 1.1
maintenance_work_mem = '128MB'
checkpoint_timeout = '15min'
checkpoint_completion_target = 0.9
max_wal_size = '8GB'
wal_compression = on
wal_buffers = '16MB'
max_locks_per_transaction = 256
jit = off
restart_after_crash = on

# Statements and values stay out of the log: no parameters, no details, no statement of an error.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = ''
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_duration_statement = -1
log_checkpoints = off
log_connections = off
log_disconnections = off
log_lock_waits = off

datestyle = 'iso, mdy'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
lc_monetary = 'C'
lc_numeric = 'C'
lc_time = 'C'
default_text_search_config = 'pg_catalog.simple'
",
        port = super::PORT
    )
}

/// Who may connect to what. The first line that fits counts.
fn access() -> String {
    format!(
        "# Written by syncline-host at every start; changes made here are lost.
# The host and the API are known by their uid; tenants' roles by SCRAM; nobody comes by network.
local  replication  all  reject
local  all  {SUPERUSER}  peer map=syncline
local  {CONTROL_DATABASE}  {API_ROLE},{COLLECTOR_ROLE}  peer map=syncline
local  all  {API_ROLE},{COLLECTOR_ROLE}  reject
local  postgres,template0,template1,{HOST_DATABASE},{CONTROL_DATABASE}  all  reject
local  all  all  scram-sha-256
host   all  all  all  reject
"
    )
}

fn names(superuser: &str, api: &str) -> String {
    format!(
        "# Written by syncline-host at every start; changes made here are lost.
syncline  {superuser}  {SUPERUSER}
syncline  {api}  {API_ROLE}
syncline  {api}  {COLLECTOR_ROLE}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_trusted_and_nobody_comes_by_network() {
        let rules = access();

        let rules: Vec<_> = rules.lines().filter(|l| !l.starts_with('#')).collect();
        assert!(rules.iter().all(|l| l.ends_with("reject")
            || l.ends_with("scram-sha-256")
            || l.contains(" peer ")));
        assert!(
            rules
                .iter()
                .filter(|l| !l.starts_with("local"))
                .all(|l| l.ends_with("reject"))
        );
        assert!(settings(Path::new("/run/x")).contains("listen_addresses = ''"));
    }

    #[test]
    fn the_log_is_told_to_keep_values_out() {
        let text = settings(Path::new("/run/x"));

        for line in [
            "log_statement = 'none'",
            "log_parameter_max_length = 0",
            "log_error_verbosity = terse",
            "log_min_error_statement = panic",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }
}
