//! The command `doctor`: which arithmetic proves here and why, and whether it is right.

mod check;

use std::time::Instant;

use serde_json::json;
use zksensor::prover::engine::{ENGINE_VARIABLE, Kernel, NoEngine, NoThreads, Pool};

use crate::error::{Advice, diagnostic};
use crate::output::Output;
use check::Wrong;

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Put what it prints into a report of a problem: it names the machine's kind, and no file and no secret."
)]
pub(crate) struct Args {}

/// Why this machine should not prove as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoctorError {
    /// The environment asks for what there is not.
    #[error(transparent)]
    Engine(#[from] NoEngine),
    /// No threads.
    #[error(transparent)]
    Threads(#[from] NoThreads),
    /// A path computes something else than arkworks.
    #[error(transparent)]
    Wrong(#[from] Wrong),
}

impl DoctorError {
    fn advice(&self) -> Advice {
        match self {
            DoctorError::Engine(_) => Advice::new(
                "zksensor::usage",
                format!("unset {ENGINE_VARIABLE} for the best that this machine has"),
            ),
            DoctorError::Threads(_) => {
                Advice::new("zksensor::system", "raise the system's limit of processes and threads")
            }
            DoctorError::Wrong(wrong) => Advice::new("zksensor::doctor", wrong.help()),
        }
    }
}
diagnostic!(DoctorError);

/// What there is to say before anything can fail.
struct Facts {
    version: &'static str,
    build: &'static str,
    system: String,
    variable: Option<String>,
    available: Vec<Kernel>,
}

impl Facts {
    fn new() -> Facts {
        let variable = std::env::var_os(ENGINE_VARIABLE);
        Facts {
            version: env!("CARGO_PKG_VERSION"),
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            system: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            // Somebody's own text: as much as the error shows of it.
            variable: variable.map(|value| value.to_string_lossy().chars().take(64).collect()),
            available: Kernel::all(),
        }
    }

    fn names(&self) -> Vec<&'static str> {
        self.available.iter().map(|kernel| kernel.path().name()).collect()
    }
}

/// Says what there is, then checks every path.
///
/// # Errors
/// [`DoctorError`]; what there is has been said by then.
pub(crate) fn run(_: &Args, output: &Output) -> Result<(), DoctorError> {
    let facts = Facts::new();
    let line = |name: &str, value: &str| output.line(format_args!("{name:<18} {value}"));
    line("version", facts.version);
    line("build", facts.build);
    line("system", &facts.system);
    line(ENGINE_VARIABLE, facts.variable.as_deref().unwrap_or("not set"));
    line("available", &facts.names().join(", "));
    let threads = Pool::new(None)?.threads();
    line("threads", &threads.to_string());
    let kernel = Kernel::detect()?;
    line("engine", &kernel.to_string());

    let start = Instant::now();
    let checked = facts
        .available
        .iter()
        .map(|kernel| check::check(*kernel).map(|()| kernel.path().name()))
        .collect::<Result<Vec<&str>, Wrong>>()?;
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    line("checked", &format!("{} against arkworks, in {milliseconds} ms", checked.join(", ")));
    output.result(&json!({
        "version": facts.version, "build": facts.build, "system": facts.system, "threads": threads,
        "engine": {
            "path": kernel.path().name(), "reason": kernel.reason(), "variable": facts.variable,
            "available": facts.names(), "checked": checked, "check_ms": milliseconds,
        },
    }));
    Ok(())
}
