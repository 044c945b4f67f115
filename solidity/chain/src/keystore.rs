//! The key of an account from a keystore (Web3 Secret Storage, version 3), whose parameters are checked before anything is derived: a
//! hostile file would take all memory, or years.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::ChainError;

/// The most bytes of a keystore; there are some 500.
const MOST_BYTES: u64 = 65_536;
/// The most bytes of a password file.
const MOST_PASSWORD: u64 = 4096;
/// The most memory of scrypt, in bytes: four times that of geth.
const MOST_MEMORY: u64 = 1 << 30;
/// The most rounds of PBKDF2: some 40 times those of geth.
const MOST_ROUNDS: u64 = 10_000_000;

#[derive(Deserialize)]
struct Keystore {
    #[serde(alias = "Crypto")]
    crypto: Crypto,
    version: u64,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParameters,
    ciphertext: String,
    kdf: String,
    kdfparams: Parameters,
    mac: String,
}

#[derive(Deserialize)]
struct CipherParameters {
    iv: String,
}

#[derive(Deserialize)]
struct Parameters {
    dklen: u64,
    n: Option<u64>,
    r: Option<u64>,
    p: Option<u64>,
    c: Option<u64>,
    prf: Option<String>,
}

/// The 32 bytes of the key.
///
/// # Errors
/// [`ChainError::Keystore`] with the field that is at fault, [`ChainError::Password`], [`ChainError::File`].
pub(crate) fn open(keystore: &Path, password_file: &Path) -> Result<Zeroizing<Vec<u8>>, ChainError> {
    let password = read(password_file, MOST_PASSWORD)?;
    open_with(keystore, line(&password))
}

/// The same with a password that was read.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_with(keystore: &Path, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, ChainError> {
    let text = read(keystore, MOST_BYTES)?;
    let wrong = |field| ChainError::Keystore { path: keystore.to_owned(), field };
    let parsed: Keystore = serde_json::from_slice(&text).map_err(|_| wrong("crypto"))?;
    check(&parsed).map_err(wrong)?;
    let key = eth_keystore::decrypt_key(keystore, password);
    let key = Zeroizing::new(key.map_err(|_| ChainError::Password { path: keystore.to_owned() })?);
    if key.len() == 32 { Ok(key) } else { Err(wrong("ciphertext")) }
}

/// The field that is none, if one is.
fn check(Keystore { crypto, version }: &Keystore) -> Result<(), &'static str> {
    let hex =
        |text: &str, bytes: usize| text.len() == 2 * bytes && text.bytes().all(|c| c.is_ascii_hexdigit());
    let ensure = |holds: bool, field| if holds { Ok(()) } else { Err(field) };
    let parameters = &crypto.kdfparams;
    ensure(*version == 3, "version")?;
    ensure(crypto.cipher == "aes-128-ctr", "cipher")?;
    ensure(hex(&crypto.cipherparams.iv, 16), "iv")?;
    ensure(hex(&crypto.ciphertext, 32), "ciphertext")?;
    ensure(hex(&crypto.mac, 32), "mac")?;
    ensure(parameters.dklen == 32, "dklen")?;
    match crypto.kdf.as_str() {
        "scrypt" => {
            let n = parameters.n.ok_or("n")?;
            let (r, p) = (parameters.r.ok_or("r")?, parameters.p.ok_or("p")?);
            ensure(n.is_power_of_two() && (2..=1 << 22).contains(&n), "n")?;
            ensure((1..=32).contains(&r) && 128 * n * r <= MOST_MEMORY, "r")?;
            ensure((1..=16).contains(&p), "p")
        }
        "pbkdf2" => {
            ensure((1..=MOST_ROUNDS).contains(&parameters.c.ok_or("c")?), "c")?;
            ensure(parameters.prf.as_deref() == Some("hmac-sha256"), "prf")
        }
        _ => Err("kdf"),
    }
}

/// A password without the end of its line.
fn line(password: &[u8]) -> &[u8] {
    let password = password.strip_suffix(b"\n").unwrap_or(password);
    password.strip_suffix(b"\r").unwrap_or(password)
}

fn read(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, ChainError> {
    let failed = |source| ChainError::File { path: path.to_owned(), action: "read", source };
    // It does not grow, which would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(limit).unwrap_or(0) + 1));
    File::open(path).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(ChainError::OtherFile { path: path.to_owned(), wanted: "a keystore or a password" });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Key 0x01..01 under the password `pass`, with few rounds; made by the library itself in the first test below.
    fn made(name: &str) -> (std::path::PathBuf, std::path::PathBuf) {
        let folder = std::env::temp_dir().join(format!("zksensor-keystore-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        eth_keystore::encrypt_key(&folder, &mut rand::thread_rng(), [1; 32], "pass", Some("key")).unwrap();
        fs::write(folder.join("password"), "pass\n").unwrap();
        (folder.join("key"), folder.join("password"))
    }

    #[test]
    fn a_keystore_opens_with_its_password_alone() {
        let (keystore, password) = made("opens");
        assert_eq!(*open(&keystore, &password).unwrap(), vec![1; 32]);
        fs::write(&password, "Pass\n").unwrap();
        let error = open(&keystore, &password).unwrap_err();
        assert!(matches!(error, ChainError::Password { .. }), "{error}");
        assert!(!error.to_string().contains("Pass"));
    }

    #[test]
    fn parameters_that_cost_too_much_are_refused_before_anything_is_derived() {
        let (keystore, password) = made("costs");
        let text = fs::read_to_string(&keystore).unwrap();
        let n = text.split("\"n\":").nth(1).unwrap().split([',', '}']).next().unwrap();
        let changed = |from: &str, to: &str| {
            assert!(text.contains(from), "{from} in {text}");
            text.replace(from, to)
        };
        for (field, text) in [
            ("n", changed(&format!("\"n\":{n}"), "\"n\":1073741824")),
            ("n", changed(&format!("\"n\":{n}"), "\"n\":0")),
            ("n", changed(&format!("\"n\":{n}"), "\"n\":12345")),
            ("r", changed("\"r\":8", "\"r\":4000000000")),
            ("p", changed("\"p\":1", "\"p\":99999")),
            ("dklen", changed("\"dklen\":32", "\"dklen\":1")),
            ("version", changed("\"version\":3", "\"version\":1")),
            ("kdf", changed("\"kdf\":\"scrypt\"", "\"kdf\":\"none\"")),
            ("iv", changed("\"iv\":\"", "\"iv\":\"00")),
            ("crypto", "{".to_owned()),
        ] {
            fs::write(&keystore, text).unwrap();
            let error = open(&keystore, &password).unwrap_err();
            assert!(
                matches!(&error, ChainError::Keystore { field: got, .. } if *got == field),
                "{field}: {error}"
            );
        }
    }
}
