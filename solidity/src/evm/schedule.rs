//! What each chain charges and what it lacks. Ethereum's rules are revm's own (Osaka); Polygon's differ by PIP-88,
//! PIP-30, a transaction's gas cap, and the blob operations that Polygon never had.

use std::sync::OnceLock;

use revm::bytecode::opcode;
use revm::context::{BlockEnv, CfgEnv, Context};
use revm::context_interface::cfg::{GasId, GasParams};
use revm::database::{CacheDB, EmptyDB};
use revm::handler::{EthPrecompiles, MainnetContext};
use revm::interpreter::Instruction;
use revm::precompile::bls12_381::{g1_add, g1_msm, g2_add, g2_msm, map_fp_to_g1, map_fp2_to_g2, pairing};
use revm::precompile::bls12_381_utils::msm_required_gas;
use revm::precompile::{
    EthPrecompileOutput, EthPrecompileResult, Precompile, PrecompileHalt, PrecompileId, Precompiles, blake2,
    bls12_381_const, bn254, eth_precompile_fn, kzg_point_evaluation,
};
use revm::primitives::U256;
use revm::primitives::hardfork::SpecId;
use revm::{MainBuilder, MainContext, MainnetEvm};

use super::Chain;

/// The accounts of a chain in memory.
pub(super) type Accounts = CacheDB<EmptyDB>;

/// revm over the accounts of a chain.
pub(super) type Machine<'a> = MainnetEvm<MainnetContext<&'a mut Accounts>>;

/// Gas of a whole block. It has room for any transaction; `block.gaslimit` reads it.
const BLOCK_GAS: u64 = 60_000_000;

/// revm with the rules of `chain`, in block `number` at `time` seconds since 1970. Gas costs nothing.
pub(super) fn machine(chain: Chain, accounts: &mut Accounts, number: u64, time: u64) -> Machine<'_> {
    let mut config = CfgEnv::new_with_spec(SpecId::OSAKA).with_chain_id(chain.id());
    config.tx_gas_limit_cap = Some(chain.transaction_gas_cap());
    config.limit_contract_code_size = Some(chain.code_limit());
    config.limit_contract_initcode_size = Some(chain.init_code_limit());
    if chain.is_polygon() {
        config.set_gas_params(polygon_gas());
    }
    let block = BlockEnv {
        number: U256::from(number),
        timestamp: U256::from(time),
        gas_limit: BLOCK_GAS,
        basefee: 0,
        ..BlockEnv::default()
    };
    let mut machine = Context::mainnet().with_db(accounts).with_cfg(config).with_block(block).build_mainnet();
    if chain.is_polygon() {
        machine.precompiles = EthPrecompiles { precompiles: polygon_precompiles(), spec: SpecId::OSAKA };
        for absent in [opcode::BLOBHASH, opcode::BLOBBASEFEE] {
            machine.instruction.insert_instruction(absent, Instruction::unknown(), 0);
        }
    }
    machine
}

const WARM_STORAGE_READ: u64 = 100;
const COLD_SLOAD: u64 = 5_460;
const COLD_SSTORE: u64 = 2_940;
const SSTORE_RESET: u64 = 5_000;
const ACCESS_LIST_STORAGE_KEY: u64 = 1_900;

/// Ethereum's prices with PIP-88's of storage. The rule kept by the PIP: a cold write to a used slot costs
/// `SSTORE_RESET` in all.
fn polygon_gas() -> GasParams {
    let mut gas = GasParams::new_spec(SpecId::OSAKA);
    gas.override_gas([
        (GasId::cold_storage_additional_cost(), COLD_SLOAD - WARM_STORAGE_READ),
        (GasId::cold_storage_cost(), COLD_SSTORE),
        (GasId::sstore_reset_without_cold_load_cost(), SSTORE_RESET - COLD_SSTORE - WARM_STORAGE_READ),
        (GasId::sstore_reset_refund(), SSTORE_RESET - COLD_SSTORE - WARM_STORAGE_READ),
        (GasId::sstore_clearing_slot_refund(), SSTORE_RESET - COLD_SSTORE + ACCESS_LIST_STORAGE_KEY),
    ]);
    gas
}

/// Ethereum's precompiled contracts without the point evaluation of blobs, those of PIP-88 at its prices.
fn polygon_precompiles() -> &'static Precompiles {
    static POLYGON: OnceLock<Precompiles> = OnceLock::new();
    POLYGON.get_or_init(|| {
        let mut precompiles = Precompiles::default();
        let ethereum = Precompiles::osaka().inner().values();
        precompiles
            .extend(ethereum.filter(|known| *known.address() != kzg_point_evaluation::ADDRESS).cloned());
        precompiles.extend([
            Precompile::new(PrecompileId::Bn254Add, bn254::add::ADDRESS, bn254_add),
            Precompile::new(PrecompileId::Bn254Mul, bn254::mul::ADDRESS, bn254_mul),
            Precompile::new(PrecompileId::Bn254Pairing, bn254::pair::ADDRESS, bn254_pairing),
            Precompile::new(PrecompileId::Blake2F, *blake2::FUN.address(), blake2f),
            Precompile::new(PrecompileId::Bls12G1Add, bls12_381_const::G1_ADD_ADDRESS, bls_g1_add),
            Precompile::new(PrecompileId::Bls12G1Msm, bls12_381_const::G1_MSM_ADDRESS, bls_g1_msm),
            Precompile::new(PrecompileId::Bls12G2Add, bls12_381_const::G2_ADD_ADDRESS, bls_g2_add),
            Precompile::new(PrecompileId::Bls12G2Msm, bls12_381_const::G2_MSM_ADDRESS, bls_g2_msm),
            Precompile::new(PrecompileId::Bls12Pairing, bls12_381_const::PAIRING_ADDRESS, bls_pairing),
            Precompile::new(PrecompileId::Bls12MapFpToGp1, bls12_381_const::MAP_FP_TO_G1_ADDRESS, bls_map_g1),
            Precompile::new(
                PrecompileId::Bls12MapFp2ToGp2,
                bls12_381_const::MAP_FP2_TO_G2_ADDRESS,
                bls_map_g2,
            ),
        ]);
        precompiles
    })
}

eth_precompile_fn!(bn254_add, |input, gas| bn254::run_add(input, 540, gas));
eth_precompile_fn!(bn254_mul, |input, gas| bn254::run_mul(input, 12_600, gas));
eth_precompile_fn!(bn254_pairing, |input, gas| bn254::run_pair(input, 51_000, 67_500, gas));
eth_precompile_fn!(blake2f, |input, gas| {
    let rounds = input.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    repriced(blake2::run, 22 * u64::from(rounds), input, gas)
});
eth_precompile_fn!(bls_g1_add, |input, gas| repriced(g1_add::g1_add, 1_050, input, gas));
eth_precompile_fn!(bls_g1_msm, |input, gas| {
    let pairs = input.len() / bls12_381_const::G1_MSM_INPUT_LENGTH;
    let cost = msm_required_gas(pairs, &bls12_381_const::DISCOUNT_TABLE_G1_MSM, 73_200);
    repriced(g1_msm::g1_msm, cost, input, gas)
});
eth_precompile_fn!(bls_g2_add, |input, gas| repriced(g2_add::g2_add, 1_620, input, gas));
eth_precompile_fn!(bls_g2_msm, |input, gas| {
    let pairs = input.len() / bls12_381_const::G2_MSM_INPUT_LENGTH;
    let cost = msm_required_gas(pairs, &bls12_381_const::DISCOUNT_TABLE_G2_MSM, 144_000);
    repriced(g2_msm::g2_msm, cost, input, gas)
});
eth_precompile_fn!(bls_pairing, |input, gas| {
    let pairs = input.len() / bls12_381_const::PAIRING_INPUT_LENGTH;
    repriced(pairing::pairing, 109_330 + 94_540 * pairs as u64, input, gas)
});
eth_precompile_fn!(bls_map_g1, |input, gas| repriced(map_fp_to_g1::map_fp_to_g1, 15_400, input, gas));
eth_precompile_fn!(bls_map_g2, |input, gas| repriced(map_fp2_to_g2::map_fp2_to_g2, 66_640, input, gas));

/// What `original` gives, for `cost` instead of its own price.
fn repriced(
    original: fn(&[u8], u64) -> EthPrecompileResult,
    cost: u64,
    input: &[u8],
    gas: u64,
) -> EthPrecompileResult {
    if cost > gas {
        return Err(PrecompileHalt::OutOfGas);
    }
    original(input, u64::MAX).map(|output| EthPrecompileOutput::new(cost, output.bytes))
}
