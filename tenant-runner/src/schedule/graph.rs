//! One cycle: imports at once, each sync as soon as its imports ended, each export as soon as its syncs did,
//! each confirming import right behind its export, and again while confirming shows something new.
//!
//! Invariants: T-01 no sync uses an import that stopped; T-02 no export starts before every sync of the wave
//! that writes the directory ended and left nothing to be done; T-03 profiles that can meet in one object are
//! synchronised one after the other, and never while something of them is sent; T-04 an acknowledged export is followed by a confirming import; T-05 at
//! most [`ROUNDS_MAX`] rounds; T-08 a directory that fails holds only the profiles that read it,
//! and one of which some object types may not be read only those that name them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join_all};
use syncline_model::run::RunStatus;
use syncline_model::{DirectoryId, ProfileId};

use super::components::{Turns, turns};
use super::order::Order;

/// Export and confirm again at most this often within one cycle.
pub const ROUNDS_MAX: usize = 3;

/// What a profile reads and writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edges {
    /// Sources and targets: a target's image is an input too.
    pub reads: BTreeSet<DirectoryId>,
    /// Targets.
    pub writes: BTreeSet<DirectoryId>,
    /// Metaverse types, which profiles over other directories may share.
    pub types: BTreeSet<String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Its run's status.
    pub status: RunStatus,
    /// Pending imports, metaverse changes and operations it found or made.
    pub changes: u64,
    /// Operations that the directory acknowledged (exports).
    pub acknowledged: u64,
}

/// The steps of a cycle. Each makes its own run, and answers when that ended.
pub trait Steps: Send + Sync + 'static {
    /// Whether a profile may use what an import of a directory that ended so has read.
    fn is_usable(&self, _directory: DirectoryId, _profile: ProfileId, ended: Ended) -> bool {
        ended.status.dependents_may_start()
    }
    /// Imports a directory.
    fn import(&self, directory: DirectoryId, full: bool) -> BoxFuture<'_, Ended>;
    /// Synchronises a profile.
    fn sync(&self, profile: ProfileId) -> BoxFuture<'_, Ended>;
    /// Whether another profile's sync of this cycle put something on a profile's work list after it was synchronised.
    fn has_more(&self, profile: ProfileId) -> bool;
    /// Sends what is released of these profiles to a directory.
    fn export(&self, directory: DirectoryId, profiles: BTreeSet<ProfileId>)
    -> BoxFuture<'_, Ended>;
    /// Imports what an export changed.
    fn confirm(&self, directory: DirectoryId) -> BoxFuture<'_, Ended>;
}

/// How a cycle ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleEnd {
    /// The worst status of its steps; `SuccessNoChanges` when nothing was to be done.
    pub worst: RunStatus,
    /// Whether the database went away under one of its steps.
    pub lost: bool,
    /// Sum of the changes of all steps.
    pub changes: u64,
    /// Profiles that were held because a directory they read could not be used.
    pub held: BTreeMap<ProfileId, BTreeSet<DirectoryId>>,
}

impl CycleEnd {
    /// With what came after it.
    pub fn add(&mut self, later: CycleEnd) {
        self.worst = self.worst.max(later.worst);
        self.lost |= later.lost;
        self.changes += later.changes;
        for (profile, directories) in later.held {
            self.held.entry(profile).or_default().extend(directories);
        }
    }
}

type Step = Shared<BoxFuture<'static, Option<Ended>>>;

fn step(future: impl Future<Output = Option<Ended>> + Send + 'static) -> Step {
    future.boxed().shared()
}

/// Runs one cycle to its end.
pub async fn run<S: Steps>(
    order: &Order,
    edges: &BTreeMap<ProfileId, Edges>,
    steps: Arc<S>,
) -> CycleEnd {
    let mine: BTreeMap<ProfileId, Edges> = order
        .profiles
        .iter()
        .filter_map(|p| Some((*p, edges.get(p)?.clone())))
        .collect();
    let read: BTreeSet<DirectoryId> = mine
        .values()
        .flat_map(|e| e.reads.iter().copied())
        .collect();
    let asked = order.imports.clone().unwrap_or_else(|| read.clone());
    let mut end = CycleEnd {
        worst: RunStatus::SuccessNoChanges,
        lost: false,
        changes: 0,
        held: BTreeMap::new(),
    };

    let mut inputs: BTreeMap<DirectoryId, Step> = asked
        .intersection(&read)
        .map(|directory| {
            let (steps, directory, full) = (steps.clone(), *directory, order.full);
            (
                directory,
                step(async move { Some(steps.import(directory, full).await) }),
            )
        })
        .collect();
    let turns = turns(edges);
    let mut profiles: BTreeSet<ProfileId> = mine.keys().copied().collect();
    for _ in 0..ROUNDS_MAX {
        let confirmed = wave(order, &mine, &profiles, &inputs, &steps, &turns, &mut end).await;
        let reads_it = |e: &Edges| e.reads.iter().any(|d| confirmed.contains_key(d));
        profiles = BTreeSet::new();
        for (profile, edges) in &mine {
            // T-01 holds for the whole cycle: what could not be read is not read by a confirmation.
            let is_held = end.held.contains_key(profile);
            if !is_held && (reads_it(edges) || steps.has_more(*profile)) {
                profiles.insert(*profile);
            }
        }
        if profiles.is_empty() {
            break;
        }
        inputs = confirmed;
    }
    end
}

/// Synchronises a profile when it is its turn.
async fn sync<S: Steps>(steps: &Arc<S>, turns: &Turns, profile: ProfileId) -> Ended {
    let turn = turns.get(&profile).cloned().unwrap_or_default();
    let _turn = turn.write().await;
    steps.sync(profile).await
}

/// One wave: from inputs through syncs to exports and their confirmations. Answers the confirming imports
/// that found something, already ended.
async fn wave<S: Steps>(
    order: &Order,
    edges: &BTreeMap<ProfileId, Edges>,
    profiles: &BTreeSet<ProfileId>,
    inputs: &BTreeMap<DirectoryId, Step>,
    steps: &Arc<S>,
    turns: &Turns,
    end: &mut CycleEnd,
) -> BTreeMap<DirectoryId, Step> {
    let syncs: BTreeMap<ProfileId, Step> = profiles
        .iter()
        .map(|profile| {
            let waits: Vec<(DirectoryId, Step)> = edges[profile]
                .reads
                .iter()
                .filter_map(|d| Some((*d, inputs.get(d)?.clone())))
                .collect();
            let (steps, turns, profile) = (steps.clone(), turns.clone(), *profile);
            let synced = async move {
                let waits = waits
                    .into_iter()
                    .map(|(directory, step)| async move { (directory, step.await) });
                let usable = join_all(waits)
                    .await
                    .into_iter()
                    .all(|(d, ended)| ended.is_none_or(|e| steps.is_usable(d, profile, e)));
                if usable {
                    Some(sync(&steps, &turns, profile).await)
                } else {
                    None
                }
            };
            (profile, step(synced))
        })
        .collect();

    let targets: BTreeSet<DirectoryId> = profiles
        .iter()
        .flat_map(|p| edges[p].writes.iter().copied())
        .collect();
    let exports = targets
        .into_iter()
        .filter(|_| order.exports)
        .map(|directory| {
            let waits: Vec<(ProfileId, Step)> = syncs
                .iter()
                .filter(|(p, _)| edges[p].writes.contains(&directory))
                .map(|(p, s)| (*p, s.clone()))
                .collect();
            let (steps, turns) = (steps.clone(), turns.clone());
            async move {
                let mut ready = BTreeSet::new();
                for (profile, sync) in waits {
                    if sync.await.is_some_and(|e| e.status.dependents_may_start()) {
                        ready.insert(profile);
                    }
                }
                let mut after = Vec::new();
                // Profiles that write one directory are of one component: one turn is all of theirs.
                let turn = ready.first().and_then(|profile| turns.get(profile));
                let turn = turn.cloned().unwrap_or_default();
                let mut tries = 0..ROUNDS_MAX;
                let _turn = loop {
                    after.extend(settle(&steps, &turns, &mut ready).await);
                    let turn = turn.read().await;
                    // Another sync may have given work between the last look and this turn.
                    let is_settled = !ready.iter().any(|profile| steps.has_more(*profile));
                    if is_settled || tries.next().is_none() {
                        break turn;
                    }
                };
                if ready.is_empty() {
                    return (directory, after, None);
                }
                let export = steps.export(directory, ready).await;
                after.push(export);
                let confirm = if export.acknowledged > 0 {
                    Some(steps.confirm(directory).await)
                } else {
                    None
                };
                (directory, after, confirm)
            }
        });
    let (imported, synced, exported) = futures::join!(
        join_all(inputs.values().cloned()),
        join_all(syncs.values().cloned()),
        join_all(exports.collect::<Vec<_>>())
    );

    for (profile, sync) in syncs.keys().zip(&synced) {
        if sync.is_none() {
            let reads = &edges[profile].reads;
            let failed = inputs.keys().zip(&imported).filter(|(d, e)| {
                reads.contains(d) && e.is_some_and(|e| !steps.is_usable(**d, *profile, e))
            });
            end.held
                .entry(*profile)
                .or_default()
                .extend(failed.map(|(d, _)| *d));
        }
    }
    let mut confirmed = BTreeMap::new();
    let ended = imported
        .into_iter()
        .chain(synced)
        .flatten()
        .chain(exported.iter().flat_map(|(_, after, _)| after.clone()));
    for ended in ended {
        count(end, ended);
    }
    for (directory, _, confirm) in exported {
        if let Some(confirm) = confirm {
            // Counted as an input of the next wave.
            confirmed.insert(directory, step(async move { Some(confirm) }));
        }
    }
    confirmed
}

/// Synchronises those of these profiles again that another's sync gave work meanwhile, until none has any (T-02), or the
/// next round takes it up. Who cannot be synchronised any more is not `ready`.
async fn settle<S: Steps>(
    steps: &Arc<S>,
    turns: &Turns,
    ready: &mut BTreeSet<ProfileId>,
) -> Vec<Ended> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let mut is_settled = true;
        for profile in ready.clone() {
            if steps.has_more(profile) {
                is_settled = false;
                let ended = sync(steps, turns, profile).await;
                if !ended.status.dependents_may_start() {
                    ready.remove(&profile);
                }
                all.push(ended);
            }
        }
        if is_settled {
            break;
        }
    }
    all
}

fn count(end: &mut CycleEnd, ended: Ended) {
    end.worst = end.worst.max(ended.status);
    // By itself, not by the worst: a directory that could not be begun is worse and hides it.
    end.lost |= ended.status == RunStatus::StoppedLeaseLost;
    end.changes += ended.changes;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::schedule::order::Trigger;
    use syncline_model::CycleId;

    const A: DirectoryId = DirectoryId(1);
    const B: DirectoryId = DirectoryId(2);
    const T: DirectoryId = DirectoryId(3);

    /// Writes down what is asked of it. Directory `broken` cannot be imported; each export acknowledges once.
    #[derive(Default)]
    struct World {
        log: Mutex<Vec<String>>,
        /// Whose sync gives whom work, once.
        gives: Mutex<BTreeSet<(ProfileId, ProfileId)>>,
        more: Mutex<BTreeSet<ProfileId>>,
        /// Profiles of one component.
        shared: BTreeSet<ProfileId>,
        /// Profiles that are being synchronised.
        busy: Mutex<BTreeSet<ProfileId>>,
        broken: Option<DirectoryId>,
        /// A profile that needs nothing of what a broken directory could not show.
        spared: Option<(DirectoryId, ProfileId)>,
        exports_left: Mutex<BTreeMap<DirectoryId, u64>>,
    }

    impl World {
        fn note(&self, text: String, status: RunStatus, acknowledged: u64) -> BoxFuture<'_, Ended> {
            self.log.lock().unwrap().push(text);
            async move {
                Ended {
                    status,
                    changes: acknowledged,
                    acknowledged,
                }
            }
            .boxed()
        }
    }

    impl Steps for World {
        fn is_usable(&self, directory: DirectoryId, profile: ProfileId, ended: Ended) -> bool {
            ended.status.dependents_may_start() || self.spared == Some((directory, profile))
        }
        fn import(&self, directory: DirectoryId, full: bool) -> BoxFuture<'_, Ended> {
            let broken = self.broken == Some(directory);
            let status = if broken {
                RunStatus::StoppedConnectivity
            } else {
                RunStatus::Success
            };
            self.note(format!("import {directory} full={full}"), status, 0)
        }
        fn sync(&self, profile: ProfileId) -> BoxFuture<'_, Ended> {
            async move {
                let others = self.busy.lock().unwrap().clone();
                assert!(self.shared.is_empty() || others.is_disjoint(&self.shared));
                self.busy.lock().unwrap().insert(profile);
                self.more.lock().unwrap().remove(&profile);
                tokio::task::yield_now().await;
                {
                    let mut gives = self.gives.lock().unwrap();
                    let given = gives.extract_if(.., |(from, _)| *from == profile);
                    self.more.lock().unwrap().extend(given.map(|(_, to)| to));
                }
                self.busy.lock().unwrap().remove(&profile);
                self.note(format!("sync {profile}"), RunStatus::Success, 0)
                    .await
            }
            .boxed()
        }
        fn has_more(&self, profile: ProfileId) -> bool {
            self.more.lock().unwrap().contains(&profile)
        }
        fn export(
            &self,
            directory: DirectoryId,
            profiles: BTreeSet<ProfileId>,
        ) -> BoxFuture<'_, Ended> {
            let acknowledged = {
                let mut left = self.exports_left.lock().unwrap();
                let left = left.entry(directory).or_default();
                let acknowledged = u64::from(*left > 0);
                *left -= acknowledged;
                acknowledged
            };
            async move {
                for _ in 0..8 {
                    tokio::task::yield_now().await;
                    let busy = self.busy.lock().unwrap().clone();
                    assert!(self.shared.is_empty() || busy.is_disjoint(&profiles));
                }
                let text = format!("export {directory} {profiles:?}");
                self.note(text, RunStatus::Success, acknowledged).await
            }
            .boxed()
        }
        fn confirm(&self, directory: DirectoryId) -> BoxFuture<'_, Ended> {
            self.note(format!("confirm {directory}"), RunStatus::Success, 0)
        }
    }

    fn edges(list: &[(i64, &[DirectoryId], &[DirectoryId])]) -> BTreeMap<ProfileId, Edges> {
        let one = |(p, reads, writes): &(i64, &[DirectoryId], &[DirectoryId])| {
            let writes: BTreeSet<_> = writes.iter().copied().collect();
            let reads = reads
                .iter()
                .copied()
                .chain(writes.iter().copied())
                .collect();
            let types = BTreeSet::new();
            let edges = Edges {
                reads,
                writes,
                types,
            };
            (ProfileId(*p), edges)
        };
        list.iter().map(one).collect()
    }

    fn order(profiles: &[i64]) -> Order {
        Order {
            cycle: CycleId(1),
            trigger: Trigger::Call,
            profiles: profiles.iter().map(|p| ProfileId(*p)).collect(),
            imports: None,
            full: false,
            exports: true,
        }
    }

    async fn play(
        order: Order,
        edges: &BTreeMap<ProfileId, Edges>,
        world: World,
    ) -> (CycleEnd, Vec<String>) {
        let world = Arc::new(world);
        let end = run(&order, edges, world.clone()).await;
        let log = world.log.lock().unwrap().clone();
        (end, log)
    }

    #[tokio::test]
    async fn a_cycle_imports_syncs_exports_confirms_and_looks_once_more() {
        let world = World {
            exports_left: Mutex::new([(T, 1)].into()),
            ..World::default()
        };

        let (end, log) = play(order(&[1]), &edges(&[(1, &[A], &[T])]), world).await;

        assert_eq!(
            log,
            [
                "import dir_1 full=false",
                "import dir_3 full=false",
                "sync prf_1",
                "export dir_3 {prf_1}",
                "confirm dir_3",
                "sync prf_1",
                "export dir_3 {prf_1}",
            ]
        );
        assert_eq!((end.worst, end.changes), (RunStatus::Success, 1));
    }

    #[tokio::test]
    async fn a_broken_directory_holds_only_the_profiles_that_read_it() {
        let world = World {
            broken: Some(B),
            ..World::default()
        };
        let edges = edges(&[(1, &[A, B], &[T]), (2, &[A], &[T])]);

        let (end, log) = play(order(&[1, 2]), &edges, world).await;

        assert!(
            log.contains(&"sync prf_2".into()) && !log.contains(&"sync prf_1".into()),
            "{log:?}"
        );
        assert!(log.contains(&"export dir_3 {prf_2}".into()), "{log:?}");
        assert_eq!(end.held, [(ProfileId(1), [B].into())].into());
        assert_eq!(end.worst, RunStatus::StoppedConnectivity);
    }

    #[tokio::test]
    async fn a_profile_that_needs_nothing_of_what_could_not_be_read_goes_on() {
        let world = World {
            broken: Some(A),
            spared: Some((A, ProfileId(2))),
            ..World::default()
        };
        let edges = edges(&[(1, &[A], &[T]), (2, &[A], &[T])]);

        let (end, log) = play(order(&[1, 2]), &edges, world).await;

        assert!(!log.contains(&"sync prf_1".into()), "{log:?}");
        assert!(log.contains(&"export dir_3 {prf_2}".into()), "{log:?}");
        assert_eq!(end.held, [(ProfileId(1), [A].into())].into());
        assert_eq!(end.worst, RunStatus::StoppedConnectivity);
    }

    #[tokio::test]
    async fn t01_a_held_profile_is_held_when_another_ones_export_was_confirmed() {
        let world = World {
            broken: Some(B),
            exports_left: Mutex::new([(T, 1)].into()),
            ..World::default()
        };
        let edges = edges(&[(1, &[A, B], &[T]), (2, &[A], &[T])]);

        let (_, log) = play(order(&[1, 2]), &edges, world).await;

        assert!(log.contains(&"confirm dir_3".into()), "{log:?}");
        assert!(!log.contains(&"sync prf_1".into()), "{log:?}");
    }

    #[tokio::test]
    async fn t03_nothing_is_synchronised_while_something_of_the_same_profiles_is_sent() {
        const U: DirectoryId = DirectoryId(4);
        let world = World {
            gives: Mutex::new([(ProfileId(2), ProfileId(1))].into()),
            shared: [ProfileId(1), ProfileId(2)].into(),
            exports_left: Mutex::new([(T, 1), (U, 1)].into()),
            ..World::default()
        };
        let edges = edges(&[(1, &[A], &[T, U]), (2, &[B], &[U])]);

        let (_, log) = play(order(&[1, 2]), &edges, world).await;

        assert!(log.iter().any(|l| l.starts_with("export")), "{log:?}");
        assert!(log.iter().filter(|l| *l == "sync prf_1").count() >= 2);
    }

    #[tokio::test]
    async fn t03_profiles_that_share_a_directory_are_synchronised_one_after_the_other() {
        let world = World {
            shared: [ProfileId(1), ProfileId(2), ProfileId(3)].into(),
            ..World::default()
        };
        let edges = edges(&[(1, &[A], &[T]), (2, &[A], &[]), (3, &[B], &[T])]);

        let (_, log) = play(order(&[1, 2, 3]), &edges, world).await;

        assert_eq!(log.iter().filter(|l| l.starts_with("sync")).count(), 3);
    }

    #[tokio::test]
    async fn t02_what_one_sync_gives_another_is_synchronised_before_it_is_exported() {
        let world = World {
            gives: Mutex::new([(ProfileId(2), ProfileId(1))].into()),
            ..World::default()
        };
        let edges = edges(&[(1, &[A], &[T]), (2, &[B], &[T])]);

        let (_, log) = play(order(&[1, 2]), &edges, world).await;

        assert_eq!(
            log[3..],
            [
                "sync prf_1",
                "sync prf_2",
                "sync prf_1",
                "export dir_3 {prf_1, prf_2}"
            ]
        );
    }

    #[tokio::test]
    async fn a_profile_that_gets_work_when_its_export_is_gone_has_another_round() {
        let world = World {
            gives: Mutex::new([(ProfileId(1), ProfileId(2))].into()),
            ..World::default()
        };
        let edges = edges(&[(1, &[A], &[A]), (2, &[B], &[T])]);

        let (_, log) = play(order(&[1, 2]), &edges, world).await;

        assert_eq!(log.iter().filter(|l| *l == "sync prf_2").count(), 2);
        assert_eq!(log.last().unwrap(), "export dir_3 {prf_2}");
    }

    #[tokio::test]
    async fn a_target_that_never_comes_to_rest_ends_the_cycle_all_the_same() {
        let world = World {
            exports_left: Mutex::new([(T, 100)].into()),
            ..World::default()
        };

        let (_, log) = play(order(&[1]), &edges(&[(1, &[A], &[T])]), world).await;

        assert_eq!(
            log.iter().filter(|l| l.starts_with("export")).count(),
            ROUNDS_MAX
        );
    }

    #[tokio::test]
    async fn suppressed_exports_send_nothing() {
        let (_, log) = play(
            Order {
                exports: false,
                ..order(&[1])
            },
            &edges(&[(1, &[A], &[T])]),
            World::default(),
        )
        .await;

        assert_eq!(
            log,
            [
                "import dir_1 full=false",
                "import dir_3 full=false",
                "sync prf_1"
            ]
        );
    }

    #[tokio::test]
    async fn a_notice_imports_only_the_directory_that_changed() {
        let only = Order {
            imports: Some([A].into()),
            ..order(&[1])
        };

        let (_, log) = play(only, &edges(&[(1, &[A, B], &[T])]), World::default()).await;

        assert_eq!(
            log,
            [
                "import dir_1 full=false",
                "sync prf_1",
                "export dir_3 {prf_1}"
            ]
        );
    }
}
