//! Coalescing: requests that come at the same time go out in `$batch`es of up to twenty.
//!
//! "Combine multiple HTTP requests using JSON batching": ids are unique without regard to case, addresses are
//! relative, a body has a Content-Type, answers come in any order and each has its own status. Invariants: no
//! two writes to one object are under way at once; a request is answered exactly once; nothing is repeated here.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use serde_json::{Map, Value as Json, json};
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use time::OffsetDateTime;
use tokio::sync::{Semaphore, oneshot};

use super::backoff;
use super::client::{Answer, Ask, Client, Failure, parsed};
use super::pace::Cost;
use super::refusal::Refusal;
use super::token::challenged_claims;

/// Requests of one batch at most.
const ITEMS_MAX: usize = 20;
/// How long the first request of a batch waits for others.
const LINGER: Duration = Duration::from_millis(4);
/// Batches under way at once.
const UNDER_WAY: usize = 4;

/// What a request is answered with.
pub(super) type Answered = Result<Answer, Failure>;

struct Waiting {
    ask: Ask,
    object: String,
    answer: oneshot::Sender<Answered>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Waiting>,
    /// Objects that a request under way is about.
    busy: HashSet<String>,
    collecting: bool,
}

/// Collects requests into batches.
pub(super) struct Batcher {
    client: Arc<Client>,
    state: Mutex<State>,
    slots: Arc<Semaphore>,
    /// How long a batch takes, smoothed.
    measured: Mutex<Option<Duration>>,
}

impl Batcher {
    pub(super) fn new(client: Arc<Client>) -> Arc<Self> {
        Arc::new(Self {
            client,
            state: Mutex::default(),
            slots: Arc::new(Semaphore::new(UNDER_WAY)),
            measured: Mutex::default(),
        })
    }

    /// How long a full batch takes, if one was seen.
    pub(super) fn measured(&self) -> Option<Duration> {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn measure(&self, took: Duration) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        *measured = Some(measured.map_or(took, |known| (known * 7 + took) / 8));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request about an object, together with others, once.
    pub(super) async fn send(self: &Arc<Self>, ask: Ask, object: impl Into<String>) -> Answered {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            ask,
            object: object.into(),
            answer,
        };
        self.state().queue.push_back(waiting);
        self.collect();
        answered.await.unwrap_or_else(|_| {
            Err(Failure::Unanswered(Fault::new(
                "connect.lost",
                ErrorKind::Connection,
                "A request was dropped while it was under way.",
                "Nothing to do: what it did is looked up first.",
            )))
        })
    }

    /// Starts whoever makes batches of what waits, unless he is at it.
    fn collect(self: &Arc<Self>) {
        if std::mem::replace(&mut self.state().collecting, true) {
            return;
        }
        let batcher = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LINGER).await;
                let Ok(slot) = batcher.slots.clone().acquire_owned().await else {
                    return;
                };
                let Some(items) = batcher.next_batch() else {
                    return;
                };
                let sender = Arc::clone(&batcher);
                tokio::spawn(async move {
                    let objects: Vec<String> =
                        items.iter().map(|item| item.object.clone()).collect();
                    let _free = Free(&sender, objects);
                    sender.deliver(items).await;
                    drop(slot);
                });
            }
        });
    }

    /// Up to twenty requests about different objects; `None` when there is nothing to do until one is free.
    fn next_batch(&self) -> Option<Vec<Waiting>> {
        let mut state = self.state();
        let mut items = Vec::new();
        let mut later = VecDeque::new();
        while let Some(waiting) = state.queue.pop_front() {
            if items.len() < ITEMS_MAX && !state.busy.contains(&waiting.object) {
                state.busy.insert(waiting.object.clone());
                items.push(waiting);
            } else {
                later.push_back(waiting);
            }
        }
        state.queue = later;
        if items.is_empty() {
            state.collecting = false;
            return None;
        }
        Some(items)
    }

    async fn deliver(&self, mut items: Vec<Waiting>) {
        if items.len() == 1
            && let Some(item) = items.pop()
        {
            let answered = self.alone(&item.ask).await;
            // Whoever asked may have gone.
            let _ = item.answer.send(answered);
            return;
        }
        let mut answers = self.together(&items).await;
        for (number, item) in items.into_iter().enumerate() {
            let answered = match &mut answers {
                Ok(answers) => answers
                    .remove(&number.to_string())
                    .unwrap_or_else(|| Err(unanswered())),
                Err(failure) => Err(failure.clone()),
            };
            let _ = item.answer.send(answered);
        }
    }

    async fn alone(&self, ask: &Ask) -> Answered {
        let reply = self.client.ask(ask).await?;
        let body = match reply.body.is_empty() {
            true => Json::Null,
            false => parsed(&reply.body).map_err(Failure::Unanswered)?,
        };
        Ok(Answer { body })
    }

    /// The answers of a batch by number.
    async fn together(&self, items: &[Waiting]) -> Result<HashMap<String, Answered>, Failure> {
        let requests = items
            .iter()
            .enumerate()
            .map(|(number, item)| request(number, &item.ask));
        let body = json!({ "requests": requests.collect::<Vec<_>>() });
        let mut batch = Ask::write(Method::POST, "/$batch", Some(body));
        batch.cost = items.iter().fold(Cost::default(), |sum, item| Cost {
            units: sum.units + item.ask.cost.units,
            writes: sum.writes + item.ask.cost.writes,
        });
        let token = self
            .client
            .tokens
            .current()
            .await
            .map_err(Failure::NotSent)?;
        let asked = std::time::Instant::now();
        let reply = self.client.ask(&batch).await?;
        if items.len() == ITEMS_MAX {
            self.measure(asked.elapsed());
        }
        let body = parsed(&reply.body).map_err(Failure::Unanswered)?;
        let responses = body["responses"].as_array();
        let responses = responses.ok_or_else(unanswered)?;
        let mut answers = HashMap::new();
        let mut challenge = None;
        let mut is_refused = false;
        for response in responses {
            let id = response["id"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let header = |name: &str| header(response, name);
            let answered = answered(response, header("retry-after"));
            if let Err(Failure::Refused(refusal)) = &answered
                && refusal.status == 401
            {
                is_refused = true;
                challenge = header("www-authenticate")
                    .and_then(challenged_claims)
                    .or(challenge);
            }
            let share = header("x-ms-throttle-limit-percentage");
            if let Some(share) = share.and_then(|share| share.parse().ok()) {
                self.client.pacer.learn(share, batch.cost);
            }
            // Ids came from us: what has another one is not listened to.
            answers.entry(id).or_insert(answered);
        }
        if is_refused {
            // For the next try; if there is no other token, that one says so.
            let _ = self
                .client
                .tokens
                .instead_of(&token, challenge.as_deref())
                .await;
        }
        Ok(answers)
    }
}

/// Frees the objects of a batch, whatever became of it.
struct Free<'a>(&'a Arc<Batcher>, Vec<String>);

impl Drop for Free<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        for object in &self.1 {
            state.busy.remove(object);
        }
        let is_waited_for = !state.queue.is_empty();
        drop(state);
        if is_waited_for && tokio::runtime::Handle::try_current().is_ok() {
            self.0.collect();
        }
    }
}

fn request(number: usize, ask: &Ask) -> Json {
    let mut request = json!({
        "id": number.to_string(),
        "method": ask.method.as_str(),
        "url": ask.path,
    });
    let mut headers: Map<String, Json> = ask
        .headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    if let Some(body) = &ask.body {
        headers.insert("Content-Type".to_owned(), json!("application/json"));
        request["body"] = body.clone();
    }
    if !headers.is_empty() {
        request["headers"] = Json::Object(headers);
    }
    request
}

fn header<'a>(response: &'a Json, name: &str) -> Option<&'a str> {
    let headers = response["headers"].as_object()?;
    let found = headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.and_then(|(_, value)| value.as_str())
}

fn answered(response: &Json, wait: Option<&str>) -> Answered {
    let status = response["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let Some(status) = status else {
        return Err(unanswered());
    };
    let body = response.get("body").cloned().unwrap_or_default();
    if (200..300).contains(&status) {
        return Ok(Answer { body });
    }
    let now = OffsetDateTime::now_utc();
    let wait = wait.and_then(|wait| backoff::told_by(wait, header(response, "date"), now));
    let mut refusal = Refusal::read(status, &body, wait);
    if refusal.request_id.is_empty() {
        refusal.request_id = header(response, "request-id")
            .unwrap_or_default()
            .to_owned();
    }
    Err(Failure::Refused(Box::new(refusal)))
}

fn unanswered() -> Failure {
    Failure::Unanswered(Fault::new(
        "graph.batch_unanswered",
        ErrorKind::Connection,
        "Graph answered a batch and left a request of it out.",
        "Nothing to do: what it did is looked up first.",
    ))
}

#[cfg(test)]
mod tests;
