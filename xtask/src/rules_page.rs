//! The table of rules in `docs/statements.md`: what the modules of the statements say of each, and which statement has it.

use std::fs;
use std::path::Path;

use zksensor_model::rule::Rule;
use zksensor_testkit::{Specimen, SpecimenVisitor, each_specimen};

/// The page.
pub(crate) const PATH: &str = "docs/statements.md";
/// Around the table of rules.
pub(crate) const MARKERS: (&str, &str) = ("<!-- rules begin -->", "<!-- rules end -->");
/// The modules, whose documentation has a table of the rules that they define.
const MODULES: [&str; 5] = [
    "statement.rs",
    "statement/survey.rs",
    "statement/track.rs",
    "statement/histogram.rs",
    "statement/private_sum.rs",
];

/// A rule, and what its module says of it.
struct Said {
    rule: String,
    what: String,
}

/// A statement, and the rules that one of its shapes or another has.
struct Has {
    statement: String,
    rules: Vec<Rule>,
}

/// The table.
pub(crate) fn table(root: &Path) -> Result<String, String> {
    let (said, has) = (said(root)?, statements());
    for Has { statement, rules } in &has {
        let unsaid = rules.iter().find(|rule| !said.iter().any(|said| said.rule == rule.to_string()));
        if let Some(rule) = unsaid {
            return Err(format!(
                "{statement} has the rule {rule}, of which no row of a table in {MODULES:?} speaks"
            ));
        }
    }
    let names: String = has.iter().map(|has| format!(" `{}` |", has.statement)).collect();
    let mut table = format!("| rule | what it says |{names}\n|---|---|{}\n", "---|".repeat(has.len()));
    for Said { rule, what } in said {
        let mark = |has: &Has| if has.rules.iter().any(|of| of.to_string() == rule) { " x |" } else { " |" };
        let marks: String = has.iter().map(mark).collect();
        if !marks.contains('x') {
            return Err(format!("no statement has the rule {rule}, of which a table in {MODULES:?} speaks"));
        }
        table.push_str(&format!("| {rule} | {what} |{marks}\n"));
    }
    Ok(table)
}

/// The rows of the tables in the documentation of the modules, in order.
fn said(root: &Path) -> Result<Vec<Said>, String> {
    let mut said = Vec::new();
    for module in MODULES {
        let path = root.join("circuits/src").join(module);
        let text =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        said.extend(text.lines().filter_map(row));
    }
    Ok(said)
}

fn row(line: &str) -> Option<Said> {
    let mut cells = line.strip_prefix("//! | ")?.split(" | ");
    let (rule, what) = (cells.next()?, cells.next()?);
    let number = rule.strip_prefix(['C', 'S', 'T', 'H', 'P'])?;
    let what = what.trim_end_matches([' ', '|']);
    number.bytes().all(|digit| digit.is_ascii_digit()).then(|| Said { rule: rule.into(), what: what.into() })
}

fn statements() -> Vec<Has> {
    struct All(Vec<Has>);
    impl SpecimenVisitor for All {
        fn visit<S: Specimen>(&mut self) {
            let shapes = S::cost_shapes();
            let Some(shape) = shapes.first() else { return };
            let rules = shapes.iter().flat_map(S::rules).collect();
            self.0.push(Has { statement: shape.id().name.into(), rules });
        }
    }
    let mut all = All(Vec::new());
    each_specimen(&mut all);
    all.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page of errors has each rule.
    #[test]
    fn errors_are_explained_rule_by_rule() {
        let root = crate::root();
        let page = fs::read_to_string(root.join("docs/errors.md")).unwrap();
        let (_, section) = page.split_once("\n## Rules\n").unwrap();
        let mut explained: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split_once(" | ").map(|(rule, _)| rule))
            .filter(|rule| *rule != "rule")
            .collect();
        let said = said(&root).unwrap();
        let mut rules: Vec<&str> = said.iter().map(|said| said.rule.as_str()).collect();
        explained.sort_unstable();
        rules.sort_unstable();
        assert_eq!(explained, rules, "docs/errors.md has a row for each rule, and no other");
    }

    #[test]
    fn every_rule_is_said_and_had() {
        let table = table(&crate::root()).unwrap();
        assert!(
            fs::read_to_string(crate::root().join(PATH)).unwrap().contains(&table),
            "xtask update writes it"
        );
        assert!(table.starts_with("| rule | what it says | `"), "{table}");
        for rule in Rule::ALL {
            assert_eq!(table.matches(&format!("\n| {rule} | ")).count(), 1, "{rule}");
        }
    }
}
