// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// @title A verifier of one statement
/// @notice A call that returns has verified; everything else reverts with one of the errors below. Calldata that stops
/// short is refused by the ABI decoder, with empty revert data.
/// @dev A verifier holds no state. Replay, freshness and access are the caller's: proofs can be rerandomised, so what is
/// recorded against replay is a nullifier, or an epoch and chunk, and never a proof. What the public inputs mean, and how
/// they are packed, is in the library of the statement.
interface IStatementVerifier {
    /// @notice What is wrong with an element of a verifying key.
    enum KeyFault {
        /// The point at infinity: it would unbind what it multiplies.
        Identity,
        /// Off its curve, of another order, or a coordinate of q or more.
        NotInGroup,
        /// alpha, beta or delta, or s G2 of halo2, is the generator: a setup without a contribution.
        Generator,
        /// beta, gamma and delta do not differ, up to sign: with gamma = delta, anybody forges.
        Related,
        /// Two points of IC do not differ, up to sign: inputs could be exchanged.
        Repeated
    }

    /// @notice Calldata is longer or shorter than the ABI encoding of its arguments.
    error CalldataLength(uint256 wanted, uint256 came);
    /// @notice An argument does not stand where every encoder puts it.
    error CalldataOffset(uint256 wanted, uint256 came);
    /// @notice The bytes of the proof, or proofs, are not as many as there have to be.
    error ProofLength(uint256 wanted, uint256 came);
    /// @notice There are not as many public inputs as the statement has, for each proof.
    error InputCount(uint256 wanted, uint256 came);
    /// @notice A public input is r (the order of the scalar field) or more. `index` counts through a batch.
    error InputNotCanonical(uint256 index, uint256 value);
    /// @notice There is no proof in the batch: nothing shown is not something shown.
    error BatchEmpty();
    /// @notice The number of the proof that starts at this byte is r or more, or the point there is the one at infinity.
    error ElementInvalid(uint256 offset);
    /// @notice A precompile refused: an element of a proof is not canonical, off its curve or of another order; or there was
    /// too little gas.
    error PairingRefused();
    /// @notice The elements are well formed, and the proof does not hold for these inputs.
    error ProofRejected();
    /// @notice At least one proof of the batch does not hold; verify them one by one to see which.
    error BatchRejected();
    /// @notice A field of public inputs does not fit: its packed value must be below `limit`.
    error FieldOutOfRange(string field, uint256 value, uint256 limit);

    /// @notice At construction: the element that starts at `word` of the key is unfit.
    error KeyInvalid(KeyFault fault, uint256 word);
    /// @notice At construction: the key was made for another statement.
    error StatementMismatch(string wanted, string came);
    /// @notice At construction: whoever ran the setup of this key can forge; it has a place on test chains only (80002, 31337,
    /// 1337, 11155111), and this is none.
    error InsecureKey(uint256 chainId);
    /// @notice The code at the key's address is not the one that was pinned.
    error KeyCodeHash(bytes32 wanted, bytes32 came);
    /// @notice At construction: the code at the key's address has no key's length, first byte or flag.
    error KeyCodeMalformed(uint256 size);

    /// @notice What the verifier was built for: `statementId` is the digest of `statement`, such as `aggregate/v2/64x32x3`.
    event KeyPinned(string statement, bytes32 indexed statementId, bytes32 indexed keyId, bool insecure);

    /// @notice Reverts unless the proof holds for the public inputs.
    /// @param proof Of Groth16, 256 bytes: A, B, C, as the pairing precompile takes points (EIP-197). Of halo2, 3,392 bytes
    /// @param inputs The packed public inputs, each below r
    function verify(bytes calldata proof, uint256[] calldata inputs) external view;

    /// @notice Reverts unless every proof holds for its public inputs.
    /// @dev Of Groth16, one pairing of M + 3 pairs for M proofs, each scaled by a power of a challenge: keccak256 of the key's
    /// id, all proofs and all inputs. A false proof passes with a probability of at most M / r.
    /// @param proofs The proofs, one after the other
    /// @param inputs The packed public inputs of the first proof, then those of the second, and so on
    function verifyBatch(bytes calldata proofs, uint256[] calldata inputs) external view;

    /// @notice Whether one machine made the key: whoever ran that setup can forge. For development only.
    function INSECURE() external view returns (bool);

    /// @notice keccak256 of the statement's id, name, version and shape, as text. Bindings commit to it.
    function STATEMENT_ID() external view returns (bytes32);

    /// @notice keccak256 of name and version, such as `aggregate/v2`: every shape of a statement has its public inputs.
    function FAMILY() external view returns (bytes32);

    /// @notice Packed public inputs of the statement.
    function INPUTS() external view returns (uint256);

    /// @notice keccak256 of STATEMENT_ID, a word for who made the key (1 if INSECURE, else TRANSCRIPT), and the words of the key.
    function KEY_ID() external view returns (bytes32);

    /// @notice keccak256 of the transcript of the ceremony that made the key, to which KEY_ID commits; 0 if the key says of none, as
    /// every INSECURE key and every key of halo2.
    /// @dev Whoever deployed gave it, as all of the key: no chain can tell whether the ceremony was held. `zksensor ceremony finish` makes
    /// it of the published files, and `inspect` shows it and the KEY_ID that it belongs to.
    function TRANSCRIPT() external view returns (bytes32);
}
