//! What is sent to the example `HeatCover`.

use alloy_sol_types::SolCall;

use super::abi::HeatCover::{refundCall, settleCall};

/// Calldata of `settle`: it pays as the epoch answers.
pub fn settle() -> Vec<u8> {
    settleCall {}.abi_encode()
}

/// Calldata of `refund`: it pays back where there is no answer.
pub fn refund() -> Vec<u8> {
    refundCall {}.abi_encode()
}
