// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BatchBehaviour} from "./BatchBehaviour.sol";
import {ChallengeBehaviour} from "./ChallengeBehaviour.sol";
import {KeyBehaviour} from "./KeyBehaviour.sol";
import {PrecompileBehaviour} from "./PrecompileBehaviour.sol";
import {VerifyBehaviour} from "./VerifyBehaviour.sol";

/// @notice All that every verifier has to do. A test of one says which fixture, and how it is deployed.
abstract contract VerifierBehaviour is
    VerifyBehaviour,
    BatchBehaviour,
    ChallengeBehaviour,
    PrecompileBehaviour,
    KeyBehaviour
{}
