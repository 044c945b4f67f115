//! What a ceremony starts with: a statement and powers of tau.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::files::{self, Kind};
use zksensor::model::known::KnownStatement;
use zksensor::r1cs::Circuit;
use zksensor_ceremony::{CeremonyError, Initial, Parts, Ptau, Published, ptau_digest, rows_of};

use super::CeremonyCommandError;
use super::record::{digits, shown_name};
use crate::output::Output;
use crate::shape::{Family, ShapeArgs, compile};

/// The statement and the powers of tau of a ceremony.
#[derive(Debug, clap::Args)]
pub(super) struct SourceArgs {
    /// What is to be proven.
    #[arg(long, value_parser = Family::parser())]
    statement: Family,
    #[command(flatten)]
    shape: ShapeArgs,
    /// The powers of tau (.ptau).
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    #[command(flatten)]
    vouched: VouchedArgs,
}

/// Which powers of tau are those of a ceremony.
#[derive(Debug, clap::Args)]
pub(crate) struct VouchedArgs {
    /// BLAKE2b-512 of the powers of tau, as b2sum prints it, of a ceremony that you trust. The Perpetual Powers of Tau are known
    /// without it; with others a key stays INSECURE.
    #[arg(long, value_name = "HEX", value_parser = digest)]
    ptau_digest: Option<[u8; 64]>,
}

/// A digest of 64 bytes.
fn digest(text: &str) -> Result<[u8; 64], zksensor::hex::HexError> {
    if text.starts_with("0x") {
        zksensor::hex::parse(text)
    } else {
        zksensor::hex::parse(&format!("0x{text}"))
    }
}

impl VouchedArgs {
    /// Whether a digest was named.
    pub(crate) fn is_given(&self) -> bool {
        self.ptau_digest.is_some()
    }

    /// Opens powers of tau, and holds them against their digest.
    pub(crate) fn open(
        &self,
        path: &Path,
        output: &Output,
    ) -> Result<(Ptau<BufReader<File>>, PowersFacts), CeremonyCommandError> {
        let file = files::open_places(path, Kind::Powers)?;
        let of = |reason| CeremonyCommandError::of(path, reason);
        let spinner = output.spinner("the digest of the powers of tau");
        let digest = ptau_digest(&file).map_err(|error| of(error.into()))?;
        let published = Published::of(&digest);
        let ptau = Ptau::open(BufReader::new(file)).map_err(of)?;
        let trusted = self.ptau_digest.or(published.map(|_| digest));
        let ptau = match &trusted {
            Some(trusted) => ptau.trusted(trusted).map_err(of)?,
            None => ptau,
        };
        spinner.finish_and_clear();
        let listed = ptau.contributions().iter();
        let facts = PowersFacts {
            power: ptau.power(),
            digest,
            published,
            is_trusted: ptau.is_trusted(),
            contributions: listed
                .map(|one| (one.name().map(str::to_owned), one.is_beacon(), one.next_challenge()))
                .collect(),
        };
        if !facts.is_trusted {
            output.warn(
                "nobody vouches for these powers of tau: a key of them is INSECURE. Pass the published ones, or --ptau-digest",
            );
        }
        Ok((ptau, facts))
    }
}

/// Both, and whether the powers are those of a digest. Their points are not read yet.
pub(super) struct Source {
    pub(super) statement: KnownStatement,
    pub(super) circuit: Circuit,
    pub(super) powers: PowersFacts,
    ptau: Ptau<BufReader<File>>,
    path: PathBuf,
}

/// What is said of powers of tau.
pub(crate) struct PowersFacts {
    pub(super) power: u32,
    pub(super) digest: [u8; 64],
    pub(super) published: Option<&'static Published>,
    /// They were held against a digest that somebody named, or that this release knows.
    pub(crate) is_trusted: bool,
    /// Names as the file lists them, and whether each is a beacon.
    pub(super) contributions: Vec<(Option<String>, bool, [u8; 64])>,
}

impl SourceArgs {
    /// Compiles the statement, and holds the powers against their digest.
    pub(super) fn open(&self, output: &Output) -> Result<Source, CeremonyCommandError> {
        let statement = self.shape.statement(self.statement)?;
        let (ptau, powers) = self.vouched.open(&self.ptau, output)?;
        let spinner = output.spinner("the circuit");
        let circuit = compile(&statement)?;
        spinner.finish_and_clear();
        Ok(Source { statement, circuit, powers, ptau, path: self.ptau.clone() })
    }
}

impl Source {
    /// Reads the powers, checks them, and makes the first key.
    pub(super) fn initial(&mut self, output: &Output) -> Result<Initial, CeremonyCommandError> {
        self.initial_with(output, &mut ())
    }

    /// As [`Source::initial`], with parts that are kept.
    pub(super) fn initial_with(
        &mut self,
        output: &Output,
        parts: &mut dyn Parts,
    ) -> Result<Initial, CeremonyCommandError> {
        let of = |reason: CeremonyError| CeremonyCommandError::of(&self.path, reason);
        let spinner = output.spinner("checking the powers of tau");
        let powers = self.ptau.powers_with(rows_of(&self.circuit), parts).map_err(of)?;
        spinner.set_message("the first key");
        let initial = Initial::with_parts(&self.circuit, powers, parts)?;
        spinner.finish_and_clear();
        Ok(initial)
    }
}

impl PowersFacts {
    /// For programs.
    pub(crate) fn to_json(&self) -> Value {
        let contributions = self.contributions.iter().enumerate().map(|(index, (name, is_beacon, next))| {
            json!({
                "number": index + 1, "name": name, "kind": if *is_beacon { "beacon" } else { "contribution" },
                "next_challenge": digits(next),
            })
        });
        json!({
            "power": self.power, "blake2b": digits(&self.digest), "published": self.published.map(|published| published.name),
            "trusted": self.is_trusted, "contributions": contributions.collect::<Vec<_>>(),
            // Listed: what is known of them is what the digest's publisher says.
            "contributions_verified": false,
        })
    }

    /// Who vouches for them.
    pub(super) fn vouched_for(&self) -> &'static str {
        match (self.published, self.is_trusted) {
            (Some(published), _) => published.name,
            (None, true) => "held against a digest that was named",
            (None, false) => "of nobody that is known: keys of them are INSECURE",
        }
    }

    /// For people.
    pub(crate) fn say(&self, output: &Output) {
        output.line(format_args!("powers of tau  2^{}, {}", self.power, self.vouched_for()));
        output.line(format_args!("               {}", digits(&self.digest)));
        let named = |(name, is_beacon, _): &(Option<String>, bool, [u8; 64])| {
            format!("{}{}", shown_name(name.as_deref()), if *is_beacon { " (beacon)" } else { "" })
        };
        let names = self.contributions.iter().map(named).collect::<Vec<_>>();
        output.line(format_args!(
            "               {} contributions of their own, listed and not verified{}",
            names.len(),
            if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
        ));
    }
}
