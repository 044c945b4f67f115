//! What a proof means under its policy, for people and as JSON.

use std::path::Path;

use serde_json::{Map, Value, json};
use zksensor::files::{FileProof, ProofFile};
use zksensor::model::meaning::{Figure, Meaning, MeaningError};
use zksensor::model::policy::Policy;
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::schema::Schema;

use crate::output::Output;
use crate::schema;

/// What the public inputs of a proof mean, inside a fence that is called like its file.
#[derive(Debug)]
pub(crate) struct Told {
    meaning: Meaning,
    fence: Option<String>,
    own: Option<&'static Schema>,
}

impl Told {
    /// What they mean; whether they are proven the caller knows.
    ///
    /// # Errors
    /// [`MeaningError`] if they are of another policy.
    pub(crate) fn of<P: FileProof>(
        file: &ProofFile<P>,
        policy: &Policy,
        fence: Option<&Path>,
    ) -> Result<Told, MeaningError> {
        let meaning = Meaning::of(file.statement().id(), file.words(), policy)?;
        let fence = fence.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        Ok(Told { meaning, fence, own: policy.own_schema() })
    }

    /// The sentence.
    pub(crate) fn text(&self) -> String {
        match &self.fence {
            Some(fence) => self.meaning.inside(fence).to_string(),
            None => self.meaning.to_string(),
        }
    }

    /// The sentence, and a line for each number.
    pub(crate) fn show(&self, output: &Output) {
        output.line(self.text());
        for (name, figure) in self.meaning.figures() {
            let text = figure.map_or_else(|| "not asked for".to_owned(), |figure| figure.to_string());
            output.line(format_args!("  {name:<15} {text}"));
        }
        if let Some(own) = self.own {
            output.line(format_args!("  {:<15} {}", "units", schema::said(own)));
        }
    }

    /// The sentence, the interval, and each number: of a unit as decimal text with it, null if it is not asked for.
    pub(crate) fn to_json(&self) -> Value {
        let interval = self.meaning.interval();
        let [from, until] = [interval.start().get(), interval.end_ms()].map(format_rfc3339_millis);
        let mut json = Map::from_iter([
            ("text".to_owned(), self.text().into()),
            ("from".to_owned(), from.into()),
            ("until".to_owned(), until.into()),
        ]);
        if let Some(channel) = self.meaning.channel() {
            json.insert("channel".to_owned(), channel.into());
        }
        if let Some(own) = self.own {
            json.insert("schema".to_owned(), schema::own_to_json(own));
        }
        for (name, figure) in self.meaning.figures() {
            json.insert(name.to_owned(), figure.map_or(Value::Null, figure_to_json));
        }
        Value::Object(json)
    }
}

fn figure_to_json(figure: Figure) -> Value {
    match (figure, figure.unit()) {
        (Figure::Count(count), _) => count.into(),
        (figure, "") => json!({ "value": figure.decimal() }),
        (figure, unit) => json!({ "value": figure.decimal(), "unit": unit }),
    }
}
