//! Both forests at once, or one of them, in a run directory that goes away with the lab.

use crate::{
    DataSet, Domain, DomainController, LabCa, LabError, LoopbackAddress, Result, dirs::RunDir,
    template,
};
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    thread,
};

/// What a lab holds and where.
#[derive(Debug, Clone, Default)]
pub struct LabOptions {
    /// What the forests contain.
    pub data: DataSet,
    /// Continue the forests that lie in this directory, or put them there, and leave them when the
    /// lab stops. Without it they live on tmpfs and go with the lab.
    pub keep_in: Option<PathBuf>,
}

impl LabOptions {
    /// Throw-away forests with this data set.
    #[must_use]
    pub fn with(data: DataSet) -> Self {
        Self {
            data,
            keep_in: None,
        }
    }
}

/// The source forest and the target forest, running.
#[derive(Debug)]
pub struct Lab {
    /// `contoso.test`, the source.
    pub contoso: DomainController,
    /// `fabrikam.test`, the target.
    pub fabrikam: DomainController,
    // Fields drop in this order: the processes end before their files go.
    run: RunDir,
}

impl Lab {
    /// Starts both forests; about a second once their templates exist.
    pub fn start(options: LabOptions) -> Result<Self> {
        let run = run_dir(options.keep_in.as_deref())?;
        let ca = LabCa::open()?;
        let start = |domain| start_domain(domain, options.data, &run, &ca);
        let (contoso, fabrikam) = thread::scope(|scope| {
            let contoso = scope.spawn(|| start(Domain::Contoso));
            let fabrikam = start(Domain::Fabrikam);
            (
                contoso
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                fabrikam,
            )
        });
        Ok(Self {
            contoso: contoso?,
            fabrikam: fabrikam?,
            run,
        })
    }

    /// A directory of this lab for whatever the test wants to keep beside the forests.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.run.path()
    }

    /// Ends both forests in good order; what is to be kept is on disk when this returns.
    pub fn stop(&mut self) {
        self.contoso.stop();
        self.fabrikam.stop();
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if !self.run.is_temporary() {
            self.stop();
        }
    }
}

/// One forest alone, for tests that need no second one.
#[derive(Debug)]
pub struct Forest {
    /// The running controller.
    pub controller: DomainController,
    run: RunDir,
}

impl Forest {
    /// Starts one forest with a data set.
    pub fn start(domain: Domain, data: DataSet) -> Result<Self> {
        let run = run_dir(None)?;
        let controller = start_domain(domain, data, &run, &LabCa::open()?)?;
        Ok(Self { controller, run })
    }

    /// A directory that goes with the forest.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.run.path()
    }
}

impl std::ops::Deref for Forest {
    type Target = DomainController;

    fn deref(&self) -> &DomainController {
        &self.controller
    }
}

impl std::ops::DerefMut for Forest {
    fn deref_mut(&mut self) -> &mut DomainController {
        &mut self.controller
    }
}

fn run_dir(keep_in: Option<&Path>) -> Result<RunDir> {
    if !rustix::process::geteuid().is_root() {
        return Err(LabError::NeedsRoot);
    }
    keep_in.map_or_else(RunDir::temporary, RunDir::kept)
}

fn start_domain(
    domain: Domain,
    data: DataSet,
    run: &RunDir,
    ca: &LabCa,
) -> Result<DomainController> {
    let template = template::ensure(domain, data, ca)?;
    let directory = run.path().join(domain.dns_name());
    let address = address_for(&directory)?;
    DomainController::start_clone(domain, &template, &directory, address, ca)
}

/// The address that the forest had when it last ran (its clients remember it), or a new one.
fn address_for(directory: &Path) -> Result<LoopbackAddress> {
    let last = fs::read_to_string(directory.join("etc/smb.conf"))
        .ok()
        .and_then(|text| {
            let (_, rest) = text.split_once("interfaces = ")?;
            rest.split_once('/')?.0.parse::<Ipv4Addr>().ok()
        });
    LoopbackAddress::take_or(last)
}
