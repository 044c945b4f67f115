//! The command `zksensor`, which tests end at a step, or look at the disk at each.
//!
//! The steps are those that [`zksensor::files::watch_steps`] tells of. The process ends at the one whose number is in the environment variable
//! `ZKSENSOR_KILL_AT`, as if it had been killed. Where `ZKSENSOR_SNAPSHOTS_IN` names a folder, each step leaves there what a process that ends
//! before it would leave in the working directory: see `snapshot.rs`.

mod snapshot;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Steps are numbered from 1.
fn step() {
    static AT: OnceLock<Option<u64>> = OnceLock::new();
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    static STEP: Mutex<u64> = Mutex::new(0);
    let at = AT.get_or_init(|| env::var("ZKSENSOR_KILL_AT").ok()?.parse().ok());
    let folder = FOLDER.get_or_init(|| env::var_os("ZKSENSOR_SNAPSHOTS_IN").map(Into::into));
    let mut step = STEP.lock().unwrap_or_else(PoisonError::into_inner);
    *step += 1;
    if *at == Some(*step) {
        std::process::abort();
    }
    if let Some(folder) = folder {
        snapshot::take(folder, *step);
    }
}

fn main() -> ExitCode {
    zksensor::files::watch_steps(step);
    zksensor_cli::main()
}
