//! A prover in the node's own process that fails.

use zksensor_node::view::EpochState;

use crate::scene::{GRACE, LENGTH, NAMES, ORIGIN, PANICS, Scene, after_grace, fill, of, settle};

#[test]
fn a_prover_that_fails_is_asked_again_later_and_later_and_never_given_up() {
    let scene = Scene { retention_ms: 1_000 * LENGTH, ..Scene::new() };
    let core = scene.start();
    *scene.prover.fails.lock().unwrap() = 40;
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    // Four chunks, each tried once: nothing more is due in the same moment.
    assert_eq!(*scene.prover.fails.lock().unwrap(), 36);
    let view = of(&core, NAMES[0], 0);
    assert_eq!((view.state, view.reason.as_deref()), (EpochState::Proving, Some("no memory")));
    scene.clock.set(ORIGIN + LENGTH + GRACE + 1_000);
    settle(&core);
    assert_eq!(*scene.prover.fails.lock().unwrap(), 36, "too soon");
    drop(core);
    // It fails for hours, over several starts.
    let mut now = ORIGIN + LENGTH + GRACE;
    for _ in 0..12 {
        now += 2 * 3_600_000;
        scene.clock.set(now);
        settle(&scene.start());
    }
    assert_eq!(*scene.prover.fails.lock().unwrap(), 0);
    let core = scene.start();
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2));
    }
}

#[test]
fn a_prover_that_panics_stops_no_other_chunk() {
    let scene = Scene::new();
    let core = scene.start();
    *scene.prover.fails.lock().unwrap() = PANICS;
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    let did = core.step().unwrap();
    assert_eq!(did.failed, 1, "{did:?}");
    assert!(of(&core, NAMES[0], 0).reason.or(of(&core, NAMES[1], 0).reason).unwrap().contains("panicked"));
    *scene.prover.fails.lock().unwrap() = 0;
    settle(&core);
    scene.clock.set(ORIGIN + LENGTH + GRACE + 10_000);
    settle(&core);
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2));
    }
}
