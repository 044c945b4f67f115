//! An EVM in memory with the rules of Polygon or of Ethereum, for tests and for gas figures.
//!
//! Polygon's gas schedule has not been Ethereum's since PIP-88 (May 2026): a pairing costs half as much again, a
//! scalar multiplication twice as much. Tools that price as Ethereum report too little for a proof, so that [`Evm`] is
//! where the gas figures of this project come from. It is deterministic: the same calls give the same addresses and
//! gas.
//!
//! What both chains have is here, too: the factory of [`create2`], through which a contract gets an address that is known before.
//!
//! Not modelled: fees (gas costs nothing here), Polygon's own contracts, the log that Polygon adds to a receipt for the
//! fee, and the passing of blocks: number and time stand still until [`Evm::set_block`] and [`Evm::set_time`]. The hash of a block is one of its
//! number alone.

mod chain;
mod error;
mod schedule;

use revm::context::TxEnv;
use revm::context_interface::result::{EVMError, ExecutionResult, HaltReason};
use revm::database::DatabaseRef;
use revm::primitives::{Bytes, TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteCommitEvm, primitives};

use crate::create2;
pub use crate::{Address, Revert};
pub use chain::Chain;
pub use error::{EvmError, Halt};

/// A contract that was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Where the contract is.
    pub address: Address,
    /// Gas of the whole transaction.
    pub gas: u64,
    /// Bytes of the contract's code.
    pub code_size: usize,
    /// What the constructor logged.
    pub logs: Vec<Log>,
}

/// A call that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Gas of the whole transaction, after the refund.
    pub gas: u64,
    /// What the contract returned.
    pub output: Vec<u8>,
    /// What was logged, in order.
    pub logs: Vec<Log>,
}

/// An event in a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The contract that logged it.
    pub address: Address,
    /// The event's selector and its indexed arguments, at most four words.
    pub topics: Vec<[u8; 32]>,
    /// The other arguments, ABI-encoded.
    pub data: Vec<u8>,
}

/// A transaction to a contract.
#[derive(Debug, Clone, Copy)]
pub struct Transaction<'a> {
    /// Who sends it.
    pub from: Address,
    /// The contract.
    pub to: Address,
    /// What it pays, in wei; [`Evm::set_balance`] gives some.
    pub value: u128,
    /// Its calldata.
    pub data: &'a [u8],
}

/// A chain in memory. Transactions cost nothing, whoever sends them.
#[derive(Debug, Clone)]
pub struct Evm {
    chain: Chain,
    accounts: schedule::Accounts,
    number: u64,
    time: u64,
    gas_limit: u64,
}

impl Evm {
    /// Sends every transaction that names no other sender.
    pub const SENDER: Address = Address([0x5e; 20]);

    /// The time at which a chain begins, in seconds since 1970: 21 May 2026, 14:00 UTC, which was planned for Polygon's
    /// schedule.
    pub const START: u64 = 1_779_372_000;

    /// A chain with nothing on it but the factory of [`create2`].
    pub fn new(chain: Chain) -> Self {
        let mut accounts = schedule::Accounts::default();
        let code = Bytecode::new_raw(Bytes::from_static(&create2::FACTORY_CODE));
        let factory = AccountInfo { nonce: 1, ..AccountInfo::default() }.with_code(code);
        accounts.insert_account_info(create2::FACTORY.0.into(), factory);
        Evm { chain, accounts, number: 1, time: Self::START, gas_limit: chain.transaction_gas_cap() }
    }

    /// The chain whose rules hold.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    /// Sets the number of the blocks to come; at first it is 1.
    pub fn set_block(&mut self, number: u64) {
        self.number = number;
    }

    /// Sets the time of the blocks to come, in seconds since 1970.
    pub fn set_time(&mut self, seconds: u64) {
        self.time = seconds;
    }

    /// Sets the gas limit of the transactions to come. At first it is the chain's cap, the most that it may be.
    pub fn set_gas_limit(&mut self, gas: u64) {
        self.gas_limit = gas;
    }

    /// Deploys a contract: its creation bytecode and the arguments of its constructor, ABI-encoded.
    ///
    /// # Errors
    /// [`EvmError`], if the code or the gas limit is outside the chain's limits, the constructor reverts or halts, or no
    /// code results.
    pub fn deploy(&mut self, init_code: &[u8]) -> Result<Deployed, EvmError> {
        if init_code.is_empty() {
            return Err(EvmError::EmptyInitCode);
        }
        let limit = self.chain.init_code_limit();
        if init_code.len() > limit {
            return Err(EvmError::InitCodeTooLarge { limit, got: init_code.len() });
        }
        // The address follows from the sender and its nonce, which this transaction uses up.
        let address = primitives::Address::from(Self::SENDER.0).create(self.nonce(&Self::SENDER));
        let Receipt { gas, output, logs } = self.transact(&Self::SENDER, TxKind::Create, 0, init_code)?;
        if output.is_empty() {
            return Err(EvmError::NoCode);
        }
        Ok(Deployed { address: Address(address.into()), gas, code_size: output.len(), logs })
    }

    /// Sends a transaction to a contract and keeps what it changed.
    ///
    /// # Errors
    /// [`EvmError`], if the gas limit is outside the chain's limits, no contract is there (a precompiled one has no code
    /// either), or it reverts or halts. Then nothing is changed but the sender's nonce, if the transaction was executed.
    pub fn call(&mut self, to: &Address, calldata: &[u8]) -> Result<Receipt, EvmError> {
        self.send(&Transaction { from: Self::SENDER, to: *to, value: 0, data: calldata })
    }

    /// As [`Evm::call`], by whoever the transaction names.
    ///
    /// # Errors
    /// As of [`Evm::call`]; [`EvmError::Refused`], too, if the sender does not have what it pays, or is a contract.
    pub fn send(&mut self, transaction: &Transaction<'_>) -> Result<Receipt, EvmError> {
        let Transaction { from, to, value, data } = transaction;
        if self.account(to).is_none_or(|account| account.is_empty_code_hash()) {
            return Err(EvmError::NoContract { address: *to });
        }
        self.transact(from, TxKind::Call(to.0.into()), *value, data)
    }

    /// Deploys through the factory, to the address that [`create2::address`] says. `value` is what the constructor is paid by `from`, in wei.
    ///
    /// # Errors
    /// [`EvmError`]. If the constructor reverts, so does the factory, and without data: [`Evm::deploy`] has the reason. So does the factory
    /// where the same was deployed before.
    pub fn create2(
        &mut self,
        from: &Address,
        value: u128,
        salt: &[u8; 32],
        init_code: &[u8],
    ) -> Result<Deployed, EvmError> {
        let data = [&salt[..], init_code].concat();
        let receipt = self.send(&Transaction { from: *from, to: create2::FACTORY, value, data: &data })?;
        let address = create2::address(salt, init_code);
        let code_size = self.code(&address).len();
        if receipt.output != address.0 || code_size == 0 {
            return Err(EvmError::NoCode);
        }
        Ok(Deployed { address, gas: receipt.gas, code_size, logs: receipt.logs })
    }

    /// Gives an account so many wei, in place of what it has.
    pub fn set_balance(&mut self, of: &Address, wei: u128) {
        let mut account = self.account(of).unwrap_or_default();
        account.balance = U256::from(wei);
        self.accounts.insert_account_info(of.0.into(), account);
    }

    /// What an account has, in wei.
    pub fn balance(&self, of: &Address) -> u128 {
        self.account(of).map_or(0, |account| account.balance.saturating_to())
    }

    /// The code at an address, empty if no contract is there.
    pub fn code(&self, at: &Address) -> Vec<u8> {
        let Some(account) = self.account(at) else { return Vec::new() };
        let Ok(code) = self.accounts.code_by_hash_ref(account.code_hash);
        code.original_byte_slice().to_vec()
    }

    /// What `EXTCODEHASH` reads: the code's Keccak-256, or zero if nothing ever happened to the account.
    pub fn code_hash(&self, at: &Address) -> [u8; 32] {
        self.account(at).filter(|account| !account.is_empty()).map_or([0; 32], |account| account.code_hash.0)
    }

    fn account(&self, at: &Address) -> Option<AccountInfo> {
        let Ok(account) = self.accounts.basic_ref(at.0.into());
        account
    }

    fn nonce(&self, of: &Address) -> u64 {
        self.account(of).map_or(0, |account| account.nonce)
    }

    fn transact(
        &mut self,
        from: &Address,
        kind: TxKind,
        value: u128,
        data: &[u8],
    ) -> Result<Receipt, EvmError> {
        let transaction = TxEnv {
            caller: from.0.into(),
            nonce: self.nonce(from),
            kind,
            value: U256::from(value),
            data: Bytes::copy_from_slice(data),
            gas_limit: self.gas_limit,
            gas_price: 0,
            chain_id: Some(self.chain.id()),
            ..TxEnv::default()
        };
        let mut machine = schedule::machine(self.chain, &mut self.accounts, self.number, self.time);
        let result = match machine.transact_commit(transaction) {
            Ok(result) => result,
            Err(EVMError::Transaction(reason)) => return Err(EvmError::refused(reason)),
            Err(other) => return Err(EvmError::Refused { reason: other.to_string() }),
        };
        let gas = result.tx_gas_used();
        match result {
            ExecutionResult::Success { logs, output, .. } => Ok(Receipt {
                gas,
                output: output.into_data().to_vec(),
                logs: logs.iter().map(Log::new).collect(),
            }),
            ExecutionResult::Revert { output, .. } => Err(EvmError::Reverted { gas, data: output.to_vec() }),
            ExecutionResult::Halt { reason, .. } => Err(match reason {
                HaltReason::CreateContractSizeLimit => {
                    EvmError::CodeTooLarge { limit: self.chain.code_limit() }
                }
                HaltReason::CreateContractStartingWithEF => EvmError::ReservedCode,
                reason => EvmError::Halted { gas, reason: Halt::new(reason) },
            }),
        }
    }
}

impl Log {
    fn new(log: &primitives::Log) -> Self {
        Log {
            address: Address(log.address.into()),
            topics: log.topics().iter().map(|topic| topic.0).collect(),
            data: log.data.data.to_vec(),
        }
    }
}
