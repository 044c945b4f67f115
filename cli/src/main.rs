//! The command `zksensor`.

use std::process::ExitCode;

fn main() -> ExitCode {
    zksensor_cli::main()
}
