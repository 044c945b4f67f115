//! The proof of a seed on this machine, in hexadecimal digits: `.ci/run` compares it with that of WebAssembly.

use std::error::Error;

use zksensor_model::hex;

fn main() -> Result<(), Box<dyn Error>> {
    let seed = std::env::args().nth(1).ok_or("expected a seed")?.parse()?;
    let proof = zksensor_wasm::insecure_proof(seed)?;
    #[expect(clippy::print_stdout, reason = "the proof is the output")]
    {
        println!("{}", hex::encode(&proof.to_bytes()));
    }
    Ok(())
}
