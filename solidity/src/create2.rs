//! Addresses that are known before a contract is there: CREATE2 through the factory that every chain has.
//!
//! The address follows from the factory, a salt, and the init code with its arguments (EIP-1014), whoever sends the transaction. So a
//! policy can name its registry, and a proof the feed that it is bound to, before either is deployed; and whoever deploys first deploys
//! the same.

use sha3::{Digest, Keccak256};

use crate::Address;

/// The factory (Arachnid's deterministic deployment proxy): calldata are a salt and init code, and it answers the 20 bytes of the address.
pub const FACTORY: Address = Address([
    0x4e, 0x59, 0xb4, 0x48, 0x47, 0xb3, 0x79, 0x57, 0x85, 0x88, 0x92, 0x0c, 0xa7, 0x8f, 0xbf, 0x26, 0xc0,
    0xb4, 0x95, 0x6c,
]);

/// The code that is there on every chain.
#[cfg(feature = "evm")]
#[rustfmt::skip]
pub(crate) const FACTORY_CODE: [u8; 69] =
    alloy_primitives::hex!("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3");

/// Where the factory puts a contract: `init_code` is its creation bytecode with the arguments of its constructor.
pub fn address(salt: &[u8; 32], init_code: &[u8]) -> Address {
    let code = Keccak256::digest(init_code);
    let digest =
        Keccak256::new().chain_update([0xff]).chain_update(FACTORY.0).chain_update(salt).chain_update(code);
    let digest: [u8; 32] = digest.finalize().into();
    let mut address = [0; 20];
    address.copy_from_slice(&digest[12..]);
    Address(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EIP-1014 has examples of other senders; its rule is that of alloy.
    #[test]
    fn the_address_is_that_of_eip_1014() {
        for (salt, code) in [([0; 32], &[][..]), ([7; 32], &[0x60, 0x00][..]), ([0xff; 32], &[1; 300][..])] {
            let wanted = alloy_primitives::Address::from(FACTORY.0).create2_from_code(salt, code);
            assert_eq!(address(&salt, code).0, wanted.0.0);
        }
    }
}
