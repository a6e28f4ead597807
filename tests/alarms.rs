//! What is told of a whole notebook, and how surely: values that look like others
//! which are none. Each was wrong in a public repository.

mod support;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use unspill::detect::Confidence;
use unspill::detect::sample::{Rng, from_shape};
use unspill::sanitize::{Ledger, Policy, Sanitizer};

use support::project::{code, of_cells};

fn made_up(shape: &str) -> String {
    from_shape(shape, &mut Rng::new(29)).unwrap()
}

/// The kinds that are told of one code cell, with how surely they are believed.
fn told(source: &str) -> Vec<(String, Confidence)> {
    let notebook = of_cells(&[code(source, "")]);
    let everything = Policy {
        confidence: Confidence::Possible,
        ..Policy::default()
    };
    let inspection = Sanitizer::new(everything)
        .inspect(
            Path::new("a.ipynb"),
            notebook.as_bytes(),
            &Ledger::default(),
        )
        .unwrap();
    let found = inspection.found.iter();
    found
        .map(|found| (found.kind.id.to_string(), found.confidence))
        .collect()
}

#[track_caller]
fn is_told(source: &str, kind: &str, confidence: Confidence) {
    assert_eq!(told(source), [(kind.to_owned(), confidence)], "{source}");
}

#[test]
fn the_hash_of_a_password_is_possible_under_any_name() {
    let hash = format!("$2b$12${}", made_up("[A-Za-z0-9]{53}"));
    for name in ["password", "admin_password", "DB_PASSWORD"] {
        let source = format!("{name} = '{hash}'");
        is_told(&source, "generic-password", Confidence::Possible);
    }
}

#[test]
fn the_key_of_a_sites_search_is_possible() {
    let key = made_up("[0-9a-f]{32}");
    let site = |last: &str| {
        format!("%%javascript\nvar site = {{appId: 'GBW8AA15RD', apiKey: '{key}', {last}: 'docs'}}")
    };
    is_told(&site("indexName"), "generic-api-key", Confidence::Possible);
    is_told(&site("region"), "generic-api-key", Confidence::Likely);
}

#[test]
fn the_token_of_a_form_is_possible_wherever_it_is_sent() {
    let token = made_up("[A-Za-z0-9]{64}");
    for source in [
        format!("headers = {{'X-CSRFToken': '{token}'}}"),
        format!("!wget --header 'Cookie: CSRF-TOKEN={token}' https://a.example.org/x"),
    ] {
        let found = told(&source);
        let is_sure = found.iter().any(|(_, sure)| *sure > Confidence::Possible);
        assert!(!is_sure, "{source}: {found:?}");
    }
}

#[test]
fn an_application_id_is_a_key_of_openweather_only_there() {
    let key = made_up("[0-9a-f]{32}");
    let link = |host: &str| format!("url = 'https://{host}/item?q=Paris&appid={key}'");
    let weather = link("api.openweathermap.org");
    is_told(&weather, "openweather-key", Confidence::Likely);
    assert_eq!(told(&link("www.arcgis.com")), []);
}

#[test]
fn a_password_behind_the_plugin_that_keeps_it() {
    let password = made_up("[A-Za-z0-9]{14}");
    for plugin in ["mysql_native_password", "caching_sha2_password"] {
        let source = format!("%%sql\nCREATE USER ada IDENTIFIED WITH {plugin} BY '{password}'");
        is_told(&source, "generic-password", Confidence::Likely);
    }
}

#[test]
fn a_web_token_behind_a_word() {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (head, payload) = (
        part(r#"{"alg":"HS256"}"#),
        part(r#"{"sub":"7","name":"Ada"}"#),
    );
    let token = format!("{head}.{payload}.{}", made_up("[A-Za-z0-9]{43}"));
    let source = format!("url = 'https://a.example.org/cb?state=production_{token}'");
    is_told(&source, "jwt-generic", Confidence::Certain);
}

#[test]
fn a_framed_name_is_no_password() {
    let link =
        |password: &str| format!("url = 'databricks://token:{password}@adb.azuredatabricks.net/x'");
    assert_eq!(told(&link("-databricks_token-")), []);
    let real = link(&made_up("[A-Za-z0-9]{14}"));
    is_told(&real, "url-userinfo-password", Confidence::Likely);
}

#[test]
fn code_that_was_copied_from_a_page() {
    let key = made_up("[A-Za-z0-9]{32}");
    for source in [
        format!("api_key = “{key}”"),
        format!("client = Client(‘eu’, api_key=‘{key}’)"),
        format!("config = {{“api_key”: “{key}”}}"),
    ] {
        is_told(&source, "generic-api-key", Confidence::Likely);
    }
    assert_eq!(told("Password was “Albus”! Get in here"), []);
}

#[test]
fn what_pages_hold_to_be_read_is_no_secret() {
    let page =
        |name: &str, value: &str| format!("%%javascript\nvar state = {{\"{name}\": \"{value}\"}}");
    for (name, shape) in [
        ("clientToken", "pub[0-9a-f]{32}"),
        ("branchKey", "key_live_[A-Za-z0-9]{32}"),
        ("braintreeClientKey", "production_[a-z0-9]{8}_[a-z0-9]{16}"),
        ("braintreeClientKey", "sandbox_[a-z0-9]{8}_[a-z0-9]{16}"),
    ] {
        assert_eq!(told(&page(name, &made_up(shape))), [], "{name}");
    }
    let secret = page("branchSecret", &made_up("secret_live_[A-Za-z0-9]{32}"));
    is_told(&secret, "generic-secret", Confidence::Likely);
    let key = made_up("[A-Za-z0-9]{32}");
    let snippet = format!("%%javascript\nanalytics._writeKey = '{key}'");
    is_told(&snippet, "generic-api-key", Confidence::Possible);
    let sent = format!("analytics.write_key = '{key}'");
    is_told(&sent, "generic-api-key", Confidence::Likely);
}
