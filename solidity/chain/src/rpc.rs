//! What is asked of a node, by JSON-RPC. Answers are typed as they come: what has another form is an error, and nothing of it is kept.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zksensor_solidity::Revert;

use crate::error::{ChainError, cut};
use crate::http::Endpoint;

/// A node of a chain.
#[derive(Debug, Clone)]
pub struct Node {
    endpoint: Endpoint,
}

/// Which state of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// The newest block.
    Latest,
    /// With what is under way.
    Pending,
    /// What no reorganisation changes.
    Finalized,
    /// A block.
    Block(u64),
}

/// A block.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) number: U64,
    pub(crate) hash: B256,
    pub(crate) timestamp: U64,
    pub(crate) base_fee_per_gas: Option<U256>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) transaction_hash: B256,
    pub(crate) block_number: U64,
    pub(crate) block_hash: B256,
    pub(crate) status: U64,
    pub(crate) gas_used: U64,
    pub(crate) effective_gas_price: U256,
}

#[derive(Deserialize)]
struct Answer<T> {
    #[serde(default = "nothing")]
    result: Option<T>,
    error: Option<Refusal>,
}

fn nothing<T>() -> Option<T> {
    None
}

#[derive(Deserialize)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    data: Value,
}

impl Refusal {
    /// The revert data, if it is a contract that refused.
    fn revert(&self) -> Option<Revert> {
        // Most nodes give a text, some an object around it.
        let data = self.data.as_str().or_else(|| self.data["data"].as_str());
        let bytes = data.and_then(|data| data.parse::<Bytes>().ok());
        let reverted = self.code == 3 || self.message.contains("revert");
        match bytes {
            Some(bytes) if reverted || !bytes.is_empty() => Some(Revert::decode(&bytes)),
            _ => reverted.then_some(Revert::Empty),
        }
    }
}

/// Code that is taken to be at an address, in a call that changes nothing.
pub(crate) type Placed = Vec<(Address, Bytes)>;

/// What a question led to.
pub(crate) enum Outcome<T> {
    Answer(Option<T>),
    Refusal(Refusal),
}

impl Node {
    /// The node behind a URL. An answer may take as long as `patience`.
    ///
    /// # Errors
    /// [`ChainError::Url`].
    pub fn new(url: &str, patience: Duration) -> Result<Self, ChainError> {
        Ok(Node { endpoint: Endpoint::new("node", url, patience)? })
    }

    /// Name and port, without the path, which may hold a secret.
    pub fn host(&self) -> &str {
        self.endpoint.host()
    }

    /// The chain's id.
    ///
    /// # Errors
    /// [`ChainError`].
    pub async fn chain_id(&self) -> Result<u64, ChainError> {
        let id: U64 = self.ask("eth_chainId", json!([]), "a chain id").await?;
        Ok(id.to())
    }

    /// Requires the node to be one of the chain that is meant.
    ///
    /// # Errors
    /// [`ChainError::OtherChain`].
    pub async fn require_chain(&self, wanted: u64) -> Result<(), ChainError> {
        let got = self.chain_id().await?;
        if got == wanted {
            return Ok(());
        }
        Err(ChainError::OtherChain { host: self.host().to_owned(), wanted, got })
    }

    pub(crate) async fn head(&self) -> Result<Head, ChainError> {
        let head = self.block(At::Latest).await?;
        head.ok_or_else(|| self.garbage("eth_getBlockByNumber", "the newest block", "null"))
    }

    /// A block; `None` if there is none, or the node has no such tag.
    pub(crate) async fn block(&self, at: At) -> Result<Option<Head>, ChainError> {
        let (method, wanted) = ("eth_getBlockByNumber", "a block");
        match self.outcome(method, &json!([at.name(), false]), wanted).await? {
            Outcome::Answer(head) => Ok(head),
            Outcome::Refusal(_) if at == At::Finalized => Ok(None),
            Outcome::Refusal(refusal) => Err(self.refused(method, &refusal)),
        }
    }

    /// What a call returns, or why it reverts.
    pub(crate) async fn call(
        &self,
        from: Option<Address>,
        to: Address,
        data: &[u8],
        at: At,
    ) -> Result<Result<Bytes, Revert>, ChainError> {
        let call = json!([self.transaction(from, Some(to), data), at.name()]);
        self.tried("eth_call", &call, "bytes").await
    }

    /// The code that init code leads to, or why it reverts.
    pub(crate) async fn create(
        &self,
        from: Address,
        init_code: &[u8],
        placed: &Placed,
    ) -> Result<Result<Bytes, Revert>, ChainError> {
        let call = with(vec![self.transaction(Some(from), None, init_code), json!("latest")], placed);
        self.tried("eth_call", &call, "code").await
    }

    /// The gas that a transaction would take, or why it would revert.
    pub(crate) async fn estimate(
        &self,
        from: Address,
        to: Address,
        data: &[u8],
    ) -> Result<Result<u64, Revert>, ChainError> {
        self.estimate_with(from, to, data, &Vec::new()).await
    }

    /// The same, if code were in its place.
    pub(crate) async fn estimate_with(
        &self,
        from: Address,
        to: Address,
        data: &[u8],
        placed: &Placed,
    ) -> Result<Result<u64, Revert>, ChainError> {
        let call = with(vec![self.transaction(Some(from), Some(to), data), json!("latest")], placed);
        let gas: Result<U64, Revert> = self.tried("eth_estimateGas", &call, "gas").await?;
        Ok(gas.map(|gas| gas.to()))
    }

    /// What is answered where a contract runs, or why it reverts.
    async fn tried<T: DeserializeOwned>(
        &self,
        method: &'static str,
        call: &Value,
        wanted: &'static str,
    ) -> Result<Result<T, Revert>, ChainError> {
        match self.outcome(method, call, wanted).await? {
            Outcome::Answer(Some(output)) => Ok(Ok(output)),
            Outcome::Answer(None) => Err(self.garbage(method, wanted, "null")),
            Outcome::Refusal(refusal) => {
                refusal.revert().map(Err).ok_or_else(|| self.refused(method, &refusal))
            }
        }
    }

    fn transaction(&self, from: Option<Address>, to: Option<Address>, data: &[u8]) -> Value {
        let mut call = json!({ "data": Bytes::copy_from_slice(data) });
        if let Some(to) = to {
            call["to"] = json!(to);
        }
        if let Some(from) = from {
            call["from"] = json!(from);
        }
        call
    }

    /// The code at an address; empty if there is none.
    pub(crate) async fn code(&self, of: Address) -> Result<Bytes, ChainError> {
        self.ask("eth_getCode", json!([of, "latest"]), "code").await
    }

    pub(crate) async fn balance(&self, of: Address) -> Result<u128, ChainError> {
        let balance: U256 = self.ask("eth_getBalance", json!([of, "latest"]), "a balance").await?;
        Ok(balance.saturating_to())
    }

    /// How many transactions of an account there are: the number of the next.
    pub(crate) async fn nonce(&self, of: Address, at: At) -> Result<u64, ChainError> {
        let nonce: U64 = self.ask("eth_getTransactionCount", json!([of, at.name()]), "a number").await?;
        Ok(nonce.to())
    }

    /// The tip that the node would give, in wei; 0 if it does not say.
    pub(crate) async fn tip(&self) -> Result<u128, ChainError> {
        match self.outcome::<U256>("eth_maxPriorityFeePerGas", &json!([]), "a price").await? {
            Outcome::Answer(tip) => Ok(tip.unwrap_or_default().saturating_to()),
            Outcome::Refusal(_) => Ok(0),
        }
    }

    /// Hands in a signed transaction. That the node has it already is no error, and what it says of one that it does not take is in the
    /// answer: whether it is included, the chain says.
    pub(crate) async fn hand_in(&self, raw: &Bytes, hash: B256) -> Result<Option<Refusal>, ChainError> {
        let method = "eth_sendRawTransaction";
        match self.outcome::<B256>(method, &json!([raw]), "a hash").await? {
            Outcome::Answer(Some(got)) if got == hash => Ok(None),
            Outcome::Answer(got) => Err(ChainError::Lie {
                host: self.host().to_owned(),
                wanted: format!("{hash} as the hash of what was sent"),
                got: got.map_or_else(|| "none".to_owned(), |got| got.to_string()),
            }),
            Outcome::Refusal(refusal) => {
                let known = ["already known", "known transaction", "already imported"];
                let is_known = known.iter().any(|text| refusal.message.to_lowercase().contains(text));
                Ok((!is_known).then_some(refusal))
            }
        }
    }

    pub(crate) async fn receipt(&self, hash: B256) -> Result<Option<Receipt>, ChainError> {
        let method = "eth_getTransactionReceipt";
        let receipt: Option<Receipt> = self.ask_maybe(method, json!([hash]), "a receipt").await?;
        match receipt {
            Some(receipt) if receipt.transaction_hash != hash => Err(ChainError::Lie {
                host: self.host().to_owned(),
                wanted: format!("the receipt of {hash}"),
                got: format!("that of {}", receipt.transaction_hash),
            }),
            receipt => Ok(receipt),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
        wanted: &'static str,
    ) -> Result<T, ChainError> {
        let answer = self.ask_maybe(method, params, wanted).await?;
        answer.ok_or_else(|| self.garbage(method, wanted, "null"))
    }

    async fn ask_maybe<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
        wanted: &'static str,
    ) -> Result<Option<T>, ChainError> {
        match self.outcome(method, &params, wanted).await? {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::Refusal(refusal) => Err(self.refused(method, &refusal)),
        }
    }

    pub(crate) async fn outcome<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: &Value,
        wanted: &'static str,
    ) -> Result<Outcome<T>, ChainError> {
        ask(&self.endpoint, method, params, wanted).await
    }

    pub(crate) fn garbage(&self, method: &'static str, wanted: &'static str, got: &str) -> ChainError {
        garbage(&self.endpoint, method, wanted, got)
    }

    pub(crate) fn refused(&self, method: &'static str, refusal: &Refusal) -> ChainError {
        refused(&self.endpoint, method, refusal)
    }
}

/// Parameters of a call, with code in its place if there is some.
fn with(mut parameters: Vec<Value>, placed: &Placed) -> Value {
    if !placed.is_empty() {
        let codes = placed.iter().map(|(at, code)| (at.to_string(), json!({ "code": code })));
        parameters.push(Value::Object(codes.collect()));
    }
    Value::Array(parameters)
}

/// Asks somebody by JSON-RPC.
pub(crate) async fn ask<T: DeserializeOwned>(
    endpoint: &Endpoint,
    method: &'static str,
    params: &Value,
    wanted: &'static str,
) -> Result<Outcome<T>, ChainError> {
    let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let bytes = endpoint.ask(method, question.to_string().as_bytes()).await?;
    let answer: Answer<T> = serde_json::from_slice(&bytes)
        .map_err(|_| garbage(endpoint, method, wanted, &String::from_utf8_lossy(&bytes)))?;
    Ok(match answer.error {
        Some(refusal) => Outcome::Refusal(refusal),
        None => Outcome::Answer(answer.result),
    })
}

pub(crate) fn garbage(
    endpoint: &Endpoint,
    method: &'static str,
    wanted: &'static str,
    got: &str,
) -> ChainError {
    ChainError::Garbage { host: endpoint.host().to_owned(), method, wanted, got: cut(got) }
}

pub(crate) fn refused(endpoint: &Endpoint, method: &'static str, refusal: &Refusal) -> ChainError {
    let (code, message) = (refusal.code, cut(&refusal.message));
    ChainError::Refused { host: endpoint.host().to_owned(), method, code, message }
}

impl At {
    pub(crate) fn name(self) -> String {
        match self {
            At::Latest => "latest".to_owned(),
            At::Pending => "pending".to_owned(),
            At::Finalized => "finalized".to_owned(),
            At::Block(number) => format!("{number:#x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Refusal {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn reverts_are_found_where_nodes_put_them() {
        for text in [
            r#"{"code":3,"message":"execution reverted","data":"0xffffffff"}"#,
            r#"{"code":-32000,"message":"execution reverted","data":"0xffffffff"}"#,
            r#"{"code":-32000,"message":"VM","data":{"data":"0xffffffff"}}"#,
        ] {
            let wanted = Revert::Unknown(vec![0xff; 4]);
            assert_eq!(refusal(text).revert(), Some(wanted), "{text}");
        }
        assert_eq!(refusal(r#"{"code":3,"message":"execution reverted"}"#).revert(), Some(Revert::Empty));
        assert_eq!(refusal(r#"{"code":-32601,"message":"no such method"}"#).revert(), None);
    }

    #[test]
    fn an_answer_without_a_result_is_null() {
        let answer: Answer<Head> = serde_json::from_str(r#"{"jsonrpc":"2.0","id":1,"result":null}"#).unwrap();
        assert!(answer.result.is_none() && answer.error.is_none());
    }
}
