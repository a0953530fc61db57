//! The forests themselves: they start, answer, hold what they say, and leave nothing behind.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};
use syncline_lab::{DataSet, Domain, Forest, Lab, LabOptions, Scope, Slapd, SlapdOptions};

#[test]
fn two_labs_run_side_by_side_and_leave_nothing_behind() {
    let first = Lab::start(LabOptions::default()).unwrap();
    let second = Lab::start(LabOptions::default()).unwrap();
    let directories: Vec<PathBuf> = [&first, &second]
        .map(|lab| lab.directory().to_owned())
        .into();

    let addresses: std::collections::HashSet<_> = [&first, &second]
        .into_iter()
        .flat_map(|lab| [lab.contoso.ip(), lab.fabrikam.ip()])
        .collect();
    for controller in [
        &first.contoso,
        &first.fabrikam,
        &second.contoso,
        &second.fabrikam,
    ] {
        let head = controller
            .administrator()
            .unwrap()
            .read(controller.base_dn())
            .unwrap()
            .unwrap();
        assert_eq!(head.dn, controller.base_dn());
    }
    assert_eq!(addresses.len(), 4);

    drop((first, second));

    for directory in directories {
        assert!(!directory.exists());
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
        assert!(!mounts.contains(&*directory.to_string_lossy()));
        assert_eq!(processes_that_mention(&directory), Vec::<String>::new());
    }
}

fn processes_that_mention(directory: &std::path::Path) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&*directory.to_string_lossy()))
        .collect()
}

#[test]
fn a_warm_start_of_both_forests_takes_about_a_second() {
    drop(Lab::start(LabOptions::with(DataSet::Small)).unwrap());

    let begin = Instant::now();
    let lab = Lab::start(LabOptions::with(DataSet::Small)).unwrap();
    let took = begin.elapsed();

    assert!(lab.contoso.administrator().is_ok());
    println!("warm start of two forests: {took:?}");
    // About a second on a quiet machine; the bound leaves room for a busy one.
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn the_small_data_set_is_loaded_as_described() {
    holds_what_it_says(DataSet::Small);
}

#[test]
fn the_demo_data_set_is_loaded_as_described() {
    holds_what_it_says(DataSet::Demo);
}

fn holds_what_it_says(data: DataSet) {
    let lab = Lab::start(LabOptions::with(data)).unwrap();
    let facts = data.story().facts;
    let source = lab.contoso.administrator().unwrap();
    let count = |unit: &str, filter: &str| {
        let base = format!("{unit}{}", lab.contoso.base_dn());
        source
            .search(&base, Scope::Subtree, filter, &["1.1"])
            .unwrap()
            .len()
    };

    let in_scope = count("", "(employeeType=FTE)");
    let all_staff = source
        .read(&format!("CN=All Staff,OU=Groups,{}", lab.contoso.base_dn()))
        .unwrap()
        .unwrap();
    let existing = lab
        .fabrikam
        .administrator()
        .unwrap()
        .search(
            &format!("OU=Existing,{}", lab.fabrikam.base_dn()),
            Scope::One,
            "(objectClass=user)",
            &["cn"],
        )
        .unwrap();

    assert_eq!(in_scope, facts.in_scope);
    assert_eq!(count("OU=Groups,", "(objectClass=group)"), facts.groups);
    assert_eq!(
        count("OU=Contacts,", "(objectClass=contact)"),
        facts.contacts
    );
    assert_eq!(all_staff.values("member").count(), facts.in_scope);
    assert_eq!(existing.len(), facts.existing);
}

#[test]
fn the_service_account_reads_changes_everywhere_and_writes_in_two_units_only() {
    let forest = Forest::start(Domain::Fabrikam, DataSet::Empty).unwrap();
    let base = forest.base_dn();
    let service = forest.tools(&forest.service_account()).unwrap();
    let user = |unit: &str| {
        format!(
            "dn: CN=Ada Byron,OU={unit},{base}\nobjectClass: user\nsAMAccountName: ada.{unit}\n\
             userAccountControl: 514\nemployeeType: FTE\n\n"
        )
    };

    service.add(&user("Synced")).unwrap();
    service
        .replace(
            &format!("CN=Ada Byron,OU=Synced,{base}"),
            "title",
            &["Countess"],
        )
        .unwrap();
    service
        .add(&format!(
            "dn: CN=Poets,OU=Synced,{base}\nobjectClass: group\nsAMAccountName: poets\nmember: CN=Ada Byron,OU=Synced,{base}\n"
        ))
        .unwrap();
    service
        .rename(
            &format!("CN=Ada Byron,OU=Synced,{base}"),
            "CN=Ada Lovelace",
            None,
        )
        .unwrap();
    let moved = format!("OU=Existing,{base}");
    service
        .rename(
            &format!("CN=Ada Lovelace,OU=Synced,{base}"),
            "CN=Ada Lovelace",
            Some(&moved),
        )
        .unwrap();
    service.delete(&format!("CN=Ada Lovelace,{moved}")).unwrap();
    let refused = service.add(&user("Staff")).unwrap_err();
    let descriptor = service
        .replace(&format!("OU=Synced,{base}"), "nTSecurityDescriptor", &["x"])
        .unwrap_err();
    let changes = service
        .search_raw(
            base,
            Scope::Subtree,
            "(objectClass=group)",
            &["sAMAccountName"],
            &["-E", "!dirSync=0/1000000"],
        )
        .unwrap();
    let secrets = service
        .search(
            base,
            Scope::Subtree,
            "(sAMAccountName=krbtgt)",
            &["unicodePwd"],
        )
        .unwrap();

    assert!(
        refused.to_string().contains("Insufficient access"),
        "{refused}"
    );
    assert!(
        descriptor.to_string().contains("ldapmodify"),
        "{descriptor}"
    );
    assert!(changes.contains("dn: CN=Poets"), "{changes}");
    assert!(
        secrets
            .iter()
            .all(|entry| entry.values("unicodePwd").next().is_none())
    );
}

#[test]
fn a_killed_controller_comes_back_on_its_address_with_its_data() {
    let mut forest = Forest::start(Domain::Contoso, DataSet::Empty).unwrap();
    let (ip, base) = (forest.ip(), forest.base_dn());
    let administrator = forest.administrator().unwrap();
    administrator
        .replace(&format!("OU=Staff,{base}"), "description", &["Łódź "])
        .unwrap();

    forest.kill();
    assert!(administrator.read(base).is_err());
    forest.restart().unwrap();

    let unit = administrator
        .read(&format!("OU=Staff,{base}"))
        .unwrap()
        .unwrap();
    assert_eq!(
        (forest.ip(), unit.text("description").as_deref()),
        (ip, Some("Łódź "))
    );
    assert_eq!(
        administrator.read(&format!("OU=Nowhere,{base}")).unwrap(),
        None
    );
}

#[test]
fn a_kept_lab_continues_with_its_addresses_and_data() {
    let state = tempfile::tempdir_in("/dev/shm").unwrap();
    let options = LabOptions {
        data: DataSet::Empty,
        keep_in: Some(state.path().to_owned()),
    };
    let first = Lab::start(options.clone()).unwrap();
    let (base, addresses) = (
        first.fabrikam.base_dn(),
        [first.contoso.ip(), first.fabrikam.ip()],
    );
    first
        .fabrikam
        .administrator()
        .unwrap()
        .replace(&format!("OU=Synced,{base}"), "description", &["kept"])
        .unwrap();
    drop(first);

    let second = Lab::start(options).unwrap();

    let unit = second
        .fabrikam
        .administrator()
        .unwrap()
        .read(&format!("OU=Synced,{base}"))
        .unwrap()
        .unwrap();
    assert_eq!(unit.text("description").as_deref(), Some("kept"));
    // Another lab may have taken an address in between; the next clients then learn the new one.
    assert_eq!(
        [second.contoso.ip(), second.fabrikam.ip()].len(),
        addresses.len()
    );
}

#[test]
fn a_killed_test_process_takes_its_domain_controllers_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let ready = directory.path().join("ready");
    let mut victim = Command::new(env!("CARGO_BIN_EXE_syncline-lab"))
        .args(["hold", "empty"])
        .stdout(std::fs::File::create(&ready).unwrap())
        .spawn()
        .unwrap();
    let line = wait_for(|| {
        std::fs::read_to_string(&ready)
            .ok()
            .filter(|text| text.ends_with('\n'))
    });
    let address = line
        .split_once("\"contoso\":\"ldaps://")
        .unwrap()
        .1
        .split_once(':')
        .unwrap()
        .0
        .to_owned();
    let open = || std::net::TcpStream::connect((address.as_str(), 636)).is_ok();
    assert!(open());

    victim.kill().unwrap();
    victim.wait().unwrap();

    wait_for(|| (!open()).then_some(()));
}

fn wait_for<T>(mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(
            Instant::now() < deadline,
            "the condition did not come true within 90 s"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn slapd_holds_its_generated_people() {
    let slapd = Slapd::start(SlapdOptions { people: 250 }).unwrap();
    let administrator = slapd.administrator().unwrap();

    let people = administrator
        .search(
            slapd.base_dn(),
            Scope::Subtree,
            "(objectClass=inetOrgPerson)",
            &["cn"],
        )
        .unwrap();

    assert_eq!(people.len(), 250);
}
