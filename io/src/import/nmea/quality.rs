//! What a receiver says of how it got a fix.

use super::error::NmeaError;

/// How a position came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fix {
    /// Satellites measured it.
    Measured,
    /// Carried on from the last measured one, by speed and heading. Its dilution of precision says nothing about it.
    Estimated,
}

/// What an RMC says: its status, and its mode and navigational status where its version of the standard has them.
pub(super) fn of_rmc(status: &str, mode: &str, navigation: &str) -> Result<Fix, NmeaError> {
    // U: the receiver holds its own position for worse than it has to be. V: it does not watch over that.
    match (status, navigation) {
        ("A", "" | "S" | "C" | "V") => {}
        ("V", _) => return Err(NmeaError::NoFix),
        ("A", "U") => return Err(NmeaError::Unmeasured { got: "navigational status U: unsafe" }),
        _ => return Err(NmeaError::Unmeasured { got: "an RMC status that the standard does not have" }),
    }
    match mode {
        "" | "A" | "D" | "F" | "P" | "R" => Ok(Fix::Measured),
        "E" => Ok(Fix::Estimated),
        "N" => Err(NmeaError::NoFix),
        "M" => Err(NmeaError::Unmeasured { got: "RMC mode M: put in by hand" }),
        "S" => Err(NmeaError::Unmeasured { got: "RMC mode S: a simulator" }),
        _ => Err(NmeaError::Unmeasured { got: "an RMC mode that the standard does not have" }),
    }
}

/// What a GGA says.
pub(super) fn of_gga(quality: &str) -> Result<Fix, NmeaError> {
    match quality {
        "1" | "2" | "3" | "4" | "5" => Ok(Fix::Measured),
        "6" => Ok(Fix::Estimated),
        "" | "0" => Err(NmeaError::NoFix),
        "7" => Err(NmeaError::Unmeasured { got: "GGA quality 7: put in by hand" }),
        "8" => Err(NmeaError::Unmeasured { got: "GGA quality 8: a simulator" }),
        _ => Err(NmeaError::Unmeasured { got: "a GGA quality that the standard does not have" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_standard_calls_measured_is() {
        for quality in 0..=99 {
            let found = of_gga(&quality.to_string());
            let wanted = match quality {
                1..=5 => Ok(Fix::Measured),
                6 => Ok(Fix::Estimated),
                _ => Err(()),
            };
            assert_eq!(found.map_err(|_| ()), wanted, "{quality}");
        }
        for mode in ('A'..='Z').map(String::from).chain([String::new(), "a".to_owned(), "AA".to_owned()]) {
            let found = of_rmc("A", &mode, "V").map_err(|_| ());
            let wanted = match mode.as_str() {
                "" | "A" | "D" | "F" | "P" | "R" => Ok(Fix::Measured),
                "E" => Ok(Fix::Estimated),
                _ => Err(()),
            };
            assert_eq!(found, wanted, "{mode}");
            assert_eq!(of_rmc("V", &mode, ""), Err(NmeaError::NoFix));
            assert!(of_rmc("", &mode, "").is_err() && of_rmc("A", &mode, "U").is_err());
        }
        assert_eq!(of_gga(""), Err(NmeaError::NoFix));
        assert!(of_gga("01").is_err());
    }
}
