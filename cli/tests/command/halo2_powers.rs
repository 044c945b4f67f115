//! Keys of halo2 from powers of tau: no second ceremony, and INSECURE unless somebody vouches for the powers.

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
