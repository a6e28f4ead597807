//! Values whose name stands beside them: `{"name": "X", "value": "…"}`, as
//! containers, flows and collections write them.

/// Keys of values whose name is said by another member, or by the key above.
const VALUES: [&str; 5] = ["value", "Value", "default", "defaultValue", "val"];

/// Keys of those other members, the surer first.
const NAMES: [&str; 8] = [
    "name",
    "Name",
    "key",
    "Key",
    "id",
    "variable",
    "field",
    "field_name",
];

/// Whether a value with that key goes by what stands beside it.
pub(super) fn is_value(key: &str) -> bool {
    VALUES.contains(&key)
}

/// Whether a text may hold such a value.
pub(super) fn may_stand_in(text: &str) -> bool {
    ["Value", "value", "default", "val\"", "val:"]
        .iter()
        .any(|part| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some())
}

/// How surely a member with that key names the others; less is surer.
pub(super) fn rank(key: &str) -> Option<usize> {
    NAMES.iter().position(|name| *name == key)
}
