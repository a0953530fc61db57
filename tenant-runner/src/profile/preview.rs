//! One expression of a draft on real objects, without saving anything.
//!
//! Invariants: the same program and the same sandbox as a run; inbound expressions see source objects as
//! imports left them, outbound ones metaverse objects; at most a hundred objects are shown.

use syncline_contract::{Problem, codes};
use syncline_engine::rules::{Answer, KeyAnswer, RowAnswer, RuleRow, Rules as _, Scope};
use syncline_model::object::Subject;
use syncline_model::profile::Profile;
use syncline_model::{Attrs, CsId, PartId};
use syncline_rules::request::PartSource;
use syncline_sandbox::Program;
use syncline_store::tenant::TenantRead;

use super::programs::{Clock, Programs, Timed};
use super::source::{PartRef, ProfileSource, Side};
use crate::http::context::{Context, refused};
use crate::present;
use crate::resource::profile::{Diagnostic, PreviewDraft, PreviewRow, Previewed};

const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 100;
/// Stands for the part of the draft, which has no id yet.
const DRAFT: PartId = PartId(i64::MAX);

/// What an expression's place in the document asks of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Scope,
    Key(usize),
    OtherKey(usize),
    Dn,
    Flow(usize),
}

/// Where an expression stands: in which part of the document, and in which program.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    part: PartRef,
    /// The part's program, by its number in the request.
    program: usize,
    wanted: Wanted,
}

impl Place {
    fn side(self) -> Side {
        if matches!(self.wanted, Wanted::OtherKey(_)) {
            Side::Other
        } else {
            Side::Own
        }
    }

    /// The expression with nothing beside it but its part's scope: what is typed is compiled, and the rest is not.
    pub fn alone(self, source: &ProfileSource) -> PartSource {
        let whole = &source.request.parts[self.program];
        let nth = |n: usize| whole.keys.get(n).cloned().into_iter().collect();
        let mut alone = PartSource {
            id: "preview".into(),
            keys: Vec::new(),
            dn: None,
            flows: Vec::new(),
            ..whole.clone()
        };
        match self.wanted {
            Wanted::Scope => {}
            Wanted::Key(n) | Wanted::OtherKey(n) => alone.keys = nth(n),
            Wanted::Dn => alone.dn.clone_from(&whole.dn),
            Wanted::Flow(n) => alone.flows = whole.flows.get(n).cloned().into_iter().collect(),
        }
        alone
    }
}

struct Sample {
    subject: Subject,
    object: Option<CsId>,
    name: String,
    attrs: Attrs,
}

/// The answers of the expression at a place, which was compiled to this artifact if nothing is wrong with it.
pub async fn preview(
    context: &Context,
    draft: &PreviewDraft,
    place: Place,
    diagnostics: Vec<Diagnostic>,
    artifact: Option<Vec<u8>>,
) -> Result<Previewed, Problem> {
    let mine = |d: &&Diagnostic| d.at.starts_with(&draft.at);
    let Some(artifact) = artifact else {
        let found: Vec<_> = diagnostics.iter().filter(mine).cloned().collect();
        return Ok(Previewed {
            diagnostics: if found.is_empty() { diagnostics } else { found },
            rows: Vec::new(),
            population: 0,
        });
    };
    let diagnostics = diagnostics.iter().filter(mine).cloned().collect();
    let limit = i64::from(draft.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX));
    let mut read = context.read().await?;
    let (samples, population) = samples(
        context,
        &mut read,
        &draft.document,
        place.part,
        place.side(),
        limit,
    )
    .await?;
    drop(read);
    let app = context.app.clone();
    let rows = tokio::task::spawn_blocking(move || {
        // SAFETY: the bytes come straight from the compile child, over the channel that the host gave to this process.
        #[allow(unsafe_code)]
        let program = unsafe { Program::load(&artifact, &app.runtime) }?;
        let draws = app.db.keys().draws();
        let programs = Programs::new(app.db.attrs(), draws, [((DRAFT, place.side()), program)]);
        Ok(evaluate(&programs.at(Clock::now()), place.wanted, samples)?)
    });
    let rows = rows
        .await
        .map_err(|_| Problem::internal())?
        .map_err(|error: anyhow::Error| {
            tracing::error!("a preview failed: {error:#}");
            Problem::internal()
        })?;
    Ok(Previewed {
        diagnostics,
        rows,
        population,
    })
}

fn evaluate(
    programs: &Timed<'_>,
    wanted: Wanted,
    samples: Vec<Sample>,
) -> Result<Vec<PreviewRow>, syncline_engine::rules::RulesFailure> {
    let rows: Vec<RuleRow<'_>> = samples
        .iter()
        .map(|s| RuleRow::of(s.subject, &s.attrs))
        .collect();
    let outcomes: Vec<(String, Vec<String>, Option<String>)> = match wanted {
        Wanted::OtherKey(_) => {
            let answers = programs.other_keys(DRAFT, &rows)?;
            answers.into_iter().map(of_only_key).collect()
        }
        wanted => programs
            .evaluate(DRAFT, &rows)?
            .into_iter()
            .map(|row| of_row(row, wanted))
            .collect(),
    };
    Ok(samples
        .into_iter()
        .zip(outcomes)
        .map(|(s, (outcome, values, error))| PreviewRow {
            object: s.object,
            name: s.name,
            values,
            outcome,
            error,
        })
        .collect())
}

fn of_row(row: RowAnswer, wanted: Wanted) -> (String, Vec<String>, Option<String>) {
    let scope = match &row.scope {
        Scope::In => None,
        Scope::Out => Some(("out-of-scope".to_owned(), Vec::new(), None)),
        Scope::Failed(error) => Some(("error".to_owned(), Vec::new(), Some(error.message.clone()))),
    };
    match (wanted, scope) {
        (Wanted::Scope, None) => ("value".into(), vec!["true".into()], None),
        (Wanted::Scope, Some((outcome, ..))) if outcome == "out-of-scope" => {
            ("value".into(), vec!["false".into()], None)
        }
        (_, Some(out)) => out,
        (Wanted::Key(_), None) => of_only_key(row.keys),
        (Wanted::Dn, None) => row.dn.map_or_else(absent, of_key),
        (Wanted::Flow(_), None) => row.flows.into_iter().next().map_or_else(absent, of_flow),
        (Wanted::OtherKey(_), None) => absent(),
    }
}

fn absent() -> (String, Vec<String>, Option<String>) {
    ("absent".into(), Vec::new(), None)
}

fn of_only_key(keys: Vec<KeyAnswer>) -> (String, Vec<String>, Option<String>) {
    keys.into_iter().next().map_or_else(absent, of_key)
}

fn of_key(key: KeyAnswer) -> (String, Vec<String>, Option<String>) {
    match key {
        Ok(Some(text)) => ("value".into(), vec![text], None),
        Ok(None) => absent(),
        Err(error) => ("error".into(), Vec::new(), Some(error.message)),
    }
}

fn of_flow(answer: Answer) -> (String, Vec<String>, Option<String>) {
    match answer {
        Answer::Value(values) => ("value".into(), present::texts(&values), None),
        Answer::Null | Answer::AuthoritativeNull => absent(),
        Answer::Ignore | Answer::Direct => ("ignore".into(), Vec::new(), None),
        Answer::Failed(error) => ("error".into(), Vec::new(), Some(error.message)),
    }
}

/// Which part and what in it the draft's JSON pointer means.
pub fn place(draft: &PreviewDraft, source: &ProfileSource) -> Result<Place, Problem> {
    find(&draft.at, source).ok_or_else(|| {
        Problem::new(&codes::INVALID, "There is no expression there.").field(
            "/at",
            "pointer",
            "Point to a scope, a match side, a DN or a flow.",
        )
    })
}

fn find(at: &str, source: &ProfileSource) -> Option<Place> {
    let mut steps = at.strip_prefix('/')?.split('/');
    let inbound = match steps.next()? {
        "inbound" => true,
        "outbound" => false,
        _ => return None,
    };
    let part = PartRef {
        inbound,
        index: steps.next()?.parse().ok()?,
    };
    let program = |side: Side| source.programs.iter().position(|p| *p == (part, side));
    let key = |side: Side| {
        let pointers = &source.keys[program(side)?];
        pointers.iter().position(|p| at.starts_with(p.as_str()))
    };
    let (side, wanted) = match steps.next()? {
        "scope" => (Side::Own, Wanted::Scope),
        "dn" => (Side::Own, Wanted::Dn),
        "flows" => (Side::Own, Wanted::Flow(steps.next()?.parse().ok()?)),
        "disable" => match steps.next()? {
            "dn" => (Side::Disable, Wanted::Dn),
            "flows" => (Side::Disable, Wanted::Flow(steps.next()?.parse().ok()?)),
            _ => return None,
        },
        "match" => match key(Side::Own) {
            Some(n) => (Side::Own, Wanted::Key(n)),
            None => (Side::Other, Wanted::OtherKey(key(Side::Other)?)),
        },
        _ => return None,
    };
    Some(Place {
        part,
        program: program(side)?,
        wanted,
    })
}

/// Objects that the expression would see: of a directory's type, or of a metaverse type.
async fn samples(
    context: &Context,
    read: &mut TenantRead,
    document: &Profile,
    part: PartRef,
    side: Side,
    limit: i64,
) -> Result<(Vec<Sample>, i64), Problem> {
    let (directory, object_type, metaverse_type) = if part.inbound {
        let p = &document.inbound[part.index];
        (p.directory, &p.object_type, &p.metaverse_type)
    } else {
        let p = &document.outbound[part.index];
        (p.directory, &p.object_type, &p.metaverse_type)
    };
    let (types, attrs) = (context.app.db.types(), context.app.db.attrs());
    if part.inbound == (side == Side::Own) {
        let Some(object_type) = types.id(object_type) else {
            return Ok((Vec::new(), 0));
        };
        let objects = read
            .cs_page(Some(directory), Some(object_type), CsId(0), limit)
            .await
            .map_err(refused)?;
        let counts = read.cs_counts().await.map_err(refused)?;
        let mine = counts
            .iter()
            .filter(|c| c.directory == directory && c.object_type == object_type);
        let sample = |o: syncline_model::object::CsObject| Sample {
            subject: Subject::Cs(o.row.id),
            object: Some(o.row.id),
            name: present::name(&o, &attrs),
            attrs: o.body.attrs,
        };
        let population = mine.map(|c| c.present).sum();
        return Ok((objects.into_iter().map(sample).collect(), population));
    }
    let Some(mv_type) = types.id(metaverse_type) else {
        return Ok((Vec::new(), 0));
    };
    let objects = read
        .mv_page(Some(mv_type), syncline_model::MvId(0), limit)
        .await
        .map_err(refused)?;
    let ids: Vec<_> = objects.iter().map(|o| o.id).collect();
    let linked = read.cs_linked_to(&ids).await.map_err(refused)?;
    let names = present::mv_names(read, &ids, &attrs)
        .await
        .map_err(refused)?;
    let population = read
        .mv_rows()
        .await
        .map_err(refused)?
        .iter()
        .filter(|r| r.mv_type == mv_type)
        .count() as i64;
    let sample = |o: syncline_model::object::MvObject| Sample {
        subject: Subject::Mv(o.id),
        object: linked
            .iter()
            .find(|row| row.link.is_some_and(|l| l.mv == o.id))
            .map(|row| row.id),
        name: names
            .get(&o.id)
            .cloned()
            .unwrap_or_else(|| o.id.to_string()),
        attrs: o.body.attrs(),
    };
    Ok((objects.into_iter().map(sample).collect(), population))
}
