//! Somebody else who signs.

use std::time::Duration;

use serde_json::json;
use zksensor_chain::{ChainError, Signer};

use crate::liars::{json as answer, server};
use crate::node::ACCOUNTS;
use crate::run;
use crate::sender::{WAITING, outbox_of};
use crate::world::{World, call, node, operator};

#[test]
fn a_signer_elsewhere_signs_what_it_was_asked_for_or_nothing_is_sent() {
    let world = World::get();
    let Some(anvil) = world.on_chain("remote signer", 1) else { return };
    anvil.at(17, 0);
    let submission = world.submission(&[&world.five]);
    let patience = Duration::from_secs(5);
    // Signed by the right account, but another transaction: it would pay somebody.
    let other = anvil.ask(
        "eth_signTransaction",
        json!([{
            "from": ACCOUNTS[0], "to": ACCOUNTS[1], "value": "0x1", "gas": "0x5208", "maxFeePerGas": "0x12a05f2000",
            "maxPriorityFeePerGas": "0x5d21dba00", "nonce": "0x63", "chainId": "0x13882", "type": "0x2",
        }]),
    );
    let url = server(move |stream, _| answer(stream, &json!({ "result": other }).to_string()));
    run(async {
        let liar = Signer::remote(&url, operator(), patience).unwrap();
        let planned = call(&node(&anvil), &submission).await;
        let (outbox, ..) = outbox_of(&anvil, liar, WAITING).await.unwrap();
        let error = outbox.submit(&submission, &planned).await.unwrap_err();
        assert!(matches!(error, ChainError::Signature { .. }), "{error}");
        drop(outbox);
        // anvil has the keys of its accounts, and signs as Web3Signer does.
        let signer = Signer::remote(&anvil.url, operator(), patience).unwrap();
        let (outbox, ..) = outbox_of(&anvil, signer, WAITING).await.unwrap();
        outbox.submit(&submission, &planned).await.unwrap().unwrap();
        assert_eq!(outbox.node().plan(&submission).await.unwrap().call, None);
    });
}
