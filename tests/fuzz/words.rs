//! What is short: ids, public inputs, hexadecimal text, revert data, the place of a station.

use std::str;

use zksensor::import::Place;
use zksensor::model::claim::Claim;
use zksensor::model::known::KnownStatement;
use zksensor::model::layout::PublicInputs;
use zksensor::model::reading::Location;
use zksensor::solidity::Revert;
use zksensor::verifier::{inputs_from_bytes, inputs_from_words, inputs_to_bytes};

use super::memory::bounded;

pub(crate) fn statement_id(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    match bounded(input, |_| KnownStatement::parse(text)) {
        Ok(statement) => assert_eq!(statement.id().to_string(), text),
        Err(error) => assert!(error.to_string().len() < 1000, "{error}"),
    }
}

pub(crate) fn rtcm(input: &[u8]) {
    if let Ok(place) = bounded(input, Place::from_rtcm) {
        let (latitude, longitude) = place.position();
        Location::from_e7(latitude, longitude).expect("a place is one where a reading may be taken");
    }
}

pub(crate) fn public_inputs(input: &[u8]) {
    macro_rules! each {
        ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
            $(typed::<<zksensor::circuits::statement::$module::$name as Claim>::Inputs>(input);)*
        };
    }
    zksensor::model::statements!(each);
}

fn typed<I: PublicInputs>(input: &[u8]) {
    let decode = |input: &[u8]| -> Option<I> {
        let words = inputs_from_bytes(input, I::layout().words()).ok()?;
        inputs_from_words(&words).ok()
    };
    if let Some(inputs) = bounded(input, decode) {
        let words = inputs.to_words().expect("typed inputs have words");
        assert_eq!(inputs_to_bytes(&words), input);
        assert_eq!(I::layout().pack(&inputs.encode()).as_ref(), Ok(&words));
    }
}

pub(crate) fn hex(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(bytes) = bounded(input, |_| zksensor::hex::parse::<32>(text)) {
        assert_eq!(zksensor::model::hex::encode(&bytes), text.to_ascii_lowercase());
    }
}

pub(crate) fn revert(input: &[u8]) {
    let revert = bounded(input, |input| {
        let revert = Revert::decode(input);
        (revert.to_string(), revert).1
    });
    assert_eq!(revert == Revert::Empty, input.is_empty());
    if let Revert::Unknown(data) = &revert {
        assert_eq!(data, input);
    }
}
