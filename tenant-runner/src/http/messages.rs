//! The message log: what stands wrong with objects, directories and profiles.
//!
//! Invariant: what a message says of an object may quote its values, so that it is shown to who may read values, and to
//! nobody else.

use std::collections::BTreeMap;

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, Right, cursor};
use syncline_model::message::{self, Severity};
use syncline_model::object::Subject;
use syncline_model::profile::Profile;
use syncline_model::{AttrName, CsId, MessageId, PartId, TenantId};
use syncline_store::tenant::{LogFilter, LogPlace, Logged, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::runs::cut;
use crate::jobs::NextTries;
use crate::present;
use crate::resource::instant::Instant;
use crate::resource::message::{Message, MessageCount, MessageCounts, MessageFilter};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::MESSAGES_LIST, list, |d| {
            d.query::<MessageFilter>()
                .returns::<Page<Message>>(200, "The last seen first.")
        })
        .serve(&ops::MESSAGES_COUNTS, counts, |d| {
            d.query::<MessageFilter>()
                .returns::<MessageCounts>(200, "The worst first.")
        })
        .serve(&ops::MESSAGES_GET, get, |d| {
            d.returns::<Message>(200, "The message.")
        })
}

async fn list(
    context: Context,
    Params(filter): Params<MessageFilter>,
) -> Result<Body<Page<Message>>, Problem> {
    let page = PageQuery {
        cursor: filter.cursor.clone(),
        limit: filter.limit,
    };
    let wanted = wanted(&filter);
    let scope = format!("messages {wanted:?}");
    self::page(&context, &wanted, &scope, &page).await
}

async fn counts(
    context: Context,
    Params(filter): Params<MessageFilter>,
) -> Result<Body<MessageCounts>, Problem> {
    let mut read = context.read().await?;
    let counts = read.log_counts(&wanted(&filter)).await.map_err(refused)?;
    Ok(Body(by_code(counts)))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, MessageId)>,
) -> Result<Body<Message>, Problem> {
    let tries = NextTries::load(&context.app).await.map_err(refused)?;
    let mut read = context.read().await?;
    let entry = read.logged(id).await.map_err(refused)?;
    let entry = entry.ok_or_else(Problem::not_found)?;
    let shown = shown(&context, &mut read, vec![entry], &tries).await?.pop();
    Ok(Body(shown.ok_or_else(Problem::not_found)?))
}

/// One page of the log.
pub(super) async fn page(
    context: &Context,
    filter: &LogFilter,
    scope: &str,
    page: &PageQuery,
) -> Result<Body<Page<Message>>, Problem> {
    let before = match &page.cursor {
        Some(cursor) => place(&cursor::open(&context.app.cursor_key, scope, cursor)?),
        None => None,
    };
    let tries = NextTries::load(&context.app).await.map_err(refused)?;
    let mut read = context.read().await?;
    let rows = read
        .log(filter, before, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        let place = format!("{} {}", last.last_ms, last.id.get());
        cursor::seal(&context.app.cursor_key, scope, &place)
    });
    Ok(Body(Page {
        items: shown(context, &mut read, part.items, &tries).await?,
        next: part.next,
    }))
}

/// What stands wrong with an object, the last seen first.
pub(super) async fn standing(
    context: &Context,
    read: &mut TenantRead,
    subjects: &[Subject],
) -> Result<Vec<Message>, Problem> {
    let mut errors = read.errors_of(subjects).await.map_err(refused)?;
    errors.sort_by_key(|e| std::cmp::Reverse(e.last_ms));
    let entries = errors.into_iter().map(Logged::from).collect();
    shown(context, read, entries, &NextTries::default()).await
}

fn wanted(filter: &MessageFilter) -> LogFilter {
    LogFilter {
        run: filter.run,
        directory: filter.directory,
        profile: filter.profile,
        object: filter.object,
        code: filter.code.clone(),
        class: filter.class,
        at_least: filter.severity,
        open: filter.open,
    }
}

/// Reads a cursor's text back.
fn place(text: &str) -> Option<LogPlace> {
    let (last_ms, id) = text.split_once(' ')?;
    Some(LogPlace {
        last_ms: last_ms.parse().ok()?,
        id: MessageId(id.parse().ok()?),
    })
}

fn by_code(counts: BTreeMap<String, i64>) -> MessageCounts {
    let total = counts.values().sum();
    let mut codes: Vec<MessageCount> = counts
        .into_iter()
        .map(|(code, count)| {
            let entry = message::find(&code);
            MessageCount {
                severity: entry.map(|e| e.severity),
                class: entry.map(|e| e.class),
                meaning: entry.map(|e| e.what.to_owned()),
                code,
                count,
            }
        })
        .collect();
    codes.sort_by_key(|c| std::cmp::Reverse((c.severity.unwrap_or(Severity::Error), c.count)));
    MessageCounts { codes, total }
}

/// Entries as they are shown, each with its object's name.
async fn shown(
    context: &Context,
    read: &mut TenantRead,
    entries: Vec<Logged>,
    tries: &NextTries,
) -> Result<Vec<Message>, Problem> {
    let may_read = context.may(Right::ReadValues);
    let attrs = context.app.db.attrs();
    let metaverse: Vec<i64> = entries
        .iter()
        .filter_map(|entry| match entry.object {
            Some(Subject::Mv(id)) => Some(id.get()),
            _ => None,
        })
        .collect();
    let faces = read.log_faces(&metaverse).await.map_err(refused)?;
    let object_of = |entry: &Logged| match entry.object? {
        Subject::Cs(id) => Some(id),
        Subject::Mv(id) => faces.get(&id.get()).copied(),
    };
    let mut names = BTreeMap::new();
    if may_read {
        let ids: Vec<CsId> = entries.iter().filter_map(object_of).collect();
        let objects = read.cs_objects(&ids).await.map_err(refused)?;
        names.extend(objects.iter().map(|o| (o.row.id, present::name(o, &attrs))));
    }
    let profiles = match entries.iter().any(|entry| entry.part.is_some()) {
        true => read.profiles().await.map_err(refused)?,
        false => Vec::new(),
    };
    Ok(entries
        .into_iter()
        .map(|entry| {
            let object = object_of(&entry);
            let attribute = entry.attr.and_then(|attr| attrs.name(attr).cloned());
            let name = object.and_then(|id| names.get(&id).cloned());
            let of_rule = |part| {
                let mut docs = profiles.iter().map(|row| &row.doc);
                docs.find_map(|doc| rule_at(doc, part, attribute.as_ref()))
            };
            let at = entry.part.and_then(of_rule);
            let mut message = view(entry, tries);
            message.at = at;
            message.attribute = attribute;
            message.object = object;
            message.name = name;
            if !may_read && message.stage.is_some() {
                message.text = message.meaning.clone().unwrap_or_default();
            }
            message
        })
        .collect())
}

/// Where a part stands in a profile's document, down to the flow of an attribute.
fn rule_at(doc: &Profile, part: PartId, attribute: Option<&AttrName>) -> Option<String> {
    let inbound = doc.inbound.iter().map(|p| (p.id, &p.flows)).enumerate();
    let outbound = doc.outbound.iter().map(|p| (p.id, &p.flows)).enumerate();
    let parts = inbound
        .map(|(n, (id, flows))| (id, flows, format!("/inbound/{n}")))
        .chain(outbound.map(|(n, (id, flows))| (id, flows, format!("/outbound/{n}"))));
    let (_, flows, at) = parts.into_iter().find(|(id, ..)| *id == Some(part))?;
    let flow = attribute.and_then(|name| flows.iter().position(|flow| flow.to == *name));
    Some(flow.map_or(at.clone(), |n| format!("{at}/flows/{n}")))
}

/// An entry without what has to be looked up.
fn view(entry: Logged, tries: &NextTries) -> Message {
    let known = message::find(&entry.code);
    let open = entry.is_open();
    let next_ms = match entry.kind {
        Some(_) => entry.retry_ms,
        None => tries.of(entry.directory, entry.profile),
    };
    let (mut others, mut metaverse_objects) = (Vec::new(), Vec::new());
    for other in &entry.others {
        match other {
            Subject::Cs(id) => others.push(*id),
            Subject::Mv(id) => metaverse_objects.push(*id),
        }
    }
    Message {
        id: entry.id,
        severity: entry.severity,
        meaning: known.map(|k| k.what.to_owned()),
        to_do: known.map(|k| k.to_do.to_owned()),
        class: known.map(|k| k.class),
        stage: entry.stage,
        run: entry.run,
        directory: entry.directory,
        profile: entry.profile,
        at: None,
        object: None,
        name: None,
        attribute: None,
        others,
        metaverse_objects,
        count: entry.count,
        first_at: Instant::from_unix_ms(entry.first_ms),
        last_at: Instant::from_unix_ms(entry.last_ms),
        next_try_at: next_ms.filter(|_| open).map(Instant::from_unix_ms),
        ended_at: entry.ended_ms.map(Instant::from_unix_ms),
        open,
        code: entry.code,
        text: entry.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_says_where_the_last_page_ended_and_nothing_else() {
        let expected = LogPlace {
            last_ms: 1_700_000_000_000,
            id: MessageId(42),
        };

        assert_eq!(place("1700000000000 42"), Some(expected));
        assert_eq!(place("42"), None);
        assert_eq!(place("now 42"), None);
    }

    #[test]
    fn a_rule_is_found_in_its_profile_down_to_the_flow() {
        let text = r#"{"name":"W","inbound":[
          {"id":"prt_1","directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
            {"to":"sn","from":"sn"},{"to":"mail","from":"mail"}]}],
         "outbound":[
          {"id":"prt_2","directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update","flows":[]}]}"#;
        let doc: Profile = serde_json::from_str(text).unwrap();
        let mail = AttrName::new("mail");
        let at = |part, attr| rule_at(&doc, PartId(part), attr);

        assert_eq!(at(1, Some(&mail)).as_deref(), Some("/inbound/0/flows/1"));
        assert_eq!(at(1, None).as_deref(), Some("/inbound/0"));
        assert_eq!(at(2, Some(&mail)).as_deref(), Some("/outbound/0"));
        assert_eq!(at(3, None), None);
    }

    #[test]
    fn codes_come_worst_first_and_then_by_how_many_there_are() {
        let counts = [
            ("export.resting", 9),
            ("guard_tripped", 1),
            ("rule-error", 2),
            ("ambiguous-match", 7),
        ];
        let counts = counts.map(|(code, n)| (code.to_owned(), n)).into();

        let listed = by_code(counts);

        let codes: Vec<&str> = listed.codes.iter().map(|c| c.code.as_str()).collect();
        assert_eq!(
            codes,
            [
                "ambiguous-match",
                "rule-error",
                "guard_tripped",
                "export.resting"
            ]
        );
        assert_eq!(listed.total, 19);
    }
}
