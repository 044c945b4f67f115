//! What `prove --all-chunks` says.

use serde_json::{Map, Value, json};

use super::super::many::{Many, OfChunk};
use super::super::refusals::Refusals;
use super::super::report::{malformed, passed_over};
use super::folder::Folder;
use super::{Proven, TooFew};
use crate::args;
use crate::backend::Backend;
use crate::meaning::Told;
use crate::output::{Output, shown};

/// What became of an epoch.
pub(super) struct Report<'r, 'a, S, B: Backend> {
    pub(super) many: Many<'a, S>,
    pub(super) folder: &'r Folder<B>,
    pub(super) refusals: Refusals,
    pub(super) proven: Vec<Proven<B>>,
    pub(super) too_few: Vec<TooFew>,
    pub(super) prove_ms: u64,
}

impl<S: OfChunk, B: Backend> Report<'_, '_, S, B> {
    pub(super) fn say(&self, output: &Output) {
        let Report { many, refusals, proven, too_few, prove_ms, .. } = self;
        let kept = proven.iter().filter(|one| one.is_kept).count();
        output.line(format_args!(
            "proved {} of {} chunks of epoch {} in {prove_ms} ms{}; {} {}s were refused{}{}",
            proven.len() - kept,
            proven.len() + too_few.len(),
            many.epoch,
            if kept == 0 { String::new() } else { format!(", {kept} were proven before") },
            refusals.count,
            refusals.what,
            malformed(refusals.malformed),
            passed_over(refusals)
        ));
        let chunks: Vec<Value> = proven.iter().map(|one| self.chunk(one, output)).collect();
        let k = many.policy.parts().k;
        for TooFew { chunk, registered, taken } in too_few {
            output.line(format_args!(
                "{chunk}: nothing is proven, as {taken} of {registered} devices have a good {}, and the policy wants {k}",
                refusals.what
            ));
        }
        let few = too_few.iter().map(|few| {
            json!({ "chunk": few.chunk.index(), "registered": few.registered, "taken": few.taken, "wanted": k })
        });
        let key = B::key_id(self.folder.key());
        output.result(&json!({
            "statement": many.statement.id().to_string(), "backend": B::NAME, "key_id": key.to_string(),
            "insecure": key.is_insecure(), "out_dir": shown(self.folder.as_path()), "epoch": many.epoch,
            "registry_fallback": many.taken.is_fallback, "registry_time": many.taken.at, "chunks": chunks,
            "too_few": few.collect::<Vec<_>>(), (format!("{}s", refusals.what)): refusals.rows, "refused": refusals.count,
            "passed_over": refusals.passed_over, "malformed": refusals.malformed, "refused_rows": refusals.shown,
            "union_of": args::union_of(&many.fence), "prove_ms": prove_ms,
        }));
    }

    fn chunk(&self, one: &Proven<B>, output: &Output) -> Value {
        let Proven { chunk, path, file, is_kept } = one;
        let fields: Map<String, Value> =
            file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let told = Told::of(file, &self.many.policy, self.many.args.fence.path()).ok();
        if let Some(told) = &told {
            output.line(format_args!("{chunk}: {}", told.text()));
        }
        output.line(format_args!("  {} {}", if *is_kept { "kept" } else { "wrote" }, path.display()));
        json!({
            "chunk": chunk.index(), "out": shown(path), "kept": is_kept, "fields": fields,
            "meaning": told.map(|told| told.to_json()),
        })
    }
}
