//! Which arithmetic runs on this machine, and why.

use std::ffi::OsStr;
use std::fmt;

#[cfg(target_arch = "x86_64")]
use crate::field::ifma::Ifma;
use crate::field::portable::Portable;

/// The environment variable that chooses: `portable` or `ifma`; the best that the machine has if it is not set or empty.
pub const ENGINE_VARIABLE: &str = "ZKSENSOR_ENGINE";

/// A way to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Path {
    /// Eight elements at a time, with the 52-bit products of AVX-512 IFMA; such a processor has BMI2 and ADX, which it uses, too.
    Ifma,
    /// One element at a time in words of 64 bits, on any machine.
    Portable,
}

impl Path {
    /// As the environment variable has it.
    pub fn name(self) -> &'static str {
        match self {
            Path::Ifma => "ifma",
            Path::Portable => "portable",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The environment variable asks for what there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoEngine {
    /// A name that is none.
    #[error("{ENGINE_VARIABLE} is `{got}`, and has to be `portable` or `ifma`, or not be set")]
    Unknown {
        /// What it is, shown as text.
        got: String,
    },
    /// A path that this machine cannot run.
    #[error(
        "{ENGINE_VARIABLE} is `{}`, which this machine cannot run: it has no AVX-512 IFMA; unset it, or set it to `portable`",
        path.name()
    )]
    Missing {
        /// The path.
        path: Path,
    },
}

/// A path that this machine can run, and why it is the one.
#[derive(Debug, Clone, Copy)]
pub struct Kernel {
    pub(crate) way: Way,
    reason: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
    Portable(Portable),
}

impl Kernel {
    /// The path that the environment variable [`ENGINE_VARIABLE`] asks for; if it does not, the best there is.
    ///
    /// # Errors
    /// [`NoEngine`] if it asks for what there is not.
    pub fn detect() -> Result<Self, NoEngine> {
        Kernel::asked(std::env::var_os(ENGINE_VARIABLE).as_deref())
    }

    fn asked(value: Option<&OsStr>) -> Result<Self, NoEngine> {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(Kernel::best());
        };
        if value == Path::Portable.name() {
            return Ok(Kernel { reason: "ZKSENSOR_ENGINE asks for it", ..Kernel::portable() });
        }
        if value == Path::Ifma.name() {
            let kernel = Kernel::ifma().ok_or(NoEngine::Missing { path: Path::Ifma })?;
            return Ok(Kernel { reason: "ZKSENSOR_ENGINE asks for it", ..kernel });
        }
        Err(NoEngine::Unknown { got: value.to_string_lossy().chars().take(64).collect() })
    }

    /// The best that this machine can run.
    pub fn best() -> Self {
        Kernel::ifma().unwrap_or_else(Kernel::portable)
    }

    /// Every path that this machine can run, the best first.
    pub fn all() -> Vec<Self> {
        match Kernel::ifma() {
            Some(ifma) => vec![ifma, Kernel { reason: "every machine has it", ..Kernel::portable() }],
            None => vec![Kernel::portable()],
        }
    }

    /// The path.
    pub fn path(&self) -> Path {
        match self.way {
            #[cfg(target_arch = "x86_64")]
            Way::Ifma(_) => Path::Ifma,
            Way::Portable(_) => Path::Portable,
        }
    }

    /// Why this path, as the end of a sentence.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// What was chosen; where that is what there is not, the path that is everywhere, with this as its reason.
    pub(crate) fn chosen() -> Self {
        Kernel::detect().unwrap_or_else(Kernel::in_spite)
    }

    fn in_spite(_: NoEngine) -> Self {
        Kernel { reason: "ZKSENSOR_ENGINE asks for what there is not", ..Kernel::portable() }
    }

    fn portable() -> Self {
        let reason = if cfg!(target_arch = "x86_64") {
            "the processor or the system has no AVX-512 IFMA"
        } else {
            "AVX-512 IFMA is of x86-64 only"
        };
        Kernel { way: Way::Portable(Portable::new()), reason }
    }

    fn ifma() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            let way = Way::Ifma(Ifma::detect()?);
            Some(Kernel { way, reason: "the processor has AVX-512 IFMA" })
        }
        #[cfg(not(target_arch = "x86_64"))]
        None
    }
}

/// `ifma: the processor has AVX-512 IFMA`, for people.
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.reason)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_asked_for_runs_or_is_refused() {
        for nothing in [None, Some(OsStr::new(""))] {
            assert_eq!(Kernel::asked(nothing).unwrap().path(), Kernel::best().path());
        }
        let portable = Kernel::asked(Some(OsStr::new("portable"))).unwrap();
        assert_eq!((portable.path(), portable.reason()), (Path::Portable, "ZKSENSOR_ENGINE asks for it"));
        let has = Kernel::all().iter().any(|kernel| kernel.path() == Path::Ifma);
        match Kernel::asked(Some(OsStr::new("ifma"))) {
            Ok(kernel) => assert!(has && kernel.path() == Path::Ifma),
            Err(error) => assert!(!has && error == NoEngine::Missing { path: Path::Ifma }),
        }
        for wrong in ["Portable", "fast", " portable", "0"] {
            let error = Kernel::asked(Some(OsStr::new(wrong))).unwrap_err();
            let said = error.to_string();
            assert!(said.contains(&format!("`{wrong}`")) && said.contains("`portable` or `ifma`"), "{said}");
        }
        let long = "x".repeat(1000);
        assert!(Kernel::asked(Some(OsStr::new(&long))).unwrap_err().to_string().len() < 200);
    }

    /// Nobody who asks for one path gets another that is as hard to check.
    #[test]
    fn where_nothing_can_be_refused_what_there_is_not_is_the_portable_path() {
        for wrong in [NoEngine::Missing { path: Path::Ifma }, NoEngine::Unknown { got: "fast".into() }] {
            let kernel = Kernel::in_spite(wrong);
            assert_eq!(kernel.to_string(), "portable: ZKSENSOR_ENGINE asks for what there is not");
        }
    }

    #[test]
    fn the_best_is_the_first_of_all_and_portable_the_last() {
        let all = Kernel::all();
        assert_eq!(all[0].path(), Kernel::best().path());
        assert_eq!(all[all.len() - 1].path(), Path::Portable);
        // Nobody is told that there is no IFMA where there is.
        assert_eq!(all.len() > 1, all[all.len() - 1].reason() == "every machine has it");
    }
}
