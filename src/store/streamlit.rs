//! `secrets.toml`, which Streamlit reads from the project or the home folder,
//! and dlt from its `.dlt`.

use super::{Held, Store, file_name, some, toml};

pub(super) const STORES: &[Store] = &[Store {
    title: "secrets of an app",
    places: |machine| {
        some([
            machine.home(".streamlit/secrets.toml"),
            machine.home(".dlt/secrets.toml"),
        ])
    },
    is_named: |path| file_name(path) == "secrets.toml",
    read,
}];

/// Streamlit puts what stands outside of tables into the environment, too.
fn read(text: &str) -> Vec<Held> {
    toml::entries(text)
        .into_iter()
        .map(|entry| match entry.table.as_str() {
            "" => Held::named(&entry.key, entry.value).set_as_variable(),
            table => Held::named(&format!("{table}.{}", entry.key), entry.value),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_outside_of_tables_is_a_variable() {
        let held = read("A = \"x\"\n[db]\npassword = 'y'\nport = 5\n");
        let found: Vec<_> = held
            .iter()
            .map(|held| {
                (
                    held.name.as_str(),
                    held.variable.as_deref(),
                    held.value.expose(),
                )
            })
            .collect();
        assert_eq!(found, [("A", Some("A"), "x"), ("db.password", None, "y")]);
    }
}
