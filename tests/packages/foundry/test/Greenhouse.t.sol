// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {AggregateFeed, FeedSetup} from "@zksensor/contracts/contracts/feed/AggregateFeed.sol";
import {PolicyTerms} from "@zksensor/contracts/contracts/feed/AggregatePolicy.sol";
import {IAggregateFeed} from "@zksensor/contracts/contracts/feed/IAggregateFeed.sol";
import {MeanAdapter} from "@zksensor/contracts/contracts/feed/MeanAdapter.sol";
import {MockVerifier} from "@zksensor/contracts/contracts/feed/MockVerifier.sol";
import {ReadingGate} from "@zksensor/contracts/contracts/feed/ReadingGate.sol";
import {SensorRegistry} from "@zksensor/contracts/contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "@zksensor/contracts/contracts/feed/VerifierRouter.sol";
import {IStatementVerifier} from "@zksensor/contracts/contracts/core/IStatementVerifier.sol";
import {AggregateV2, AggregateV2Inputs} from "@zksensor/contracts/contracts/generated/AggregateV2.sol";
import {ReadingV2Inputs} from "@zksensor/contracts/contracts/generated/ReadingV2.sol";

import {Greenhouse} from "../src/Greenhouse.sol";

/// @notice From a mock to a mean: what a contract developer writes first. What the package has compiled is deployed as it is, but for
/// mock and adapter, which are compiled here.
contract GreenhouseTest is Test {
    uint256 private constant ORIGIN = 1_800_000_000_000;
    uint256 private constant LENGTH = 600_000;
    uint256 private constant DELAY = 600;
    uint256 private constant ROOT = 77;
    uint32 private constant EPOCH = 2;
    address private immutable AGGREGATOR = makeAddr("aggregator");

    AggregateFeed private _feed;
    MockVerifier private _mock;
    ReadingGate private _gate;
    Greenhouse private _greenhouse;

    function setUp() public {
        vm.warp(ORIGIN / 1000 - 2 * DELAY);
        VerifierRouter router = VerifierRouter(_made("VerifierRouter", abi.encode(address(this), address(this))));
        bytes memory roles = abi.encode(address(this), address(this), address(this), DELAY);
        SensorRegistry registry = SensorRegistry(_made("SensorRegistry", roles));
        _mock = new MockVerifier("aggregate/v2", "/64x32x7", 4);
        router.add(_mock, address(_mock).codehash);
        registry.post(ROOT, 0, "");
        PolicyTerms memory terms;
        (terms.fenceRoot, terms.low, terms.high) = (3, -40_000, 60_000);
        (terms.maxAccuracyMm, terms.originMs, terms.lengthMs) = (10_000, uint48(ORIGIN), uint40(LENGTH));
        (terms.k, terms.schema, terms.deviceClass) = (5, 1, 65536);
        FeedSetup memory setup = FeedSetup(router, registry, address(this), address(this), 300_000, 6, 21, 3);
        _feed = AggregateFeed(_made("AggregateFeed", abi.encode(setup, terms, "Temperature, Munich")));
        _feed.setAggregator(AGGREGATOR, 0, 1000);
        terms.k = 1;
        _gate = ReadingGate(_made("ReadingGate", abi.encode(router, registry, terms, 0)));
        MeanAdapter mean = new MeanAdapter(_feed, MeanAdapter.Statistic.Mean, 2);
        _greenhouse = new Greenhouse(mean, _feed, _gate, 3600);
    }

    function test_SeesAMeanOnceItsEpochIsFinal() public {
        AggregateV2Inputs memory inputs;
        (inputs.registryRoot, inputs.policyId, inputs.epoch) = (ROOT, _feed.POLICY_ID(), EPOCH);
        (inputs.chunkBits, inputs.count, inputs.sum) = (21, 6, -3);
        bytes memory proof = _proof(inputs);
        bytes32 keyId = _mock.KEY_ID();
        vm.warp((ORIGIN + (EPOCH + 1) * LENGTH) / 1000);
        inputs.sum = -2;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        inputs.sum = -3;
        _feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        vm.expectRevert(bytes("No data present"));
        _greenhouse.temperature();
        uint256 finalAt = _feed.finalAt(EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.NotFinal.selector, EPOCH, finalAt));
        _greenhouse.wasWarmer(EPOCH, -1);

        vm.warp(finalAt);
        // -3/6 with two decimals more than the schema's three.
        assertEq(_greenhouse.temperature(), -50);
        assertTrue(_greenhouse.wasWarmer(EPOCH, -1));
        assertFalse(_greenhouse.wasWarmer(EPOCH, 0));
        vm.warp((ORIGIN + (EPOCH + 1) * LENGTH) / 1000 + 3601);
        vm.expectRevert(abi.encodeWithSelector(Greenhouse.TooOld.selector, 3601));
        _greenhouse.temperature();
    }

    function test_ReadingOfAnotherPolicyPassesNoGate() public {
        ReadingV2Inputs memory inputs;
        inputs.policyId = 1;
        vm.expectRevert(abi.encodeWithSelector(ReadingGate.PolicyOther.selector, _gate.POLICY_ID(), 1));
        _greenhouse.report(bytes32(0), "", inputs, 0);
    }

    /// Bound to the feed and the aggregator by the definition.
    function _proof(AggregateV2Inputs memory inputs) private view returns (bytes memory) {
        bytes memory bound = abi.encode(block.chainid, address(_feed), AGGREGATOR, _mock.STATEMENT_ID());
        return _mock.proofFor(AggregateV2.pack(inputs, uint152(uint256(keccak256(bound)))));
    }

    /// What lies in the package's artifacts.
    function _made(string memory name, bytes memory arguments) private returns (address made) {
        string memory file = string.concat(vm.envString("ZKSENSOR_PACKAGE"), "/artifacts/", name, ".json");
        bytes memory code = bytes.concat(vm.parseJsonBytes(vm.readFile(file), ".bytecode"), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        assertNotEq(made, address(0), name);
    }
}
