//! A network where nothing is.

use serde_json::json;
use zksensor::solidity::{Address, Revert, create2};
use zksensor_chain::{Blueprint, ChainError, Limits};

use crate::node::Anvil;
use crate::run;
use crate::sender::{WAITING, outbox};
use crate::world::{CHAIN, LIMITS, SALT, World, node, operator, shown};

#[test]
fn everything_is_deployed_to_where_it_was_said_once() {
    let world = World::get();
    let Some(anvil) = Anvil::start("deploy", 1) else { return };
    let blueprint = world.blueprint();
    let parts = blueprint.parts().unwrap();
    assert_eq!(parts[..4], world.parts[..], "what the library plans is what the crate underneath makes");
    run(async {
        let node = node(&anvil);
        let survey = |limits: Limits| {
            let (node, parts) = (&node, &parts);
            async move { node.survey(CHAIN, &SALT, parts, &operator(), &limits).await }
        };
        let before = survey(LIMITS).await.unwrap();
        assert!(
            before
                .iter()
                .all(|state| !state.is_there && state.preview.is_some_and(|preview| preview.gas > 400_000))
        );
        let cheap = Limits { cost: zksensor_chain::Coins(1000), ..LIMITS };
        assert!(matches!(survey(cheap).await, Err(ChainError::TooDear { .. })));

        let (outbox, ..) = outbox(&anvil, 0, WAITING).await.unwrap();
        for (part, state) in parts.iter().zip(&before) {
            let sent = outbox.deploy(&SALT, part).await.unwrap().unwrap();
            let estimate = state.preview.unwrap().gas;
            assert!(
                sent.gas <= estimate && sent.gas > estimate / 2,
                "{}: {} of {estimate}",
                part.name,
                sent.gas
            );
            assert_eq!(outbox.deploy(&SALT, part).await.unwrap(), None);
        }
        let after = survey(LIMITS).await.unwrap();
        for (before, after) in before.iter().zip(&after) {
            assert!(after.is_there && after.preview.is_none());
            assert_eq!((after.address, after.code_hash), (before.address, before.code_hash));
        }

        let calls = node.owner_calls(&blueprint, &parts).await.unwrap();
        assert_eq!(calls.len(), 2, "{calls:?}");
        for call in &calls {
            outbox.send(call).await.unwrap();
        }
        assert_eq!(node.owner_calls(&blueprint, &parts).await.unwrap(), vec![]);
        let (proof, words) = (
            &world.five.proof,
            zksensor::model::layout::PublicInputs::to_words(&shown(&world.five)).unwrap(),
        );
        node.check_verifier(&after[0].address, proof, &words).await.unwrap();
        let error = node.check_verifier(&after[2].address, proof, &words).await.unwrap_err();
        assert!(matches!(error, ChainError::View { .. }), "{error}");
        let state = node.feed(&after[3].address, 1).await.unwrap();
        assert_eq!((state.terms.decimals, state.roles.owner, state.roles.timelock_s), (2, operator(), None));
    });
}

#[test]
fn a_chain_without_the_factory_and_other_code_are_refused() {
    let world = World::get();
    let Some(anvil) = world.without_posts("other code", 1) else { return };
    let parts = world.blueprint().parts().unwrap();
    let survey = || run(node(&anvil).survey(CHAIN, &SALT, &parts, &operator(), &LIMITS));
    survey().unwrap();
    let set_code = |at: &Address, code: &str| anvil.ask("anvil_setCode", json!([at.to_string(), code]));
    set_code(&parts[2].address(&SALT), "0x6001");
    assert!(matches!(survey(), Err(ChainError::Lie { .. })));
    set_code(&create2::FACTORY, "0x6001");
    assert!(matches!(survey(), Err(ChainError::Lie { .. })));
    set_code(&create2::FACTORY, "0x");
    assert!(matches!(survey(), Err(ChainError::NoCode { at: create2::FACTORY, .. })));
}

/// Changes the feed of it.
fn plan(blueprint: &mut Blueprint, change: fn(&mut zksensor_chain::FeedPlan)) {
    change(blueprint.feed.as_mut().unwrap());
}

/// A change of what is to be deployed.
type Change = dyn Fn(&mut Blueprint);

#[test]
fn what_nobody_should_deploy_is_refused_without_a_chain() {
    let good = World::get().blueprint();
    good.parts().unwrap();
    let cases: [(&str, &Change); 8] = [
        ("a key of a ceremony", &|blueprint| blueprint.chain = 137),
        ("an owner", &|blueprint| blueprint.owner = Address([0; 20])),
        ("a policy whose chain_id and registry", &|blueprint| blueprint.delay_s += 1),
        ("a policy whose chain_id and registry", &|blueprint| blueprint.chain = 31_337),
        ("a window no longer", &|blueprint| plan(blueprint, |plan| plan.window_ms += 1)),
        ("a window no longer", &|blueprint| plan(blueprint, |plan| plan.window_ms = 0)),
        ("a least count of k", &|blueprint| plan(blueprint, |plan| plan.min_count -= 1)),
        ("chunks of 6, 9", &|blueprint| plan(blueprint, |plan| plan.chunk_bits = 7)),
    ];
    for (wanted, change) in cases {
        let mut blueprint = good.clone();
        change(&mut blueprint);
        let error = blueprint.parts().unwrap_err();
        assert!(
            matches!(&error, ChainError::Unfit { wanted: came, .. } if came.starts_with(wanted)),
            "{wanted}: {error}"
        );
    }
}

#[test]
fn on_polygon_a_key_that_one_machine_made_is_refused_by_the_contract_itself() {
    const POLYGON: u64 = 137;
    let world = World::get();
    let Some(anvil) = Anvil::start_as("insecure key", 1, POLYGON) else { return };
    let verifier = world.part("verifier");
    let create = json!({ "data": zksensor::model::hex::encode(&verifier.init_code) });
    let answer = anvil.try_ask("eth_call", json!([create, "latest"]));
    let data = answer["error"]["data"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let revert = Revert::decode(&zksensor::model::hex::decode_all(data).unwrap());
    assert_eq!(revert.name(), Some("InsecureKey"), "{revert}");
    // And so does not come by the factory, either.
    let deploy = verifier.call(&SALT);
    let error = run(node(&anvil).preview(POLYGON, &operator(), &deploy, &LIMITS)).unwrap_err();
    assert!(matches!(error, ChainError::WouldRevert { .. }), "{error}");
}

#[test]
fn on_polygon_the_owner_is_a_timelock_of_three_days() {
    const THREE_DAYS_S: u64 = 3 * 24 * 3600;
    let world = World::get();
    let Some(anvil) = Anvil::start("timelock", 1) else { return };
    let timelock = Address([0x7e; 20]);
    // A contract that answers every question with one number.
    let answering = |seconds: u64| format!("0x7f{seconds:064x}5f5260205ff3");
    let of = |chain, owner| Blueprint { chain, owner, ..world.blueprint() };
    run(async {
        let node = node(&anvil);
        let refused = |error: ChainError| {
            let text = error.to_string();
            assert!(matches!(error, ChainError::Unfit { .. }) && text.contains("three days"), "{text}");
        };
        // An account, nothing at all, and timelocks of less.
        refused(node.check_roles(&of(137, operator())).await.unwrap_err());
        refused(node.check_roles(&of(137, timelock)).await.unwrap_err());
        for (seconds, is_fit) in
            [(0, false), (THREE_DAYS_S - 1, false), (THREE_DAYS_S, true), (u64::MAX, true)]
        {
            anvil.ask("anvil_setCode", json!([timelock.to_string(), answering(seconds)]));
            match node.check_roles(&of(137, timelock)).await {
                Ok(()) => assert!(is_fit, "{seconds} s"),
                Err(error) if !is_fit => refused(error),
                Err(error) => panic!("{seconds} s: {error}"),
            }
        }
        // A test network is whoever's.
        node.check_roles(&of(CHAIN, operator())).await.unwrap();
    });
}
