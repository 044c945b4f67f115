//! The contract that computes the id of a policy, and ids by the Rust side that it is held against.

use serde_json::{Value, json};
use zksensor_model::claim::{ClaimFamily, aggregate::Aggregate};
use zksensor_model::fence::FenceRoot;
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyParts};
use zksensor_model::reading::{Network, UnixMillis};
use zksensor_solidity::{GENERATED, policy_sources};

use crate::file::Generated;

/// Where the ids lie, for Foundry's tests.
const FIXTURE: &str = "solidity/test/fixtures/PolicyId.json";
/// How many policies are drawn beside those at the ends of every range.
const DRAWN: u32 = 48;

/// The two sources and the ids. `command` is what the headers say made the sources.
pub(crate) fn all(command: &str) -> Result<Vec<Generated>, String> {
    let sources = policy_sources(command).map_err(|error| format!("a contract does not render: {error}"))?;
    let mut files: Vec<Generated> = sources
        .into_iter()
        .map(|(name, text)| Generated::new(format!("solidity/{GENERATED}{name}.sol"), text))
        .collect();
    let policies: Vec<Value> =
        [false, true].map(at_an_end).into_iter().chain((0..DRAWN).map(drawn)).map(case).collect();
    let document = json!({ "policies": policies });
    let text = serde_json::to_string_pretty(&document).expect("text and numbers");
    files.push(Generated::new(FIXTURE, format!("{text}\n")));
    Ok(files)
}

/// A policy, the network that its signatures are for, and its id.
struct Case {
    chain: u64,
    registry: [u8; 20],
    parts: PolicyParts,
}

/// Every part at the least, or at the most, that an aggregate's policy may have.
fn at_an_end(most: bool) -> Case {
    let (chain, registry) = if most { (u64::MAX, [0xff; 20]) } else { (0, [0; 20]) };
    let parts = PolicyParts {
        network: Network::new(chain, registry),
        fence: FenceRoot::from_field(if most { -Fr::from(1u64) } else { Fr::from(0u64) }),
        low: if most { 0 } else { -(1 << 40) },
        high: if most { (1 << 40) - 1 } else { -(1 << 40) },
        max_accuracy_mm: if most { u32::MAX } else { 1 },
        epoch_origin: time(if most { (1 << 48) - (1 << 40) } else { 0 }),
        epoch_length_ms: if most { (1 << 40) - 1 } else { 1 },
        k: if most { (1 << 21) - 1 } else { 1 },
        family: Aggregate::FAMILY,
        statement_version: Aggregate::VERSION,
        schema: if most { u32::MAX } else { 0 },
        channel: if most { 3 } else { 0 },
        device_class: if most { None } else { Some(0) },
        outputs: Outputs { sum_of_squares: most, minimum: most, maximum: most },
        parameters: Parameters::NONE,
        insecure_small_k: !most,
    };
    Case { chain, registry, parts }
}

/// The policy number `index` of those that are drawn: from digests, so that they are always the same.
fn drawn(index: u32) -> Case {
    let element = |what: &str| field::keccak248(format!("policy {index}: {what}").as_bytes());
    let bytes = |what: &str| field::to_be_bytes(&element(what));
    let below = |what: &str, bits: u32| {
        let low: [u8; 8] = bytes(what)[24..].try_into().expect("eight bytes");
        u64::from_be_bytes(low) >> (64 - bits)
    };
    let chain = below("chain", 32);
    let registry: [u8; 20] = bytes("registry")[12..].try_into().expect("twenty bytes");
    let low = below("low", 40) as i64 - (1 << 39);
    let parts = PolicyParts {
        network: Network::new(chain, registry),
        fence: FenceRoot::from_field(element("fence")),
        low,
        high: low + below("span", 38) as i64,
        max_accuracy_mm: below("accuracy", 32) as u32 | 1,
        epoch_origin: time(below("origin", 47)),
        epoch_length_ms: below("length", 40) | 1,
        k: 8 + below("k", 20) as u32,
        family: Aggregate::FAMILY,
        statement_version: Aggregate::VERSION,
        schema: below("schema", 32) as u32,
        channel: below("channel", 2) as u8,
        device_class: (below("any", 1) == 0).then(|| below("class", 16) as u16),
        outputs: Outputs {
            sum_of_squares: below("squares", 1) == 1,
            minimum: below("minimum", 1) == 1,
            maximum: below("maximum", 1) == 1,
        },
        parameters: Parameters::NONE,
        insecure_small_k: false,
    };
    Case { chain, registry, parts }
}

fn time(millis: u64) -> UnixMillis {
    UnixMillis::new(millis).expect("48 bits")
}

/// What a contract is given, and the id that it has to come to.
fn case(Case { chain, registry, parts }: Case) -> Value {
    let policy = Policy::new(parts).expect("in every range");
    let registry: String = registry.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "chain": chain.to_string(),
        "registry": format!("0x{registry}"),
        "network": field::to_hex(&parts.network.to_field()),
        "fence": field::to_hex(&parts.fence.to_field()),
        "low": parts.low.to_string(),
        "high": parts.high.to_string(),
        "maxAccuracyMm": parts.max_accuracy_mm,
        "origin": parts.epoch_origin.get().to_string(),
        "length": parts.epoch_length_ms.to_string(),
        "k": parts.k,
        "schema": parts.schema,
        "channel": parts.channel,
        "deviceClass": parts.device_class.map_or(1 << 16, u32::from),
        "outputs": parts.outputs.flags(),
        "id": field::to_hex(&policy.id().to_field()),
    })
}
