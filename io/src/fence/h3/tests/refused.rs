//! Lists that are no fence: each fault is named, with the place or the cell.

use super::*;

fn message(text: &str) -> String {
    FenceDocument::parse(text, None).unwrap_err().to_string()
}

#[test]
fn what_is_no_cell_is_named_with_its_place() {
    let after = |word: &str| message(&format!("{MUNICH},\n  {MUNICH} {word} x"));
    let at = "line 2, column 19: expected an H3 cell in hexadecimal such as 8928308280fffff, got";
    for (word, wanted) in [
        ("881f8d7a49ffff", "`881f8d7a49ffff`, which is not 15 hexadecimal digits"),
        ("0000881f8d7a49fffff", "`0000881f8d7a49fffff`, which is not 15 hexadecimal digits"),
        ("881f8d7a49ffffg", "`881f8d7a49ffffg`, which is not 15 hexadecimal digits"),
        ("+81f8d7a49fffff", "`+81f8d7a49fffff`, which is not 15 hexadecimal digits"),
        ("#", "`#`, which is not 15 hexadecimal digits"),
        ("\"881f8d7a49fffff\"", "`\\\"881f8d7a49fffff\\\"`, which is not 15 hexadecimal digits"),
        // A digit beyond the resolution, a digit of none, a cell that a pentagon has not.
        ("881f8d7a49ffffe", "which is no cell of its resolution"),
        ("881f8d7a7ffffff", "which is no cell of its resolution"),
        ("85080007fffffff", "which is no cell of its resolution"),
        ("88ff8d7a49fffff", "which is no cell of its resolution"),
        ("1181f8d7a49fffff", "which is an edge"),
        ("2281f8d44a3fffff", "which is a vertex"),
        ("000000000000000f", "which is no index of a cell"),
        ("f81f8d7a49fffff", "which is"),
    ] {
        let said = after(word);
        assert!(said.starts_with(at) && said.contains(wanted), "{word}: {said}");
    }
    let said = after("613044629362704383");
    assert!(
        said.starts_with("line 2, column 19: expected H3 cells as hexadecimal text, got the number 6130446"),
        "{said}"
    );
    assert!(said.contains("write cells with h3ToString"), "{said}");
}

#[test]
fn arrays_are_of_text() {
    for (text, wanted) in [
        ("[613044629362704383]", "expected H3 cells as hexadecimal text, got the number 613044629362704383"),
        (
            "[\"881f8d7a49fffff\",\n 6.13e17]",
            "line 2, column 8: expected H3 cells as hexadecimal text, got the number 613",
        ),
        ("[-1]", "got the number -1"),
        ("[\"613044629362704383\"]", "got the number 613044629362704383"),
        ("[\"881f8d7a49fffff\",null]", "invalid type: null, expected a cell as text"),
        (
            "[[11.5,48.1],[11.6,48.1]]",
            "expected a JSON array of H3 cells such as [\"8928308280fffff\"]: invalid type: sequence",
        ),
        ("[{\"cell\":\"881f8d7a49fffff\"}]", "invalid type: map, expected a cell as text"),
        ("[\"881f8d7a49fffff\"", "EOF while parsing a list"),
        ("['881f8d7a49fffff']", "expected value"),
        ("[\"881f8d7a49fffff\"] x", "trailing characters"),
        ("[\"881f8d7a49fffff\",]", "trailing comma"),
        ("[\"881f8d7a49fffff \"]", "`881f8d7a49fffff `, which is not 15 hexadecimal digits"),
        ("[\"\"]", "got ``, which is not"),
        ("[]", "expected at least one H3 cell, got none"),
        ("[", "EOF while parsing"),
    ] {
        let said = message(text);
        assert!(said.contains(wanted), "{text}: {said}");
    }
    assert_eq!(from_h3(" , \n"), Err(OutlineError::H3(H3Error::Empty)));
    let deep = message(&"[".repeat(100_000));
    assert!(deep.contains("expected a JSON array of H3 cells"), "{deep}");
}

#[test]
fn cells_across_the_antimeridian_or_at_a_pole_are_named() {
    for across in ["857eb573fffffff", "830326fffffffff", "86f29380fffffff"] {
        let said = message(&format!("{MUNICH} {across}"));
        assert!(
            said.contains(&format!("short of the poles, got {across} across; leave such cells out")),
            "{said}"
        );
    }
    // Of a set, the coarse cell that is on the list and not its descendant, and none that lies inside.
    let said = message("827eb7fffffffff 881f8d7a49fffff");
    assert!(said.contains("got 827eb7fffffffff across"), "{said}");
    let around: Vec<CellIndex> = cell("857eb573fffffff").grid_disk(2);
    assert!(message(&list(&around)).contains("expected cells on one side of the antimeridian"));
    // Everything, and everything but a cell in Europe.
    let all: Vec<CellIndex> = CellIndex::base_cells().collect();
    assert_eq!(from_h3(&list(&all)), Err(OutlineError::H3(H3Error::Everywhere)));
    let but_one: Vec<CellIndex> = all.into_iter().filter(|base| *base != cell("801ffffffffffff")).collect();
    assert_eq!(but_one.len(), 121);
    assert_eq!(from_h3(&list(&but_one)), Err(OutlineError::H3(H3Error::Everywhere)));
}

#[test]
fn too_many_cells_and_too_long_outlines() {
    let cells = |count: usize| format!("{MUNICH}\n").repeat(count);
    assert_eq!(from_h3(&cells(MAX_CELLS)), from_h3(MUNICH));
    let said = message(&cells(MAX_CELLS + 1));
    assert!(said.starts_with("line 65537, column 1: expected at most 65536 cells, got more"), "{said}");
    let json = format!("[{}\"{MUNICH}\"]", format!("\"{MUNICH}\",").repeat(MAX_CELLS));
    assert!(message(&json).contains("expected at most 65536 cells, got more"));

    let fine = cell(MUNICH).center_child(Resolution::Fifteen).unwrap();
    let said = message(&format!("8029fffffffffff {fine}"));
    assert!(
        said.contains("at most 8192 corners, got more from resolutions 0 to 15: a coarse cell"),
        "{said}"
    );
    // Fewer corners than that, and more triangles than there are leaves.
    let scattered = |count: usize| -> String {
        let cells = cell(MUNICH).children(Resolution::Twelve).take(count);
        list(&cells.map(|cell| cell.center_child(Resolution::Fourteen).unwrap()).collect::<Vec<_>>())
    };
    assert_eq!(from_h3(&scattered(1024)).unwrap().triangles().len(), 4096);
    assert!(message(&scattered(1025)).starts_with("expected at most 4096 triangles, got 4100"));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,60}", list in "[\\[\\]\", 0-9a-fx\n]{0,80}") {
        let _ = from_h3(&text);
        let _ = FenceDocument::parse(&list, None);
        let _ = from_h3(&format!("[\"881f8d7a49fffff\"{list}"));
    }

    /// Any bits that are a cell, beside any other.
    #[test]
    fn arbitrary_cells_never_panic(bits in prop::collection::vec(any::<u64>(), 1..5), fine in 0u8..16) {
        let mut cells = Vec::new();
        for bits in bits {
            // A base cell and digits without end, cut at a resolution.
            let resolution = u64::from(fine % 16);
            let unused = (1u64 << (45 - 3 * resolution)) - 1;
            let index = (1 << 59) | (resolution << 52) | ((bits >> 45) % 122) << 45 | (bits & ((1 << 45) - 1)) | unused;
            cells.extend(CellIndex::try_from(index).ok());
            cells.extend(CellIndex::try_from(index).ok().and_then(|cell| cell.parent(Resolution::Two)));
        }
        if let Ok(fence) = from_h3(&list(&cells)) {
            prop_assert!(fence.triangles().len() >= 3);
        }
    }

    #[test]
    fn damaged_lists_never_panic(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = FLOWER.join(" ").chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = FenceDocument::parse(text.into_iter().collect::<String>(), None);
    }

    /// Patches of cells, with holes and islands of chance: the fence is what H3 says.
    #[test]
    fn patches(chosen in prop::collection::vec(any::<bool>(), 61), seed in any::<u64>()) {
        let disk: Vec<CellIndex> = cell(FLOWER[0]).grid_disk(4);
        let cells: Vec<CellIndex> = disk.into_iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(cell, _)| cell).collect();
        prop_assume!(cells.len() > 20);
        assert_as_h3_says(&cells, 120, seed);
    }
}
