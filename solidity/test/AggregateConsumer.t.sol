// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {AggregateV2, AggregateV2Inputs} from "../contracts/generated/AggregateV2.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {AggregateConsumer} from "../contracts/examples/AggregateConsumer.sol";

/// @notice Takes one proof for one list of words, and refuses everything else as a verifier does.
contract OneProof is IStatementVerifier {
    bool public constant override INSECURE = false;
    bytes32 public constant override STATEMENT_ID = keccak256("aggregate/v2/8x8x3");
    bytes32 public constant override KEY_ID = keccak256("key");
    bytes32 public constant override TRANSCRIPT = 0;
    bytes32 public constant override FAMILY = AggregateV2.FAMILY;
    uint256 public constant override INPUTS = AggregateV2.WORDS;
    bytes32 private immutable SHOWN;

    constructor(bytes memory proof, uint256[] memory words) {
        SHOWN = keccak256(abi.encode(proof, words));
    }

    function verify(bytes calldata proof, uint256[] calldata inputs) external view override {
        if (keccak256(abi.encode(proof, inputs)) != SHOWN) revert ProofRejected();
    }

    function verifyBatch(bytes calldata, uint256[] calldata) external pure override {
        revert BatchRejected();
    }
}

/// @notice The example for consumers: what it takes, and that it refuses everything else.
contract AggregateConsumerTest is Test {
    address private constant RECIPIENT = address(0x33);
    uint256 private constant POLICY = 7;
    uint256 private constant ROOT = 8;
    uint32 private constant EPOCH = 2;
    bytes private constant PROOF = "proof";

    AggregateConsumer private _consumer;

    function setUp() public {
        // The proof is bound to the consumer, which is deployed after its verifier.
        address consumer = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        bytes32 statement = keccak256("aggregate/v2/8x8x3");
        uint152 binding = uint152(uint256(keccak256(abi.encode(block.chainid, consumer, RECIPIENT, statement))));
        IStatementVerifier verifier = new OneProof(PROOF, AggregateV2.pack(_inputs(), binding));
        _consumer = new AggregateConsumer(verifier, keccak256("key"), POLICY, 21, 5);
        assertEq(address(_consumer), consumer);
        _consumer.publishRoot(EPOCH, ROOT);
    }

    function test_Submit_CountsOnce() public {
        vm.expectEmit(address(_consumer));
        emit AggregateConsumer.Aggregated(EPOCH, 0, RECIPIENT, 6, -18);
        vm.prank(address(0xbeef));
        _consumer.submit(PROOF, _inputs(), RECIPIENT);
        assertEq(_consumer.creditOf(RECIPIENT), 6);
        assertTrue(_consumer.isCounted(EPOCH, 0));
        _refused(_inputs(), RECIPIENT, abi.encodeWithSelector(AggregateConsumer.AlreadyCounted.selector, EPOCH, 0));
        assertEq(_consumer.creditOf(RECIPIENT), 6);
    }

    function test_Submit_RefusesOtherClaims() public {
        AggregateV2Inputs memory inputs = _inputs();
        inputs.policyId = POLICY + 1;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.OtherPolicy.selector, POLICY, POLICY + 1));

        inputs = _inputs();
        inputs.registryRoot = ROOT + 1;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.OtherRoot.selector, ROOT, ROOT + 1));

        // No root is published for the epoch, and 0 does not stand for it.
        inputs = _inputs();
        inputs.epoch = EPOCH + 1;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.OtherRoot.selector, 0, ROOT));
        inputs.registryRoot = 0;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.OtherRoot.selector, 0, 0));

        inputs = _inputs();
        inputs.chunkBits = 20;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.OtherChunkBits.selector, 21, 20));

        inputs = _inputs();
        inputs.count = 4;
        _refused(inputs, RECIPIENT, abi.encodeWithSelector(AggregateConsumer.TooFew.selector, 5, 4));
    }

    function test_Submit_RefusesAProofThatDoesNotHold() public {
        AggregateV2Inputs memory inputs = _inputs();
        inputs.sum += 1;
        bytes memory rejected = abi.encodeWithSelector(IStatementVerifier.ProofRejected.selector);
        _refused(inputs, RECIPIENT, rejected);
        // The credit is the recipient's of the binding.
        _refused(_inputs(), address(0x44), rejected);
        vm.chainId(block.chainid + 1);
        _refused(_inputs(), RECIPIENT, rejected);
        assertFalse(_consumer.isCounted(EPOCH, 0));
    }

    function test_PublishRoot_OnceAndByTheRegistrar() public {
        bytes4 refused = AggregateConsumer.RootRefused.selector;
        vm.expectRevert(abi.encodeWithSelector(refused, EPOCH));
        _consumer.publishRoot(EPOCH, ROOT + 1);
        vm.expectRevert(abi.encodeWithSelector(refused, EPOCH + 1));
        _consumer.publishRoot(EPOCH + 1, 0);
        vm.prank(address(0xbeef));
        vm.expectRevert(abi.encodeWithSelector(refused, EPOCH + 1));
        _consumer.publishRoot(EPOCH + 1, ROOT);
    }

    function test_Constructor_RefusesAnotherKey() public {
        IStatementVerifier verifier = _consumer.VERIFIER();
        bytes32 wanted = keccak256("another key");
        bytes32 came = keccak256("key");
        vm.expectRevert(abi.encodeWithSelector(AggregateConsumer.OtherKey.selector, wanted, came));
        new AggregateConsumer(verifier, wanted, POLICY, 21, 5);
    }

    function _refused(AggregateV2Inputs memory inputs, address recipient, bytes memory why) private {
        vm.expectRevert(why);
        _consumer.submit(PROOF, inputs, recipient);
    }

    function _inputs() private pure returns (AggregateV2Inputs memory inputs) {
        inputs.registryRoot = ROOT;
        inputs.policyId = POLICY;
        inputs.epoch = EPOCH;
        inputs.chunkBits = 21;
        inputs.count = 6;
        inputs.sum = -18;
    }
}
