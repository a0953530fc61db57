//! HR files as a second source: people of Active Directory get what the HR system says of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::world::count;

/// Rows of the first file.
const WORKERS: usize = 60;
/// Rows of the last one. Twenty fewer are what any other directory may lose unasked.
const LEFT: usize = WORKERS - 20;

/// A file of these people, each with a title of their own.
fn file(numbers: &[String], title: &str) -> String {
    let row =
        |(i, number): (usize, &String)| format!("{number},\"{title} {i}, Harbour\",CC-{}\n", i % 7);
    let rows: String = numbers.iter().enumerate().map(row).collect();
    format!("WorkerID,JobTitle,CostCenter\n{rows}")
}

/// Employee numbers of people who take part.
async fn numbers(world: &World) -> Vec<String> {
    let people = world
        .all(&format!("objects?directory={}&type=user", world.contoso))
        .await
        .unwrap();
    let mut numbers = Vec::new();
    for person in people {
        let report = world
            .get(&format!("objects/{}", person["id"].as_str().unwrap()))
            .await
            .unwrap();
        let value = |name: &str| {
            let attributes = report["attributes"].as_array().unwrap();
            let held = attributes.iter().find(|a| a["name"] == name);
            held.and_then(|a| a["values"][0].as_str())
                .map(str::to_owned)
        };
        if value("employeeType").as_deref() == Some("FTE") {
            numbers.extend(value("employeeID"));
        }
        if numbers.len() == WORKERS {
            break;
        }
    }
    assert_eq!(numbers.len(), WORKERS);
    numbers
}

/// What an operation writes as a note.
fn note(operation: &Value) -> Option<&str> {
    let attributes = operation["attributes"].as_array()?;
    let note = attributes.iter().find(|a| a["name"] == "info")?;
    note["after"][0].as_str()
}

/// Reads the folder, however that ends: the run and its messages.
async fn imported(world: &World, directory: &str) -> (Value, Vec<Value>) {
    let run = world.try_import(directory, "full").await.unwrap();
    let messages = world.messages_of(&run).await.unwrap();
    (run, messages)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hr_says_wins_and_a_shrunken_file_deletes_nobody() {
    let mut world = World::start(DataSet::Small).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let drop_file = |text: &str| {
        let whole = folder.path().join("workers.part");
        std::fs::write(&whole, text).unwrap();
        std::fs::rename(&whole, folder.path().join("workers.csv")).unwrap();
    };
    world.import(&world.contoso, "full").await.unwrap();
    let numbers = numbers(&world).await;
    drop_file(&file(&numbers, "Keeper"));
    let hr = world.connect_folder("HR", folder.path()).await.unwrap();

    let looked = world.confirm_format(&hr).await.unwrap();
    assert_eq!(
        (&looked["rows"], &looked["problems_total"]),
        (&json!(WORKERS), &json!(0)),
        "{looked:#}"
    );
    assert_eq!(looked["proposal"]["key"], "WorkerID");
    let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let from_hr = json!({"directory": hr, "type": "worker", "metaverse_type": "person", "link": "join",
        "match": [[{"source": "WorkerID", "metaverse": "employeeID"}]],
        "flows": [{"to": "title", "from": "JobTitle"}]});
    document["inbound"]
        .as_array_mut()
        .unwrap()
        .insert(0, from_hr);
    // Drawn and timed: it must be the same in every what-if, though the rule is asked anew for everybody.
    let drawn = json!({"to": "info", "expr": "DateTime.UtcNow > DateTime.UnixEpoch ? Guid.NewGuid().ToString() : null"});
    document["outbound"][0]["flows"]
        .as_array_mut()
        .unwrap()
        .push(drawn);
    let profile = world.post("profiles", &document).await.unwrap();
    let profile = profile["id"].as_str().unwrap().to_owned();
    for directory in [&world.contoso, &world.fabrikam, &hr] {
        world.import(directory, "full").await.unwrap();
    }
    let synced = world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    assert_eq!(synced["state"], "succeeded", "{synced:#}");

    let what_if = world.what_if(&profile).await.unwrap();
    let plan = world
        .all(&format!(
            "what-ifs/{}/operations",
            what_if["id"].as_str().unwrap()
        ))
        .await
        .unwrap();
    let from_hr = |operation: &&Value| {
        let attributes = operation["attributes"].as_array().unwrap();
        let title = attributes.iter().find(|a| a["name"] == "title");
        title.is_some_and(|t| {
            t["after"][0]
                .as_str()
                .is_some_and(|text| text.ends_with(", Harbour"))
        })
    };
    assert_eq!(
        plan.iter().filter(from_hr).count(),
        WORKERS,
        "HR precedes the directory"
    );

    let notes: Vec<&str> = plan.iter().filter_map(note).collect();
    let different: BTreeSet<&str> = notes.iter().copied().collect();
    assert!(notes.len() as i64 >= count(&what_if, "user", "add"));
    assert_eq!(notes.len(), different.len(), "each has one of his own");

    // A file with bad rows is read, and each of them is told with its line.
    let mut text = file(&numbers, "Keeper");
    text.push_str(&format!("{},\"Twin, Harbour\",CC-1\n", numbers[3]));
    text.push_str(",\"Nobody, Harbour\",CC-1\n");
    text.push_str("990001,\"Half\" a quote,CC-1\n");
    drop_file(&text);
    let (run, messages) = imported(&world, &hr).await;
    assert_eq!(run["status"], "completed-discovery-errors", "{run:#}");
    let told = |code: &str| -> Vec<&str> {
        let of_code = messages.iter().filter(|m| m["code"] == code);
        let of_code = of_code.inspect(|m| assert_eq!(m["severity"], "warning", "{m:#}"));
        of_code.filter_map(|m| m["text"].as_str()).collect()
    };
    // The header is line 1.
    for (code, lines) in [
        (
            "csv.key_duplicate",
            format!("on the lines 5, {}", WORKERS + 2),
        ),
        ("csv.key_empty", format!("The row on line {} ", WORKERS + 3)),
        ("csv.row_quote", format!("The row on line {} ", WORKERS + 4)),
    ] {
        let texts = told(code);
        assert_eq!(texts.len(), 1, "{code}: {messages:#?}");
        assert!(texts[0].contains(&lines), "{code}: {}", texts[0]);
    }
    assert!(
        !format!("{messages:?}").contains("Harbour"),
        "no cell is told"
    );

    // Half of the last row's last value is no value: the file is not taken for whole.
    let whole = file(&numbers, "Keeper");
    drop_file(&whole[..whole.len() - 2]);
    let (run, messages) = imported(&world, &hr).await;
    assert_eq!(
        messages[0]["code"], "csv.file_incomplete",
        "{messages:#?} {run:#}"
    );

    // Corrected, it is read as before.
    drop_file(&whole);
    let (run, messages) = imported(&world, &hr).await;
    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#} {messages:#?}"
    );

    // The next file has lost a third: it is read, and held.
    drop_file(&file(&numbers[..LEFT], "Keeper"));
    let (run, _) = imported(&world, &hr).await;
    assert_eq!(run["status"], "stopped-obsoletion-guard", "{run:#}");
    let unchanged = world.what_if(&profile).await.unwrap();
    assert_eq!(
        unchanged["plan_hash"], what_if["plan_hash"],
        "nobody is forgotten"
    );
    world.stop().await;
}
