//! Seeds of the importers that have units, made here: nothing of anybody's vehicle or walk.

use k256::ecdsa::SigningKey;
use sha3::{Digest, Keccak256};

use super::Seed;

/// One small file of every importer, and a few hostile ones.
pub(crate) fn all() -> Vec<Seed> {
    let text = |text: &str| text.as_bytes().to_vec();
    let status = r#"{"timestamp":1767225600000,"vehicle":{"signals":[
        {"timestamp":1767225599000,"name":"vehicleSpeed","value":39},{"timestamp":1767225600000,"name":"odometer","value":12.5},
        {"timestamp":1767225600000,"name":"latitude","value":48.10000005},{"timestamp":1767225600000,"name":"longitude","value":-11.5},
        {"timestamp":1767225600000,"name":"hdop","value":1.4},{"timestamp":1767225600000,"name":"isRedacted","value":false}]}}"#;
    vec![
        ("gpx", "garmin", text(GPX)),
        ("gpx", "version_1_0", text(GPX_1_0)),
        ("gpx", "doctype", text("<!DOCTYPE gpx [<!ENTITY a 'b'>]><gpx>&a;</gpx>")),
        ("fit", "records", activity(&RECORD)),
        ("fit", "another_file_behind", [activity(&RECORD), activity(&DEVELOPER)].concat()),
        ("rtcm", "station", RTCM_1005.to_vec()),
        ("rtcm", "noise", [&[0xd3, 0, 19, 0xd3][..], &RTCM_1005, b"$GNGGA"].concat()),
        ("nmea", "fixes", log(&FIXES)),
        ("nmea", "hostile", log(&HOSTILE)),
        ("senml", "pack", text(SENML)),
        (
            "senml",
            "lines",
            text(
                "[{\"n\":\"a:no2\",\"u\":\"mg/m3\",\"v\":1,\"t\":3e8}]\n[{\"a_\":1}]\n{}\n[{\"bver\":11}]\n",
            ),
        ),
        ("senml", "cbor", SENML_CBOR.to_vec()),
        ("ndjson", "lines", text(NDJSON)),
        ("json", "uplinks", text(JSON)),
        ("json", "traccar", text(TRACCAR)),
        ("dimo", "autopi", signed(status)),
        ("dimo", "default_module", text(DEFAULT_MODULE)),
        ("dimo", "ruptela_status", text(RUPTELA)),
        ("dimo", "ruptela_locations", text(LOCATIONS)),
        ("attestation", "keccak256", vector(b"{\"timestamp\":1}", b"")),
        ("attestation", "eip191", vector(b"{}", b"\x19Ethereum Signed Message:\n2")),
    ]
}

/// A file of the FIT protocol around messages: the header with its checksum, and the one behind them.
fn activity(messages: &[u8]) -> Vec<u8> {
    let crc = crc::Crc::<u16>::new(&crc::CRC_16_ARC);
    let size = u32::try_from(messages.len()).unwrap().to_le_bytes();
    let head = [&[14, 0x20, 0x6c, 8][..], &size, b".FIT"].concat();
    let mut file = [&head[..], &crc.checksum(&head).to_le_bytes(), messages].concat();
    file.extend(crc.checksum(&file).to_le_bytes());
    file
}

/// A definition of `record` with time, place, speed and altitude, one of them, and one with the low bits of its time.
const RECORD: [u8; 56] = [
    0x40, 0, 0, 20, 0, 5, 253, 4, 0x86, 0, 4, 0x85, 1, 4, 0x85, 6, 2, 0x84, 2, 2, 0x84, // what follows
    0x00, 0x1c, 0xca, 0xb5, 0x43, 0x27, 0x5f, 0x34, 0x22, 0xd8, 0xaf, 0xd2, 0xf7, 0xe8, 0x03, 0x7d,
    0x15, //
    0x83, 0x1c, 0xca, 0xb5, 0x43, 0x27, 0x5f, 0x34, 0x22, 0xd8, 0xaf, 0xd2, 0xf7, 0xe8, 0x03, 0x7d, 0x15,
    0x00,
];

/// A definition in the other order of bytes, with a field of a developer.
const DEVELOPER: [u8; 28] = [
    0x61, 0, 1, 0, 20, 2, 0, 4, 0x85, 1, 4, 0x85, 1, 0, 2, 0, // and one
    0x01, 0x22, 0x34, 0x5f, 0x27, 0xf7, 0xd2, 0xaf, 0xd8, 0x00, 0x07, 0x40,
];

/// A message 1005 that was published.
const RTCM_1005: [u8; 25] = [
    0xd3, 0x00, 0x13, 0x3e, 0xd7, 0xd3, 0x02, 0x02, 0x98, 0x0e, 0xde, 0xef, 0x34, 0xb4, 0xbd, 0x62, 0xac,
    0x09, 0x41, 0x98, 0x6f, 0x33, 0x36, 0x0b, 0x98,
];

/// A pack in CBOR: name, time, unit and value by their labels, in integers, a decimal fraction and a float.
const SENML_CBOR: &[u8] = b"\x83\xa5\x21\x62a:\x22\x1a\x69\x55\xd0\x1c\x00\x63no2\x01\x65ug/m3\x02\xc4\x82\x20\x18\x2a\
    \xa3\x00\x61p\x01\x63lat\x02\xfa\x42\x40\x66\x66\xa3\x00\x61p\x01\x63lon\x02\xfb\xc0\x27\x00\x00\x00\x00\x00\x00";

const GPX: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
<metadata><name>a &amp; b &#65;</name></metadata><trk><trkseg>
<trkpt lat="48.1000000499999999999999999999999999999999999999" lon="-11.5"><ele>519.25000000000000001</ele>
<time>2026-01-01T00:00:00.5Z</time><hdop>1.2</hdop><sat>9</sat><!-- comment -->
<extensions><x:TrackPointExtension><x:hr>74</x:hr><x:speed>1.5</x:speed></x:TrackPointExtension></extensions></trkpt>
<trkpt lat="91" lon="0"/><trkpt lon="1"><time>t</time><time>t</time></trkpt></trkseg></trk></gpx>
"#;

const GPX_1_0: &str = "<gpx version='1.0'><trk><trkseg><trkpt lat='-48' lon='180'><speed><![CDATA[0.25]]></speed>\
                       <time>2026-01-01T00:00:00Z</time></trkpt></trkseg></trk></gpx>";

/// Sentences without `$` and checksum.
const FIXES: [&str; 8] = [
    "GNZDA,000000.00,01,01,2026,00,00",
    "GNRMC,000000.00,A,4806.00000,N,01130.00000,E,1.250,,010126,,,D,V",
    "GNGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83,1",
    "GNGGA,000000.00,4806.00000,N,01130.00000,E,2,12,0.54,519.2,M,47.5,M,,0000",
    "GPGGA,000001,4806.0000012345,S,01130.5,W,1,08,99.99,-1,M,,M,,",
    "GPRMC,000001,A,4806.0,S,01130.5,W,0,0,010126,,",
    "GLZDA,000002.000,01,01,2026,00,00",
    "GLGGA,000002,4806.0,S,01130.5,W,6,08,9,-1,M,,M,,",
];

const HOSTILE: [&str; 7] = [
    "GNRMC,000002.00,V,,,,,,,010126,,,N,V",
    "GNGGA,000002.00,,,,,0,00,99.99,,M,,M,,",
    "GNGGA,235959.9999,9000.0,N,18000.0,E,1,12,0.0,0,M,0,M,,",
    "GNRMC,235959.9999,A,9000.0,N,18000.0,E,999999,,311282,,",
    "GNRMC,246060.00,A,9060.0,N,18060.0,E,1,,320126,,",
    "GNZDA,,,,,,",
    "PUBX,00,1",
];

fn log(sentences: &[&str]) -> Vec<u8> {
    let line = |text: &&str| format!("${text}*{:02X}\r\n", text.bytes().fold(0, |sum, byte| sum ^ byte));
    let mut log: String = sentences.iter().map(line).collect();
    log += "$GNRMC,bad*00\r\n\r\nno sentence\n12:00 $$GNRMC,cut$GPGSV,1*48\r\\c:1*00\\$PUBX,00*33\n\x01\x02\n\x1a";
    log.into_bytes()
}

const SENML: &str = r#"[
 {"bn":"urn:dev:ow:10e2073a01080063:","bt":1.767225600e+09,"bu":"Cel","bver":10,"n":"temperature","v":21.25},
 {"n":"pos","u":"lat","v":48.10000005},{"n":"pos","u":"lon","v":-11.5},{"n":"accuracy","u":"cm","v":250.1},
 {"n":"label","vs":"a\u0062"},{"n":"sum","s":3},{"n":"temperature","t":-1.5,"bv":-20,"v":20.5,"ut":60},
 {"t":-1.5,"n":"pos","u":"lat","v":28},{"t":-1.5,"n":"pos","u":"lon","v":40},
 {"bn":"urn:dev:ow:10e2073a01080063/","n":"no2","u":"mg/m3","v":0.04}]
"#;

const NDJSON: &str = "\u{feff}{\"time\":\"2026-01-01T00:00:00.25Z\",\"latitude\":48.10000005,\"longitude\":-1.15e1,\
    \"accuracy_m\":2.5001,\"speed\":13.9,\"odometer\":null,\"payload\":{\"a\":[1,\"\\u0062\"]}}\n\
    {\"time\":1767225600000,\"latitude\":0,\"longitude\":0,\"sequence\":7,\"value\":-5,\"value3\":1}\n\n\
    {\"time\":0,\"time\":1}\n{\"spede\":1}\nnull\n";

/// The mapping, and what it is of.
const JSON: &str = "time=time,latitude=object.p.lat,longitude=object.p.lon,accuracy_m=rxInfo.0.acc,sequence=fCnt,speed:km/h=object.v\n\
    {\"time\":\"2026-01-01T02:15:00.25+00:00\",\"fCnt\":7,\"rxInfo\":[{\"acc\":2.5}],\"object\":{\"p\":{\"lat\":48.10000005,\"lon\":-1.15e1},\
    \"v\":\"50\"}}\n{\"time\":1767225600,\"object\":{\"p\":[]}}\n7\n{\"time\":0,\"time\":1}\n";

const TRACCAR: &str = "time_s=t,lat=y,lon=x\n[{\"t\":1767233700,\"y\":1,\"x\":2},{\"t\":1767233701.5,\"y\":\"1\",\"x\":2},null]\n[";

const DEFAULT_MODULE: &str = r#"{"data":{"signals":[
 {"name":"currentLocationLatitude","value":48.1,"timestamp":"2026-01-01T02:15:00.250Z"},
 {"name":"currentLocationLongitude","value":11.5,"timestamp":"2026-01-01T02:15:00.250Z"},
 {"name":"speed","value":36,"timestamp":"2026-01-01T02:14:59Z"},{"name":"dimoAftermarketHDOP","value":1.4,"timestamp":1767233640000}]}}"#;

const RUPTELA: &str = r#"{"ds":"r/v0/s","time":"2026-01-01T00:00:00Z","signature":"0x00","data":
 {"pos":{"alt":5192,"dir":100,"hdop":6,"lat":481000000,"lon":-115000000,"sat":20,"spd":65535},
 "signals":{"210":"1F3F","95":"FF","645":"FFFFFFFF","114":"F4240","207":"64","722":"FF","197":"1F21","94":"0"}}}"#;

const LOCATIONS: &str = r#"{"ds":"r/v0/loc","data":{"location":[{"ts":1767225600,"lat":481000000,"lon":-115000000,"spd":50,"hdop":255},
 {"ts":"2026-01-01T00:00:01Z","lat":-2147483648,"lon":0},{"ts":1.5,"lat":9e8,"lon":"x"},null]}}"#;

/// r, s and v of a key that everybody knows.
fn signature(digest: &[u8]) -> Vec<u8> {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let (numbers, id) = key.sign_prehash_recoverable(digest).unwrap();
    [numbers.to_bytes().as_slice(), &[27 + id.to_byte()]].concat()
}

fn vector(data: &[u8], prefix: &[u8]) -> Vec<u8> {
    [signature(&Keccak256::digest([prefix, data].concat())), data.to_vec()].concat()
}

fn signed(data: &str) -> Vec<u8> {
    let signature = zksensor::model::hex::encode(&signature(&Keccak256::digest(data)));
    format!("{{\"type\":\"dimo.status\",\"signature\":\"{signature}\",\n\"data\": {data}}}\n").into_bytes()
}
