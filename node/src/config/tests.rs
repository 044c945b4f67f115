use std::fs;

use sha2::{Digest, Sha256};

use proptest::prelude::*;

use super::*;

const POLICY: &str = "[policies.air]\npolicy = \"air.toml\"\n";

fn parse(text: &str) -> Result<Config, Mistakes> {
    Config::parse(text, Path::new("/node"), &[])
}

fn mistakes(text: &str) -> Vec<String> {
    parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

fn with(environment: &[(&str, &str)]) -> Result<Config, Mistakes> {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::parse(POLICY, Path::new("/node"), &environment)
}

#[test]
fn the_template_says_what_holds_without_it() {
    let text = template("air", &[("policies.*.policy", "\"air.toml\"")]);
    assert_eq!(parse(&text).unwrap(), parse(POLICY).unwrap());
}

/// A comment that drifted would be a mistake as soon as somebody takes its mark away.
#[test]
fn what_is_in_comments_of_the_template_is_good_too() {
    let text = template("air", &[("policies.*.policy", "\"air.toml\"")]);
    let is_code = |line: &str| line.starts_with('[') || line.contains(" = ") && !line.contains("before");
    let live: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_code(rest)).unwrap_or(line))
        .filter(|line| !line.starts_with("signer_address"))
        .collect();
    let config = parse(&live.join("\n")).unwrap();
    let [chain] = &config.chains[..] else { panic!("the section [chains.amoy] is live") };
    assert_eq!((chain.chain_id, chain.budget_wei_a_day), (80_002, 1_500_000_000_000_000_000));
    assert_eq!(config.policies[0].feed.as_ref().unwrap().chain, "amoy");
    assert_eq!(config.tokens.unwrap(), Path::new("/node/tokens.txt"));
    assert_eq!(config.policies[0].fence.as_deref(), Some(Path::new("/node/policies/fence.geojson")));
    for key in KEYS {
        assert!(text.contains(key.about), "{}", key.path);
    }
}

#[test]
fn every_mistake_is_named_at_once() {
    let text = "listen = \"nowhere\"\ndata = 7\nlisten_on = 1\n[limits]\nqueue = 0\nburst = \"many\"\n[limit]\nqueue = 1\n\
                [policies.air]\nfence = \"f\"\ngrace = 3\n[policies.\"../etc\"]\npolicy = \"p\"\n";
    let mistakes = mistakes(text);
    let wanted = [
        "line 1, `listen`: expected an IP address and a port",
        "line 2, `data`: expected a path, as text, got integer",
        "line 3, `listen_on`: expected a key that there is; correct the name, or take it out; there are listen, data,",
        "line 5, `limits.queue`: expected an integer from 1 to 400, got 0",
        "line 6, `limits.burst`: expected an integer from 1 to 1000000, got string",
        "line 7, `limit`: expected a key that there is",
        "line 11, `policies.air.grace`: expected a key that there is; correct the name, or take it out; there are policy, fence,",
        "line 12, `policies.../etc`: expected a name of a to z, 0 to 9, - and _",
        "`policies.air.policy`: expected a path, as text, got nothing; add `policy = ...` to [policies.air]",
    ];
    assert_eq!(mistakes.len(), wanted.len(), "{mistakes:#?}");
    for (mistake, wanted) in mistakes.iter().zip(wanted) {
        assert!(mistake.starts_with(wanted), "{mistake}\n{wanted}");
    }
}

#[test]
fn broken_toml_is_named_by_its_lines_and_never_panics() {
    let broken = mistakes("listen = \n\n[policies.air]\npolicy = \"a\"\n[policies.air]\npolicy = \"b\"\n");
    assert!(broken.iter().any(|mistake| mistake.starts_with("line 1")), "{broken:?}");
    assert!(
        broken.iter().any(|mistake| mistake.starts_with("line 5") && mistake.contains("duplicate")),
        "{broken:?}"
    );
    for text in [
        "[",
        "=",
        "\u{0}",
        "[[policies]]\n",
        "policies = 1",
        "[policies]\nair = 3",
        "a.b.c.d = 1",
        "limits = []",
        "limits = 1",
    ] {
        assert!(!mistakes(text).is_empty(), "{text:?}");
    }
    assert!(!mistakes(&"x".repeat(1 << 19)).is_empty());
    assert!(mistakes(&"x = 1\n[y]\n".repeat(5000)).len() <= 64, "no more is said than is read");
    assert!(mistakes(&format!("a = {}", "[".repeat(100_000))).len() <= 64);
}

#[test]
fn no_policy_and_policies_that_are_no_sections_are_mistakes() {
    assert!(mistakes("")[0].starts_with("the configuration: expected a policy at least, got none"));
    let many: String = (0..257).map(|index| format!("[policies.p{index}]\npolicy = \"p\"\n")).collect();
    assert!(mistakes(&many)[0].contains("at most 256 policies, got 257"));
}

#[test]
fn limits_fit_each_other() {
    let text = format!("limits.body_bytes = 2_000_000\nlimits.buffered_bytes = 1_048_576\n{POLICY}");
    assert!(mistakes(&text)[0].starts_with(
        "line 2, `limits.buffered_bytes`: expected at least four times limits.body_bytes, 8000000"
    ));
    let few = mistakes(&format!("limits.items = 5000\n{POLICY}"));
    assert!(
        few[0].starts_with("`limits.items_burst`: expected at least limits.items, 5000, got 4000"),
        "{few:?}"
    );
    for (key, low, high) in
        [("body_bytes", 1023u64, (64 << 20) + 1), ("items", 0, 100_001), ("head_s", 0, 301)]
    {
        for value in [low, high] {
            assert_eq!(mistakes(&format!("limits.{key} = {value}\n{POLICY}")).len(), 1);
        }
    }
    assert_eq!(mistakes(&format!("limits.queue = -1\n{POLICY}")).len(), 1);
    assert_eq!(mistakes(&format!("limits.queue = 99999999999999999999\n{POLICY}")).len(), 1);
}

#[test]
fn a_secret_that_stands_in_the_file_is_refused_and_not_shown() {
    let secret = "a5".repeat(32);
    for text in [
        format!("store.key = \"{secret}\"\n{POLICY}"),
        format!("store.key = [\"{secret}\"]\n{POLICY}"),
        format!(
            "[chains.a]\nsigner = \"{secret}\"\npassword = \"{secret}\"\nrpc_url = \"{secret}\"\n{POLICY}"
        ),
        format!("store.key = \"{secret}\n{POLICY}"),
    ] {
        let said = parse(&text).unwrap_err().to_string();
        assert!(!said.contains(&secret[..16]), "{said}");
    }
}

#[test]
fn a_chain_is_whole_or_not_there() {
    let said = mistakes(&format!(
        "[chains.a]\nrpc_url = \"ftp://x\"\nmax_cost_pol = \"x\"\nreplace_after_s = 0\n{POLICY}"
    ));
    assert_eq!(said.len(), 6, "{said:#?}");
    let chain = "[chains.a]\nchain_id = 80002\nrpc_url = \"https://rpc.example/secret-key\"\n\
                 budget_pol_a_day = \"0.000000000000000001\"\n";
    let keystore = format!("{chain}signer = \"keystore:k.json\"\npassword = \"env:PASSWORD\"\n{POLICY}");
    let config = parse(&keystore).unwrap();
    assert_eq!((config.chains[0].budget_wei_a_day, config.chains[0].max_fee_gwei), (1, 500));
    assert!(!format!("{config:?}").contains("secret-key"), "a URL may have a key in it");
    let elsewhere = keystore.replace("https://rpc.example/secret-key", "env:RPC");
    let wanted = NodeUrl::Secret(KeySource::Environment("RPC".to_owned()));
    assert_eq!(parse(&elsewhere).unwrap().chains[0].rpc_url, wanted);
    let remote =
        format!("{chain}signer = \"remote:http://signer:9000\"\npassword = \"env:PASSWORD\"\n{POLICY}");
    let said = mistakes(&remote);
    assert!(
        said.iter().any(|mistake| mistake.contains("`chains.a.password`: expected no such key beside")),
        "{said:?}"
    );
    assert!(
        said.iter().any(|mistake| mistake.starts_with("`chains.a.signer_address`: expected")),
        "{said:?}"
    );
    for budget in ["0", "-1", "1e3", "1.0000000000000000001", "", ".", "1.", "9999999999999999999999"] {
        let text = keystore.replace("0.000000000000000001", budget);
        assert_eq!(mistakes(&text).len(), 1, "{budget}");
    }
    assert_eq!(mistakes(&keystore.replace("chain_id = 80002", "chain_id = 0")).len(), 1);
    assert!(mistakes(&format!("[chains.\"A b\"]\nchain_id = 1\n{POLICY}"))[0].contains("rename the chain"));
    let many: String = (0..17)
        .map(|index| keystore.replace(POLICY, "").replace("chains.a", &format!("chains.c{index}")))
        .collect();
    assert!(mistakes(&format!("{many}{POLICY}"))[0].contains("at most 16 chains, got 17"));
}

#[test]
fn a_feed_has_a_chain_that_there_is() {
    const FEED: &str = "feed = \"0x1111111111111111111111111111111111111111\"\n";
    let chain = "[chains.a]\nchain_id = 80002\nrpc_url = \"http://rpc\"\nbudget_pol_a_day = \"1\"\n\
                 signer = \"keystore:k.json\"\npassword = \"env:PASSWORD\"\n";
    let good = format!("{chain}{POLICY}chain = \"a\"\n{FEED}");
    let config = parse(&good).unwrap();
    assert_eq!(config.policies[0].feed, Some(FeedSettings { chain: "a".to_owned(), feed: [0x11; 20] }));
    for (text, wanted) in [
        (
            good.replace("chain = \"a\"", "chain = \"b\""),
            "`policies.air.chain`: expected the name of a section [chains.NAME], got another; correct the name; there are a",
        ),
        (good.replace("chain = \"a\"", "chain = \"B!\""), "`policies.air.chain`: expected a name of a to z"),
        (
            good.replace("chain = \"a\"\n", ""),
            "`policies.air.chain`: expected a name of a to z, 0 to 9, - and _, got nothing",
        ),
        (
            good.replace(FEED, ""),
            "`policies.air.feed`: expected \"0x\" and 40 hexadecimal digits, got nothing",
        ),
        (good.replace("0x11", "0x1"), "`policies.air.feed`: expected \"0x\" and 40 hexadecimal digits"),
        (
            good.replace(chain, ""),
            "`policies.air.chain`: expected the name of a section [chains.NAME], got another; add such a section; there is none",
        ),
    ] {
        let said = mistakes(&text);
        assert!(said.len() == 1 && said[0].contains(wanted), "{said:?}\n{wanted}");
    }
    // Two policies of one feed, one of them without a key; and a keystore that is not there.
    let twice = format!(
        "{good}[policies.land]\npolicy = \"land.toml\"\nchain = \"a\"\n{FEED}proving_key = \"k.pk\"\n"
    );
    let said = parse(&twice).unwrap().check().err().unwrap().to_string();
    for wanted in [
        "`policies.air.proving_key`: expected a proving key beside a feed, got none",
        "`policies.land.feed`: expected a feed of the policy's own, got that of another",
        "`chains.a.signer`: ",
        "`chains.a.password`: ",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert_eq!(
        said.contains("`chains`: expected no section [chains.NAME], got one"),
        !cfg!(feature = "chain"),
        "{said}"
    );
}

#[test]
fn the_environment_comes_first_and_is_checked_as_the_file_is() {
    let config = with(&[
        ("ZKSENSOR_NODE_LISTEN", "0.0.0.0:1"),
        ("ZKSENSOR_NODE_LIMITS_QUEUE", "7"),
        ("ZKSENSOR_NODE_TRUSTED_PROXIES", "10.0.0.1, ::1"),
        ("ZKSENSOR_NODE_STORE_KEY", "env:KEY"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!((config.listen.port(), config.limits.queue, config.trusted_proxies.len()), (1, 7, 2));
    assert_eq!(config.store_key, KeySource::Environment("KEY".to_owned()));
    let wrong = with(&[
        ("ZKSENSOR_NODE_LISTEN", "here"),
        ("ZKSENSOR_NODE_LIMITS_QUEUE", "seven"),
        ("ZKSENSOR_NODE_LIMITS_ITEMS", "0"),
        ("ZKSENSOR_NODE_LISSEN", "x"),
        ("ZKSENSOR_NODE_POLICIES_AIR_POLICY", "x"),
        ("ZKSENSOR_NODE_TRUSTED_PROXIES", "everybody"),
    ])
    .unwrap_err();
    let said: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 6, "{said:#?}");
    assert!(said.iter().all(|mistake| mistake.starts_with("environment, ZKSENSOR_NODE_")), "{said:#?}");
}

#[test]
fn tokens_are_names_with_hashes() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let other = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    let tokens = Tokens::parse(&format!("# who\n\none {hash}\r\n  two {other}  ")).unwrap();
    assert_eq!(
        (tokens.of(b"test"), tokens.of(b"test2"), tokens.of(b""), tokens.of(b"tesu")),
        (Some(0), Some(1), None, None)
    );
    assert_eq!(format!("{tokens:?}"), "Tokens(2)");
    for (text, line) in
        [("one", 1), ("one two", 1), (&*format!("one {hash} x"), 1), (&format!("\none {}", &hash[1..]), 2)]
    {
        let Err(TokensError::Line { line: got }) = Tokens::parse(text) else { panic!("{text}") };
        assert_eq!(got, line);
    }
    for twice in [format!("one {hash}\ntwo {hash}"), format!("one {hash}\none {other}")] {
        assert!(matches!(Tokens::parse(&twice), Err(TokensError::Twice { line: 2 })));
    }
    assert!(matches!(Tokens::parse("# none"), Err(TokensError::Count { got: 0 })));
}

#[test]
fn each_of_many_tokens_is_found_by_its_hash() {
    let hash =
        |text: String| -> String { Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect() };
    let many: String = (0..10_000).map(|index| format!("n{index} {}\n", hash(index.to_string()))).collect();
    let tokens = Tokens::parse(&many).unwrap();
    assert!((0..10_000).all(|index: usize| tokens.of(index.to_string().as_bytes()) == Some(index)));
    assert_eq!((tokens.of(b"10000"), tokens.of(b"")), (None, None));
}

#[test]
fn files_that_are_not_what_is_needed_are_named_together() {
    let folder = std::env::temp_dir().join(format!("zksensor-node-config-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("air.toml"), "[network]\n").unwrap();
    fs::write(folder.join("fence"), "nothing").unwrap();
    fs::write(folder.join("key.pk"), "no key").unwrap();
    fs::write(folder.join("data"), "a file").unwrap();
    fs::write(folder.join("store.key"), "ab".repeat(31)).unwrap();
    fs::write(folder.join("tokens"), "nobody").unwrap();
    let text = "tokens = \"tokens\"\nproofs.folder = \"no/where/proofs\"\n[policies.air]\npolicy = \"air.toml\"\n\
                proving_key = \"key.pk\"\n[policies.land]\npolicy = \"none.toml\"\nfence = \"fence\"\n[policies.sea]\npolicy = \"none.toml\"\n";
    let config = Config::parse(text, &folder, &[]).unwrap();
    let said: Vec<_> = config.check().err().unwrap().iter().map(ToString::to_string).collect();
    for wanted in [
        "`policies.air.policy`",
        "`policies.air.proving_key`",
        "`policies.land.fence`",
        "`policies.sea.policy`",
        "`registry`",
        "`store.key`",
        "`tokens`",
        "`data`",
        "`proofs.folder`",
    ] {
        assert_eq!(
            said.iter().filter(|mistake| mistake.starts_with(wanted)).count(),
            1,
            "{wanted}: {said:#?}"
        );
    }
    assert_eq!(said.len(), 9, "{said:#?}");
    fs::remove_dir_all(&folder).unwrap();
}

const WORKERS: &str = "0x8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

#[test]
fn a_queue_has_a_server_and_a_use() {
    let nats = |section: &str| parse(&format!("{POLICY}[nats]\n{section}\n"));
    assert_eq!(nats("jobs = 3").unwrap().nats, None, "without a server there is none");
    let both = nats(&format!(
        "url = \"tls://a:4222,nats://u:p@b\"\nworkers = \"{WORKERS}\"\nreadings = \"town.air\"\njobs = 3"
    ));
    let both = both.unwrap().nats.unwrap();
    assert_eq!(
        (both.jobs, both.workers.unwrap().to_string(), both.readings.unwrap()),
        (3, WORKERS.to_owned(), "town.air".to_owned())
    );
    assert!(!format!("{:?}", both.url).contains("u:p"), "a URL may have a password in it");
    for (section, wanted) in [
        (format!("workers = \"{WORKERS}\""), "`nats.workers`: expected it beside `nats.url`"),
        ("readings = \"a\"".to_owned(), "`nats.readings`: expected it beside `nats.url`"),
        ("frames = \"a\"".to_owned(), "`nats.frames`: expected it beside `nats.url`"),
        (
            "url = \"nats://a\"\nreadings = \"a\"\nframes = \"a\"".to_owned(),
            "`nats.frames`: expected another subject",
        ),
        (
            "url = \"nats://a\"".to_owned(),
            "`nats.url`: expected `nats.workers`, `nats.readings` or `nats.frames`",
        ),
        (
            "url = \"http://a\"\nreadings = \"a\"".to_owned(),
            "`nats.url`: expected URLs that begin with nats://",
        ),
        (
            "url = \"nats://a,\"\nreadings = \"a\"".to_owned(),
            "`nats.url`: expected URLs that begin with nats://",
        ),
        ("url = \"nats://a\"\nreadings = \"a.*\"".to_owned(), "`nats.readings`: expected words"),
        ("url = \"nats://a\"\nreadings = \"zksensor.jobs.a\"".to_owned(), "`nats.readings`: expected words"),
        (
            format!("url = \"nats://a\"\nworkers = \"0x{}\"", "0".repeat(64)),
            "`nats.workers`: expected what `zksensor node worker-key`",
        ),
        (
            "url = \"nats://a\"\nreadings = \"a\"\njobs = 0".to_owned(),
            "`nats.jobs`: expected an integer from 1 to 256, got 0",
        ),
    ] {
        let said: Vec<_> = nats(&section).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(said.len() == 1 && said[0].contains(wanted), "{section}: {said:?}");
    }
}

#[test]
fn keys_go_with_who_proves() {
    let folder = std::env::temp_dir().join(format!("zksensor-node-keys-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("key.vk"), "no key").unwrap();
    fs::write(folder.join("secret"), "http://elsewhere").unwrap();
    let mistakes = |text: &str| {
        let config = Config::parse(text, &folder, &[]).unwrap();
        config.check().err().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let alone = mistakes(&format!("{POLICY}verifying_key = \"key.vk\"\n"));
    assert!(alone.contains("key.vk: expected a verifying key, got something else"), "{alone}");
    assert!(alone.contains("expected it where workers prove"), "{alone}");
    let text = format!(
        "{POLICY}verifying_key = \"key.vk\"\nproving_key = \"key.pk\"\n[nats]\nurl = \"env:NOBODY_SETS_THIS\"\nworkers = \"{WORKERS}\"\ncredentials = \"none\"\n"
    );
    let both = mistakes(&text);
    for wanted in [
        "expected one key, got a proving key beside it",
        "NOBODY_SETS_THIS",
        "none: expected to read credentials",
    ] {
        assert!(both.contains(wanted), "{wanted}: {both}");
    }
    assert_eq!(both.contains("this build speaks with none"), !cfg!(feature = "nats"), "{both}");
    fs::remove_dir_all(&folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is done to the template, it is a configuration or has mistakes, of which no more are named than people read.
    #[test]
    fn no_text_is_a_panic(any in ".{0,200}", at: usize, length in 0..40usize, put in "[\\[\\]=\"'.#\\n a-z0-9{}]{0,12}") {
        let text = template("air", &[("policies.*.policy", "\"air.toml\"")]);
        let at = at % text.len();
        let to = (at + length).min(text.len());
        let damaged = format!("{}{put}{}", &text[..at], &text[to..]);
        for text in [any, damaged] {
            if let Err(mistakes) = parse(&text) {
                prop_assert!((1..=64).contains(&mistakes.iter().count()));
            }
        }
    }

    #[test]
    fn no_environment_is_a_panic(name in "[A-Z_]{0,20}", value in ".{0,40}") {
        let known = KEYS.iter().filter_map(Key::environment);
        for name in known.chain([format!("ZKSENSOR_NODE_{name}")]) {
            let _ = with(&[(&name, &value)]);
        }
    }
}
