//! The two gas schedules, the limits and the errors of the EVM, with bytecode assembled by hand. Every gas figure is
//! summed from the schedule (PIP-88, EIP-2929, EIP-3529, EIP-7623), none is copied from a run.

#[path = "evm/assembly.rs"]
mod assembly;

use assembly::*;
use zksensor_solidity::create2;
use zksensor_solidity::evm::{Address, Chain, Evm, EvmError, Halt, Receipt, Revert, Transaction};

const CHAINS: [Chain; 4] = Chain::ALL;

#[test]
fn precompiles_of_bn254_cost_what_the_schedule_says_and_compute() {
    let (g1, g2) = generators();
    let minus_g1 =
        [word(1).to_vec(), bytes("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45")];
    let product = [&g1[..], &g2, &minus_g1.concat(), &g2].concat();
    for chain in CHAINS {
        let Schedule { ecadd, ecmul, pairing, pair, .. } = schedule(chain);
        // Address 6, 7 or 8, its input, its price, how many bytes it answers. A pairing of k pairs at infinity is 1.
        let mut cases = vec![
            (6, [&g1[..], &g1].concat(), ecadd, 64),
            (7, [&g1[..], &word(2)].concat(), ecmul, 64),
            (8, product.clone(), pairing + 2 * pair, 32),
            (8, product[..192].to_vec(), pairing + pair, 32),
        ];
        cases.extend((1..=4).map(|k| (8, vec![0; 192 * k], pairing + k as u64 * pair, 32)));
        let mut answers = Vec::new();
        for (address, input, price, size) in cases {
            let receipt = run(chain, &forward(address, input.len() as u16), &input).unwrap();
            let got = words(&receipt.output);
            assert_eq!(got[..2], [word(1), word(size)], "{chain}: 0x0{address}");
            // 100 for the access to a warm account.
            let expected = forward_gas(input.len() as u64, &input, 100 + price);
            assert_eq!(receipt.gas, expected, "{chain}: 0x0{address}, {} bytes", input.len());
            answers.push((got[2], got[3]));
        }
        assert_eq!(answers[0], answers[1], "{chain}: G + G = 2 G");
        assert_ne!(answers[0].0, [0; 32]);
        let truths: Vec<_> = answers[2..].iter().map(|answer| answer.0).collect();
        assert_eq!(truths, [1, 0, 1, 1, 1, 1].map(word), "{chain}");
    }
}

#[test]
fn the_other_precompiles_of_pip_88_cost_what_it_says() {
    // Address, bytes of input, Ethereum's price, Polygon's. All zeros is valid input: infinity, or the field's zero.
    let table = [
        (0x0b, 256, 375, 1_050),
        (0x0c, 160, 12_000, 73_200),
        // Two pairs, at the discount 949 of 1,000 for G1 and 1,000 for G2.
        (0x0c, 320, 22_776, 138_933),
        (0x0d, 512, 600, 1_620),
        (0x0e, 288, 22_500, 144_000),
        (0x0e, 576, 45_000, 288_000),
        (0x0f, 384, 37_700 + 32_600, 109_330 + 94_540),
        (0x0f, 768, 37_700 + 2 * 32_600, 109_330 + 2 * 94_540),
        (0x10, 64, 5_500, 15_400),
        (0x11, 128, 23_800, 66_640),
    ];
    let mut cases: Vec<_> = table.map(|(at, length, e, p)| (at, vec![0; length], e, p)).into();
    // Blake2's compression of 300 rounds: 1 a round, or 22.
    let mut rounds = vec![0; 213];
    rounds[2..4].copy_from_slice(&300u16.to_be_bytes());
    cases.push((0x09, rounds, 300, 6_600));
    for chain in CHAINS {
        for (address, input, ethereum, polygon) in &cases {
            let price = if !chain.is_polygon() { ethereum } else { polygon };
            let receipt = run(chain, &forward(*address, input.len() as u16), input).unwrap();
            assert_eq!(words(&receipt.output)[0], word(1), "{chain}: 0x{address:02x}");
            let expected = forward_gas(input.len() as u64, input, 100 + price);
            assert_eq!(receipt.gas, expected, "{chain}: 0x{address:02x}, {} bytes", input.len());
        }
    }
}

#[test]
fn storage_costs_what_the_schedule_says() {
    const R: i64 = -1;
    for chain in CHAINS {
        let Schedule { cold_sload, cold_sstore, clear_refund, .. } = schedule(chain);
        let reset = 5_000 - cold_sstore;
        // A code of PUSH1s (3), POPs (2), loads and stores; what they cost; what they give back. Slot 2 holds 7, slot 1
        // nothing.
        let store = |slot, value| [PUSH1, value, PUSH1, slot, SSTORE];
        let load = |slot| [PUSH1, slot, SLOAD, POP];
        let cases: [(&str, Vec<u8>, u64, i64); 12] = [
            ("cold load", load(1).into(), 5 + cold_sload, 0),
            ("cold, then warm load", [load(2), load(2)].concat(), 10 + cold_sload + 100, 0),
            ("set", store(1, 1).into(), 6 + cold_sstore + 20_000, 0),
            ("reset", store(2, 9).into(), 6 + 5_000, 0),
            ("clear", store(2, 0).into(), 6 + 5_000, clear_refund as i64),
            ("keep", store(2, 7).into(), 6 + cold_sstore + 100, 0),
            ("reset after a load", [&load(2)[..], &store(2, 9)].concat(), 5 + cold_sload + 6 + reset, 0),
            ("reset and reset", [store(2, 9), store(2, 8)].concat(), 12 + 5_000 + 100, 0),
            ("reset and back", [store(2, 9), store(2, 7)].concat(), 12 + 5_000 + 100, reset as i64 - 100),
            ("clear and set anew", [store(2, 0), store(2, 5)].concat(), 12 + 5_000 + 100, 0),
            ("clear and back", [store(2, 0), store(2, 7)].concat(), 12 + 5_000 + 100, reset as i64 - 100),
            ("set and back", [store(1, 1), store(1, 0)].concat(), 12 + cold_sstore + 20_100, R),
        ];
        for (name, code, operations, refund) in cases {
            // The refund is at most a fifth of what was spent; 19,900 for a slot set and cleared is above that here.
            let refund = if refund == R { 19_900 } else { refund as u64 };
            let spent = BASE + operations;
            let expected = spent - refund.min(spent / 5);
            assert_eq!(run(chain, &code, &[]).unwrap().gas, expected, "{chain}: {name}");
        }
    }
}

#[test]
fn polygon_has_no_blobs() {
    for chain in CHAINS {
        let receipt = run(chain, &forward(0x0a, 192), &[1; 192]);
        if !chain.is_polygon() {
            // The precompile refuses the input and keeps all the gas it was given: 63 / 64 of the rest.
            let receipt = receipt.unwrap();
            assert_eq!(words(&receipt.output)[..2], [word(0), word(0)]);
            assert!(receipt.gas > chain.transaction_gas_cap() / 64 * 63);
            assert_eq!(
                run(chain, &[PUSH0, 0x49, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN], &[]).unwrap().output,
                [0; 32]
            );
            assert!(run(chain, &[0x4a], &[]).is_ok());
        } else {
            // An account that nobody has touched: 2,600, success, no answer.
            let receipt = receipt.unwrap();
            assert_eq!(words(&receipt.output)[..2], [word(1), word(0)]);
            assert_eq!(receipt.gas, forward_gas(192, &[1; 192], 2_600));
            for code in [&[PUSH0, 0x49][..], &[0x4a]] {
                let gas = chain.transaction_gas_cap();
                assert_eq!(run(chain, code, &[]), Err(EvmError::Halted { gas, reason: Halt::InvalidOpcode }));
            }
        }
    }
}

#[test]
fn p256verify_is_there() {
    // Message hash, r, s, x, y: a signature that holds, from the tests of RIP-7212.
    let signed = bytes(
        "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d
         a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac
         36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60
         4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3
         7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e",
    );
    let mut forged = signed.clone();
    forged[31] ^= 1;
    for chain in CHAINS {
        let receipt = run(chain, &forward(0x100, 160), &signed).unwrap();
        assert_eq!(words(&receipt.output)[..3], [1, 32, 1].map(word), "{chain}");
        assert_eq!(receipt.gas, forward_gas(160, &signed, 100 + 6_900), "{chain}");
        let receipt = run(chain, &forward(0x100, 160), &forged).unwrap();
        assert_eq!(words(&receipt.output)[..2], [1, 0].map(word), "{chain}: forged");
    }
}

#[test]
fn operations_up_to_osaka_are_there() {
    let mut code = vec![PUSH1, 42, PUSH0, TSTORE, PUSH0, TLOAD, PUSH0, MSTORE];
    code.extend([PUSH1, 32, PUSH0, PUSH1, 32, MCOPY, PUSH1, 32, PUSH1, 32, RETURN]);
    // PUSH1 3, PUSH0 2, TSTORE 100, PUSH0 2, TLOAD 100, PUSH0 2, MSTORE 3, PUSH1 3, PUSH0 2, PUSH1 3, MCOPY 3 and 3 a
    // word, PUSH1 3 + 3, two words of memory.
    let operations = 3 + 2 + 100 + 2 + 100 + 2 + 3 + 3 + 2 + 3 + 6 + 6 + memory(2);
    // CLZ of 1 is 255.
    let leading_zeros = [PUSH1, 1, 0x1e, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN];
    for chain in CHAINS {
        let receipt = run(chain, &code, &[]).unwrap();
        assert_eq!(
            receipt,
            Receipt { gas: BASE + operations, output: word(42).into(), logs: vec![] },
            "{chain}"
        );
        assert_eq!(run(chain, &leading_zeros, &[]).unwrap().output, word(255), "{chain}");
    }
}

#[test]
fn a_contract_sees_its_chain_and_the_time_that_was_set() {
    for (chain, id) in
        [(Chain::Polygon, 137), (Chain::Amoy, 80_002), (Chain::Ethereum, 1), (Chain::Sepolia, 11_155_111)]
    {
        assert_eq!(chain.id(), id);
        let mut evm = Evm::new(chain);
        let chain_id = deploy(&mut evm, &[CHAINID, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN]);
        assert_eq!(evm.call(&chain_id, &[]).unwrap().output, word(id));
        let time = deploy(&mut evm, &[TIMESTAMP, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN]);
        assert_eq!(evm.call(&time, &[]).unwrap().output, word(Evm::START));
        evm.set_time(1_900_000_000);
        assert_eq!(evm.call(&time, &[]).unwrap().output, word(1_900_000_000));
    }
}

#[test]
fn code_may_be_as_large_as_the_chain_says() {
    for (chain, limit) in [(Chain::Polygon, 32_768), (Chain::Amoy, 32_768), (Chain::Ethereum, 24_576)] {
        let returns = |size: u32| {
            let [_, a, b, c] = size.to_be_bytes();
            [PUSH3, a, b, c, PUSH0, RETURN]
        };
        let mut evm = Evm::new(chain);
        let largest = returns(limit);
        let deployed = evm.deploy(&largest).unwrap();
        assert_eq!(deployed.code_size, limit as usize);
        assert_eq!(evm.code(&deployed.address), vec![0; limit as usize]);
        // The base, 32,000 for a creation, 2 for its word of init code, PUSH3 3, PUSH0 2, memory, 200 a byte of code.
        let expected = BASE
            + 32_000
            + calldata(&largest).0
            + 2
            + 5
            + memory(u64::from(limit) / 32)
            + 200 * u64::from(limit);
        assert_eq!(deployed.gas, expected);
        assert_eq!(evm.deploy(&returns(limit + 1)), Err(EvmError::CodeTooLarge { limit: limit as usize }));

        let mut largest = init(&[], &[0]);
        largest.resize(chain.init_code_limit(), 0);
        assert_eq!(evm.deploy(&largest).unwrap().code_size, 1);
        largest.push(0);
        let refused = EvmError::InitCodeTooLarge { limit: 49_152, got: 49_153 };
        assert_eq!(evm.deploy(&largest), Err(refused));
        // The same for CREATE (0xf0) of that much memory.
        for (low, created) in [(0, true), (1, false)] {
            let factory = deploy(&mut evm, &[PUSH3, 0, 0xc0, low, PUSH0, PUSH0, 0xf0]);
            assert_eq!(
                evm.call(&factory, &[]).is_ok(),
                created,
                "{chain}: init code of {}",
                0xc000 + u32::from(low)
            );
        }
    }
}

#[test]
fn bad_deployments_and_calls_are_named() {
    for chain in CHAINS {
        let mut evm = Evm::new(chain);
        assert_eq!(evm.deploy(&[]), Err(EvmError::EmptyInitCode));
        assert_eq!(evm.deploy(&[0]), Err(EvmError::NoCode));
        assert_eq!(evm.deploy(&init(&[], &[0xef, 0])), Err(EvmError::ReservedCode));
        let gas = chain.transaction_gas_cap();
        assert_eq!(evm.deploy(&[0xef]), Err(EvmError::Halted { gas, reason: Halt::InvalidOpcode }));
        assert_eq!(evm.deploy(&[JUMP]), Err(EvmError::Halted { gas, reason: Halt::Stack }));
        let jump = EvmError::Halted { gas, reason: Halt::InvalidJump };
        assert_eq!(evm.deploy(&[PUSH0, JUMP]), Err(jump));
        let nobody = Address([7; 20]);
        assert_eq!(evm.call(&nobody, &[]), Err(EvmError::NoContract { address: nobody }));
        assert_eq!((evm.code(&nobody), evm.code_hash(&nobody)), (vec![], [0; 32]));
    }
}

#[test]
fn a_transaction_may_ask_for_as_much_gas_as_the_chain_says() {
    for (chain, cap) in
        [(Chain::Polygon, 33_554_432), (Chain::Amoy, 33_554_432), (Chain::Ethereum, 16_777_216)]
    {
        let mut evm = Evm::new(chain);
        let forever = deploy(&mut evm, &[JUMPDEST, PUSH0, JUMP]);
        let spent = |gas| Err(EvmError::Halted { gas, reason: Halt::OutOfGas });
        assert_eq!(evm.call(&forever, &[]), spent(cap));
        evm.set_gas_limit(cap + 1);
        assert_eq!(evm.call(&forever, &[]), Err(EvmError::GasLimitOverCap { cap, got: cap + 1 }));
        // The floor of one byte that is not zero is 21,040; the price without the floor would be 21,016.
        evm.set_gas_limit(21_039);
        assert_eq!(evm.call(&forever, &[1]), Err(EvmError::GasLimitTooLow { needed: 21_040, got: 21_039 }));
        evm.set_gas_limit(21_040);
        assert_eq!(evm.call(&forever, &[1]), spent(21_040));
    }
}

#[test]
fn what_a_contract_says_when_it_reverts_is_decoded() {
    let echo = [CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, PUSH0, REVERT];
    let selector = |hex: &str, arguments: &[&[u8]]| [bytes(hex), arguments.concat()].concat();
    let mut reason = [0; 32];
    reason[..3].copy_from_slice(b"no!");
    let message = selector("08c379a0", &[&word(32), &word(3), &reason]);
    let cut = message[..40].to_vec();
    let cases = [
        (vec![], Revert::Empty, "no data"),
        (message, Revert::Message("no!".into()), "Error(\"no!\")"),
        (selector("4e487b71", &[&word(0x11)]), Revert::Panic(0x11), "Panic(0x11)"),
        (cut.clone(), Revert::Unknown(cut), "40 bytes: 0x08c379a000"),
        (bytes("12345678"), Revert::Unknown(bytes("12345678")), "4 bytes: 0x12345678"),
        (vec![1, 2, 3], Revert::Unknown(vec![1, 2, 3]), "3 bytes: 0x010203"),
    ];
    for (data, revert, text) in cases {
        let error = run(Chain::Polygon, &echo, &data).unwrap_err();
        assert_eq!(error.revert(), Some(revert));
        assert!(error.to_string().contains(text), "{error}");
    }
    // CALLDATASIZE 2, PUSH0 2 + 2, CALLDATACOPY 3 and a word 3 with its memory 3, CALLDATASIZE 2, PUSH0 2; 4 bytes are
    // 64.
    let gas = BASE + 64 + 19;
    let (floor, data) = (BASE + 160, bytes("12345678"));
    let expected = EvmError::Reverted { gas: gas.max(floor), data: data.clone() };
    assert_eq!(run(Chain::Ethereum, &echo, &data), Err(expected));
    let constructor = Evm::new(Chain::Polygon).deploy(&[PUSH0, PUSH0, REVERT]).unwrap_err();
    assert_eq!(constructor.revert(), Some(Revert::Empty));
}

#[test]
fn only_what_succeeds_is_kept_and_a_copy_goes_its_own_way() {
    // Adds the size of the calldata to slot 0, logs the sum under topic 9, and returns it; with 4 bytes of calldata it
    // jumps nowhere at the end.
    let mut counter = vec![CALLDATASIZE, PUSH0, SLOAD, ADD, DUP1, PUSH0, SSTORE, PUSH0, MSTORE];
    counter.extend([PUSH1, 9, PUSH1, 32, PUSH0, LOG1]);
    // 0x57 is JUMPI, 0x14 EQ: to 0, which is no JUMPDEST.
    counter.extend([CALLDATASIZE, PUSH1, 4, 0x14, PUSH0, 0x57, PUSH1, 32, PUSH0, RETURN]);
    let mut evm = Evm::new(Chain::Polygon);
    let first = evm.deploy(&init(&[], &counter)).unwrap();
    assert_eq!(evm.code(&first.address), counter);
    assert_ne!(evm.code_hash(&first.address), [0; 32]);
    assert_ne!(deploy(&mut evm, &counter), first.address);

    let receipt = evm.call(&first.address, &[0; 3]).unwrap();
    assert_eq!(receipt.output, word(3));
    let [log] = &receipt.logs[..] else { panic!("one log: {receipt:?}") };
    assert_eq!((log.address, &log.topics[..], &log.data[..]), (first.address, &[word(9)][..], &word(3)[..]));
    let mut copy = evm.clone();
    assert!(matches!(
        evm.call(&first.address, &[0; 4]),
        Err(EvmError::Halted { reason: Halt::InvalidJump, .. })
    ));
    assert_eq!(evm.call(&first.address, &[]).unwrap().output, word(3));
    assert_eq!(evm.call(&first.address, &[0; 2]).unwrap().output, word(5));
    assert_eq!(copy.call(&first.address, &[0; 1]).unwrap().output, word(4));

    let mut again = Evm::new(Chain::Polygon);
    assert_eq!(again.deploy(&init(&[], &counter)).unwrap(), first);
}

#[test]
fn the_factory_puts_a_contract_where_it_was_predicted_once() {
    for chain in CHAINS {
        let mut evm = Evm::new(chain);
        let init_code = init(&[], &[CALLDATASIZE]);
        let (salt, sender) = ([9; 32], Address([8; 20]));
        let predicted = create2::address(&salt, &init_code);
        assert_eq!(evm.code(&predicted), Vec::<u8>::new(), "{chain}");
        let deployed = evm.create2(&sender, 0, &salt, &init_code).unwrap();
        assert_eq!((deployed.address, deployed.code_size), (predicted, 1), "{chain}");
        assert_eq!(evm.code(&predicted), [CALLDATASIZE]);
        // The factory says nothing of why.
        let again = evm.create2(&sender, 0, &salt, &init_code).unwrap_err();
        assert_eq!(again.revert(), Some(Revert::Empty), "{chain}: {again}");
        let other = evm.create2(&Evm::SENDER, 0, &[10; 32], &init_code).unwrap();
        assert_ne!(other.address, predicted);
    }
}

#[test]
fn who_sends_pays_what_there_is_and_no_more() {
    let (mut evm, payer) = (Evm::new(Chain::Polygon), Address([8; 20]));
    let to = deploy(&mut evm, &[CALLDATASIZE]);
    let pay = |evm: &mut Evm, value| evm.send(&Transaction { from: payer, to, value, data: &[] });
    assert!(matches!(pay(&mut evm, 1), Err(EvmError::Refused { .. })));
    evm.set_balance(&payer, 5);
    pay(&mut evm, 3).unwrap();
    assert_eq!((evm.balance(&payer), evm.balance(&to)), (2, 3));
    assert!(matches!(pay(&mut evm, 3), Err(EvmError::Refused { .. })));
    assert_eq!((evm.balance(&payer), evm.balance(&to)), (2, 3));
    // A transaction of another sender has another nonce, and goes on.
    evm.call(&to, &[]).unwrap();
    pay(&mut evm, 2).unwrap();
    assert_eq!(evm.balance(&payer), 0);
}
