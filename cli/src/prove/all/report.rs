//! What `prove --all-chunks` says.

use serde_json::{Map, Value, json};

use super::super::many::OfChunk;
use super::super::report::refused;
use super::Proven;
use super::folder::Folder;
use super::round::{Round, TooFew};
use crate::args;
use crate::backend::Backend;
use crate::meaning::Told;
use crate::output::{Output, shown};

/// What became of an epoch.
pub(super) struct Report<'r, 'm, 'a, S, B: Backend> {
    pub(super) folder: &'r Folder<B>,
    /// Of each policy, in the order of the options.
    pub(super) rounds: Vec<Round<'m, 'a, S>>,
    /// In the same order.
    pub(super) proven: Vec<Proven<B>>,
    pub(super) prove_ms: u64,
}

impl<S: OfChunk, B: Backend> Report<'_, '_, '_, S, B> {
    /// Says it: of one policy as such, of several one after the other.
    pub(super) fn say(&self, output: &Output) {
        let prove_ms = self.prove_ms;
        let key = B::key_id(self.folder.key());
        let id = self.rounds.first().map(|round| round.many.statement.id().to_string());
        let mut all = Map::from_iter([
            ("statement".to_owned(), json!(id)),
            ("backend".to_owned(), B::NAME.into()),
            ("key_id".to_owned(), key.to_string().into()),
            ("insecure".to_owned(), key.is_insecure().into()),
            ("out_dir".to_owned(), shown(self.folder.as_path())),
            ("prove_ms".to_owned(), prove_ms.into()),
        ]);
        if let [round] = &self.rounds[..] {
            all.extend(self.round(0, round, &format!(" in {prove_ms} ms"), output));
        } else {
            let made = self.proven.iter().filter(|one| !one.is_kept).count();
            let policies = self.rounds.len();
            output.line(format_args!("proved {made} chunks for {policies} policies in {prove_ms} ms"));
            let each = self.rounds.iter().enumerate();
            let each = each.map(|(index, round)| {
                output.line(format_args!("{}:", round.many.subject.path.display()));
                let mut policy = self.round(index, round, "", output);
                policy.insert("policy".to_owned(), shown(&round.many.subject.path));
                Value::Object(policy)
            });
            all.insert("policies".to_owned(), each.collect());
        }
        output.result(&Value::Object(all));
    }

    /// What became of one policy.
    fn round(
        &self,
        index: usize,
        round: &Round<'_, '_, S>,
        time: &str,
        output: &Output,
    ) -> Map<String, Value> {
        let Round { many, refusals, too_few, .. } = round;
        let (epoch, k) = (many.subject.epoch, many.policy().parts().k);
        let of_policy = || self.proven.iter().filter(|one| one.round == index);
        let kept = of_policy().filter(|one| one.is_kept).count();
        output.line(format_args!(
            "proved {} of {} chunks of epoch {epoch}{time}{}; {}",
            of_policy().count() - kept,
            of_policy().count() + too_few.len(),
            if kept == 0 { String::new() } else { format!(", {kept} were proven before") },
            refused(refusals)
        ));
        let chunks: Vec<Value> = of_policy().map(|one| chunk(one, round, output)).collect();
        for TooFew { chunk, registered, taken } in too_few {
            output.line(format_args!(
                "{chunk}: nothing is proven, as {taken} of {registered} devices have a good {}, and the policy wants {k}",
                refusals.what
            ));
        }
        let few = too_few.iter().map(|few| {
            json!({ "chunk": few.chunk.index(), "registered": few.registered, "taken": few.taken, "wanted": k })
        });
        let policy = json!({
            "policy_id": many.policy().id().to_string(), "epoch": epoch, "registry_fallback": many.taken.is_fallback,
            "registry_time": many.taken.at, "chunks": chunks, "too_few": few.collect::<Vec<_>>(),
            (format!("{}s", refusals.what)): refusals.rows, "refused": refusals.count, "refused_by_rule": refusals.by_rule(),
            "passed_over": refusals.passed_over, "malformed": refusals.malformed, "refused_rows": refusals.shown,
            "union_of": args::union_of(&many.subject.fence),
        });
        policy.as_object().cloned().unwrap_or_default()
    }
}

/// What is proven of a chunk.
fn chunk<S: OfChunk, B: Backend>(one: &Proven<B>, round: &Round<'_, '_, S>, output: &Output) -> Value {
    let Proven { chunk, path, file, is_kept, .. } = one;
    let subject = &round.many.subject;
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let told = Told::of(file, round.many.policy(), Some(&subject.fence_path)).ok();
    if let Some(told) = &told {
        output.line(format_args!("{chunk}: {}", told.text()));
    }
    output.line(format_args!("  {} {}", if *is_kept { "kept" } else { "wrote" }, path.display()));
    json!({
        "chunk": chunk.index(), "out": shown(path), "kept": is_kept, "fields": fields,
        "meaning": told.map(|told| told.to_json()),
    })
}
