//! `.netrc`: logins by host. Weights & Biases keeps its key there.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, some};
use crate::detect::Secret;
use crate::format::netrc;

pub(super) const STORES: &[Store] = &[Store {
    title: "logins by host",
    places,
    is_named: |path| matches!(file_name(path), ".netrc" | "_netrc"),
    read,
}];

fn places(machine: &Machine) -> Vec<PathBuf> {
    match machine.set("NETRC") {
        Some(place) => vec![place],
        None => some([machine.home(".netrc"), machine.home("_netrc")]),
    }
}

fn read(text: &str) -> Vec<Held> {
    let logins = netrc::logins(text).into_iter();
    logins
        .map(|login| {
            let password = Secret::new(login.password(text));
            Held::credential(netrc::name_of(login.host), login.host, password)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{held, places as places_of};
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn as_weights_and_biases_writes_it() {
        let text = "machine api.wandb.ai\n  login user\n  password 0a1b2c\n";
        assert_eq!(held(read, text), [pair("WANDB_API_KEY", "0a1b2c")]);
        assert_eq!(read(text)[0].label, "api.wandb.ai");
    }

    #[test]
    fn a_variable_moves_it() {
        assert_eq!(places_of(STORES, &[]), ["/h/.netrc", "/h/_netrc"]);
        assert_eq!(places_of(STORES, &[("NETRC", "/n")]), ["/n"]);
    }
}
