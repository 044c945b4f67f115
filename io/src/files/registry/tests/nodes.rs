//! The nodes beside a registry.

use super::*;

#[test]
fn nodes_beside_the_registry_are_never_trusted() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let mut models = sample(&path);
    let (journal, tree) = (fs::read(&path).unwrap(), fs::read(tree_file(&path)).unwrap());
    let position = Position::of_enrolment(0).unwrap();
    models[4].enrol(leaf(6)).unwrap();
    let check = |tree: Option<&[u8]>| {
        fs::write(&path, &journal).unwrap();
        match tree {
            Some(tree) => fs::write(tree_file(&path), tree).unwrap(),
            None => fs::remove_file(tree_file(&path)).unwrap(),
        }
        let mut file = load(&path);
        let membership = file.membership(position, file.journal().now()).unwrap();
        assert_eq!(membership.root(), file.journal().root());
        let (file, _) = writer(&path).enrol(&[leaf(6)], time(50)).unwrap();
        assert_eq!(file.journal().root(), models[4].root());
        assert_eq!(load_registry(&path).unwrap().root(), models[4].root());
    };
    check(None);
    check(Some(&[]));
    check(Some(&tree[..tree.len() - 1]));
    // Every byte of the head, and some of every node.
    for at in (0..76).chain((76..tree.len()).step_by(7)) {
        let mut tree = tree.clone();
        tree[at] ^= 1;
        check(Some(&tree));
    }
    // One that was made for it: every node is that of another registry.
    let other = scratch.path("other.bin");
    writer(&other).enrol(&[leaf(8), leaf(9)], time(1)).unwrap();
    let mut made = fs::read(tree_file(&other)).unwrap();
    made[16..48].copy_from_slice(&tree[16..48]);
    check(Some(&made));
}

#[test]
fn what_has_the_name_of_the_nodes_and_is_none_stays() {
    let scratch = Scratch::new();
    let (path, beside) = (scratch.path("a"), scratch.path("a.tree"));
    // Another registry.
    writer(&beside).enrol(&[leaf(9)], time(1)).unwrap();
    let other = fs::read(&beside).unwrap();
    let check = |name: &str, count: u32| {
        let (file, positions) =
            writer(&path).enrol(&[leaf(u8::try_from(count).unwrap())], time(count.into())).unwrap();
        let mut read = load(&path);
        let membership = read.membership(positions[0], read.journal().now()).unwrap();
        assert_eq!((membership.root(), read.journal().devices()), (file.journal().root(), count), "{name}");
    };
    check("a registry", 1);
    assert_eq!(fs::read(&beside).unwrap(), other);
    fs::write(&beside, "notes").unwrap();
    check("notes", 2);
    assert_eq!(fs::read(&beside).unwrap(), b"notes");
    #[cfg(unix)]
    {
        fs::remove_file(&beside).unwrap();
        let target = scratch.path("target");
        fs::write(&target, b"zksensor tree 1\n of somebody").unwrap();
        std::os::unix::fs::symlink("target", &beside).unwrap();
        check("a link", 3);
        assert!(beside.is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"zksensor tree 1\n of somebody");
        fs::remove_file(&beside).unwrap();
        if std::process::Command::new("mkfifo").arg(&beside).status().is_ok_and(|status| status.success()) {
            check("a pipe", 4);
            fs::remove_file(&beside).unwrap();
        } else {
            check("nothing", 4);
            fs::remove_file(&beside).unwrap();
        }
        // More than so many devices can have is not read.
        let large = fs::File::create(&beside).unwrap();
        std::io::Write::write_all(&mut &large, tree::MAGIC).unwrap();
        large.set_len(1 << 40).unwrap_or_else(|_| large.set_len(1 << 20).unwrap());
        assert!(load(&path).cached().is_none());
        check("a large file", 5);
        assert!(load(&path).cached().is_some());
    }
}
