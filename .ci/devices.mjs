// Gives the device of docs/devices.md the published vectors: `node devices.mjs DEVICE VECTORS`. What it signs has to be what is published,
// byte by byte.
import { readFileSync } from "node:fs";

const [device, vectors] = process.argv.slice(2);
const { sign } = await import(device);
const read = (name) => JSON.parse(readFileSync(`${vectors}/${name}.json`, "utf8"));

const seeds = new Map(read("device_keys").good.map(({ label, seed }) => [label, Buffer.from(seed.slice(2), "hex")]));

/** The reading in published bytes, by the table of vectors/README.md. */
function fields(binary) {
  const bytes = Buffer.from(binary.slice(2), "hex");
  let at = 0;
  const next = (length) => BigInt("0x" + bytes.subarray(at, (at += length)).toString("hex"));
  const reading = { version: next(1), network: next(31), schema: next(4), sequence: next(8), time_unix_ms: next(6) };
  for (const axis of ["latitude_e7", "longitude_e7"]) reading[axis] = next(4) - (1n << 31n);
  reading.accuracy_mm = next(4);
  for (const channel of [0, 1, 2, 3]) reading[`channel_${channel}`] = next(8) - (1n << 63n);
  reading.payload_hash = next(31);
  return reading;
}

let signed = 0;
for (const wanted of read("signed_readings").good) {
  const ours = "0x" + sign(seeds.get(wanted.device), fields(wanted.binary)).toString("hex");
  if (ours !== wanted.binary) throw new Error(`${wanted.about}: expected ${wanted.binary}, got ${ours}`);
  signed += 1;
}
let refused = 0;
for (const { field, fault, fields } of read("message").bad) {
  if (fault !== "range") continue;
  const broken = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, BigInt(text)]));
  try {
    sign(seeds.values().next().value, broken);
  } catch (error) {
    if (!error.message.includes(field)) throw error;
    refused += 1;
    continue;
  }
  throw new Error(`expected ${field} out of its range to be refused, it was signed`);
}
if (signed === 0 || refused === 0) throw new Error("expected cases of both kinds");
console.log(`DEVICES ${JSON.stringify({ signed, refused })}`);
