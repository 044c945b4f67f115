//! Gas of the contracts that hold state, with real proofs: router, registry, feeds, beacon and adapter on Polygon's schedule.
//!
//! The proofs are of the least shapes that have what is measured: an aggregate of two in one chunk that is the whole registry, for the first
//! submission of an epoch and one that replaces it, and ten of one each, of different chunks; surveys of one and of two devices; a
//! private sum of two. What a submission costs depends on the words of its public inputs and on what is stored, and on the shape of the circuit
//! in nothing: a test proves other shapes and compares.

mod chain;
mod others;
mod sample;

use rand::{CryptoRng, RngCore};
use zksensor_prover::Progress;

use crate::EstimateError;

/// A figure: gas of a whole transaction on Polygon, unless its words say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Its name, as `estimate --gas --json` has it.
    pub name: &'static str,
    /// What it is, for people.
    pub about: &'static str,
    /// Gas.
    pub gas: u64,
    /// The most that it is meant to be, where that was said.
    pub target: Option<u64>,
}

/// Name, words and target of each figure, in the order in which they are shown.
const FIGURES: [(&str, &str, Option<u64>); 23] = [
    ("submit_first", "`submit`, one chunk, the first of an epoch", Some(445_000)),
    ("submit_replacing", "`submit`, one chunk, in place of another", Some(425_000)),
    ("submit_extras", "`submit`, one chunk, with least and greatest value", Some(470_000)),
    ("submit_chunk", "`submit`, several chunks, the mean of ten", Some(445_000)),
    ("submit_batch_10", "`submitBatch` of 10, a proof", Some(165_000)),
    ("refused_before_proof", "`submit` that is refused before its proof", Some(70_000)),
    ("latest_round_data", "`latestRoundData`, beyond the transaction", Some(19_000)),
    ("post_alone", "`post` of one leaf", Some(111_000)),
    ("post_per_leaf_1000", "`post` of 1,000 leaves, a leaf", Some(1_310)),
    ("add_verifier", "`add` of a verifier", None),
    ("deploy_router", "deployment of the router", Some(460_000)),
    ("deploy_registry", "deployment of the registry", Some(700_000)),
    ("deploy_feed", "deployment of a feed", Some(2_100_000)),
    ("deploy_adapter", "deployment of an adapter", None),
    ("survey_first", "`submit` of a survey, one chunk, the first of an epoch", None),
    ("survey_replacing", "`submit` of a survey, one chunk, in place of another", None),
    ("deploy_survey_feed", "deployment of a feed of surveys", None),
    ("seal", "`seal` of a private sum", None),
    ("draw_beacon", "`draw` of a beacon's block", None),
    ("record_beacon", "`recordBeacon`", None),
    ("release", "`submit` of a private sum, one chunk, the first of an epoch", None),
    ("deploy_private_feed", "deployment of a feed of private sums", None),
    ("deploy_beacon", "deployment of a beacon of blocks", None),
];

/// Gas of the contracts that hold state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedGas {
    /// Every figure.
    pub figures: Vec<Figure>,
}

/// Makes keys and proofs, deploys everything, and measures.
///
/// # Errors
/// [`EstimateError`]; every proof has to be taken, and every answer to be that of the readings.
pub fn feed<R: RngCore + CryptoRng + ?Sized>(
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<FeedGas, EstimateError> {
    let sample = sample::Sample::new(&sample::Shapes::least()?, rng, progress)?;
    let mut measured = chain::measure(&sample)?;
    measured.extend(others::survey(rng, progress)?);
    measured.extend(others::private_sum(rng, progress)?);
    let figure = |(name, about, target): (&'static str, &'static str, Option<u64>)| {
        let gas = measured.iter().find(|(of, _)| *of == name).map(|(_, gas)| *gas);
        Figure { name, about, gas: gas.expect("every figure is measured"), target }
    };
    Ok(FeedGas { figures: FIGURES.map(figure).to_vec() })
}
