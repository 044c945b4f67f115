// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {CodeUnderTest} from "./CodeUnderTest.sol";

/// @notice A verifier of one statement, deployed with a key from the project's own setup, and proofs from its own prover.
/// @dev The fixtures are written by `cargo run --release -p xtask -- update`.
abstract contract VerifierFixture is CodeUnderTest {
    /// Order of the scalar field.
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// Modulus of the base field.
    uint256 internal constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// Gas of a call to a verifier. A refused precompile spends what it was given, so a call is given no more than a proof
    /// needs, twice over; every test that accepts shows that it is enough.
    uint256 internal constant CALL_GAS = 1_000_000;
    /// Polygon's limit for a transaction.
    uint256 internal constant TRANSACTION_GAS = 33_554_432;
    /// Gas of a deployment.
    uint256 internal constant DEPLOY_GAS = 20_000_000;
    /// Where the arguments of `verify` and `verifyBatch` have their bytes: behind selector, two offsets and a length.
    uint256 internal constant PROOF_AT = 4 + 3 * 32;
    uint256 internal constant PROOF_BYTES = 256;

    string internal statement;
    bool internal insecure;
    uint256[] internal key;
    /// The key's id, its contract's code, and the hash of that, by the Rust side.
    bytes32 internal keyId;
    bytes internal keyCode;
    bytes32 internal keyCodeHash;
    bytes[] internal proofs;
    uint256[][] internal inputs;

    IStatementVerifier internal verifier;

    /// @notice Deploys the verifier under test. External, so that a test can limit its gas and catch its error.
    /// @param origin 1 if one machine made the key; of a ceremony's key the digest of the transcript; else 0
    function deployOf(string memory statement_, uint256[] memory key_, bytes32 origin)
        public
        virtual
        returns (IStatementVerifier);

    /// @notice The same with a key of one machine, or with one that says nothing of itself.
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        returns (IStatementVerifier)
    {
        return deployOf(statement_, key_, bytes32(uint256(insecure_ ? 1 : 0)));
    }

    /// The name of the fixture, without `.json`.
    function _fixture() internal pure virtual returns (string memory);

    function setUp() public virtual {
        string memory json = vm.readFile(string.concat("test/fixtures/", _fixture(), ".json"));
        statement = vm.parseJsonString(json, ".statement");
        insecure = vm.parseJsonBool(json, ".insecure");
        key = vm.parseJsonUintArray(json, ".key");
        keyId = vm.parseJsonBytes32(json, ".keyId");
        keyCode = vm.parseJsonBytes(json, ".keyCode");
        keyCodeHash = vm.parseJsonBytes32(json, ".codeHash");
        for (uint256 i = 0;; i++) {
            string memory entry = string.concat(".proofs[", vm.toString(i), "]");
            if (!vm.keyExistsJson(json, entry)) break;
            proofs.push(vm.parseJsonBytes(json, string.concat(entry, ".proof")));
            inputs.push(vm.parseJsonUintArray(json, string.concat(entry, ".inputs")));
        }
        // Fewer would let tests of batches and of their order pass without saying anything.
        assertGe(proofs.length, 3, "proofs in the fixture");
        verifier = deploy(statement, key, insecure);
    }

    function _verifyData(uint256 index) internal view returns (bytes memory) {
        return abi.encodeCall(IStatementVerifier.verify, (proofs[index], inputs[index]));
    }

    /// The calldata of a batch of the proofs at `order`.
    function _batchData(uint256[] memory order) internal view returns (bytes memory) {
        (bytes memory batch, uint256[] memory words) = _batch(order);
        return abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
    }

    function _batch(uint256[] memory order) internal view returns (bytes memory batch, uint256[] memory words) {
        uint256 count = inputs[0].length;
        words = new uint256[](count * order.length);
        for (uint256 i = 0; i < order.length; i++) {
            batch = bytes.concat(batch, proofs[order[i]]);
            for (uint256 j = 0; j < count; j++) {
                words[i * count + j] = inputs[order[i]][j];
            }
        }
    }

    /// 0, 1, .. length - 1
    function _inOrder(uint256 length) internal pure returns (uint256[] memory order) {
        order = new uint256[](length);
        for (uint256 i = 0; i < length; i++) {
            order[i] = i;
        }
    }

    function _call(bytes memory data) internal view returns (bool ok, bytes memory returned) {
        return address(verifier).staticcall{gas: CALL_GAS}(data);
    }

    /// With the gas that a transaction may have: two refused precompiles have to leave enough to say so.
    function _assertRefusedByPrecompiles(bytes memory data, string memory what) internal view {
        (bool ok, bytes memory returned) = address(verifier).staticcall{gas: TRANSACTION_GAS}(data);
        assertFalse(ok, what);
        assertEq(returned, abi.encodePacked(IStatementVerifier.PairingRefused.selector), what);
    }

    function _assertAccepted(bytes memory data, string memory what) internal view {
        (bool ok, bytes memory returned) = _call(data);
        assertTrue(ok, what);
        assertEq(returned.length, 0, what);
    }

    function _assertRefused(bytes memory data, bytes memory wanted, string memory what) internal view {
        (bool ok, bytes memory returned) = _call(data);
        assertFalse(ok, what);
        assertEq(returned, wanted, what);
    }

    function _assertRefused(bytes memory data, bytes4 wanted, string memory what) internal view {
        _assertRefused(data, abi.encodePacked(wanted), what);
    }

    /// Refused by Solidity's own decoder, which says nothing.
    function _assertUnreadable(bytes memory data, string memory what) internal view {
        _assertRefused(data, new bytes(0), what);
    }

    function _refusedLength(uint256 wanted, uint256 came) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStatementVerifier.CalldataLength.selector, wanted, came);
    }

    function _refusedInput(uint256 index, uint256 value) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStatementVerifier.InputNotCanonical.selector, index, value);
    }

    /// Flips a bit in place; flipping it again restores it.
    function _flip(bytes memory data, uint256 bit) internal pure {
        data[bit / 8] ^= bytes1(0x01) << (bit % 8);
    }

    function _word(bytes memory data, uint256 place) internal pure returns (uint256 value) {
        assertLe(place + 32, data.length);
        assembly ("memory-safe") {
            value := mload(add(add(data, 32), place))
        }
    }

    function _setWord(bytes memory data, uint256 place, uint256 value) internal pure {
        assertLe(place + 32, data.length);
        assembly ("memory-safe") {
            mstore(add(add(data, 32), place), value)
        }
    }

    function _resized(bytes memory data, uint256 length) internal pure returns (bytes memory copy) {
        copy = new bytes(length);
        for (uint256 i = 0; i < length && i < data.length; i++) {
            copy[i] = data[i];
        }
    }

    /// scalar * point in G1, replacing the point at byte `place`.
    function _scale(bytes memory data, uint256 place, uint256 scalar) internal view {
        (bool ok, bytes memory product) =
            address(0x07).staticcall(abi.encode(_word(data, place), _word(data, place + 32), scalar));
        assertTrue(ok && product.length == 64, "scaling a point of the fixture");
        _setWord(data, place, _word(product, 0));
        _setWord(data, place + 32, _word(product, 32));
    }

    /// point + scalar * generator in G1, replacing the point at byte `place`.
    function _shift(bytes memory data, uint256 place, uint256 scalar) internal view {
        bytes memory step = abi.encode(uint256(1), uint256(2));
        _scale(step, 0, scalar);
        (bool ok, bytes memory sum) =
            address(0x06).staticcall(abi.encodePacked(_word(data, place), _word(data, place + 32), step));
        assertTrue(ok && sum.length == 64, "adding to a point of the fixture");
        _setWord(data, place, _word(sum, 0));
        _setWord(data, place + 32, _word(sum, 32));
    }
}
