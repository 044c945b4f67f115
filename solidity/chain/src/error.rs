//! Why nothing was read from a chain, or sent to it.

use std::fmt;
use std::path::PathBuf;

use zksensor_solidity::{Address, Revert};

/// Why nothing was read from a chain, or sent to it. Each says what to do ([`ChainError::help`]).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The URL of a node or signer is none.
    #[error("expected a URL that begins with http:// or https:// for the {what}, got one that does not")]
    Url {
        /// `node` or `signer`.
        what: &'static str,
    },
    /// The other side did not answer as HTTP is answered.
    #[error("{host}: {method} had no answer after {attempts} attempts: {fault}")]
    Http {
        /// Who was asked, without the path of the URL, which may hold a secret.
        host: String,
        /// What was asked.
        method: &'static str,
        /// How often.
        attempts: u32,
        /// What happened the last time.
        fault: HttpFault,
    },
    /// It answered what is no answer of this method.
    #[error("{host}: expected {wanted} as the answer of {method}, got something else: {got}")]
    Garbage {
        /// Who.
        host: String,
        /// What was asked.
        method: &'static str,
        /// What the answer is to be.
        wanted: &'static str,
        /// What came, cut and escaped.
        got: String,
    },
    /// It refused.
    #[error("{host}: {method} was refused with code {code}: {message}")]
    Refused {
        /// Who.
        host: String,
        /// What was asked.
        method: &'static str,
        /// JSON-RPC's code.
        code: i64,
        /// What it said, cut and escaped.
        message: String,
    },
    /// What it says cannot be.
    #[error("{host} says what cannot be: expected {wanted}, got {got}")]
    Lie {
        /// Who.
        host: String,
        /// What follows from what is known.
        wanted: String,
        /// What came.
        got: String,
    },
    /// The node is one of another chain.
    #[error("expected a node of chain {wanted}, {host} is one of chain {got}; nothing was signed")]
    OtherChain {
        /// Who.
        host: String,
        /// The chain id that was named.
        wanted: u64,
        /// The one of the node.
        got: u64,
    },
    /// A contract refuses.
    #[error("{what} would be refused: {revert}; nothing was sent")]
    WouldRevert {
        /// What was to be sent.
        what: String,
        /// What the contract says.
        revert: Revert,
    },
    /// A view of a contract reverted.
    #[error("{what} of {at} answers with an error: {revert}")]
    View {
        /// The function.
        what: &'static str,
        /// The contract.
        at: Address,
        /// What it says.
        revert: Revert,
    },
    /// A transaction is in a block, and did nothing.
    #[error("{what} was included in block {block} and refused: {revert}; its gas is spent")]
    Failed {
        /// What was sent.
        what: String,
        /// The block.
        block: u64,
        /// What it cost.
        cost: Coins,
        /// What the contract says when it is asked again.
        revert: Revert,
    },
    /// No code is there.
    #[error("expected {wanted} at {at}, got an address without code on chain {chain}")]
    NoCode {
        /// What was looked for.
        wanted: &'static str,
        /// Where.
        at: Address,
        /// The chain.
        chain: u64,
    },
    /// A contract answered with other bytes than its function returns.
    #[error("expected {wanted} at {at}, got another contract: its {call} returned {got} bytes that are none")]
    OtherContract {
        /// What was looked for.
        wanted: &'static str,
        /// Where.
        at: Address,
        /// The function.
        call: &'static str,
        /// Bytes that came.
        got: usize,
    },
    /// Gas is dearer than what may be paid.
    #[error(
        "expected gas of at most {most} gwei, got {base} gwei of base fee and {tip} of tip; nothing was sent"
    )]
    FeeTooHigh {
        /// The most, in gwei.
        most: Gwei,
        /// The chain's.
        base: Gwei,
        /// The tip that is needed.
        tip: Gwei,
    },
    /// The transaction could cost more than it may.
    #[error("expected {what} to cost at most {most}, it may cost {got} ({gas} gas); nothing was sent")]
    TooDear {
        /// What was to be sent.
        what: String,
        /// The most.
        most: Coins,
        /// The most that it can cost.
        got: Coins,
        /// The limit of gas.
        gas: u64,
    },
    /// It takes more gas than a transaction may.
    #[error("expected {what} to take at most {most} gas, the node estimates {got}; nothing was sent")]
    TooMuchGas {
        /// What was to be sent.
        what: String,
        /// The most of a transaction.
        most: u64,
        /// The estimate.
        got: u64,
    },
    /// The account cannot pay.
    #[error("expected {wanted} on the account {account}, got {got}; nothing was sent")]
    TooPoor {
        /// Who pays.
        account: Address,
        /// The most that it can cost.
        wanted: Coins,
        /// The balance.
        got: Coins,
    },
    /// Another program sends from the account.
    #[error(
        "expected {account} to have nothing under way, got transactions {next} to {pending} of another program"
    )]
    Pending {
        /// The account.
        account: Address,
        /// The first number that is in no block.
        next: u64,
        /// The number after the last that a node knows.
        pending: u64,
    },
    /// Another program took the number of a transaction.
    #[error("transaction {nonce} of {account} was to be {what}, and another one was included in its place")]
    Overtaken {
        /// What was sent.
        what: String,
        /// The account.
        account: Address,
        /// Its number.
        nonce: u64,
    },
    /// It takes too long.
    #[error("{what} was sent as {hash}, and is not {awaited} after {seconds} s")]
    NotYet {
        /// What was sent.
        what: String,
        /// The transaction.
        hash: String,
        /// `included` or `final`.
        awaited: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Somebody else sends from the account, on this machine.
    #[error("{}: expected nobody else to send from this account, but the file is locked, after {seconds} s", path.display())]
    Locked {
        /// The lock.
        path: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A file.
    #[error("{}: expected to {action} it, but: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What was to be done with it.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that is not what it is to be.
    #[error("{}: expected {wanted}, got something else", path.display())]
    OtherFile {
        /// Which.
        path: PathBuf,
        /// What it is to be.
        wanted: &'static str,
    },
    /// There is no key that could sign.
    #[error("expected {wanted}, got none that fits")]
    Secret {
        /// What was wanted. What came is not in the error.
        wanted: &'static str,
    },
    /// The password is another one, or the keystore was altered.
    #[error("{}: expected the password of this keystore, got another one, or the file was altered", path.display())]
    Password {
        /// The keystore.
        path: PathBuf,
    },
    /// The keystore would take too much memory or time, or is none.
    #[error("{}: expected a keystore of version 3, got one whose `{field}` is none", path.display())]
    Keystore {
        /// The keystore.
        path: PathBuf,
        /// What of it.
        field: &'static str,
    },
    /// A signer signed something else.
    #[error(
        "{host}: expected the signature of {account} on what was to be sent, got that of something or somebody else; nothing was sent"
    )]
    Signature {
        /// Who signed.
        host: String,
        /// Who was to sign.
        account: Address,
    },
    /// What was asked for does not fit what is on the chain.
    #[error("expected {wanted}, got {got}; nothing was sent")]
    Unfit {
        /// What would do.
        wanted: String,
        /// What came.
        got: String,
    },
}

/// How an answer failed to come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpFault {
    /// No connection, or it broke.
    Connection,
    /// Nothing came for so many seconds.
    Silent(u64),
    /// More than so many bytes came.
    TooLarge(usize),
    /// A status of HTTP that is none of success.
    Status(u16),
}

impl fmt::Display for HttpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpFault::Connection => f.write_str("there was no connection, or it broke"),
            HttpFault::Silent(seconds) => write!(f, "nothing came within {seconds} s"),
            HttpFault::TooLarge(limit) => write!(f, "more than {limit} bytes came"),
            HttpFault::Status(status) => write!(f, "HTTP says {status}"),
        }
    }
}

impl ChainError {
    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            ChainError::Url { .. } => "pass the whole URL, as the provider of the node gives it",
            ChainError::Http { fault: HttpFault::TooLarge(_), .. }
            | ChainError::Garbage { .. }
            | ChainError::Lie { .. } => {
                "use another node: this one is broken, or is not what it says. What was sent before is kept beside the lock, and \
                 the same command goes on with it"
            }
            ChainError::Http { fault: HttpFault::Status(401 | 403), .. } => {
                "the node wants a key: most providers have it in the URL"
            }
            ChainError::Http { fault: HttpFault::Status(429), .. } => {
                "the node takes fewer calls than that: wait, or use one with a larger allowance"
            }
            ChainError::Http { .. } => "look whether the node runs and can be reached, or use another one",
            ChainError::Refused { .. } => "if the message does not help, try another node",
            ChainError::OtherChain { .. } => {
                "pass the --chain-id that you mean, and a node of that chain: 137 is Polygon, 80002 its test network Amoy"
            }
            ChainError::WouldRevert { .. } | ChainError::View { .. } => {
                "what the contract says is what has to change; docs/contracts.md explains its errors"
            }
            ChainError::Failed { .. } => {
                "something else came first: look at the state of the contract (`zksensor feed status`), then decide again"
            }
            ChainError::NoCode { .. } | ChainError::OtherContract { .. } => {
                "compare the address with the file of the deployment, and the chain"
            }
            ChainError::FeeTooHigh { .. } => "wait until gas is cheaper, or pass a larger --max-fee-gwei",
            ChainError::TooDear { .. } => "wait until gas is cheaper, or pass a larger --max-cost-pol",
            ChainError::TooMuchGas { .. } => "send less at once",
            ChainError::TooPoor { .. } => "send some of the chain's coin to the account",
            ChainError::Pending { .. } => {
                "wait until they are included, or give this command an account of its own"
            }
            ChainError::Overtaken { .. } => "give this command an account of its own, and run it again",
            ChainError::NotYet { .. } => {
                "run the same command again: it goes on with what was sent. A larger --wait-s waits longer"
            }
            ChainError::Locked { .. } => "wait until the other command has ended; the lock ends with it",
            ChainError::File { .. } => "check the path and its permissions",
            ChainError::OtherFile { .. } => "restore the file, or name another folder",
            ChainError::Secret { .. } => {
                "pass --keystore with --password-file, set ZKSENSOR_PRIVATE_KEY, or pass --signer-url with --from"
            }
            ChainError::Password { .. } => "pass the password file that belongs to this keystore",
            ChainError::Keystore { .. } => "pass a keystore as geth, `cast wallet` and clef write it",
            ChainError::Signature { .. } => "do not use this signer before you know why",
            ChainError::Unfit { .. } => "correct what was passed, or wait until the chain has it",
        }
    }

    /// What of the other side is at fault: worth another attempt later, with nothing changed here.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            ChainError::Http { .. }
                | ChainError::Garbage { .. }
                | ChainError::NotYet { .. }
                | ChainError::Locked { .. }
                | ChainError::Pending { .. }
                | ChainError::FeeTooHigh { .. }
        )
    }
}

/// Wei of a unit of gas, shown in gwei.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gwei(pub u128);

/// 10^9 wei.
const GWEI: u128 = 1_000_000_000;

impl fmt::Display for Gwei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, GWEI, 9)
    }
}

/// Wei, shown in the chain's coin, which is POL on Polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coins(pub u128);

impl fmt::Display for Coins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, GWEI * GWEI, 18)?;
        f.write_str(" POL")
    }
}

/// A fixed point number without its last zeros.
fn decimal(f: &mut fmt::Formatter<'_>, value: u128, unit: u128, digits: usize) -> fmt::Result {
    let rest = format!("{:0digits$}", value % unit);
    match rest.trim_end_matches('0') {
        "" => write!(f, "{}", value / unit),
        rest => write!(f, "{}.{rest}", value / unit),
    }
}

/// Text of somebody else, for an error: without control characters, and not too long.
pub(crate) fn cut(text: &str) -> String {
    const MOST: usize = 200;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push_str("..");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_no_more_digits_than_they_need() {
        assert_eq!(Gwei(25 * GWEI).to_string(), "25");
        assert_eq!(Gwei(1_500_000_001).to_string(), "1.500000001");
        assert_eq!(Coins(0).to_string(), "0 POL");
        assert_eq!(Coins(10 * GWEI * GWEI + GWEI * GWEI / 20).to_string(), "10.05 POL");
    }

    #[test]
    fn foreign_text_is_cut_and_escaped() {
        assert_eq!(cut("a\n\u{1b}[31m"), "a\\n\\u{1b}[31m");
        assert_eq!(cut(&"x".repeat(300)).len(), 202);
    }
}
