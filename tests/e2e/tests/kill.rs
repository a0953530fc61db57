//! Each process dies once in the import and once in the export, and everything ends as if it had not.

use syncline_tests::kill::{Kill, Point, Process, play};

async fn survives(process: Process, import: Point, export: Point) {
    let kills = [import, export].map(|point| Kill { process, point });

    let played = play(&kills, |line| println!("{process:?}: {line}")).await;

    played.unwrap_or_else(|error| panic!("{process:?}: {error:#}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_runner_changes_nothing_of_the_end() {
    survives(Process::Runner, Point::HalfRead, Point::HalfWritten).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_agent_changes_nothing_of_the_end() {
    survives(Process::Agent, Point::FirstPage, Point::FirstWrite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_api_changes_nothing_of_the_end() {
    survives(Process::Api, Point::Accepted, Point::LastWrite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_changes_nothing_of_the_end() {
    survives(Process::Postgres, Point::LastPage, Point::Begun).await;
}
