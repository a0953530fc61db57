//! Around the evaluation: compiling, loading, making an instance, and sizes.

use anyhow::Context as _;
use syncline_rules::RUNTIME_WASM;
use syncline_sandbox::{Artifact, Compiler, Program};

use crate::clock::{best, timed};
use crate::report::{Figure, Required};
use crate::{ours, profile};

/// Compiling, loading, making an instance, and sizes.
pub fn figures(
    compiler: &Compiler,
    artifact: &[u8],
    program: &mut Program,
    figures: &mut Vec<Figure>,
) -> anyhow::Result<()> {
    let runtime = compiler.runtime()?;
    let compile = |expressions: usize| {
        let parts = match expressions {
            12 => vec![profile::twelve()],
            many => profile::many(many),
        };
        let compile = || {
            parts
                .iter()
                .try_for_each(|part| ours::artifact(compiler, part).map(drop))
        };
        let (done, ns) = timed(compile);
        done.map(|()| ns)
    };
    let twelve = best(9, &mut || compile(12))? / 1e6;
    figures.push(Figure::held(
        "compile of 12 expressions",
        "ms",
        twelve,
        Required::Scaled(10.0),
    ));
    let many = best(3, &mut || compile(551))? / 1e6;
    figures.push(Figure::held(
        "compile of 551 expressions",
        "ms",
        many,
        Required::Scaled(150.0),
    ));
    let load = best(20, &mut || {
        let (loaded, ns) = timed(|| ours::load(artifact, &runtime));
        loaded.map(|_| ns)
    })?;
    figures.push(Figure::held(
        "load of a cached artifact",
        "ms",
        load / 1e6,
        Required::Scaled(1.0),
    ));
    let instantiate = best(50, &mut || {
        program.rest();
        let (ready, ns) = timed(|| program.ready());
        ready.context("no instance").map(|()| ns)
    })?;
    figures.push(Figure::held(
        "instantiate",
        "µs",
        instantiate / 1e3,
        Required::Scaled(50.0),
    ));
    let kib = |bytes: usize| bytes as f64 / 1024.0;
    let parts = Artifact::parse(artifact)?;
    figures.push(Figure::held(
        "artifact of 12 expressions",
        "KiB",
        kib(artifact.len()),
        Required::AtMost(64.0),
    ));
    figures.push(Figure::told(
        "the runtime, once a host",
        "KiB",
        kib(compiler.native_runtime()?.len()),
    ));
    figures.push(Figure::told("its program", "KiB", kib(parts.program.len())));
    figures.push(Figure::told(
        "the runtime in WebAssembly",
        "KiB",
        kib(RUNTIME_WASM.len()),
    ));
    Ok(())
}
