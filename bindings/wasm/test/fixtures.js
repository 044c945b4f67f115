// What a device, a registrar and whoever makes keys wrote, for the tests: `node test/fixtures.js`, by the command itself. ZKSENSOR names
// it; without, cargo builds it, which takes minutes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../../..");
const folder = join(here, "fixtures");

let command = process.env.ZKSENSOR;
if (command === undefined) {
  const target = process.env.CARGO_TARGET_DIR ?? join(repository, "target");
  const build = ["build", "--locked", "--release", "--bin", "zksensor"];
  const { status } = spawnSync("cargo", build, {
    cwd: repository,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  command = join(target, "release/zksensor");
}

/** Runs the command in the folder, and ends with it if it fails. What it says. */
function zksensor(line) {
  const { status, stdout } = spawnSync(command, [...line.split(" "), "--json"], { cwd: folder, encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout);
  console.error(`zksensor ${line}\n${stdout}`);
  process.exit(1);
}

if (!existsSync(join(folder, "done"))) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(
    join(folder, "fence.geojson"),
    JSON.stringify({ type: "Polygon", coordinates: [[[11.5, 48.1], [11.6, 48.1], [11.6, 48.2], [11.5, 48.2], [11.5, 48.1]]] }),
  );
  const policy = `[network]
chain_id = 80002
registry = "0x1111111111111111111111111111111111111111"
[epoch]
origin = "2026-01-01T00:00:00Z"
length_s = 3600
[reading]
schema = "air_quality"
channel = "temperature"
unit = "Cel"
low = -4_000
high = 6_000
max_accuracy_mm = 10_000
device_class = 7
[statement]
version = 2
`;
  writeFileSync(join(folder, "reading.toml"), policy + 'family = "reading"\nk = 1\n');
  writeFileSync(join(folder, "aggregate.toml"), policy + 'family = "aggregate"\nk = 5\n');
  const positions = [];
  for (const n of [1, 2, 3, 4, 5]) {
    zksensor(`device new --out device${n}.json --leaf-out leaf${n}.json --class 7`);
    positions.push(...zksensor(`registry enrol --registry registry.bin --leaf leaf${n}.json`).positions);
    const table = `when,y,x,metres,celsius
2026-01-01T02:0${n}:00Z,48.110${n},11.510${n},4.5,21.${n}
`;
    writeFileSync(join(folder, `table${n}.csv`), table);
    zksensor(
      `device sign --key device${n}.json --policy reading.toml --fence fence.geojson --csv table${n}.csv ` +
        `--columns time=when,lat=y,lon=x,accuracy_m=metres,value2=celsius --out readings${n}.ndjson`,
    );
  }
  zksensor(`registry prove --registry registry.bin --position ${positions[0]} --out membership.json`);
  zksensor("setup --statement reading --insecure --out-dir keys");
  zksensor("setup --statement aggregate --capacity 8 --triangles 8 --insecure --out-dir keys");
  zksensor(
    "prove --key keys/aggregate-v2-8x8x3.INSECURE.pk --policy aggregate.toml --fence fence.geojson --registry registry.bin " +
      "--readings readings1.ndjson readings2.ndjson readings3.ndjson readings4.ndjson readings5.ndjson --epoch 2 --out aggregate.json",
  );
  writeFileSync(join(folder, "done"), "");
}
