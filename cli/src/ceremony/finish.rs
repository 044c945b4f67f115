//! The command `ceremony finish`.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use zksensor::circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
use zksensor::files::{self, Kind, Staged};
use zksensor::model::known::KnownStatement;
use zksensor::prover::{Progress, ProvingKey};
use zksensor_ceremony::{CeremonyError, FileDigest, Initial, Transcript, Zkey, ptau_digest};

use super::record::{FileFact, Record};
use super::source::SourceArgs;
use super::{CeremonyCommandError, open_key, page};
use crate::args::ForceArgs;
use crate::error::SamePlace;
use crate::layout::Layout;
use crate::output::{Output, shown};

/// Options of `ceremony finish`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The folder is as `zksensor setup` has it: a proving key (.pk), a verifying key (.vk) and the layout of the public \
                  inputs by the statement's name. \
                  Beside them are transcript.bin, whose keccak256 is what the key's id commits to, ceremony.json with every hash, and \
                  ceremony.html, which shows them to people. Publish all of it, with the .zkey and the name of the powers of tau."
)]
pub(crate) struct Args {
    #[command(flatten)]
    source: SourceArgs,
    /// The last key of the ceremony (.zkey).
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    /// Where the keys, the transcript, ceremony.json and the page go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Verifies a ceremony, and makes the keys of it.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let mut zkey = open_key(&args.zkey)?;
    let mut source = args.source.open(output)?;
    let outputs = Outputs::stage(args, &source.statement, !source.powers.is_trusted)?;
    let initial = source.initial(output)?;
    let progress = output.phases();
    let (key, transcript) = keys(&source.statement, &mut zkey, &initial, &*progress)
        .map_err(|reason| CeremonyCommandError::of(&args.zkey, reason))?;
    drop(progress);
    let id = key.verifying_key().key_id().to_string();
    let record = Record {
        statement: source.statement.id().to_string(),
        rows: source.circuit.rows_digest().to_string(),
        powers: &source.powers,
        transcript: &transcript,
        key_id: id.clone(),
        is_insecure: key.is_insecure(),
        files: outputs.facts(args, &key, &transcript)?,
    };
    let paths = outputs.write(&key, &record)?;
    output.line(format_args!("statement      {}", record.statement));
    source.powers.say(output);
    super::record::say(transcript.contributions(), output);
    let mut written = record.to_json();
    output.line(format_args!("transcript     {}", written["transcript"].as_str().unwrap_or_default()));
    for path in &paths {
        output.line(format_args!("wrote {}", path.display()));
    }
    output.answer(format_args!("key id         {id}"));
    if key.is_insecure() {
        output.warn(
            "these keys are INSECURE: nobody vouches for their powers of tau; use them for development only",
        );
    }
    written["verified"] = true.into();
    for (name, path) in
        ["proving_key", "verifying_key", "transcript_file", "page", "ceremony", "layout"].iter().zip(&paths)
    {
        written[*name] = shown(path);
    }
    output.result(&json!(written));
    Ok(())
}

/// Verifies a ceremony of a statement, and makes its keys.
///
/// # Errors
/// [`CeremonyError`].
fn keys(
    statement: &KnownStatement,
    zkey: &mut Zkey<BufReader<File>>,
    initial: &Initial,
    progress: &dyn Progress,
) -> Result<(ProvingKey, Transcript), CeremonyError> {
    struct Finish<'a>(&'a mut Zkey<BufReader<File>>, &'a Initial, &'a dyn Progress);
    impl StatementVisitor for Finish<'_> {
        type Output = Result<(ProvingKey, Transcript), CeremonyError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            self.0.finish(statement, self.1, self.2)
        }
    }
    visit(statement, Finish(zkey, initial, progress))
}

/// What is written, started before the work. `ceremony.json` gets its name last: where it is, the rest is there.
struct Outputs {
    proving: Staged,
    verifying: Staged,
    transcript: Staged,
    page: Staged,
    json: Staged,
    layout: Layout,
}

impl Outputs {
    fn stage(args: &Args, statement: &KnownStatement, insecure: bool) -> Result<Self, CeremonyCommandError> {
        let directory: &Path = &args.out_dir;
        std::fs::create_dir_all(directory)
            .map_err(|source| CeremonyCommandError::Directory { path: directory.to_owned(), source })?;
        let stage = |name: &str, kind| Staged::create(&directory.join(name), kind, args.force.overwrite());
        let key = |kind| {
            stage(&files::key_file_name(&statement.id(), insecure, kind).expect("both are keys"), kind)
        };
        let outputs = Outputs {
            proving: key(Kind::ProvingKey)?,
            verifying: key(Kind::VerifyingKey)?,
            transcript: stage("transcript.bin", Kind::CeremonyRecord)?,
            page: stage("ceremony.html", Kind::CeremonyRecord)?,
            json: stage("ceremony.json", Kind::CeremonyRecord)?,
            layout: Layout::stage(directory, statement, args.force.overwrite())?,
        };
        let Outputs { proving, verifying, transcript, page, json, layout } = &outputs;
        let all = [proving, verifying, transcript, page, json];
        SamePlace::refuse(&all.into_iter().chain(layout.staged()).collect::<Vec<_>>())?;
        Ok(outputs)
    }

    /// The digest of each file but those that are about them.
    fn facts(
        &self,
        args: &Args,
        key: &ProvingKey,
        transcript: &Transcript,
    ) -> Result<Vec<FileFact>, CeremonyCommandError> {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of_bytes = |bytes: &[u8]| {
            let mut digest = FileDigest::default();
            digest.write_all(bytes).map(|()| digest.finish())
        };
        let mut proving = FileDigest::default();
        let system = |error: std::io::Error| CeremonyCommandError::from(CeremonyError::from(error));
        key.write(&mut proving).map_err(system)?;
        let last = files::open_places(&args.zkey, Kind::CeremonyKey)?;
        Ok(vec![
            FileFact {
                what: "the last key of the ceremony",
                name: name(&args.zkey),
                digest: ptau_digest(last).map_err(system)?,
            },
            FileFact { what: "the proving key", name: name(self.proving.path()), digest: proving.finish() },
            FileFact {
                what: "the verifying key",
                name: name(self.verifying.path()),
                digest: of_bytes(&key.verifying_key().to_bytes()).map_err(system)?,
            },
            FileFact {
                what: "the transcript",
                name: name(self.transcript.path()),
                digest: of_bytes(&transcript.to_bytes()).map_err(system)?,
            },
        ])
    }

    /// Writes everything, and says where it is.
    fn write(mut self, key: &ProvingKey, record: &Record<'_>) -> Result<[PathBuf; 6], CeremonyCommandError> {
        self.transcript.put(&record.transcript.to_bytes())?;
        self.page.put(page::of(record)?.as_bytes())?;
        let mut json = serde_json::to_vec_pretty(&record.to_json()).expect("the parts are JSON");
        json.push(b'\n');
        self.json.put(&json)?;
        let Outputs { proving, verifying, transcript, page, json, layout } = self;
        let [pk, vk, record, shown, whole] =
            [&proving, &verifying, &transcript, &page, &json].map(|staged| staged.path().to_owned());
        let paths = [pk, vk, record, shown, whole, layout.commit()?];
        files::write_proving_key(proving, key)?;
        files::write_verifying_key(verifying, key.verifying_key())?;
        for staged in [transcript, page, json] {
            staged.commit()?;
        }
        Ok(paths)
    }
}
