//! Chains whose precompiles are missing, or answer what they must not: nothing is accepted there.

use revm::context::{CfgEnv, Context, TxEnv};
use revm::context_interface::result::ExecutionResult;
use revm::database::{CacheDB, EmptyDB};
use revm::handler::EthPrecompiles;
use revm::precompile::{
    EthPrecompileOutput, EthPrecompileResult, Precompile, PrecompileHalt, PrecompileId, Precompiles,
    eth_precompile_fn,
};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, Bytes, TxKind};
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteEvm, MainBuilder, MainContext};
use zksensor_solidity::Revert;
use zksensor_solidity::evm::{Chain, Evm};

use crate::scene::{Deployed, Scene};

/// Addresses and the bytes that each answers: a power, a sum, a product, a pairing.
const PRECOMPILES: [(u64, usize); 4] = [(5, 32), (6, 64), (7, 64), (8, 32)];

/// Answers that come first: none, a failure, nothing, a byte less, a byte more.
const OF_NO_LENGTH: usize = 5;

fn answer(size: usize, last: u8) -> EthPrecompileResult {
    let mut bytes = vec![0; size];
    if let Some(byte) = bytes.last_mut() {
        *byte = last;
    }
    Ok(EthPrecompileOutput::new(0, bytes.into()))
}

eth_precompile_fn!(fails, |_input, _gas| Err(PrecompileHalt::OutOfGas));
eth_precompile_fn!(nothing, |_input, _gas| answer(0, 0));
eth_precompile_fn!(short_32, |_input, _gas| answer(31, 1));
eth_precompile_fn!(short_64, |_input, _gas| answer(63, 1));
eth_precompile_fn!(long_32, |_input, _gas| answer(33, 1));
eth_precompile_fn!(long_64, |_input, _gas| answer(65, 1));
eth_precompile_fn!(zero_32, |_input, _gas| answer(32, 0));
eth_precompile_fn!(zero_64, |_input, _gas| answer(64, 0));
eth_precompile_fn!(two_32, |_input, _gas| answer(32, 2));
eth_precompile_fn!(two_64, |_input, _gas| answer(64, 2));
eth_precompile_fn!(echo_32, |input, _gas| Ok(EthPrecompileOutput::new(0, input[..32].to_vec().into())));
eth_precompile_fn!(echo_64, |input, _gas| Ok(EthPrecompileOutput::new(0, input[..64].to_vec().into())));

/// What the call gives where these are the precompiles.
fn call(accounts: &CacheDB<EmptyDB>, to: Address, data: &[u8], precompiles: Precompiles) -> ExecutionResult {
    let config = CfgEnv::new_with_spec(SpecId::CANCUN).with_chain_id(Chain::Amoy.id());
    let mut machine = Context::mainnet().with_db(accounts.clone()).with_cfg(config).build_mainnet();
    let precompiles: &'static Precompiles = Box::leak(Box::new(precompiles));
    machine.precompiles = EthPrecompiles { precompiles, spec: SpecId::CANCUN };
    let transaction = TxEnv {
        kind: TxKind::Call(to),
        data: Bytes::copy_from_slice(data),
        gas_limit: 3_000_000,
        gas_price: 0,
        chain_id: Some(Chain::Amoy.id()),
        ..TxEnv::default()
    };
    machine.transact(transaction).unwrap().result
}

#[test]
fn answers_of_precompiles_are_as_long_as_they_must_be() {
    let scene = Scene::reading();
    let mut deployed = Deployed::on(Evm::new(Chain::Amoy), scene);
    let (proof, words) = &scene.proofs[0];
    let data = zksensor_solidity::calldata::verify_bytes(proof.as_bytes(), words);
    let to = Address::from(deployed.address.0);
    let key = Address::from_slice(&crate::scene::view(&mut deployed, "KEY()")[12..]);
    let mut accounts = CacheDB::new(EmptyDB::default());
    for at in [to, key] {
        let code = deployed.evm.code(&zksensor_solidity::evm::Address(at.into()));
        accounts.insert_account_info(at, AccountInfo::from_bytecode(Bytecode::new_raw(code.into())));
    }
    let cancun = || {
        let mut all = Precompiles::default();
        all.extend(Precompiles::cancun().inner().values().cloned());
        all
    };
    assert!(call(&accounts, to, &data, cancun()).is_success(), "with the precompiles as they are");

    let mut refused = 0;
    for (address, size) in PRECOMPILES {
        let answers = match size {
            32 => [fails, nothing, short_32, long_32, zero_32, two_32, echo_32],
            _ => [fails, nothing, short_64, long_64, zero_64, two_64, echo_64],
        };
        let at = revm::precompile::u64_to_address(address);
        let mut missing = Precompiles::default();
        missing.extend(Precompiles::cancun().inner().values().filter(|p| *p.address() != at).cloned());
        let altered = answers.map(|other| {
            let mut all = cancun();
            all.extend([Precompile::new(PrecompileId::custom("altered"), at, other)]);
            all
        });
        for (index, precompiles) in [missing].into_iter().chain(altered).enumerate() {
            let result = call(&accounts, to, &data, precompiles);
            let ExecutionResult::Revert { output, .. } = result else {
                panic!("answer {index} of precompile {address}: {result:?}");
            };
            let refusal = Revert::decode(&output);
            // No answer, and none of its length, is refused for what it is, whatever lies in memory behind it.
            let wanted: &[&str] =
                if index < OF_NO_LENGTH { &["PairingRefused"] } else { &["PairingRefused", "ProofRejected"] };
            assert!(
                refusal.name().is_some_and(|name| wanted.contains(&name)),
                "answer {index} of precompile {address}: {refusal}, wanted {wanted:?}"
            );
            refused += 1;
        }
    }
    assert_eq!(refused, 32);
    assert!(!call(&accounts, to, &data, Precompiles::default()).is_success(), "without any");
}
