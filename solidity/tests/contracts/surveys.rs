//! A feed of surveys with real proofs: what is taken, in place of what, and what is refused.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::assemble::{AggregateTarget, Assemble, SurveyAssembly};
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::reading::Reading;
use zksensor_solidity::evm::{Address, Chain};
use zksensor_solidity::feed::{AdapterSetup, PolicyTerms, StateContract, Statistic, aggregates, surveys};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::Proof;

use super::scene::revert;
use super::town::{AGGREGATOR, DEVICES, HOUR_S, ORIGIN_S, RIVAL, Town};

/// A feed, and two surveys of its first epoch: of two devices, and of four.
struct Scene {
    town: Town,
    key: [u8; 32],
    claims: [(Proof, SurveyInputs); 2],
}

impl Scene {
    fn new() -> Scene {
        let options = FleetOptions { devices: DEVICES, k: 2, ..FleetOptions::of::<Survey>() };
        let mut town = Town::new(Fleet::new(&options));
        let terms = PolicyTerms::of(&town.policy).unwrap();
        assert_eq!(terms.contract(), StateContract::SurveyFeed);
        let statement = Survey::new(DEVICES, 14, town.triangles(), Fleet::LEVELS.into(), true).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let (prover, key) = town.prover(statement, &mut rng);
        town.open(terms);
        let Town { fleet, policy, feed, .. } = &town;
        let binding = Binding::new(Chain::Amoy.id(), feed.0, AGGREGATOR.0, &statement.id());
        let target = AggregateTarget { epoch: 0, chunk: statement.first_chunk(), binding };
        let mut claim = |devices: usize, samples: usize| {
            let mut assembly =
                SurveyAssembly::new(statement, *policy, fleet.fence.clone(), &fleet.registry, target);
            for device in 0..devices {
                let readings: Vec<Reading> =
                    (0..samples).map(|sample| reading(&town, device, sample)).collect();
                assembly.offer(device as u64, fleet.frame(device, &readings)).unwrap();
            }
            let job = assembly.job().unwrap();
            (prover.prove(&job.assignment(), &mut rng).unwrap(), *job.inputs())
        };
        let claims = [claim(2, 12), claim(DEVICES, 11)];
        Scene { town, key, claims }
    }

    fn submit(&self, (proof, inputs): &(Proof, SurveyInputs), credit: &Address) -> Vec<u8> {
        surveys::submit(&self.key, proof, inputs, credit, 0)
    }
}

/// Values that go up, a minute apart, of a device that stays where it is.
fn reading(town: &Town, device: usize, sample: usize) -> Reading {
    let channels = [-3_000 + 40 * sample as i64 + 7 * device as i64, 0, 0, 0];
    Reading { channels, ..town.reading(device, 60_000 * sample as u64) }
}

#[test]
fn a_feed_of_surveys_takes_real_proofs_by_their_devices() {
    let mut scene = Scene::new();
    let id = aggregates::decode_policy_id(&scene.town.ask(&aggregates::policy_id())).unwrap();
    assert_eq!(id, scene.town.policy.id().to_field(), "the contract's id of the policy");
    let [two, four] = scene.claims.clone();
    let (of_two, of_four) = (scene.submit(&two, &AGGREGATOR), scene.submit(&four, &AGGREGATOR));
    assert_eq!(scene.town.refusal(&AGGREGATOR, &of_two), "WindowShut");

    scene.town.network.evm.set_time(ORIGIN_S + HOUR_S);
    for change in [
        |inputs: &mut SurveyInputs| inputs.devices += 1,
        |inputs: &mut SurveyInputs| inputs.counted += 1,
        |inputs: &mut SurveyInputs| inputs.left_out += 1,
        |inputs: &mut SurveyInputs| inputs.sum -= 1,
        |inputs: &mut SurveyInputs| inputs.minimum += 1,
        |inputs: &mut SurveyInputs| inputs.sum_of_squares += 1,
    ] {
        let mut altered = two.clone();
        change(&mut altered.1);
        let data = scene.submit(&altered, &AGGREGATOR);
        assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "ProofRejected", "{:?}", altered.1);
    }
    let for_another = scene.submit(&two, &RIVAL);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &for_another), "ProofRejected", "somebody else's credit");
    let untouched = scene.town.network.evm.clone();

    let first = scene.town.send(&AGGREGATOR, &of_two);
    let devices = surveys::devices_of(0, 0);
    assert_eq!(surveys::decode_devices(&scene.town.ask(&devices)), Ok(2));
    assert_eq!(scene.town.refusal(&AGGREGATOR, &of_two), "NotMore");
    let replacing = scene.town.send(&AGGREGATOR, &of_four);
    assert_eq!(surveys::decode_devices(&scene.town.ask(&devices)), Ok(4));
    assert_eq!(scene.town.refusal(&AGGREGATOR, &of_two), "NotMore");
    // As of an aggregate, and a word for devices more.
    assert!(first < 500_000 && replacing < 450_000, "{first} and {replacing} gas");
    let early = revert(scene.town.network.evm.call(&scene.town.feed, &surveys::devices(0)));
    assert_eq!(early.name(), Some("NotFinal"));

    let setup = AdapterSetup { feed: scene.town.feed, statistic: Statistic::Mean, extra_decimals: 3 };
    let adapter = scene.town.network.evm.deploy(&setup.init_code()).unwrap().address;
    scene.town.network.evm.set_time(ORIGIN_S + 2 * HOUR_S);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &of_four), "WindowShut");
    let round = aggregates::decode_round(&scene.town.ask(&aggregates::round(0))).unwrap();
    let SurveyInputs { counted, sum, devices, .. } = four.1;
    assert_eq!((counted, devices), (44, 4));
    assert_eq!((round.sum, round.count, round.chunks), (i128::from(sum), counted, 1));
    assert!(round.is_final && !round.voided);
    assert_eq!(surveys::decode_devices(&scene.town.ask(&surveys::devices(0))), Ok(4));
    let answer = scene.town.network.evm.call(&adapter, &aggregates::latest_round_data()).unwrap().output;
    let answer = aggregates::decode_latest_round_data(&answer).unwrap();
    assert!(sum < 0, "a mean below 0 is rounded down");
    assert_eq!(answer.answer, (1000 * i128::from(sum)).div_euclid(counted.into()));

    // The same in a batch, where nothing is there yet.
    scene.town.network.evm = untouched;
    let batch = surveys::submit_batch(&scene.key, std::slice::from_ref(&four), &AGGREGATOR, 0);
    scene.town.send(&AGGREGATOR, &batch);
    assert_eq!(surveys::decode_devices(&scene.town.ask(&surveys::devices_of(0, 0))), Ok(4));
}
