//! Change notices: something changed, come and look.
//!
//! Invariants: DirSync is the truth and the server's own notification only shortens the wait, because
//! some servers report late and lose deletions; nothing is said about what changed; a notice that the
//! receiver has not taken yet stands for all later ones.

use std::time::Duration;

use ldap3::{Ldap, Scope as Depth};
use syncline_model::connector::{ChangeNotice, Fault};
use syncline_model::error::ErrorKind;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::config::DirectoryKind;
use super::schema::DirectorySchema;
use super::session::{Search, Session};
use super::{LdapConnector, controls, dirsync, flags};

/// So many changes in a row must have been announced in time before the directory is trusted to announce.
const PROMPT_ENOUGH: u32 = 3;
/// A look rests this many times as long as it took before the next one: a DirSync round reads through the whole
/// domain, and while much changes (an export, say) it must not take more than a tenth of the domain controller.
const REST_FACTOR: u32 = 9;
/// And no longer than this.
const REST_MAX: Duration = Duration::from_secs(5);

/// Listens until the receiver is gone or the directory is lost.
pub async fn listen(
    connector: &LdapConnector,
    notices: mpsc::Sender<ChangeNotice>,
) -> Result<(), Fault> {
    if connector.kind() != DirectoryKind::ActiveDirectory {
        return Err(Fault::new(
            "connect.notices_unsupported",
            ErrorKind::Internal,
            "This directory does not tell of changes.",
            "Import it by interval.",
        ));
    }
    let mut session = connector.session().await?;
    let root = connector.root(&mut session).await?;
    let schema = connector.schema(&mut session).await?;
    let remembered = connector.memory().cookie.clone();
    let mut cookie = match remembered {
        Some(cookie) => cookie,
        None => dirsync::start(&mut session, &root).await?.cookie,
    };
    let mut announcements = Announcements::subscribe(session.library_handle(), root.base.clone());
    let types = schema.model.types.keys().map(String::as_str);
    let filter = connector.kind().filter(types);
    let mut usn = 0;
    let mut announced_in_time = 0;
    let mut rested = Instant::now();
    loop {
        let interval = match announced_in_time {
            PROMPT_ENOUGH.. => connector.config.poll_interval_notified,
            _ => connector.config.poll_interval,
        };
        let announced = tokio::select! {
            () = notices.closed() => return Ok(()),
            () = announcements.next() => true,
            () = tokio::time::sleep(interval) => false,
        };
        tokio::select! {
            () = notices.closed() => return Ok(()),
            () = tokio::time::sleep_until(rested) => {}
        }
        let mut session = connector.session().await?;
        // A server whose newest change number has not moved has nothing to tell.
        let newest = connector.root(&mut session).await?.highest_usn;
        if newest == usn {
            continue;
        }
        usn = newest;
        let attrs = watched(connector, &schema);
        let search = Search {
            base: &root.base,
            scope: Depth::Subtree,
            filter: &filter,
            attrs: &attrs,
            extended_names: false,
        };
        let asked = Instant::now();
        let objects = changed(&mut session, &search, &mut cookie).await?;
        rested = Instant::now() + (asked.elapsed() * REST_FACTOR).min(REST_MAX);
        if objects == 0 {
            continue;
        }
        announced_in_time = if announced { announced_in_time + 1 } else { 0 };
        if let Err(mpsc::error::TrySendError::Closed(_)) =
            notices.try_send(ChangeNotice { objects })
        {
            return Ok(());
        }
    }
}

/// How many objects changed since the cookie, which moves on.
async fn changed(
    session: &mut Session,
    search: &Search<'_>,
    cookie: &mut Vec<u8>,
) -> Result<u64, Fault> {
    let mut objects: u64 = 0;
    loop {
        let (entries, more) = dirsync::round(session, search, cookie).await?;
        objects += entries.len() as u64;
        if !more {
            return Ok(objects);
        }
    }
}

/// The attributes whose changes matter: those of the last import, or before there was one, all that are offered.
fn watched(connector: &LdapConnector, schema: &DirectorySchema) -> Vec<String> {
    if let Some(attrs) = connector.memory().watched.clone() {
        return attrs;
    }
    dirsync::TELLING
        .into_iter()
        .chain([flags::ATTR])
        .map(str::to_owned)
        .chain(schema.attrs.keys().map(|name| name.as_str().to_owned()))
        .collect()
}

/// The server's own notifications, as long as they last.
struct Announcements {
    events: mpsc::Receiver<()>,
    task: JoinHandle<()>,
}

impl Announcements {
    fn subscribe(ldap: Ldap, base: String) -> Self {
        let (wake, events) = mpsc::channel(1);
        Self {
            events,
            task: tokio::spawn(announce(ldap, base, wake)),
        }
    }

    /// The next one; never, once the server has stopped.
    async fn next(&mut self) {
        if self.events.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Announcements {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn announce(mut ldap: Ldap, base: String, wake: mpsc::Sender<()>) {
    let attrs = ["1.1"];
    let started = ldap
        .with_controls(controls::notification())
        .streaming_search(&base, Depth::Subtree, "(objectClass=*)", attrs)
        .await;
    let Ok(mut stream) = started else {
        return;
    };
    while let Ok(Some(_)) = stream.next().await {
        // A wake-up that was not taken yet stands for this one.
        let _ = wake.try_send(());
    }
}
