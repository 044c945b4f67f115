// Builds the package into pkg/: `node build.js`. Needs Rust; the target is added if rustup is there. What is built goes into the
// target folder of the repository, unless CARGO_TARGET_DIR names another.
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(here, "../../target");
const wasm = "wasm32-unknown-unknown";

/** Runs a program, and ends with it if it fails. */
function run(command, ...rest) {
  const { status, error } = spawnSync(command, rest, {
    cwd: here,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined && error.code !== "ENOENT") throw error;
  if (error !== undefined) return false;
  if (status !== 0) process.exit(status ?? 1);
  return true;
}

run("rustup", "target", "add", wasm);
if (!run("cargo", "build", "--locked", "--profile", "npm", "-p", "zksensor-npm", "--target", wasm)) {
  console.error("expected cargo on the PATH, got none: install Rust first");
  process.exit(1);
}
rmSync(join(here, "pkg"), { recursive: true, force: true });
const module = join(target, wasm, "npm", "zksensor_npm.wasm");
run("cargo", "run", "--locked", "--release", "-p", "zksensor-bindgen", "--", module, join(here, "pkg"));

// A package may not point outside of its folder.
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(here, "../..", licence), join(here, licence));

const file = join(here, "pkg/zksensor_bg.wasm");
const sizes = { wasm: statSync(file).size, gzip: gzipSync(readFileSync(file), { level: 9 }).length };
console.log("NPM " + JSON.stringify(sizes));
