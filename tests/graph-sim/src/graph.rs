//! One request to the Graph face, from its arrival to its answer.
//!
//! Order: the contract judges; fault before, sign-in, quota, contract and permission, the operation itself; the
//! contract judges the answer; fault after. Invariants: every request is in the log with what the contract says
//! of it, whether or not a fault, a quota or a sign-in stood before it, and with what it says of the answer that
//! was meant; a fault before the operation leaves the store as it was, one after it does not.

use crate::{
    batch,
    call::{Call, Handled},
    clock, delta,
    error::Refusal,
    fault::FaultKind,
    judge::{self, Judgement},
    read,
    record::Entry,
    request::{Answer, Incoming},
    route::{self, Resource},
    signin::Access,
    store::Class,
    throttle::{self, Throttled, Verdict},
    world::World,
    write,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// How an answer reaches the client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Manner {
    Whole,
    /// The connection ends without an answer.
    Dropped,
    /// The body ends after so many octets.
    Truncated(usize),
    Dripped {
        octets: usize,
        pause_ms: u64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivery {
    pub(crate) answer: Answer,
    pub(crate) manner: Manner,
}

/// Carries out a request.
pub(crate) fn serve(world: &mut World, incoming: &Incoming) -> Delivery {
    let mut entry = entry_of(world, incoming);
    let token = bearer(incoming).and_then(|token| world.keys.open(token));
    let resource = route::resource(&incoming.path);
    let roles = token.as_ref().map(|access| &access.roles);
    let judgement = judge::judge(incoming, &resource, roles);
    entry.request_violations.clone_from(&judgement.violations);
    let fault = world.faults.strike(&incoming.method, &incoming.path);
    entry.fault = fault.as_ref().map(|fault| format!("{fault:?}"));
    let request_id = world.request_dice.guid();
    let date = clock::timestamp(world.clock.claimed());

    let asked = Asked {
        incoming,
        resource,
        token,
        judgement,
    };
    let handled = match before(world, &asked, fault.as_ref()) {
        Some(refusal) => Err(refusal),
        None => carried_out(world, &asked, &mut entry, fault.as_ref()),
    };
    if let Err(refusal) = &handled {
        entry.code = Some(refusal.code.to_owned());
        // Nobody judged the requests of a batch that was refused as a whole.
        if asked.resource == Resource::Batch {
            let roles = asked.token.as_ref().map(|access| &access.roles);
            for item in batch::requests(incoming, entry.number) {
                let judgement = judge::judge(&item, &route::resource(&item.path), roles);
                entry.request_violations.extend(judgement.violations);
            }
        }
        let said = entry.request_violations.iter();
        if *refusal == Refusal::denied() && !said.into_iter().any(|text| judge::is_lacking(text)) {
            let lacking = judge::lacking(incoming, &[]);
            entry.request_violations.push(lacking);
        }
    }
    let mut answer = handled.unwrap_or_else(|refusal| refusal.into_answer(&date, &request_id));
    entry.answer_violations = judge::judge_answer(incoming, &answer);
    let manner = after(&mut answer, fault.as_ref(), &date, &request_id);
    answer.headers.push(("request-id".to_owned(), request_id));

    entry.status = (manner != Manner::Dropped).then_some(answer.status);
    world.record.add(entry);
    Delivery { answer, manner }
}

/// A request, what it names, who sent it if that can be read, and what the contract says of it.
struct Asked<'r> {
    incoming: &'r Incoming,
    resource: Resource,
    token: Option<Access>,
    judgement: Judgement,
}

/// Puts a request into the log that is answered without being carried out.
pub(crate) fn unserved(world: &mut World, incoming: &Incoming, answer: &Answer) {
    let token = bearer(incoming).and_then(|token| world.keys.open(token));
    let roles = token.as_ref().map(|access| &access.roles);
    let judgement = judge::judge(incoming, &route::resource(&incoming.path), roles);
    let entry = Entry {
        tenant: token.as_ref().map(|access| access.tenant.clone()),
        application: token.map(|access| access.application),
        request_violations: judgement.violations,
        answer_violations: judge::judge_answer(incoming, answer),
        status: Some(answer.status),
        ..entry_of(world, incoming)
    };
    world.record.add(entry);
}

/// Answers a request for a version that is not served. No operation of the contract lies there.
pub(crate) fn outside(world: &mut World, method: &str, target: &str) -> Delivery {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let incoming = Incoming {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: Vec::new(),
        payload: crate::request::Payload::None,
        batch: None,
    };
    let version = Refusal::new(400, "BadRequest", "Invalid version.");
    let what = format!("{} {path}: no template has this path", incoming.method);
    let entry = Entry {
        status: Some(version.status),
        code: Some(version.code.to_owned()),
        request_violations: vec![format!("{what} (operation.undeclared)")],
        ..entry_of(world, &incoming)
    };
    world.record.add(entry);
    let date = clock::timestamp(world.clock.claimed());
    Delivery {
        answer: version.into_answer(&date, &world.request_dice.guid()),
        manner: Manner::Whole,
    }
}

/// What the log says of any request.
fn entry_of(world: &mut World, incoming: &Incoming) -> Entry {
    Entry {
        number: world.record.next_number(),
        at: clock::timestamp(world.clock.now()),
        batch: incoming.batch,
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        query: incoming.query.clone(),
        headers: without_token(&incoming.headers),
        body: incoming.body().cloned(),
        ..Entry::default()
    }
}

fn without_token(headers: &[(String, String)]) -> Vec<(String, String)> {
    let shown = headers.iter().filter(|(name, _)| name != "authorization");
    shown.cloned().collect()
}

fn gateway(status: u16) -> Refusal {
    let (code, message) = match status {
        500 => ("InternalServerError", "An internal server error occurred."),
        502 => ("BadGateway", "The gateway got no valid answer."),
        503 => (
            "ServiceUnavailable",
            "The service is temporarily unavailable.",
        ),
        504 => (
            "GatewayTimeout",
            "The gateway waited too long for an answer.",
        ),
        507 => ("InsufficientStorage", "The quota of the tenant is used up."),
        _ => ("UnknownError", "The simulator was told to fail."),
    };
    Refusal::new(status, code, message)
}

/// What a fault answers before anything was done.
fn before(world: &World, asked: &Asked<'_>, fault: Option<&FaultKind>) -> Option<Refusal> {
    Some(match fault? {
        FaultKind::DropBefore | FaultKind::Redirect(_) => gateway(503),
        FaultKind::Status(status) => gateway(*status),
        FaultKind::Throttle { seconds, form } => {
            let scope = asked.token.as_ref().map(|access| {
                format!(
                    "Tenant_Application/ReadWrite/{}/{}",
                    access.application, access.tenant
                )
            });
            let throttled = Throttled {
                scope: scope.unwrap_or_default(),
                information: "CPULimitExceeded",
                seconds: *seconds,
                // It comes below the limit: the bucket is not full, and nothing says that it is.
                share: 0.0,
            };
            let units = judge::cost(asked.incoming).units;
            throttle::refusal(&throttled, units, *form, world.clock.claimed())
        }
        FaultKind::ExpiredToken => expired_token(),
        _ => return None,
    })
}

/// What a fault makes of an answer.
fn after(answer: &mut Answer, fault: Option<&FaultKind>, date: &str, request_id: &str) -> Manner {
    match fault {
        Some(FaultKind::DropBefore | FaultKind::DropAfter) => Manner::Dropped,
        Some(FaultKind::Truncate(octets)) => Manner::Truncated(*octets),
        Some(FaultKind::Drip { octets, pause_ms }) => Manner::Dripped {
            octets: *octets,
            pause_ms: *pause_ms,
        },
        Some(FaultKind::StatusAfter(status)) => {
            *answer = gateway(*status).into_answer(date, request_id);
            Manner::Whole
        }
        Some(FaultKind::Redirect(address)) => {
            *answer = Answer::empty(302).with_header("Location", address);
            Manner::Whole
        }
        Some(FaultKind::ForeignLink(host)) => {
            for link in ["@odata.nextLink", "@odata.deltaLink"] {
                let links = answer.body.as_mut().and_then(|body| body.get_mut(link));
                if let Some(Value::String(link)) = links {
                    let path = link.split_once("/v1.0").map_or("", |(_, path)| path);
                    *link = format!("{host}/v1.0{path}");
                }
            }
            Manner::Whole
        }
        _ => Manner::Whole,
    }
}

fn bearer(incoming: &Incoming) -> Option<&str> {
    incoming.header("authorization")?.strip_prefix("Bearer ")
}

fn unauthenticated(message: &str) -> Refusal {
    Refusal::new(401, "InvalidAuthenticationToken", message)
}

fn expired_token() -> Refusal {
    unauthenticated("Lifetime validation failed, the token is expired.")
        .with_header("WWW-Authenticate", "Bearer realm=\"\"")
}

/// Who asks.
fn signed_in<'a>(
    world: &mut World,
    asked: &'a Asked<'_>,
    fault: Option<&FaultKind>,
) -> Result<&'a Access, Refusal> {
    bearer(asked.incoming).ok_or_else(|| unauthenticated("Access token is empty."))?;
    let access = asked.token.as_ref();
    let access = access
        .ok_or_else(|| unauthenticated("Access token validation failure. Invalid signature."))?;
    let now = world.clock.claimed();
    if access.expires <= now {
        return Err(expired_token());
    }
    let issued = world.tokens_issued;
    let application = world
        .applications
        .entry(access.application.clone())
        .or_default();
    if fault == Some(&FaultKind::ClaimsChallenge) {
        application.challenged_below = issued + 1;
    }
    if access.number < application.challenged_below {
        let wanted = json!({ "access_token": { "nbf": {
            "essential": true, "value": now.div_euclid(clock::SECOND).to_string(),
        } } });
        let claims = STANDARD.encode(wanted.to_string());
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{claims}\"",
            world.addresses.login
        );
        let message = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
        return Err(unauthenticated(message).with_header("WWW-Authenticate", challenge));
    }
    Ok(access)
}

fn carried_out(
    world: &mut World,
    asked: &Asked<'_>,
    entry: &mut Entry,
    fault: Option<&FaultKind>,
) -> Handled {
    let access = signed_in(world, asked, fault)?;
    entry.tenant = Some(access.tenant.clone());
    entry.application = Some(access.application.clone());
    let (incoming, resource) = (asked.incoming, &asked.resource);
    let allowed = match &asked.judgement.refusal {
        Some(refusal) => Err(refusal.clone()),
        None => Ok(()),
    };
    if *resource == Resource::Batch {
        return allowed.and_then(|()| batch::serve(world, incoming, entry.number));
    }
    let cost = judge::cost(incoming);
    (entry.units, entry.writes) = (cost.units, cost.writes);
    let now = world.clock.now();
    let claimed = world.clock.claimed();
    let root = format!("{}/v1.0", world.addresses.graph);
    let tenant = world.tenants.get_mut(&access.tenant);
    let tenant = tenant.ok_or_else(|| unauthenticated("The tenant of the token is gone."))?;
    let share = match world.buckets.charge(tenant, &access.application, cost, now) {
        Verdict::Allowed(share) => share,
        Verdict::Throttled(throttled) => {
            let form = tenant.throttle.retry_after;
            return Err(throttle::refusal(&throttled, cost.units, form, claimed));
        }
    };
    allowed?;
    tenant.purge_old(now);
    let replica = tenant.reader(incoming.is_eventual(), now);
    let mut call = Call {
        tenant,
        request: incoming,
        roles: &access.roles,
        secret: &world.secret,
        root: &root,
        now,
        replica,
    };
    let mut answer = handle(&mut call, resource)?;
    answer
        .headers
        .extend(throttle::ok_headers(cost.units, share));
    Ok(answer)
}

fn handle(call: &mut Call<'_>, resource: &Resource) -> Handled {
    let method = call.request.method.as_str();
    match (method, resource) {
        ("GET", Resource::Collection(class)) => read::list::collection(call, *class),
        ("GET", Resource::Count(class)) => read::list::count(call, *class),
        ("GET", Resource::Delta(class)) => delta::delta(call, *class),
        ("GET", Resource::Object(class, key)) => read::object(call, *class, key),
        ("GET", Resource::Links(link, group, cast)) => read::links(call, *link, group, *cast),
        ("GET", Resource::LinksCount(link, group, cast)) => {
            read::count_links(call, *link, group, *cast)
        }
        ("GET", Resource::LinksRef(link, group)) => read::link_references(call, *link, group),
        ("GET", Resource::Manager(key)) => read::manager(call, key),
        ("GET", Resource::ManagerRef(key)) => read::manager_reference(call, key),
        ("GET", Resource::DirectReports(key)) => read::direct_reports(call, key),
        ("GET", Resource::MemberOf(class, key)) => read::member_of(call, *class, key),
        ("GET", Resource::SyncBehavior(class, key)) => read::sync_behavior(call, *class, key),
        ("GET", Resource::Deleted(class)) => read::list::deleted(call, *class),
        ("GET", Resource::DeletedItem(id)) => read::deleted_item(call, id),
        ("GET", Resource::Organization(id)) => read::organization(call, id.as_deref()),
        ("GET", Resource::Domains(name)) => read::domains(call, name.as_deref()),
        ("GET", Resource::SubscribedSkus) => read::subscribed_skus(call),
        ("GET", Resource::DirectoryObject(id)) => read::directory_object(call, id),
        ("POST", Resource::GetByIds) => read::by_ids(call),
        ("POST", Resource::AvailableExtensions) => read::available_extensions(call),
        ("POST", Resource::Collection(Class::User)) => write::create_user(call),
        ("POST", Resource::Collection(Class::Group)) => write::create_group(call),
        ("PATCH", Resource::Object(Class::User, key)) => write::update_user(call, key),
        ("PATCH", Resource::Object(Class::Group, key)) => write::update_group(call, key),
        ("PATCH", Resource::Upsert(name)) => write::upsert(call, name),
        ("DELETE", Resource::Object(class @ (Class::User | Class::Group), key)) => {
            write::delete(call, *class, key)
        }
        ("POST", Resource::LinksRef(link, group)) => write::add_link(call, *link, group),
        ("DELETE", Resource::LinkRef(link, group, target)) => {
            write::remove_link(call, *link, group, target)
        }
        ("PUT", Resource::ManagerRef(key)) => write::set_manager(call, key),
        ("DELETE", Resource::ManagerRef(key)) => write::clear_manager(call, key),
        ("PATCH", Resource::SyncBehavior(class, key)) => {
            write::set_sync_behavior(call, *class, key)
        }
        ("DELETE", Resource::DeletedItem(id)) => write::delete_for_good(call, id),
        ("POST", Resource::Restore(id)) => write::restore(call, id),
        (method, _) => {
            let path = &call.request.path;
            Err(Refusal::not_simulated(&format!("{method} {path}")))
        }
    }
}

#[cfg(test)]
mod tests;
