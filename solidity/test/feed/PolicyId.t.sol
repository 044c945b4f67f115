// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregatePolicy, PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {Policy, PolicyId} from "../../contracts/generated/Policy.sol";

/// @notice Ids of policies are those of the Rust side, for policies at the ends of every range and drawn ones, which
/// `cargo run --release -p xtask -- update` writes; and for the published vectors, which know all families.
contract PolicyIdTest is Test {
    string private _json;

    function test_Ids_OfTermsAndRegistry() public {
        _json = vm.readFile("test/fixtures/PolicyId.json");
        uint256 index = 0;
        for (; vm.keyExistsJson(_json, _entry(index, "")); index++) {
            // A chain id of more bits is none of forge's.
            uint256 chain = _uint(index, ".chain");
            address registry = vm.parseJsonAddress(_json, _entry(index, ".registry"));
            uint256 network = uint248(uint256(keccak256(abi.encode(chain, registry))));
            assertEq(network, _uint(index, ".network"), "network");
            Policy memory policy;
            if (chain < 2 ** 64 - 1) {
                vm.chainId(chain);
                policy = this.policyOf(_terms(index), registry);
                assertEq(policy.network, network);
            } else {
                policy = this.policyOf(_terms(index), registry);
                policy.network = uint248(network);
            }
            assertEq(PolicyId.idOf(policy), _uint(index, ".id"), _entry(index, ""));
        }
        assertEq(index, 50, "policies in the fixture");
    }

    function test_Ids_OfTheVectors() public {
        _json = vm.readFile("../vectors/policy.json");
        uint256 index = 0;
        for (; vm.keyExistsJson(_json, _vector(index, "")); index++) {
            Policy memory policy = _vectorPolicy(index);
            uint256[5] memory lanes = PolicyId.lanes(policy);
            uint256[] memory wanted = vm.parseJsonUintArray(_json, _vector(index, ".lanes"));
            for (uint256 i = 0; i < 5; i++) {
                assertEq(lanes[i], wanted[i], _vector(index, ".lanes"));
            }
            assertEq(PolicyId.idOf(policy), vm.parseJsonUint(_json, _vector(index, ".hash")), _vector(index, ""));
        }
        assertGe(index, 7, "vectors");
    }

    /// @notice Every part is in the id, and no part reaches into another's place.
    function testFuzz_Ids_DifferInEachPart(uint256 seed) public view {
        Policy memory policy = this.policyOf(_sound(), address(1));
        uint256 id = PolicyId.idOf(policy);
        uint256 part = seed % 15;
        if (part == 0) policy.network ^= 1;
        if (part == 1) policy.fenceRoot ^= 1;
        if (part == 2) policy.low ^= 1;
        if (part == 3) policy.high ^= 1;
        if (part == 4) policy.maxAccuracyMm ^= 1;
        if (part == 5) policy.epochOriginUnixMs ^= 1;
        if (part == 6) policy.epochLengthMs ^= 1;
        if (part == 7) policy.k ^= 1;
        if (part == 8) policy.family ^= 1;
        if (part == 9) policy.statementVersion ^= 1;
        if (part == 10) policy.schema ^= 1;
        if (part == 11) policy.channel ^= 1;
        if (part == 12) policy.deviceClass ^= 1;
        if (part == 13) policy.outputs ^= 1;
        if (part == 14) policy.parameters ^= 1;
        assertNotEq(PolicyId.idOf(policy), id);
    }

    function test_Ids_RefusePartsThatDoNotFit() public {
        Policy memory policy = this.policyOf(_sound(), address(1));
        policy.low = -(2 ** 40) - 1;
        _refuses(policy, "low", type(uint256).max, 2 ** 41);
        policy.low = 2 ** 40;
        _refuses(policy, "low", 2 ** 41, 2 ** 41);
        policy.low = 0;
        policy.high = 2 ** 40;
        _refuses(policy, "high", 2 ** 41, 2 ** 41);
        policy.high = 0;
        policy.k = 2 ** 21;
        _refuses(policy, "k", 2 ** 21, 2 ** 21);
        policy.k = 5;
        policy.channel = 4;
        _refuses(policy, "channel", 4, 4);
        policy.channel = 0;
        policy.deviceClass = 2 ** 17;
        _refuses(policy, "deviceClass", 2 ** 17, 2 ** 17);
        policy.deviceClass = 0;
        policy.outputs = 8;
        _refuses(policy, "outputs", 8, 8);
        policy.outputs = 0;
        uint256 r = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
        policy.fenceRoot = r;
        _refuses(policy, "fenceRoot", r, r);
        policy.fenceRoot = 0;
        policy.parameters = r;
        _refuses(policy, "parameters", r, r);
    }

    function test_Terms_AreThoseOfAPolicy() public {
        PolicyTerms memory terms = _sound();
        (terms.low, terms.high) = (6, 5);
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.ValuesOther.selector, int64(6), int64(5)));
        (terms.low, terms.high) = (-1, 2 ** 40 - 1);
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.ValuesOther.selector, terms.low, terms.high));
        (terms.low, terms.high) = (type(int64).min, type(int64).max);
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.ValuesOther.selector, terms.low, terms.high));
        (terms.low, terms.high) = (0, 2 ** 40 - 1);
        this.policyOf(terms, address(1));

        terms.maxAccuracyMm = 0;
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.AccuracyZero.selector));
        terms = _sound();
        terms.lengthMs = 0;
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.EpochsOther.selector, terms.originMs, 0));
        (terms.originMs, terms.lengthMs) = (2 ** 48 - 10, 11);
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.EpochsOther.selector, 2 ** 48 - 10, 11));
        terms.lengthMs = 10;
        this.policyOf(terms, address(1));

        terms = _sound();
        terms.k = 0;
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 1, 0));
        terms.k = 1;
        this.policyOf(terms, address(1));
        (terms.k, terms.outputs) = (7, 4);
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 8, 7));
        terms.k = 8;
        this.policyOf(terms, address(1));
        terms.deviceClass = 65537;
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.DeviceClassOther.selector, 65537));
    }

    function policyOf(PolicyTerms memory terms, address registry) external view returns (Policy memory) {
        return AggregatePolicy.policyOf(terms, registry);
    }

    function idOf(Policy memory policy) external pure returns (uint256) {
        return PolicyId.idOf(policy);
    }

    function _refuses(PolicyTerms memory terms, bytes memory why) private {
        vm.expectRevert(why);
        this.policyOf(terms, address(1));
    }

    function _refuses(Policy memory policy, string memory field, uint256 value, uint256 limit) private {
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.FieldOutOfRange.selector, field, value, limit));
        this.idOf(policy);
    }

    function _sound() private pure returns (PolicyTerms memory terms) {
        terms.high = 100;
        terms.maxAccuracyMm = 10_000;
        terms.originMs = 1_410_323_400_000;
        terms.lengthMs = 3_600_000;
        terms.k = 5;
    }

    function _entry(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat(".policies[", vm.toString(index), "]", key);
    }

    function _vector(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat(".good[", vm.toString(index), "]", key);
    }

    function _uint(uint256 index, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, _entry(index, key));
    }

    function _int(uint256 index, string memory key) private view returns (int64) {
        return int64(vm.parseJsonInt(_json, _entry(index, key)));
    }

    function _terms(uint256 index) private view returns (PolicyTerms memory terms) {
        terms.fenceRoot = _uint(index, ".fence");
        terms.low = _int(index, ".low");
        terms.high = _int(index, ".high");
        terms.maxAccuracyMm = uint32(_uint(index, ".maxAccuracyMm"));
        terms.originMs = uint48(_uint(index, ".origin"));
        terms.lengthMs = uint40(_uint(index, ".length"));
        terms.k = uint24(_uint(index, ".k"));
        terms.schema = uint32(_uint(index, ".schema"));
        terms.channel = uint8(_uint(index, ".channel"));
        terms.deviceClass = uint24(_uint(index, ".deviceClass"));
        terms.outputs = uint8(_uint(index, ".outputs"));
    }

    function _vectorPolicy(uint256 index) private view returns (Policy memory policy) {
        policy.network = uint248(_part(index, "network"));
        policy.fenceRoot = _part(index, "fence_root");
        policy.low = int64(vm.parseJsonInt(_json, _vector(index, ".fields.low")));
        policy.high = int64(vm.parseJsonInt(_json, _vector(index, ".fields.high")));
        policy.maxAccuracyMm = uint32(_part(index, "max_accuracy_mm"));
        policy.epochOriginUnixMs = uint48(_part(index, "epoch_origin_unix_ms"));
        policy.epochLengthMs = uint40(_part(index, "epoch_length_ms"));
        policy.k = uint24(_part(index, "k"));
        policy.family = uint8(_part(index, "family"));
        policy.statementVersion = uint16(_part(index, "statement_version"));
        policy.schema = uint32(_part(index, "schema"));
        policy.channel = uint8(_part(index, "channel"));
        policy.deviceClass = uint24(_part(index, "device_class"));
        policy.outputs = uint8(_part(index, "outputs"));
        policy.parameters = _part(index, "parameters");
    }

    function _part(uint256 index, string memory name) private view returns (uint256) {
        return vm.parseJsonUint(_json, _vector(index, string.concat(".fields.", name)));
    }
}
