//! Makes what npm gets of the WebAssembly module: `zksensor-bindgen MODULE FOLDER`. The glue is wasm-bindgen's, of the version in the
//! lock file; the types of public inputs are those of the statements' layouts.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;
use zksensor_model::field::Fr;
use zksensor_model::known::FAMILIES;
use zksensor_model::layout::Shown;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let made = match &arguments[..] {
        [module, folder] => make(Path::new(module), Path::new(folder)),
        _ => Err("expected MODULE FOLDER".into()),
    };
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zksensor-bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(module: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    Bindgen::new()
        .input_path(module)
        .out_name("zksensor")
        .web(true)?
        .omit_default_module_path(false)
        .typescript(true)
        .remove_producers_section(true)
        .remove_name_section(true)
        .generate(folder)?;
    let types = folder.join("zksensor.d.ts");
    let text = fs::read_to_string(&types)? + &inputs();
    fs::write(&types, text)?;
    Ok(())
}

/// The public inputs of each statement as TypeScript.
fn inputs() -> String {
    let mut text = String::new();
    let mut union = Vec::new();
    for known in FAMILIES {
        let (family, name) = (known.family().name(), type_name(known.family().name()));
        let put = |text: &mut String, line: &str| writeln!(text, "{line}").expect("memory takes it");
        put(&mut text, &format!("\n/** What `{}` makes public: {}. */", known.title(), known.about()));
        put(&mut text, &format!("export interface {name} {{"));
        for field in known.layout().fields() {
            let (shown, about) = match field.show(&Fr::from(0u8)) {
                Some(Shown::Number(_)) => ("number", format!("{} bits.", field.bits())),
                Some(Shown::Text(zero)) if !zero.starts_with("0x") => {
                    ("string", format!("An integer of {} bits, in decimal.", field.bits()))
                }
                _ => ("string", "0x and 64 hexadecimal digits.".to_owned()),
            };
            put(&mut text, &format!("  /** {about} */\n  {}: {shown};", field.name));
        }
        put(&mut text, "}");
        union.push(format!("{{ family: \"{family}\"; fields: {name} }}"));
    }
    text + &format!(
        "\n/** The public inputs of a proof, by the family of its statement. */\nexport type Inputs = {};\n",
        union.join(" | ")
    )
}

/// `AggregateInputs` of `aggregate`.
fn type_name(family: &str) -> String {
    let words = family.split(['-', '_']);
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.map(capital).collect::<String>() + "Inputs"
}
