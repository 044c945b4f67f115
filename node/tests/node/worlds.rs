//! Simulated worlds: one seed decides what is sent when, when the power goes, what the disk keeps, and what the clock says.
//!
//! `ZKSENSOR_WORLDS` says how many there are, and `ZKSENSOR_WORLD` replays the one of a seed.

mod flaky;
mod judge;
mod sent;
mod story;

use std::sync::atomic::{AtomicU64, Ordering};

use self::story::{Lived, World};

/// Worlds of a run of all tests.
const WORLDS: u64 = 60;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("expected a number in {variable}, got `{text}`")))
}

/// Lives so many worlds, on as many threads as there are cores; the first that fails is named, and ends the test.
#[allow(clippy::print_stdout, reason = "which world failed, for whoever replays it")]
fn live(worlds: u64) -> Lived {
    let next = AtomicU64::new(0);
    let one_after_the_other = || {
        let mut all = Lived { crashes: 0, failures: 0 };
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= worlds {
                return all;
            }
            match std::panic::catch_unwind(|| World::of(seed).live()) {
                Ok(lived) => {
                    all.crashes += lived.crashes;
                    all.failures += lived.failures;
                }
                Err(cause) => {
                    println!("a world failed; replay it with ZKSENSOR_WORLD={seed}");
                    next.store(worlds, Ordering::Relaxed);
                    std::panic::resume_unwind(cause);
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one_after_the_other)).collect();
        let mut all = Lived { crashes: 0, failures: 0 };
        for thread in threads {
            let lived = thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
            all.crashes += lived.crashes;
            all.failures += lived.failures;
        }
        all
    })
}

#[test]
#[allow(clippy::print_stdout, reason = "how many worlds there were, for whoever asks for more of them")]
fn worlds() {
    if let Some(seed) = number("ZKSENSOR_WORLD") {
        let world = World::of(seed).live();
        println!("WORLD {{\"seed\":{seed},\"crashes\":{}}}", world.crashes);
        return;
    }
    let worlds = number("ZKSENSOR_WORLDS").unwrap_or(WORLDS);
    let lived = live(worlds);
    let (crashes, failures) = (lived.crashes, lived.failures);
    assert!(
        crashes > worlds / 2,
        "the power went {crashes} times in {worlds} worlds: too rarely to show anything"
    );
    println!(
        "WORLDS {{\"worlds\":{worlds},\"crashes\":{crashes},\"failures\":{failures},\"lost\":0,\"double\":0}}"
    );
}
