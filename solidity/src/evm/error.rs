//! Why a transaction did not succeed.

use revm::context_interface::result::{HaltReason, InvalidTransaction};

use super::{Address, Revert};

/// What ended an execution at once, with all of its gas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Halt {
    /// The gas was used up.
    #[error("out of gas")]
    OutOfGas,
    /// The chain has no such operation, or it is INVALID (0xfe).
    #[error("invalid opcode")]
    InvalidOpcode,
    /// A jump to where no JUMPDEST is.
    #[error("jump to no destination")]
    InvalidJump,
    /// An operation wanted more words than the stack held, or the stack was full.
    #[error("stack underflow or overflow")]
    Stack,
    /// Any other cause.
    #[error("{cause}")]
    Other {
        /// The cause in revm's words.
        cause: String,
    },
}

impl Halt {
    pub(super) fn new(reason: HaltReason) -> Self {
        match reason {
            HaltReason::OutOfGas(_) => Halt::OutOfGas,
            HaltReason::OpcodeNotFound | HaltReason::InvalidFEOpcode | HaltReason::NotActivated => {
                Halt::InvalidOpcode
            }
            HaltReason::InvalidJump => Halt::InvalidJump,
            HaltReason::StackUnderflow | HaltReason::StackOverflow => Halt::Stack,
            other => Halt::Other { cause: other.to_string() },
        }
    }
}

/// Why a transaction was refused or failed. Gas is that of the whole transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvmError {
    /// The contract reverted.
    #[error("reverted after {gas} gas: {}", Revert::decode(data))]
    Reverted {
        /// Gas used.
        gas: u64,
        /// What the contract said, as [`Revert::decode`] reads it.
        data: Vec<u8>,
    },
    /// The execution ended with all of its gas.
    #[error("halted after {gas} gas: {reason}")]
    Halted {
        /// Gas used.
        gas: u64,
        /// Why.
        reason: Halt,
    },
    /// Nothing to deploy.
    #[error("the init code is empty; pass a contract's creation bytecode")]
    EmptyInitCode,
    /// The init code is larger than the chain takes.
    #[error(
        "expected init code of at most {limit} bytes, got {got}; make the contract or its arguments smaller"
    )]
    InitCodeTooLarge {
        /// The most bytes.
        limit: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The init code returned more code than the chain takes.
    #[error("the init code returned more than the {limit} bytes that a contract may have; make it smaller")]
    CodeTooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// The init code returned code that begins with 0xEF, which is reserved.
    #[error("the init code returned code that begins with 0xef; pass a contract's creation bytecode")]
    ReservedCode,
    /// The init code returned nothing, so that no contract is there.
    #[error("the init code returned no code; pass a contract's creation bytecode, not its runtime bytecode")]
    NoCode,
    /// A call to an address without a contract, which the chain would let succeed.
    #[error("no contract is at {address}; call an address that a deployment returned")]
    NoContract {
        /// The address.
        address: Address,
    },
    /// The transaction asks for more gas than the chain allows.
    #[error("expected a gas limit of at most {cap}, got {got}; lower it")]
    GasLimitOverCap {
        /// The most gas.
        cap: u64,
        /// The transaction's gas limit.
        got: u64,
    },
    /// The gas limit is below what the chain charges before it executes anything.
    #[error("expected a gas limit of at least {needed}, got {got}; raise it or send less data")]
    GasLimitTooLow {
        /// Gas for the transaction and its data alone.
        needed: u64,
        /// The transaction's gas limit.
        got: u64,
    },
    /// The transaction was refused for any other reason.
    #[error("transaction refused: {reason}")]
    Refused {
        /// The reason in revm's words.
        reason: String,
    },
}

impl EvmError {
    /// What the contract said, if it reverted.
    pub fn revert(&self) -> Option<Revert> {
        match self {
            EvmError::Reverted { data, .. } => Some(Revert::decode(data)),
            _ => None,
        }
    }

    /// Why revm did not execute a transaction.
    pub(super) fn refused(reason: InvalidTransaction) -> Self {
        match reason {
            InvalidTransaction::TxGasLimitGreaterThanCap { gas_limit, cap } => {
                EvmError::GasLimitOverCap { cap, got: gas_limit }
            }
            InvalidTransaction::CallGasCostMoreThanGasLimit { initial_gas: needed, gas_limit }
            | InvalidTransaction::GasFloorMoreThanGasLimit { gas_floor: needed, gas_limit } => {
                EvmError::GasLimitTooLow { needed, got: gas_limit }
            }
            other => EvmError::Refused { reason: other.to_string() },
        }
    }
}
