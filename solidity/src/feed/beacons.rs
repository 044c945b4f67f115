//! What is sent to a beacon of blocks, and what it answers. A moment is a feed's deadline, in Unix milliseconds.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use zksensor_model::field;
use zksensor_model::noise::Beacon;

use super::abi::BlockBeacon::{beaconOfCall, drawCall, drawnOfCall, recordBeaconCall};
use crate::error::OutputError;

/// Calldata of `draw`, once the moment has passed. Anybody may send it.
pub fn draw(moment_ms: u64) -> Vec<u8> {
    drawCall { momentMs: U256::from(moment_ms) }.abi_encode()
}

/// Calldata of `recordBeacon`, once the block that was drawn is there, and within 256 blocks. Anybody may send it.
pub fn record(moment_ms: u64) -> Vec<u8> {
    recordBeaconCall { momentMs: U256::from(moment_ms) }.abi_encode()
}

/// Calldata of `drawnOf`: the number of the block that was drawn and is not recorded.
pub fn drawn_of(moment_ms: u64) -> Vec<u8> {
    drawnOfCall { momentMs: U256::from(moment_ms) }.abi_encode()
}

/// Calldata of `beaconOf`.
pub fn beacon_of(moment_ms: u64) -> Vec<u8> {
    beaconOfCall { momentMs: U256::from(moment_ms) }.abi_encode()
}

/// The number that `draw` or `drawnOf` returned; `None` if there is none.
///
/// # Errors
/// [`OutputError`] if it is no block's.
pub fn decode_block(output: &[u8]) -> Result<Option<u64>, OutputError> {
    let wrong = || OutputError { call: "drawnOf", got: output.len() };
    let number = drawnOfCall::abi_decode_returns_validate(output).map_err(|_| wrong())?;
    let number = u64::try_from(number).map_err(|_| wrong())?;
    Ok(Some(number).filter(|number| *number != 0))
}

/// The beacon that `recordBeacon` or `beaconOf` returned.
///
/// # Errors
/// [`OutputError`] if it is no element of the field.
pub fn decode_beacon(output: &[u8]) -> Result<Beacon, OutputError> {
    let wrong = || OutputError { call: "beaconOf", got: output.len() };
    let word = beaconOfCall::abi_decode_returns_validate(output).map_err(|_| wrong())?;
    field::from_be_bytes(&word.to_be_bytes()).map(Beacon::from_field).map_err(|_| wrong())
}
