//! How the files of keys begin, of every proof system: each refuses the other's by name.

/// A verifying key of Groth16.
pub const GROTH16_VERIFYING_KEY: &[u8; 11] = b"zksensor-vk";
/// A proving key of Groth16. Its version follows.
pub const GROTH16_PROVING_KEY: &[u8; 11] = b"zksensor-pk";
/// A verifying key of halo2.
pub const HALO2_VERIFYING_KEY: &[u8; 17] = b"zksensor-halo2-vk";
/// A proving key of halo2.
pub const HALO2_PROVING_KEY: &[u8; 17] = b"zksensor-halo2-pk";
/// Parameters of halo2.
pub const HALO2_PARAMETERS: &[u8; 18] = b"zksensor-halo2-srs";
/// A key of mocks, which are no proofs.
pub const MOCK_KEY: &[u8; 17] = b"zksensor-mock-key";
