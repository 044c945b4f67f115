// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierBehaviour} from "./VerifierBehaviour.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// What the contract has beside the interface of every verifier; its own source needs the optimizer's stack.
interface IKeyed is IStatementVerifier {
    function KEY() external view returns (address);
    function KEY_CODE_HASH() external view returns (bytes32);
}

/// @notice The verifier over a key in another contract: what every verifier has to do, and what only this one has to refuse.
abstract contract KeyedGroth16VerifierBehaviour is VerifierBehaviour {
    /// @inheritdoc VerifierFixture
    function deployOf(string memory statement_, uint256[] memory key_, bytes32 origin)
        public
        override
        returns (IStatementVerifier)
    {
        address holder = _hold(_codeOf(statement_, key_, origin));
        return _keyed(holder, holder.codehash, statement_);
    }

    function test_KeyHolder_IsPinned() external view {
        IKeyed keyed = IKeyed(address(verifier));
        bytes memory code = _code(statement, key, insecure);
        assertEq(keyed.KEY().code, code);
        assertEq(code, keyCode, "the key's code by the Rust side");
        assertEq(keyed.KEY_CODE_HASH(), keccak256(code));
        assertEq(keyed.KEY_CODE_HASH(), keyCodeHash, "its hash by the Rust side");
        assertEq(keyed.INPUTS(), inputs[0].length);
    }

    /// The first byte is STOP: a call does nothing, whatever the key.
    function test_KeyHolder_CannotRun() external {
        (bool ok, bytes memory returned) = IKeyed(address(verifier)).KEY().call(hex"ff");
        assertTrue(ok);
        assertEq(returned.length, 0);
    }

    function test_KeyHolder_RefusesAnotherCodeHash() external {
        address holder = _hold(_code(statement, key, insecure));
        bytes32[3] memory wrong = [holder.codehash ^ bytes32(uint256(1)), bytes32(0), ~bytes32(0)];
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.KeyCodeHash.selector, wrong[i], holder.codehash));
            _keyed(holder, wrong[i], statement);
        }
    }

    function test_KeyHolder_RefusesAccountsWithoutCode() external {
        address payable empty = payable(makeAddr("nobody"));
        bytes32 wanted = keccak256(_code(statement, key, insecure));
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.KeyCodeHash.selector, wanted, bytes32(0)));
        _keyed(empty, wanted, statement);

        // The hash of an account that does not exist, and of one that does and has no code.
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.KeyCodeMalformed.selector, 0));
        _keyed(empty, bytes32(0), statement);
        vm.deal(empty, 1);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.KeyCodeMalformed.selector, 0));
        _keyed(empty, keccak256(""), statement);
    }

    function test_KeyHolder_RefusesTruncatedAndPaddedKeys() external {
        bytes memory code = _code(statement, key, insecure);
        for (uint256 length = 1; length <= code.length + 70; length++) {
            // A whole point of IC more or less is another number of inputs.
            if (length % 64 == code.length % 64 && length >= 34 + 16 * 32) continue;
            _assertMalformed(_resized(code, length));
        }
    }

    /// The transcript stands behind the words: without it, half of it or twice as much is no key.
    function test_KeyHolder_RefusesTruncatedAndPaddedTranscripts() external {
        bytes memory code = _codeOf(statement, key, keccak256("transcript"));
        for (uint256 length = code.length - 64 + 1; length < code.length + 64; length++) {
            if (length != code.length) _assertMalformed(_resized(code, length));
        }
    }

    /// A transcript that reads as another origin would have the id of another key: that of an insecure one, for one.
    function test_KeyHolder_RefusesTranscriptsThatAreNone() external {
        bytes memory transcript = new bytes(32);
        for (uint8 last = 0; last < 2; last++) {
            transcript[31] = bytes1(last);
            _assertMalformed(abi.encodePacked(hex"0002", keccak256(bytes(statement)), key, transcript));
        }
        transcript[31] = 0x02;
        address holder = _hold(abi.encodePacked(hex"0002", keccak256(bytes(statement)), key, transcript));
        assertEq(this.deployKeyed(holder).TRANSCRIPT(), bytes32(uint256(2)));
    }

    function test_KeyHolder_RefusesAnotherFirstByteAndFlag() external {
        bytes memory code = _code(statement, key, insecure);
        // 0xef cannot be deployed, and INVALID is as good an example of a code that is not STOP.
        code[0] = 0xfe;
        _assertMalformed(code);
        code[0] = 0x01;
        _assertMalformed(code);
        code[0] = 0x00;
        for (uint8 flag = 2; flag < 255; flag++) {
            code[1] = bytes1(flag);
            _assertMalformed(code);
        }
    }

    function test_KeyHolder_RefusesAnotherStatement() external {
        bytes memory code = _code(statement, key, insecure);
        // Digests on both sides of the right one, and next to it.
        bytes32[4] memory digests =
            [bytes32(0), ~bytes32(0), keccak256(bytes(statement)) ^ bytes32(uint256(1)), keccak256("statement/v1")];
        for (uint256 i = 0; i < digests.length; i++) {
            for (uint256 j = 0; j < 32; j++) {
                code[2 + j] = digests[i][j];
            }
            _assertMalformed(code);
        }
    }

    /// The keyed verifier knows no statement: it takes the family from the text.
    function test_KeyHolder_FamilyIsNameAndVersion() external {
        string[2][6] memory cases = [
            ["aggregate/v2/64x32x3", "aggregate/v2"],
            ["aggregate/v2", "aggregate/v2"],
            ["aggregate/v2/64/32", "aggregate/v2"],
            ["aggregate/v20/64x32x3", "aggregate/v20"],
            ["aggregate", "aggregate"],
            ["", ""]
        ];
        for (uint256 i = 0; i < cases.length; i++) {
            assertEq(deploy(cases[i][0], key, insecure).FAMILY(), keccak256(bytes(cases[i][1])), cases[i][0]);
        }
    }

    /// A point of IC more than the statement has: proofs have too few inputs for it.
    function test_KeyHolder_CountsInputsByTheKey() external {
        uint256[] memory words = new uint256[](key.length - 2);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key[i];
        }
        verifier = deploy(statement, words, insecure);
        uint256 count = inputs[0].length;
        _assertRefused(
            _verifyData(0),
            abi.encodeWithSelector(IStatementVerifier.InputCount.selector, count - 1, count),
            "a key with one input less"
        );
    }

    /// Code at an address can change where contracts can destroy themselves; the hash is checked at every call.
    function test_KeyHolder_RefusesWhatChangedSinceConstruction() external {
        address holder = IKeyed(address(verifier)).KEY();
        bytes memory code = holder.code;
        bytes32 pinned = holder.codehash;
        (bool isBelow, bool isAbove) = (false, false);
        // One bit after the other, until a hash was less than the right one, and one was more.
        for (uint256 bit = 8 * (code.length - 256); bit < 8 * code.length && !(isBelow && isAbove); bit++) {
            _flip(code, bit);
            vm.etch(holder, code);
            bytes32 came = keccak256(code);
            bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.KeyCodeHash.selector, pinned, came);
            _assertRefused(_verifyData(0), wanted, "one bit of the key");
            _assertRefused(_batchData(_inOrder(2)), wanted, "one bit of the key, batch");
            _flip(code, bit);
            (isBelow, isAbove) = (isBelow || came < pinned, isAbove || came > pinned);
        }
        assertTrue(isBelow && isAbove, "hashes on both sides");
        vm.etch(holder, "");
        (bool ok,) = _call(_verifyData(0));
        assertFalse(ok, "no key");
    }

    function _keyed(address holder, bytes32 codeHash, string memory statement_) internal returns (IStatementVerifier) {
        bytes memory compiled = _artifact("KeyedGroth16Verifier");
        bytes memory arguments = abi.encode(holder, codeHash, statement_);
        return IStatementVerifier(_create("KeyedGroth16Verifier", compiled, arguments));
    }

    /// For `try`, which takes calls from outside alone.
    function deployKeyed(address holder) external returns (IStatementVerifier) {
        return _keyed(holder, holder.codehash, statement);
    }

    /// STOP, the flag, the statement's digest, the key; of a ceremony, the transcript.
    function _codeOf(string memory statement_, uint256[] memory key_, bytes32 origin)
        internal
        pure
        returns (bytes memory)
    {
        if (uint256(origin) < 2) return _code(statement_, key_, uint256(origin) == 1);
        return abi.encodePacked(hex"0002", keccak256(bytes(statement_)), key_, origin);
    }

    /// The same, of no ceremony.
    function _code(string memory statement_, uint256[] memory key_, bool insecure_)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(hex"00", insecure_, keccak256(bytes(statement_)), key_);
    }

    /// Deploys a contract with this code.
    function _hold(bytes memory code) internal returns (address holder) {
        // PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: what follows these ten bytes.
        bytes memory creation = abi.encodePacked(hex"61", uint16(code.length), hex"80600a3d393df3", code);
        assembly ("memory-safe") {
            // The address, or zero.
            holder := create(0, add(creation, 32), mload(creation))
        }
        assertEq(holder.code, code, "the key's contract");
    }

    function _assertMalformed(bytes memory code) private {
        address holder = _hold(code);
        try this.deployKeyed(holder) {
            assertTrue(false, "the constructor took the key");
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodeWithSelector(IStatementVerifier.KeyCodeMalformed.selector, code.length));
        }
    }
}
