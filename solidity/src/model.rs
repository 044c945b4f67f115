//! What the templates say about a statement: names, and each public field in Solidity.

use std::fmt;

use askama::Template;
use zksensor_model::claim::Claim;
use zksensor_model::known::{FAMILIES, KnownFamily};
use zksensor_model::layout::{Field, Layout, Placement, PublicInputs, Width};

use crate::error::RenderError;

/// Words of a key without public inputs: alpha 2, -beta 4, -gamma 4, -delta 4, IC\[0\] 2.
pub const KEY_WORDS: usize = 16;
/// The public field that a contract computes and never takes from a caller.
const BINDING: &str = "binding";
/// Longest title that a contract compares in one word.
const TITLE_BYTES: usize = 31;

/// The Solidity side of a statement, whatever its shape: the library of its public inputs and its verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementContract {
    name: String,
    version: u16,
    layout: Layout,
}

impl StatementContract {
    /// Of a statement; its shape does not matter.
    pub fn of<S: Claim>(statement: &S) -> Self {
        let id = statement.id();
        StatementContract { name: id.name.into_owned(), version: id.version, layout: S::Inputs::layout() }
    }

    /// Of a name, version and layout.
    pub fn with_layout(name: &str, version: u16, layout: Layout) -> Self {
        StatementContract { name: name.to_owned(), version, layout }
    }

    /// Of the statement that an id, such as `aggregate/v2/64x32x3`, names.
    ///
    /// # Errors
    /// [`RenderError::UnknownStatement`] if it is not one of this release.
    pub fn named(id: &str) -> Result<Self, RenderError> {
        let title = id.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        let unknown = || RenderError::UnknownStatement { got: id.escape_default().take(80).collect() };
        Self::all().into_iter().find(|contract| contract.title() == title).ok_or_else(unknown)
    }

    /// The statements of this release.
    pub fn all() -> Vec<Self> {
        let of =
            |known: &KnownFamily| Self::with_layout(known.family().name(), known.version(), known.layout());
        FAMILIES.iter().map(of).collect()
    }

    /// Name and version: `aggregate/v2`.
    pub fn title(&self) -> String {
        format!("{}/v{}", self.name, self.version)
    }

    /// Name of the library of the public inputs: `AggregateV2`.
    pub fn library(&self) -> String {
        let words = self.name.split(['-', '_']).map(capitalised).collect::<String>();
        format!("{words}V{}", self.version)
    }

    /// Name of the verifier: `AggregateV2Groth16Verifier`; with `INSECURE` behind it for a key that one machine made.
    pub fn verifier(&self, insecure: bool) -> String {
        format!("{}Groth16Verifier{}", self.library(), if insecure { "INSECURE" } else { "" })
    }

    /// Packed public inputs.
    pub fn public_inputs(&self) -> usize {
        self.layout.words()
    }

    /// Source of the library. `command` is what the header says made it.
    ///
    /// # Errors
    /// [`RenderError`] if a field has no Solidity integer type that holds it.
    pub fn render_library(&self, command: &str) -> Result<String, RenderError> {
        let abouts = self.layout.abouts().iter().copied().map(Some).chain(std::iter::repeat(None));
        let placed = self.layout.fields().iter().zip(self.layout.placements()).zip(abouts);
        let fields = placed.map(|((field, at), about)| {
            let (name, integer) = (camel(field.name), Integer::of(field)?);
            Ok(FieldModel { name, integer, field: *field, at, about: self.about(about.unwrap_or_default()) })
        });
        let fields = fields.collect::<Result<Vec<_>, RenderError>>()?;
        let (binding, shown): (Vec<_>, Vec<_>) =
            fields.iter().cloned().partition(|field| field.field.name == BINDING);
        let widths = self.layout.widths();
        let template = LibraryTemplate {
            title: self.title(),
            command,
            library: self.library(),
            words: widths.len(),
            packed: (0..widths.len()).flat_map(|word| packed(&fields, word)).collect(),
            limits: widths.iter().enumerate().map(|(word, width)| limit(&fields, word, *width)).collect(),
            unpacked: fields.iter().map(FieldModel::unpacked).collect(),
            binding: binding.first().map(FieldModel::shown),
            mean_of: mean_of(&fields),
            fields: shown.iter().map(FieldModel::shown).collect(),
        };
        Ok(template.render().map_err(fmt::Error::from)? + "\n")
    }

    /// What a field means, with the fields that it names called as Solidity calls them.
    fn about(&self, about: &str) -> String {
        let several = self.layout.fields().iter().filter(|field| field.name.contains('_'));
        several.fold(about.to_owned(), |text, field| text.replace(field.name, &camel(field.name)))
    }

    /// Source of the verifier. `command` is what the header says made it.
    ///
    /// # Errors
    /// [`RenderError`] if the statement's title is too long.
    pub fn render_verifier(&self, command: &str, insecure: bool) -> Result<String, RenderError> {
        let title = self.title();
        if title.len() > TITLE_BYTES {
            return Err(RenderError::Title { limit: TITLE_BYTES, got: title });
        }
        let words = self.public_inputs();
        let template = VerifierTemplate {
            title,
            command,
            library: self.library(),
            contract: self.verifier(insecure),
            insecure,
            words,
            key: key_names(words),
        };
        Ok(template.render().map_err(fmt::Error::from)? + "\n")
    }
}

#[derive(Template)]
#[template(path = "Verifier.sol", escape = "none")]
struct VerifierTemplate<'a> {
    title: String,
    command: &'a str,
    library: String,
    contract: String,
    insecure: bool,
    words: usize,
    key: Vec<String>,
}

#[derive(Template)]
#[template(path = "Library.sol", escape = "none")]
struct LibraryTemplate<'a> {
    title: String,
    command: &'a str,
    library: String,
    words: usize,
    fields: Vec<ShownField>,
    binding: Option<ShownField>,
    /// The field that the sum is to be divided by, of a statement that has a mean.
    mean_of: Option<String>,
    packed: Vec<String>,
    limits: Vec<String>,
    unpacked: Vec<String>,
}

/// A field as the struct declares it.
struct ShownField {
    name: String,
    solidity: &'static str,
    width: String,
    /// What the value means, a line each.
    about: Vec<String>,
    place: String,
}

/// The words of a key by name, in order.
fn key_names(public_inputs: usize) -> Vec<String> {
    let mut names = ["ALPHA_X", "ALPHA_Y"].map(str::to_owned).to_vec();
    for element in ["BETA", "GAMMA", "DELTA"] {
        names.extend(["X1", "X0", "Y1", "Y0"].map(|part| format!("MINUS_{element}_{part}")));
    }
    for index in 0..=public_inputs {
        names.extend(["X", "Y"].map(|part| format!("IC{index}_{part}")));
    }
    debug_assert_eq!(names.len(), KEY_WORDS + 2 * public_inputs);
    names
}

#[derive(Clone)]
struct FieldModel {
    name: String,
    integer: Integer,
    field: Field,
    at: Placement,
    about: String,
}

/// The Solidity integer type that a field unpacks to.
#[derive(Clone, Copy)]
struct Integer {
    signed: bool,
    bits: u32,
}

impl Integer {
    fn of(field: &Field) -> Result<Self, RenderError> {
        let refuse = || RenderError::FieldType { field: field.name, solidity: field.solidity };
        let (signed, digits) = match field.solidity.strip_prefix("uint") {
            Some(digits) => (false, digits),
            None => (true, field.solidity.strip_prefix("int").ok_or_else(refuse)?),
        };
        let bits: u32 = digits.parse().map_err(|_| refuse())?;
        let holds = match (field.width, field.offset) {
            (Width::Element, None) => !signed && bits == 256,
            (Width::Element, Some(_)) => false,
            (Width::Bits(width), None) => !signed && width <= bits,
            (Width::Bits(width), Some(offset)) => signed && width <= bits && offset + 1 == width,
        };
        let exists = (8..=256).contains(&bits) && bits.is_multiple_of(8);
        if holds && exists { Ok(Integer { signed, bits }) } else { Err(refuse()) }
    }
}

impl FieldModel {
    fn shown(&self) -> ShownField {
        let Placement { word, shift } = self.at;
        let (width, place) = match self.field.width {
            Width::Element => (String::from("254"), format!("Word {word}: an element of the scalar field.")),
            Width::Bits(width) => {
                let offset = self.field.offset.map(|offset| format!(", stored as value + 2^{offset}"));
                let last = shift + width - 1;
                let place = format!("Word {word}, bits {shift} to {last}{}.", offset.unwrap_or_default());
                (width.to_string(), place)
            }
        };
        let about = wrapped(self.about.trim());
        ShownField { name: self.name.clone(), solidity: self.field.solidity, width, about, place }
    }

    /// The field of `inputs` in its place in the packed word.
    fn packed(&self) -> String {
        let name = &self.name;
        let value = if self.field.name == BINDING { format!("{name}_") } else { format!("inputs.{name}") };
        let value = match (self.field.width, self.field.offset) {
            (Width::Element, _) => return format!("_below({value}, Field.R, \"{name}\")"),
            (Width::Bits(width), Some(offset)) => {
                format!("_below(uint256(int256({value}) + 2 ** {offset}), 2 ** {width}, \"{name}\")")
            }
            (Width::Bits(width), None) if width < self.integer.bits => {
                format!("_below({value}, 2 ** {width}, \"{name}\")")
            }
            _ => format!("uint256({value})"),
        };
        if self.at.shift == 0 { value } else { format!("{value} << {}", self.at.shift) }
    }

    /// The statement that takes the field from its word.
    fn unpacked(&self) -> String {
        let name = &self.name;
        let target = if self.field.name == BINDING { format!("{name}_") } else { format!("inputs.{name}") };
        let Placement { word, shift } = self.at;
        let kind = self.field.solidity;
        let moved = if shift == 0 { format!("words[{word}]") } else { format!("(words[{word}] >> {shift})") };
        let value = match (self.field.width, self.field.offset) {
            (Width::Element, _) => moved,
            (Width::Bits(width), Some(offset)) => {
                format!("{kind}(int256({moved} & (2 ** {width} - 1)) - 2 ** {offset})")
            }
            (Width::Bits(width), None) => format!("{kind}({moved} & (2 ** {width} - 1))"),
        };
        debug_assert!(self.integer.signed == self.field.offset.is_some());
        format!("{target} = {value};")
    }
}

/// The statements that fill one packed word.
fn packed(fields: &[FieldModel], word: usize) -> Vec<String> {
    let parts = fields.iter().filter(|field| field.at.word == word).map(FieldModel::packed);
    let statement = |(index, part)| format!("words[{word}] {} {part};", if index == 0 { "=" } else { "|=" });
    parts.enumerate().map(statement).collect()
}

/// The statement that refuses a word with more bits than its fields have.
fn limit(fields: &[FieldModel], word: usize, width: Option<u32>) -> String {
    match width {
        Some(width) => format!("_below(words[{word}], 2 ** {width}, \"word {word}\");"),
        None => {
            let name = fields.iter().find(|field| field.at.word == word).map(|field| field.name.as_str());
            format!(
                "_below(words[{word}], Field.R, \"{}\");",
                name.expect("an element has a word of its own")
            )
        }
    }
}

/// The field that `sum` is divided by for the mean, if the layout has both and the least and greatest values.
fn mean_of(fields: &[FieldModel]) -> Option<String> {
    let has = |wanted: &str| fields.iter().any(|field| field.field.name == wanted);
    let whole = ["sum", "minimum", "maximum"].into_iter().all(has);
    ["counted", "count"].into_iter().find(|number| whole && has(number)).map(camel)
}

/// A text in lines that a comment in a struct holds.
pub(crate) fn wrapped(text: &str) -> Vec<String> {
    const COLUMNS: usize = 108;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= COLUMNS => *line = format!("{line} {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    words.next().unwrap_or_default().to_owned() + &words.map(capitalised).collect::<String>()
}
