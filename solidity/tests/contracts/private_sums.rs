//! A feed of private sums with real proofs: sealed, drawn by the hash of a block, released once.

use alloy_primitives::keccak256;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::assemble::{AggregateTarget, Assemble, OneEachAssembly, UnsealedAssembly};
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::noise::{Beacon, Release, Seal, SealId};
use zksensor_prover::Prover;
use zksensor_solidity::evm::{Address, Chain};
use zksensor_solidity::feed::private_sums::{self, Sealed};
use zksensor_solidity::feed::{PolicyTerms, Sealing, StateContract, aggregates, beacons};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::Proof;

use super::scene::revert;
use super::town::{AGGREGATOR, DEVICES, HOUR_S, ORIGIN_S, RIVAL, Town};

const SEALS_S: u64 = 600;
const DEADLINE_S: u64 = ORIGIN_S + HOUR_S + SEALS_S;
/// The block in which the beacon's is drawn, and that one.
const DRAWS: u64 = 1_000;
const DRAWN: u64 = DRAWS + 16;

/// A feed of private sums and its beacon; the epoch is over.
struct Scene {
    town: Town,
    beacon: Address,
    statement: PrivateSum,
    prover: Prover<PrivateSum>,
    key: [u8; 32],
    rng: ChaCha20Rng,
}

impl Scene {
    fn new() -> Scene {
        let options = FleetOptions { devices: DEVICES, k: 2, ..FleetOptions::of::<PrivateSum>() };
        let mut town = Town::new(Fleet::new(&options));
        let evm = &mut town.network.evm;
        let beacon = evm.deploy(&StateContract::BlockBeacon.artifact().init_code).unwrap().address;
        let terms =
            PolicyTerms::private(&town.policy, Sealing { beacon, window_ms: 1000 * SEALS_S }).unwrap();
        assert_eq!(terms.contract(), StateContract::PrivateFeed);
        let statement = PrivateSum::new(DEVICES, town.triangles(), Fleet::LEVELS.into()).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let (prover, key) = town.prover(statement, &mut rng);
        town.open(terms);
        town.network.evm.set_time(ORIGIN_S + HOUR_S);
        town.network.evm.set_block(DRAWS - 10);
        Scene { town, beacon, statement, prover, key, rng }
    }

    /// What is taken of so many devices.
    fn taken(&self, devices: usize) -> UnsealedAssembly<'_> {
        let Town { fleet, policy, feed, .. } = &self.town;
        let target = AggregateTarget {
            epoch: 0,
            chunk: self.statement.first_chunk(),
            binding: Binding::new(Chain::Amoy.id(), feed.0, AGGREGATOR.0, &self.statement.id()),
        };
        let (fence, registry) = (fleet.fence.clone(), &fleet.registry);
        let mut assembly =
            UnsealedAssembly::new(OneEachAssembly::new(self.statement, *policy, fence, registry, target));
        for device in 0..devices {
            let reading = self.town.reading(device, 60_000);
            assembly.offer(device as u64, fleet.sign(device, &reading)).unwrap();
        }
        assembly
    }

    /// A seal of so many devices' readings, and its id.
    fn sealed(&mut self, devices: usize) -> (Seal, SealId) {
        let (sum, count) = self.taken(devices).exact().unwrap();
        let seal = Seal::draw(sum, count, &mut self.rng).unwrap();
        let chunk = self.statement.first_chunk();
        let id = seal.id(&Release { policy: self.town.policy.id(), epoch: 0, chunk });
        (seal, id)
    }

    fn proven(&self, devices: usize, seal: &Seal, beacon: Beacon) -> (Proof, PrivateSumInputs) {
        let job = self.taken(devices).sealed(seal.clone(), beacon).job().unwrap();
        let mut rng = self.rng.clone();
        (self.prover.prove(&job.assignment(), &mut rng).unwrap(), *job.inputs())
    }

    fn submit(&self, (proof, inputs): &(Proof, PrivateSumInputs), credit: &Address) -> Vec<u8> {
        private_sums::submit(&self.key, proof, inputs, credit, 0)
    }

    fn ask_beacon(&mut self, data: &[u8]) -> Vec<u8> {
        self.town.network.evm.call(&self.beacon, data).unwrap().output
    }
}

#[test]
fn a_feed_of_private_sums_takes_one_release_of_what_was_sealed() {
    let mut scene = Scene::new();
    let id = aggregates::decode_policy_id(&scene.town.ask(&aggregates::policy_id())).unwrap();
    assert_eq!(id, scene.town.policy.id().to_field(), "the contract's id of the policy");
    let deadline = private_sums::decode_deadline(&scene.town.ask(&private_sums::deadline_of(0))).unwrap();
    assert_eq!(deadline, 1000 * DEADLINE_S);
    assert_eq!(private_sums::decode_seal(&scene.town.ask(&private_sums::seal_of(0, 0))), Ok(None));

    // Data and secret are fixed: none comes in the place of the other, whoever sends it.
    let ((seal, id), (other, other_id)) = (scene.sealed(DEVICES), scene.sealed(DEVICES));
    let sealing = scene.town.send(&AGGREGATOR, &private_sums::seal(0, 0, &id));
    for from in [AGGREGATOR, RIVAL] {
        assert_eq!(scene.town.refusal(&from, &private_sums::seal(0, 0, &other_id)), "IsSealed");
    }
    let found = private_sums::decode_seal(&scene.town.ask(&private_sums::seal_of(0, 0)));
    assert_eq!(found, Ok(Some(Sealed { seal: id, aggregator: AGGREGATOR })));

    // The moment passes, and a block is drawn that nobody knows.
    scene.town.network.evm.set_block(DRAWS);
    let moment = &beacons::draw(deadline);
    let early = revert(scene.town.network.evm.call(&scene.beacon, moment));
    assert_eq!(early.name(), Some("MomentAhead"));
    scene.town.network.evm.set_time(DEADLINE_S);
    let number = scene.ask_beacon(moment);
    assert_eq!(beacons::decode_block(&number), Ok(Some(DRAWN)));
    assert_eq!(beacons::decode_block(&scene.ask_beacon(&beacons::drawn_of(deadline))), Ok(Some(DRAWN)));
    let unknown = revert(scene.town.network.evm.call(&scene.beacon, &beacons::beacon_of(deadline)));
    assert_eq!(unknown.name(), Some("BeaconUnknown"));
    scene.town.network.evm.set_block(DRAWN + 1);
    let recorded = scene.ask_beacon(&beacons::record(deadline));
    let beacon = beacons::decode_beacon(&recorded).unwrap();
    // What stands in this EVM for a block's hash.
    assert_eq!(beacon, Beacon::of_randomness(&keccak256(DRAWN.to_string()).0));
    assert_eq!(beacons::decode_beacon(&scene.ask_beacon(&beacons::beacon_of(deadline))), Ok(beacon));
    assert_eq!(beacons::decode_block(&scene.ask_beacon(&beacons::drawn_of(deadline))), Ok(None));

    // Another draw, another secret, other data: what an aggregator tries who does not like its noise.
    let again = Beacon::of_randomness(&[7; 32]);
    let under_another = scene.proven(DEVICES, &seal, again);
    let data = scene.submit(&under_another, &AGGREGATOR);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "BeaconOther");
    let of_another = scene.proven(DEVICES, &other, beacon);
    let data = scene.submit(&of_another, &AGGREGATOR);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "SealOther");
    let (sum, count) = scene.taken(DEVICES - 1).exact().unwrap();
    let fewer = seal.of_other(sum, count).unwrap();
    let of_fewer = scene.proven(DEVICES - 1, &fewer, beacon);
    let data = scene.submit(&of_fewer, &AGGREGATOR);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "SealOther");
    for claimed in [under_another, of_another, of_fewer] {
        // Said to be what the contract has, its proof shows something else.
        let said = PrivateSumInputs { seal: id, beacon, ..claimed.1 };
        let data = scene.submit(&(claimed.0, said), &AGGREGATOR);
        assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "ProofRejected", "{said:?}");
    }

    let release = scene.proven(DEVICES, &seal, beacon);
    for change in
        [|inputs: &mut PrivateSumInputs| inputs.sum += 1, |inputs: &mut PrivateSumInputs| inputs.count -= 1]
    {
        let mut altered = release.clone();
        change(&mut altered.1);
        let data = scene.submit(&altered, &AGGREGATOR);
        assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "ProofRejected", "{:?}", altered.1);
    }
    let data = scene.submit(&release, &RIVAL);
    assert_eq!(scene.town.refusal(&RIVAL, &data), "SealerOther");
    let data = scene.submit(&release, &AGGREGATOR);
    let submitting = scene.town.send(&RIVAL, &data);
    assert_eq!(scene.town.refusal(&AGGREGATOR, &data), "IsReleased");
    assert!(sealing < 150_000 && submitting < 600_000, "{sealing} and {submitting} gas");

    scene.town.network.evm.set_time(ORIGIN_S + 2 * HOUR_S);
    let round = aggregates::decode_round(&scene.town.ask(&aggregates::round(0))).unwrap();
    let PrivateSumInputs { sum, count, .. } = release.1;
    assert_eq!((round.sum, round.count, round.chunks), (i128::from(sum), count, 1));
    assert_eq!(count as usize, DEVICES);
    assert!(round.is_final && !round.voided);
}
