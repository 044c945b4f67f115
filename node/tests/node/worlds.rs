//! Simulated worlds: one seed decides what is sent when, when the power goes, what the disk keeps, and what the clock says.
//!
//! `ZKSENSOR_WORLDS` says how many there are, and `ZKSENSOR_WORLD` replays the one of a seed.

mod flaky;
mod judge;
mod story;

use self::story::World;

/// Worlds of a run of all tests.
const WORLDS: u64 = 60;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("expected a number in {variable}, got `{text}`")))
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
    let (mut crashes, mut failures) = (0, 0);
    for seed in 0..worlds {
        let lived = std::panic::catch_unwind(|| World::of(seed).live());
        match lived {
            Ok(world) => {
                crashes += world.crashes;
                failures += world.failures;
            }
            Err(cause) => {
                println!("a world failed; replay it with ZKSENSOR_WORLD={seed}");
                std::panic::resume_unwind(cause);
            }
        }
    }
    assert!(
        crashes > worlds / 2,
        "the power went {crashes} times in {worlds} worlds: too rarely to show anything"
    );
    println!(
        "WORLDS {{\"worlds\":{worlds},\"crashes\":{crashes},\"failures\":{failures},\"lost\":0,\"double\":0}}"
    );
}
