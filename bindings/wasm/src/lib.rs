//! zksensor in JavaScript. Whatever type a value has, it is looked at before it is used: a call returns, or throws an `Error` that says
//! what was wanted and what came.

mod prove;
mod value;

use js_sys::{Error, JSON, Uint8Array};
use wasm_bindgen::prelude::*;
use zksensor_core::{Numbers, Signer, Value};

use value::{bytes, json, secret, text};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What a proof shows. */
export type Shown = Inputs & {
  /** Such as `aggregate/v2/64x32x3`. */
  statement: string;
  /** The id of the key, after `INSECURE-` if one machine made it. */
  key_id: string;
  /** Whether whoever made the key can forge: for development only. */
  insecure: boolean;
};

/** What a file is and holds. Nothing is verified. */
export type Inspected =
  | (Shown & { kind: "proof"; proof: string })
  | {
      kind: "verifying key";
      family: string;
      statement: string;
      key_id: string;
      insecure: boolean;
      public_inputs: number;
    };

/** A verifying key: the bytes of its file, or their hexadecimal text. */
export type Key = Uint8Array | string;

/** A document: its text, its bytes, or the object that its JSON is. */
export type Document = string | Uint8Array | object;

/** What a proof of a reading is made from. */
export interface ReadingRequest {
  /** The policy, in TOML. */
  policy: string;
  /** Its fence: GeoJSON, WKT, or the triangles that were published. */
  fence: string;
  /** Number of the epoch. */
  epoch: number;
  /** The bytes of the device file: its secrets. They are not kept. */
  device: Uint8Array;
  /** The device's place in the registry, as `zksensor registry prove` wrote it. */
  membership: Document;
  /** The device's signed readings, each a document; the first that obeys the policy is proven. */
  readings: Document[];
  /** What the proof is bound to; to nothing without it. */
  binding?: { chain_id: number; contract: string; recipient: string };
}

/** A proof of a reading. */
export interface Proven {
  /** The text of the proof file. */
  proof: string;
  /** Blinds the commitment: with the reading it opens it, and without it nobody can. Keep it, and keep it secret. */
  salt: string;
  /** The signed reading that was proven, in JSON. */
  reading: string;
  /** Why the others were not taken. */
  refusals: string[];
}
"#;

/// Verifies a proof file under a verifying key, and says what it shows. Throws unless the proof holds.
#[wasm_bindgen(unchecked_return_type = "Shown")]
pub fn verify(
    #[wasm_bindgen(unchecked_param_type = "Key")] key: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Document")] proof: JsValue,
) -> Result<JsValue, Error> {
    let (key, proof) = (bytes(&key, "a verifying key")?, json(&proof, "a proof file")?);
    object(&zksensor_core::verify(&key, proof.as_bytes()).map_err(thrown)?)
}

/// Verifies a bare proof of 0x and 512 digits for public inputs by name. Throws unless the proof holds.
#[wasm_bindgen(js_name = verifyInputs, unchecked_return_type = "Shown")]
pub fn verify_inputs(
    #[wasm_bindgen(unchecked_param_type = "Key")] key: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] proof: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Inputs[\"fields\"]")] inputs: JsValue,
) -> Result<JsValue, Error> {
    let (key, proof) = (bytes(&key, "a verifying key")?, text(&proof, "a proof")?);
    let inputs = json(&inputs, "public inputs")?;
    object(&zksensor_core::verify_inputs(&key, &proof, &inputs).map_err(thrown)?)
}

/// Says what a proof file or a verifying key holds. Nothing is verified: whoever wrote a file wrote what it says.
#[wasm_bindgen(unchecked_return_type = "Inspected")]
pub fn inspect(
    #[wasm_bindgen(unchecked_param_type = "Key | Document")] file: JsValue,
) -> Result<JsValue, Error> {
    let file = match file.is_object() && !value::is_bytes(&file) {
        true => json(&file, "a file")?.into_bytes(),
        false => bytes(&file, "a file")?,
    };
    object(&zksensor_core::inspect(&file).map_err(thrown)?)
}

/// The public key of a device: of its 32 secret bytes, or of the bytes of its file.
#[wasm_bindgen(js_name = publicKey)]
pub fn public_key(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] device: JsValue,
) -> Result<String, Error> {
    Ok(signer(&device)?.public_key())
}

/// Signs a reading with the key of a device: its 32 secret bytes, or the bytes of its file. Returns the text of the signed reading.
#[wasm_bindgen]
pub fn sign(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] device: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Document")] reading: JsValue,
) -> Result<String, Error> {
    let reading = json(&reading, "a reading")?;
    signer(&device)?.sign(&reading, Numbers::Floating).map_err(thrown)
}

/// The bytes of a signed reading, as a device sends it. Its signature is checked.
#[wasm_bindgen(js_name = encodeReading)]
pub fn encode_reading(
    #[wasm_bindgen(unchecked_param_type = "Document")] signed: JsValue,
) -> Result<Uint8Array, Error> {
    let signed = json(&signed, "a signed reading")?;
    let bytes = zksensor_core::encode_reading(&signed).map_err(thrown)?;
    Ok(Uint8Array::from(&bytes[..]))
}

/// The text of a signed reading of the bytes that a device sent. Its signature is checked.
#[wasm_bindgen(js_name = decodeReading)]
pub fn decode_reading(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
) -> Result<String, Error> {
    let bytes = value::array(&bytes, "a signed reading")?;
    zksensor_core::decode_reading(&bytes).map_err(thrown)
}

fn signer(device: &JsValue) -> Result<Signer, Error> {
    Signer::new(&secret(device, "a device key")?).map_err(thrown)
}

/// An error of ours as one of JavaScript.
fn thrown(error: impl std::fmt::Display) -> Error {
    Error::new(&error.to_string())
}

/// A document as an object of JavaScript.
fn object(document: &Value) -> Result<JsValue, Error> {
    JSON::parse(&document.to_string()).map_err(|_| Error::new("the result is no JSON; please report it"))
}
