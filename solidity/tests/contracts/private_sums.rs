//! A feed of private sums with real proofs: sealed, drawn by the hash of a block, released once.

use alloy_primitives::keccak256;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::assemble::{AggregateTarget, Assemble, OneEachAssembly, UnsealedAssembly};
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::noise::{Beacon, Release, Seal, SealId};
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::reading::{Network as Signed, Reading, UnixMillis};
use zksensor_prover::{Prover, insecure_setup};
use zksensor_solidity::evm::{Address, Chain, Evm};
use zksensor_solidity::feed::private_sums::{self, Sealed};
use zksensor_solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor_solidity::feed::{
    FeedSetup, Network, PolicyTerms, Roles, Sealing, StateContract, aggregates, beacons,
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
const DEADLINE_S: u64 = ORIGIN_S + HOUR_S + SEALS_S;
const SEALS_S: u64 = 600;
const DEVICES: usize = 4;
/// The block in which the beacon's is drawn, and that one.
const DRAWS: u64 = 1_000;
const DRAWN: u64 = DRAWS + 16;

/// A fleet, a feed for it, and its beacon; the epoch is over.
struct Town {
    fleet: Fleet,
    network: Network,
    beacon: Address,
    feed: Address,
    policy: Policy,
    statement: PrivateSum,
    prover: Prover<PrivateSum>,
    key: [u8; 32],
    rng: ChaCha20Rng,
}

impl Town {
    fn new() -> Town {
        let fleet = Fleet::new(&FleetOptions { devices: DEVICES, k: 2, ..FleetOptions::of::<PrivateSum>() });
        let mut network = Network::new(Chain::Amoy, ROLES, HOUR_S).unwrap();
        let policy = Policy::new(PolicyParts {
            network: Signed::new(Chain::Amoy.id(), network.registry.address.0),
            epoch_origin: millis(1000 * ORIGIN_S),
            epoch_length_ms: 1000 * HOUR_S,
            ..*fleet.policy.parts()
        })
        .unwrap();
        let beacon = network.evm.deploy(&StateContract::BlockBeacon.artifact().init_code).unwrap().address;
        let terms = PolicyTerms::private(&policy, Sealing { beacon, window_ms: 1000 * SEALS_S }).unwrap();
        assert_eq!(terms.contract(), StateContract::PrivateFeed);
        let setup = FeedSetup {
            router: network.router.address,
            registry: network.registry.address,
            owner: ROLES.owner,
            guardian: ROLES.guardian,
            window_ms: 1000 * HOUR_S,
            min_count: 2,
            chunk_bits: 3 * Fleet::LEVELS,
            decimals: 3,
            terms,
            description: "Temperature, private".to_owned(),
        };

        let triangles = fleet.fence.triangles().len().next_multiple_of(8);
        let statement = PrivateSum::new(DEVICES, triangles, Fleet::LEVELS.into()).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let key = insecure_setup(&statement, &mut rng, &()).unwrap();
        let key_of_contract = ContractKey::new(key.verifying_key()).unwrap();
        let prover = Prover::builder(statement, key).build().unwrap();

        let mut ops = Ops::new();
        fleet.registry.records().for_each(|record| ops.enrol(&record.leaf));
        let post = registry::post(fleet.registry.root(), &NO_PARENT, &ops);
        let at = network.registry.address;
        network.send(&ROLES.registrar, &at, &post).unwrap();
        network.add_verifier(&Deployment::verifier(&key_of_contract).unwrap()).unwrap();
        let feed = network.deploy_feed(&setup).unwrap().address;
        assert_eq!(feed, Network::address_of(&setup));
        for aggregator in [AGGREGATOR, RIVAL] {
            network.send(&ROLES.owner, &feed, &aggregates::set_aggregator(&aggregator, 0, 1)).unwrap();
        }
        network.evm.set_time(ORIGIN_S + HOUR_S);
        network.evm.set_block(DRAWS - 10);
        let key = key_of_contract.id();
        Town { fleet, network, beacon, feed, policy, statement, prover, key, rng }
    }

    /// What is taken of so many devices.
    fn taken(&self, devices: usize) -> UnsealedAssembly<'_> {
        let target = AggregateTarget {
            epoch: 0,
            chunk: self.statement.first_chunk(),
            binding: Binding::new(Chain::Amoy.id(), self.feed.0, AGGREGATOR.0, &self.statement.id()),
        };
        let (fleet, policy) = (&self.fleet, self.policy);
        let mut assembly = UnsealedAssembly::new(OneEachAssembly::new(
            self.statement,
            policy,
            fleet.fence.clone(),
            &fleet.registry,
            target,
        ));
        for device in 0..devices {
            let reading = Reading {
                network: policy.parts().network,
                time: millis(1000 * ORIGIN_S + 60_000),
                ..fleet.reading(device)
            };
            assembly.offer(device as u64, fleet.sign(device, &reading)).unwrap();
        }
        assembly
    }

    /// A seal of so many devices' readings, and its id.
    fn sealed(&mut self, devices: usize) -> (Seal, SealId) {
        let (sum, count) = self.taken(devices).exact().unwrap();
        let seal = Seal::draw(sum, count, &mut self.rng).unwrap();
        let chunk = self.statement.first_chunk();
        let id = seal.id(&Release { policy: self.policy.id(), epoch: 0, chunk });
        (seal, id)
    }

    fn proven(&mut self, devices: usize, seal: &Seal, beacon: Beacon) -> (Proof, PrivateSumInputs) {
        let job = self.taken(devices).sealed(seal.clone(), beacon).job().unwrap();
        let (assignment, inputs) = (job.assignment(), *job.inputs());
        let mut rng = self.rng.clone();
        (self.prover.prove(&assignment, &mut rng).unwrap(), inputs)
    }

    fn submit(&self, (proof, inputs): &(Proof, PrivateSumInputs), credit: &Address) -> Vec<u8> {
        private_sums::submit(&self.key, proof, inputs, credit, 0)
    }

    fn send(&mut self, from: &Address, data: &[u8]) -> u64 {
        self.network.send(from, &self.feed, data).unwrap().gas
    }

    /// The name of the error that the feed refuses with.
    fn refusal(&mut self, from: &Address, data: &[u8]) -> &'static str {
        revert(self.network.send(from, &self.feed, data)).name().expect("an error of the contracts")
    }

    fn ask(&mut self, data: &[u8]) -> Vec<u8> {
        self.network.evm.call(&self.feed, data).unwrap().output
    }

    fn ask_beacon(&mut self, data: &[u8]) -> Vec<u8> {
        self.network.evm.call(&self.beacon, data).unwrap().output
    }
}

fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).unwrap()
}

#[test]
fn a_feed_of_private_sums_takes_one_release_of_what_was_sealed() {
    let mut town = Town::new();
    let id = aggregates::decode_policy_id(&town.ask(&aggregates::policy_id())).unwrap();
    assert_eq!(id, town.policy.id().to_field(), "the contract's id of the policy");
    let deadline = private_sums::decode_deadline(&town.ask(&private_sums::deadline_of(0))).unwrap();
    assert_eq!(deadline, 1000 * DEADLINE_S);
    assert_eq!(private_sums::decode_seal(&town.ask(&private_sums::seal_of(0, 0))), Ok(None));

    // Data and secret are fixed: none comes in the place of the other, whoever sends it.
    let ((seal, id), (other, other_id)) = (town.sealed(DEVICES), town.sealed(DEVICES));
    let sealing = town.send(&AGGREGATOR, &private_sums::seal(0, 0, &id));
    for from in [AGGREGATOR, RIVAL] {
        assert_eq!(town.refusal(&from, &private_sums::seal(0, 0, &other_id)), "IsSealed");
    }
    let found = private_sums::decode_seal(&town.ask(&private_sums::seal_of(0, 0)));
    assert_eq!(found, Ok(Some(Sealed { seal: id, aggregator: AGGREGATOR })));

    // The moment passes, and a block is drawn that nobody knows.
    town.network.evm.set_block(DRAWS);
    let moment = &beacons::draw(deadline);
    let early = revert(town.network.evm.call(&town.beacon, moment));
    assert_eq!(early.name(), Some("MomentAhead"));
    town.network.evm.set_time(DEADLINE_S);
    let number = town.ask_beacon(moment);
    assert_eq!(beacons::decode_block(&number), Ok(Some(DRAWN)));
    assert_eq!(beacons::decode_block(&town.ask_beacon(&beacons::drawn_of(deadline))), Ok(Some(DRAWN)));
    let unknown = revert(town.network.evm.call(&town.beacon, &beacons::beacon_of(deadline)));
    assert_eq!(unknown.name(), Some("BeaconUnknown"));
    town.network.evm.set_block(DRAWN + 1);
    let recorded = town.ask_beacon(&beacons::record(deadline));
    let beacon = beacons::decode_beacon(&recorded).unwrap();
    // What stands in this EVM for a block's hash.
    assert_eq!(beacon, Beacon::of_randomness(&keccak256(DRAWN.to_string()).0));
    assert_eq!(beacons::decode_beacon(&town.ask_beacon(&beacons::beacon_of(deadline))), Ok(beacon));
    assert_eq!(beacons::decode_block(&town.ask_beacon(&beacons::drawn_of(deadline))), Ok(None));

    // Another draw, another secret, other data: what an aggregator tries who does not like its noise.
    let again = Beacon::of_randomness(&[7; 32]);
    let under_another = town.proven(DEVICES, &seal, again);
    let data = town.submit(&under_another, &AGGREGATOR);
    assert_eq!(town.refusal(&AGGREGATOR, &data), "BeaconOther");
    let of_another = town.proven(DEVICES, &other, beacon);
    let data = town.submit(&of_another, &AGGREGATOR);
    assert_eq!(town.refusal(&AGGREGATOR, &data), "SealOther");
    let (sum, count) = town.taken(DEVICES - 1).exact().unwrap();
    let fewer = seal.of_other(sum, count).unwrap();
    let of_fewer = town.proven(DEVICES - 1, &fewer, beacon);
    let data = town.submit(&of_fewer, &AGGREGATOR);
    assert_eq!(town.refusal(&AGGREGATOR, &data), "SealOther");
    for claimed in [under_another, of_another, of_fewer] {
        // Said to be what the contract has, its proof shows something else.
        let said = PrivateSumInputs { seal: id, beacon, ..claimed.1 };
        let data = town.submit(&(claimed.0, said), &AGGREGATOR);
        assert_eq!(town.refusal(&AGGREGATOR, &data), "ProofRejected", "{said:?}");
    }

    let release = town.proven(DEVICES, &seal, beacon);
    for change in
        [|inputs: &mut PrivateSumInputs| inputs.sum += 1, |inputs: &mut PrivateSumInputs| inputs.count -= 1]
    {
        let mut altered = release.clone();
        change(&mut altered.1);
        let data = town.submit(&altered, &AGGREGATOR);
        assert_eq!(town.refusal(&AGGREGATOR, &data), "ProofRejected", "{:?}", altered.1);
    }
    let data = town.submit(&release, &RIVAL);
    assert_eq!(town.refusal(&RIVAL, &data), "SealerOther");
    let data = town.submit(&release, &AGGREGATOR);
    let submitting = town.send(&RIVAL, &data);
    assert_eq!(town.refusal(&AGGREGATOR, &data), "IsReleased");
    println!("PRIVATE {{\"seal\":{sealing},\"submit\":{submitting}}}");
    assert!(sealing < 150_000 && submitting < 600_000, "{sealing} and {submitting} gas");

    town.network.evm.set_time(ORIGIN_S + 2 * HOUR_S);
    let round = aggregates::decode_round(&town.ask(&aggregates::round(0))).unwrap();
    let PrivateSumInputs { sum, count, .. } = release.1;
    assert_eq!((round.sum, round.count, round.chunks), (i128::from(sum), count, 1));
    assert_eq!(count as usize, DEVICES);
    assert!(round.is_final && !round.voided);
}
