//! Router and registry on a chain in memory, and the feeds that use them.

use alloy_primitives::hex;

use super::{FeedSetup, RegistrySetup, RouterSetup, router};
use crate::evm::{Chain, Deployed, Evm, EvmError, Receipt, Transaction};
use crate::{Address, Deployment, create2};

/// The salt of everything that is deployed here.
pub const SALT: [u8; 32] = [0; 32];

/// Who is who.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Owns router, registry and feeds.
    pub owner: Address,
    /// Stops.
    pub guardian: Address,
    /// Posts roots.
    pub registrar: Address,
}

/// A router and a registry, deployed by CREATE2.
#[derive(Debug, Clone)]
pub struct Network {
    /// The chain.
    pub evm: Evm,
    /// Who is who.
    pub roles: Roles,
    /// The router.
    pub router: Deployed,
    /// The registry.
    pub registry: Deployed,
}

impl Roles {
    /// The router that they are of.
    fn router(&self) -> RouterSetup {
        RouterSetup { owner: self.owner, guardian: self.guardian }
    }

    /// The registry, whose roots count `delay_s` seconds after they were posted.
    fn registry(&self, delay_s: u64) -> RegistrySetup {
        let Roles { owner, guardian, registrar } = *self;
        RegistrySetup { owner, registrar, guardian, delay_s }
    }
}

impl Network {
    /// Where [`Network::new`] puts router and registry: so that policies can name the registry before.
    pub fn predicted(roles: &Roles, delay_s: u64) -> (Address, Address) {
        let at = |init_code: Vec<u8>| create2::address(&SALT, &init_code);
        (at(roles.router().init_code()), at(roles.registry(delay_s).init_code()))
    }

    /// Deploys both. Roots count `delay_s` seconds after they were posted.
    ///
    /// # Errors
    /// [`EvmError`], if the chain does not take such a registry.
    pub fn new(chain: Chain, roles: Roles, delay_s: u64) -> Result<Self, EvmError> {
        let mut evm = Evm::new(chain);
        let router = evm.create2(&Evm::SENDER, 0, &SALT, &roles.router().init_code())?;
        let registry = evm.create2(&Evm::SENDER, 0, &SALT, &roles.registry(delay_s).init_code())?;
        Ok(Network { evm, roles, router, registry })
    }

    /// Deploys a verifier, and has the owner add it to the router.
    ///
    /// # Errors
    /// [`EvmError`]; a code hash that is none is refused as another's.
    pub fn add_verifier(&mut self, deployment: &Deployment) -> Result<Receipt, EvmError> {
        let verifier = self.evm.deploy(&deployment.bytecode)?;
        let code_hash = hex::decode_to_array(&deployment.code_hash).unwrap_or_default();
        let (owner, router) = (self.roles.owner, self.router.address);
        self.send(&owner, &router, &router::add(&verifier.address, &code_hash))
    }

    /// Deploys a feed, to where [`Network::address_of`] says.
    ///
    /// # Errors
    /// [`EvmError`], if it reverts: [`Evm::deploy`] of the same init code has the reason.
    pub fn deploy_feed(&mut self, setup: &FeedSetup) -> Result<Deployed, EvmError> {
        self.evm.create2(&Evm::SENDER, 0, &SALT, &setup.init_code())
    }

    /// Where a feed is, or will be: what proofs are bound to.
    pub fn address_of(setup: &FeedSetup) -> Address {
        create2::address(&SALT, &setup.init_code())
    }

    /// Sends a transaction that pays nothing.
    ///
    /// # Errors
    /// [`EvmError`].
    pub fn send(&mut self, from: &Address, to: &Address, data: &[u8]) -> Result<Receipt, EvmError> {
        self.evm.send(&Transaction { from: *from, to: *to, value: 0, data })
    }
}
