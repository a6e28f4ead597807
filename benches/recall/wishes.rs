//! What is to be planted: each kind in each shape that it can have.

use unspill::detect::Kind;
use unspill::detect::catalogue;
use unspill::detect::kind::Told;
use unspill::detect::sample::Rng;

use super::plant::Wish;
use super::shapes::{BY_CALL, BY_ITSELF, BY_NAME, BY_WORD, Shape, VERBATIM};
use super::values::{Value, is_told_by_itself};

/// Throws of the dice for a value that is good for a shape.
const TRIES: usize = 40;

/// All wishes, shuffled: each with a value of its own.
pub fn all(rng: &mut Rng) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for kind in catalogue::kinds() {
        let before = wishes.len();
        match is_told_by_itself(kind) {
            true => by_itself(kind, &mut wishes, rng),
            false => by_name(kind, &mut wishes, rng),
        }
        if wishes.len() == before {
            println!("cannot be made up: {}", kind.id);
        }
    }
    for last in (1..wishes.len()).rev() {
        wishes.swap(last, rng.below(last + 1));
    }
    wishes
}

/// In every shape; in those that keep every sign, if its values are not usual.
fn by_itself(kind: &'static Kind, wishes: &mut Vec<Wish>, rng: &mut Rng) {
    let usual = |rng: &mut Rng| thrown(rng, |rng| Value::shaped(kind, rng), Value::is_usual);
    let shapes = match usual(rng) {
        Some(_) => BY_ITSELF,
        None => VERBATIM,
    };
    for shape in shapes {
        let value = usual(rng).or_else(|| Value::shaped(kind, rng));
        wishes.extend(value.map(|value| wish(value, shape)));
    }
}

/// Under each of its names in every shape; as argument of each call; and, if
/// its shape tells it beside a word, beside that.
fn by_name(kind: &'static Kind, wishes: &mut Vec<Wish>, rng: &mut Rng) {
    let named = |name: &'static str, rng: &mut Rng| {
        let is_good = |value: &Value| value.is_usual() && value.is_varied();
        let make = |rng: &mut Rng| Value::named(kind, name, rng);
        // Some shapes allow no digit.
        thrown(rng, make, is_good).or_else(|| thrown(rng, make, Value::is_usual))
    };
    // Alone it says nothing: it is Kaggle's beside a `username` only.
    for name in kind.names.iter().filter(|name| *name != "key") {
        for shape in BY_NAME {
            wishes.extend(named(name, rng).map(|value| wish(value, shape)));
        }
    }
    for call in kind.calls.iter() {
        let value = named("", rng).map(|value| Value {
            call: Some(call),
            ..value
        });
        wishes.extend(value.map(|value| wish(value, &BY_CALL[0])));
    }
    if kind.told == Told::Itself {
        by_word(kind, wishes, rng);
    }
}

/// Beside the word that its kind wants.
fn by_word(kind: &'static Kind, wishes: &mut Vec<Wish>, rng: &mut Rng) {
    let make = |rng: &mut Rng| Value::shaped(kind, rng);
    for shape in BY_WORD {
        let value = thrown(rng, make, Value::is_usual).or_else(|| make(rng));
        wishes.extend(value.map(|value| wish(value, shape)));
    }
}

fn wish(value: Value, shape: &Shape) -> Wish {
    Wish {
        value,
        shape: *shape,
    }
}

fn thrown(
    rng: &mut Rng,
    make: impl Fn(&mut Rng) -> Option<Value>,
    is_good: impl Fn(&Value) -> bool,
) -> Option<Value> {
    (0..TRIES)
        .filter_map(|_| make(rng))
        .find(|value| is_good(value))
}
