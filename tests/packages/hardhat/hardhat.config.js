// A project in Hardhat. Its compiler is the package `solc` of npm: nothing is downloaded.
"use strict";

const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");
const { version } = require("solc/package.json");

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (wanted) => {
  if (wanted.solcVersion !== version) {
    throw new Error(`expected a project for solc ${version}, got one for ${wanted.solcVersion}`);
  }
  const longVersion = require("solc").version();
  return { compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true, version, longVersion };
});

module.exports = {
  solidity: { version, settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } } },
};
