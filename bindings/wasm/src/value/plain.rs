//! Objects of JavaScript as JSON, with nothing left out. `JSON.stringify` makes null of NaN, infinities, invalid dates and what an array
//! has not, and null is a channel without a value: it would be signed.

use js_sys::{Array, BigInt, Error, Function, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{MAX_DOCUMENT, too_long, type_of};

/// The most arrays and objects in each other: a document has four.
const MAX_DEPTH: usize = 32;
/// The longest name of a member that an error has: a secret is longer.
const MAX_NAME: usize = 40;

/// The JSON of an object.
pub(super) fn written(value: &JsValue, what: &str) -> Result<String, Error> {
    let mut writer = Writer { what, json: String::new(), path: Vec::new() };
    writer.value(value)?;
    Ok(writer.json)
}

struct Writer<'a> {
    what: &'a str,
    json: String,
    /// Where it is: names, and places in arrays.
    path: Vec<String>,
}

impl Writer<'_> {
    fn value(&mut self, value: &JsValue) -> Result<(), Error> {
        match () {
            () if value.is_null() => self.put("null"),
            () if value.is_bigint() => self.integer(value),
            () if value.is_object() => self.nested(value),
            () => match (value.as_bool(), value.as_f64(), value.dyn_ref::<JsString>()) {
                (Some(truth), ..) => self.put(if truth { "true" } else { "false" }),
                // Without the sign of a zero, as JSON.stringify has it.
                (_, Some(number), _) if number.is_finite() => self.put(&(number + 0.0).to_string()),
                (_, Some(number), _) => Err(self.unfit(&number.to_string())),
                (.., Some(string)) => self.string(string),
                _ => Err(self.unfit(&type_of(value))),
            },
        }
    }

    fn nested(&mut self, value: &JsValue) -> Result<(), Error> {
        if self.path.len() >= MAX_DEPTH {
            return Err(self.unfit(&format!("more than {MAX_DEPTH} objects in each other")));
        }
        let own = self.get(value, &JsValue::from_str("toJSON"))?;
        let Some(own) = own.dyn_ref::<Function>() else {
            return match Array::is_array(value) {
                true => self.array(value),
                false => self.object(value),
            };
        };
        let name = JsValue::from_str(self.path.last().map_or("", String::as_str));
        let form = own.call1(value, &name).map_err(|_| self.unfit("an object whose toJSON threw"))?;
        match () {
            // An invalid date, for one.
            () if form.is_null() || form.is_undefined() => {
                Err(self.unfit("an object whose toJSON says nothing"))
            }
            () if !form.is_object() => self.value(&form),
            () if Array::is_array(&form) => self.array(&form),
            () => self.object(&form),
        }
    }

    fn array(&mut self, array: &JsValue) -> Result<(), Error> {
        let length = self.get(array, &JsValue::from_str("length"))?.as_f64().unwrap_or(f64::NAN);
        if !(length >= 0.0 && length <= MAX_DOCUMENT.into()) {
            return Err(self.unfit(&format!("an array of {length}")));
        }
        self.put("[")?;
        for at in 0..length as u32 {
            self.put(if at == 0 { "" } else { "," })?;
            let element = Reflect::get_u32(array, at).map_err(|_| self.unfit("an array that threw"))?;
            self.within(at.to_string(), &element)?;
        }
        self.put("]")
    }

    fn object(&mut self, object: &JsValue) -> Result<(), Error> {
        let names = Reflect::own_keys(object).map_err(|_| self.threw())?;
        self.put("{")?;
        let mut first = true;
        for name in names.iter() {
            // Symbols, and what is not enumerable, are no part of JSON.
            let Some(text) = name.dyn_ref::<JsString>() else { continue };
            let described = Reflect::get_own_property_descriptor(object.unchecked_ref::<Object>(), &name)
                .map_err(|_| self.threw())?;
            if !described.is_object() || !self.get(&described, &JsValue::from_str("enumerable"))?.is_truthy()
            {
                continue;
            }
            self.put(if first { "" } else { "," })?;
            first = false;
            self.string(text)?;
            self.put(":")?;
            let member = self.get(object, &name)?;
            let shown = name.as_string().filter(|name| name.len() <= MAX_NAME);
            self.within(shown.unwrap_or_else(|| "..".to_owned()), &member)?;
        }
        self.put("}")
    }

    fn within(&mut self, place: String, value: &JsValue) -> Result<(), Error> {
        self.path.push(place);
        self.value(value)?;
        self.path.pop();
        Ok(())
    }

    /// A number as far as numbers are exact, and text from there on.
    fn integer(&mut self, value: &JsValue) -> Result<(), Error> {
        let integer = i128::try_from(value.clone().unchecked_into::<BigInt>())
            .map_err(|_| self.unfit("a bigint of more than 128 bits"))?;
        match integer.unsigned_abs() < 1 << 53 {
            true => self.put(&integer.to_string()),
            false => self.put(&format!("\"{integer}\"")),
        }
    }

    fn string(&mut self, string: &JsString) -> Result<(), Error> {
        if string.length() > MAX_DOCUMENT {
            return Err(too_long(self.what, MAX_DOCUMENT, string.length().into()));
        }
        let text = string.as_string().filter(|_| string.is_valid_utf16());
        let text = text.ok_or_else(|| self.unfit("text that is not Unicode"))?;
        self.put(&serde_json::Value::String(text).to_string())
    }

    fn put(&mut self, text: &str) -> Result<(), Error> {
        self.json.push_str(text);
        match self.json.len() <= MAX_DOCUMENT as usize {
            true => Ok(()),
            false => {
                Err(Error::new(&format!("expected {} of at most {MAX_DOCUMENT} bytes, got more", self.what)))
            }
        }
    }

    fn get(&self, object: &JsValue, name: &JsValue) -> Result<JsValue, Error> {
        Reflect::get(object, name).map_err(|_| self.threw())
    }

    fn threw(&self) -> Error {
        self.unfit("an object that threw as it was read")
    }

    fn unfit(&self, got: &str) -> Error {
        let place = match self.path.is_empty() {
            true => String::new(),
            // The names nearest to the value say most.
            false => format!(" at {}", self.path[self.path.len().saturating_sub(4)..].join(".")),
        };
        Error::new(&format!(
            "expected {} as JSON has it, text, finite numbers, arrays and objects, got {got}{place}",
            self.what
        ))
    }
}
