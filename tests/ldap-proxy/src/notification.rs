//! Change notifications that come at once and tell deletions, where Samba's come late and do not.
//!
//! The proxy asks the directory for its highest update number many times a second, which costs next
//! to nothing, and reads what changed by DirSync when it moved.

use crate::{
    body::{Entry, SearchRequest, any_object},
    connection::Connection,
    dirsync::Value,
    message::{Message, code, oid, op},
    upstream::Gone,
};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Answers with an entry for every change below the base until the client abandons the search.
pub(crate) async fn serve(
    connection: &Connection,
    id: i32,
    search: &SearchRequest,
) -> Result<(), Gone> {
    let refuse = |code, text: &str| connection.answer(id, Message::result(op::DONE, code, text));
    if !search.filter.eq_ignore_ascii_case(&any_object()) {
        return refuse(
            code::UNWILLING,
            "00002035: LdapErr: the filter of a notification is (objectClass=*)",
        )
        .await;
    }
    let Some(_open) = connection.open_notification() else {
        return refuse(
            code::ADMIN_LIMIT_EXCEEDED,
            "00002024: LdapErr: too many notifications",
        )
        .await;
    };
    let mut seen = highest_update(connection).await?;
    let mut changes = match Changes::from_now(connection, search).await? {
        Ok(changes) => changes,
        Err(refused) => return connection.answer(id, refused).await,
    };
    let mut clock = interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let highest = highest_update(connection).await?;
        if highest == seen {
            continue;
        }
        seen = highest;
        for entry in changes.read(connection).await? {
            connection
                .answer_entry(id, Message::new(op::ENTRY, entry.encode()))
                .await?;
        }
    }
}

async fn highest_update(connection: &Connection) -> Result<Vec<u8>, Gone> {
    let name = "highestCommittedUSN";
    let (entries, _) = connection
        .upstream
        .search(&SearchRequest::new("", 0, &[name]).to_message())
        .await?;
    Ok(entries
        .first()
        .and_then(|root| root.values(name).first())
        .cloned()
        .unwrap_or_default())
}

/// A DirSync of our own, over the domain that holds the client's base.
struct Changes<'a> {
    search: &'a SearchRequest,
    domain: String,
    cookie: Vec<u8>,
}

impl<'a> Changes<'a> {
    async fn from_now(
        connection: &Connection,
        search: &'a SearchRequest,
    ) -> Result<Result<Changes<'a>, Message>, Gone> {
        let lower = search.base.to_lowercase();
        let start = if lower.starts_with("dc=") {
            Some(0)
        } else {
            lower.find(",dc=").map(|comma| comma + 1)
        };
        let domain = start
            .and_then(|start| search.base.get(start..))
            .unwrap_or_default()
            .to_owned();
        let mut changes = Self {
            search,
            domain,
            cookie: Vec::new(),
        };
        let (_, done) = changes.ask(connection, &["objectGUID"]).await?;
        // Without the right to replicate there is nothing to watch with: the directory says so itself.
        Ok(if changes.take_cookie(&done) {
            Ok(changes)
        } else {
            Err(done)
        })
    }

    async fn read(&mut self, connection: &Connection) -> Result<Vec<Entry>, Gone> {
        let (entries, done) = self.ask(connection, &[]).await?;
        self.take_cookie(&done);
        let whole = self.search.base.eq_ignore_ascii_case(&self.domain);
        let base = self.search.base.to_lowercase();
        let below = format!(",{base}");
        let concerned = |dn: &str| {
            let dn = dn.to_lowercase();
            match self.search.scope {
                0 => dn == base,
                1 => dn
                    .strip_suffix(&below)
                    .is_some_and(|rdn| !rdn.replace("\\,", "").contains(',')),
                _ => whole || dn == base || dn.ends_with(&below),
            }
        };
        let wanted = |name: &str| {
            let asked = &self.search.attributes;
            asked.is_empty()
                || asked
                    .iter()
                    .any(|asked| asked == "*" || asked.eq_ignore_ascii_case(name))
        };
        Ok(entries
            .into_iter()
            .filter(|entry| concerned(&entry.dn))
            .map(|mut entry| {
                entry
                    .attributes
                    .retain(|(name, values)| wanted(name) && !values.is_empty());
                entry
            })
            .collect())
    }

    async fn ask(
        &self,
        connection: &Connection,
        attributes: &[&str],
    ) -> Result<(Vec<Entry>, Message), Gone> {
        let value = Value {
            flags: 0,
            size: i64::from(i32::MAX),
            cookie: self.cookie.clone(),
        };
        let request = SearchRequest::new(&self.domain, 2, attributes).to_message();
        connection
            .upstream
            .search(&request.with(oid::DIRSYNC, true, Some(value.encode())))
            .await
    }

    fn take_cookie(&mut self, done: &Message) -> bool {
        let value = done
            .control(oid::DIRSYNC)
            .and_then(|control| control.value.as_deref());
        let Some(Ok(value)) = value.map(Value::decode) else {
            return false;
        };
        self.cookie = value.cookie;
        true
    }
}
