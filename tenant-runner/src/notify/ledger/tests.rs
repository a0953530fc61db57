//! What is told of causes that come, stay, get worse and go, on a clock that is passed in.

use super::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_790_000_000_000;

/// A tenant's log and ledger, looked at minute by minute.
struct Story {
    ledger: Ledger,
    open: BTreeMap<Cause, StandingCause>,
    now_ms: i64,
    digest_ms: i64,
    quiet: std::ops::Range<i64>,
    ids: i64,
    sent: Vec<Delivery>,
}

fn given() -> Story {
    Story {
        ledger: Ledger::default(),
        open: BTreeMap::new(),
        now_ms: START,
        digest_ms: 15 * MINUTE,
        quiet: 0..0,
        ids: 0,
        sent: Vec::new(),
    }
}

fn cause(code: &str) -> Cause {
    Cause {
        code: code.into(),
        directory: Some(DirectoryId(1)),
        profile: None,
    }
}

fn receivers() -> Vec<Receiver> {
    vec![
        Receiver::Mail("ada@contoso.test".into()),
        Receiver::Webhook("https://hooks.example/a".into()),
    ]
}

impl Story {
    fn says(&mut self, code: &str, severity: Severity) {
        let standing = self.open.entry(cause(code)).or_insert(StandingCause {
            severity,
            since_ms: self.now_ms,
            entries: 1,
            count: 0,
        });
        standing.severity = severity;
        standing.count += 1;
    }

    fn is_over(&mut self, code: &str) {
        self.open.remove(&cause(code));
    }

    /// Looks as the runner does, and every delivery is taken.
    fn look(&mut self) {
        let names = Names {
            directories: [(DirectoryId(1), "Contoso".to_owned())].into(),
            profiles: BTreeMap::new(),
        };
        self.ledger
            .observe(&self.open, Severity::Warning, &names, self.now_ms);
        let quiet = |at| self.quiet.contains(&at).then_some(self.quiet.end);
        let gathers = self.ledger.gathers_ms(self.digest_ms, quiet, self.now_ms);
        if gathers.is_some_and(|at| at <= self.now_ms) {
            let first = self.ids + 1;
            self.ids += 2;
            self.ledger.gather(&receivers(), first.., self.now_ms);
        }
        for delivery in self.ledger.due(self.now_ms) {
            self.ledger.delivered(delivery.id);
            self.sent.push(delivery);
        }
    }

    fn after(&mut self, ms: i64) {
        self.now_ms += ms;
        self.look();
    }

    /// What the mail address was told, each as a line.
    fn told(&self) -> Vec<String> {
        let mine = self.sent.iter().filter(|d| d.to == receivers()[0]);
        let line = |n: &Notice| {
            format!(
                "{:?} {} {} x{}",
                n.change,
                n.cause.code,
                crate::notify::letter::word(n.severity),
                n.times
            )
        };
        mine.map(|d| d.notices.iter().map(line).collect::<Vec<_>>().join("; "))
            .collect()
    }
}

#[test]
fn a_week_without_an_answer_is_one_notification_and_its_end_another() {
    let mut story = given();
    let tries = 7 * DAY / (15 * MINUTE);

    for _ in 0..tries {
        story.says("agents.offline", Severity::Error);
        story.after(15 * MINUTE);
    }

    assert_eq!(story.told(), ["Opened agents.offline Error x1"]);
    story.is_over("agents.offline");
    story.after(15 * MINUTE);

    assert_eq!(
        story.told(),
        [
            "Opened agents.offline Error x1",
            "Ended agents.offline Error x1"
        ]
    );
    let ended = &story.sent.last().unwrap().notices[0];
    assert_eq!(ended.count, tries);
    assert_eq!(ended.since_ms, START);
    assert_eq!(ended.directory_name.as_deref(), Some("Contoso"));
    assert_eq!(story.sent.len(), 4, "two receivers, twice");
    assert!(story.ledger.noted.is_empty() && story.ledger.waiting.is_empty());
}

#[test]
fn what_gets_worse_is_told_again_and_what_gets_better_is_not() {
    let mut story = given();
    story.says("graph.slow", Severity::Warning);
    story.look();

    story.says("graph.slow", Severity::Error);
    story.after(HOUR);
    story.says("graph.slow", Severity::Warning);
    story.after(HOUR);
    story.says("graph.slow", Severity::Error);
    story.after(HOUR);

    assert_eq!(
        story.told(),
        [
            "Opened graph.slow Warning x1",
            "Escalated graph.slow Error x1"
        ]
    );
}

#[test]
fn what_comes_within_the_interval_is_one_notification() {
    let mut story = given();
    story.says("first", Severity::Error);
    story.look();

    story.says("second", Severity::Error);
    story.after(MINUTE);
    story.says("third", Severity::Warning);
    story.after(MINUTE);
    story.is_over("second");
    story.after(12 * MINUTE);

    assert_eq!(story.told().len(), 1);
    story.after(MINUTE);
    assert_eq!(
        story.told()[1..],
        ["Passed second Error x1; Opened third Warning x1"]
    );
}

#[test]
fn a_quiet_night_is_told_in_the_morning_as_what_it_came_to() {
    let mut story = given();
    let morning = START + 8 * HOUR;
    story.quiet = START..morning;

    for _ in 0..4 {
        story.says("flapping", Severity::Error);
        story.after(HOUR);
        story.is_over("flapping");
        story.after(30 * MINUTE);
    }
    story.says("stays", Severity::Error);
    story.after(HOUR);

    assert_eq!(story.told(), [] as [&str; 0]);
    let quiet = |at| story.quiet.contains(&at).then_some(story.quiet.end);
    let gathers = story.ledger.gathers_ms(0, quiet, story.now_ms);
    assert_eq!(gathers, Some(morning));
    story.after(HOUR);
    assert_eq!(
        story.told(),
        ["Passed flapping Error x4; Opened stays Error x1"]
    );
}

#[test]
fn what_was_told_and_came_back_before_its_end_was_told_ends_once() {
    let mut story = given();
    story.says("gone", Severity::Error);
    story.look();
    story.is_over("gone");
    story.after(MINUTE);
    story.says("gone", Severity::Error);
    story.after(MINUTE);
    story.is_over("gone");
    story.after(HOUR);

    assert_eq!(
        story.told(),
        ["Opened gone Error x1", "Ended gone Error x2"]
    );
}

#[test]
fn what_is_not_bad_enough_is_told_when_it_is() {
    let mut story = given();
    story.says("for the record", Severity::Info);
    story.look();
    assert_eq!(story.told(), [] as [&str; 0]);

    story.says("for the record", Severity::Warning);
    story.after(MINUTE);

    assert_eq!(story.told(), ["Opened for the record Warning x1"]);
}

#[test]
fn a_receiver_that_cannot_be_reached_is_told_of_by_the_others() {
    let mut story = given();
    story.says("notify.webhook_failed", Severity::Warning);

    story.look();

    let to: Vec<&Receiver> = story.sent.iter().map(|d| &d.to).collect();
    assert_eq!(to, [&receivers()[0]]);
}

#[test]
fn what_is_not_taken_is_tried_for_three_days_under_its_id_and_then_given_up() {
    let mut ledger = Ledger::default();
    let open = [(
        cause("down"),
        StandingCause {
            severity: Severity::Error,
            since_ms: START,
            entries: 1,
            count: 1,
        },
    )];
    ledger.observe(&open.into(), Severity::Error, &Names::default(), START);
    ledger.gather(&receivers()[..1], 7.., START);
    let made = ledger.deliveries[0].clone();

    let mut now_ms = START;
    let mut tries = 0;
    while let [delivery] = ledger.due(now_ms).as_slice() {
        assert_eq!((delivery.id, &delivery.notices), (made.id, &made.notices));
        tries += 1;
        now_ms = ledger
            .failed(made.id, "nobody answers".into(), now_ms)
            .unwrap_or(now_ms);
    }

    assert_eq!(tries, 10);
    assert!((3 * DAY..4 * DAY).contains(&(now_ms - START)));
    assert_eq!(ledger.deliveries, []);
}

#[test]
fn a_ledger_that_was_written_between_decision_and_delivery_sends_the_same() {
    let mut story = given();
    story.says("down", Severity::Error);
    let mut ledger = story.ledger.clone();
    ledger.observe(&story.open, Severity::Error, &Names::default(), START);
    ledger.gather(&receivers(), 1.., START);

    let written = serde_json::to_vec(&ledger).unwrap();
    let read: Ledger = serde_json::from_slice(&written).unwrap();

    assert_eq!(read.due(START), ledger.due(START));
    assert_eq!(read.due(START).len(), 2);
    story.ledger = read;
    story.look();
    story.after(DAY);
    assert_eq!(story.told(), ["Opened down Error x1"]);
}

#[test]
fn a_receiver_that_never_answers_is_kept_a_hundred_notifications() {
    let mut ledger = Ledger::default();
    for n in 0..150 {
        let open = [(
            cause(&format!("cause {n}")),
            StandingCause {
                severity: Severity::Error,
                since_ms: START,
                entries: 1,
                count: 1,
            },
        )];
        ledger.observe(&open.into(), Severity::Error, &Names::default(), START);
        ledger.gather(&receivers()[1..], n.., START);
    }

    assert_eq!(ledger.deliveries.len(), KEPT_MAX);
    assert_eq!(ledger.deliveries[0].id, NotificationId(50));
}
