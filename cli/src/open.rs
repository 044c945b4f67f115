//! The command `open`: an opening against the commitment of a proof, and the parts of the reading that somebody asks for.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use zksensor::files::{self, FileError, FileProof, Kind, OpeningError, OpeningFile, ProofFile};
use zksensor::halo2::prover::Halo2;
use zksensor::mock::Mock;
use zksensor::model::field;
use zksensor::model::policy::Policy;
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::reading::{ACCURACY_UNKNOWN, Reading, SignedReading};
use zksensor::model::schema::{ABSENT, Schema};
use zksensor::prover::Groth16;

use crate::args::FenceArgs;
use crate::backend::{Backend, System};
use crate::error::{Advice, diagnostic};
use crate::output::Output;
use crate::verify::{self, VerifyCommandError};

/// Options of `open`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An opening is a secret: without --reveal nothing of the reading is printed, with it only what was asked for. \
                  What is revealed was signed by the device and is behind the commitment; that the proof holds, only --key or \
                  `zksensor verify` says."
)]
pub(crate) struct Args {
    /// The proof, of a reading.
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    /// What opens its commitment, as `prove --opening` wrote it.
    #[arg(long, value_name = "FILE")]
    opening: PathBuf,
    /// Prints this part of the reading: value, place, time, accuracy, device, sequence, payload, or a channel by its name in
    /// the schema. May come again.
    #[arg(long, value_name = "PART")]
    reveal: Vec<String>,
    /// The verifying key: the proof is verified first.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The policy of the proof: it says which channel `value` is, and what the channels of a schema of your own are.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// In place of the policy, a schema of your own, in TOML.
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    schema_file: Option<PathBuf>,
    #[command(flatten)]
    fence: FenceArgs,
}

/// Why nothing was opened. Nothing of the reading is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The proof does not hold.
    #[error(transparent)]
    Proof(#[from] VerifyCommandError),
    /// The opening is not that of the proof.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The policy is not that of the proof.
    #[error("expected the policy {wanted}, which the proof has, got {got}")]
    Policy {
        /// Id in the proof.
        wanted: String,
        /// Id of the policy that came.
        got: String,
    },
    /// A schema of another number.
    #[error("expected the schema of the reading, got that of number {got}")]
    Schema {
        /// Number of the schema that came.
        got: u32,
    },
    /// There is no such part.
    #[error("expected one of {parts} to reveal, got `{got}`")]
    NoPart {
        /// The parts that there are.
        parts: String,
        /// What came, escaped and cut to 40 characters.
        got: String,
    },
    /// More than one channel holds something.
    #[error(
        "expected --policy, or a channel by its name ({channels}), to know which value to reveal: the reading has several"
    )]
    WhichValue {
        /// The channels of the schema.
        channels: String,
    },
}

impl OpenError {
    fn advice(&self) -> Advice {
        match self {
            OpenError::File(error) => Advice::of_file(error),
            OpenError::Proof(error) => error.advice(),
            OpenError::Opening(_) => {
                Advice::new("zksensor::open", "pass the proof and the opening that were written together")
            }
            OpenError::Policy { .. } => {
                Advice::new("zksensor::expect", "pass the policy that the proof is of")
            }
            OpenError::Schema { .. } => Advice::new(
                "zksensor::usage",
                "pass the schema that the device signs with, or the policy of the proof",
            ),
            OpenError::NoPart { .. } | OpenError::WhichValue { .. } => {
                Advice::new("zksensor::usage", "see zksensor open --help")
            }
        }
    }
}
diagnostic!(OpenError);

/// What a reading has beside its channels.
const PARTS: [&str; 7] = ["value", "place", "time", "accuracy", "device", "sequence", "payload"];

/// Checks that the opening opens the commitment of the proof, and prints what was asked for.
///
/// # Errors
/// [`OpenError`]; nothing is revealed then.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), OpenError> {
    let proof = files::read(&args.proof, Kind::Proof)?;
    match System::of_bytes(None, &proof) {
        System::Groth16 => under::<Groth16>(args, &proof, output),
        System::Halo2 => under::<Halo2>(args, &proof, output),
        System::Mock => under::<Mock>(args, &proof, output),
    }
}

fn under<B: Backend>(args: &Args, proof: &[u8], output: &Output) -> Result<(), OpenError> {
    let proof = B::proof_file(&args.proof, proof)?;
    let opening = OpeningFile::load(&args.opening)?;
    if let Some(path) = &args.key {
        let key = B::verifying_key_of(path, &files::read(path, Kind::VerifyingKey)?)?;
        verify::require::<B>(key, &proof)?;
    }
    opening.opens(&proof)?;
    let policy = policy(args, &proof, output)?;
    let own = args.schema_file.as_deref().map(files::load_schema).transpose()?;
    let own = own.or(policy.and_then(|policy| policy.own_schema()));
    let signed = opening.signed();
    let schema = schema_of(&signed, own)?;
    let opened = Opened { signed, schema, channel: policy.map(|policy| policy.parts().channel) };
    let revealed = args.reveal.iter().map(|part| Ok((part.as_str(), opened.reveal(part)?)));
    let revealed = revealed.collect::<Result<Vec<_>, OpenError>>()?;

    let commitment = opening.commitment().to_string();
    let opens = format!("the opening opens the commitment {commitment} of the proof");
    match revealed.is_empty() {
        true => {
            output.line(opens);
            output.line(format_args!("--reveal shows one of {}", opened.parts().join(", ")));
        }
        false => output.note(opens),
    }
    if args.key.is_none() {
        output.warn("the proof itself was not verified: pass --key, or run zksensor verify");
    }
    let mut facts = Map::new();
    for (part, revealed) in revealed {
        output.answer(&revealed.text);
        facts.insert(part.to_owned(), revealed.facts);
    }
    output.result(&json!({
        "opens": true, "commitment": commitment, "verified": args.key.is_some(), "parts": opened.parts(), "revealed": facts,
    }));
    Ok(())
}

/// The policy, if one is named: that of the proof.
fn policy<P: FileProof>(
    args: &Args,
    proof: &ProofFile<P>,
    output: &Output,
) -> Result<Option<Policy>, OpenError> {
    let fence = args.fence.load(output)?;
    let Some(path) = &args.policy else {
        return Ok(None);
    };
    let policy = files::load_policy(path, fence.as_ref().map(|document| &document.fence))?;
    let wanted = proof.field("policy_id").map(|id| field::to_hex(&id)).unwrap_or_default();
    match policy.id().to_string() {
        got if got == wanted => Ok(Some(policy)),
        got => Err(OpenError::Policy { wanted, got }),
    }
}

/// The schema of a reading, if the registry or the project says what it is.
fn schema_of(
    signed: &SignedReading,
    own: Option<&'static Schema>,
) -> Result<Option<&'static Schema>, OpenError> {
    let number = signed.reading().schema;
    match own {
        Some(own) if own.id != number => Err(OpenError::Schema { got: own.id }),
        own => Ok(own.or_else(|| Schema::numbered(number))),
    }
}

/// The reading behind a commitment, its schema, and the channel of its policy, if these are known.
struct Opened {
    signed: SignedReading,
    schema: Option<&'static Schema>,
    channel: Option<u8>,
}

/// A part of a reading.
struct Revealed {
    text: String,
    facts: Value,
}

impl Opened {
    fn reading(&self) -> &Reading {
        self.signed.reading()
    }

    /// The names of the channels of the schema, by their numbers where nobody described it.
    fn channels(&self) -> Vec<String> {
        match self.schema {
            Some(schema) => schema.channels.iter().map(|channel| channel.name.to_owned()).collect(),
            None => (0..4).map(|index| format!("channel{index}")).collect(),
        }
    }

    /// Everything that can be revealed. Which channels hold something is not said.
    fn parts(&self) -> Vec<String> {
        let channels = self.channels().into_iter().filter(|name| !PARTS.contains(&name.as_str()));
        PARTS.iter().map(|part| (*part).to_owned()).chain(channels).collect()
    }

    fn reveal(&self, part: &str) -> Result<Revealed, OpenError> {
        let (reading, location) = (self.reading(), self.reading().location);
        Ok(match part {
            "value" => self.channel(self.value()?),
            "place" => Revealed {
                text: format!("{} {}", degrees(location.latitude()), degrees(location.longitude())),
                facts: json!({ "latitude_e7": location.latitude(), "longitude_e7": location.longitude() }),
            },
            "time" => {
                let text = format_rfc3339_millis(reading.time.get());
                Revealed { facts: json!({ "unix_ms": reading.time.get(), "utc": text }), text }
            }
            "accuracy" => match reading.accuracy_mm {
                ACCURACY_UNKNOWN => Revealed { text: "unknown".to_owned(), facts: json!({ "mm": null }) },
                mm => Revealed { text: format!("{mm} mm"), facts: json!({ "mm": mm }) },
            },
            "device" => plain(self.signed.key().to_string()),
            "sequence" => plain(reading.sequence.to_string()),
            "payload" => plain(field::to_hex(&reading.payload_hash.to_field())),
            name => match self.channels().iter().position(|channel| channel == name) {
                Some(index) => self.channel(index),
                None => {
                    let got = name.escape_default().take(40).collect();
                    return Err(OpenError::NoPart { parts: self.parts().join(", "), got });
                }
            },
        })
    }

    /// The channel of the policy, or the only one that holds something.
    fn value(&self) -> Result<usize, OpenError> {
        if let Some(channel) = self.channel {
            return Ok(channel.into());
        }
        // A schema may have a channel of this name; of a schema of one channel the others say nothing.
        let (values, channels) = (self.reading().channels, self.channels());
        if let Some(named) = channels.iter().position(|name| name == "value") {
            return Ok(named);
        }
        let mut present = (0..channels.len()).filter(|index| values[*index] != ABSENT);
        match (present.next(), present.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(OpenError::WhichValue { channels: channels.join(", ") }),
        }
    }

    fn channel(&self, index: usize) -> Revealed {
        let value = self.reading().channels[index];
        let channel = self.schema.and_then(|schema| schema.channels.get(index));
        let name = channel.map_or_else(|| format!("channel{index}"), |channel| channel.name.to_owned());
        let quantity = channel.and_then(|channel| channel.quantity);
        let facts = |decimal: Option<String>| {
            let fixed = (value != ABSENT).then(|| value.to_string());
            json!({ "channel": name, "value": decimal, "unit": quantity.map(|quantity| quantity.unit), "fixed_point": fixed })
        };
        match quantity {
            _ if value == ABSENT => Revealed { text: "absent".to_owned(), facts: facts(None) },
            Some(quantity) => {
                let decimal = quantity.decimal(value);
                Revealed { text: format!("{decimal} {}", quantity.unit), facts: facts(Some(decimal)) }
            }
            None => Revealed { text: value.to_string(), facts: facts(None) },
        }
    }
}

fn plain(text: String) -> Revealed {
    Revealed { facts: text.as_str().into(), text }
}

/// 1e-7 degree as degrees.
fn degrees(units: i32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let units = units.unsigned_abs();
    format!("{sign}{}.{:07}", units / 10_000_000, units % 10_000_000)
}

#[cfg(test)]
mod tests {
    use zksensor::model::device::DeviceKey;
    use zksensor::model::reading::{Location, Network, PayloadHash, UnixMillis};

    use super::*;

    fn opened(schema: u32, channels: [i64; 4], channel: Option<u8>) -> Opened {
        let reading = Reading {
            network: Network::new(137, [0x11; 20]),
            schema,
            sequence: u64::MAX,
            time: UnixMillis::new(1_767_232_860_250).expect("a time"),
            location: Location::from_e7(-1, 1_800_000_000).expect("a place"),
            accuracy_mm: ACCURACY_UNKNOWN,
            channels,
            payload_hash: PayloadHash::NONE,
        };
        let signed = DeviceKey::from_seed([7; 32]).sign(&reading).expect("a reading");
        let schema = schema_of(&signed, None).expect("of the registry, or unknown");
        Opened { signed, schema, channel }
    }

    fn text(opened: &Opened, part: &str) -> String {
        opened.reveal(part).map_or_else(|error| error.to_string(), |revealed| revealed.text)
    }

    #[test]
    fn channels_have_their_names_and_units() {
        let air = |channel| opened(3, [ABSENT, -3, 2_125, ABSENT], channel);
        for (part, wanted) in [
            ("temperature", "21.25 Cel"),
            ("pm2_5", "-0.3 ug/m3"),
            ("no2", "absent"),
            ("accuracy", "unknown"),
        ] {
            assert_eq!(text(&air(None), part), wanted);
        }
        assert_eq!(text(&air(None), "place"), "-0.0000001 180.0000000");
        assert_eq!(text(&air(None), "sequence"), "18446744073709551615");
        assert!(text(&air(None), "value").contains("(no2, pm2_5, temperature, humidity)"));
        assert!(
            text(&air(None), "speed")
                .contains("sequence, payload, no2, pm2_5, temperature, humidity to reveal")
        );
        assert_eq!(text(&air(Some(2)), "value"), "21.25 Cel");
        assert_eq!(text(&opened(3, [ABSENT, ABSENT, ABSENT, 501], None), "value"), "50.1 %RH");
        assert_eq!(text(&opened(1, [5, 6, 7, 8], None), "value"), "5");
        let own = opened(70_000, [5, 6, ABSENT, 8], None);
        assert_eq!((text(&own, "channel1"), text(&own, "channel2")), ("6".to_owned(), "absent".to_owned()));
    }

    #[test]
    fn degrees_have_seven_places_and_one_sign() {
        for (units, text) in [
            (0, "0.0000000"),
            (-1, "-0.0000001"),
            (481_137_913, "48.1137913"),
            (-1_800_000_000, "-180.0000000"),
        ] {
            assert_eq!(degrees(units), text);
        }
    }
}
