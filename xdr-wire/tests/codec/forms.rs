//! The form of every type that has one of its own, as bytes.

use xdr_wire::{Chain, List, Quadruple, to_vec};

use crate::support::{assert_form, words};

#[test]
fn integers_are_big_endian_in_units_of_four_bytes() {
    assert_form(&-2_i32, &[0xff, 0xff, 0xff, 0xfe]);
    assert_form(&0x0102_0304_u32, &[1, 2, 3, 4]);
    assert_form(&i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]);
    assert_form(&0x0102_0304_0506_0708_u64, &[1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn shorts_take_a_whole_unit_and_keep_their_sign() {
    assert_form(&-2_i16, &[0xff, 0xff, 0xff, 0xfe]);
    assert_form(&i16::MAX, &[0, 0, 0x7f, 0xff]);
    assert_form(&u16::MAX, &[0, 0, 0xff, 0xff]);
}

#[test]
fn floating_point_numbers_are_their_bits() {
    assert_form(&1.5_f32, &[0x3f, 0xc0, 0, 0]);
    assert_form(&-0.0_f64, &[0x80, 0, 0, 0, 0, 0, 0, 0]);
    assert_form(&Quadruple([7; 16]), &[7; 16]);
    let signalling = [0x7f, 0xa0, 0, 1];
    let nan: f32 = xdr_wire::from_bytes(&signalling).unwrap();
    assert_eq!(to_vec(&nan).unwrap(), signalling);
}

#[test]
fn a_bool_is_zero_or_one() {
    assert_form(&false, &words(&[0]));
    assert_form(&true, &words(&[1]));
}

#[test]
fn a_string_has_its_length_and_zeros_up_to_the_unit() {
    assert_form(&String::new(), &words(&[0]));
    assert_form(&"a".to_owned(), &[0, 0, 0, 1, b'a', 0, 0, 0]);
    assert_form(&"abc", &[0, 0, 0, 3, b'a', b'b', b'c', 0]);
    assert_form(&"abcd", &[0, 0, 0, 4, b'a', b'b', b'c', b'd']);
    assert_form(
        &"é€".to_owned(),
        &[0, 0, 0, 5, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0, 0, 0],
    );
}

#[test]
fn opaque_bytes_stay_as_they_are() {
    assert_form(&vec![0xff_u8, 0], &[0, 0, 0, 2, 0xff, 0, 0, 0]);
    assert_form(
        &&[1_u8, 2, 3, 4, 5][..],
        &[0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0],
    );
    assert_form(&[9_u8, 8, 7], &[9, 8, 7, 0]);
    assert_form(&[0_u8; 0], &[]);
}

#[test]
fn borrowed_values_point_into_the_input() {
    let wire = [0, 0, 0, 2, b'h', b'i', 0, 0];
    let text: &str = xdr_wire::from_bytes(&wire).unwrap();
    assert!(std::ptr::eq(text.as_ptr(), &raw const wire[4]));
}

#[test]
fn arrays_have_a_count_if_it_varies() {
    assert_form(&vec![1_i32, -1], &words(&[2, 1, u32::MAX]));
    assert_form(&[1_u32, 2], &words(&[1, 2]));
    assert_form(&vec![1_u64], &words(&[1, 0, 1]));
    assert_form(&vec![1.0_f32], &words(&[1, 0x3f80_0000]));
    assert_form(&[true, false], &words(&[1, 0]));
    assert_form(
        &vec!["a".to_owned()],
        &[0, 0, 0, 1, 0, 0, 0, 1, b'a', 0, 0, 0],
    );
    assert_form(&vec![[1_u8], [2]], &[0, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0]);
    assert_form(&vec![vec![5_i64], vec![]], &words(&[2, 1, 0, 5, 0]));
    assert_form(
        &["a".to_owned(), String::new()],
        &[0, 0, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0],
    );
}

#[test]
fn an_optional_has_a_word_before_its_value() {
    assert_form(&None::<i32>, &words(&[0]));
    assert_form(&Some(7), &words(&[1, 7]));
    assert_form(&Some(None::<i32>), &words(&[1, 0]));
}

#[test]
fn boxes_references_tuples_and_nothing_add_no_bytes() {
    assert_form(&Box::new(7_i32), &words(&[7]));
    assert_form(&(), &[]);
    assert_form(&((),), &[]);
    assert_form(&(1_i32, (true, 2_u64), ()), &words(&[1, 1, 0, 2]));
    assert_form(
        &(1, 2, 3, 4, 5, 6, 7, 8_u32),
        &words(&[1, 2, 3, 4, 5, 6, 7, 8]),
    );
    assert_eq!(to_vec(&&&7_i32).unwrap(), words(&[7]));
    assert_eq!(to_vec(&[1_i32, 2][..]).unwrap(), words(&[2, 1, 2]));
    assert_eq!(
        to_vec::<Box<str>>(&"a".into()).unwrap(),
        [0, 0, 0, 1, b'a', 0, 0, 0]
    );
}

#[test]
fn a_list_has_a_word_before_each_element_and_one_at_the_end() {
    assert_form(&List::<u32>::new(), &words(&[0]));
    assert_form(&List(vec![5_u32, 6]), &words(&[1, 5, 1, 6, 0]));
    assert_form(&List(vec![(), ()]), &words(&[1, 1, 0]));
    let chain = Chain {
        head: 5_u32,
        tail: List(vec![6]),
    };
    assert_form(&chain, &words(&[5, 1, 6, 0]));
}

#[test]
fn a_list_is_used_as_a_vector() {
    let mut list: List<u32> = (1..=2).collect();
    list.push(3);
    list.extend([4]);
    for item in &mut list {
        *item *= 10;
    }
    assert_eq!(list.len(), 4);
    assert_eq!((&list).into_iter().sum::<u32>(), 100);
    assert_eq!(Vec::from(list.clone()), list.clone().into_vec());
    assert_eq!(list.into_iter().next(), Some(10));
    assert_eq!(List::from(vec![1]), List(vec![1]));
    assert_eq!(List::<u32>::default(), List::new());
}

#[test]
fn a_prefix_leaves_the_rest() {
    let (value, rest) = xdr_wire::from_prefix::<bool>(&[0, 0, 0, 1, 9]).unwrap();
    assert!(value);
    assert_eq!(rest, [9]);
}

#[test]
fn encoding_into_a_buffer_appends() {
    let mut out = vec![1];
    xdr_wire::encode_into(&2_i32, &mut out).unwrap();
    assert_eq!(out, [1, 0, 0, 0, 2]);
}
