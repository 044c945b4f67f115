//! A reading of the own device, proven.

use std::path::Path;

use js_sys::{Array, Error};
use rand::rngs::OsRng;
use serde_json::json;
use wasm_bindgen::prelude::*;
use zksensor_circuits::assemble::{Assemble, OwnDevice, ReadingAssembly, ReadingTarget};
use zksensor_circuits::statement::reading::{Salt, SingleReading};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_core::{BindingError, unquoted};
use zksensor_io::fence::FenceDocument;
use zksensor_io::files::{DeviceFile, FenceFile, Kind, ProofFile};
use zksensor_io::policy::PolicyTomlError;
use zksensor_io::{hex, policy};
use zksensor_model::field;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::DeviceMembership;
use zksensor_prover::{Prover, ProvingKey};

use crate::value::{integer, json as document, member, proving_key, secret, text, type_of};
use crate::{object, thrown};

/// The most readings of one call.
const MAX_READINGS: u32 = 10_000;

/// Proves readings of the own device. Made once for a proving key, which takes seconds: all of its points are checked.
#[wasm_bindgen]
pub struct ReadingProver(Prover<SingleReading>);

#[wasm_bindgen]
impl ReadingProver {
    /// Checks the bytes of a proving key of `reading/v2`, and compiles the circuit.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] key: JsValue,
    ) -> Result<ReadingProver, Error> {
        let bytes = proving_key(&key, "a proving key")?;
        let key = ProvingKey::from_bytes(&bytes).map_err(thrown)?;
        Ok(ReadingProver(Prover::builder(SingleReading, key).build().map_err(thrown)?))
    }

    /// The id of the key.
    #[wasm_bindgen(getter, js_name = keyId)]
    pub fn key_id(&self) -> String {
        self.0.verifying_key().key_id().to_string()
    }

    /// Proves the first reading that obeys the policy. It takes seconds, on the thread that calls: in a browser, a worker's. Throws if none
    /// does, and says why.
    #[wasm_bindgen(unchecked_return_type = "Proven")]
    pub fn prove(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ReadingRequest")] request: JsValue,
    ) -> Result<JsValue, Error> {
        let of = |name: &str| member(&request, "a request", name);
        let policy_text = text(&of("policy")?, "`policy`")?;
        let fence = fence(&text(&of("fence")?, "`fence`")?)?;
        let policy = policy::from_toml(&policy_text, Some(&fence.fence)).map_err(|error| match error {
            // These have a line of the text in them.
            PolicyTomlError::Toml { line, reason, .. } => {
                thrown(format_args!("policy, line {line}: {}", unquoted(&reason)))
            }
            PolicyTomlError::Family { line, wanted, .. } => {
                thrown(format_args!("policy, line {line}: expected {wanted}, got something else"))
            }
            PolicyTomlError::OtherFence { .. } => thrown(error),
            _ => thrown(unquoted(&error.to_string())),
        })?;
        let epoch = integer(&of("epoch")?, "`epoch`", u32::MAX.into())?;
        let epoch = u32::try_from(epoch).map_err(thrown)?;
        let device = secret(&of("device")?, "`device`")?;
        let device = DeviceFile::from_json(Path::new("device"), &device).map_err(thrown)?;
        let membership = document(&of("membership")?, "`membership`")?;
        let membership: DeviceMembership = serde_json::from_str(&membership)
            .map_err(|error| thrown(BindingError::json("a membership", &error)))?;
        let frame = ReadingTarget { epoch, binding: binding(&of("binding")?)? };

        let salt = Salt::generate(&mut OsRng);
        let own = OwnDevice {
            key: *device.key().public(),
            secret: device.secret().clone(),
            membership: Some(membership),
        };
        let mut assembly = ReadingAssembly::new(policy, fence.fence, own, frame, salt.clone());
        let refusals = offer(&of("readings")?, &mut assembly)?;
        let job = assembly.job().map_err(|error| {
            let first = refusals
                .first()
                .map_or_else(String::new, |first| format!("; the first was refused by {first}"));
            Error::new(&format!("{error}{first}"))
        })?;
        let proof = self.0.prove(&job.assignment(), &mut OsRng).map_err(thrown)?;
        // As text: an object of JavaScript holds no integer of 64 bits.
        let reading = serde_json::to_string(&job.assignment().witness().reading.signed).map_err(thrown)?;
        let (id, words) = (self.0.verifying_key().key_id(), job.assignment().words().to_vec());
        let file = ProofFile::new(&SingleReading, id, proof, words).map_err(thrown)?;
        object(&json!({
            "proof": file.to_json(), "salt": field::to_hex(&salt.expose()),
            "reading": reading, "refusals": refusals,
        }))
    }
}

/// GeoJSON, WKT, or the file of triangles.
fn fence(text: &str) -> Result<FenceDocument, Error> {
    if Kind::of(text.as_bytes()) == Some(Kind::FenceTriangles) {
        let file = FenceFile::from_json(Path::new("fence"), text.as_bytes()).map_err(thrown)?;
        return Ok(FenceDocument { fence: file.fence().clone(), features: 1 });
    }
    FenceDocument::parse(text, None).map_err(|error| thrown(unquoted(&error.to_string())))
}

/// Offers each reading by its number, from 1; the refusals.
fn offer(readings: &JsValue, assembly: &mut ReadingAssembly) -> Result<Vec<String>, Error> {
    if !Array::is_array(readings) {
        return Err(Error::new(&format!("expected `readings` as an array, got {}", type_of(readings))));
    }
    let readings = Array::from(readings);
    if readings.length() > MAX_READINGS {
        return Err(Error::new(&format!(
            "expected at most {MAX_READINGS} readings, got {}",
            readings.length()
        )));
    }
    let mut refusals = Vec::new();
    for (row, reading) in (1..).zip(readings.iter()) {
        let reading = document(&reading, "a signed reading")?;
        let signed: SignedReading = serde_json::from_str(&reading).map_err(|error| {
            Error::new(&format!("reading {row}: {}", BindingError::json("a signed reading", &error)))
        })?;
        if let Err(refusal) = assembly.offer(row, signed) {
            refusals.push(refusal.to_string());
        }
    }
    Ok(refusals)
}

/// What the proof is bound to.
fn binding(binding: &JsValue) -> Result<Binding, Error> {
    if binding.is_undefined() || binding.is_null() {
        return Ok(Binding::NONE);
    }
    let of = |name: &str| member(binding, "`binding`", name);
    // The largest integer up to which a double holds every one.
    let chain = integer(&of("chain_id")?, "`chain_id`", (1 << 53) - 1)?;
    let address = |name: &'static str| -> Result<[u8; 20], Error> {
        hex::parse(&text(&of(name)?, name)?).map_err(|error| Error::new(&format!("`{name}`: {error}")))
    };
    Ok(Binding::new(chain, address("contract")?, address("recipient")?, &SingleReading.id()))
}
