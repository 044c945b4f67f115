//! Roots to a registry, and back.

use std::thread;

use zksensor::model::registry::{Position, Registry};
use zksensor::solidity::feed::registry::NO_PARENT;
use zksensor_chain::{Call, ChainError, PostFault, changes, post, veto};

use crate::run;
use crate::sender::{WAITING, outbox};
use crate::sending::reorganise;
use crate::world::{World, enrolled, node, refusal};

#[test]
fn changes_lead_from_one_state_to_the_next() {
    let world = World::get();
    let whole = &world.town.registry;
    assert_eq!(changes(&Registry::new(), whole), enrolled(whole));
    assert_eq!(changes(whole, whole).as_bytes(), [0u8; 0]);
    let mut less = whole.clone();
    let position = Position::of_enrolment(3).unwrap();
    less.revoke(position).unwrap();
    let [_, place @ ..] = position.get().to_be_bytes();
    assert_eq!(changes(whole, &less).as_bytes(), [&[2][..], &place].concat());
    // Enrolled and taken out between two posts: both are in the changes.
    let both = changes(&Registry::new(), &less);
    assert_eq!(both.as_bytes(), [enrolled(whole).as_bytes(), &[2], &place].concat());
}

#[test]
fn a_root_is_posted_read_back_and_taken_back() {
    let world = World::get();
    let Some(anvil) = world.without_posts("post", 1) else { return };
    let (registry, whole) = (world.address("registry"), &world.town.registry);
    let mut less = whole.clone();
    less.revoke(Position::of_enrolment(3).unwrap()).unwrap();
    run(async {
        let node = node(&anvil);
        let (outbox, ..) = outbox(&anvil, 0, WAITING).await.unwrap();
        let first = post(&registry, whole.root(), &NO_PARENT, &enrolled(whole));
        outbox.send(&first).await.unwrap();
        // It does not go on from the last one any more.
        let error = outbox.send(&first).await.unwrap_err();
        assert_eq!(refusal(&error), Some("ParentOther"), "{error}");
        let state = node.registry(&registry).await.unwrap();
        assert_eq!((state.posts, state.pending.len(), state.active), (1, 1, None));
        outbox.send(&post(&registry, less.root(), &state.head, &changes(whole, &less))).await.unwrap();

        let posts = node.posts(&registry, 0).await.unwrap();
        assert!(posts.is_final && posts.vetoed == 0);
        let wanted = [enrolled(whole), changes(whole, &less)];
        for (post, ops) in posts.posts.iter().zip(&wanted) {
            assert_eq!(post.ops, ops.as_bytes());
        }
        assert_eq!(posts.posts.len(), 2);
        assert_eq!(zksensor::model::hex::encode(&posts.posts[1].root), less.root().to_string());
        // Anybody has the tree, from the chain alone.
        let tree = posts.rebuild().unwrap();
        assert_eq!((tree.root(), tree.active() + 1), (less.root(), whole.enrolled()));
        // From behind the first post on, there is a gap.
        let error = node.posts(&registry, posts.posts[0].block + 1).await.unwrap_err();
        assert!(matches!(error, ChainError::Lie { .. }), "{error}");

        outbox.send(&veto(&registry, 1, "not ours")).await.unwrap();
        let posts = node.posts(&registry, 0).await.unwrap();
        assert_eq!((posts.posts.len(), posts.vetoed), (1, 1));
        assert_eq!(posts.rebuild().unwrap().root(), whole.root());

        // A root of other stations than the changes say: the contract cannot see it, and whoever follows does.
        let head = node.registry(&registry).await.unwrap().head;
        outbox.send(&post(&registry, Registry::new().root(), &head, &changes(whole, &less))).await.unwrap();
        let fault = node.posts(&registry, 0).await.unwrap().rebuild().unwrap_err();
        assert!(
            matches!(fault, PostFault::Root { index: 1, computed, .. } if computed == less.root()),
            "{fault}"
        );
        outbox.send(&veto(&registry, 1, "of other stations")).await.unwrap();
        let nonsense = zksensor::solidity::feed::registry::post_bytes(whole.root(), &head, &[9]);
        outbox.send(&Call { what: "nonsense".to_owned(), to: registry, data: nonsense }).await.unwrap();
        let fault = node.posts(&registry, 0).await.unwrap().rebuild().unwrap_err();
        assert!(matches!(&fault, PostFault::Changes { index: 1, reason } if reason.at == 0), "{fault}");
        outbox.send(&veto(&registry, 1, "nonsense")).await.unwrap();
        anvil.at(15, 30);
        let error = outbox.send(&veto(&registry, 0, "too late")).await.unwrap_err();
        assert_eq!(refusal(&error), Some("PostActive"), "{error}");
    });
}

#[test]
fn a_post_that_falls_out_of_the_chain_is_there_once() {
    let world = World::get();
    let Some(anvil) = world.without_posts("reorganised post", 5) else { return };
    let (registry, whole) = (world.address("registry"), &world.town.registry);
    let (outbox, said, _) = run(outbox(&anvil, 0, WAITING)).unwrap();
    let first = post(&registry, whole.root(), &NO_PARENT, &enrolled(whole));
    let sent = thread::scope(|scope| {
        scope.spawn(|| reorganise(&anvil, &said));
        run(outbox.send(&first)).unwrap()
    });
    assert_eq!(sent.reorganised, 1);
    let posts = run(node(&anvil).posts(&registry, 0)).unwrap();
    assert_eq!((posts.posts.len(), posts.vetoed), (1, 0));
}
