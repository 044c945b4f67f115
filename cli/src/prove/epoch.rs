//! Which epoch is proven: one by its number, or the last that is over.

use std::str::FromStr;

use zksensor::model::policy::Policy;
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::reading::UnixMillis;

/// An epoch, as it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EpochArg {
    /// That of this number.
    Number(u32),
    /// The one before the present one.
    LastClosed,
}

/// No epoch is over.
#[derive(Debug, thiserror::Error)]
#[error("expected a policy with an epoch that is over at {now}, but {why}")]
pub(crate) struct NoneClosed {
    now: String,
    why: String,
}

/// Neither a number nor the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from 0 to 4294967295, or last-closed")]
pub(crate) struct NoEpochArg;

impl FromStr for EpochArg {
    type Err = NoEpochArg;

    fn from_str(text: &str) -> Result<EpochArg, NoEpochArg> {
        if text == "last-closed" {
            return Ok(EpochArg::LastClosed);
        }
        text.parse().map(EpochArg::Number).map_err(|_| NoEpochArg)
    }
}

impl EpochArg {
    /// The last epoch of a policy that is over, `now` in Unix milliseconds.
    ///
    /// # Errors
    /// [`NoneClosed`] if the first one is not, or they have run out.
    pub(super) fn last_closed(policy: &Policy, now: u64) -> Result<u32, NoneClosed> {
        let present = UnixMillis::new(now).ok().and_then(|now| policy.epoch_of(now));
        present.and_then(|epoch| epoch.checked_sub(1)).ok_or_else(|| none_closed(policy, now))
    }
}

fn none_closed(policy: &Policy, now: u64) -> NoneClosed {
    let why = match policy.epoch_end_ms(0).filter(|end| now < *end) {
        Some(end) => format!("its first one ends at {}", format_rfc3339_millis(end)),
        None => "its epochs have run out".to_owned(),
    };
    NoneClosed { now: format_rfc3339_millis(now), why }
}

#[cfg(test)]
mod tests {
    use zksensor::io::fence::from_geojson;
    use zksensor::io::policy::from_toml;

    use super::*;

    const POLICY: &str = "[network]\nchain_id = 80002\nregistry = \"0x1111111111111111111111111111111111111111\"\n\
         [epoch]\norigin = \"2026-01-01T00:00:00Z\"\nlength_s = 3600\n\
         [reading]\nschema = \"generic\"\nchannel = \"value\"\nlow = 0\nhigh = 1\nmax_accuracy_mm = 10_000\ndevice_class = 7\n\
         [statement]\nfamily = \"aggregate\"\nversion = 2\nk = 5\n";

    #[test]
    fn the_last_that_is_over() {
        let fence = from_geojson(r#"{"type":"Polygon","coordinates":[[[11,48],[12,48],[12,49],[11,48]]]}"#);
        let policy = from_toml(POLICY, Some(&fence.unwrap())).unwrap();
        let origin = policy.parts().epoch_origin.get();
        let at = |ms: u64| EpochArg::last_closed(&policy, origin + ms);
        assert_eq!(at(3_600_000).unwrap(), 0);
        assert_eq!(at(2 * 3_600_000 - 1).unwrap(), 0);
        assert_eq!(at(2 * 3_600_000).unwrap(), 1);
        for early in [0, 3_599_999] {
            let said = at(early).unwrap_err().to_string();
            assert!(said.ends_with("its first one ends at 2026-01-01T01:00:00Z"), "{said}");
        }
        for late in [(1 << 48) - 1, 1 << 48, u64::MAX] {
            assert!(EpochArg::last_closed(&policy, late).unwrap_err().to_string().ends_with("run out"));
        }
    }

    #[test]
    fn what_names_an_epoch() {
        assert_eq!("4294967295".parse(), Ok(EpochArg::Number(u32::MAX)));
        for other in ["", "-1", "4294967296", "last", "1.0", "0x2"] {
            assert_eq!(other.parse::<EpochArg>(), Err(NoEpochArg), "{other}");
        }
    }
}
