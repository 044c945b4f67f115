//! zksensor in Python. What is wrong raises `zksensor.Error` in the words of the library; the interpreter runs on while proofs are verified
//! and files are read.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};
use std::path::PathBuf;

use pyo3::create_exception;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use serde_json::Value;
use zeroize::Zeroizing;
use zksensor_core::{BindingError, ImportOptions, Imported, Numbers, Signer, refuse_secret};

create_exception!(zksensor, Error, PyValueError, "What was wanted, what came, and where.");

/// The most bytes of a document.
const MAX_DOCUMENT: usize = 16 << 20;

fn raised(error: BindingError) -> PyErr {
    Error::new_err(error.to_string())
}

/// Bytes of a document: of `bytes` or `str`, and of a `dict` its JSON. None of secrets.
fn document(value: &Bound<'_, PyAny>, what: &'static str) -> PyResult<Vec<u8>> {
    let bytes = if let Ok(bytes) = value.cast::<PyBytes>() {
        bytes.as_bytes().to_vec()
    } else if let Ok(text) = value.extract::<String>() {
        text.into_bytes()
    } else if value.cast::<PyDict>().is_ok() {
        let options = PyDict::new(value.py());
        options.set_item("allow_nan", false)?;
        let json = value.py().import("json")?.call_method("dumps", (value,), Some(&options));
        let json = json.and_then(|json| json.extract::<String>());
        let wanted =
            || Error::new_err(format!("expected {what} as JSON has it: text, numbers, lists, dicts"));
        json.map_err(|_| wanted())?.into_bytes()
    } else {
        let got = value.get_type().qualname()?;
        return Err(PyTypeError::new_err(format!("expected {what} as bytes, str or dict, got {got}")));
    };
    match bytes.len() <= MAX_DOCUMENT {
        true => refuse_secret(&bytes, what).map_err(raised).map(|()| bytes),
        false => {
            let got = bytes.len();
            Err(Error::new_err(format!("expected {what} of at most {MAX_DOCUMENT} bytes, got {got}")))
        }
    }
}

/// As [`document`], in UTF-8.
fn text(value: &Bound<'_, PyAny>, what: &'static str) -> PyResult<String> {
    String::from_utf8(document(value, what)?)
        .map_err(|_| Error::new_err(format!("expected {what} in UTF-8, got other bytes")))
}

/// A device of the bytes of its secret, of which our copy is wiped.
fn signer(device: &Bound<'_, PyAny>) -> PyResult<Signer> {
    let Ok(bytes) = device.cast::<PyBytes>() else {
        let got = device.get_type().qualname()?;
        return Err(PyTypeError::new_err(format!("expected a device key as bytes, got {got}")));
    };
    Signer::new(&Zeroizing::new(bytes.as_bytes().to_vec())).map_err(raised)
}

/// A document as objects of Python.
fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (value.to_string(),))
}

/// Verifies a proof file under a verifying key, and says what it shows. Raises `Error` unless the proof holds.
#[pyfunction]
fn verify<'py>(
    py: Python<'py>,
    key: &Bound<'py, PyAny>,
    proof: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (key, proof) = (document(key, "a verifying key")?, document(proof, "a proof file")?);
    let shown = py.detach(|| zksensor_core::verify(&key, &proof)).map_err(raised)?;
    object(py, &shown)
}

/// Verifies a bare proof of 0x and 512 digits for public inputs by name. Raises `Error` unless the proof holds.
#[pyfunction]
fn verify_inputs<'py>(
    py: Python<'py>,
    key: &Bound<'py, PyAny>,
    proof: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (key, proof) = (document(key, "a verifying key")?, text(proof, "a proof")?);
    let inputs = text(inputs, "public inputs")?;
    let shown = py.detach(|| zksensor_core::verify_inputs(&key, &proof, &inputs)).map_err(raised)?;
    object(py, &shown)
}

/// Says what a proof file or a verifying key holds. Nothing is verified: whoever wrote a file wrote what it says.
#[pyfunction]
fn inspect<'py>(py: Python<'py>, file: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let file = document(file, "a file")?;
    let facts = py.detach(|| zksensor_core::inspect(&file)).map_err(raised)?;
    object(py, &facts)
}

/// The public key of a device: of its 32 secret bytes, or of the bytes of its file.
#[pyfunction]
fn public_key(device: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(signer(device)?.public_key())
}

/// Signs a reading with the key of a device: its 32 secret bytes, or the bytes of its file. Returns the text of the signed reading.
#[pyfunction]
fn sign(device: &Bound<'_, PyAny>, reading: &Bound<'_, PyAny>) -> PyResult<String> {
    let reading = text(reading, "a reading")?;
    // Integers of Python have no limit: what it wrote without a point is what was meant.
    signer(device)?.sign(&reading, Numbers::Exact).map_err(raised)
}

/// The bytes of a signed reading, as a device sends it. Its signature is checked.
#[pyfunction]
fn encode_reading<'py>(signed: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = zksensor_core::encode_reading(&text(signed, "a signed reading")?).map_err(raised)?;
    Ok(PyBytes::new(signed.py(), &bytes))
}

/// The text of a signed reading of the bytes that a device sent. Its signature is checked.
#[pyfunction]
fn decode_reading(signed: &[u8]) -> PyResult<String> {
    zksensor_core::decode_reading(signed).map_err(raised)
}

/// Reads a table or a log of other software, and signs every reading of it. `source` is its bytes, or the path of a file, which is read as
/// it is signed. Returns the texts of the signed readings, and why rows were left out, which they are only with `skip_bad_rows`: of the
/// first 1000, and how many more there were.
#[pyfunction]
#[pyo3(signature = (
    device, source, *, chain_id, registry, schema, format = "csv", columns = "", fields = "", first_sequence = 0, scale = None,
    uere_m = "", device_address = "", delimiter = "", decimal_comma = false, assume_utc = false, dead_reckoning = false,
    max_age_s = None, place = "", place_accuracy_m = "", skip_bad_rows = false,
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords, each with its default")]
fn import_readings<'py>(
    py: Python<'py>,
    device: &Bound<'py, PyAny>,
    source: &Bound<'py, PyAny>,
    chain_id: u64,
    registry: String,
    schema: &Bound<'py, PyAny>,
    format: &str,
    columns: &str,
    fields: &str,
    first_sequence: u64,
    scale: Option<u32>,
    uere_m: &str,
    device_address: &str,
    delimiter: &str,
    decimal_comma: bool,
    assume_utc: bool,
    dead_reckoning: bool,
    max_age_s: Option<u32>,
    place: &str,
    place_accuracy_m: &str,
    skip_bad_rows: bool,
) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
    let signer = signer(device)?;
    let options = ImportOptions {
        format: format.to_owned(),
        chain_id,
        registry,
        schema: schema.str()?.to_string(),
        first_sequence,
        columns: columns.to_owned(),
        fields: fields.to_owned(),
        scale,
        uere_m: uere_m.to_owned(),
        device_address: device_address.to_owned(),
        delimiter: delimiter.to_owned(),
        decimal_comma,
        assume_utc,
        dead_reckoning,
        max_age_s,
        place: place.to_owned(),
        place_accuracy_m: place_accuracy_m.to_owned(),
        skip_bad_rows,
    };
    let source = match source.cast::<PyBytes>() {
        Ok(bytes) => Source::Bytes(bytes.as_bytes().to_vec()),
        Err(_) => Source::Path(source.extract::<PathBuf>()?),
    };
    let imported = py.detach(|| source.import(&signer, &options)).map_err(raised)?;
    let Imported { readings, mut left_out, left_out_rows } = imported;
    if left_out_rows > left_out.len() {
        left_out.push(format!("and {} rows more", left_out_rows - left_out.len()));
    }
    Ok((PyList::new(py, readings)?, PyList::new(py, left_out)?))
}

/// Where a table is.
enum Source {
    Bytes(Vec<u8>),
    Path(PathBuf),
}

impl Source {
    fn import(self, signer: &Signer, options: &ImportOptions) -> Result<Imported, BindingError> {
        let input: Box<dyn BufRead> = match self {
            Source::Bytes(bytes) => Box::new(Cursor::new(bytes)),
            Source::Path(path) => {
                let read = |source| BindingError::Read { path: path.display().to_string(), source };
                Box::new(BufReader::new(File::open(&path).map_err(read)?))
            }
        };
        zksensor_core::import(signer, input, options)
    }
}

/// Zero-knowledge proofs about readings of physical sensors: verify, inspect, sign, import.
#[pymodule(name = "zksensor")]
fn define(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("Error", module.py().get_type::<Error>())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    for function in [
        wrap_pyfunction!(verify, module)?,
        wrap_pyfunction!(verify_inputs, module)?,
        wrap_pyfunction!(inspect, module)?,
        wrap_pyfunction!(public_key, module)?,
        wrap_pyfunction!(sign, module)?,
        wrap_pyfunction!(encode_reading, module)?,
        wrap_pyfunction!(decode_reading, module)?,
        wrap_pyfunction!(import_readings, module)?,
    ] {
        module.add_function(function)?;
    }
    Ok(())
}
