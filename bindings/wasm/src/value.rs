//! Values of JavaScript, of whatever type, to bytes and text.

use js_sys::{Array, ArrayBuffer, Error, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;
use zksensor_core::refuse_secret;

mod plain;

/// The most bytes of a document: more than any file but a proving key has.
const MAX_DOCUMENT: u32 = 16 << 20;
/// The most bytes of a proving key of a reading: nineteen times what one has.
const MAX_KEY: u32 = 64 << 20;

/// What a value is, for the end of a sentence.
pub(crate) fn type_of(value: &JsValue) -> String {
    match () {
        () if value.is_null() => "null".to_owned(),
        () if Array::is_array(value) => "an array".to_owned(),
        () => value.js_typeof().as_string().unwrap_or_else(|| "something else".to_owned()),
    }
}

fn unexpected(what: &str, form: &str, value: &JsValue) -> Error {
    Error::new(&format!("expected {what} as {form}, got {}", type_of(value)))
}

fn too_long(what: &str, limit: u32, got: f64) -> Error {
    Error::new(&format!("expected {what} of at most {limit} bytes, got {got}"))
}

/// Bytes of at most `limit`.
fn limited(value: &JsValue, what: &str, limit: u32) -> Result<Vec<u8>, Error> {
    let array = match (value.dyn_ref::<Uint8Array>(), value.dyn_ref::<ArrayBuffer>()) {
        (Some(array), _) => array.clone(),
        (_, Some(buffer)) if buffer.byte_length() <= limit => Uint8Array::new(buffer),
        (_, Some(buffer)) => return Err(too_long(what, limit, buffer.byte_length().into())),
        _ => return Err(unexpected(what, "a Uint8Array", value)),
    };
    if array.length() > limit {
        return Err(too_long(what, limit, array.length().into()));
    }
    Ok(array.to_vec())
}

/// The bytes of an array.
pub(crate) fn array(value: &JsValue, what: &str) -> Result<Vec<u8>, Error> {
    limited(value, what, MAX_DOCUMENT)
}

/// The bytes of a proving key.
pub(crate) fn proving_key(value: &JsValue, what: &str) -> Result<Vec<u8>, Error> {
    limited(value, what, MAX_KEY)
}

/// The bytes of a secret: our copy is wiped.
pub(crate) fn secret(value: &JsValue, what: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    array(value, what).map(Zeroizing::new)
}

/// Refuses secrets where something else belongs: what is said of that quotes parts of it.
fn public(bytes: &[u8], what: &'static str) -> Result<(), Error> {
    refuse_secret(bytes, what).map_err(|error| Error::new(&error.to_string()))
}

/// The bytes of an array, or of a text; none of secrets.
pub(crate) fn bytes(value: &JsValue, what: &'static str) -> Result<Vec<u8>, Error> {
    let bytes = match value.is_string() {
        true => text(value, what)?.into_bytes(),
        false => array(value, what).map_err(|error| match is_bytes(value) {
            true => error,
            false => unexpected(what, "a Uint8Array or a string", value),
        })?,
    };
    public(&bytes, what).map(|()| bytes)
}

/// A text; none of secrets.
pub(crate) fn text(value: &JsValue, what: &'static str) -> Result<String, Error> {
    let Some(string) = value.dyn_ref::<js_sys::JsString>() else {
        return Err(unexpected(what, "a string", value));
    };
    if string.length() > MAX_DOCUMENT {
        return Err(too_long(what, MAX_DOCUMENT, string.length().into()));
    }
    let text = value.as_string().ok_or_else(|| unexpected(what, "a string", value))?;
    public(text.as_bytes(), what).map(|()| text)
}

/// The JSON of a text, of bytes, or of an object; none of secrets.
pub(crate) fn json(value: &JsValue, what: &'static str) -> Result<String, Error> {
    if value.is_string() {
        return text(value, what);
    }
    if is_bytes(value) {
        let came = bytes(value, what)?;
        return String::from_utf8(came)
            .map_err(|_| Error::new(&format!("expected {what} in UTF-8, got other bytes")));
    }
    if !value.is_object() {
        return Err(unexpected(what, "an object or its JSON", value));
    }
    let written = plain::written(value, what)?;
    public(written.as_bytes(), what).map(|()| written)
}

/// A member of an object.
pub(crate) fn member(object: &JsValue, what: &str, name: &str) -> Result<JsValue, Error> {
    if !object.is_object() {
        return Err(unexpected(what, "an object", object));
    }
    Reflect::get(object, &JsValue::from_str(name))
        .map_err(|_| Error::new(&format!("expected `{name}` of {what}, reading it threw")))
}

/// An integer up to `most`, which a double holds exactly.
pub(crate) fn integer(value: &JsValue, what: &str, most: u64) -> Result<u64, Error> {
    let number = value.as_f64().ok_or_else(|| unexpected(what, "a number", value))?;
    if !(number >= 0.0 && number <= most as f64 && number.fract() == 0.0) {
        return Err(Error::new(&format!("expected {what} as an integer from 0 to {most}, got {number}")));
    }
    Ok(number as u64)
}

/// Whether it is an array of bytes, or their buffer.
pub(crate) fn is_bytes(value: &JsValue) -> bool {
    value.is_instance_of::<Uint8Array>() || value.is_instance_of::<ArrayBuffer>()
}
