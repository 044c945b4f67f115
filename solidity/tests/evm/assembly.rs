//! Bytecode by hand, and what it costs.

use ark_bn254::g2::{G2_GENERATOR_X, G2_GENERATOR_Y};
use ark_ff::{BigInteger, PrimeField};
use zksensor_solidity::evm::{Address, Chain, Evm, EvmError, Receipt};

pub(crate) const ADD: u8 = 0x01;
pub(crate) const CHAINID: u8 = 0x46;
pub(crate) const TIMESTAMP: u8 = 0x42;
pub(crate) const CALLDATASIZE: u8 = 0x36;
pub(crate) const CALLDATACOPY: u8 = 0x37;
pub(crate) const CODECOPY: u8 = 0x39;
pub(crate) const RETURNDATASIZE: u8 = 0x3d;
pub(crate) const POP: u8 = 0x50;
pub(crate) const MSTORE: u8 = 0x52;
pub(crate) const SLOAD: u8 = 0x54;
pub(crate) const SSTORE: u8 = 0x55;
pub(crate) const JUMP: u8 = 0x56;
pub(crate) const GAS: u8 = 0x5a;
pub(crate) const JUMPDEST: u8 = 0x5b;
pub(crate) const TLOAD: u8 = 0x5c;
pub(crate) const TSTORE: u8 = 0x5d;
pub(crate) const MCOPY: u8 = 0x5e;
pub(crate) const PUSH0: u8 = 0x5f;
pub(crate) const PUSH1: u8 = 0x60;
pub(crate) const PUSH2: u8 = 0x61;
pub(crate) const PUSH3: u8 = 0x62;
pub(crate) const DUP1: u8 = 0x80;
pub(crate) const LOG1: u8 = 0xa1;
pub(crate) const RETURN: u8 = 0xf3;
pub(crate) const STATICCALL: u8 = 0xfa;
pub(crate) const REVERT: u8 = 0xfd;

/// What the two schedules charge, as PIP-88 and the EIPs list it.
pub(crate) struct Schedule {
    pub(crate) ecadd: u64,
    pub(crate) ecmul: u64,
    pub(crate) pairing: u64,
    pub(crate) pair: u64,
    pub(crate) cold_sload: u64,
    pub(crate) cold_sstore: u64,
    pub(crate) clear_refund: u64,
}

pub(crate) const ETHEREUM: Schedule = Schedule {
    ecadd: 150,
    ecmul: 6_000,
    pairing: 45_000,
    pair: 34_000,
    cold_sload: 2_100,
    cold_sstore: 2_100,
    clear_refund: 4_800,
};
pub(crate) const POLYGON: Schedule = Schedule {
    ecadd: 540,
    ecmul: 12_600,
    pairing: 67_500,
    pair: 51_000,
    cold_sload: 5_460,
    cold_sstore: 2_940,
    clear_refund: 3_960,
};

pub(crate) fn schedule(chain: Chain) -> Schedule {
    if !chain.is_polygon() { ETHEREUM } else { POLYGON }
}

/// Gas of a call without data before its first operation.
pub(crate) const BASE: u64 = 21_000;

/// Gas of `words` words of memory.
pub(crate) fn memory(words: u64) -> u64 {
    3 * words + words * words / 512
}

/// The data's share of the base (EIP-2028) and the floor of the whole transaction (EIP-7623).
pub(crate) fn calldata(data: &[u8]) -> (u64, u64) {
    let tokens = data.iter().map(|&byte| if byte == 0 { 1 } else { 4 }).sum::<u64>();
    (4 * tokens, BASE + 10 * tokens)
}

/// Init code that runs `before` and then deploys `code`.
pub(crate) fn init(before: &[u8], code: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(code.len()).expect("the tests' code is short").to_be_bytes();
    let offset = u8::try_from(before.len() + 12).expect("the tests' constructors are short");
    let copy = [PUSH2, high, low, DUP1, PUSH1, offset, PUSH1, 0, CODECOPY, PUSH1, 0, RETURN];
    [before, &copy, code].concat()
}

pub(crate) fn deploy(evm: &mut Evm, code: &[u8]) -> Address {
    evm.deploy(&init(&[], code)).expect("the code is small and does not begin with 0xef").address
}

/// Deploys `code` on a fresh chain, with `slot 2 = 7`, and calls it once.
pub(crate) fn run(chain: Chain, code: &[u8], data: &[u8]) -> Result<Receipt, EvmError> {
    let mut evm = Evm::new(chain);
    let init_code = init(&[PUSH1, 7, PUSH1, 2, SSTORE], code);
    let at = evm.deploy(&init_code).expect("the code is small and does not begin with 0xef").address;
    evm.call(&at, data)
}

/// Copies the calldata to memory, calls `address` with its first `length` bytes for at most 64 bytes of answer placed
/// after two words, and returns: success, size of the answer, and two words that the answer overwrote as far as it goes.
pub(crate) fn forward(address: u16, length: u16) -> Vec<u8> {
    let [a, b] = address.to_be_bytes();
    let [high, low] = length.to_be_bytes();
    let mut code = vec![CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY];
    code.extend([PUSH1, 64, PUSH1, 64, PUSH2, high, low, PUSH0, PUSH2, a, b, GAS, STATICCALL]);
    code.extend([PUSH0, MSTORE, RETURNDATASIZE, PUSH1, 32, MSTORE, PUSH1, 128, PUSH0, RETURN]);
    code
}

/// Gas of a call of `forward` where the called address costs `callee` with the access to it.
pub(crate) fn forward_gas(length: u64, data: &[u8], callee: u64) -> u64 {
    // CALLDATASIZE 2, PUSH0 2 + 2, CALLDATACOPY 3 and 3 for each word.
    let copy = 2 + 2 + 2 + 3 + 3 * (data.len() as u64).div_ceil(32);
    // PUSH1 3 + 3, PUSH2 3, PUSH0 2, PUSH2 3, GAS 2; PUSH0 2, MSTORE 3, RETURNDATASIZE 2, PUSH1 3, MSTORE 3, PUSH1 3,
    // PUSH0 2.
    let rest = 16 + 18;
    let words = (length.max(128)).div_ceil(32);
    let (price, floor) = calldata(data);
    (BASE + price + copy + rest + memory(words) + callee).max(floor)
}

pub(crate) fn word(value: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&value.to_be_bytes());
    word
}

pub(crate) fn words(output: &[u8]) -> Vec<[u8; 32]> {
    output.chunks_exact(32).map(|chunk| chunk.try_into().expect("chunks of 32 bytes")).collect()
}

pub(crate) fn bytes(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    let byte = |i: usize| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).expect("hexadecimal digits");
    (0..digits.len() / 2).map(byte).collect()
}

/// The generators of G1, (1, 2), and of G2 in the order of EIP-197: the imaginary part first.
pub(crate) fn generators() -> (Vec<u8>, Vec<u8>) {
    let g1 = [word(1), word(2)].concat();
    let (x, y) = (G2_GENERATOR_X, G2_GENERATOR_Y);
    let g2 = [x.c1, x.c0, y.c1, y.c0].map(|field| field.into_bigint().to_bytes_be()).concat();
    (g1, g2)
}
