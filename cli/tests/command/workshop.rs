//! A directory with a policy and a fence, and the command in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

const FENCE: &str = r#"{"type":"Polygon","coordinates":[
  [[11.50,48.10],[11.60,48.10],[11.60,48.13],[11.55,48.13],[11.55,48.17],[11.50,48.17],[11.50,48.10]]]}"#;

/// A policy of the family; epoch 2 is 02:00 to 03:00.
pub(crate) fn policy(family: &str, k: u32) -> String {
    format!(
        "[network]\nchain_id = 80002\nregistry = \"0x1111111111111111111111111111111111111111\"\n\
         [epoch]\norigin = \"2026-01-01T00:00:00Z\"\nlength_s = 3600\n\
         [reading]\nschema = \"generic\"\nchannel = \"value\"\nlow = -40_000\nhigh = 60_000\nmax_accuracy_mm = 10_000\ndevice_class = 7\n\
         [statement]\nfamily = \"{family}\"\nversion = 2\nk = {k}\n"
    )
}

/// A policy for tracks of up to 2.5 m of accuracy; its epochs are those of [`policy`].
pub(crate) fn track_policy() -> String {
    let policy = policy("track", 1).replace("version = 2", "version = 1").replace("10_000", "2_500");
    policy
        + "[track]\ntop_speed_mm_s = 70_000\nlongest_gap_ms = 30_000\njitter_mm = 10_000\nslot_ms = 60_000\nleast_samples = 2\n\
           most_left_out = 5\nround_distance_cm = 10_000\nround_observed_ms = 10_000\n"
}

/// A policy for surveys of devices that move by 0.02 to 0.1; its epochs are those of [`policy`].
pub(crate) fn survey_policy() -> String {
    policy("survey", 5).replace("version = 2", "version = 1")
        + "[survey]\nleast_samples = 3\nmost_left_out = 2\nleast_spread = 20\nlargest_step = 100\n"
}

/// A policy for histograms with bins of 5 from -40 on; its epochs are those of [`policy`].
pub(crate) fn histogram_policy() -> String {
    policy("histogram", 5).replace("version = 2", "version = 1") + "[histogram]\nbin_width = 5_000\n"
}

/// A policy for private sums with noise of scale 2^17; its epochs are those of [`policy`].
pub(crate) fn private_sum_policy() -> String {
    policy("private-sum", 5).replace("version = 2", "version = 1") + "[private-sum]\nscale_bits = 17\n"
}

/// A directory for one test; it stays if the test fails.
pub(crate) struct Workshop(pub(crate) PathBuf);

impl Workshop {
    pub(crate) fn new(name: &str) -> Workshop {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let workshop = Workshop(path);
        workshop.put("fence.geojson", FENCE);
        workshop.put("policy.toml", policy("aggregate", 5));
        workshop
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.get(name)).unwrap()
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs until it is ended before the step on the disk, if it has so many.
    pub(crate) fn run_until(&self, line: &str, step: usize) -> Output {
        self.watched(line).env("ZKSENSOR_KILL_AT", step.to_string()).output().unwrap()
    }

    /// Runs with a variable in the environment.
    pub(crate) fn run_with(&self, line: &str, name: &str, value: &str) -> Output {
        self.command(line).env(name, value).output().unwrap()
    }

    /// The command, to be run as the caller likes.
    pub(crate) fn command(&self, line: &str) -> Command {
        self.program(env!("CARGO_BIN_EXE_zksensor"), line)
    }

    /// The command whose steps on the disk a test ends it at, or looks at.
    pub(crate) fn watched(&self, line: &str) -> Command {
        self.program(env!("CARGO_BIN_EXE_zksensor-faults"), line)
    }

    fn program(&self, program: &str, line: &str) -> Command {
        let mut command = Command::new(program);
        command.args(line.split_whitespace()).current_dir(&self.0).env("XDG_CACHE_HOME", cache());
        command
    }

    /// Runs with `--json`: the one line of standard output.
    pub(crate) fn json(&self, line: &str) -> (bool, Value) {
        let output = self.run(&format!("{line} --json"));
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{line}: {text}");
        (output.status.success(), serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn good(&self, line: &str) -> Value {
        let (success, value) = self.json(line);
        assert!(success, "{line}: {value}");
        value
    }

    /// Runs a command that has to fail: its message.
    pub(crate) fn refused(&self, line: &str) -> String {
        let (success, value) = self.json(line);
        assert!(!success, "{line}: {value}");
        let error = &value["error"];
        for part in ["message", "help", "code"] {
            assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "{line}: {value}");
        }
        error["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn done(self) {
        fs::remove_dir_all(self.0).unwrap();
    }
}

/// The cache folder of the user who runs the commands.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cache-{}", std::process::id()))
}

/// Device `index` with its file, enrolled by its leaf, and one signed reading of the CSV row.
pub(crate) fn device(workshop: &Workshop, index: usize, row: &str) -> u64 {
    let leaf = workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json --class 7"));
    assert!(leaf["leaf"]["identity"].is_string());
    let enrolled = workshop.good(&format!("registry enrol --registry reg.bin --leaf l{index}.json"));
    workshop.put(&format!("{index}.csv"), format!("when,y,x,acc,celsius\n{row}\n"));
    let signed = workshop.good(&format!(
        "device sign --key d{index}.json --policy policy.toml --fence fence.geojson --csv {index}.csv --scale 3 \
         --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out r{index}.ndjson"
    ));
    assert_eq!(signed["signed"], 1);
    enrolled["positions"][0].as_u64().unwrap()
}

/// The directory of the keys that every test shares.
pub(crate) fn keys() -> &'static str {
    static KEYS: OnceLock<String> = OnceLock::new();
    KEYS.get_or_init(|| {
        let workshop = Workshop::new("keys");
        let message =
            workshop.refused("setup --statement aggregate --capacity 8 --triangles 8 --out-dir keys");
        assert!(message.contains("expected --insecure"), "{message}");
        let made =
            workshop.good("setup --statement aggregate --capacity 8 --triangles 8 --insecure --out-dir keys");
        assert_eq!(made["statement"], "aggregate/v2/8x8x3");
        assert!(made["key_id"].as_str().unwrap().starts_with("INSECURE-0x"));
        assert!(made["proving_key"].as_str().unwrap().ends_with("aggregate-v2-8x8x3.INSECURE.pk"));
        workshop.0.join("keys").to_str().unwrap().to_owned()
    })
}

/// Five devices with a good reading each, r0.ndjson to r4.ndjson, and proof.json of their aggregate.
pub(crate) fn aggregate(workshop: &Workshop) {
    for index in 0..5 {
        device(workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},11.51,2.5,{index}.5"));
    }
    workshop.good(&prove_line("r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson", ""));
}

pub(crate) fn prove_line(readings: &str, more: &str) -> String {
    format!(
        "prove --statement aggregate --key {}/aggregate-v2-8x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson \
         --registry reg.bin --readings {readings} --epoch 2 --out proof.json {more}",
        keys()
    )
}

pub(crate) fn verify_line(proof: &str) -> String {
    format!("verify --key {}/aggregate-v2-8x8x3.INSECURE.vk --proof {proof}", keys())
}
