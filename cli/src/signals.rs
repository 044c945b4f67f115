//! A command that is told to end leaves nothing unfinished behind.

use std::sync::{Mutex, PoisonError};

type What = Box<dyn FnOnce() + Send>;

/// What the first signal does in the place of ending the process.
static INSTEAD: Mutex<Option<What>> = Mutex::new(None);

/// Has the first signal do this: a service ends when it has answered. A second one ends the process.
pub(crate) fn instead(what: impl FnOnce() + Send + 'static) {
    *INSTEAD.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(what));
}

/// Has the process end on SIGINT, SIGTERM and SIGHUP, with the status 128 and the signal's number, after it has removed what
/// it has begun to write. A change that is being made is finished before. A signal that whoever started the process has it
/// ignore stays ignored.
#[cfg(unix)]
pub(crate) fn handle() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    let signals = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
    // Without a handler the process ends, too, and the next one sweeps up.
    let Ok(mut signals) = Signals::new(signals) else { return };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let instead = INSTEAD.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(instead) = instead {
                instead();
                continue;
            }
            zksensor::files::abandon_unfinished();
            crate::folder::abandon();
            crate::ceremony::typed::restore();
            std::process::exit(128 + signal);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn handle() {}

/// Whether the process was started with a signal ignored, as `nohup` does, where the system says so.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
