//! As many submissions as a block of Polygon takes.

use serde_json::{Value, json};
use zksensor::circuits::statement::Claim;
use zksensor::model::hex;
use zksensor::solidity::create2;
use zksensor::solidity::feed::{FeedSetup, PolicyTerms, StateContract, aggregates};
use zksensor_chain::{Claimed, Part, Proven};

use crate::node::ACCOUNTS;
use crate::run;
use crate::town::{CHUNK_BITS, K, MOST, Wanted};
use crate::world::{SALT, World, node, operator, shown};

/// Feeds of the town's policy. Each takes two aggregates of each of two chunks: five stations, and in their place ten.
const FEEDS: usize = 13;
const COUNTS: [usize; 2] = [K, MOST];
const SUBMISSIONS: usize = 50;
/// Gas of a block.
const BLOCK: u64 = 33_500_000;
/// Most of a submission.
const EACH: u64 = 600_000;

fn feed(world: &World, number: usize) -> Part {
    let (router, registry) = (world.address("router"), world.address("registry"));
    let setup = FeedSetup {
        router,
        registry,
        owner: operator(),
        guardian: operator(),
        window_ms: 3_600_000,
        min_count: K as u32,
        chunk_bits: CHUNK_BITS,
        decimals: 2,
        terms: PolicyTerms::of(world.town.policy.model()).unwrap(),
        description: format!("Temperature of a town, {number}"),
    };
    let contract = StateContract::AggregateFeed;
    let (init_code, artifact) = (setup.init_code(), contract.artifact());
    Part { name: "feed", contract: contract.name().to_owned(), init_code, artifact, code_hash: None }
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[test]
fn fifty_submissions_are_in_one_block() {
    let world = World::get();
    let Some(anvil) = world.on_chain("crowd", 1) else { return };
    let feeds: Vec<Part> = (0..FEEDS).map(|number| feed(world, number)).collect();
    for feed in &feeds {
        anvil.send(ACCOUNTS[0], &create2::FACTORY.to_string(), &feed.call(&SALT).data);
        let grant = aggregates::set_aggregator(&operator(), 0, u32::MAX);
        anvil.send(ACCOUNTS[0], &feed.address(&SALT).to_string(), &grant);
    }
    let prove = |feed: &Part, chunk: usize, count: usize| {
        let devices = &world.town.chunks[chunk][..count];
        let (registry, feed) = (&world.town.registry, feed.address(&SALT));
        let wanted = Wanted { registry, devices, epoch: 0, degrees: 20, feed, recipient: operator() };
        let (proof, inputs) = world.town.prove(&wanted).unwrap();
        Proven { statement: world.town.prover.statement().id(), proof, inputs: Claimed::Aggregate(inputs) }
    };
    let each = |feed| {
        let aggregates = (0..2).flat_map(|chunk| COUNTS.map(|count| (chunk, count)));
        aggregates.map(move |(chunk, count)| (feed, prove(feed, chunk, count)))
    };
    let proven: Vec<(&Part, Proven)> = feeds.iter().flat_map(each).take(SUBMISSIONS).collect();
    assert_eq!(proven.len(), SUBMISSIONS);

    anvil.at(17, 0);
    anvil.ask("evm_setBlockGasLimit", json!([format!("{BLOCK:#x}")]));
    anvil.settle();
    anvil.mine(false);
    let first = number(&anvil.ask("eth_getTransactionCount", json!([ACCOUNTS[0], "latest"])));
    let sent: Vec<Value> = (first..)
        .zip(&proven)
        .map(|(nonce, (feed, one))| {
            let data = aggregates::submit(&world.key_id, &one.proof, &shown(one), &operator(), 0);
            let call = json!({
                "from": ACCOUNTS[0], "to": feed.address(&SALT).to_string(), "data": hex::encode(&data),
                "gas": format!("{EACH:#x}"), "nonce": format!("{nonce:#x}"),
            });
            anvil.ask("eth_sendTransaction", json!([call]))
        })
        .collect();
    anvil.ask("evm_mine", json!([]));
    let block = anvil.ask("eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(block["transactions"].as_array(), Some(&sent), "all of them, in their order");
    assert!(number(&block["gasUsed"]) < BLOCK, "{}", block["gasUsed"]);
    for hash in &sent {
        assert_eq!(anvil.ask("eth_getTransactionReceipt", json!([hash]))["status"], "0x1");
    }
    run(async {
        for feed in &feeds[..SUBMISSIONS / 4] {
            let state = node(&anvil).feed(&feed.address(&SALT), 3).await.unwrap();
            let round = state.epochs.iter().find(|epoch| epoch.epoch == 0).unwrap().round;
            assert_eq!((round.count, round.chunks), (2 * MOST as u32, 2));
        }
    });
}
