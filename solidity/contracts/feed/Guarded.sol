// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title An owner who decides slowly, and a guardian who stops at once
/// @notice The owner is meant to be a timelock (three days or more on chain 137), the guardian a key at hand. A guardian can only
/// stop: nothing that a guardian does makes a claim pass that would not pass otherwise.
/// @dev Both are arguments of the constructor and never `msg.sender`: with CREATE2 the sender is a factory.
abstract contract Guarded is Ownable2Step {
    /// @notice Who may stop; nobody, if it is 0.
    address public guardian;

    /// @notice `who` is from now on what `role` says, `guardian` for example; nobody is, if it is 0.
    event RoleSet(bytes32 indexed role, address indexed who);

    /// @notice Only `wanted` may call this, and `came` did.
    error NotGuardian(address wanted, address came);
    /// @notice Neither guardian nor owner called.
    error NotGuardianOrOwner(address guardian, address owner, address came);
    /// @notice There is always an owner: without one nobody could name another guardian.
    error OwnerStays();

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert NotGuardian(guardian, msg.sender);
        _;
    }

    modifier onlyGuardianOrOwner() {
        if (msg.sender != guardian && msg.sender != owner()) {
            revert NotGuardianOrOwner(guardian, owner(), msg.sender);
        }
        _;
    }

    constructor(address owner_, address guardian_) Ownable(owner_) {
        _setGuardian(guardian_);
    }

    /// @notice Names another guardian, or nobody.
    function setGuardian(address guardian_) external onlyOwner {
        _setGuardian(guardian_);
    }

    /// @notice Refuses: see `OwnerStays`.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerStays();
    }

    function _setGuardian(address guardian_) private {
        guardian = guardian_;
        emit RoleSet("guardian", guardian_);
    }
}
