//! Good, edge and bad vectors of every statement on every backend, hostile inputs, the framework's own promises, costs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod statements {
    mod aggregate_bad;
    mod aggregate_edge;
    mod aliases;
    mod aliases_of_frames;
    mod assemble;
    mod assemble_survey;
    mod assemble_take;
    mod bad;
    mod blocks;
    mod codec;
    mod composites;
    mod costs;
    mod doors;
    mod extremes_of_survey;
    mod fences;
    mod forged;
    mod forged_bad;
    mod forged_bad_plants;
    mod histogram_bad;
    mod histogram_edge;
    #[allow(dead_code, reason = "shared with the other tests of this folder, which use more of it")]
    mod kit;
    mod library;
    mod lies;
    mod loans_of_frames;
    #[cfg(feature = "mutants")]
    mod mutants;
    mod one_each_bad;
    mod plonkish;
    mod private_sum_bad;
    mod private_sum_edge;
    mod public_inputs;
    mod random;
    mod reading_bad;
    mod reading_edge;
    mod reemit;
    mod registrar;
    mod relations;
    mod repeat;
    mod row_digests;
    mod rules;
    mod shape;
    mod shapes;
    mod signatures;
    mod steps_of_track;
    mod survey_bad;
    mod survey_edge;
    mod survey_own_bad;
    mod survey_totals_bad;
    mod track_bad;
    mod trees;
    mod wider;
    mod wider_cost;
}
