//! A generated file, and what several of them are written with.

/// A file of the repository.
pub(crate) struct Generated {
    /// Where, from the root of the workspace.
    pub(crate) path: String,
    /// What belongs there.
    pub(crate) content: Vec<u8>,
}

impl Generated {
    /// `content` at `path`.
    pub(crate) fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Generated { path: path.into(), content: content.into() }
    }
}

/// `text`, which is that of `path`, with `table` between the markers.
pub(crate) fn with_table(
    path: &str,
    text: &str,
    markers: (&str, &str),
    table: &str,
) -> Result<String, String> {
    let (begin, end) = markers;
    let missing = || format!("{path} has to have the lines `{begin}` and `{end}`, in this order");
    let (before, rest) = text.split_once(begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{table}{end}{after}"))
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_between_the_markers() {
        let (begin, end) = ("<!-- begin -->", "<!-- end -->");
        let readme = format!("a\n{begin}\nold\n{end}\nb\n");
        let with = |text: &str| with_table("README.md", text, (begin, end), "new\n");
        assert_eq!(with(&readme), Ok(format!("a\n{begin}\nnew\n{end}\nb\n")));
        assert!(with("a").is_err());
        assert!(with(begin).is_err());
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 442_202, 1_000_000].map(grouped),
            ["0", "999", "1,000", "442,202", "1,000,000"]
        );
    }
}
