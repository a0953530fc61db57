//! An agent over a folder of HR files.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use syncline_agent::home::Home;
use syncline_model::connector::{Fault, ImportEnd};
use syncline_model::hr_file::FileFormat;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};
use syncline_wire::link::CredentialState;

use crate::relay::Standing;
use crate::tunnel::{AgentLink, LinkError};
use crate::wait::within;
use crate::world::{DIRECTORY, RunningAgent, World};

/// An agent over a folder.
pub struct Desk {
    /// The service.
    pub world: World,
    /// The folder.
    pub folder: PathBuf,
    /// The agent's data directory.
    pub home: Home,
    /// The agent.
    pub agent: RunningAgent,
    /// The runner's link to it.
    pub link: AgentLink,
    files: Mutex<u64>,
}

impl Desk {
    /// An enrolled and running agent over an empty folder.
    pub async fn open() -> Self {
        let world = World::start().await;
        let home = world.enrol().await;
        let folder = world.path("drop");
        fs::create_dir(&folder).unwrap();
        let directory = format!(
            "[directory]\nkind = 'hr-file'\nname = 'Contoso HR'\nfolder = '{}'\n\
             pattern = 'workers-*.csv'\nsettle_ms = 1\npoll_ms = 5\n",
            folder.display()
        );
        world.configure(&home, &directory);
        world.set_standing(Standing::Confirmed);
        let agent = RunningAgent::serving(home.clone());
        let link = world.next_link().await.unwrap();
        Self {
            world,
            folder,
            home,
            agent,
            link,
            files: Mutex::new(0),
        }
    }

    /// A new file, written under another name and renamed, each newer than the last.
    pub fn drop_file(&self, bytes: impl AsRef<[u8]>) {
        let mut number = self.files.lock().unwrap();
        *number += 1;
        let path = self.folder.join(format!("workers-{:03}.csv", *number));
        let part = path.with_extension("csv.part");
        let mut file = fs::File::create(&part).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
        let time = SystemTime::now() - Duration::from_secs(3600) + Duration::from_secs(*number);
        file.set_modified(time).unwrap();
        fs::rename(part, path).unwrap();
    }

    /// Says hello with this format.
    pub async fn confirm(&self, format: Option<FileFormat>) {
        let hello = self.link.hello_with(DIRECTORY, format).await.unwrap();
        assert_eq!(hello.credential, CredentialState::Present);
        assert!(hello.identity.is_ok());
    }

    /// Imports what the schema names.
    pub async fn import(&self, mode: ImportMode) -> Result<(Vec<ImportEntry>, ImportEnd), Fault> {
        let schema = self.link.schema().await.unwrap();
        let request = ImportRequest {
            mode,
            containers: vec![],
            types: schema
                .types
                .into_values()
                .map(|t| (t.name, t.attrs.into_keys().collect()))
                .collect(),
            page_size: 100,
        };
        let import = self.link.import(request).await.unwrap();
        match within("the import", import.collect_all()).await {
            Ok((pages, end)) => Ok((pages.into_iter().flat_map(|p| p.entries).collect(), end)),
            Err(LinkError::Fault(fault)) => Err(fault),
            Err(other) => panic!("{other}"),
        }
    }

    /// The fault that a full import ends with.
    pub async fn refusal(&self) -> Fault {
        let refused = self.import(ImportMode::Full).await;
        refused.expect_err("the file is refused")
    }
}
