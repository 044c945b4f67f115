//! Proofs, keys and their ids in serde.

use serde_json::json;
use zksensor_verifier::{KeyError, KeyId, Proof, VerifyingKey};

use crate::probe::{prove, verifier};

#[test]
fn they_are_hexadecimal_text_and_come_back() {
    let (verifier, proof) = (verifier(), prove(5, 9));
    let (key, id) = (verifier.key(), verifier.key().key_id());
    let document = json!({ "proof": &proof, "key": key, "id": id });
    assert_eq!(document["proof"], json!(proof.to_hex()));
    assert_eq!(document["key"], json!(key.to_hex()));
    assert_eq!(document["id"], json!(id.to_string()));
    assert_eq!(serde_json::from_value::<Proof>(document["proof"].clone()).unwrap(), proof);
    assert_eq!(serde_json::from_value::<VerifyingKey>(document["key"].clone()).unwrap(), *key);
    assert_eq!(serde_json::from_value::<KeyId>(document["id"].clone()).unwrap(), id);
}

#[test]
fn what_bytes_would_be_refused_for_text_is_refused_for() {
    let (key, proof) = (verifier().key().clone(), prove(5, 9));
    let refused = |text: &str| serde_json::from_value::<VerifyingKey>(json!(text)).unwrap_err().to_string();
    let hex = key.to_hex();
    assert!(refused(&hex[..hex.len() - 1]).contains("two hexadecimal digits for each byte"));
    assert!(refused(&hex[..hex.len() - 2]).contains("it was cut or added to"));
    let altered = format!("{}{}", &hex[..hex.len() - 1], if hex.ends_with('0') { '1' } else { '0' });
    assert!(refused(&altered).contains("digest at the end of the key"));
    assert_eq!(VerifyingKey::from_hex(""), Err(KeyError::Hex { got: 0 }));
    assert_eq!(VerifyingKey::from_hex("0x"), Err(KeyError::Magic));
    assert_eq!(VerifyingKey::from_hex(&hex.to_uppercase().replacen("0X", "0x", 1)), Ok(key));
    for value in [json!(1), json!(null), json!([1]), json!(proof.to_hex()[..100])] {
        serde_json::from_value::<Proof>(value.clone()).expect_err(&value.to_string());
    }
}

#[test]
fn an_id_has_one_text() {
    let id = verifier().key().key_id();
    let text = id.to_string();
    assert_eq!(text.parse(), Ok(id));
    let digits = text.trim_start_matches("INSECURE-");
    for other in
        ["", digits.trim_start_matches("0x"), &digits.to_uppercase(), &format!("insecure-{digits}"), "0x00"]
    {
        assert!(matches!(other.parse::<KeyId>(), Err(KeyError::KeyId { .. })), "{other}");
    }
    let secure: KeyId = digits.parse().unwrap();
    assert!(!secure.is_insecure() && secure.digest() == id.digest());
}
