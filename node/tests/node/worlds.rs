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
    let (mut accepted, mut erased, mut on_chain, mut again, mut twice) = (0, 0, 0, 0, 0);
    for seed in 0..worlds {
        let lived = std::panic::catch_unwind(|| World::of(seed).live());
        match lived {
            Ok(world) => {
                crashes += world.crashes;
                failures += world.failures;
                accepted += world.accepted;
                erased += world.erased;
                on_chain += world.on_chain;
                again += world.again;
                twice += world.twice;
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
    // Worlds in which nothing happens show nothing.
    assert!(accepted > 20 * worlds, "{accepted} readings were acknowledged");
    assert!(worlds < 20 || erased > worlds, "{erased} readings were erased");
    assert!(worlds < 20 || on_chain > worlds / 2, "{on_chain} epochs are final on a chain");
    assert!(worlds < 20 || again > 0, "{again} proofs were sent again");
    assert!(worlds < 20 || twice > 0, "{twice} devices signed twice");
    println!(
        "WORLDS {{\"worlds\":{worlds},\"crashes\":{crashes},\"accepted\":{accepted},\"erased\":{erased},\"on_chain\":{on_chain},\"again\":{again},\"failures\":{failures},\"lost\":0,\"double\":0}}"
    );
}
