//! Descriptors say what the attributes said.

use xdr_wire::describe::{Field, Ty, UnionTy};
use xdr_wire::{Decode, Encode};

use crate::types::{
    Bounded, ByState, Characters, Everything, Name, Numbered, Phase, Reply, State, Tree, Value,
};

fn fields(ty: &'static Ty) -> &'static [Field] {
    match ty {
        Ty::Struct(ty) => ty.fields(),
        _ => &[],
    }
}

fn union(ty: &'static Ty) -> &'static UnionTy {
    let Ty::Union(ty) = ty else {
        unreachable!("only called for unions")
    };
    ty
}

#[test]
fn a_struct_lists_its_fields_by_their_xdr_names() {
    let ty = <Everything as Decode>::TYPE;
    let Ty::Struct(everything) = ty else {
        panic!("{ty:?} is no struct");
    };
    assert_eq!(everything.name(), "Everything");
    let names: Vec<_> = everything.fields().iter().map(Field::name).collect();
    assert!(names.contains(&"byPhase") && !names.contains(&"by_phase"));
    assert_eq!(names.len(), 15);
}

#[test]
fn bounds_stand_before_the_type_that_they_bound() {
    let bounds: Vec<&[u32]> = fields(<Bounded as Encode>::TYPE)
        .iter()
        .map(|field| match field.ty() {
            Ty::Bounded(bounds, _) => bounds.as_slice(),
            _ => &[],
        })
        .collect();
    let expected: [&[u32]; 10] = [
        &[8],
        &[3, 4],
        &[2, 2, 3],
        &[5],
        &[3],
        &[2],
        &[],
        &[],
        &[4],
        &[u32::MAX, 2],
    ];
    assert_eq!(bounds, expected);
}

#[test]
fn the_field_of_a_newtype_has_no_name() {
    assert_eq!(fields(<Name as Decode>::TYPE)[0].name(), "");
}

#[test]
fn characters_are_told_from_bytes() {
    let fields = fields(<Characters as Decode>::TYPE);
    assert!(matches!(fields[0].ty(), Ty::Char));
    assert!(matches!(fields[1].ty(), Ty::FixedArray(4, Ty::Char)));
    let Ty::Bounded(_, Ty::Array(link)) = fields[2].ty() else {
        panic!("{:?} is no bounded array", fields[2]);
    };
    assert!(matches!(link(), Ty::Link { link, .. } if matches!(link(), Ty::Char)));
    let Ty::Optional(link) = fields[4].ty() else {
        panic!("{:?} is no optional", fields[4]);
    };
    assert!(matches!(link(), Ty::Link { link, .. } if matches!(link(), Ty::UChar)));
}

#[test]
fn an_enum_lists_its_values() {
    let (Ty::Enum(phase), Ty::Enum(state)) = (<Phase as Decode>::TYPE, <State as Decode>::TYPE)
    else {
        panic!("both are enumerations");
    };
    let values = |ty: &xdr_wire::describe::EnumTy| -> Vec<_> {
        ty.enumerators()
            .iter()
            .map(|it| (it.name(), it.value()))
            .collect()
    };
    assert_eq!(
        values(phase),
        [("Connect", 0), ("Initialize", 1), ("Disconnect", -2)]
    );
    assert_eq!(values(state), [("STATE_OPEN", 1), ("Closed", 7)]);
    assert_eq!((phase.is_open(), state.is_open()), (false, true));
    assert_eq!((phase.name(), state.name()), ("Phase", "State"));
}

#[test]
fn a_union_lists_its_arms_and_selects_one() {
    let value = union(<Value as Decode>::TYPE);
    assert!(matches!(value.discriminant(), Ty::Int));
    let arms: Vec<_> = value
        .arms()
        .iter()
        .map(|arm| (arm.name(), arm.labels()))
        .collect();
    let expected: [(&str, &[i64]); 7] = [
        ("Void", &[0]),
        ("i", &[-1]),
        ("Text", &[2, 3]),
        ("Record", &[4]),
        ("Range", &[5, 6]),
        ("Point", &[7]),
        ("Other", &[]),
    ];
    assert_eq!(arms, expected);
    let selected = |value: &UnionTy, discriminant| {
        value
            .select(discriminant)
            .map(xdr_wire::describe::Arm::name)
    };
    assert_eq!(selected(value, 6), Some("Range"));
    assert_eq!(selected(value, 60), Some("Other"));
    assert!(value.arms()[6].is_default() && !value.arms()[0].is_default());

    let numbered = union(<Numbered as Encode>::TYPE);
    assert!(matches!(numbered.discriminant(), Ty::UInt));
    assert_eq!(selected(numbered, u32::MAX.into()), Some("Last"));
    assert_eq!(selected(numbered, 0), None);
    assert_eq!(selected(union(<Reply as Encode>::TYPE), 0), Some("Missing"));
    assert_eq!(
        selected(union(<ByState as Encode>::TYPE), 7),
        Some("Closed")
    );
}

#[test]
fn the_least_length_is_known_without_a_value() {
    assert_eq!(<Tree as Decode>::MIN, 12);
    assert_eq!(<Bounded as Decode>::MIN, 56);
    assert_eq!(<Value as Decode>::MIN, 4);
    assert_eq!(
        <Everything as Encode>::TYPE.min_len(),
        <Everything as Decode>::MIN
    );
}
