//! A contract that pays as a feed answers: once, and not before the answer is one.

use serde_json::json;
use zksensor::solidity::feed::{CoverSetup, aggregates, cover};
use zksensor::solidity::{Address, create2};
use zksensor_chain::Call;

use crate::node::{ACCOUNTS, Anvil};
use crate::run;
use crate::scene::Scene;
use crate::town::K;
use crate::world::{SALT, World, node, operator, shown};

/// What is paid, in wei.
const PAYMENT: u128 = 1_000_000;
/// Seconds until what nobody can answer goes back.
const GRACE_S: u64 = 3600;
const INSURED: Address = Address([0xa6; 20]);
const INSURER: Address = Address([0xa7; 20]);

fn cover_of(epoch: u32, threshold: i64) -> CoverSetup {
    CoverSetup {
        feed: World::get().address("feed"),
        epoch,
        threshold,
        min_count: K as u32,
        grace_s: GRACE_S,
        insured: INSURED,
        insurer: INSURER,
    }
}

/// Deploys it with what it is to pay.
fn insure(anvil: &Anvil, epoch: u32, threshold: i64) -> Address {
    let init_code = cover_of(epoch, threshold).init_code();
    anvil.pay(ACCOUNTS[0], &create2::FACTORY.to_string(), &[&SALT[..], &init_code].concat(), PAYMENT);
    create2::address(&SALT, &init_code)
}

fn balance(anvil: &Anvil, of: &Address) -> u128 {
    let answer = anvil.ask("eth_getBalance", json!([of.to_string(), "latest"]));
    u128::from_str_radix(answer.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[test]
fn a_cover_pays_once_and_as_the_hour_was() {
    let world = World::get();
    let Some(anvil) = world.on_chain("cover", 1) else { return };
    // The five measured 20.2 degrees.
    let (warm, cold) = (insure(&anvil, 0, 2_000), insure(&anvil, 0, 2_100));
    let unanswered = insure(&anvil, 1, 2_000);
    assert_eq!([warm, cold, unanswered].map(|cover| balance(&anvil, &cover)), [PAYMENT; 3]);
    anvil.at(17, 0);
    let scene = Scene { world, node: node(&anvil), anvil };
    let anvil = &scene.anvil;
    let paid = || [INSURED, INSURER].map(|of| balance(anvil, &of));
    run(async {
        let begun = [&SALT[..], &cover_of(0, 1_900).init_code()].concat();
        let call = Call { what: "a cover".to_owned(), to: create2::FACTORY, data: begun };
        assert!(scene.preview(&call).await.is_err(), "an hour that has begun is not insured");
        let proof = &world.five.proof;
        let submit = aggregates::submit(&world.key_id, proof, &shown(&world.five), &operator(), 0);
        scene.send(&scene.feed(), &submit);
        // An hour that is open has a mean, which may still change.
        assert_eq!(scene.refusal(warm, cover::settle()).await, "TooEarly");
        assert_eq!(scene.refusal(warm, cover::refund()).await, "TooEarly");

        anvil.at(18, 0);
        assert_eq!(scene.refusal(unanswered, cover::settle()).await, "TooEarly");
        scene.send(&warm, &cover::settle());
        assert_eq!(paid(), [PAYMENT, 0], "above the threshold");
        scene.send(&cold, &cover::settle());
        assert_eq!(paid(), [PAYMENT, PAYMENT], "below it");
        for settled in [warm, cold] {
            assert_eq!(scene.refusal(settled, cover::settle()).await, "IsSettled");
            assert_eq!(scene.refusal(settled, cover::refund()).await, "IsSettled");
        }

        // The second hour is over, and nothing came.
        anvil.at(19, 0);
        assert_eq!(scene.refusal(unanswered, cover::settle()).await, "NoAnswer");
        assert_eq!(scene.refusal(unanswered, cover::refund()).await, "TooEarly");
        anvil.at(20, 0);
        scene.send(&unanswered, &cover::refund());
        assert_eq!(paid(), [PAYMENT, 2 * PAYMENT]);
        assert_eq!(scene.refusal(unanswered, cover::refund()).await, "IsSettled");
    });
}
