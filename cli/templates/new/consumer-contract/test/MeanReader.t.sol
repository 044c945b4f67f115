// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IStatementVerifier} from "@zksensor/contracts/contracts/core/IStatementVerifier.sol";
import {AggregateFeed, FeedSetup} from "@zksensor/contracts/contracts/feed/AggregateFeed.sol";
import {PolicyTerms} from "@zksensor/contracts/contracts/feed/AggregatePolicy.sol";
import {MeanAdapter} from "@zksensor/contracts/contracts/feed/MeanAdapter.sol";
import {MockVerifier} from "@zksensor/contracts/contracts/feed/MockVerifier.sol";
import {SensorRegistry} from "@zksensor/contracts/contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "@zksensor/contracts/contracts/feed/VerifierRouter.sol";
import {AggregateV2, AggregateV2Inputs} from "@zksensor/contracts/contracts/generated/AggregateV2.sol";

import {MeanReader} from "../src/MeanReader.sol";
import {Cheats} from "./Cheats.sol";

/// @notice The whole feed, with `MockVerifier` in place of a real one: it takes "proofs" that anybody makes, on test chains alone, and
/// refuses every other as a real one does.
contract MeanReaderTest is Cheats {
    /// Start of epoch 0 and length of each, in milliseconds.
    uint256 private constant ORIGIN = 1_800_000_000_000;
    uint256 private constant LENGTH = 3_600_000;
    /// How long proofs of an epoch are taken once it is over, in milliseconds.
    uint64 private constant WINDOW = 300_000;
    /// How long a change of a role takes, in seconds.
    uint256 private constant DELAY = 600;
    /// A root of the registry, and the chunk that it is of: all of it.
    uint256 private constant ROOT = 77;
    uint8 private constant CHUNK_BITS = 21;
    address private constant AGGREGATOR = address(0xA66);

    AggregateFeed private _feed;
    MockVerifier private _mock;
    MeanAdapter private _mean;
    MeanReader private _reader;

    function setUp() public {
        vm.warp(ORIGIN / 1000 - 2 * DELAY);
        VerifierRouter router = VerifierRouter(_deploy("VerifierRouter", abi.encode(address(this), address(this))));
        bytes memory roles = abi.encode(address(this), address(this), address(this), DELAY);
        SensorRegistry registry = SensorRegistry(_deploy("SensorRegistry", roles));
        _mock = MockVerifier(_deploy("MockVerifier", abi.encode("aggregate/v2", "/64x32x7", 4)));
        router.add(_mock, address(_mock).codehash);
        registry.post(ROOT, 0, "");

        // Thousandths of a degree from -40 to 60, of five devices at least.
        PolicyTerms memory terms;
        (terms.fenceRoot, terms.low, terms.high) = (3, -40_000, 60_000);
        (terms.maxAccuracyMm, terms.originMs, terms.lengthMs) = (10_000, uint48(ORIGIN), uint40(LENGTH));
        (terms.k, terms.schema, terms.deviceClass) = (5, 1, 65536);
        FeedSetup memory setup = FeedSetup(router, registry, address(this), address(this), WINDOW, 5, CHUNK_BITS, 3);
        _feed = AggregateFeed(_deploy("AggregateFeed", abi.encode(setup, terms, "Temperature of a town")));
        _feed.setAggregator(AGGREGATOR, 0, 1000);
        _mean = MeanAdapter(_deploy("MeanAdapter", abi.encode(_feed, MeanAdapter.Statistic.Mean, 0)));
        // Not older than two hours, of six devices at least, and no frost.
        _reader = new MeanReader(_mean, 2 hours, 6, 0);
    }

    function test_ReadsAMeanOnceItsEpochIsFinal() public {
        vm.expectRevert(bytes("No data present"));
        _reader.read();
        _submit(2, 6, 6 * 21_300);
        vm.expectRevert(bytes("No data present"));
        _reader.read();
        vm.warp(_feed.finalAt(2));
        vm.assertEq(_reader.read(), 21_300);
    }

    function test_RefusesAnOldMean() public {
        _submit(2, 6, 6 * 21_300);
        vm.warp(_endOf(2) + 2 hours);
        vm.assertEq(_reader.read(), 21_300);
        vm.warp(_endOf(2) + 2 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(MeanReader.TooOld.selector, 2 hours, 2 hours + 1));
        _reader.read();
    }

    function test_RefusesAMeanOfTooFewDevices() public {
        _submit(2, 5, 5 * 21_300);
        vm.warp(_feed.finalAt(2));
        vm.expectRevert(abi.encodeWithSelector(MeanReader.TooFewDevices.selector, 6, 5));
        _reader.read();
    }

    function test_RefusesAMeanThatIsTooSmall() public {
        _submit(2, 6, -1);
        vm.warp(_feed.finalAt(2));
        // -1/6, rounded down.
        vm.expectRevert(abi.encodeWithSelector(MeanReader.TooSmall.selector, 0, -1));
        _reader.read();
        // A new epoch, a new mean.
        _submit(3, 6, 0);
        vm.warp(_feed.finalAt(3));
        vm.assertEq(_reader.read(), 0);
    }

    function test_NobodyMakesUpAMean() public {
        vm.warp(_endOf(2));
        AggregateV2Inputs memory inputs = _inputs(2, 6, 6 * 21_300);
        bytes memory proof = _proof(inputs);
        bytes32 keyId = _mock.KEY_ID();
        inputs.sum += 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    function test_TakesNoOtherStatistic() public {
        MeanAdapter count = MeanAdapter(_deploy("MeanAdapter", abi.encode(_feed, MeanAdapter.Statistic.Count, 0)));
        vm.expectRevert(abi.encodeWithSelector(MeanReader.NoMean.selector, MeanAdapter.Statistic.Count));
        new MeanReader(count, 2 hours, 6, 0);
    }

    /// The aggregator shows the sum of so many devices, in thousandths of a degree, once the epoch is over.
    function _submit(uint32 epoch, uint32 count, int64 sum) private {
        vm.warp(_endOf(epoch));
        AggregateV2Inputs memory inputs = _inputs(epoch, count, sum);
        bytes32 keyId = _mock.KEY_ID();
        _feed.submit(keyId, _proof(inputs), inputs, AGGREGATOR, 0);
    }

    function _inputs(uint32 epoch, uint32 count, int64 sum) private view returns (AggregateV2Inputs memory inputs) {
        (inputs.registryRoot, inputs.policyId, inputs.epoch) = (ROOT, _feed.POLICY_ID(), epoch);
        (inputs.chunkBits, inputs.count, inputs.sum) = (CHUNK_BITS, count, sum);
    }

    /// Bound to chain, feed and aggregator, as every proof is.
    function _proof(AggregateV2Inputs memory inputs) private view returns (bytes memory) {
        bytes memory bound = abi.encode(block.chainid, address(_feed), AGGREGATOR, _mock.STATEMENT_ID());
        return _mock.proofFor(AggregateV2.pack(inputs, uint152(uint256(keccak256(bound)))));
    }

    /// When an epoch is over, in seconds.
    function _endOf(uint32 epoch) private pure returns (uint256) {
        return (ORIGIN + (uint256(epoch) + 1) * LENGTH) / 1000;
    }
}
