//! Deploys feeds of surveys and of private sums, each with a made-up fleet of its own, and says what they cost.

use rand::{CryptoRng, RngCore};
use zksensor_circuits::assemble::{Assemble, OneEachAssembly, SurveyAssembly, UnsealedAssembly};
use zksensor_circuits::statement::private_sum::PrivateSum;
use zksensor_circuits::statement::survey::Survey;
use zksensor_circuits::statement::{Claim, ClaimFamily, Statement};
use zksensor_model::noise::{Release, Seal};
use zksensor_model::policy::{Outputs, Policy};
use zksensor_model::registry::Chunk;
use zksensor_prover::{Progress, Prover, insecure_setup};
use zksensor_solidity::ContractKey;
use zksensor_solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor_solidity::feed::{Network, PolicyTerms, Sealing, StateContract, beacons, private_sums, surveys};
use zksensor_solidity::gas::GasError;
use zksensor_testkit::{Fleet, FleetOptions};

use super::chain::{Measured, add, answers, deploy, failed, submit};
use super::sample::{AGGREGATOR, CHAIN, EPOCH, EPOCH_S, ORIGIN_S, ROLES, policy, reading, setup, target};
use crate::EstimateError;

/// Two devices, so that one survey has a device more than the other.
const DEVICES: usize = 2;
/// Samples of a frame.
const SAMPLES: usize = 14;
/// How long seals are accepted, and the block in which the beacon's is drawn.
const SEALS_S: u64 = 600;
const DRAWS: u64 = 1_000;
/// The post of the registry.
const ONLY: u64 = 0;

/// A chain with the devices of a fleet in its registry, and the fleet's policy for it.
struct Town {
    network: Network,
    fleet: Fleet,
    policy: Policy,
}

impl Town {
    fn new<S: ClaimFamily>() -> Result<Self, EstimateError> {
        let fleet = Fleet::new(&FleetOptions { devices: DEVICES, k: 1, ..FleetOptions::of::<S>() });
        let mut network = failed("deploying router and registry", Network::new(CHAIN, ROLES, EPOCH_S))?;
        let mut ops = Ops::new();
        fleet.registry.records().for_each(|record| ops.enrol(&record.leaf));
        let (to, post) = (network.registry.address, registry::post(fleet.registry.root(), &NO_PARENT, &ops));
        failed("post", network.send(&ROLES.registrar, &to, &post))?;
        let policy = policy(&fleet, Outputs::default());
        Ok(Town { network, fleet, policy })
    }

    /// Triangles of a shape that holds the fleet's fence.
    fn triangles(&self) -> usize {
        self.fleet.fence.triangles().len().next_multiple_of(8)
    }

    /// A prover, its key in the router, and the key's id.
    fn prover<S: Statement + Copy, R: RngCore + CryptoRng + ?Sized>(
        &mut self,
        statement: S,
        rng: &mut R,
        progress: &dyn Progress,
    ) -> Result<(Prover<S>, [u8; 32]), EstimateError> {
        let prover = Prover::builder(statement, insecure_setup(&statement, rng, progress)?).build()?;
        let key = ContractKey::new(prover.verifier().key()).map_err(GasError::from)?;
        add(&mut self.network, &key)?;
        Ok((prover, key.id()))
    }
}

/// A survey of one device, and one of two in its place.
pub(super) fn survey<R: RngCore + CryptoRng + ?Sized>(
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<Measured, EstimateError> {
    let mut town = Town::new::<Survey>()?;
    let levels = Chunk::MOST_LEVELS;
    let statement = Survey::new(DEVICES, SAMPLES, town.triangles(), levels.into(), true)?;
    let (prover, key) = town.prover(statement, rng, progress)?;
    let setup = setup(levels, PolicyTerms::of(&town.policy)?);
    let feed = deploy(&mut town.network, &setup)?;
    let Town { network, fleet, policy } = &mut town;
    let target = target(&setup, &statement.id(), statement.first_chunk());
    network.evm.set_time(ORIGIN_S + EPOCH_S);
    let mut of = vec![("deploy_survey_feed", feed.gas)];
    let mut last = None;
    for (name, devices) in [("survey_first", 1), ("survey_replacing", DEVICES)] {
        let mut assembly =
            SurveyAssembly::new(statement, *policy, fleet.fence.clone(), &fleet.registry, target);
        for device in 0..devices {
            let samples: Vec<_> =
                (0..SAMPLES as u64).map(|at| reading(fleet, policy, device, 60_000 * at)).collect();
            assembly.offer(device as u64, fleet.frame(device, &samples))?;
        }
        let job = assembly.job()?;
        let proof = prover.prove(&job.assignment(), rng)?;
        let data = surveys::submit(&key, &proof, job.inputs(), &AGGREGATOR, ONLY);
        of.push((name, submit(network, &feed.address, &data)?));
        last = Some(*job.inputs());
    }
    network.evm.set_time(ORIGIN_S + 2 * EPOCH_S);
    let last = last.ok_or(EstimateError::Answer { what: "round" })?;
    answers(&mut network.evm, &feed.address, (last.sum.into(), last.counted, 1))?;
    Ok(of)
}

/// A private sum: sealed, drawn, released.
pub(super) fn private_sum<R: RngCore + CryptoRng + ?Sized>(
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<Measured, EstimateError> {
    let mut town = Town::new::<PrivateSum>()?;
    let levels = Chunk::MOST_LEVELS;
    let statement = PrivateSum::new(DEVICES, town.triangles(), levels.into())?;
    let (prover, key) = town.prover(statement, rng, progress)?;
    let Town { network, fleet, policy } = &mut town;
    let init_code = StateContract::BlockBeacon.artifact().init_code;
    let beacon = failed("deploying a beacon", network.evm.deploy(&init_code))?;
    let sealing = Sealing { beacon: beacon.address, window_ms: 1000 * SEALS_S };
    let setup = setup(levels, PolicyTerms::private(policy, sealing)?);
    let feed = deploy(network, &setup)?;
    let mut of = vec![("deploy_private_feed", feed.gas), ("deploy_beacon", beacon.gas)];

    let chunk = statement.first_chunk();
    let target = target(&setup, &statement.id(), chunk);
    let taken = || {
        let readings = OneEachAssembly::new(statement, *policy, fleet.fence.clone(), &fleet.registry, target);
        let mut assembly = UnsealedAssembly::new(readings);
        for device in 0..DEVICES {
            let reading = reading(fleet, policy, device, 1000);
            assembly.offer(device as u64, fleet.sign(device, &reading))?;
        }
        Ok::<_, EstimateError>(assembly)
    };
    let (sum, count) = taken()?.exact()?;
    let mut drawing = &mut *rng;
    let seal = Seal::draw(sum, count, &mut drawing).map_err(|_| EstimateError::Answer { what: "seal" })?;
    let id = seal.id(&Release { policy: policy.id(), epoch: EPOCH, chunk });

    network.evm.set_time(ORIGIN_S + EPOCH_S);
    of.push(("seal", submit(network, &feed.address, &private_sums::seal(EPOCH, chunk.index(), &id))?));
    let deadline_s = ORIGIN_S + EPOCH_S + SEALS_S;
    network.evm.set_time(deadline_s);
    network.evm.set_block(DRAWS);
    let moment = 1000 * deadline_s;
    let drawn = failed("draw", network.evm.call(&beacon.address, &beacons::draw(moment)))?;
    of.push(("draw_beacon", drawn.gas));
    let number = beacons::decode_block(&drawn.output)?.ok_or(EstimateError::Answer { what: "draw" })?;
    network.evm.set_block(number + 1);
    let recorded = failed("recordBeacon", network.evm.call(&beacon.address, &beacons::record(moment)))?;
    of.push(("record_beacon", recorded.gas));
    let beacon = beacons::decode_beacon(&recorded.output)?;

    let job = taken()?.sealed(seal, beacon).job()?;
    let proof = prover.prove(&job.assignment(), rng)?;
    let data = private_sums::submit(&key, &proof, job.inputs(), &AGGREGATOR, ONLY);
    of.push(("release", submit(network, &feed.address, &data)?));
    network.evm.set_time(ORIGIN_S + 2 * EPOCH_S);
    answers(&mut network.evm, &feed.address, (job.inputs().sum.into(), count, 1))?;
    Ok(of)
}
