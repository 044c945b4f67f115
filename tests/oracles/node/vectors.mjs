// Replays vectors/*.json with circomlibjs and Node's SHA3, from the files alone: how many cases agree.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildEddsa, buildPoseidon } from "circomlibjs";
import { serve } from "./lines.mjs";

const eddsa = await buildEddsa();
const poseidon = await buildPoseidon();
const { F, babyJub } = eddsa;
const R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
const L = babyJub.subOrder;

const hex = (integer) => "0x" + integer.toString(16).padStart(64, "0");
const show = (element) => hex(F.toObject(element));
const bytes = (text) => Buffer.from(text.slice(2), "hex");
const little = (buffer) => BigInt("0x" + Buffer.from(buffer).reverse().toString("hex"));
const fail = (what, of) => {
  throw new Error(`${what}: ${JSON.stringify(of)}`);
};
const same = (ours, theirs, of) => {
  if (ours !== theirs) fail(`${theirs} is published, ${ours} is computed`, of);
};

/** An element, or an error. */
function element(text) {
  if (typeof text !== "string" || !/^0x[0-9a-f]{64}$/.test(text)) fail("no element", text);
  const value = BigInt(text);
  if (value >= R) fail("not below r", text);
  return value;
}

/** A part of a lane in its bits, or an error. */
function encode({ bits, offset }, text) {
  if (bits === null) return element(text);
  if (bits <= 128 && (typeof text !== "string" || !/^(0|-?[1-9][0-9]*)$/.test(text))) fail("no integer", text);
  const stored = (bits > 128 ? element(text) : BigInt(text)) + (offset === null ? 0n : 1n << BigInt(offset));
  if (stored < 0n || stored >> BigInt(bits) !== 0n) fail("out of range", text);
  return stored;
}

const pack = (fields) => (lane) =>
  lane.parts.reduce((sum, part) => (sum << BigInt(part.bits ?? 0)) + encode(part, fields[part.name]), 0n);

/** Poseidon with a tag, as an integer. */
const hash = (tag, lanes) => F.toObject(poseidon(lanes.map((lane) => F.e(lane)), F.e(BigInt(tag))));

const sha3 = (...parts) => {
  const hasher = createHash("sha3-512");
  parts.forEach((part) => hasher.update(part));
  return hasher.digest();
};

const point = ({ x, y }) => [F.e(element(x)), F.e(element(y))];
const times = (scalar) => babyJub.mulPointEscalar(babyJub.Base8, scalar);
const isIdentity = ([x, y]) => F.isZero(x) && F.eq(y, F.one);

/** circomlib's rule, by its definition. */
function verifies({ message, key, r, s }, challenge) {
  const [a, nonce, response] = [point(key), point(r), BigInt(s)];
  if (response >= L || !babyJub.inCurve(a) || !babyJub.inCurve(nonce)) return false;
  const a8 = babyJub.mulPointEscalar(a, 8n);
  if (isIdentity(a8)) return false;
  const h = hash(challenge.tag, [...nonce, ...a].map((c) => F.toObject(c)).concat(element(message)));
  const right = babyJub.addPoint(nonce, babyJub.mulPointEscalar(a8, h));
  const left = times(response);
  const holds = F.eq(left[0], right[0]) && F.eq(left[1], right[1]);
  // circomlibjs does not look whether points are on the curve.
  same(eddsa.verifyPoseidon(F.e(element(message)), { R8: nonce, S: response }, a), holds, message);
  return holds;
}

/** Whether an element is a square, by Euler. The library looks for a root until there is one. */
function isSquare(value) {
  let [base, result] = [F.toObject(value), 1n];
  for (let exponent = (R - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % R;
    base = (base * base) % R;
  }
  return result !== R - 1n;
}

/** The point of the curve in 32 bytes. */
function unpack(text) {
  if (!/^0x[0-9a-f]{64}$/.test(text)) fail("not 32 bytes", text);
  const buffer = bytes(text);
  const sign = buffer[31] >> 7;
  buffer[31] &= 0x7f;
  const y = little(buffer);
  if (y >= R) fail("y is not canonical", text);
  const [Y, one] = [F.e(y), F.one];
  const y2 = F.square(Y);
  const x2 = F.div(F.sub(one, y2), F.sub(babyJub.A, F.mul(babyJub.D, y2)));
  if (!isSquare(x2)) fail("no point has this y", text);
  let x = F.sqrt(x2);
  if (F.toObject(x) > (R - 1n) / 2n) x = F.neg(x);
  if (sign) {
    if (F.isZero(x)) fail("0 has no sign", text);
    x = F.neg(x);
  }
  return [x, Y];
}

/** The key in 32 bytes: of prime order. */
function unpackKey(text) {
  const key = unpack(text);
  if (isIdentity(key) || !isIdentity(babyJub.mulPointEscalar(key, L))) fail("not of prime order", text);
  return key;
}

/** Whether `check` throws. */
const refuses = (check) => {
  try {
    check();
    return false;
  } catch {
    return true;
  }
};

const checks = {
  hashes(read) {
    const tables = read("preimages");
    const packed = tables.packed.map((lane) => ({ name: lane.name, lanes: [lane] }));
    let count = 0;
    for (const { name, tag, domain, lanes } of [...tables.preimages, ...packed]) {
      if (tag !== undefined) same(hex(BigInt("0x0" + Buffer.from(domain).toString("hex"))), tag, name);
      const { good, bad } = read(name);
      for (const wanted of good) {
        const found = lanes.map(pack(wanted.fields));
        same(JSON.stringify(found.map(hex)), JSON.stringify(wanted.lanes), wanted);
        if (tag !== undefined) same(hex(hash(tag, found)), wanted.hash, wanted);
      }
      // What is wrong by its meaning is for whoever knows the meaning.
      const syntactic = bad.filter(({ fault }) => fault !== "meaning");
      for (const wrong of syntactic) {
        if (!refuses(() => lanes.map(pack(wrong.fields)))) fail("not refused", wrong);
      }
      count += good.length + syntactic.length;
    }
    return count;
  },

  keys(read) {
    const { good, bad } = read("device_keys");
    for (const wanted of good) {
      const seed = bytes(wanted.seed);
      const scalar = little(sha3("zksensor/eddsa/scalar/v1", seed)) % L;
      same(hex(scalar), wanted.scalar, wanted);
      same("0x" + sha3("zksensor/eddsa/prefix/v1", seed).toString("hex"), wanted.prefix, wanted);
      const key = times(scalar);
      same(show(key[0]), wanted.key_x, wanted);
      same(show(key[1]), wanted.key_y, wanted);
      same("0x" + Buffer.from(babyJub.packPoint(key)).toString("hex"), wanted.packed, wanted);
      same(show(unpackKey(wanted.packed)[0]), wanted.key_x, wanted);
    }
    for (const wrong of bad) if (!refuses(() => unpackKey(wrong.packed))) fail("not refused", wrong);
    return good.length + bad.length;
  },

  signatures(read) {
    const devices = new Map(read("device_keys").good.map((device) => [device.label, device]));
    const challenge = read("preimages").preimages.find(({ name }) => name === "challenge");
    const { good, bad } = read("signatures");
    for (const wanted of good) {
      if (!verifies(wanted, challenge)) fail("refused", wanted);
      const s = Buffer.from(wanted.s.slice(2), "hex").reverse();
      const packed = Buffer.concat([babyJub.packPoint(point(wanted.r)), s]);
      same("0x" + packed.toString("hex"), wanted.encoded, wanted);
      if (!wanted.key_of_prime_order) continue;
      const { scalar, prefix, packed: key } = devices.get(wanted.device);
      const nonce = little(sha3("zksensor/eddsa/nonce/v1", bytes(prefix), bytes(key), bytes(wanted.message))) % L;
      same(hex(nonce), wanted.nonce, wanted);
      same(show(times(nonce)[0]), wanted.r.x, wanted);
      const response = (nonce + 8n * BigInt(wanted.challenge) * BigInt(scalar)) % L;
      same(hex(response), wanted.s, wanted);
    }
    for (const wrong of bad) if (verifies(wrong, challenge)) fail("not refused", wrong);
    return good.length + bad.length;
  },

  paths(read) {
    const { preimages } = read("preimages");
    const tag = { registry: "node", fence: "fence_node" };
    const levels = { registry: 7, fence: 4 };
    const root = ({ tree, leaf, position, siblings }) => {
      if (siblings.length !== levels[tree]) fail("another number of levels", tree);
      if (position >= 8 ** levels[tree]) fail("beyond the tree", position);
      const table = preimages.find(({ name }) => name === tag[tree]);
      return siblings.reduce((node, others, level) => {
        const children = others.map(element);
        if (children.length !== 7) fail("another number of siblings", others);
        children.splice(Math.floor(position / 8 ** level) % 8, 0, node);
        return hash(table.tag, children);
      }, element(leaf));
    };
    const { good, bad } = read("merkle_paths");
    for (const wanted of good) same(hex(root(wanted)), wanted.root, wanted);
    for (const wrong of bad) {
      if (!refuses(() => same(hex(root(wrong)), wrong.root, wrong))) fail("not refused", wrong);
    }
    return good.length + bad.length;
  },

  readings(read) {
    const { preimages } = read("preimages");
    const { lanes, tag } = preimages.find(({ name }) => name === "message");
    const challenge = preimages.find(({ name }) => name === "challenge");
    const decode = (text) => {
      const buffer = bytes(text);
      if (buffer.length !== 221) fail("another length", buffer.length);
      let at = 0;
      const next = (length) => BigInt("0x" + buffer.subarray(at, (at += length)).toString("hex"));
      const version = next(1);
      if (version !== 1n) fail("another version", text);
      const fields = { version, network: hex(next(31)), schema: next(4), sequence: next(8), time_unix_ms: next(6) };
      for (const axis of ["latitude_e7", "longitude_e7"]) fields[axis] = next(4) - (1n << 31n);
      fields.accuracy_mm = next(4);
      for (const channel of [0, 1, 2, 3]) fields[`channel_${channel}`] = next(8) - (1n << 63n);
      fields.payload_hash = hex(next(31));
      const size = (value) => (value < 0n ? -value : value);
      if (size(fields.latitude_e7) > 900000000n || size(fields.longitude_e7) > 1800000000n) fail("no place", text);
      if (fields.accuracy_mm === 0n) fail("no accuracy", text);
      const written = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.toString()]));
      const message = hash(tag, lanes.map(pack(written)));
      const packed = (from) => "0x" + buffer.subarray(from, from + 32).toString("hex");
      const [key, nonce, s] = [unpackKey(packed(125)), unpack(packed(157)), little(buffer.subarray(189))];
      const [x, y] = key.map(show);
      const r = { x: show(nonce[0]), y: show(nonce[1]) };
      if (!verifies({ message: hex(message), key: { x, y }, r, s: hex(s) }, challenge)) fail("no signature", text);
      return hex(message);
    };
    const { good, bad } = read("signed_readings");
    for (const wanted of good) same(decode(wanted.binary), wanted.message, wanted);
    const binary = bad.filter((wrong) => wrong.binary !== undefined);
    for (const wrong of binary) if (!refuses(() => decode(wrong.binary))) fail("not refused", wrong);
    return good.length + binary.length;
  },

  frames(read) {
    const { preimages, packed } = read("preimages");
    const table = (name) => preimages.find((preimage) => preimage.name === name);
    const [frame, samples, challenge] = ["frame", "samples", "challenge"].map(table);
    const [...parts] = packed.find(({ name }) => name === "sample").parts.reverse();
    const size = (value) => (value < 0n ? -value : value);
    const check = (element) => {
      let rest = element;
      const sample = {};
      for (const { name, bits, offset } of parts) {
        sample[name] = (rest & ((1n << BigInt(bits)) - 1n)) - (offset === null ? 0n : 1n << BigInt(offset));
        rest >>= BigInt(bits);
      }
      if (rest !== 0n) fail("more bits than a sample has", hex(element));
      if (size(sample.latitude_e7) > 900000000n || size(sample.longitude_e7) > 1800000000n) fail("no place", hex(element));
      if (sample.accuracy_mm === 0n) fail("no accuracy", hex(element));
      return sample.offset_ms;
    };
    const decode = (text) => {
      const buffer = bytes(text);
      let at = 0;
      const next = (length) => BigInt("0x" + buffer.subarray(at, (at += length)).toString("hex"));
      if (buffer.length < 242) fail("too short", buffer.length);
      const version = next(1);
      if (version !== 1n) fail("another version", text);
      const fields = { version, network: hex(next(31)), schema: next(4), sequence: next(8), start_unix_ms: next(6) };
      fields.count = next(2);
      const count = Number(fields.count);
      if (count < 1 || count > 1001 || buffer.length !== 210 + 32 * count) fail("another length", buffer.length);
      fields.link = hex(next(31));
      fields.payload_hash = hex(next(31));
      const elements = Array.from({ length: count }, () => next(32));
      let before = 0n;
      for (const offset of elements.map(check)) {
        if (offset < before || fields.start_unix_ms + offset >= 1n << 48n) fail("not in order", text);
        before = offset;
      }
      let chain = 0n;
      for (let from = 0; from < count; from += 7) {
        const group = elements.slice(from, from + 7);
        chain = hash(samples.tag, [chain, ...group, ...Array(7 - group.length).fill(0n)]);
      }
      fields.chain = hex(chain);
      const written = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.toString()]));
      const message = hex(hash(frame.tag, frame.lanes.map(pack(written))));
      const packedPoint = () => "0x" + buffer.subarray(at, (at += 32)).toString("hex");
      const [key, nonce, s] = [unpackKey(packedPoint()), unpack(packedPoint()), little(buffer.subarray(at))];
      const [x, y] = key.map(show);
      const r = { x: show(nonce[0]), y: show(nonce[1]) };
      if (!verifies({ message, key: { x, y }, r, s: hex(s) }, challenge)) fail("no signature", text);
      return { chain: fields.chain, message };
    };
    const { good, bad } = read("signed_frames");
    for (const wanted of good) {
      const { chain, message } = decode(wanted.binary);
      same(chain, wanted.chain, wanted.about);
      same(message, wanted.message, wanted.about);
    }
    const binary = bad.filter((wrong) => wrong.binary !== undefined);
    for (const wrong of binary) if (!refuses(() => decode(wrong.binary))) fail("not refused", wrong);
    return good.length + binary.length;
  },
};

await serve({
  vectors: ({ folder }) => {
    const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
    return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check(read)]));
  },
});
