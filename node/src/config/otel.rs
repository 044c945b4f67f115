//! Traces to a collector of OpenTelemetry.

use axum::http::Uri;
use axum::http::uri::Scheme;

use super::mistakes::{Mistakes, Place};

/// A collector, and how much it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtelSettings {
    /// Its host and port.
    pub endpoint: String,
    /// Of a million traces, how many are sent.
    pub sample_ppm: u32,
}

/// Host and port of `http://HOST:PORT`.
pub(super) fn endpoint(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let is_plain =
        uri.scheme() == Some(&Scheme::HTTP) && matches!(uri.path(), "" | "/") && uri.query().is_none();
    let authority = uri.authority().filter(|authority| is_plain && !authority.as_str().contains('@'))?;
    let port = authority.port_u16()?;
    Some(format!("{}:{port}", authority.host()))
}

/// Parts of a million of a number from 0 to 1.
pub(super) fn ppm(text: &str) -> Option<u32> {
    let ratio: f64 = text.parse().ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // What is checked is in the range.
    (is_plain && (0.0..=1.0).contains(&ratio)).then(|| (ratio * 1e6).round() as u32)
}

/// A build that sends no traces says so.
pub(super) fn refuse(settings: Option<&OtelSettings>, mistakes: &mut Mistakes) {
    if settings.is_some() && !cfg!(feature = "otel") {
        let what = "expected no section [otel] with a collector, got one: this build sends no traces";
        let help = "build the command with `--features otel`, or take `endpoint` out of the section";
        mistakes.add(Place::Missing { key: "otel".to_owned() }, what, help);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn parse(section: &str, environment: &[(&str, &str)]) -> Result<Option<OtelSettings>, String> {
        let text = format!("[otel]\n{section}\n[policies.air]\npolicy = \"air.toml\"\n");
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = Config::parse(&text, Path::new("/node"), &environment);
        config.map(|config| config.otel).map_err(|mistakes| mistakes.to_string())
    }

    #[test]
    fn a_section_has_a_collector_and_a_ratio() {
        let told = |sample_ppm| Ok(Some(OtelSettings { endpoint: "a:4318".to_owned(), sample_ppm }));
        let endpoint = "endpoint = \"http://a:4318\"";
        assert_eq!(parse("sample = 0.5", &[]), Ok(None), "nobody is told without a collector");
        assert_eq!(parse(endpoint, &[]), told(1_000_000));
        for (sample, parts) in [("0", 0), ("1", 1_000_000), ("0.25", 250_000)] {
            assert_eq!(parse(&format!("{endpoint}\nsample = {sample}"), &[]), told(parts), "{sample}");
        }
        assert_eq!(parse(endpoint, &[("ZKSENSOR_NODE_OTEL_SAMPLE", "0.1")]), told(100_000));
        for (section, wanted) in [
            ("sample = 2", "`otel.sample`: expected a number from 0 to 1, such as 0.1, got"),
            ("sample = 1e-1", "`otel.sample`: expected a number from 0 to 1, such as 0.1, got"),
            ("sample = \"0.25\"", "`otel.sample`: expected a number from 0 to 1, such as 0.1, got string"),
            ("sample = true", "`otel.sample`: expected a number from 0 to 1, such as 0.1, got boolean"),
            ("endpoint = \"https://a:1\"", "`otel.endpoint`: expected http:// with a host and a port"),
        ] {
            let said = parse(section, &[]).unwrap_err();
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        let said = parse("endpoint = \"http://user:secret@a:1\"", &[]).unwrap_err();
        assert!(said.contains("`otel.endpoint`") && !said.contains("secret"), "{said}");
    }

    #[test]
    fn a_build_that_sends_no_traces_says_so() {
        let mut mistakes = Mistakes::default();
        refuse(None, &mut mistakes);
        assert!(mistakes.is_empty());
        refuse(Some(&OtelSettings { endpoint: "a:1".to_owned(), sample_ppm: 0 }), &mut mistakes);
        let said = mistakes.to_string();
        assert_eq!(
            said.contains("`otel`: expected no section [otel] with a collector"),
            !cfg!(feature = "otel")
        );
    }

    #[test]
    fn a_collector_has_a_host_and_a_port() {
        assert_eq!(endpoint("http://127.0.0.1:4318").as_deref(), Some("127.0.0.1:4318"));
        assert_eq!(endpoint("http://collector:4318/").as_deref(), Some("collector:4318"));
        assert_eq!(endpoint("http://[::1]:4318").as_deref(), Some("[::1]:4318"));
        for wrong in [
            "",
            "127.0.0.1:4318",
            "http://collector",
            "https://collector:4318",
            "http://user:secret@collector:4318",
            "http://collector:4318/v1/traces",
            "http://collector:4318?x",
        ] {
            assert_eq!(endpoint(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_ratio_is_a_number_from_0_to_1() {
        for (text, parts) in
            [("0", 0), ("1", 1_000_000), ("0.25", 250_000), ("1.0", 1_000_000), ("0.000001", 1)]
        {
            assert_eq!(ppm(text), Some(parts), "{text}");
        }
        for wrong in ["", "-0.1", "1.1", "NaN", "inf", "1e-3", "half", "."] {
            assert_eq!(ppm(wrong), None, "{wrong}");
        }
    }
}
