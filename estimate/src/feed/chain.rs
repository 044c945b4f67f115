//! Deploys, submits, reads, and says what each cost.

use zksensor_solidity::evm::{Address, Deployed, Evm, EvmError};
use zksensor_solidity::feed::aggregates::{self, Round};
use zksensor_solidity::feed::registry::{self, NO_PARENT};
use zksensor_solidity::feed::{AdapterSetup, FeedSetup, Network, Statistic};
use zksensor_solidity::gas::GasError;
use zksensor_solidity::{ContractKey, Deployment};

use super::sample::{
    AGGREGATOR, CHAIN, CHUNKS, EPOCH, EPOCH_S, Fed, LEAVES, ORIGIN_S, ROLES, ROOT_INDEX, Sample,
};
use crate::EstimateError;

/// What a transaction costs before anything is executed (Ethereum's Yellow Paper, appendix G; EIP-2028).
const TRANSACTION: u64 = 21_000;
const BYTE: u64 = 16;
const ZERO_BYTE: u64 = 4;
/// Of the adapter, beyond the schema's.
const EXTRA_DECIMALS: u8 = 3;

/// Name and gas.
pub(super) type Measured = Vec<(&'static str, u64)>;

pub(super) fn measure(sample: &Sample) -> Result<Measured, EstimateError> {
    let mut of = Vec::new();
    let mut network = failed("deploying router and registry", Network::new(CHAIN, ROLES, EPOCH_S))?;
    of.push(("deploy_router", network.router.gas));
    of.push(("deploy_registry", network.registry.gas));
    let posted = post(&mut network, sample, 0, NO_PARENT)?;
    let posted = post(&mut network, sample, 1, posted.1)?;
    of.push(("post_per_leaf_1000", posted.0.div_ceil(LEAVES[1] as u64)));
    let parent = posted.1;

    add(&mut network, &sample.whole_key)?;
    of.push(("add_verifier", add(&mut network, &sample.chunk_key)?));

    let whole = deploy(&mut network, &sample.whole.setup)?;
    let extras = deploy(&mut network, &sample.extras.setup)?;
    let chunks = deploy(&mut network, &sample.chunks.setup)?;
    of.push(("deploy_feed", whole.gas));
    let setup =
        AdapterSetup { feed: whole.address, statistic: Statistic::Mean, extra_decimals: EXTRA_DECIMALS };
    let adapter = failed("deploying the adapter", network.evm.deploy(&setup.init_code()))?;
    of.push(("deploy_adapter", adapter.gas));

    // The first second in which the epoch is over.
    network.evm.set_time(ORIGIN_S + EPOCH_S);
    let key = sample.whole_key.id();
    let [one, two] = [0, 1].map(|index| submission(&key, &sample.whole, index));
    of.push(("submit_first", submit(&mut network, &whole.address, &one)?));
    of.push(("submit_replacing", submit(&mut network, &whole.address, &two)?));
    of.push(("refused_before_proof", refused(&mut network, &whole.address, &two)?));
    let with_extras = submission(&key, &sample.extras, 0);
    of.push(("submit_extras", submit(&mut network, &extras.address, &with_extras)?));
    of.extend(many(&mut network, sample, &chunks.address)?);

    // Nothing changes any more.
    network.evm.set_time(ORIGIN_S + 2 * EPOCH_S);
    let [.., (_, last)] = &sample.whole.claims[..] else {
        return Err(EstimateError::Answer { what: "round" });
    };
    let sum_of_last = i128::from(last.sum);
    answers(&mut network.evm, &whole.address, (sum_of_last, last.count, 1))?;
    let ten = sample.chunks.claims.iter().map(|(_, inputs)| inputs);
    let sum = ten.clone().map(|inputs| i128::from(inputs.sum)).sum();
    let count = ten.map(|inputs| inputs.count).sum();
    answers(&mut network.evm, &chunks.address, (sum, count, CHUNKS as u32))?;
    let mean = (10i128.pow(EXTRA_DECIMALS.into()) * sum_of_last).div_euclid(last.count.into());
    of.push(("latest_round_data", read(&mut network.evm, &adapter.address, mean)?));
    of.push(("post_alone", post(&mut network, sample, 2, parent)?.0));
    Ok(of)
}

/// Posts a root; gas, and the digest that the next one names.
fn post(
    network: &mut Network,
    sample: &Sample,
    index: usize,
    parent: [u8; 32],
) -> Result<(u64, [u8; 32]), EstimateError> {
    let (root, ops) = &sample.posts[index];
    let to = network.registry.address;
    let receipt = network.send(&ROLES.registrar, &to, &registry::post(*root, &parent, ops));
    Ok((failed("post", receipt)?.gas, registry::digest(*root, &parent, ops)))
}

/// Deploys a verifier and has the router know it.
pub(super) fn add(network: &mut Network, key: &ContractKey) -> Result<u64, EstimateError> {
    let deployment = Deployment::verifier(key).map_err(GasError::from)?;
    failed("adding a verifier", network.add_verifier(&deployment)).map(|receipt| receipt.gas)
}

/// Deploys a feed, with its aggregator.
pub(super) fn deploy(network: &mut Network, setup: &FeedSetup) -> Result<Deployed, EstimateError> {
    let feed = failed("deploying a feed", network.deploy_feed(setup))?;
    let grant = aggregates::set_aggregator(&AGGREGATOR, EPOCH, EPOCH + 1);
    failed("setAggregator", network.send(&ROLES.owner, &feed.address, &grant))?;
    Ok(feed)
}

fn submission(key: &[u8; 32], fed: &Fed, index: usize) -> Vec<u8> {
    let (proof, inputs) = &fed.claims[index];
    aggregates::submit(key, proof, inputs, &AGGREGATOR, ROOT_INDEX)
}

pub(super) fn submit(network: &mut Network, feed: &Address, data: &[u8]) -> Result<u64, EstimateError> {
    Ok(failed("submit", network.send(&AGGREGATOR, feed, data))?.gas)
}

/// What has come before: all is asked for but the proof, and it is no more than what there is.
fn refused(network: &mut Network, feed: &Address, data: &[u8]) -> Result<u64, EstimateError> {
    match network.send(&AGGREGATOR, feed, data) {
        Err(EvmError::Reverted { gas, data }) if name(&data) == Some("NotMore") => Ok(gas),
        Err(error) => failed("submitting once more", Err(error)),
        Ok(_) => Err(EstimateError::Answer { what: "submitting once more" }),
    }
}

fn name(revert: &[u8]) -> Option<&'static str> {
    zksensor_solidity::Revert::decode(revert).name()
}

/// Ten chunks: one by one on a copy of the chain, and in one transaction.
fn many(
    network: &mut Network,
    sample: &Sample,
    feed: &Address,
) -> Result<[(&'static str, u64); 2], EstimateError> {
    let key = sample.chunk_key.id();
    let mut apart = network.clone();
    let mut alone = 0;
    for index in 0..CHUNKS {
        alone += submit(&mut apart, feed, &submission(&key, &sample.chunks, index))?;
    }
    let data = aggregates::submit_batch(&key, &sample.chunks.claims, &AGGREGATOR, ROOT_INDEX);
    let together = failed("submitBatch", network.send(&AGGREGATOR, feed, &data))?.gas;
    let each = |gas: u64| gas.div_ceil(CHUNKS as u64);
    Ok([("submit_chunk", each(alone)), ("submit_batch_10", each(together))])
}

/// Holds an epoch that is final against what was proven: sum, count and chunks.
pub(super) fn answers(evm: &mut Evm, feed: &Address, wanted: (i128, u32, u32)) -> Result<(), EstimateError> {
    let output = failed("round", evm.call(feed, &aggregates::round(EPOCH)))?.output;
    let Round { sum, count, chunks, is_final, voided } = aggregates::decode_round(&output)?;
    if !is_final || voided || wanted != (sum, count, chunks) {
        return Err(EstimateError::Answer { what: "round" });
    }
    Ok(())
}

/// What a reader of the adapter pays beyond its own transaction; it has to answer this.
fn read(evm: &mut Evm, adapter: &Address, wanted: i128) -> Result<u64, EstimateError> {
    let data = aggregates::latest_round_data();
    let receipt = failed("latestRoundData", evm.call(adapter, &data))?;
    let answer = aggregates::decode_latest_round_data(&receipt.output)?;
    let (round, updated_at) = (u128::from(EPOCH) + 1, ORIGIN_S + EPOCH_S);
    if (answer.round_id, answer.updated_at, answer.answer) != (round, updated_at, wanted) {
        return Err(EstimateError::Answer { what: "latestRoundData" });
    }
    let calldata: u64 = data.iter().map(|byte| if *byte == 0 { ZERO_BYTE } else { BYTE }).sum();
    Ok(receipt.gas - TRANSACTION - calldata)
}

pub(super) fn failed<T>(what: &'static str, result: Result<T, EvmError>) -> Result<T, EstimateError> {
    Ok(result.map_err(|reason| GasError::Transaction { what, reason: Box::new(reason) })?)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, Shapes};
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    /// The words of a proof are of the same number and width in every shape. What may differ are zeros among them and in a proof, which
    /// are cheaper as calldata.
    #[test]
    fn gas_does_not_depend_on_the_shape() {
        let of = |shapes: Shapes| {
            let sample = Sample::new(&shapes, &mut ChaCha20Rng::seed_from_u64(1), &()).unwrap();
            measure(&sample).unwrap()
        };
        let (least, larger) = (of(Shapes::least().unwrap()), of(Shapes::new(5, 3, 32).unwrap()));
        for ((name, one), (_, other)) in least.iter().zip(&larger) {
            assert!(one.abs_diff(*other) < 600, "{name}: {one} and {other}");
        }
    }
}
