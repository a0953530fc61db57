//! The message log: what runs said, and what stands wrong with objects.

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, Problem};
use syncline_model::error::ErrorClass;
use syncline_model::object::Subject;
use syncline_model::{CsId, MessageId};
use syncline_store::tenant::{self as store, StandingError, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::runs::{cut, position, sealed};
use crate::resource::instant::Instant;
use crate::resource::message::{Message, MessageFilter, Severity};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface.serve(&ops::MESSAGES_LIST, list, |d| {
        d.query::<MessageFilter>()
            .returns::<Page<Message>>(200, "Newest first.")
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
    let scope = format!(
        "messages {:?} {:?} {:?} {:?} {:?} {:?}",
        filter.severity, filter.code, filter.directory, filter.profile, filter.object, filter.open
    );
    let wanted = store::MessageFilter {
        directory: filter.directory,
        profile: filter.profile,
        object: filter.object.map(CsId::get),
        at_least: filter.severity.map(|severity| match severity {
            Severity::Info => store::Severity::Info,
            Severity::Warning => store::Severity::Warning,
            Severity::Error => store::Severity::Error,
        }),
        open: filter.open == Some(true),
        ..store::MessageFilter::default()
    };
    let mut answer = self::page(&context, wanted, &scope, &page).await?.0;
    if let Some(code) = &filter.code {
        answer.items.retain(|message| message.code == *code);
    }
    Ok(Body(answer))
}

/// One page of the log.
pub(super) async fn page(
    context: &Context,
    filter: store::MessageFilter,
    scope: &str,
    page: &PageQuery,
) -> Result<Body<Page<Message>>, Problem> {
    let filter = store::MessageFilter {
        before: position(context, scope, page)?.map(MessageId),
        ..filter
    };
    let mut read = context.app.db.read().await.map_err(refused)?;
    let rows = read
        .messages(&filter, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(context, scope, last.message.id.get())
    });
    Ok(Body(Page {
        items: part.items.into_iter().map(view).collect(),
        next: part.next,
    }))
}

/// What stands wrong with an object, newest first.
pub(super) async fn standing(
    read: &mut TenantRead,
    subjects: &[Subject],
) -> Result<Vec<Message>, Problem> {
    let mut errors = read.errors_of(subjects).await.map_err(refused)?;
    errors.sort_by_key(|e| std::cmp::Reverse(e.last_ms));
    Ok(errors.into_iter().map(of_error).collect())
}

fn of_error(error: StandingError) -> Message {
    let (object, number) = match error.subject {
        Subject::Cs(id) => (Some(id), id.get()),
        Subject::Mv(id) => (None, id.get()),
    };
    let class = error.entry.kind.class();
    Message {
        id: MessageId(number),
        severity: if class == ErrorClass::Transient {
            Severity::Warning
        } else {
            Severity::Error
        },
        code: error.entry.kind.code().to_owned(),
        class: Some(class),
        stage: Some(error.stage),
        run: None,
        directory: None,
        profile: None,
        object,
        name: None,
        text: error.entry.message,
        count: i64::from(error.count),
        first_at: Instant::from_unix_ms(error.first_ms),
        last_at: Instant::from_unix_ms(error.last_ms),
        open: true,
    }
}

fn view(listed: store::Listed) -> Message {
    let store::Listed { message, open } = listed;
    let at = Instant::from_unix_ms(message.at_ms);
    Message {
        id: message.id,
        severity: match message.severity {
            store::Severity::Info => Severity::Info,
            store::Severity::Warning => Severity::Warning,
            store::Severity::Error => Severity::Error,
        },
        code: message.code,
        class: None,
        stage: None,
        run: message.run,
        directory: message.directory,
        profile: message.profile,
        object: message.object.map(CsId),
        name: message
            .body
            .detail
            .get("name")
            .and_then(|n| n.as_str())
            .map(str::to_owned),
        text: message.body.text,
        count: 1,
        first_at: at,
        last_at: at,
        open,
    }
}
