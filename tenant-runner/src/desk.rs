//! The desk: where cycles are ordered, begun one at a time, and waited for.
//!
//! Invariants: an order is a row before anyone is told of it, so that a restart takes it up again; one cycle
//! runs at a time, so that no two steps write the same object (T-03); a notice that comes while a cycle runs
//! begins the next one (T-09); pausing starts nothing new and stops nothing that runs; what the loss of this process
//! or of the database interrupts is done again, and its row always ends.

mod by_time;
mod interrupted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use syncline_model::run::{RunKind, RunStatus};
use syncline_model::{CycleId, DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Cycle, Due, Durability, Run, Setting, TenantDb};
use tokio::sync::{Notify, watch};

use self::by_time::Beside;
pub(crate) use self::interrupted::persist;
use crate::app::App;
use crate::http::context::now_ms;
use crate::jobs::{self, passwords};
use crate::resource::cycle::CycleState;
use crate::schedule::graph::{self, CycleEnd};
use crate::schedule::order::{Current, Order, Trigger, Waiting};
use crate::schedule::settings::Schedules;

/// The kind of a due row that starts a profile's interval cycle.
pub const DUE_INTERVAL: &str = "interval";
/// How long a burst of change notices is collected.
const DEBOUNCE: Duration = Duration::from_millis(250);
/// The loop looks at the clock at least this often.
const LOOK: Duration = Duration::from_secs(30);
/// How often a cycle is begun when the database goes away under it.
const TRIES: u32 = 3;
/// Before triggers are looked at again when the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);
/// What was due and could not be done is asked for again after this.
const ASK_AGAIN_MS: i64 = 300_000;

/// What to order.
#[derive(Debug, Clone)]
pub struct Request {
    /// What asks.
    pub trigger: Trigger,
    /// Which profiles.
    pub profiles: BTreeSet<ProfileId>,
    /// Which directories to import first; `None` is all that the profiles read.
    pub imports: Option<BTreeSet<DirectoryId>>,
    /// Full instead of delta imports.
    pub full: bool,
    /// Whether it may send.
    pub exports: bool,
}

/// What is kept of a cycle.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CycleDoc {
    /// What asked for it.
    pub trigger: String,
    /// Which profiles.
    pub profiles: Vec<ProfileId>,
    /// Which directories were imported first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imports: Option<Vec<DirectoryId>>,
    /// Full imports.
    pub full: bool,
    /// Whether it might send.
    pub exports: bool,
    /// Where it stands.
    pub state: CycleState,
    /// Changes it found or made.
    #[serde(default)]
    pub changes: i64,
    /// Why something did not start.
    #[serde(default)]
    pub blocked: Vec<BlockedDoc>,
}

/// Why a profile's step did not start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BlockedDoc {
    /// The profile.
    pub profile: ProfileId,
    /// A stable code.
    pub code: String,
    /// What to do.
    pub text: String,
}

/// The tenant's switches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Starts nothing.
    pub paused: bool,
    /// Sends nothing.
    pub exports_held: bool,
}

impl Switches {
    /// The setting they are kept in.
    pub const SETTING: &'static str = "switches";

    /// As stored; a setting that was never written is the default.
    pub fn read(setting: Option<&Setting>) -> Self {
        setting
            .and_then(|s| serde_json::from_slice(&s.value).ok())
            .unwrap_or_default()
    }

    /// To be stored.
    pub fn write(self) -> Vec<u8> {
        serde_json::to_vec(&self).unwrap_or_default()
    }
}

/// What becomes of an order while another cycle runs or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnBusy {
    /// It joins that one, where it can.
    #[default]
    Join,
    /// It is refused.
    Reject,
    /// It waits, as a cycle of its own.
    Queue,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordered {
    /// A cycle of its own, which begins now or when its turn comes.
    New {
        /// The cycle.
        cycle: CycleId,
        /// Whether nothing is before it.
        starts: bool,
    },
    /// It joined this cycle.
    Joined(CycleId),
    /// It is refused: this cycle runs or waits.
    Busy(CycleId),
}

/// What runs and what waits, each with its profiles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// The cycle that runs.
    pub current: Option<(CycleId, BTreeSet<ProfileId>)>,
    /// Those that have not begun, the next one first.
    pub waiting: Vec<(CycleId, BTreeSet<ProfileId>)>,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// The cycle that runs.
    current: Option<Current>,
    /// The cycle that is to stop.
    stopping: Option<CycleId>,
    changed: BTreeSet<DirectoryId>,
    running: BTreeSet<ProfileId>,
    switches: Switches,
}

/// Whose turn it is in a lane.
type Turn = Arc<tokio::sync::Mutex<()>>;

/// The desk of one runner.
pub struct Desk {
    db: TenantDb,
    state: Mutex<State>,
    wake: Notify,
    switched: Notify,
    /// Directories in which the last export of this process changed nothing.
    still: Mutex<BTreeSet<DirectoryId>>,
    ended: watch::Sender<u64>,
    lanes: Mutex<BTreeMap<(DirectoryId, Lane), Turn>>,
    /// Held while a cycle runs.
    cycling: tokio::sync::Mutex<()>,
    runner: Mutex<Option<std::sync::Weak<App>>>,
    /// One order at a time joins what waits and is written: a row never loses what a later one had merged into it.
    ordering: tokio::sync::Mutex<()>,
    /// What is older was left by an earlier process.
    began_ms: i64,
}

/// What may not overlap with itself on one directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Reading.
    Import,
    /// Writing.
    Export,
}

impl Desk {
    /// A desk without work.
    pub fn new(db: TenantDb) -> Self {
        Self {
            db,
            state: Mutex::default(),
            wake: Notify::new(),
            switched: Notify::new(),
            still: Mutex::default(),
            ended: watch::Sender::new(0),
            lanes: Mutex::default(),
            cycling: tokio::sync::Mutex::default(),
            ordering: tokio::sync::Mutex::default(),
            runner: Mutex::default(),
            began_ms: now_ms(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Orders a cycle. Answers the one to wait for: a new one, or one that waits and does at least the same. The act is
    /// that of the person who asks for it, about the cycle that is answered.
    pub async fn order(&self, request: Request, act: Option<Act>) -> Result<CycleId, StoreError> {
        self.order_with(request, Beside::act(act)).await
    }

    async fn order_with(&self, request: Request, beside: Beside) -> Result<CycleId, StoreError> {
        let place = |state: &mut State, order: Order| {
            let own = order.cycle;
            match state.waiting.add(order) {
                cycle if cycle == own => Ordered::New {
                    cycle,
                    starts: false,
                },
                cycle => Ordered::Joined(cycle),
            }
        };
        match self.place(request, beside, place).await? {
            Ordered::New { cycle, .. } | Ordered::Joined(cycle) | Ordered::Busy(cycle) => Ok(cycle),
        }
    }

    /// Orders a cycle for somebody who says what is to happen where another one runs or waits.
    pub async fn order_unless(
        &self,
        request: Request,
        on_busy: OnBusy,
        act: Act,
    ) -> Result<Ordered, StoreError> {
        let place = |state: &mut State, order: Order| {
            let own = order.cycle;
            let busy = state.current.as_ref().map(Current::cycle);
            let busy = busy.or(state.waiting.first());
            let new = Ordered::New {
                cycle: own,
                starts: busy.is_none() && !state.switches.paused,
            };
            match (on_busy, busy) {
                (OnBusy::Reject, Some(busy)) => Ordered::Busy(busy),
                (OnBusy::Queue, _) => {
                    state.waiting.push(order);
                    new
                }
                _ if state.waiting.takes(&order) => Ordered::Joined(state.waiting.add(order)),
                _ => {
                    let joined = match &mut state.current {
                        Some(current) => current.join(order),
                        None => Err(order),
                    };
                    match joined {
                        Ok(cycle) => Ordered::Joined(cycle),
                        Err(order) => {
                            state.waiting.push(order);
                            new
                        }
                    }
                }
            }
        };
        self.place(request, Beside::act(Some(act)), place).await
    }

    /// Puts an order where it belongs, and writes its row before anybody is told of it.
    async fn place(
        &self,
        request: Request,
        beside: Beside,
        place: impl FnOnce(&mut State, Order) -> Ordered,
    ) -> Result<Ordered, StoreError> {
        let id = CycleId(self.db.new_id().await?);
        let order = Order {
            cycle: id,
            trigger: request.trigger,
            profiles: request.profiles,
            imports: request.imports,
            full: request.full,
            exports: request.exports,
        };
        let _turn = self.ordering.lock().await;
        let (ordered, whole) = {
            let mut state = self.state();
            let ordered = place(&mut state, order.clone());
            let id = match ordered {
                Ordered::New { cycle, .. } | Ordered::Joined(cycle) => cycle,
                Ordered::Busy(_) => return Ok(ordered),
            };
            let current = state
                .current
                .as_ref()
                .filter(|current| current.cycle() == id);
            let whole = current.map(Current::whole);
            (ordered, whole.or_else(|| state.waiting.get(id).cloned()))
        };
        // The row holds what the cycle will do, so that a restart takes up all that was merged into it.
        let whole = whole.unwrap_or(order);
        let (id, doc) = (whole.cycle, CycleDoc::of(&whole, CycleState::Queued));
        let mut tx = self.db.write(Durability::Durable).await?;
        let asked_ms = tx.cycle(id).await?.map_or(now_ms(), |row| row.asked_ms);
        tx.cycle_put(&cycle(id, asked_ms, None, &doc)).await?;
        beside.write(&mut tx, id).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(ordered)
    }

    /// Stops a cycle: one that waits does not begin, one that runs begins no further step and ends its steps at the next
    /// batch (D-72). `false` where it has ended or never was.
    pub async fn stop(&self, id: CycleId, act: Act) -> Result<bool, StoreError> {
        let _turn = self.ordering.lock().await;
        let withdrawn = {
            let mut state = self.state();
            let withdrawn = state.waiting.withdraw(id);
            let runs = state.current.as_ref().is_some_and(|c| c.cycle() == id);
            if withdrawn.is_none() && !runs {
                return Ok(false);
            }
            if runs {
                state.stopping = Some(id);
            }
            withdrawn
        };
        let mut tx = self.db.write(Durability::Durable).await?;
        if let Some(order) = withdrawn {
            let doc = CycleDoc::of(&order, CycleState::Stopped);
            let asked_ms = tx.cycle(id).await?.map_or(now_ms(), |row| row.asked_ms);
            tx.cycle_put(&cycle(id, asked_ms, Some(now_ms()), &doc))
                .await?;
        }
        tx.audit(act);
        tx.commit().await?;
        self.switched.notify_waiters();
        self.ended.send_modify(|n| *n += 1);
        Ok(true)
    }

    /// Whether this cycle is to stop.
    pub fn is_stopping(&self, cycle: Option<CycleId>) -> bool {
        let stopping = self.state().stopping;
        stopping.is_some() && stopping == cycle
    }

    /// Starts an import outside any cycle, which is this act of a person.
    pub async fn import(
        &self,
        directory: DirectoryId,
        kind: RunKind,
        act: Act,
    ) -> Result<RunId, StoreError> {
        self.import_for(directory, kind, "call", Some(act)).await
    }

    async fn import_for(
        &self,
        directory: DirectoryId,
        kind: RunKind,
        cause: &'static str,
        act: Option<Act>,
    ) -> Result<RunId, StoreError> {
        let run = RunId(self.db.new_id().await?);
        let app = self
            .runner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        if let Some(app) = app.and_then(|weak| weak.upgrade()) {
            let mut tx = self.db.write(Durability::Durable).await?;
            tx.run_add(&Run {
                directory: Some(directory),
                ..jobs::queued(run, kind, cause)
            })
            .await?;
            act.into_iter().for_each(|act| tx.audit(act));
            tx.commit().await?;
            app.outbox_grew();
            tokio::spawn(async move {
                let (ended, _) = jobs::import::run(&app, run, directory, kind).await;
                if ended.status == RunStatus::StoppedLeaseLost
                    && let Err(error) = app.desk.import_lost(run, directory, kind, cause).await
                {
                    tracing::error!(code = error.code(), %run, "an interrupted import is not repeated: {error}");
                }
            });
        }
        Ok(run)
    }

    /// Something was saved that may change what is due.
    pub fn poke(&self) {
        self.wake.notify_one();
    }

    /// A directory says that something changed.
    pub fn changed(&self, directory: DirectoryId) {
        self.state().changed.insert(directory);
        self.wake.notify_one();
    }

    /// A directory can be reached again: what changed meanwhile was not heard of.
    pub fn reachable(&self, directory: DirectoryId) {
        self.changed(directory);
    }

    /// The lane of a directory: held while a run uses it.
    pub fn lane(&self, directory: DirectoryId, lane: Lane) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self
            .lanes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        lanes.entry((directory, lane)).or_default().clone()
    }

    /// Waits until no cycle runs, and lets none begin for as long as the answer is held.
    pub async fn between_cycles(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.cycling.lock().await
    }

    /// Waits until a cycle ended, or this long.
    pub async fn wait(&self, id: CycleId, longest: Duration) {
        let mut ended = self.ended.subscribe();
        let ends = async {
            loop {
                ended.borrow_and_update();
                match self.db.read().await {
                    Ok(mut read) => match read.cycle(id).await {
                        Ok(Some(cycle)) if cycle.ended_ms.is_none() => {}
                        _ => return,
                    },
                    Err(_) => return,
                }
                if ended.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(longest, ends).await;
    }

    /// What runs and what waits.
    pub fn overview(&self) -> Overview {
        let state = self.state();
        let of = |order: &Order| (order.cycle, order.profiles.clone());
        Overview {
            current: state
                .current
                .as_ref()
                .map(|current| (current.cycle(), current.whole().profiles)),
            waiting: state.waiting.iter().map(of).collect(),
        }
    }

    /// Whether a cycle of this profile runs.
    pub fn is_running(&self, profile: ProfileId) -> bool {
        self.state().running.contains(&profile)
    }

    /// The switches as they are.
    pub fn switches(&self) -> Switches {
        self.state().switches
    }

    /// Sets the switches, after they were stored.
    pub fn set_switches(&self, switches: Switches) {
        self.state().switches = switches;
        self.wake.notify_one();
        self.switched.notify_waiters();
    }

    /// An export of a directory ended, and changed something there or nothing.
    pub fn exported(&self, directory: DirectoryId, is_changed: bool) {
        let still = self.still.lock();
        let mut still = still.unwrap_or_else(std::sync::PoisonError::into_inner);
        match is_changed {
            true => still.remove(&directory),
            false => still.insert(directory),
        };
    }

    /// Whether the last export of a directory is known to have changed nothing there.
    pub fn is_still(&self, directory: DirectoryId) -> bool {
        let still = self.still.lock();
        let still = still.unwrap_or_else(std::sync::PoisonError::into_inner);
        still.contains(&directory)
    }

    /// Waits until every export of the tenant is held, or this cycle is to stop.
    pub async fn until_held_or_stopped(&self, cycle: Option<CycleId>) {
        loop {
            let mut switched = std::pin::pin!(self.switched.notified());
            // From here on no change is missed.
            switched.as_mut().enable();
            if self.switches().exports_held || self.is_stopping(cycle) {
                return;
            }
            switched.await;
        }
    }

    /// Takes up what an earlier process left, then works until the process ends.
    pub async fn work(&self, app: Arc<App>) {
        *self
            .runner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::downgrade(&app));
        if let Err(error) = persist(|| self.recover()).await {
            tracing::error!(
                code = error.code(),
                "what an earlier process left was not taken up: {error}"
            );
        }
        if let Err(error) = persist(|| jobs::what_if::resume(&app, self.began_ms)).await {
            tracing::error!(
                code = error.code(),
                "what-ifs of an earlier process are not computed: {error}"
            );
        }
        if let Err(error) = persist(|| jobs::entra_connect::resume(&app, self.began_ms)).await {
            tracing::error!(
                code = error.code(),
                "cycles of Entra Connect are not waited for: {error}"
            );
        }
        loop {
            if let Err(error) = self.collect().await {
                tracing::error!(code = error.code(), "triggers were not collected: {error}");
                if matches!(error, StoreError::StaleGeneration { .. }) {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            let order = {
                let mut state = self.state();
                let order = if state.switches.paused {
                    None
                } else {
                    state.waiting.take()
                };
                if let Some(order) = &order {
                    state.running.clone_from(&order.profiles);
                    state.current = Some(Current::new(order.clone()));
                }
                order
            };
            match order {
                Some(order) => self.run(&app, order).await,
                None => {
                    let sleep = self.until_due(&app).await;
                    let _ = tokio::time::timeout(sleep, self.wake.notified()).await;
                }
            }
        }
    }

    /// Runs one cycle and writes down how it ended.
    async fn run(&self, app: &Arc<App>, order: Order) {
        let _cycling = self.cycling.lock().await;
        if let Err(error) = self.play(app, &order).await {
            tracing::error!(code = error.code(), cycle = %order.cycle, "the end of a cycle was not written: {error}");
        }
        {
            let mut state = self.state();
            state.running.clear();
            state.current = None;
            state.stopping = None;
        }
        self.ended.send_modify(|n| *n += 1);
        app.outbox_grew();
    }

    /// Does what a cycle was ordered for, and what joined it meanwhile.
    async fn play(&self, app: &Arc<App>, order: &Order) -> Result<(), StoreError> {
        let mut whole = order.clone();
        let mut end = self.once(app, order).await?;
        loop {
            let next = self.state().current.as_mut().and_then(Current::take_joined);
            let Some(joined) = next.filter(|_| !self.is_stopping(Some(order.cycle))) else {
                break;
            };
            self.state().running.extend(joined.profiles.iter().copied());
            end.add(self.once(app, &joined).await?);
            whole.absorb(joined);
        }
        persist(|| self.finish(&whole, &end)).await
    }

    async fn once(&self, app: &Arc<App>, order: &Order) -> Result<CycleEnd, StoreError> {
        let mut tries = TRIES;
        let began_ms = now_ms();
        let end = loop {
            tries -= 1;
            let edges = persist(|| jobs::edges(&self.db)).await?;
            let steps = Arc::new(jobs::CycleSteps {
                app: app.clone(),
                cycle: order.cycle,
                trigger: order.trigger,
                held: Mutex::default(),
                more: Mutex::default(),
                began_ms,
            });
            let mut order = order.clone();
            if let Some(imports) = &mut order.imports {
                imports.extend(persist(|| jobs::grown(&self.db, &order.profiles)).await?);
            }
            let end = graph::run(&order, &edges, steps.clone()).await;
            if !end.lost {
                self.follow(&order, &end, &steps.left_over()).await?;
                break end;
            }
            persist(|| self.end_open(|run| run.cycle == Some(order.cycle))).await?;
            if tries == 0 {
                break end;
            }
            tracing::warn!(cycle = %order.cycle, "the database went away under a cycle; it is begun again");
        };
        Ok(end)
    }

    /// Orders what the cycle gave profiles that are not of it and start by themselves, and asks again for what it was to do
    /// and could not.
    async fn follow(
        &self,
        order: &Order,
        end: &CycleEnd,
        given: &BTreeSet<ProfileId>,
    ) -> Result<(), StoreError> {
        let could_not = !end.held.is_empty() || !end.worst.completed();
        if order.trigger == Trigger::Retry && could_not {
            let mut tx = self.db.write(Durability::Durable).await?;
            for profile in &order.profiles {
                let at_ms = now_ms() + ASK_AGAIN_MS;
                tx.due_ask(jobs::DUE_EXPORT, profile.get(), at_ms).await?;
            }
            tx.commit().await?;
        }
        // Where nothing changed, nobody has anything to follow.
        if end.changes == 0 || given.is_empty() {
            return Ok(());
        }
        let mut read = self.db.read().await?;
        let schedules = Schedules::load(&mut read).await?;
        let profiles = read.profiles().await?;
        drop(read);
        let on_change = profiles.iter().filter(|p| p.doc.triggers.on_change);
        let starts = on_change.filter(|p| schedules.runs(p.id));
        let others = starts.map(|p| p.id);
        let others: BTreeSet<ProfileId> = others
            .filter(|id| given.contains(id) && !order.profiles.contains(id))
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let request = Request {
            trigger: Trigger::Change,
            profiles: others,
            imports: Some(BTreeSet::new()),
            full: false,
            exports: order.exports,
        };
        self.order(request, None).await.map(drop)
    }

    async fn finish(&self, order: &Order, end: &CycleEnd) -> Result<(), StoreError> {
        // Whoever joined before it ended has written the row by then.
        let _turn = self.ordering.lock().await;
        let mut tx = self.db.write(Durability::Durable).await?;
        let blocked = end.held.iter().map(|(profile, directories)| BlockedDoc {
            profile: *profile,
            code: "input_unusable".into(),
            text: format!(
                "Held because {} could not be read; see its last import.",
                directories
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        });
        let state = match end.worst {
            RunStatus::SuccessNoChanges | RunStatus::Success => CycleState::Succeeded,
            worst if worst.completed() => CycleState::CompletedWithErrors,
            _ => CycleState::Stopped,
        };
        let doc = CycleDoc {
            changes: i64::try_from(end.changes).unwrap_or(i64::MAX),
            blocked: blocked.collect(),
            ..CycleDoc::of(order, state)
        };
        // One that was taken before its row was written has none yet.
        let asked_ms = tx
            .cycle(order.cycle)
            .await?
            .map_or(now_ms(), |row| row.asked_ms);
        tx.cycle_put(&cycle(order.cycle, asked_ms, Some(now_ms()), &doc))
            .await?;
        tx.commit().await
    }

    /// Turns notices and due intervals into orders.
    async fn collect(&self) -> Result<(), StoreError> {
        let noticed = !self.state().changed.is_empty();
        if noticed {
            tokio::time::sleep(DEBOUNCE).await;
        }
        let changed = std::mem::take(&mut self.state().changed);
        let ordered = self.order_for(changed.clone()).await;
        if ordered.is_err() {
            self.state().changed.extend(changed);
        }
        ordered
    }

    async fn order_for(&self, changed: BTreeSet<DirectoryId>) -> Result<(), StoreError> {
        let mut read = self.db.read().await?;
        let profiles = read.profiles().await?;
        let schedules = Schedules::load(&mut read).await?;
        let mut due = read.due().await?;
        due.retain(|d| d.at_ms <= now_ms() && schedules.counts(d));
        drop(read);
        for end in due.iter().filter(|d| d.kind == passwords::DUE) {
            passwords::expire(&self.db, Some(end)).await?;
        }
        if !changed.is_empty() {
            let edges = jobs::edges(&self.db).await?;
            let reads = |p: ProfileId| {
                edges
                    .get(&p)
                    .is_some_and(|e| !e.reads.is_disjoint(&changed))
            };
            let woken: BTreeSet<_> = profiles
                .iter()
                .filter(|p| p.doc.triggers.on_change && schedules.runs(p.id) && reads(p.id))
                .map(|p| p.id)
                .collect();
            if !woken.is_empty() {
                let request = Request {
                    trigger: Trigger::Change,
                    profiles: woken,
                    imports: Some(changed),
                    full: false,
                    exports: true,
                };
                self.order(request, None).await?;
            }
        }
        self.go_on(due.iter().filter(|d| jobs::is_maintenance(d)))
            .await?;
        self.start_by_time(&due, &profiles, schedules).await
    }

    /// Goes on with exports that had to leave something, and with what is due by time alone. A row is taken off after its order was written, so that none is
    /// lost.
    async fn go_on<'d>(&self, due: impl Iterator<Item = &'d Due>) -> Result<(), StoreError> {
        let due: Vec<&Due> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        let request = Request {
            trigger: Trigger::Retry,
            profiles: due.iter().map(|row| ProfileId(row.subject)).collect(),
            imports: Some(BTreeSet::new()),
            full: false,
            exports: true,
        };
        self.order(request, None).await?;
        let mut tx = self.db.write(Durability::Durable).await?;
        for row in due {
            tx.due_done(row, None).await?;
        }
        tx.commit().await
    }
}

impl CycleDoc {
    /// What is kept of an order.
    fn of(order: &Order, state: CycleState) -> Self {
        Self {
            trigger: order.trigger.as_str().to_owned(),
            profiles: order.profiles.iter().copied().collect(),
            imports: order.imports.as_ref().map(|i| i.iter().copied().collect()),
            full: order.full,
            exports: order.exports,
            state,
            changes: 0,
            blocked: Vec::new(),
        }
    }
}

fn cycle(id: CycleId, asked_ms: i64, ended_ms: Option<i64>, doc: &CycleDoc) -> Cycle {
    let profile = match doc.profiles.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    Cycle {
        id,
        profile,
        asked_ms,
        ended_ms,
        doc: serde_json::to_value(doc).unwrap_or_default(),
    }
}
