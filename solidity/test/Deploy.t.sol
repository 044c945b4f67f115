// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {Deploy} from "../script/Deploy.s.sol";
import {LibraryFixture} from "./LibraryFixture.sol";

contract DeployTest is LibraryFixture {
    Deploy private script = new Deploy();

    function test_Deploy_DeploysWhatTheFileSays() external {
        for (uint256 i = 0; i < 2; i++) {
            verifier = script.run(_file(statement, i == 0, verifier.KEY_ID(), i == 0));
            assertEq(verifier.INSECURE(), i == 0);
            assertEq(verifier.STATEMENT_ID(), keccak256(bytes(statement)));
            _assertAccepted(_verifyData(0), "a proof for the deployed verifier");
        }
    }

    function test_Deploy_RefusesInsecureKeysOffTheTestChains() external {
        string memory file = _file(statement, true, verifier.KEY_ID(), true);
        vm.chainId(8453);
        vm.expectRevert(
            abi.encodeWithSelector(
                Deploy.InsecureKeyRefused.selector,
                "AggregateV2Groth16Verifier",
                8453,
                "the key was made by one machine, which can forge: use a key from a ceremony, or a test network"
            )
        );
        script.run(file);
    }

    /// A file that calls an insecure key secure meets the constructor.
    function test_Deploy_RefusesFilesThatLie() external {
        bytes32 keyId = verifier.KEY_ID();
        string memory file = _file(statement, false, keyId, true);
        vm.expectRevert(abi.encodeWithSelector(Deploy.NotWhatTheFileSays.selector, "insecure"));
        script.run(file);
        file = _file("aggregate/v2/2x8x3", true, keyId, true);
        vm.expectRevert(abi.encodeWithSelector(Deploy.NotWhatTheFileSays.selector, "statement"));
        script.run(file);
        file = _file(statement, true, ~keyId, true);
        vm.expectRevert(abi.encodeWithSelector(Deploy.NotWhatTheFileSays.selector, "keyId"));
        script.run(file);
        file = vm.replace(
            _file(statement, true, keyId, true),
            vm.toString(_deployed(true).codehash),
            vm.toString(keccak256("other code"))
        );
        vm.expectRevert(abi.encodeWithSelector(Deploy.NotWhatTheFileSays.selector, "codeHash"));
        script.run(file);
        string memory none = vm.toString(bytes32(0));
        file = vm.replace(
            _file(statement, true, keyId, true),
            string.concat('"transcript":"', none),
            string.concat('"transcript":"', vm.toString(keyId))
        );
        vm.expectRevert(abi.encodeWithSelector(Deploy.NotWhatTheFileSays.selector, "transcript"));
        script.run(file);
        file = _file(statement, false, keyId, true);
        vm.chainId(137);
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InsecureKey.selector, 137));
        script.run(file);
    }

    /// A deployment file; `made` is what the constructor is told of the key, `said` what the file says of it.
    function _file(string memory statement_, bool said, bytes32 keyId, bool made) private returns (string memory) {
        uint256[24] memory words = _words();
        bytes memory arguments = abi.encode(statement, words, made);
        if (said == made && !said) {
            keyId = keccak256(abi.encodePacked(keccak256(bytes(statement)), uint256(0), words));
        }
        string memory json = "deployment";
        vm.serializeString(json, "contract", "AggregateV2Groth16Verifier");
        vm.serializeString(json, "statement", statement_);
        vm.serializeBool(json, "insecure", said);
        vm.serializeBytes32(json, "keyId", keyId);
        vm.serializeBytes32(json, "transcript", 0);
        vm.serializeBytes32(json, "codeHash", _deployed(made).codehash);
        vm.serializeBytes(json, "constructorArguments", arguments);
        return vm.serializeBytes(json, "bytecode", bytes.concat(_artifact("AggregateV2Groth16Verifier"), arguments));
    }

    function _deployed(bool made) private returns (address) {
        return _create(
            "AggregateV2Groth16Verifier", _artifact("AggregateV2Groth16Verifier"), abi.encode(statement, _words(), made)
        );
    }

    function _words() private view returns (uint256[24] memory words) {
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key[i];
        }
    }

    function _fixture() internal pure override returns (string memory) {
        return "AggregateV2";
    }
}
