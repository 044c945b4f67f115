//! What a file is read as: of which proof system, or a mock.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use zksensor::files::{FileProof, Kind};

use super::BackendName;
use crate::error::{Advice, diagnostic};

/// The environment variable that asks for mocks.
pub(crate) const PROVER_VARIABLE: &str = "ZKSENSOR_PROVER";

/// What keys and proofs are made with here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MadeWith {
    /// A proof system, on this machine.
    Local,
    /// Nothing: what comes out is marked as a mock, and so is what is taken.
    Mock,
}

/// The variable says something else.
#[derive(Debug, thiserror::Error)]
#[error("expected `local` or `mock` in {PROVER_VARIABLE}, got `{got}`")]
pub(crate) struct UnknownProver {
    /// What it says, escaped and cut to 40 characters.
    got: String,
}

impl UnknownProver {
    fn advice(&self) -> Advice {
        Advice::new(
            "zksensor::usage",
            "leave the variable out, or set it to `local`: proofs are made; `mock` is for tests of what is around them",
        )
    }
}
diagnostic!(UnknownProver);

impl MadeWith {
    /// As the environment says; proofs are made unless it asks for mocks.
    ///
    /// # Errors
    /// [`UnknownProver`] for any other word, so that nobody takes a proof for a mock, or a mock for a proof, over a slip.
    pub(crate) fn of_environment() -> Result<MadeWith, UnknownProver> {
        MadeWith::of(std::env::var_os(PROVER_VARIABLE))
    }

    /// Whether mocks are asked for.
    pub(crate) fn is_mock() -> bool {
        matches!(MadeWith::of_environment(), Ok(MadeWith::Mock))
    }

    fn of(variable: Option<OsString>) -> Result<MadeWith, UnknownProver> {
        match variable.as_ref().map(|value| value.to_str()) {
            None | Some(Some("" | "local")) => Ok(MadeWith::Local),
            Some(Some("mock")) => Ok(MadeWith::Mock),
            Some(_) => {
                let text = variable.unwrap_or_default().to_string_lossy().into_owned();
                Err(UnknownProver { got: text.escape_debug().take(40).collect() })
            }
        }
    }
}

/// What a file of a key or a proof is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Of Groth16.
    Groth16,
    /// Of halo2.
    Halo2,
    /// A mock, which proves nothing.
    Mock,
}

impl From<BackendName> for System {
    fn from(name: BackendName) -> System {
        match name {
            BackendName::Groth16 => System::Groth16,
            BackendName::Halo2 => System::Halo2,
        }
    }
}

impl System {
    /// That of the key or proof that bytes begin like, if they are one.
    fn of_kind(kind: Option<Kind>) -> Option<System> {
        let kind = kind?;
        if kind.is_mock() {
            return Some(System::Mock);
        }
        let halo2 = kind.of_groth16().map(|_| System::Halo2);
        halo2.or_else(|| kind.of_halo2().map(|_| System::Groth16))
    }

    /// A mock where mocks are asked for, and only there; else the asserted one, else that of these bytes; Groth16 of what is of none, whose
    /// readers say what is wrong.
    pub(crate) fn of_bytes(asserted: Option<BackendName>, bytes: &[u8]) -> System {
        if MadeWith::is_mock() {
            return System::Mock;
        }
        let asserted = asserted.map(System::from);
        let of_bytes = || System::of_kind(Kind::of(bytes)).filter(|system| *system != System::Mock);
        asserted.or_else(of_bytes).unwrap_or(System::Groth16)
    }

    /// The name of that of proofs of this type, as `--backend` has it.
    pub(crate) fn name_of<P: FileProof>() -> &'static str {
        match System::of_kind(Some(P::KIND)) {
            Some(System::Halo2) => "halo2",
            Some(System::Mock) => "mock",
            Some(System::Groth16) | None => "groth16",
        }
    }

    /// As [`System::of_bytes`], of a proving key's file, which is read in parts. A pipe cannot be looked into: it is of Groth16 unless `--backend` says otherwise.
    pub(crate) fn of_key(asserted: Option<BackendName>, path: &Path) -> System {
        let mut head = Vec::new();
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            // Whatever is wrong here is said by the reader of the kind.
            let _ = File::open(path).and_then(|file| file.take(Kind::HEAD).read_to_end(&mut head));
        }
        System::of_bytes(asserted, &head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_the_variable_is_no_choice() {
        let of = |text: &str| MadeWith::of(Some(text.into()));
        assert_eq!(MadeWith::of(None).unwrap(), MadeWith::Local);
        assert_eq!(of("").unwrap(), MadeWith::Local);
        assert_eq!(of("local").unwrap(), MadeWith::Local);
        assert_eq!(of("mock").unwrap(), MadeWith::Mock);
        for slip in ["Mock", "mock ", "mocks", "0", "groth16", "\u{1b}[31m"] {
            assert!(of(slip).is_err(), "{slip:?}");
        }
        assert_eq!(
            of("Mock\n").unwrap_err().to_string(),
            "expected `local` or `mock` in ZKSENSOR_PROVER, got `Mock\\n`"
        );
    }

    #[test]
    fn a_mock_is_not_read_unless_it_is_asked_for() {
        for bytes in [&b"zksensor-mock-key\x01"[..], b"{\"format\":\"zksensor-mock-proof/v1\"}", b"none"] {
            assert_eq!(System::of_bytes(None, bytes), System::Groth16);
        }
        assert_eq!(System::of_bytes(None, b"zksensor-halo2-vk"), System::Halo2);
        assert_eq!(System::of_bytes(Some(BackendName::Halo2), b"zksensor-vk"), System::Halo2);
    }
}
