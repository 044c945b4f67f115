use std::fs;

use zksensor_model::device::DeviceKey;
use zksensor_model::frame::{FrameHeader, FrameLink, Sample};
use zksensor_model::reading::{Location, Network, PayloadHash, UnixMillis};

use super::super::tests::Scratch;
use super::*;

const NO_TIME: Duration = Duration::ZERO;
/// For a lock that nobody holds for long: a process that another test starts has its file until it runs its own program.
const SOON: Duration = Duration::from_secs(10);

fn device(seed: u8) -> DeviceKey {
    DeviceKey::from_seed([seed; 32])
}

/// A frame of the device of this seed, linked to what is before it.
fn signed(seed: u8, sequence: u64, before: Option<&FrameSummary>) -> SignedFrame {
    let header = FrameHeader {
        network: Network::new(137, [0x11; 20]),
        schema: 2,
        sequence,
        start: UnixMillis::new(1_767_225_600_000).unwrap(),
        link: before.map_or(FrameLink::NONE, FrameLink::after),
        payload_hash: PayloadHash::NONE,
    };
    let sample = |offset_ms| Sample {
        offset_ms,
        location: Location::from_e7(481_234_567, 115_000_000).unwrap(),
        accuracy_mm: 4_500,
        channels: [13_900, i64::MIN, i64::MIN],
    };
    device(seed).sign_frame(Frame::new(header, (0..3).map(sample).collect()).unwrap())
}

/// Adds a frame of the device, and says its number.
fn add(path: &Path, seed: u8, wait: Duration) -> Result<u64, FileError> {
    let mut writer = FramesWriter::append(path, device(seed).public(), wait)?;
    let sequence = writer.before().map_or(0, |before| before.header().sequence + 1);
    let frame = signed(seed, sequence, writer.before());
    writer.push(&frame)?;
    writer.finish().map(|()| sequence)
}

fn read(path: &Path) -> Vec<SignedFrame> {
    FramesReader::open(path).unwrap().map(Result::unwrap).collect()
}

fn refused(path: &Path) -> String {
    let error = add(path, 1, NO_TIME).unwrap_err();
    assert!(!error.help().is_empty());
    error.to_string()
}

#[test]
fn frames_stream_and_altered_ones_are_told_apart() {
    let scratch = Scratch::new();
    let path = scratch.path("frames");
    let first = signed(1, 0, None);
    let frames = [first.clone(), signed(2, 7, None), signed(1, 1, Some(first.frame().summary()))];
    let mut writer = FramesWriter::create(&path, Overwrite::Never).unwrap();
    frames.iter().for_each(|frame| writer.push(frame).unwrap());
    assert!(FramesReader::open(&path).is_err(), "the file is not there before it is finished");
    writer.finish().unwrap();
    assert_eq!(read(&path), frames);
    assert!(FramesWriter::create(&path, Overwrite::Never).is_err());

    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\"format\":\"zksensor-frames/v1\"}\n"));
    let lines =
        |text: String| -> Vec<_> { FramesReader::open(&scratch.put(text.as_bytes())).unwrap().collect() };
    let twice = lines(format!("\u{feff}{}\r\n\r\n{text}", text.trim_end()));
    assert!(twice.len() == 6 && twice.iter().all(Result::is_ok));
    let altered = lines(text.replacen("\"sequence\":\"7\"", "\"sequence\":\"8\"", 1));
    let [Ok(_), Err(error), Ok(_)] = &altered[..] else { panic!("{altered:?}") };
    assert!(matches!(error.reason, Reason::Frame { row: 2, .. }), "{error}");
    assert!(error.to_string().contains("frame 2: ") && error.is_of_a_row() && !error.help().is_empty());
    let cut = lines(text[..text.len() - 9].to_owned());
    assert!(matches!(cut[2].as_ref().unwrap_err().reason, Reason::Cut { line: 4, .. }));
    let none = lines(text.replacen("\"offset_ms\":1", "\"offset_ms\":9", 1));
    let [Err(error), Ok(_), Ok(_)] = &none[..] else { panic!("{none:?}") };
    assert!(error.to_string().contains("sample 3: expected an offset of at least 9 ms"), "{error}");
    let wrong = lines(text.replacen("\"latitude_e7\":481234567", "\"latitude_e7\":\"48\"", 1));
    let error = wrong[0].as_ref().unwrap_err().to_string();
    assert!(error.ends_with("expected i32, got something else"), "no place in {error}");
}

#[test]
fn other_kinds_and_versions_are_named() {
    let scratch = Scratch::new();
    let open = |text: &str| FramesReader::open(&scratch.put(text.as_bytes())).err().unwrap().to_string();
    assert!(open("{\"format\":\"zksensor-frames/v2\"}").contains("expected the format `zksensor-frames/v1`"));
    let readings = "{\"format\":\"zksensor-readings/v2\"}";
    assert!(open(readings).ends_with("expected signed frames, got signed readings"));
    assert!(open("").ends_with("got bytes that do not begin like one"));
    assert!(open("\n\n").ends_with("got bytes that do not begin like one"));
    let frames = "{\"format\":\"zksensor-frames/v1\"}\n";
    let readings = super::super::ReadingsReader::open(&scratch.put(frames.as_bytes())).err().unwrap();
    assert!(readings.to_string().ends_with("expected signed readings, got signed frames"));
    let mut mixed = FramesReader::open(
        &scratch.put(
            format!(
                "{frames}{{\"format\":\"zksensor-readings/v2\"}}\n{{\"format\":\"zksensor-frames/v2\"}}\n"
            )
            .as_bytes(),
        ),
    )
    .unwrap();
    assert!(mixed.next().unwrap().unwrap_err().to_string().ends_with("got signed readings"));
    assert!(mixed.next().unwrap().unwrap_err().to_string().contains("got `zksensor-frames/v2`"));
    assert_eq!((mixed.row(), mixed.line()), (2, 3));
    assert!(mixed.next().is_none());
    let long = format!("{frames}{}\n{}\n", " ".repeat(1 << 20) + " ", "{}");
    let errors: Vec<_> = FramesReader::open(&scratch.put(long.as_bytes())).unwrap().collect();
    assert!(matches!(errors[0].as_ref().unwrap_err().reason, Reason::TooLarge { .. }));
    assert!(errors.len() == 2 && errors[1].is_err());
}

#[test]
fn what_is_added_follows_the_last_frame_of_the_device() {
    let scratch = Scratch::new();
    let path = scratch.path("frames");
    assert_eq!([1, 1, 2, 1, 2].map(|seed| add(&path, seed, SOON).unwrap()), [0, 1, 0, 2, 1]);
    let frames = read(&path);
    assert!(frames[1].frame().summary().follows(frames[0].frame().summary()));
    assert!(frames[3].frame().summary().follows(frames[1].frame().summary()));
    assert!(frames[4].frame().summary().follows(frames[2].frame().summary()));
    assert_eq!(scratch.files(), ["frames"]);

    // As other programs leave it: in another order, with marks, without the last end of a line.
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let carried = format!("\u{feff}{}\r\n\r\n{}\n{}\n{}", lines[0], lines[4], lines[0], lines[2]);
    fs::write(&path, carried).unwrap();
    assert_eq!(add(&path, 1, SOON).unwrap(), 3);
    assert!(read(&path)[2].frame().summary().follows(frames[3].frame().summary()));
    // Nothing is added by whoever gives up.
    let before = fs::read(&path).unwrap();
    drop(FramesWriter::append(&path, device(1).public(), SOON).unwrap());
    assert_eq!((fs::read(&path).unwrap(), scratch.files()), (before, vec!["frames".to_owned()]));
}

#[test]
fn nothing_is_added_to_what_is_no_file_of_frames_or_was_altered() {
    let scratch = Scratch::new();
    let path = scratch.path("frames");
    for content in
        ["", "\n", "mine", "{\"format\":\"zksensor-readings/v2\"}\n", "{\"format\":\"zksensor-frames/v2\"}\n"]
    {
        fs::write(&path, content).unwrap();
        refused(&path);
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    add(&path, 1, SOON).unwrap();
    add(&path, 1, SOON).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for (from, to, wanted) in [
        // What would be followed was never signed.
        ("\"sequence\":\"1\"", "\"sequence\":\"8\"", "frame 2: "),
        ("\"sequence\":\"0\"", "\"sequence\":\"9\"", "frame 1: "),
        ("\"accuracy_mm\":", "", "expected signed frames, but line 2"),
        ("\"sequence\":\"0\",", "", "missing field `sequence`"),
    ] {
        let altered = text.replacen(from, to, 1);
        assert_ne!(altered, text);
        fs::write(&path, &altered).unwrap();
        let error = refused(&path);
        assert!(error.contains(wanted), "{from}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), altered);
    }
    fs::write(&path, &text[..text.len() - 40]).unwrap();
    assert!(refused(&path).contains("the file was cut short"));
    assert!(refused(Path::new("-")).contains("it is no regular file"));
    #[cfg(unix)]
    assert!(refused(Path::new("/dev/null")).contains("it is no regular file"));
    assert!(add(&scratch.path("missing/frames"), 1, NO_TIME).is_err());
    assert!(add(&scratch.path(""), 1, NO_TIME).is_err());
}

#[test]
fn of_two_who_add_one_waits_and_no_number_comes_twice() {
    let scratch = Scratch::new();
    let path = scratch.path("frames");
    // Both see that there is no file: one of them makes it.
    let writers = [1, 1].map(|seed| FramesWriter::append(&path, device(seed).public(), SOON).unwrap());
    let results = writers.map(|mut writer| {
        writer.push(&signed(1, 0, None)).unwrap();
        writer.finish()
    });
    assert!(results[0].is_ok());
    assert!(matches!(results[1].as_ref().unwrap_err().reason, Reason::Exists { .. }));

    let holding = FramesWriter::append(&path, device(1).public(), SOON).unwrap();
    let error = add(&path, 1, NO_TIME).unwrap_err();
    assert!(matches!(error.reason, Reason::Locked { kind: Kind::Frames, seconds: 0, .. }), "{error}");
    assert!(error.to_string().contains("expected signed frames that nobody else is changing"), "{error}");
    drop(holding);
    let patience = Duration::from_secs(60);
    let mut numbers: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| [(); 4].map(|()| add(&path, 1, patience).unwrap()))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=32));
    let frames = read(&path);
    assert_eq!(frames.len(), 33);
    for pair in frames.windows(2) {
        assert!(pair[1].frame().summary().follows(pair[0].frame().summary()));
    }
    assert_eq!(scratch.files(), ["frames"]);
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_what_it_leads_to_is_added_to() {
    let scratch = Scratch::new();
    let (link, target) = (scratch.path("link"), scratch.path("target"));
    std::os::unix::fs::symlink("target", &link).unwrap();
    add(&target, 1, SOON).unwrap();
    assert_eq!(add(&link, 1, SOON).unwrap(), 1);
    assert!(link.is_symlink() && !target.is_symlink());
    assert_eq!(read(&target).len(), 2);
}
