//! Canaries: what is secret appears in the files meant for it and nowhere else, whatever the command is asked for.
//!
//! A reading that is refused is told to whoever gave it by its number and by the number that broke the rule; a location
//! never is.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::workshop::{Workshop, device, policy, survey_policy, track_policy};

/// A name, and the bytes in which the secret would show.
struct Canary {
    name: &'static str,
    needles: Vec<Vec<u8>>,
}

impl Canary {
    /// Secret bytes, big-endian: raw, in hexadecimal, base64 and decimal, from either end.
    fn of_bytes(name: &'static str, bytes: &[u8]) -> Canary {
        let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
        let mut needles = Vec::new();
        for bytes in [bytes.to_vec(), reversed] {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            needles.push(hex.to_uppercase().into_bytes());
            needles.push(hex.into_bytes());
            needles.push(base64(&bytes).into_bytes());
            needles.push(decimal(&bytes).into_bytes());
            // As `Debug` shows a slice.
            let listed = format!("{bytes:?}");
            needles.push(listed.trim_matches(['[', ']']).as_bytes().to_vec());
            needles.push(bytes);
        }
        Canary { name, needles }
    }

    /// A number of a reading in decimal, and in four bytes as it stands and offset by 2^31, as the circuits have it.
    fn of_coordinate(name: &'static str, units: i32, text: &str) -> Canary {
        let offset = units.cast_unsigned() ^ 1 << 31;
        let mut needles = vec![text.as_bytes().to_vec()];
        for number in [units.cast_unsigned(), offset] {
            needles.push(number.to_string().into_bytes());
            for bytes in [number.to_be_bytes(), number.to_le_bytes()] {
                needles.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
                needles.push(bytes.to_vec());
            }
        }
        Canary { name, needles }
    }

    /// A channel in decimal, in fixed point as it stands and offset by 2^63, as the circuits have it.
    fn of_value(name: &'static str, value: i64, text: &str) -> Canary {
        let offset = value.cast_unsigned() ^ 1 << 63;
        let mut needles = vec![text.as_bytes().to_vec()];
        for number in [value.cast_unsigned(), offset] {
            needles.extend([number.to_string().into_bytes(), format!("{number:x}").into_bytes()]);
            needles.extend([number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec()]);
        }
        Canary { name, needles }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle))
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks_exact(3).flat_map(|chunk| {
        let word = u32::from_be_bytes([0, chunk[0], chunk[1], chunk[2]]);
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(word >> shift & 63) as usize]))
    });
    // The last digits depend on padding; those before are enough to be noticed.
    digits.collect()
}

fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0u32];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit * 256;
            *digit = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits.iter().rev().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let hex = hex.strip_prefix("0x").unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn field(workshop: &Workshop, file: &str, name: &str) -> Vec<u8> {
    let document: Value = serde_json::from_str(&workshop.text(file)).unwrap();
    bytes_of(document[name].as_str().unwrap())
}

/// The reading's place, and the files that hold it: the table that came, what was signed, the opening.
const PLACE: (i32, i32) = (481_137_913, 115_167_891);
/// What it measured, in thousandths.
const VALUE: i64 = 3_133_731_337;
const READING_FILES: [&str; 7] =
    ["0.csv", "bad.csv", "track.csv", "r0.ndjson", "f0.ndjson", "opening.json", "opening-reversed.json"];

/// Files with a secret, each with the canaries that are meant to be in it.
fn meant(file: &str, canary: &str) -> bool {
    match canary {
        "seed" | "identity secret" => {
            matches!(file, "d0.json" | "d0-reversed.json" | "line.json" | "moved.json" | "number.json")
        }
        "salt" => matches!(file, "opening.json" | "opening-reversed.json"),
        _ => READING_FILES.contains(&file),
    }
}

struct Watch {
    workshop: Workshop,
    canaries: Vec<Canary>,
    runs: usize,
}

impl Watch {
    fn shown(&self, line: &str, output: &Output) {
        for canary in &self.canaries {
            for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
                let text = String::from_utf8_lossy(bytes);
                assert!(!canary.is_in(bytes), "the {} is in {stream} of `{line}`: {text}", canary.name);
            }
        }
    }

    /// Runs a line for people and for programs; neither shows a canary. Whether it succeeded the first time.
    fn run(&mut self, line: &str) -> bool {
        let first = self.workshop.run(line);
        self.shown(line, &first);
        for more in ["--json", "--quiet"] {
            let output = self.workshop.run(&format!("{line} {more}"));
            self.shown(line, &output);
        }
        self.runs += 1;
        first.status.success()
    }

    fn good(&mut self, line: &str) {
        assert!(self.run(line), "{line}");
    }

    fn bad(&mut self, line: &str) {
        assert!(!self.run(line), "{line}");
    }

    /// Makes a device, for people or for programs. Its secrets are in its file, and in nothing else that comes of it.
    fn device_new(&mut self, index: usize, more: &str) {
        let line = format!("device new --out new.json --leaf-out leaf{index}.json {more}");
        let output = self.workshop.run(&line);
        assert!(output.status.success(), "{line}");
        let leaf = self.workshop.get(&format!("leaf{index}.json"));
        for name in ["seed", "identity_secret"] {
            let canary = Canary::of_bytes(name, &field(&self.workshop, "new.json", name));
            for bytes in [&output.stdout, &output.stderr, &leaf] {
                assert!(!canary.is_in(bytes), "the {name} is shown by `{line}`");
            }
        }
        self.shown(&line, &output);
        fs::remove_file(self.workshop.0.join("new.json")).unwrap();
        self.runs += 1;
    }

    /// Every file below the directory, keys included, holds only what is meant to be in it. How many there are.
    fn files(&self) -> usize {
        let (mut folders, mut count) = (vec![self.workshop.0.clone()], 0);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                count += 1;
                let (name, bytes) = (path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
                // Four raw bytes are in a megabyte of points by chance; a key is made before there is a reading.
                let key = name.ends_with(".pk");
                for canary in self.canaries.iter().filter(|canary| !(key && canary.name == "location")) {
                    if !meant(name, canary.name) {
                        assert!(!canary.is_in(&bytes), "the {} is in {name}", canary.name);
                    }
                }
            }
        }
        count
    }
}

#[test]
fn the_canaries_would_be_seen() {
    let canary = Canary::of_bytes("seed", &[0x0a, 0xff, 0x10]);
    for shown in ["..0aff10", "0x0AFF10", "10ff0a", "Cv8Q", "720656", "[10, 255, 16]", "\n\u{10}"] {
        let sees = canary.is_in(shown.as_bytes());
        assert_eq!(sees, shown != "\n\u{10}", "{shown}");
    }
    assert!(canary.is_in(&[9, 0x0a, 0xff, 0x10]) && canary.is_in(&[0x10, 0xff, 0x0a, 9]));
    let canary = Canary::of_coordinate("location", PLACE.0, "48.1137913");
    for shown in ["481137913", "lat 48.1137913,", "2628621561", "1cad94f9"] {
        assert!(canary.is_in(shown.as_bytes()), "{shown}");
    }
    let canary = Canary::of_value("value", VALUE, "3133731.337");
    let offset = (1u64 << 63) + VALUE.cast_unsigned();
    for shown in
        [format!("[{VALUE}, 0, 0, 0]"), "3133731.337,".to_owned(), offset.to_string(), format!("{offset:#x}")]
    {
        assert!(canary.is_in(shown.as_bytes()), "{shown}");
    }
}

const PROVE: &str = "prove --statement reading --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson \
                     --readings r0.ndjson --device d0.json --registry reg.bin --epoch 2";
const SIGN: &str = "device sign --key d0.json --policy policy.toml --fence fence.geojson";
const COLUMNS: &str = "--scale 3 --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius";

#[test]
fn no_secret_is_shown_or_written_where_it_is_not_meant() {
    let (mut watch, position) = watched();
    what_works(&mut watch, position);
    what_an_aggregate_says(&mut watch, position);
    what_a_track_says(&mut watch);
    what_a_survey_says(&mut watch);
    claims_that_do_not_hold(&mut watch);
    damaged_keys(&mut watch);
    members_in_another_order(&mut watch);
    a_secret_in_the_place_of_every_other_file(&mut watch);
    watch.good("inspect opening.json");
    // It is that of an earlier proof.
    watch.bad("open --proof p.json --opening opening.json --reveal place");
    assert!(watch.files() > 20, "files were written");
    assert!(watch.runs > 60);
    watch.workshop.done();
}

/// Two devices and a proof, with every secret where it is meant to be; and the place of the first device in the registry.
fn watched() -> (Watch, u64) {
    let workshop = Workshop::new("secrets");
    let wide = |policy: String| policy.replace("high = 60_000", "high = 9_000_000_000");
    workshop.put("policy.toml", wide(policy("reading", 1)));
    workshop.put("pair.toml", wide(policy("aggregate", 2)) + "insecure_small_k = true\n");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.1137913,11.5167891,2,3133731.337");
    device(&workshop, 1, "2026-01-01T02:31:00Z,48.12,11.52,2,21.5");
    workshop.good("setup --statement reading --insecure --out-dir keys");
    workshop.good(&format!("{PROVE} --out p.json --opening opening.json"));
    let canaries = vec![
        Canary::of_bytes("seed", &field(&workshop, "d0.json", "seed")),
        Canary::of_bytes("identity secret", &field(&workshop, "d0.json", "identity_secret")),
        // 248 bits: the byte above them is 0.
        Canary::of_bytes("salt", &field(&workshop, "opening.json", "salt")[1..]),
        Canary::of_coordinate("location", PLACE.0, "48.1137913"),
        Canary::of_coordinate("location", PLACE.1, "11.5167891"),
        Canary::of_value("value", VALUE, "3133731.337"),
    ];
    for (canary, file) in
        canaries.iter().zip(["d0.json", "d0.json", "opening.json", "r0.ndjson", "r0.ndjson", "r0.ndjson"])
    {
        assert!(canary.is_in(&workshop.get(file)), "the {} is not where it is meant to be", canary.name);
    }
    (Watch { workshop, canaries, runs: 0 }, position)
}

fn what_works(watch: &mut Watch, position: u64) {
    watch.good(&format!("{PROVE} --out p.json --opening opening2.json --force"));
    watch.good("open --proof p.json --opening opening2.json");
    watch.good("open --proof p.json --opening opening2.json --reveal time --reveal device");
    fs::remove_file(watch.workshop.0.join("opening2.json")).unwrap();
    watch.good(&format!("{SIGN} --csv 0.csv {COLUMNS} --out r0.ndjson --force"));
    watch.good("registry root --registry reg.bin");
    watch.good(&format!("registry prove --registry reg.bin --position {position} --out m.json --force"));
    watch.good("policy check --policy policy.toml --fence fence.geojson --registry reg.bin");
    watch.good("policy id --policy policy.toml --fence fence.geojson");
    watch.good("verify --key keys/reading-v2.INSECURE.vk --proof p.json");
    watch.good("export solidity --key keys/reading-v2.INSECURE.vk --out-dir contracts --force");
    watch.good("export calldata --proof p.json --key keys/reading-v2.INSECURE.vk --out call.txt --force");
    watch.good("export snarkjs --proof p.json --key keys/reading-v2.INSECURE.vk --out-dir snarkjs --force");
    watch.good("verify --snarkjs --key snarkjs/verification_key.INSECURE.json --proof snarkjs/proof.json --public snarkjs/public.json");
    for file in ["d0.json", "p.json", "r0.ndjson", "reg.bin", "keys/reading-v2.INSECURE.vk"] {
        watch.good(&format!("inspect {file}"));
    }
    for (index, more) in ["", "--json", "--quiet"].into_iter().enumerate() {
        watch.device_new(index, more);
    }
    watch.good("estimate --statement reading --gas");
    watch.good("doctor");
    watch.good("completions bash");
}

/// A walk by the place: what was taken, what was left out and what is refused.
fn what_a_track_says(watch: &mut Watch) {
    let wide = track_policy().replace("high = 60_000", "high = 9_000_000_000");
    watch.workshop.put("track.toml", wide);
    let rows = "2026-01-01T02:40:00Z,48.1127,11.5167,2,1\n2026-01-01T02:40:20Z,48.1137913,11.5167891,2,3133731.337\n\
                2026-01-01T02:40:40Z,48.1147,11.5167,2,1\n2026-01-01T02:40:50Z,48.1137913,11.5167891,9,3133731.337\n";
    watch.workshop.put("track.csv", format!("when,y,x,acc,celsius\n{rows}"));
    let sign = SIGN.replace("policy.toml", "track.toml");
    watch.good(&format!("{sign} --frame --csv track.csv {COLUMNS} --out f0.ndjson --force"));
    watch.good("setup --statement track --samples 7 --insecure --out-dir track --force");
    watch.good("policy check --policy track.toml --fence fence.geojson");
    let prove = "prove --key track/track-v1-7.INSECURE.pk --policy track.toml --fence fence.geojson --frames f0.ndjson --device d0.json \
                 --registry reg.bin";
    watch.good(&format!("{prove} --epoch 2 --out t.json --force"));
    watch.good("verify --key track/track-v1-7.INSECURE.vk --proof t.json");
    for file in ["f0.ndjson", "t.json"] {
        watch.good(&format!("inspect {file}"));
    }
    watch.bad(&format!("{prove} --epoch 3 --out none.json"));
    let altered = watch.workshop.text("f0.ndjson").replace("20000", "20001");
    watch.workshop.put("f0.ndjson", altered);
    watch.bad(&format!("{prove} --epoch 2 --out none.json"));
}

/// The walk again, of a device that is stuck and one that is not.
fn what_a_survey_says(watch: &mut Watch) {
    let few = survey_policy().replace("high = 60_000", "high = 9_000_000_000").replace("k = 5", "k = 1");
    watch.workshop.put("survey.toml", few.replace("[survey]", "insecure_small_k = true\n[survey]"));
    let sign = SIGN.replace("policy.toml", "survey.toml");
    watch.good(&format!("{sign} --frame --csv track.csv {COLUMNS} --out f0.ndjson --force"));
    watch.good("setup --statement survey --devices 2 --samples 7 --triangles 8 --quality 1 --insecure --out-dir survey --force");
    watch.good("policy check --policy survey.toml --fence fence.geojson");
    let prove = "prove --key survey/survey-v1-2x7x8x3x1.INSECURE.pk --policy survey.toml --fence fence.geojson --registry reg.bin \
                 --frames f0.ndjson";
    watch.bad(&format!("{prove} --epoch 2 --out none.json"));
    let wide =
        watch.workshop.text("survey.toml").replace("largest_step = 100", "largest_step = 9_000_000_000");
    watch.workshop.put("survey.toml", wide);
    watch.good(&format!("{prove} --epoch 2 --out s.json --force"));
    watch.good("verify --key survey/survey-v1-2x7x8x3x1.INSECURE.vk --proof s.json");
    watch.good("inspect s.json");
    watch.bad(&format!("{prove} --epoch 3 --out none.json"));
}

fn what_an_aggregate_says(watch: &mut Watch, position: u64) {
    watch.good(
        "policy check --policy pair.toml --fence fence.geojson --other-policy policy.toml --other-fence fence.geojson \
         --registry reg.bin --capacity 1",
    );
    watch.good("setup --statement aggregate --capacity 2 --triangles 8 --insecure --out-dir pair");
    let pair = "prove --statement aggregate --key pair/aggregate-v2-2x8x3.INSECURE.pk --policy pair.toml \
                --fence fence.geojson --registry reg.bin --readings r0.ndjson r1.ndjson --epoch 2";
    watch.good(&format!("{pair} --out a.json --force"));
    watch.good("verify --key pair/aggregate-v2-2x8x3.INSECURE.vk --proof a.json");
    watch.bad(&format!("{} --out other.json", pair.replace("r0.ndjson r1.ndjson", "r0.ndjson")));
    watch.workshop.put("revoked.bin", watch.workshop.get("reg.bin"));
    watch.good(&format!("registry revoke --registry revoked.bin --position {position}"));
    watch.bad(&format!("{} --out other.json", pair.replace("reg.bin", "revoked.bin")));
}

/// And files that exist.
fn claims_that_do_not_hold(watch: &mut Watch) {
    watch.bad("device new --out d0.json");
    watch.bad(&format!("{PROVE} --out p.json"));
    watch.bad(&format!("{} --out other.json", PROVE.replace("--epoch 2", "--epoch 3")));
    watch
        .workshop
        .put("bad.csv", "when,y,x,acc,celsius\n2026-01-01T02:30:00Z,48.1137913,11.5167891,2,many\n");
    watch.bad(&format!("{SIGN} --csv bad.csv {COLUMNS} --out other.ndjson"));
}

/// A device key that is damaged: cut, on one line, its secrets in other places or of another type.
fn damaged_keys(watch: &mut Watch) {
    let text = watch.workshop.text("d0.json");
    let document: Value = serde_json::from_str(&text).unwrap();
    let seed = document["seed"].as_str().unwrap().to_owned();
    watch.workshop.put("line.json", document.to_string());
    watch.workshop.put("moved.json", text.replacen("\"class\": 7", &format!("\"class\": \"{seed}\""), 1));
    watch.workshop.put("number.json", text.replacen("\"seed\": \"", "\"seed\": [\"", 1));
    for damaged in ["moved.json", "number.json"] {
        watch.bad(&format!("inspect {damaged}"));
        watch.bad(&format!("{} --out other.json", PROVE.replace("d0.json", damaged)));
    }
    watch.good("inspect line.json");
}

/// As databases and other programs order the members: what it is comes last.
fn members_in_another_order(watch: &mut Watch) {
    for name in ["d0", "opening"] {
        let document: Value = serde_json::from_str(&watch.workshop.text(&format!("{name}.json"))).unwrap();
        let members = document.as_object().unwrap().iter().rev();
        let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\": {value}")).collect();
        watch.workshop.put(&format!("{name}-reversed.json"), format!("{{{}}}", members.join(", ")));
        watch.good(&format!("inspect {name}-reversed.json"));
    }
}

fn a_secret_in_the_place_of_every_other_file(watch: &mut Watch) {
    for secret in
        ["d0.json", "line.json", "opening.json", "moved.json", "d0-reversed.json", "opening-reversed.json"]
    {
        for line in [
            format!("registry enrol --registry reg.bin --leaf {secret}"),
            format!("registry root --registry {secret}"),
            format!("policy id --policy {secret}"),
            format!("policy id --policy policy.toml --fence {secret}"),
            format!("verify --key {secret} --proof p.json"),
            format!("verify --key keys/reading-v2.INSECURE.vk --proof {secret}"),
            format!("verify --snarkjs --key {secret} --proof {secret} --public {secret}"),
            format!("export solidity --key {secret} --out-dir out"),
            format!("export snarkjs --key keys/reading-v2.INSECURE.vk --proof {secret} --out-dir out"),
            format!("export calldata --proof {secret} --key keys/reading-v2.INSECURE.vk --out c.txt"),
            format!("{SIGN} --csv {secret} {COLUMNS} --out other.ndjson"),
            format!(
                "{} --out other.json",
                PROVE.replace("--readings r0.ndjson", &format!("--readings {secret}"))
            ),
            format!("{} --out other.json", PROVE.replace("keys/reading-v2.INSECURE.pk", secret)),
            format!(
                "{} --out other.json",
                PROVE.replace("--registry reg.bin", &format!("--membership {secret}"))
            ),
        ] {
            watch.bad(&line);
        }
    }
    for line in ["device sign --key opening.json", "prove --device opening.json"] {
        watch.bad(line);
    }
}
