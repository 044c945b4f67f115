//! A feed of surveys with real proofs: what is taken, in place of what, and what is refused.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::assemble::{AggregateTarget, Assemble, SurveyAssembly};
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::reading::{Network as Signed, Reading, UnixMillis};
use zksensor_prover::{Prover, insecure_setup};
use zksensor_solidity::evm::{Address, Chain, Evm};
use zksensor_solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor_solidity::feed::{
    AdapterSetup, FeedSetup, Network, PolicyTerms, Roles, StateContract, Statistic, aggregates, surveys,
};
use zksensor_solidity::{ContractKey, Deployment};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::Proof;

use super::scene::revert;

const ROLES: Roles =
    Roles { owner: Address([0x0a; 20]), guardian: Address([0x0b; 20]), registrar: Address([0x0c; 20]) };
const AGGREGATOR: Address = Address([0x0d; 20]);
const RIVAL: Address = Address([0x0e; 20]);
const HOUR_S: u64 = 3600;
const ORIGIN_S: u64 = Evm::START + 2 * HOUR_S;
const DEVICES: usize = 4;

/// A fleet, a feed for it, and two surveys of its first epoch: of two devices, and of four.
struct Town {
    network: Network,
    feed: Address,
    policy: Policy,
    key: [u8; 32],
    claims: [(Proof, SurveyInputs); 2],
}

impl Town {
    fn new() -> Town {
        let fleet = Fleet::new(&FleetOptions { devices: DEVICES, k: 2, ..FleetOptions::of::<Survey>() });
        let mut network = Network::new(Chain::Amoy, ROLES, HOUR_S).unwrap();
        let policy = Policy::new(PolicyParts {
            network: Signed::new(Chain::Amoy.id(), network.registry.address.0),
            epoch_origin: millis(1000 * ORIGIN_S),
            epoch_length_ms: 1000 * HOUR_S,
            ..*fleet.policy.parts()
        })
        .unwrap();
        let setup = FeedSetup {
            router: network.router.address,
            registry: network.registry.address,
            owner: ROLES.owner,
            guardian: ROLES.guardian,
            window_ms: 1000 * HOUR_S,
            min_count: 2,
            chunk_bits: 3 * Fleet::LEVELS,
            decimals: 3,
            terms: PolicyTerms::of(&policy).unwrap(),
            description: "Temperature, surveyed".to_owned(),
        };
        assert_eq!(setup.terms.contract(), StateContract::SurveyFeed);

        let triangles = fleet.fence.triangles().len().next_multiple_of(8);
        let statement = Survey::new(DEVICES, 14, triangles, Fleet::LEVELS.into(), true).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let key = insecure_setup(&statement, &mut rng, &()).unwrap();
        let key_of_contract = ContractKey::new(key.verifying_key()).unwrap();
        let prover = Prover::builder(statement, key).build().unwrap();
        let feed = Network::address_of(&setup);
        let binding = Binding::new(Chain::Amoy.id(), feed.0, AGGREGATOR.0, &statement.id());
        let target = AggregateTarget { epoch: 0, chunk: statement.first_chunk(), binding };
        let mut claim = |devices: usize, samples: usize| {
            let mut assembly =
                SurveyAssembly::new(statement, policy, fleet.fence.clone(), &fleet.registry, target);
            for device in 0..devices {
                let readings: Vec<Reading> =
                    (0..samples).map(|sample| reading(&fleet, &policy, device, sample)).collect();
                assembly.offer(device as u64, fleet.frame(device, &readings)).unwrap();
            }
            let job = assembly.job().unwrap();
            (prover.prove(&job.assignment(), &mut rng).unwrap(), *job.inputs())
        };
        let claims = [claim(2, 12), claim(DEVICES, 11)];

        let mut ops = Ops::new();
        fleet.registry.records().for_each(|record| ops.enrol(&record.leaf));
        let post = registry::post(fleet.registry.root(), &NO_PARENT, &ops);
        let at = network.registry.address;
        network.send(&ROLES.registrar, &at, &post).unwrap();
        network.add_verifier(&Deployment::verifier(&key_of_contract).unwrap()).unwrap();
        let deployed = network.deploy_feed(&setup).unwrap();
        assert_eq!(deployed.address, feed);
        for aggregator in [AGGREGATOR, RIVAL] {
            network.send(&ROLES.owner, &feed, &aggregates::set_aggregator(&aggregator, 0, 1)).unwrap();
        }
        Town { network, feed, policy, key: key_of_contract.id(), claims }
    }

    fn submit(&self, (proof, inputs): &(Proof, SurveyInputs), credit: &Address) -> Vec<u8> {
        surveys::submit(&self.key, proof, inputs, credit, 0)
    }

    fn send(&mut self, data: &[u8]) -> u64 {
        self.network.send(&AGGREGATOR, &self.feed, data).unwrap().gas
    }

    /// The name of the error that the feed refuses with.
    fn refusal(&mut self, data: &[u8]) -> &'static str {
        revert(self.network.send(&AGGREGATOR, &self.feed, data)).name().expect("an error of the contracts")
    }

    fn ask(&mut self, data: &[u8]) -> Vec<u8> {
        self.network.evm.call(&self.feed, data).unwrap().output
    }
}

/// Values that go up, a minute apart, of a device that stays where it is.
fn reading(fleet: &Fleet, policy: &Policy, device: usize, sample: usize) -> Reading {
    let first = fleet.reading(device);
    Reading {
        network: policy.parts().network,
        time: millis(1000 * ORIGIN_S + 60_000 * sample as u64),
        channels: [-3_000 + 40 * sample as i64 + 7 * device as i64, 0, 0, 0],
        ..first
    }
}

fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).unwrap()
}

#[test]
fn a_feed_of_surveys_takes_real_proofs_by_their_devices() {
    let mut town = Town::new();
    let id = aggregates::decode_policy_id(&town.ask(&aggregates::policy_id())).unwrap();
    assert_eq!(id, town.policy.id().to_field(), "the contract's id of the policy");
    let [two, four] = town.claims.clone();
    let (of_two, of_four) = (town.submit(&two, &AGGREGATOR), town.submit(&four, &AGGREGATOR));
    assert_eq!(town.refusal(&of_two), "WindowShut");

    town.network.evm.set_time(ORIGIN_S + HOUR_S);
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
        let data = town.submit(&altered, &AGGREGATOR);
        assert_eq!(town.refusal(&data), "ProofRejected", "{:?}", altered.1);
    }
    let for_another = town.submit(&two, &RIVAL);
    assert_eq!(town.refusal(&for_another), "ProofRejected", "somebody else's credit");
    let untouched = town.network.evm.clone();

    let first = town.send(&of_two);
    let devices = surveys::devices_of(0, 0);
    assert_eq!(surveys::decode_devices(&town.ask(&devices)), Ok(2));
    assert_eq!(town.refusal(&of_two), "NotMore");
    let replacing = town.send(&of_four);
    assert_eq!(surveys::decode_devices(&town.ask(&devices)), Ok(4));
    assert_eq!(town.refusal(&of_two), "NotMore");
    // As of an aggregate, and a word for devices more.
    assert!(first < 500_000 && replacing < 450_000, "{first} and {replacing} gas");
    let early = revert(town.network.evm.call(&town.feed, &surveys::devices(0)));
    assert_eq!(early.name(), Some("NotFinal"));

    let setup = AdapterSetup { feed: town.feed, statistic: Statistic::Mean, extra_decimals: 3 };
    let adapter = town.network.evm.deploy(&setup.init_code()).unwrap().address;
    town.network.evm.set_time(ORIGIN_S + 2 * HOUR_S);
    assert_eq!(town.refusal(&of_four), "WindowShut");
    let round = aggregates::decode_round(&town.ask(&aggregates::round(0))).unwrap();
    let SurveyInputs { counted, sum, devices, .. } = four.1;
    assert_eq!((counted, devices), (44, 4));
    assert_eq!((round.sum, round.count, round.chunks), (i128::from(sum), counted, 1));
    assert!(round.is_final && !round.voided);
    assert_eq!(surveys::decode_devices(&town.ask(&surveys::devices(0))), Ok(4));
    let answer = town.network.evm.call(&adapter, &aggregates::latest_round_data()).unwrap().output;
    let answer = aggregates::decode_latest_round_data(&answer).unwrap();
    assert!(sum < 0, "a mean below 0 is rounded down");
    assert_eq!(answer.answer, (1000 * i128::from(sum)).div_euclid(counted.into()));

    // The same in a batch, where nothing is there yet.
    town.network.evm = untouched;
    let batch = surveys::submit_batch(&town.key, std::slice::from_ref(&four), &AGGREGATOR, 0);
    town.send(&batch);
    assert_eq!(surveys::decode_devices(&town.ask(&surveys::devices_of(0, 0))), Ok(4));
}
