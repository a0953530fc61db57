//! The measures, one after the other, each on what the one before left.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use syncline_model::attrs::AttrName;
use syncline_model::import::ObjectName;
use syncline_model::import::{ImportChange, ImportEntry};
use syncline_model::run::{RunKind, RunStatus};
use syncline_model::{DirectoryId, ProfileId, RunId};
use syncline_runner::jobs;
use syncline_runner::profile::build::{Built, schemas};
use syncline_runner::profile::save;
use syncline_store::chain::Act;
use syncline_store::tenant::Durability;

use crate::company::{Company, FORESTS, mixed};
use crate::directory::InMemory;
use crate::ground::Ground;
use crate::measure::Clock;
use crate::profile::{Directories, document};
use crate::report::Report;

struct Bench {
    ground: Ground,
    company: Arc<Company>,
    all: Directories,
    hr: Arc<InMemory>,
    forests: Vec<Arc<InMemory>>,
    profile: ProfileId,
    report: Report,
}

const fn seconds(n: u64) -> Option<Duration> {
    Some(Duration::from_secs(n))
}

const fn millis(n: u64) -> Option<Duration> {
    Some(Duration::from_millis(n))
}

/// Measures everything.
pub async fn run(objects: usize, rounds: usize) -> anyhow::Result<Report> {
    let root = tempfile::Builder::new().prefix("slbench").tempdir()?;
    std::fs::set_permissions(
        root.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )?;
    let mut bench = Bench::make(root.path(), objects).await?;
    bench.first().await?;
    for round in 0..rounds {
        bench.again(round).await?;
        bench.changes(round).await?;
    }
    let Bench { ground, report, .. } = bench;
    ground.end().await;
    Ok(report)
}

impl Bench {
    async fn make(root: &std::path::Path, objects: usize) -> anyhow::Result<Self> {
        let company = Arc::new(Company::of(objects));
        let ground = Ground::make(root).await?;
        let of = company.clone();
        let hr = InMemory::new(Box::new(move || {
            let of = of.clone();
            let units = of.units_of_hr();
            let people = (0..of.people).map(move |n| of.person(n, 0));
            Box::new(units.chain(people).map(ImportEntry::Object))
        }));
        let mut forests = Vec::new();
        let mut ids = Vec::new();
        for forest in 0..FORESTS {
            let of = company.clone();
            let connector = InMemory::new(Box::new(move || {
                let (people, groups) = (of.clone(), of.clone());
                let accounts = of.accounts_of(forest).map(move |n| people.account(n, 0));
                let count = if forest == 0 { of.groups } else { 0 };
                let groups = (0..count).map(move |n| groups.group(n));
                let units = of.units_of(forest);
                Box::new(units.chain(accounts).chain(groups).map(ImportEntry::Object))
            }));
            ids.push(
                ground
                    .directory(&format!("forest {forest}"), connector.clone())
                    .await?,
            );
            forests.push(connector);
        }
        let target = InMemory::new(Box::new(|| {
            Box::new(Company::units_of_target().map(ImportEntry::Object))
        }));
        let all = Directories {
            hr: ground.directory("hr", hr.clone()).await?,
            forests: ids,
            target: ground.directory("target", target).await?,
        };
        let profile = ProfileId(ground.app.db.new_id().await?);
        let mut bench = Self {
            ground,
            company,
            all,
            hr,
            forests,
            profile,
            report: Report::new(objects),
        };
        bench.save("company", 0).await?;
        Ok(bench)
    }

    async fn save(&mut self, variant: &str, seen: i32) -> anyhow::Result<()> {
        let app = &self.ground.app;
        let document = serde_json::from_value(document(&self.all, variant))?;
        let mut read = app.db.read().await?;
        let known = schemas(&mut read).await?;
        let library = app.libraries.of(&mut read).await?;
        drop(read);
        let built = Built::of(&document, &known, &library)
            .compiled(&app.compiler)
            .await?;
        ensure!(
            built.ok(),
            "the profile is refused: {:?}",
            built.diagnostics
        );
        let act = Act {
            at_ms: 0,
            actor: "bench".into(),
            action: "profiles.put".into(),
            target: None,
            result: "done".into(),
            request_id: None,
            detail: serde_json::Value::Null,
        };
        let saved = save::save(app, act, (self.profile, seen), document, built).await;
        saved.map_err(|problem| anyhow::anyhow!("{problem:?}"))
    }

    fn directories(&self) -> Vec<DirectoryId> {
        let sources = self.all.forests.iter().copied();
        sources.chain([self.all.hr, self.all.target]).collect()
    }

    async fn begin(&self, kind: RunKind, directory: Option<DirectoryId>) -> anyhow::Result<RunId> {
        let db = &self.ground.app.db;
        let id = RunId(db.new_id().await?);
        let mut tx = db.write(Durability::Deferred).await?;
        let mut row = jobs::queued(id, kind, "bench");
        row.directory = directory;
        tx.run_add(&row).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Imports these directories at once, as a cycle does.
    async fn import(&self, kind: RunKind, directories: &[DirectoryId]) -> anyhow::Result<u64> {
        let mut runs = tokio::task::JoinSet::new();
        for directory in directories {
            let run = self.begin(kind, Some(*directory)).await?;
            let (app, directory) = (self.ground.app.clone(), *directory);
            runs.spawn(async move { jobs::import::run(&app, run, directory, kind).await.0 });
        }
        let mut changes = 0;
        while let Some(ended) = runs.join_next().await {
            let ended = ended?;
            ensure!(ended.status.completed(), "an import ended {}", ended.status);
            changes += ended.changes;
        }
        Ok(changes)
    }

    async fn sync(&self) -> anyhow::Result<u64> {
        let run = self.begin(RunKind::Sync, None).await?;
        let (ended, _) = jobs::sync::run(&self.ground.app, run, self.profile).await;
        if !matches!(
            ended.status,
            RunStatus::Success | RunStatus::SuccessNoChanges
        ) {
            let row = self.ground.app.db.read().await?.run(run).await?;
            let counts = row.map(|row| row.doc.counts);
            bail!("a sync ended {}: {counts:?}", ended.status);
        }
        Ok(ended.changes)
    }

    /// Has everything looked at again: by force, or as far as the rules mean something else than before.
    async fn everything_is_work(&self, by_force: bool) -> anyhow::Result<()> {
        let mut tx = self.ground.app.db.write(Durability::Durable).await?;
        tx.work_everything(self.profile).await?;
        if by_force {
            jobs::evaluated::forget(&mut tx, self.profile).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn first(&mut self) -> anyhow::Result<()> {
        let all = self.directories();
        let clock = Clock::start();
        self.import(RunKind::FullImport, &all).await?;
        self.report
            .add("full import, empty tenant", seconds(60), clock.stop());

        let clock = Clock::start();
        let changes = self.sync().await.context("first full sync")?;
        self.report
            .add("first full sync", seconds(60), clock.stop());
        ensure!(changes as usize >= self.company.people, "{changes} changes");
        Ok(())
    }

    async fn again(&mut self, round: usize) -> anyhow::Result<()> {
        let all = self.directories();
        if round == 0 {
            let clock = Clock::start();
            let changes = self.import(RunKind::FullImport, &all).await?;
            self.report
                .add("full import, nothing changed", seconds(10), clock.stop());
            ensure!(changes == 0, "{changes} changes of nothing");
        }
        let clock = Clock::start();
        self.everything_is_work(false).await?;
        self.sync().await?;
        self.report
            .add("full sync, the same rules", seconds(1), clock.stop());
        let clock = Clock::start();
        self.everything_is_work(true).await?;
        // What was not sent yet is decided afresh, and comes out the same.
        self.sync().await?;
        self.report
            .add("full sync by force", seconds(10), clock.stop());
        Ok(())
    }

    /// 1 % created, 1 % deleted, 5 % modified of all sources; then a hundred changes, nothing, one member.
    async fn changes(&mut self, round: usize) -> anyhow::Result<()> {
        let all = self.directories();
        let (people, round_no) = (self.company.people, round as u32 + 1);
        let twentieth =
            (0..people * 9 / 10).filter(|n| mixed(*n as u64 ^ 0xc4a6).is_multiple_of(20));
        let modified: Vec<_> = twentieth
            .map(|n| self.company.person(n, round_no))
            .collect();
        self.hr
            .change(modified.into_iter().map(ImportEntry::Object));
        for (forest, directory) in self.forests.iter().enumerate() {
            let some = self
                .company
                .accounts_of(forest)
                .filter(|n| mixed(*n as u64 ^ 0xacc0).is_multiple_of(20));
            let modified: Vec<_> = some.map(|n| self.company.account(n, round_no)).collect();
            directory.change(modified.into_iter().map(ImportEntry::Object));
        }
        let hundredth = people / 100;
        let first = people + round * hundredth;
        let gone = people - (round + 1) * hundredth..people - round * hundredth;
        self.hr.change(
            (first..first + hundredth).map(|n| ImportEntry::Object(self.company.person(n, 0))),
        );
        self.hr
            .change(gone.map(|n| ImportEntry::Deleted(Company::person_anchor(n))));
        let clock = Clock::start();
        self.import(RunKind::DeltaImport, &all).await?;
        self.sync().await?;
        self.report.add(
            "delta, 1 % new, 1 % gone, 5 % changed",
            seconds(10),
            clock.stop(),
        );

        self.hr.change(
            (0..100).map(|n| ImportEntry::Object(self.company.person(n * 7 + 1, round_no + 100))),
        );
        let clock = Clock::start();
        self.import(RunKind::DeltaImport, &all).await?;
        self.sync().await?;
        self.report
            .add("delta of 100 changes", millis(300), clock.stop());

        let clock = Clock::start();
        self.import(RunKind::DeltaImport, &all).await?;
        self.sync().await?;
        self.report.add(
            "idle cycle: 14 imports and a sync",
            millis(20),
            clock.stop(),
        );

        let member = ObjectName::Anchor(Company::account_anchor(FORESTS * 3));
        let change = ImportChange {
            anchor: Company::group_anchor(0),
            object_type: None,
            dn: None,
            attrs: Vec::new(),
            refs_set: Vec::new(),
            refs_added: Vec::new(),
            refs_removed: Vec::new(),
        };
        let name = AttrName::new("member");
        let (added, removed) = match round % 2 {
            0 => (vec![], vec![(name, member)]),
            _ => (vec![(name, member)], vec![]),
        };
        self.forests[0].change([ImportEntry::Change(ImportChange {
            refs_added: added,
            refs_removed: removed,
            ..change
        })]);
        let clock = Clock::start();
        self.import(RunKind::DeltaImport, &self.all.forests[..1])
            .await?;
        self.sync().await?;
        self.report
            .add("one member of the largest group", millis(50), clock.stop());
        Ok(())
    }
}
