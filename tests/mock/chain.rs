//! The same bytes as `MockVerifier.sol` makes and takes, which is deployed to test chains alone.

use zksensor::mock::{MockKey, MockProof};
use zksensor::model::field::{self, Fr};
use zksensor::solidity::calldata;
use zksensor::solidity::evm::{Chain, Evm};
use zksensor::solidity::feed::StateContract;

use super::{Mocked, every};

/// The first four bytes of keccak256 of a signature.
fn selector(signature: &str) -> Vec<u8> {
    use sha3::{Digest, Keccak256};
    Keccak256::digest(signature)[..4].to_vec()
}

fn word(number: usize) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&(number as u64).to_be_bytes());
    word
}

/// A text in the tail of an encoding.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = word(text.len()).to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(32 + text.len().next_multiple_of(32), 0);
    bytes
}

/// What deploys it: the code and `(family, shape, inputs)`.
fn init_code(mocked: &Mocked) -> Vec<u8> {
    let id = mocked.statement.to_string();
    let family = mocked.statement.title();
    let shape = id.strip_prefix(&family).unwrap();
    let (family, shape) = (text(&family), text(shape));
    let mut code = StateContract::MockVerifier.artifact().init_code;
    for part in [&word(96)[..], &word(96 + family.len()), &word(mocked.words.len()), &family, &shape] {
        code.extend_from_slice(part);
    }
    code
}

/// The calldata of `proofFor(uint256[])`.
fn proof_for(words: &[Fr]) -> Vec<u8> {
    let mut bytes = selector("proofFor(uint256[])");
    bytes.extend_from_slice(&word(32));
    bytes.extend_from_slice(&word(words.len()));
    words.iter().for_each(|word| bytes.extend_from_slice(&field::to_be_bytes(word)));
    bytes
}

#[test]
fn the_contract_makes_and_takes_the_same_bytes() {
    for mocked in every() {
        let mut evm = Evm::new(Chain::Amoy);
        let at = evm.deploy(&init_code(&mocked)).unwrap().address;
        let key = MockKey::new(&mocked.statement);
        let returned = |evm: &mut Evm, call: &[u8]| evm.call(&at, call).unwrap().output;
        assert_eq!(returned(&mut evm, &selector("KEY_ID()")), key.key_id().digest());
        assert_eq!(returned(&mut evm, &selector("STATEMENT_ID()")), mocked.statement.digest());

        let bytes = mocked.proof.to_bytes();
        let made = returned(&mut evm, &proof_for(&mocked.words));
        assert_eq!(&made[64..], bytes, "{}: what the contract makes", mocked.statement);

        let taken = |evm: &mut Evm, proof: &[u8], words: &[Fr]| {
            evm.call(&at, &calldata::verify_bytes(proof, words)).is_ok()
        };
        assert!(taken(&mut evm, &bytes, &mocked.words), "{}", mocked.statement);
        let mut other = mocked.words.clone();
        other[0] += Fr::from(1u64);
        assert!(!taken(&mut evm, &bytes, &other));
        assert!(taken(&mut evm, &MockProof::of(&key, &other).to_bytes(), &other), "anybody makes one");
        let mut altered = bytes;
        altered[255] = 1;
        assert!(!taken(&mut evm, &altered, &mocked.words));
    }
}

#[test]
fn the_contract_is_for_test_chains() {
    let mocked = every().remove(0);
    for (chain, deployed) in [(Chain::Amoy, true), (Chain::Polygon, false), (Chain::Ethereum, false)] {
        assert_eq!(Evm::new(chain).deploy(&init_code(&mocked)).is_ok(), deployed, "{chain:?}");
    }
}
