// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice The mock says that it is one, and refuses what a verifier refuses.
contract MockVerifierTest is FeedFixture {
    MockVerifier private _verifier;
    uint256[] private _words;

    function setUp() public {
        _verifier = _mock("aggregate/v2", "/8x8x3", 4);
        _words = [uint256(1), 2, 3, 4];
    }

    function test_SaysWhatItIs() public view {
        assertTrue(_verifier.INSECURE());
        assertEq(_verifier.FAMILY(), keccak256("aggregate/v2"));
        assertEq(_verifier.STATEMENT_ID(), keccak256("aggregate/v2/8x8x3"));
        assertEq(_verifier.INPUTS(), 4);
        assertEq(_verifier.KEY_ID(), keccak256(abi.encode("zksensor mock, no key", _verifier.STATEMENT_ID())));
    }

    function test_OnTestChainsOnly() public {
        uint256[4] memory tests = [uint256(80002), 31337, 1337, 11155111];
        for (uint256 i = 0; i < tests.length; i++) {
            vm.chainId(tests[i]);
            _mock("aggregate/v2", "", 4);
        }
        uint256[4] memory others = [uint256(1), 137, 80001, 11155112];
        for (uint256 i = 0; i < others.length; i++) {
            vm.chainId(others[i]);
            bytes memory why = abi.encodeWithSelector(MockVerifier.MockOnRealChain.selector, others[i]);
            _refusesToBeMade("MockVerifier", abi.encode("aggregate/v2", "", 4), why);
        }
    }

    function testFuzz_TakesAProofForItsWordsAlone(uint256[4] memory words, uint256 place, uint256 other) public {
        for (uint256 i = 0; i < 4; i++) {
            _words[i] = words[i] % R;
        }
        bytes memory proof = _verifier.proofFor(_words);
        _verifier.verify(proof, _words);
        place %= 4;
        other %= R;
        if (other == _words[place]) other = (other + 1) % R;
        _words[place] = other;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _verifier.verify(proof, _words);
    }

    function test_RefusesAsAVerifierDoes() public {
        bytes memory proof = _verifier.proofFor(_words);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.ProofLength.selector, 256, 257));
        _verifier.verify(bytes.concat(proof, hex"00"), _words);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.ProofLength.selector, 256, 32));
        _verifier.verify(abi.encode(0), _words);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, 4, 3));
        _verifier.verify(proof, new uint256[](3));
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, 4, 5));
        _verifier.verify(proof, new uint256[](5));
        _words[2] = R;
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputNotCanonical.selector, 2, R));
        _verifier.verify(proof, _words);
        _words[2] = R - 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _verifier.verify(proof, _words);
        _words[2] = 3;
        proof[255] = 0x01;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _verifier.verify(proof, _words);
    }

    function test_RefusesWhatPassesForAProofOfAnother() public {
        bytes memory proof = _mock("aggregate/v2", "/16x8x3", 4).proofFor(_words);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _verifier.verify(proof, _words);
    }

    function test_Batches() public {
        uint256[] memory words = new uint256[](8);
        for (uint256 i = 0; i < 8; i++) {
            words[i] = i;
        }
        bytes memory proofs = bytes.concat(_proof(words, 0), _proof(words, 1));
        _verifier.verifyBatch(proofs, words);

        bytes memory exchanged = bytes.concat(_proof(words, 1), _proof(words, 0));
        vm.expectRevert(IStatementVerifier.BatchRejected.selector);
        _verifier.verifyBatch(exchanged, words);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.ProofLength.selector, 768, 513));
        _verifier.verifyBatch(bytes.concat(proofs, hex"00"), words);
        vm.expectRevert(IStatementVerifier.BatchEmpty.selector);
        _verifier.verifyBatch("", new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, 8, 4));
        _verifier.verifyBatch(proofs, _words);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, 8, 9));
        _verifier.verifyBatch(proofs, new uint256[](9));
        words[7] = R;
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputNotCanonical.selector, 7, R));
        _verifier.verifyBatch(proofs, words);
    }

    function _proof(uint256[] memory words, uint256 index) private view returns (bytes memory) {
        uint256[] memory own = new uint256[](4);
        for (uint256 i = 0; i < 4; i++) {
            own[i] = words[4 * index + i];
        }
        return _verifier.proofFor(own);
    }
}
