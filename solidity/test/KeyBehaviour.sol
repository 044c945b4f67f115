// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice What the construction of every verifier has to do: say what it was built for, and refuse keys of forgers.
abstract contract KeyBehaviour is VerifierFixture {
    // Where a key has its points, in words.
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 6;
    uint256 private constant DELTA = 10;
    uint256 private constant IC = 14;

    function test_Constructor_SaysWhatItWasBuiltFor() external view {
        assertEq(verifier.STATEMENT_ID(), keccak256(bytes(statement)));
        assertEq(verifier.FAMILY(), keccak256(bytes(_family())));
        assertEq(verifier.INPUTS(), inputs[0].length);
        assertEq(verifier.INSECURE(), insecure);
        assertEq(verifier.KEY_ID(), _keyId(statement, key, insecure));
        assertEq(verifier.KEY_ID(), keyId, "the key's id by the Rust side");
        assertEq(verifier.TRANSCRIPT(), bytes32(0), "no ceremony");
        assertEq(key.length, IC + 2 * (inputs[0].length + 1));
    }

    /// A ceremony's key: the contract has the digest of its transcript, and the key's id commits to it.
    function test_Constructor_SaysWhichCeremonyMadeTheKey() external {
        bytes32[3] memory transcripts = [bytes32(uint256(2)), keccak256("transcript"), ~bytes32(0)];
        vm.chainId(137);
        for (uint256 i = 0; i < transcripts.length; i++) {
            bytes32 id = keccak256(abi.encodePacked(keccak256(bytes(statement)), transcripts[i], key));
            vm.expectEmit(true, true, true, true);
            emit IStatementVerifier.KeyPinned(statement, keccak256(bytes(statement)), id, false);
            verifier = deployOf(statement, key, transcripts[i]);
            assertEq(verifier.TRANSCRIPT(), transcripts[i]);
            assertEq(verifier.KEY_ID(), id);
            assertFalse(verifier.INSECURE());
            _assertAccepted(_verifyData(0), "a proof, whatever the transcript");
        }
    }

    function test_Constructor_EmitsWhatItWasBuiltFor() external {
        vm.expectEmit(true, true, true, true);
        emit IStatementVerifier.KeyPinned(
            statement, keccak256(bytes(statement)), _keyId(statement, key, insecure), insecure
        );
        deploy(statement, key, insecure);
    }

    /// The key's id tells apart what a verifier of the same statement may differ in.
    function test_Constructor_KeyIdDependsOnEveryPart() external {
        string memory other = string.concat(statement, "/0");
        IStatementVerifier changed = this.deploy{gas: DEPLOY_GAS}(other, key, insecure);
        assertEq(changed.STATEMENT_ID(), keccak256(bytes(other)));
        assertEq(changed.KEY_ID(), _keyId(other, key, insecure));
        assertNotEq(changed.KEY_ID(), verifier.KEY_ID());

        changed = this.deploy{gas: DEPLOY_GAS}(statement, key, !insecure);
        assertEq(changed.INSECURE(), !insecure);
        assertEq(changed.TRANSCRIPT(), bytes32(0));
        assertEq(changed.KEY_ID(), _keyId(statement, key, !insecure));
        assertNotEq(changed.KEY_ID(), verifier.KEY_ID());

        uint256[] memory words = key;
        (words[ALPHA], words[ALPHA + 1]) = (words[IC], words[IC + 1]);
        changed = this.deploy{gas: DEPLOY_GAS}(statement, words, insecure);
        assertEq(changed.KEY_ID(), _keyId(statement, words, insecure));
        assertNotEq(changed.KEY_ID(), verifier.KEY_ID());
    }

    /// What stands next to the id of a test chain, and where something is at stake: Ethereum, Optimism, BNB, Gnosis, Polygon,
    /// Base, Arbitrum, Celo, Avalanche. A key that several machines made has a place everywhere.
    function test_Constructor_TakesInsecureKeysOnTestChainsOnly() external {
        uint256[4] memory ours = [uint256(80002), 31337, 1337, 11155111];
        for (uint256 i = 0; i < ours.length; i++) {
            vm.chainId(ours[i]);
            assertTrue(this.deploy{gas: DEPLOY_GAS}(statement, key, true).INSECURE());
            _assertInsecureRefused(ours[i] - 1);
            _assertInsecureRefused(ours[i] + 1);
        }
        uint256[9] memory others = [uint256(1), 10, 56, 100, 137, 8453, 42161, 42220, 43114];
        for (uint256 i = 0; i < others.length; i++) {
            _assertInsecureRefused(others[i]);
        }
    }

    function _assertInsecureRefused(uint256 chain) private {
        vm.chainId(chain);
        _assertDeployRefused(key, true, abi.encodeWithSelector(IStatementVerifier.InsecureKey.selector, chain));
        assertFalse(this.deploy{gas: DEPLOY_GAS}(statement, key, false).INSECURE());
    }

    function test_Constructor_RefusesIdentities() external {
        for (uint256 place = 0; place < key.length; place += _size(place)) {
            uint256[] memory words = key;
            for (uint256 i = 0; i < _size(place); i++) {
                words[place + i] = 0;
            }
            _assertKeyRefused(words, IStatementVerifier.KeyFault.Identity, place);
        }
    }

    function test_Constructor_RefusesPointsOffTheirCurves() external {
        for (uint256 place = 0; place < key.length; place += _size(place)) {
            for (uint256 i = 0; i < _size(place); i++) {
                uint256[] memory words = key;
                words[place + i] ^= 1;
                _assertKeyRefused(words, IStatementVerifier.KeyFault.NotInGroup, place);
            }
        }
    }

    /// Zero is the identity only if all of it is.
    function test_Constructor_RefusesHalvesOfAnIdentity() external {
        for (uint256 place = 0; place < key.length; place += _size(place)) {
            for (uint256 i = 0; i < _size(place); i++) {
                uint256[] memory words = key;
                words[place + i] = 0;
                _assertKeyRefused(words, IStatementVerifier.KeyFault.NotInGroup, place);
            }
        }
    }

    function test_Constructor_RefusesCoordinatesPlusQ() external {
        for (uint256 place = 0; place < key.length; place += _size(place)) {
            for (uint256 i = 0; i < _size(place); i++) {
                uint256[] memory words = key;
                words[place + i] += Q;
                _assertKeyRefused(words, IStatementVerifier.KeyFault.NotInGroup, place);
            }
        }
    }

    /// On the twist, and not in the group of order r.
    function test_Constructor_RefusesPointsOfAnotherOrder() external {
        for (uint256 place = BETA; place <= DELTA; place += 4) {
            uint256[] memory words = key;
            words[place] = 0;
            words[place + 1] = 1;
            words[place + 2] = 5912654199736721486680175016176231956195085055698687135131307249486702594212;
            words[place + 3] = 18278151005453108793778860132295291098363647455926340152056652516292830556603;
            _assertKeyRefused(words, IStatementVerifier.KeyFault.NotInGroup, place);
        }
    }

    function test_Constructor_RefusesTheGeneratorAsAlpha() external {
        uint256[] memory words = key;
        words[ALPHA] = 1;
        words[ALPHA + 1] = 2;
        _assertKeyRefused(words, IStatementVerifier.KeyFault.Generator, ALPHA);
        words[ALPHA + 1] = Q - 2;
        _assertKeyRefused(words, IStatementVerifier.KeyFault.Generator, ALPHA);
    }

    function test_Constructor_RefusesTheGeneratorAsBetaAndDelta() external {
        for (uint256 place = BETA; place <= DELTA; place += DELTA - BETA) {
            uint256[] memory words = key;
            _setGenerator(words, place);
            _assertKeyRefused(words, IStatementVerifier.KeyFault.Generator, place);
            _negate(words, place);
            _assertKeyRefused(words, IStatementVerifier.KeyFault.Generator, place);
        }
    }

    /// Ceremonies leave gamma at the generator.
    function test_Constructor_AcceptsTheGeneratorAsGamma() external {
        uint256[] memory words = key;
        _setGenerator(words, GAMMA);
        this.deploy{gas: DEPLOY_GAS}(statement, words, insecure);
    }

    /// With gamma = delta or gamma = -delta, anybody forges.
    function test_Constructor_RefusesRelatedElements() external {
        for (uint256 place = GAMMA; place <= DELTA; place += 4) {
            for (uint256 other = BETA; other < place; other += 4) {
                uint256[] memory words = key;
                for (uint256 i = 0; i < 4; i++) {
                    words[place + i] = words[other + i];
                }
                _assertKeyRefused(words, IStatementVerifier.KeyFault.Related, place);
                _negate(words, place);
                _assertKeyRefused(words, IStatementVerifier.KeyFault.Related, place);
            }
        }
    }

    function test_Constructor_RefusesRepeatedInputPoints() external {
        for (uint256 place = IC; place < key.length; place += 2) {
            for (uint256 other = IC; other < place; other += 2) {
                uint256[] memory words = key;
                words[place] = words[other];
                words[place + 1] = words[other + 1];
                _assertKeyRefused(words, IStatementVerifier.KeyFault.Repeated, place);
                words[place + 1] = Q - words[other + 1];
                _assertKeyRefused(words, IStatementVerifier.KeyFault.Repeated, place);
            }
        }
    }

    /// A key that could be another's is no error, and verifies nothing of this one's.
    function test_Constructor_AnotherKeyRefusesTheProofs() external {
        uint256[] memory words = key;
        (words[IC], words[IC + 1], words[IC + 2], words[IC + 3]) =
        (words[IC + 2], words[IC + 3], words[IC], words[IC + 1]);
        verifier = this.deploy{gas: DEPLOY_GAS}(statement, words, insecure);
        for (uint256 i = 0; i < proofs.length; i++) {
            _assertRefused(_verifyData(i), IStatementVerifier.ProofRejected.selector, vm.toString(i));
        }
    }

    function _assertDeployRefused(uint256[] memory words, bool insecure_, bytes memory wanted) internal {
        try this.deploy{gas: DEPLOY_GAS}(statement, words, insecure_) {
            assertTrue(false, "the constructor took the key");
        } catch (bytes memory reason) {
            assertEq(reason, wanted);
        }
    }

    /// Name and version of the statement: what stands before its second slash.
    function _family() private view returns (string memory) {
        string[] memory parts = vm.split(statement, "/");
        return string.concat(parts[0], "/", parts[1]);
    }

    function _keyId(string memory statement_, uint256[] memory words, bool insecure_) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(bytes(statement_)), uint256(insecure_ ? 1 : 0), words));
    }

    function _assertKeyRefused(uint256[] memory words, IStatementVerifier.KeyFault fault, uint256 place) private {
        _assertDeployRefused(
            words, insecure, abi.encodeWithSelector(IStatementVerifier.KeyInvalid.selector, fault, place)
        );
    }

    /// Words of the point at word `place`.
    function _size(uint256 place) private pure returns (uint256) {
        return place >= BETA && place < IC ? 4 : 2;
    }

    function _setGenerator(uint256[] memory words, uint256 place) private pure {
        words[place] = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
        words[place + 1] = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
        words[place + 2] = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
        words[place + 3] = 8495653923123431417604973247489272438418190587263600148770280649306958101930;
    }

    /// Negates the point of G2 at word `place`.
    function _negate(uint256[] memory words, uint256 place) private pure {
        words[place + 2] = Q - words[place + 2];
        words[place + 3] = Q - words[place + 3];
    }
}
