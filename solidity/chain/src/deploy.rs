//! Contracts to where their addresses are known before: by CREATE2, through the factory that chains have.
//!
//! An address commits to the init code, arguments and all: what is there already is what would be deployed, and is left. So a deployment
//! that was ended in the middle is gone on with by the same command, and two who deploy the same deploy it once.

use alloy_primitives::{Address as AlloyAddress, Bytes, keccak256};
use zksensor_solidity::{Address, Artifact, create2};

use crate::error::ChainError;
use crate::fees::Limits;
use crate::rpc::{Node, Placed};
use crate::send::{Call, Outbox, Preview, Sent};

/// keccak256 of the factory's 69 bytes.
const FACTORY_CODE_HASH: [u8; 32] = [
    0x2f, 0xa8, 0x6a, 0xdd, 0x0a, 0xed, 0x31, 0xf3, 0x3a, 0x76, 0x2c, 0x9d, 0x88, 0xe8, 0x07, 0xc4, 0x75,
    0xbd, 0x51, 0xd0, 0xf5, 0x2b, 0xd0, 0x95, 0x57, 0x54, 0xb2, 0x60, 0x8f, 0x7e, 0x49, 0x89,
];

/// A contract that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is to the others: `verifier`, `router`, `registry`, `feed`, `adapter`.
    pub name: &'static str,
    /// Name of the contract.
    pub contract: String,
    /// Creation bytecode with the constructor's arguments.
    pub init_code: Vec<u8>,
    /// The code that it will have, with zeros where its immutables are, and where those are.
    pub artifact: Artifact,
    /// keccak256 of its code, where that is known from elsewhere than a chain.
    pub code_hash: Option<[u8; 32]>,
}

/// How a contract is on the chain, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// Where it is or will be.
    pub address: Address,
    /// Whether it is there.
    pub is_there: bool,
    /// keccak256 of the code that it has or would have.
    pub code_hash: [u8; 32],
    /// What deploying it takes; `None` if it is there.
    pub preview: Option<Preview>,
}

impl Part {
    /// Where it is or will be.
    pub fn address(&self, salt: &[u8; 32]) -> Address {
        create2::address(salt, &self.init_code)
    }

    /// The transaction that deploys it: for whoever sends it, the address is the same.
    pub fn call(&self, salt: &[u8; 32]) -> Call {
        Call {
            what: format!("the deployment of {}", self.contract),
            to: create2::FACTORY,
            data: [&salt[..], &self.init_code].concat(),
        }
    }

    /// That code is this contract's, whatever its immutables are.
    fn check_code(&self, at: Address, code: &[u8], host: &str) -> Result<[u8; 32], ChainError> {
        let hash = keccak256(code).0;
        let is_ours = masked(&self.artifact, code).is_some_and(|code| code == self.artifact.runtime_code);
        if is_ours && self.code_hash.is_none_or(|wanted| wanted == hash) {
            return Ok(hash);
        }
        Err(ChainError::Lie {
            host: host.to_owned(),
            wanted: format!("the code of {} at {at}, to which its address commits", self.contract),
            got: format!("other code, of {} bytes", code.len()),
        })
    }
}

/// Code with zeros in place of the immutables.
fn masked(artifact: &Artifact, code: &[u8]) -> Option<Vec<u8>> {
    let mut code = code.to_vec();
    for &place in artifact.immutables.iter().flatten() {
        code.get_mut(place..place + 32)?.fill(0);
    }
    Some(code)
}

impl Node {
    /// How each part is on the chain, or would be, in their order: a part may ask those before it in its constructor.
    ///
    /// # Errors
    /// [`ChainError::NoCode`] if the chain has no factory; [`ChainError::WouldRevert`] with what a constructor says; what is beyond the
    /// limits.
    pub async fn survey(
        &self,
        chain: u64,
        salt: &[u8; 32],
        parts: &[Part],
        from: &Address,
        limits: &Limits,
    ) -> Result<Vec<PartState>, ChainError> {
        self.require_factory(chain).await?;
        let mut placed: Placed = Vec::new();
        let mut states = Vec::new();
        for part in parts {
            let address = part.address(salt);
            let at = AlloyAddress::from(address.0);
            let code = self.code(at).await?;
            let is_there = !code.is_empty();
            let code = if is_there { code } else { self.would_be(part, from, &placed).await? };
            let code_hash = part.check_code(address, &code, self.host())?;
            let preview = match is_there {
                true => None,
                false => Some(self.preview_part(chain, &part.call(salt), from, &placed, limits).await?),
            };
            if !is_there {
                placed.push((at, code));
            }
            states.push(PartState { address, is_there, code_hash, preview });
        }
        Ok(states)
    }

    async fn require_factory(&self, chain: u64) -> Result<(), ChainError> {
        let code = self.code(AlloyAddress::from(create2::FACTORY.0)).await?;
        if code.is_empty() {
            let wanted = "the factory of CREATE2 (deterministic deployment proxy)";
            return Err(ChainError::NoCode { wanted, at: create2::FACTORY, chain });
        }
        if keccak256(&code).0 == FACTORY_CODE_HASH {
            return Ok(());
        }
        Err(ChainError::Lie {
            host: self.host().to_owned(),
            wanted: format!("the factory of CREATE2 at {}", create2::FACTORY),
            got: format!("other code, of {} bytes", code.len()),
        })
    }

    /// The code that a constructor returns, or why it reverts, which the factory would swallow.
    async fn would_be(&self, part: &Part, from: &Address, placed: &Placed) -> Result<Bytes, ChainError> {
        let from = AlloyAddress::from(from.0);
        let what = || format!("the deployment of {}", part.contract);
        let code = self.create(from, &part.init_code, placed).await?;
        code.map_err(|revert| ChainError::WouldRevert { what: what(), revert })
    }

    async fn preview_part(
        &self,
        chain: u64,
        call: &Call,
        from: &Address,
        placed: &Placed,
        limits: &Limits,
    ) -> Result<Preview, ChainError> {
        if placed.is_empty() {
            return self.preview(chain, from, call, limits).await;
        }
        let (from, to) = (AlloyAddress::from(from.0), AlloyAddress::from(call.to.0));
        let refused = |revert| ChainError::WouldRevert { what: call.what.clone(), revert };
        let gas = self.estimate_with(from, to, &call.data, placed).await?.map_err(refused)?;
        self.priced(chain, &call.what, gas, limits).await
    }
}

impl Outbox {
    /// Deploys a part, if it is not there, and compares the code afterwards.
    ///
    /// # Errors
    /// As [`Outbox::send`]; [`ChainError::Lie`] if other code is there.
    pub async fn deploy(&self, salt: &[u8; 32], part: &Part) -> Result<Option<Sent>, ChainError> {
        let address = part.address(salt);
        let at = AlloyAddress::from(address.0);
        let sent = if self.node.code(at).await?.is_empty() {
            self.node.would_be(part, &self.account(), &Vec::new()).await?;
            match self.send(&part.call(salt)).await {
                Ok(sent) => Some(sent),
                // Somebody else deployed it in the meantime: then it is there, and the factory refuses.
                Err(ChainError::WouldRevert { .. } | ChainError::Failed { .. })
                    if !self.node.code(at).await?.is_empty() =>
                {
                    None
                }
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        part.check_code(address, &self.node.code(at).await?, self.node.host())?;
        Ok(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_solidity::feed::StateContract;

    #[test]
    fn code_is_compared_but_for_its_immutables() {
        let artifact = StateContract::SensorRegistry.artifact();
        let part = Part {
            name: "registry",
            contract: "SensorRegistry".to_owned(),
            init_code: Vec::new(),
            code_hash: None,
            artifact: artifact.clone(),
        };
        let check = |code: &[u8]| part.check_code(Address([1; 20]), code, "node").is_ok();
        let mut code = artifact.runtime_code.clone();
        code[artifact.immutables[0][0] + 31] = 7;
        assert!(check(&code) && check(&artifact.runtime_code));
        code[10] ^= 1;
        assert!(!check(&code) && !check(&[]) && !check(&code[..100]));
    }

    #[test]
    fn the_factory_is_the_known_one() {
        let code = alloy_primitives::hex!(
            "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
        );
        assert_eq!(keccak256(code).0, FACTORY_CODE_HASH);
    }
}
