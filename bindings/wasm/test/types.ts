// What the types promise: compiled, not run.
import init, { ReadingProver, inspect, sign, verify, verifyInputs } from "zksensor";
import type { AggregateInputs, Inspected, Proven, Shown } from "zksensor";

export async function mean(key: Uint8Array, proof: string): Promise<number> {
  await init();
  const shown: Shown = verify(key, proof);
  if (shown.family !== "aggregate") throw new Error(`expected an aggregate, got ${shown.statement}`);
  const fields: AggregateInputs = shown.fields;
  const sum: string = fields.sum;
  verifyInputs(key, "0x", fields);
  return Number(sum) / fields.count;
}

export function kind(file: Uint8Array): string {
  const facts: Inspected = inspect(file);
  return facts.kind === "proof" ? facts.proof : `${facts.public_inputs}`;
}

export function own(key: Uint8Array, device: Uint8Array, signed: object): Proven {
  using prover = new ReadingProver(key);
  const readings = [signed, JSON.parse(sign(device, {}))];
  return prover.prove({ policy: "", fence: "", epoch: 2, device, membership: "{}", readings });
}

// @ts-expect-error A number is no key.
verify(1, "");
// @ts-expect-error A request has a policy.
new ReadingProver(new Uint8Array()).prove({ epoch: 1 });
// @ts-expect-error There is no such field.
export const none = (shown: Shown) => shown.fields.mean;
