//! Objects: search, the single-object report, metaverse objects.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem};
use syncline_model::attrs::AttrId;
use syncline_model::contributors::Contributors;
use syncline_model::object::{
    CsKind, CsObject, CsRef, Disjoin, Lineage, LinkKind, MvState, PendingImport, Provenance,
    Subject,
};
use syncline_model::plan::WorkItem;
use syncline_model::{AttrTable, Attrs, CsId, MvId, TenantId};
use syncline_store::tenant::TenantRead;

use super::Tenant;
use super::context::{Context, refused};
use super::messages;
use super::runs::{cut, position, sealed};
use crate::present::{self, VALUES_SHOWN};
use crate::profile::source;
use crate::resource::instant::Instant;
use crate::resource::object::*;

/// Objects looked at by one page of a search at most.
const SCAN: i64 = 2_000;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::OBJECTS_LIST, list, |d| {
            d.query::<ObjectFilter>()
                .returns::<Page<ObjectSummary>>(200, "By id.")
        })
        .serve(&ops::OBJECTS_GET, get, |d| {
            d.returns::<ObjectReport>(200, "Everything known about it.")
        })
        .serve(&ops::OBJECTS_SEND_AGAIN, send_again, |d| {
            d.answers(204, "What was given up goes with the next cycle.")
        })
        .serve(&ops::METAVERSE_GET, metaverse, |d| {
            d.returns::<MetaverseView>(200, "The metaverse object.")
        })
}

async fn list(
    context: Context,
    Params(filter): Params<ObjectFilter>,
) -> Result<Body<Page<ObjectSummary>>, Problem> {
    let page = PageQuery {
        cursor: filter.cursor.clone(),
        limit: filter.limit,
    };
    let scope = format!(
        "objects {:?} {:?} {:?}",
        filter.directory, filter.object_type, filter.query
    );
    let limit = page.limit() as usize;
    let mut after = CsId(position(&context, &scope, &page)?.unwrap_or(0));
    let types = context.app.db.types();
    let wanted = match &filter.object_type {
        Some(name) => match types.id(name) {
            Some(id) => Some(id),
            None => return Ok(Body(Page::last(Vec::new()))),
        },
        None => None,
    };
    let needle = filter
        .query
        .as_deref()
        .map(syncline_model::text::match_fold);
    let mut read = context.read().await?;
    let mut found: Vec<CsObject> = Vec::new();
    loop {
        // Search by part is a scan of decoded bodies here, in the runner: the database cannot read them.
        let rows = read
            .cs_page(filter.directory, wanted, after, SCAN)
            .await
            .map_err(refused)?;
        let scanned = rows.len() as i64;
        let Some(last) = rows.last().map(|o| o.row.id) else {
            break;
        };
        for object in rows {
            let hit = needle.as_ref().is_none_or(|n| holds(&object, n));
            if object.row.kind == CsKind::Staging && hit {
                found.push(object);
                if found.len() > limit {
                    break;
                }
            }
        }
        if found.len() > limit || scanned < SCAN {
            break;
        }
        after = last;
    }
    let part = cut(found, page.limit(), |last| {
        sealed(&context, &scope, last.row.id.get())
    });
    let names = read
        .cs_names(&part.items.iter().map(|o| o.row.id).collect::<Vec<_>>())
        .await
        .map_err(refused)?;
    let attrs = context.app.db.attrs();
    let items = part
        .items
        .iter()
        .map(|o| present::summary(o, &types, &attrs, &names))
        .collect();
    Ok(Body(Page {
        items,
        next: part.next,
    }))
}

fn holds(object: &CsObject, needle: &str) -> bool {
    let text = |t: &str| syncline_model::text::match_fold(t).contains(needle);
    object.body.rdn.as_deref().is_some_and(text)
        || object
            .body
            .attrs
            .iter()
            .any(|(_, values)| values.iter().any(|v| v.as_text().is_some_and(text)))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CsId)>,
) -> Result<Body<ObjectReport>, Problem> {
    report(&context, id).await.map(Body)
}

/// Everything known about an object.
pub(super) async fn report(context: &Context, id: CsId) -> Result<ObjectReport, Problem> {
    let (types, attrs) = (context.app.db.types(), context.app.db.attrs());
    let mut read = context.read().await?;
    let object = read
        .cs_objects(&[id])
        .await
        .map_err(refused)?
        .pop()
        .ok_or_else(Problem::not_found)?;
    let refs = read.refs_from(&[id]).await.map_err(refused)?;
    let mut named: Vec<CsId> = refs.iter().map(|r| r.to).collect();
    named.push(id);
    let names = read.cs_names(&named).await.map_err(refused)?;
    let intent = read.intents(&[id]).await.map_err(refused)?.pop();
    let memory = read.memory(&[id]).await.map_err(refused)?;
    let pending = read.pending_ops(&[id]).await.map_err(refused)?;
    let rules = present::Rules::load(&mut read).await.map_err(refused)?;
    let pending_export = match pending.into_iter().next() {
        Some(op) => {
            present::operations(&mut read, &rules, &types, &context.app.db.attrs(), vec![op])
                .await
                .map_err(refused)?
                .pop()
        }
        None => None,
    };
    let metaverse = match object.row.link {
        Some(link) => metaverse_view(context, &mut read, &rules, link.mv).await?,
        None => None,
    };
    let linked = object
        .row
        .link
        .and_then(|link| rules.object_type(link.part));
    let linked = linked.and_then(|name| types.id(name));
    let mut subjects = vec![Subject::Cs(id)];
    subjects.extend(object.row.link.map(|l| Subject::Mv(l.mv)));
    Ok(ObjectReport {
        summary: present::summary(&object, &types, &attrs, &names),
        provenance: match object.row.provenance {
            Provenance::Discovered => "discovered",
            Provenance::CreatedByUs => "created-by-us",
            Provenance::Adopted => "adopted",
        }
        .into(),
        state: state(&object).into(),
        retired_at: object
            .row
            .retired
            .map(|s| Instant::from_unix_ms(s.saturating_mul(1000))),
        pending_import: match object.row.pending_import_as(linked) {
            PendingImport::None => "none",
            PendingImport::Add => "add",
            PendingImport::Update => "update",
            PendingImport::Delete => "delete",
            PendingImport::DeleteAdd => "delete-add",
        }
        .into(),
        link: object.row.link.map(|link| LinkView {
            metaverse_object: link.mv,
            part: link.part,
            kind: link_word(link.kind).into(),
            explicit: link.explicit,
        }),
        attributes: attributes(&object.body.attrs, &refs, &names, &attrs),
        intended: intent
            .map(|i| present::intended(&i, &attrs))
            .unwrap_or_default(),
        pending_export,
        unconfirmed: memory.len() as i64,
        metaverse,
        messages: messages::standing(context, &mut read, &subjects).await?,
    })
}

/// Ends the contests of an object: the next cycle derives anew what was given up (D-48).
async fn send_again(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CsId)>,
) -> Result<StatusCode, Problem> {
    let mut tx = context.write().await?;
    let rows = tx.cs_rows_by_id(&[id]).await.map_err(refused)?;
    let row = rows.first().copied().ok_or_else(Problem::not_found)?;
    if tx.contests_end(id).await.map_err(refused)? {
        let profiles = tx.profiles().await.map_err(refused)?;
        let work: Vec<WorkItem> = profiles
            .iter()
            .filter(|p| source::directories(&p.doc).contains(&row.directory))
            .map(|p| WorkItem {
                profile: p.id,
                subject: Subject::Cs(id),
            })
            .collect();
        tx.work_add(&work).await.map_err(refused)?;
    }
    tx.audit(context.act("objects.send-again", id, json!({})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(StatusCode::NO_CONTENT)
}

async fn metaverse(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, MvId)>,
) -> Result<Body<MetaverseView>, Problem> {
    let mut read = context.read().await?;
    let rules = present::Rules::load(&mut read).await.map_err(refused)?;
    let view = metaverse_view(&context, &mut read, &rules, id).await?;
    Ok(Body(view.ok_or_else(Problem::not_found)?))
}

async fn metaverse_view(
    context: &Context,
    read: &mut TenantRead,
    rules: &present::Rules,
    id: MvId,
) -> Result<Option<MetaverseView>, Problem> {
    let (types, attrs) = (context.app.db.types(), context.app.db.attrs());
    let Some(object) = read.mv_objects(&[id]).await.map_err(refused)?.pop() else {
        return Ok(None);
    };
    let refs = read.mv_refs_from(&[id]).await.map_err(refused)?;
    let rows = read.cs_linked_to(&[id]).await.map_err(refused)?;
    let ids: Vec<CsId> = rows.iter().map(|r| r.id).collect();
    let linked_ids: BTreeSet<CsId> = ids.iter().copied().collect();
    let lives = object.state == MvState::Live;
    let is_retained = |giver: CsId| lives && !linked_ids.contains(&giver);
    let linked = read.cs_objects(&ids).await.map_err(refused)?;
    let referred: Vec<MvId> = refs.iter().map(|r| r.to).collect();
    let referred = present::mv_names(read, &referred, &attrs)
        .await
        .map_err(refused)?;
    let given = object.body.values.iter().chain(&object.body.merged);
    let givers = given
        .map(|v| v.lineage)
        .chain(refs.iter().map(|r| r.lineage));
    let sources: Vec<CsId> = givers.map(|giver| giver.cs).collect();
    let names = read
        .cs_names(&[ids, sources].concat())
        .await
        .map_err(refused)?;
    let named = |id: AttrId| attrs.name(id).cloned();
    let mut shown: Vec<MetaverseAttribute> = object
        .body
        .values
        .iter()
        .filter_map(|v| {
            Some(MetaverseAttribute {
                name: named(v.attr)?,
                values: present::texts(&v.values),
                count: v.values.len() as i64,
                part: Some(v.lineage.part),
                rule: rules.text(v.lineage.part, v.lineage.flow),
                source: names.get(&v.lineage.cs).cloned(),
                retained: is_retained(v.lineage.cs),
                contributions: present::contributions(
                    &Contributors::of(v, &object.body.merged),
                    rules,
                    &names,
                ),
            })
        })
        .collect();
    let mut by_attr: BTreeMap<AttrId, Vec<&syncline_model::object::MvRef>> = BTreeMap::new();
    for reference in &refs {
        by_attr.entry(reference.attr).or_default().push(reference);
    }
    let told = |all: &BTreeSet<MvId>| -> Vec<String> {
        let name = |to: &MvId| referred.get(to).cloned().unwrap_or_else(|| to.to_string());
        all.iter().take(VALUES_SHOWN).map(name).collect()
    };
    shown.extend(by_attr.into_iter().filter_map(|(attr, refs)| {
        let lineage = refs.first()?.lineage;
        let all: BTreeSet<MvId> = refs.iter().map(|r| r.to).collect();
        let mut given: BTreeMap<Lineage, BTreeSet<MvId>> = BTreeMap::new();
        for reference in refs {
            given
                .entry(reference.lineage)
                .or_default()
                .insert(reference.to);
        }
        let contribution = |(giver, values): (&Lineage, &BTreeSet<MvId>)| ContributionView {
            values: told(values),
            part: giver.part,
            rule: rules.text(giver.part, giver.flow),
            source: names.get(&giver.cs).cloned(),
        };
        Some(MetaverseAttribute {
            name: named(attr)?,
            values: told(&all),
            count: all.len() as i64,
            part: Some(lineage.part),
            rule: rules.text(lineage.part, lineage.flow),
            source: names.get(&lineage.cs).cloned(),
            retained: is_retained(lineage.cs),
            contributions: match given.len() {
                1 => Vec::new(),
                _ => given.iter().map(contribution).collect(),
            },
        })
    }));
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(MetaverseView {
        id,
        object_type: types.name(object.mv_type).unwrap_or_default().to_owned(),
        attributes: shown,
        links: linked
            .iter()
            .map(|o| present::summary(o, &types, &attrs, &names))
            .collect(),
    }))
}

fn attributes(
    own: &Attrs,
    refs: &[CsRef],
    names: &BTreeMap<CsId, String>,
    attrs: &AttrTable,
) -> Vec<AttributeValues> {
    let mut shown: Vec<AttributeValues> = own
        .iter()
        .filter_map(|(id, values)| {
            let name = attrs.name(id)?.clone();
            Some(AttributeValues {
                name,
                values: present::texts(values),
                count: values.len() as i64,
            })
        })
        .collect();
    let mut by_attr: BTreeMap<AttrId, Vec<CsId>> = BTreeMap::new();
    for reference in refs {
        by_attr
            .entry(reference.attr)
            .or_default()
            .push(reference.to);
    }
    shown.extend(by_attr.into_iter().filter_map(|(id, to)| {
        let text = |id: &CsId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
        let name = attrs.name(id)?.clone();
        Some(AttributeValues {
            name,
            values: to.iter().take(VALUES_SHOWN).map(text).collect(),
            count: to.len() as i64,
        })
    }));
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    shown
}

fn state(object: &CsObject) -> &'static str {
    use syncline_model::object::CsFlags;
    if object.row.kind == CsKind::Placeholder {
        "placeholder"
    } else if object.row.flags.has(CsFlags::TRANSIENT) {
        "transient"
    } else if object.row.link.is_some() {
        "joined"
    } else {
        match object.row.disjoin {
            Disjoin::Normal => "normal",
            Disjoin::Filtered => "filtered",
            Disjoin::Explicit => "explicit",
        }
    }
}

fn link_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Provision => "provision",
        LinkKind::Sticky => "sticky",
        LinkKind::Join => "join",
        LinkKind::Target => "target",
        LinkKind::Departing => "departing",
    }
}
