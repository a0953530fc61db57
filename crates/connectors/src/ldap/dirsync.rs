//! DirSync: rounds, cookies, and what must hold before its answers can be trusted.
//!
//! Invariants: a cookie that is not accepted is an expired watermark and nothing else; an account that
//! would be shown changes without deletions gets neither.

use ldap3::Scope as Depth;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::entry::RawEntry;
use super::root::Root;
use super::session::{Search, Session};
use super::watermark::{Watermark, expired};
use super::{controls, errors};

/// Attributes that every DirSync request names: they tell what kind of change it is.
pub const TELLING: [&str; 5] = [
    "objectGUID",
    "objectClass",
    "name",
    "parentGUID",
    "isDeleted",
];
/// The watermark of now. The walk asks for ids only; what counts is the cookie at its end.
pub async fn start(session: &mut Session, root: &Root) -> Result<Watermark, Fault> {
    let mut now = state(session, root).await?;
    let attrs = ["objectGUID".to_owned()];
    let search = Search {
        base: &root.base,
        scope: Depth::Subtree,
        filter: "(objectClass=*)",
        attrs: &attrs,
        extended_names: false,
    };
    loop {
        let (_, more) = round(session, &search, &mut now.cookie).await?;
        if !more {
            expect_deletions(session, root).await?;
            return Ok(now);
        }
    }
}

/// A delta without its deletions looks complete and is not: better none.
pub async fn expect_deletions(session: &mut Session, root: &Root) -> Result<(), Fault> {
    if !root.is_samba || session.sees_deleted(&root.base).await? {
        return Ok(());
    }
    Err(Fault::new(
        "import.deletions_hidden",
        ErrorKind::Permission,
        format!(
            "{} hides deletions from the sync account: it may not see CN=Deleted Objects.",
            root.server
        ),
        "Give the account \"List contents\" and \"Read property\" on CN=Deleted Objects of the domain.",
    ))
}

/// The state of the server, without a cookie.
pub async fn state(session: &mut Session, root: &Root) -> Result<Watermark, Fault> {
    let id = |octets: Option<&[u8]>| octets.and_then(|o| o.try_into().ok()).unwrap_or([0; 16]);
    let head = session
        .object(&root.base, &["objectGUID".to_owned()], false)
        .await?
        .unwrap_or_default();
    let settings = match &root.settings_object {
        Some(name) => session
            .object(name, &["invocationId".to_owned()], false)
            .await?
            .unwrap_or_default(),
        None => RawEntry::default(),
    };
    Ok(Watermark {
        partition: id(head.first("objectGUID")),
        invocation: id(settings.first("invocationId")),
        usn: root.highest_usn,
        cookie: Vec::new(),
    })
}

/// One DirSync round; moves the cookie on and says whether another is needed.
pub async fn round(
    session: &mut Session,
    search: &Search<'_>,
    cookie: &mut Vec<u8>,
) -> Result<(Vec<RawEntry>, bool), Fault> {
    let (entries, result) = session.dir_sync(search, cookie).await?;
    match result.rc {
        0 | 10 => {}
        // Only the cookie can be wrong with a request that was accepted without one.
        1 | 2 | 12 | 19 | 53 | 80 if !cookie.is_empty() => {
            return Err(expired("the directory does not accept it any more")
                .with_evidence(errors::evidence(&result)));
        }
        _ => {
            let what = format!("changes in \"{}\"", search.base);
            return Err(errors::read_refusal(&what, &result));
        }
    }
    let answer = controls::dir_sync_answer(&result.ctrls)
        .ok_or_else(|| errors::read_refusal("changes", &result))?;
    *cookie = answer.cookie;
    Ok((entries, answer.more))
}
