// The package as who depends on it has it: by its name, on files of the command.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import init, * as zksensor from "zksensor";

const file = (name) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const text = (name) => Buffer.from(file(name)).toString();
const released = (name) => readFileSync(new URL(`../../../examples/verify_only/${name}`, import.meta.url));
const key = file("keys/aggregate-v2-8x8x3.INSECURE.vk");
const proof = JSON.parse(text("aggregate.json"));
// As text: what a file says goes through unread.
const reading = (device = 1) => text(`readings${device}.ndjson`).split("\n")[1];
const unsigned = (signed) => signed.slice('{"reading":'.length, signed.indexOf(',"key":'));
const request = () => ({
  policy: text("reading.toml"),
  fence: text("fence.geojson"),
  epoch: 2,
  device: file("device1.json"),
  membership: text("membership.json"),
  readings: [reading()],
});

await init();

test("a proof file verifies under its key, and shows its fields by name", () => {
  const shown = zksensor.verify(key, text("aggregate.json"));
  assert.equal(shown.family, "aggregate");
  assert.equal(shown.statement, "aggregate/v2/8x8x3");
  assert.equal(shown.insecure, true);
  assert.equal(shown.key_id, proof.key_id);
  assert.deepEqual(shown.fields, proof.fields);
  // 21.1 to 21.5 degrees, in hundredths.
  assert.deepEqual([shown.fields.count, shown.fields.sum], [5, "10650"]);
  // Every form of a key and a document.
  const hex = "0x" + Buffer.from(key).toString("hex");
  for (const form of [key, key.buffer, hex, `${hex}\n`]) {
    for (const document of [proof, text("aggregate.json"), file("aggregate.json")]) {
      assert.deepEqual(zksensor.verify(form, document), shown);
    }
  }
  assert.equal(zksensor.verify(released("verifying.key"), released("proof.json")).fields.epoch, 2);
});

test("a bare proof verifies for typed inputs, and for no others", () => {
  const shown = zksensor.verifyInputs(key, proof.proof, proof.fields);
  assert.deepEqual(shown, zksensor.verify(key, proof));
  for (const [name, value] of Object.entries(proof.fields)) {
    const other = typeof value === "number" ? (value + 1) % 8 : value.replace(/.$/, (digit) => (digit === "1" ? "2" : "1"));
    const inputs = { ...proof.fields, [name]: other };
    assert.throws(() => zksensor.verifyInputs(key, proof.proof, inputs), Error, name);
    delete inputs[name];
    assert.throws(() => zksensor.verifyInputs(key, proof.proof, inputs), { message: new RegExp(`missing field \`${name}\``) });
  }
  assert.throws(() => zksensor.verifyInputs(key, proof.proof, { ...proof.fields, mean: 1 }), { message: /no public field `mean`/ });
  assert.throws(() => zksensor.verifyInputs(key, proof.proof, { ...proof.fields, count: 3 }), {
    message: /does not show this statement for these public inputs/,
  });
});

test("what is false is refused, in the words of the library", () => {
  assert.throws(() => zksensor.verify(released("verifying.key"), proof), { message: /key is for reading\/v2/ });
  assert.throws(() => zksensor.verify(key, { ...proof, fields: { ...proof.fields, count: 3 } }), { message: /field `count`/ });
  assert.throws(() => zksensor.verify(key, { ...proof, proof: "0x" + "0".repeat(512) }), { message: /point at infinity/ });
  const altered = key.slice();
  altered[100] ^= 1;
  assert.throws(() => zksensor.verify(altered, proof), { message: /digest at the end of the key/ });
});

test("a file is inspected without being believed", () => {
  const shown = zksensor.inspect(text("aggregate.json"));
  assert.deepEqual([shown.kind, shown.proof, shown.fields], ["proof", proof.proof, proof.fields]);
  assert.deepEqual(zksensor.inspect(key), {
    kind: "verifying key",
    family: "aggregate",
    statement: "aggregate/v2/8x8x3",
    key_id: proof.key_id,
    insecure: true,
    public_inputs: 4,
  });
});

test("a device signs what the command signs", () => {
  const signed = reading();
  assert.equal(zksensor.sign(file("device1.json"), unsigned(signed)), signed);
  assert.equal(zksensor.publicKey(file("device1.json")), JSON.parse(signed).key);
  const seed = JSON.parse(text("device1.json")).seed.slice(2);
  assert.equal(zksensor.sign(Uint8Array.from(Buffer.from(seed, "hex")), unsigned(signed)), signed);
  const bytes = zksensor.encodeReading(signed);
  assert.equal(bytes.length, 221);
  assert.equal(zksensor.decodeReading(bytes), signed);
  bytes[20] ^= 1;
  assert.throws(() => zksensor.decodeReading(bytes), Error);
  const moved = signed.replace(/"latitude_e7":(\d+)/, (_, latitude) => `"latitude_e7":${Number(latitude) + 1}`);
  assert.notEqual(moved, signed);
  assert.throws(() => zksensor.encodeReading(moved), { message: /signature/ });
});

test("a reading is proven, and the command verifies the proof", () => {
  const prover = new zksensor.ReadingProver(file("keys/reading-v2.INSECURE.pk"));
  const stranger = reading(2);
  const proven = prover.prove({ ...request(), readings: [stranger, reading()] });
  assert.match(proven.refusals[0], /C3: reading 1 was not signed by this device/);
  assert.equal(proven.reading, reading());
  assert.match(proven.salt, /^0x00[0-9a-f]{62}$/);
  const vk = file("keys/reading-v2.INSECURE.vk");
  const shown = zksensor.verify(vk, proven.proof);
  assert.equal(shown.family, "reading");
  assert.equal(shown.key_id, prover.keyId);
  assert.equal(shown.fields.epoch, 2);
  // Another proof hides with another salt, and the nullifier is the same.
  const again = zksensor.verify(vk, prover.prove(request()).proof);
  assert.notEqual(again.fields.commitment, shown.fields.commitment);
  assert.equal(again.fields.nullifier, shown.fields.nullifier);
  const bound = { chain_id: 137, contract: "0x" + "11".repeat(20), recipient: "0x" + "22".repeat(20) };
  assert.notEqual(zksensor.verify(vk, prover.prove({ ...request(), binding: bound }).proof).fields.binding, shown.fields.binding);
  if (process.env.ZKSENSOR !== undefined) {
    writeFileSync(new URL("fixtures/proven.json", import.meta.url), proven.proof);
    const line = ["verify", "--key", "keys/reading-v2.INSECURE.vk", "--proof", "proven.json"];
    const { status, stderr } = spawnSync(process.env.ZKSENSOR, line, { cwd: new URL("fixtures", import.meta.url) });
    assert.equal(status, 0, String(stderr));
  }
  // What the policy refuses is not proven.
  for (const [change, message] of [
    [{ epoch: 3 }, /C6/],
    [{ readings: [] }, /got none/],
    [{ readings: [stranger] }, /the first was refused by C3/],
    [{ epoch: -1 }, /`epoch` as an integer from 0 to 4294967295, got -1/],
    [{ epoch: 1.5 }, /got 1.5/],
    [{ fence: "POLYGON" }, /./],
    [{ device: file("leaf1.json") }, /device/],
    [{ binding: { ...bound, contract: "0x11" } }, /`contract`: expected `0x` and 40 hexadecimal digits/],
    [{ policy: text("aggregate.toml") }, /C1/],
  ]) {
    assert.throws(() => prover.prove({ ...request(), ...change }), { message }, JSON.stringify(change));
  }
  assert.throws(() => new zksensor.ReadingProver(file("keys/aggregate-v2-8x8x3.INSECURE.pk")), {
    message: /key was made for aggregate\/v2\/8x8x3|key is for aggregate\/v2\/8x8x3/,
  });
  prover.free();
  assert.throws(() => prover.prove(request()), Error);
});

test("an integer that JavaScript may have rounded is not signed", () => {
  const device = file("device1.json");
  const good = JSON.parse(unsigned(reading()));
  const refused = (change, message) => {
    assert.throws(() => zksensor.sign(device, { ...good, ...change }), { message }, String(message));
  };
  const exact = [2 ** 53 - 1, 1 - 2 ** 53, -0, 0, 7n, -7n, 2n ** 63n - 1n, "1767225600123456789", "-1767225600123456789"];
  const rounded = [1767225600123456789, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 1e300];
  const places = [0, 1, 2, 3].map((at) => [`channels\\[${at}\\]`, (value) => ({ channels: good.channels.with(at, value) })]);
  places.push(["sequence", (value) => ({ sequence: value })]);
  for (const [place, change] of places) {
    for (const value of exact) {
      if (place === "sequence" && (value < 0 || String(value)[0] === "-")) continue;
      const signed = JSON.parse(zksensor.sign(device, { ...good, ...change(value) })).reading;
      const came = place === "sequence" ? signed.sequence : signed.channels[Number(place.match(/\d/)[0])];
      assert.equal(came, String(value), `${place} ${value}`);
    }
    for (const value of rounded) {
      refused(change(value), Math.abs(value) < 2 ** 63 && (value > 0 || place !== "sequence") ? new RegExp(`\`${place}\` as decimal text`) : /./);
      // Its text was a number, too.
      assert.throws(() => zksensor.sign(device, JSON.stringify({ ...good, ...change(value) })), Error, `${place} ${value}`);
    }
    const where = place.replace("\\[", "\\.").replace("\\]", "");
    for (const value of [NaN, Infinity, -Infinity, undefined, () => 1, Symbol("s"), new Date(NaN), { toJSON() {} }, { toJSON: () => null }, 2n ** 200n]) {
      refused(change(value), new RegExp(`got .* at ${where}$`));
    }
    for (const value of [new Number(NaN), new Date(0), {}, [], true, new Map(), 1.5, 2n ** 64n]) refused(change(value), /./);
  }
  assert.equal(JSON.parse(zksensor.sign(device, { ...good, channels: [null, null, 1, 2] })).reading.channels[0], null);
  refused({ channels: [undefined, NaN, 1, 2] }, /got undefined at channels.0/);
  refused({ channels: [, 1, 2, 3] }, /got undefined at channels.0/);
  refused({ channels: Object.assign([], { length: 4 }) }, /got undefined/);
  refused({ payload_hash: undefined }, /got undefined at payload_hash/);
  refused({ more: NaN }, /got NaN at more/);
  const circle = [];
  circle.push(circle, circle);
  refused({ channels: circle }, /objects in each other/);
  // What JSON leaves out of an object is left out.
  const hidden = Object.defineProperty({ ...good, [Symbol("s")]: 1 }, "hidden", { value: NaN, enumerable: false });
  assert.equal(zksensor.sign(device, hidden), zksensor.sign(device, good));
  class Reading {
    constructor() {
      Object.assign(this, good);
    }
    toJSON() {
      return { ...good };
    }
  }
  assert.equal(zksensor.sign(device, new Reading()), zksensor.sign(device, good));
});

test("no secret is in an error, wherever it is passed", () => {
  const device = text("device1.json");
  const { seed, identity_secret: identity } = JSON.parse(device);
  const secrets = [
    device, file("device1.json"), JSON.parse(device), `[${device}]`, [JSON.parse(device)], `{"device":${device}}`, { device: JSON.parse(device) },
    device.replace(/"format":[^,]*,/, ""), `\ufeff \n${device}`, seed, seed.slice(2), JSON.stringify(seed), { [seed]: 1 }, `seed = "${seed}"`,
    `[statement]\nfamily = "${seed}"`, `"${seed}`, { seed: [seed] }, { network: seed }, { ...JSON.parse(unsigned(reading())), network: seed },
    { ...JSON.parse(unsigned(reading())), channels: [seed, 1, 2, 3] }, { ...JSON.parse(unsigned(reading())), schema: seed }, { ...proof, proof: seed },
    { ...proof, [seed]: seed }, { ...proof.fields, [seed]: 1 }, { ...proof.fields, sum: seed }, `{"type":"${seed}"}`, `POLYGON((${seed}`,
    text("reading.toml").replace(/"0x1.*"/, `"${seed}"`), text("reading.toml").replace('"air_quality"', `"${seed}"`),
    text("reading.toml").replace('"reading"', `"${seed}"`), text("reading.toml").replace("length_s", `"${seed}"`), text("fence.geojson").replace("Polygon", seed),
    { [seed]: NaN }, "x".repeat(1 << 20), { ["x".repeat(1 << 20)]: 1 },
  ];
  const prover = new zksensor.ReadingProver(file("keys/reading-v2.INSECURE.pk"));
  const key32 = file("device1.json");
  const calls = {
    key: (secret) => zksensor.verify(secret, proof),
    proof: (secret) => zksensor.verify(key, secret),
    bare: (secret) => zksensor.verifyInputs(key, secret, proof.fields),
    inputs: (secret) => zksensor.verifyInputs(key, proof.proof, secret),
    inspect: (secret) => zksensor.inspect(secret),
    sign: (secret) => zksensor.sign(key32, secret),
    encode: (secret) => zksensor.encodeReading(secret),
    decode: (secret) => zksensor.decodeReading(secret),
    pk: (secret) => new zksensor.ReadingProver(secret),
    readings: (secret) => prover.prove({ ...request(), readings: [secret] }),
    binding: (secret) => prover.prove({ ...request(), binding: { chain_id: 1, contract: secret, recipient: secret } }),
  };
  for (const member of ["policy", "fence", "epoch", "membership"]) {
    calls[member] = (secret) => prover.prove({ ...request(), [member]: secret });
  }
  let thrown = 0;
  for (const [name, call] of Object.entries(calls)) {
    for (const [at, secret] of secrets.entries()) {
      const of = `${name}, secret ${at}`;
      try {
        call(secret);
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), of);
        for (const part of [seed, identity]) assert.ok(!error.message.includes(part.slice(4, 20)), of);
        assert.ok(error.message.length < 500, `${of}: ${error.message.length}`);
        thrown += 1;
        continue;
      }
      assert.ok(["policy", "fence"].includes(name) && /^\[network|^\{"type":"Polygon"/.test(secret), `${of} was taken`);
    }
  }
  assert.ok(thrown > 400);
  for (const member of ["policy", "fence", "membership"]) {
    const message = new RegExp(`expected .*${member}.*, got a device key: it is secret`);
    assert.throws(() => prover.prove({ ...request(), [member]: device }), { message });
  }
  assert.throws(() => prover.prove({ ...request(), readings: [device] }), { message: /expected a signed reading, got a device key/ });
});

test("junk of every type is an Error that says what was wanted, and nothing breaks", () => {
  const circle = {};
  circle.self = circle;
  const thrower = new Proxy({}, {
    get() {
      throw new Error("mine");
    },
    ownKeys() {
      throw new Error("mine");
    },
  });
  const junk = [
    undefined, null, true, 0, -1, NaN, Infinity, 1e300, 12345678901234567890n, "", "0x", "0xzz", "{", "[]", "null", "\u0000", "\ud800",
    "x".repeat(1 << 20), [], [1], {}, { a: 1n }, circle, thrower, Symbol("s"), () => 1, new Date(), new Map(), /x/, new Uint8Array(),
    new Uint8Array(31), new Uint8Array(33).fill(255), new Uint8Array(1 << 20), new Uint16Array(32), new Float64Array(4), new DataView(new ArrayBuffer(8)),
    new ArrayBuffer(0), new ArrayBuffer(256), Buffer.from("{}"), Promise.resolve(1), new String("x"), Object.create(null), new Uint8Array((16 << 20) + 1),
    "[".repeat(100_000), '{"a":'.repeat(50_000),
  ];
  const good = {
    verify: [key, proof],
    verifyInputs: [key, proof.proof, proof.fields],
    inspect: [key],
    publicKey: [file("device1.json")],
    sign: [file("device1.json"), unsigned(reading())],
    encodeReading: [reading()],
    decodeReading: [zksensor.encodeReading(reading())],
  };
  let thrown = 0;
  const refuses = (call, what) => {
    try {
      call();
    } catch (error) {
      assert.ok(error instanceof Error, what);
      assert.ok(!(error instanceof WebAssembly.RuntimeError), `${what}: ${error}`);
      assert.notEqual(error.message, "mine");
      assert.match(error.message, /\S{3}/, what);
      assert.ok(error.message.length < 1000, `${what}: ${error.message.length} characters`);
      thrown += 1;
      return;
    }
    assert.fail(`${what} was taken`);
  };
  for (const [name, values] of Object.entries(good)) {
    for (let at = 0; at < values.length; at += 1) {
      for (const [index, value] of junk.entries()) {
        refuses(() => zksensor[name](...values.with(at, value)), `${name}, argument ${at}, junk ${index}`);
      }
    }
    refuses(() => zksensor[name](), `${name} of nothing`);
    assert.doesNotThrow(() => zksensor[name](...values), name);
  }
  for (const [index, value] of junk.entries()) {
    refuses(() => new zksensor.ReadingProver(value), `a prover of junk ${index}`);
  }
  const prover = new zksensor.ReadingProver(file("keys/reading-v2.INSECURE.pk"));
  for (const [index, value] of junk.entries()) {
    refuses(() => prover.prove(value), `a request that is junk ${index}`);
    for (const member of ["policy", "fence", "epoch", "device", "membership", "readings"]) {
      if (member === "epoch" && value === 0) continue;
      refuses(() => prover.prove({ ...request(), [member]: value }), `${member} that is junk ${index}`);
    }
    refuses(() => prover.prove({ ...request(), readings: [value] }), `a reading that is junk ${index}`);
    if (value !== undefined && value !== null) {
      refuses(() => prover.prove({ ...request(), binding: value }), `a binding that is junk ${index}`);
    }
  }
  assert.ok(thrown > 500);
  assert.equal(zksensor.verify(key, proof).fields.count, 5);
});
