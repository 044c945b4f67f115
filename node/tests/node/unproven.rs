//! Epochs that nobody proves, or not yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::mock::{Mock, MockKey};
use zksensor::model::claim::Claim as _;
use zksensor::prover::{Cancel, ProverBuilder};
use zksensor_node::clock::Clock;
use zksensor_node::core::{Core, Proved};
use zksensor_node::operator::{Left, LeftState, Operate};
use zksensor_node::prove::{Keyless, Local, NoProof, Proves, Why};
use zksensor_node::served::{Served, Times};
use zksensor_node::view::{EpochState, Show};

use crate::scene::{
    EPOCHS, GRACE, LENGTH, NAMES, ORIGIN, Scene, after_grace, fill, of, settle, statement, town,
};

/// A node whose policies have these provers.
fn start(scene: &Scene, provers: [Arc<dyn Proves<Aggregate>>; 2]) -> Core {
    let times = Times { grace_ms: GRACE, retention_ms: scene.retention_ms, ahead_ms: 5_000 };
    let served = provers.into_iter().enumerate().map(|(index, prover)| {
        let policy = &town().policies[index];
        let parts = (*policy.model(), policy.fence().model().clone());
        Served::new(NAMES[index], parts, times, prover, Box::new(scene.shelves.clone())).unwrap()
    });
    let registries = Box::new(scene.registries.clone());
    Core::new(scene.store(), served.collect(), registries, scene.clock.clone() as Arc<dyn Clock>, 10_000)
}

#[test]
fn epochs_of_a_policy_without_a_key_end_with_that_reason_and_are_erased() {
    let scene = Scene { retention_ms: LENGTH, ..Scene::new() };
    let core = start(&scene, [Arc::new(Keyless(statement())), scene.proves.clone()]);
    for epoch in 0..2 {
        fill(&scene, &core, epoch);
    }
    after_grace(&scene, 1);
    settle(&core);
    for epoch in 0..2 {
        let keyless = of(&core, NAMES[0], epoch);
        assert_eq!((keyless.state, keyless.proven), (EpochState::Ended, 0), "{keyless:?}");
        assert_eq!(keyless.reason.as_deref(), Some("the policy had no proving key in the configuration"));
        assert_eq!(of(&core, NAMES[1], epoch).state, EpochState::Final);
    }
    let left: Left = core.left().unwrap();
    assert!(left.epochs.iter().all(|epoch| epoch.state == LeftState::Open), "{left:?}");
    scene.clock.set(ORIGIN + 2 * LENGTH + GRACE + 2 * LENGTH);
    let erased: u32 = std::iter::from_fn(|| Some(core.step().unwrap()).filter(|did| !did.is_nothing()))
        .map(|did| did.erased)
        .sum();
    assert_eq!(erased as usize, town().readings.iter().filter(|signed| signed.epoch < 2).count());
}

/// Something is missing for each chunk of a policy, for as long as it takes.
struct Missing(AtomicUsize);

impl Proves<Aggregate> for Missing {
    fn statement(&self) -> Aggregate {
        statement()
    }

    fn prove(&self, _: &Job<Aggregate>, _: &Cancel) -> Result<String, NoProof> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(NoProof { reason: "the queue does not answer".to_owned(), why: Why::NotBegun })
    }
}

#[test]
fn chunks_that_wait_for_what_is_missing_keep_no_other_from_its_turn_and_no_node_from_its_end() {
    let scene = Scene::new();
    let missing = Arc::new(Missing(AtomicUsize::new(0)));
    let core = start(&scene, [missing.clone(), missing.clone()]);
    for epoch in 0..EPOCHS {
        fill(&scene, &core, epoch);
    }
    after_grace(&scene, EPOCHS - 1);
    core.keep().unwrap();
    let chunks = core.view().queue;
    assert!(chunks > 6, "{chunks} chunks");
    // Time does not stand still while a look lasts: everything is due again before it is over.
    let clock = scene.clock.clone();
    let passes = |core: &Core| {
        clock.set(clock.now_ms() + 6_000);
        core.prove_one().unwrap()
    };
    for _ in 0..20 {
        passes(&core);
    }
    let tried = missing.0.load(Ordering::Relaxed);
    assert!(tried <= 20 * 16, "{tried} in twenty looks");
    drop(core);
    // One of the policies has what it takes now; the other is due for as long.
    let core = start(&scene, [missing.clone(), scene.proves.clone()]);
    let done = |core: &Core| (0..EPOCHS).all(|epoch| of(core, NAMES[1], epoch).proven > 0);
    for _ in 0..40 {
        passes(&core);
    }
    assert!(done(&core), "{:?}", core.view());
    core.drain();
    let before = missing.0.load(Ordering::Relaxed);
    assert_eq!(passes(&core), Proved::Nothing);
    assert_eq!(missing.0.load(Ordering::Relaxed), before, "a node that ends begins nothing");
}

/// Makes mocks of a shape.
fn of_shape(shape: Aggregate) -> Arc<dyn Proves<Aggregate>> {
    let prover = ProverBuilder::<Aggregate, Mock>::new(shape, MockKey::new(&shape.id())).build().unwrap();
    Arc::new(Local(Arc::new(prover)))
}

#[test]
fn what_was_chosen_for_a_key_waits_for_it_and_ends_with_no_other() {
    let scene = Scene::new();
    let with = |shape| start(&scene, [of_shape(shape), of_shape(shape)]);
    let core = with(statement());
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    core.keep().unwrap();
    drop(core);
    // Of each chunk five devices were chosen, and a chunk has two levels.
    for other in [Aggregate::new(4, 8, 2), Aggregate::new(8, 8, 3)] {
        let core = with(other.unwrap());
        for _ in 0..10 {
            core.step().unwrap();
            scene.clock.set(scene.clock.now_ms() + 6_000);
        }
        let waits = of(&core, NAMES[0], 0);
        assert_eq!((waits.state, waits.proven), (EpochState::Proving, 0), "{waits:?}");
        assert!(
            waits.reason.as_deref().is_some_and(|reason| reason.contains("bring that one back")),
            "{waits:?}"
        );
    }
    // A larger one of as many levels does.
    let core = with(Aggregate::new(16, 8, 2).unwrap());
    settle(&core);
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Final);
}

#[test]
fn an_epoch_that_ended_while_the_clock_was_ahead_is_erased_in_time() {
    let scene = Scene { retention_ms: 3 * LENGTH, ..Scene::new() };
    let core = scene.start();
    fill(&scene, &core, 0);
    scene.clock.set(ORIGIN + 100_000 * LENGTH);
    settle(&core);
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Final);
    let mut erased = 0;
    after_grace(&scene, 0);
    for (later, is_over) in [(0, false), (2 * LENGTH, false), (3 * LENGTH, true)] {
        after_grace(&scene, 0);
        scene.clock.set(scene.clock.now_ms() + later);
        for _ in 0..5 {
            erased += core.step().unwrap().erased;
        }
        assert_eq!(erased > 0, is_over, "after {later}");
    }
    assert_eq!(erased as usize, town().readings.iter().filter(|signed| signed.epoch == 0).count());
}
