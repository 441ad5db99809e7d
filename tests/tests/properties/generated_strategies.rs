//! The strategies that generated types have.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestError, TestRunner};
use protocol_defs::{admin, remote};
use xdr_testkit::strategy::{at_bounds, over_bounds, values, values_over_bounds};
use xdr_wire::{Decode, Encode, ErrorKind, List, from_bytes, to_vec};

use crate::{golden, shapes};

fn comes_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: for<'de> Decode<'de> + Encode + PartialEq + Debug,
{
    let wire = to_vec(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(value.encoded_len(), wire.len());
    let back = from_bytes::<T>(&wire);
    // What is not a number is not equal to itself; its bytes are.
    prop_assert_eq!(back.map(|back| to_vec(&back)), Ok(Ok(wire)));
    Ok(())
}

proptest! {
    #[test]
    fn values_of_generated_types_come_back(
        graphics: remote::DomainEventCallbackGraphicsMsg,
        params: remote::DomainSetMemoryParametersArgs,
        capabilities: remote::AuthListRet,
        servers: admin::ConnectListServersRet,
        titles: shapes::bounded::Titles,
        directory: shapes::Directory,
        answer: shapes::Answer,
        nodes in values::<List<golden::torture::ListNode>>(),
    ) {
        comes_back(&graphics)?;
        comes_back(&params)?;
        comes_back(&capabilities)?;
        comes_back(&servers)?;
        comes_back(&titles)?;
        comes_back(&directory)?;
        comes_back(&answer)?;
        comes_back(&nodes)?;
    }

    #[test]
    fn values_at_a_bound_are_valid_and_one_more_is_not(
        most in at_bounds(<remote::DomainEventGraphicsMsg as Encode>::TYPE),
        more in over_bounds(<remote::DomainEventGraphicsMsg as Encode>::TYPE),
        value in values_over_bounds::<remote::DomainEventGraphicsMsg>(),
    ) {
        prop_assert!(from_bytes::<remote::DomainEventGraphicsMsg>(&most).is_ok());
        let over = from_bytes::<remote::DomainEventGraphicsMsg>(&more).map_err(|it| it.kind());
        prop_assert!(matches!(over, Err(ErrorKind::LengthOverBound { .. })), "{over:?}");
        let over = to_vec(&value).map_err(|it| it.kind());
        prop_assert!(matches!(over, Err(ErrorKind::LengthOverBound { .. })), "{over:?}");
    }

    #[test]
    fn a_fuzzer_has_values_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = arbitrary::Unstructured::new(&bytes);
        let graphics: remote::DomainEventGraphicsMsg = bytes.arbitrary().expect("there are always zeros");
        comes_back(&graphics)?;
    }
}

/// The smallest value that fails.
fn counterexample<T>(fails: impl Fn(&T) -> bool) -> T
where
    T: for<'de> Decode<'de> + Debug + Clone,
{
    let config = ProptestConfig {
        cases: 4096,
        max_shrink_iters: 4096,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let holds = |value: T| {
        if fails(&value) {
            return Err(TestCaseError::fail("as asked for"));
        }
        Ok(())
    };
    match TestRunner::new(config).run(&values::<T>(), holds) {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("nothing fails: {other:?}"),
    }
}

#[test]
fn what_fails_shrinks_to_a_small_value() {
    let found = counterexample(|it: &remote::DomainSetMemoryParametersArgs| it.params.len() >= 2);
    assert_eq!(found.params.len(), 2, "{found:?}");
    let rest = to_vec(&found).expect("it is valid").len();
    assert!(rest <= 80, "{rest} bytes: {found:?}");

    let found = counterexample(|it: &remote::DomainEventGraphicsMsg| it.auth_scheme.len() >= 3);
    assert_eq!(found.auth_scheme, "aaa", "{found:?}");
    assert!(
        found.subject.is_empty() && found.local.node.is_empty(),
        "{found:?}"
    );
}

#[test]
fn every_enumerator_of_a_generated_type_is_drawn() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..300 {
        let tree = any::<shapes::Colour>().new_tree(&mut runner).unwrap();
        seen.insert(to_vec(&tree.current()).unwrap());
    }
    assert_eq!(seen.len(), 3);
}
