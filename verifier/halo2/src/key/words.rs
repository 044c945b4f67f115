//! A key as the words that a contract reads (solidity/contracts/core/halo2/Halo2Layout.sol).

use halo2_proofs::halo2curves::bn256::Fr as Scalar;

use super::VerifyingKey;
use crate::bytes::{WORD, put_g1, put_g2, word};
use crate::table::system;

impl VerifyingKey {
    /// The key for a contract, words of 32 bytes, big-endian: k, the number of public inputs, [`VerifyingKey::transcript_start`],
    /// \- s G2, commitments to fixed columns in the order in which proofs evaluate them, commitments to copies. The negative is taken here, so
    /// that nothing is negated on chain.
    pub fn contract_words(&self) -> Vec<[u8; WORD]> {
        let mut bytes = Vec::new();
        for small in [Scalar::from(u64::from(self.k)), Scalar::from(u64::from(self.public_inputs))] {
            bytes.extend_from_slice(&word(&small));
        }
        bytes.extend_from_slice(&word(&self.transcript_start()));
        put_g2(&mut bytes, &-self.points.s_g2);
        let system = system();
        for (column, rotation) in system.fixed_queries() {
            assert!(rotation.0 == 0, "a gate of a table reads its own row");
            put_g1(&mut bytes, &self.points.fixed[column.index()]);
        }
        for commitment in &self.points.copies {
            put_g1(&mut bytes, commitment);
        }
        bytes.as_chunks().0.to_vec()
    }
}
