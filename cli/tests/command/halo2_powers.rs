//! Keys of halo2 from powers of tau: no second ceremony, and INSECURE unless somebody vouches for the powers.

use std::io::Cursor;

use zksensor_ceremony::ptau_digest;

use crate::workshop::Workshop;

#[test]
fn powers_of_tau_make_parameters_and_keys() {
    let workshop = Workshop::new("halo2-powers");
    workshop.good("ceremony toy --power 13 --insecure --out toy.ptau");
    let setup = "setup --statement reading --backend halo2 --ptau toy.ptau --out-dir keys";
    let message = workshop.refused(setup);
    assert!(
        message.contains("toy.ptau: expected --insecure with powers of tau that nobody vouches for"),
        "{message}"
    );
    assert!(!workshop.0.join("keys").exists());
    let made = workshop.good(&format!("{setup} --insecure"));
    assert_eq!((&made["insecure"], &made["k"], &made["srs_made"]), (&true.into(), &13.into(), &true.into()));
    assert_eq!((&made["ptau"]["power"], &made["ptau"]["trusted"]), (&13.into(), &false.into()));
    let srs = workshop.good("inspect keys/halo2-k13.INSECURE.srs");
    assert_eq!((&srs["srs"]["digest"], &srs["srs"]["insecure"]), (&made["srs_digest"], &true.into()));
    // Of the same parameters the same key, whether they come from powers or from the file.
    let again = workshop.good(
        "setup --statement reading --backend halo2 --srs keys/halo2-k13.INSECURE.srs --insecure --out-dir again",
    );
    assert_eq!(again["key_id"], made["key_id"]);

    // A toy has no contribution, so no digest makes it one that somebody vouches for.
    let digest = "00".repeat(64);
    let message = workshop.refused(&format!("{setup} --ptau-digest {digest}"));
    assert!(message.starts_with("toy.ptau: "), "{message}");
    let message = workshop.refused(&format!(
        "setup --statement reading --backend halo2 --insecure --out-dir none --ptau-digest {digest}"
    ));
    assert!(message.contains("expected --ptau with --ptau-digest"), "{message}");
    let message = workshop.refused("setup --statement reading --insecure --out-dir none --ptau toy.ptau");
    assert!(
        message.contains("expected no --srs, --ptau or --ptau-digest with --backend groth16"),
        "{message}"
    );
    let message = workshop.refused(&format!("{setup} --insecure --srs keys/halo2-k13.INSECURE.srs"));
    assert!(message.contains("cannot be used with"), "{message}");
    // Too few powers, and a file that is none.
    workshop.good("ceremony toy --power 12 --insecure --out small.ptau");
    let message =
        workshop.refused(&setup.replace("toy.ptau --out-dir keys", "small.ptau --insecure --out-dir small"));
    assert!(
        message.starts_with("small.ptau: ") && message.contains("13") && message.contains("12"),
        "{message}"
    );
    let message =
        workshop.refused(&setup.replace("toy.ptau --out-dir keys", "policy.toml --insecure --out-dir small"));
    assert!(message.starts_with("policy.toml: "), "{message}");
    assert!(!workshop.0.join("small/halo2-k13.INSECURE.srs").exists());
    workshop.done();
}

/// Parameters of the same powers are there once, for every statement of as many rows; others are not taken for them.
#[test]
fn parameters_that_are_there_are_those_of_the_powers_or_refused() {
    let workshop = Workshop::new("halo2-powers-there");
    for name in ["toy", "other"] {
        workshop.good(&format!("ceremony toy --power 14 --insecure --out {name}.ptau"));
    }
    let setup = |triangles: u32, ptau: &str| {
        format!(
            "setup --statement aggregate --capacity 1 --triangles {triangles} --backend halo2 --insecure --ptau {ptau} --out-dir keys"
        )
    };
    let srs = "keys/halo2-k14.INSECURE.srs";
    let made = workshop.good(&setup(8, "toy.ptau"));
    let written = workshop.get(srs);
    // Neither a run whose keys are lost nor another statement's needs them to go.
    for half in ["pk", "vk"] {
        let lost = format!("keys/aggregate-v2-1x8x3.halo2.INSECURE.{half}");
        std::fs::remove_file(workshop.0.join(lost)).unwrap();
    }
    let another = workshop.good(&setup(16, "toy.ptau"));
    assert_eq!((&another["k"], &another["srs_digest"]), (&made["k"], &made["srs_digest"]));
    assert_eq!((&made["srs_made"], &another["srs_made"]), (&true.into(), &false.into()));
    assert!(another["key_id"] != made["key_id"] && workshop.get(srs) == written);

    let before = listed(&workshop);
    let message = workshop.refused(&setup(24, "other.ptau"));
    assert!(
        message.starts_with(srs) && message.contains("expected the parameters of other.ptau"),
        "{message}"
    );
    assert!(message.ends_with(made["srs_digest"].as_str().unwrap()), "{message}");
    workshop.put(srs, &written[..written.len() - 1]);
    assert!(workshop.refused(&setup(24, "toy.ptau")).starts_with(srs));
    assert!(listed(&workshop) == before);
    let replaced = workshop.good(&format!("{} --force", setup(24, "other.ptau")));
    assert_eq!(replaced["srs_made"], true);
    assert_eq!(workshop.good(&format!("inspect {srs}"))["srs"]["digest"], replaced["srs_digest"]);
    workshop.done();
}

/// What is in the folder of the keys.
fn listed(workshop: &Workshop) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> =
        std::fs::read_dir(workshop.0.join("keys")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

/// The toy without its Lagrange polynomials, and with a contribution that leaves the powers that there are; nobody asks what it shows.
fn contributed(toy: &[u8]) -> Vec<u8> {
    const SHOWN_AND_HASHES: usize = 6 * 64 + 3 * 128 + 216 + 64;
    let (mut contribution, mut at) = (1u32.to_le_bytes().to_vec(), 12);
    // Of sections 1 to 6: nothing, tau in G1 and in G2, alpha and beta in G1, beta in G2.
    for first in [0..0, 64..128, 128..256, 0..64, 0..64, 0..128] {
        let size = usize::try_from(u64::from_le_bytes(toy[at + 4..at + 12].try_into().unwrap())).unwrap();
        contribution.extend_from_slice(&toy[at + 12..at + 12 + size][first]);
        at += 12 + size;
    }
    contribution.resize(contribution.len() + SHOWN_AND_HASHES, 7);
    contribution.extend_from_slice(b"\0\0\0\0\x05\0\0\0\x01\x03Ada");
    let size = contribution.len() as u64;
    let [sections, number] = [7u32; 2].map(u32::to_le_bytes);
    [&toy[..8], &sections, &toy[12..at], &number, &size.to_le_bytes(), &contribution].concat()
}

#[test]
fn powers_that_somebody_vouches_for_make_keys_for_production() {
    let workshop = Workshop::new("halo2-powers-vouched");
    workshop.good("ceremony toy --power 13 --insecure --out toy.ptau");
    let setup = |digest: &[u8]| {
        let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!(
            "setup --statement reading --backend halo2 --ptau made.ptau --ptau-digest {digest} --out-dir keys"
        )
    };
    let file = contributed(&workshop.get("toy.ptau"));
    let digest = ptau_digest(Cursor::new(&file)).unwrap();
    workshop.put("made.ptau", &file);
    let made = workshop.good(&setup(&digest));
    assert_eq!((&made["insecure"], &made["ptau"]["trusted"]), (&false.into(), &true.into()));
    assert!(made["key_id"].as_str().unwrap().starts_with("0x"), "{made}");
    assert_eq!(workshop.good("inspect keys/halo2-k13.srs")["srs"]["insecure"], false);
    for half in ["pk", "vk"] {
        let facts = workshop.good(&format!("inspect keys/reading-v2.halo2.{half}"));
        assert_eq!((&facts["insecure"], &facts["key_id"]), (&false.into(), &made["key_id"]));
    }
    // Of another file the digest vouches for nothing.
    let message = workshop.refused(&setup(&[7; 64]).replace("keys", "none"));
    assert!(message.contains("expected powers of tau with the BLAKE2b-512 digest 0707"), "{message}");
    // A setup that fails after the parameters were named leaves nothing: the last power is not tau times the one before it.
    let mut altered = file.clone();
    let power = |at: usize| 12 + 12 + 44 + 12 + 64 * at;
    altered.copy_within(power(1)..power(2), power((1 << 13) - 1));
    workshop.put("made.ptau", &altered);
    let digest = ptau_digest(Cursor::new(&altered)).unwrap();
    let message = workshop.refused(&setup(&digest).replace("keys", "none"));
    assert!(message.contains("section 2 does not rise by tau"), "{message}");
    assert!(std::fs::read_dir(workshop.0.join("none")).unwrap().next().is_none());
    workshop.done();
}
