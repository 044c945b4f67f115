// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Script} from "forge-std/Script.sol";
import {console} from "forge-std/console.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {TestChains} from "../contracts/core/TestChains.sol";

/// @notice Deploys a verifier from the deployment file that `zksensor export solidity` writes, and checks that it is the
/// one that the file says.
/// @dev The text of the file is the argument, so that forge needs leave to read no folder:
/// `forge script script/Deploy.s.sol --sig 'run(string)' "$(cat deployment.json)" --rpc-url .. --broadcast ..`
contract Deploy is Script {
    /// @notice The key is for development: whoever ran its setup can forge.
    error InsecureKeyRefused(string contractName, uint256 chainId, string why);
    /// @notice What was deployed does not say of itself what the file says of it.
    error NotWhatTheFileSays(string what);

    /// @notice Deploys.
    /// @param deployment The text of the deployment file
    /// @return verifier What was deployed
    function run(string memory deployment) external returns (IStatementVerifier verifier) {
        string memory name = vm.parseJsonString(deployment, ".contract");
        string memory statement = vm.parseJsonString(deployment, ".statement");
        bool insecure = vm.parseJsonBool(deployment, ".insecure");
        bytes32 keyId = vm.parseJsonBytes32(deployment, ".keyId");
        bytes32 transcript = vm.parseJsonBytes32(deployment, ".transcript");
        bytes32 codeHash = vm.parseJsonBytes32(deployment, ".codeHash");
        bytes memory code = vm.parseJsonBytes(deployment, ".bytecode");

        if (insecure && !TestChains.isHere()) {
            revert InsecureKeyRefused(
                name,
                block.chainid,
                "the key was made by one machine, which can forge: use a key from a ceremony, or a test network"
            );
        }

        vm.broadcast();
        assembly ("memory-safe") {
            // The address, or zero with the constructor's error.
            verifier := create(0, add(code, 32), mload(code))
            if iszero(verifier) {
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }

        if (address(verifier).codehash != codeHash) revert NotWhatTheFileSays("codeHash");
        if (verifier.INSECURE() != insecure) revert NotWhatTheFileSays("insecure");
        if (verifier.STATEMENT_ID() != keccak256(bytes(statement))) revert NotWhatTheFileSays("statement");
        if (verifier.KEY_ID() != keyId) revert NotWhatTheFileSays("keyId");
        if (verifier.TRANSCRIPT() != transcript) revert NotWhatTheFileSays("transcript");
        console.log("%s of %s is at %s", name, statement, address(verifier));
    }
}
