//! What the readers of plain text and configuration bind.

use proptest::prelude::*;
use unspill::detect::names::classify;
use unspill::syntax::Via;
use unspill::syntax::text::{TextKind, bindings, url_users};

const KINDS: [TextKind; 10] = [
    TextKind::Output,
    TextKind::Prose,
    TextKind::Dotenv,
    TextKind::Json,
    TextKind::Yaml,
    TextKind::Toml,
    TextKind::Ini,
    TextKind::Shell,
    TextKind::Code,
    TextKind::Html,
];

fn read(text: &str, kind: TextKind) -> Vec<(String, String)> {
    let wanted = |name: &str| classify(name).is_some() || name == "wandb.login:0";
    bindings(text, kind, &wanted)
        .into_iter()
        .map(|binding| {
            assert!(text.get(binding.span.clone()).is_some(), "{text}");
            (binding.name, binding.value)
        })
        .collect()
}

#[track_caller]
fn binds(kind: TextKind, text: &str, name: &str, value: &str) {
    let found = read(text, kind);
    assert_eq!(
        found,
        [(name.to_owned(), value.to_owned())],
        "{kind:?}: {text}"
    );
}

#[test]
fn printed_text() {
    for text in [
        "api_key=V4lue-77",
        "api_key = V4lue-77",
        "api_key: V4lue-77",
        "env: api_key=V4lue-77",
        "{'api_key': 'V4lue-77', 'x': 1}",
        r#"{"api_key": "V4lue-77"}"#,
        r#"Config(api_key="V4lue-77", n=3)"#,
        r#"{\"api_key\": \"V4lue-77\"}"#,
        r#"{\\\"api_key\\\": \\\"V4lue-77\\\"}"#,
        "{'kaggle.json': b'{\"api_key\": \"V4lue-77\"}'}",
        "GET https://x.org/v1?q=1&api_key=V4lue-77&n=2 200",
        "run --api_key V4lue-77 --n 3",
        "run --api_key=V4lue-77 --n 3",
    ] {
        binds(TextKind::Output, text, "api_key", "V4lue-77");
    }
    binds(
        TextKind::Output,
        "Your api key: V4lue-77.\n",
        "api key",
        "V4lue-77",
    );
    binds(TextKind::Output, "API Key: V4lue-77", "API Key", "V4lue-77");
    binds(
        TextKind::Output,
        "Authorization: Bearer V4lue-77\r\n",
        "Authorization",
        "V4lue-77",
    );
    binds(
        TextKind::Output,
        "{'Authorization': 'Bearer V4lue-77'}",
        "Authorization",
        "V4lue-77",
    );
    binds(
        TextKind::Output,
        "X-Api-Key: V4lue-77",
        "X-Api-Key",
        "V4lue-77",
    );
    assert!(read("the next token: Paris", TextKind::Output).is_empty());
}

#[test]
fn quotation_marks_of_word_processors() {
    for text in [
        "api_key = “V4lue-77”",
        "“api_key”: “V4lue-77”, “n”: 3",
        "Client(‘x’, api_key=‘V4lue-77’, n=‘3’)",
        "api_key: „V4lue-77“",
        "api_key = «V4lue-77»",
        "api_key = ”V4lue-77”",
        "api_key = \u{93}V4lue-77\u{94} # of Windows-1252",
    ] {
        binds(TextKind::Output, text, "api_key", "V4lue-77");
        binds(TextKind::Code, text, "api_key", "V4lue-77");
    }
    let sentence = "my password is “V4lue-77”.";
    binds(TextKind::Output, sentence, "my password", "V4lue-77");
    // They close on their line.
    assert!(read("api_key = “V4lue\n-77”", TextKind::Code).is_empty());
}

#[test]
fn urls() {
    let text = "postgresql+psycopg2://me:pa%2Fss%21@db.acme.org:5432/x";
    for kind in KINDS {
        binds(kind, text, "password", "pa/ss!");
    }
    let found = url_users("see redis://:s3cr3t@cache:6379/0", &|_| true);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].value.as_str(), found[0].via),
        ("s3cr3t", Via::Url)
    );
    assert_eq!(
        url_users("https://tok@github.com/a/b", &|_| true)[0].name,
        "user"
    );
    assert!(url_users("https://x.org/a:b@c", &|_| true).is_empty());
    assert!(url_users("http://localhost:8080 me@x.org", &|_| true).is_empty());
}

#[test]
fn tables() {
    let markdown = "| user | password |\n|---|---|\n| me | V4lue-77 |\n";
    let found = read(markdown, TextKind::Prose);
    assert!(
        found.contains(&("password".into(), "V4lue-77".into())),
        "{found:?}"
    );
    let frame = "   user        api_key  n\n0    me       V4lue-77  3\n1   you  V4lue-78-long  4\n";
    let found = read(frame, TextKind::Output);
    let values: Vec<_> = found.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["V4lue-77", "V4lue-78-long"]);
}

#[test]
fn a_row_below_a_rule_is_no_header() {
    let described = "| NAME | default | used for |\n|---|---|---|\n| DB_PASSWORD | password | the db |\n\
                     | MODES | V4lue-77 | the chat |\n";
    assert_eq!(read(described, TextKind::Prose), []);
    let grid = "+------+----------+\n| user | password |\n+======+==========+\n| me   | V4lue-77 |\n\
                +------+----------+\n| you  | V4lue-78 |\n+------+----------+\n";
    let found = read(grid, TextKind::Output);
    let values: Vec<_> = found.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["V4lue-77", "V4lue-78"]);
    let second =
        "| a | b |\n|---|---|\n| 1 | 2 |\n| user | password |\n|---|---|\n| me | V4lue-77 |\n";
    let found = read(second, TextKind::Prose);
    assert!(
        found.iter().any(|(_, value)| value == "V4lue-77"),
        "{found:?}"
    );
    let users =
        "| user | password |\n+------+----------+\n| me   | V4lue-77 |\n+------+----------+\n";
    for before in [
        "+---+\n| a |\n+---+\n| 1 |\n+---+\n+------+----------+\n",
        "+---+\n| a |\n+---+\n| 1 |\n+---+\n1 row in set\nsql> select\n+------+----------+\n",
        "+-----------------+\n| Users           |\n+------+----------+\n",
        "Results | run 3\n-------\n",
        "-----\n id | name\n 1 | x\n-----\n",
    ] {
        let found = read(&format!("{before}{users}"), TextKind::Output);
        let is_read = found.iter().any(|(_, value)| value == "V4lue-77");
        assert!(is_read, "{before} {found:?}");
    }
}

#[test]
fn what_stands_between_two_literals_is_no_value() {
    let text = "gcloud run deploy x --set-env-vars \"DB_PASSWORD=\" --set-env-vars \"A=b\"\n";
    assert_eq!(read(text, TextKind::Shell), []);
    binds(
        TextKind::Shell,
        "f --env \"DB_PASSWORD=V4lue-77\"",
        "DB_PASSWORD",
        "V4lue-77",
    );
    assert_eq!(read("mysql -u root -p shop\n", TextKind::Shell), []);
    binds(
        TextKind::Shell,
        "mysql -u root -pV4lue-77 shop\n",
        "password",
        "V4lue-77",
    );
    let masked = "host=localhost password=*** dbname=V4lue-77";
    assert_eq!(read(masked, TextKind::Output), []);
    binds(
        TextKind::Prose,
        "**Password:** V4lue-77",
        "Password",
        "V4lue-77",
    );
    let prose = "Log in as `ada` with password `V4lue-77`.";
    binds(TextKind::Prose, prose, "password", "V4lue-77");
}

#[test]
fn a_condition_in_code_is_no_query() {
    let code = "d?t.password+=y4:t.username+=y}else e&&password=kQ3vZ8rL;c?token:kQ3vZ8rL";
    assert_eq!(read(code, TextKind::Code), []);
    for query in [
        "fetch(`https://x.org/a?password=V4lue-77&b=c`)",
        "fetch(base + '?n=1&password=V4lue-77')",
        "fetch('/a?x=1&&password=V4lue-77')",
    ] {
        binds(TextKind::Code, query, "password", "V4lue-77");
    }
    let dotted = "fetch('https://x.org/a?hub.access_token=V4lue-77&b=c')";
    binds(TextKind::Code, dotted, "hub.access_token", "V4lue-77");
}

#[test]
fn dotenv() {
    for text in [
        "API_KEY=V4lue-77",
        "export API_KEY=V4lue-77",
        "API_KEY = \"V4lue-77\"",
        "API_KEY='V4lue-77' # mine",
        "A=1\nAPI_KEY=V4lue-77 # mine\nB=2",
        "# API_KEY=V4lue-77",
        "API_KEY=V4lue-77\r\nB=2",
    ] {
        binds(TextKind::Dotenv, text, "API_KEY", "V4lue-77");
    }
    binds(
        TextKind::Dotenv,
        "PASSWORD=two words#1",
        "PASSWORD",
        "two words#1",
    );
    binds(
        TextKind::Dotenv,
        "SECRET=\"one\ntwo\"",
        "SECRET",
        "one\ntwo",
    );
    binds(TextKind::Dotenv, r"SECRET='a\nb'", "SECRET", r"a\nb");
    assert!(read("API_KEY=\nB=2", TextKind::Dotenv).is_empty());
}

#[test]
fn configuration() {
    for (kind, text) in [
        (TextKind::Json, "{\"api_key\" :\n \"V4lue-77\"}"),
        (TextKind::Json, r#"{"api_key": "V4lue\u002d77"}"#),
        (TextKind::Yaml, "a: 1\napi_key: V4lue-77  # mine\n"),
        (TextKind::Yaml, "- api_key: 'V4lue-77'\n"),
        (TextKind::Yaml, "x: {api_key: V4lue-77, b: 2}\n"),
        (TextKind::Yaml, "environment:\n  - api_key=V4lue-77\n"),
        (TextKind::Toml, "[a]\napi_key = \"V4lue-77\" # mine\n"),
        (TextKind::Toml, "api_key = 'V4lue-77'"),
        (TextKind::Toml, "api_key = \"\"\"V4lue-77\"\"\""),
        (TextKind::Ini, "[default]\napi_key = V4lue-77 ; mine\n"),
        (TextKind::Ini, "api_key: V4lue-77\n"),
    ] {
        binds(kind, text, "api_key", "V4lue-77");
    }
    assert!(read("api_key = V4lue77", TextKind::Toml).is_empty());
}

#[test]
fn shell() {
    for (text, name) in [
        ("export API_KEY=V4lue-77", "API_KEY"),
        ("API_KEY=V4lue-77 python x.py", "API_KEY"),
        ("API_KEY='V4lue-77'; run", "API_KEY"),
        ("run --token V4lue-77", "token"),
        ("run --token \"V4lue-77\"", "token"),
        ("run --api-key=V4lue-77", "api-key"),
        (
            "curl -H \"Authorization: Bearer V4lue-77\" x",
            "Authorization",
        ),
        ("curl -H 'X-Api-Key: V4lue-77' x", "X-Api-Key"),
        ("curl -d '{\"password\": \"V4lue-77\"}' x", "password"),
        ("curl -u me:V4lue-77 https://x.org", "password"),
        ("mysql -u me -pV4lue-77 db", "password"),
        ("!sshpass -p V4lue-77 ssh me@x", "password"),
        ("docker login -u me -p V4lue-77", "password"),
        ("wandb login --relogin V4lue-77", "wandb.login:0"),
        (
            "aws configure set aws_secret_access_key V4lue-77",
            "aws_secret_access_key",
        ),
        ("ngrok authtoken V4lue-77", "authtoken"),
        ("git clone https://me:V4lue-77@github.com/a/b", "password"),
        ("cat <<EOF > .env\nAPI_KEY=V4lue-77\nEOF", "API_KEY"),
    ] {
        binds(TextKind::Shell, text, name, "V4lue-77");
    }
    assert!(read("docker run -p 8080:80 x", TextKind::Shell).is_empty());
}

#[test]
fn program_text() {
    for (text, name) in [
        ("api_key <- \"V4lue-77\"", "api_key"),
        ("const apiKey = 'V4lue-77';", "apiKey"),
        ("val token: String = \"V4lue-77\"", "token"),
        ("f(x, api_key = \"V4lue-77\")", "api_key"),
        ("{apiKey: `V4lue-77`}", "apiKey"),
        ("Sys.setenv(API_KEY = \"V4lue-77\")", "API_KEY"),
        ("ENV[\"API_KEY\"] = \"V4lue-77\"", "API_KEY"),
        ("process.env.API_KEY = \"V4lue-77\"", "process.env.API_KEY"),
        ("os.environ.setdefault('API_KEY', 'V4lue-77')", "API_KEY"),
        ("h.set_auth_token(\"V4lue-77\")", "h.set_auth_token:0"),
        ("fetch(`https://x.org?api_key=V4lue-77`)", "api_key"),
        ("\"token\" => \"V4lue-77\"", "token"),
        ("if password == \"V4lue-77\":", "password"),
        ("system('run --token V4lue-77')", "token"),
        ("h = 'Authorization: Bearer V4lue-77'", "Authorization"),
    ] {
        binds(TextKind::Code, text, name, "V4lue-77");
    }
    for text in [
        "token = tokenizer(x)",
        "api_key: str",
        "x = {password: value}",
        "token != 'a'",
    ] {
        assert!(read(text, TextKind::Code).is_empty(), "{text}");
    }
}

#[test]
fn html() {
    binds(
        TextKind::Html,
        "<input type=\"hidden\" name=\"api_key\" value=\"V4lue-77\">",
        "api_key",
        "V4lue-77",
    );
    binds(
        TextKind::Html,
        "<script>const apiKey = 'V4lue-77';</script>",
        "apiKey",
        "V4lue-77",
    );
}

#[test]
fn the_span_is_the_raw_value() {
    let text = r#"{"password": "a\"b\\c"}"#;
    let found = bindings(text, TextKind::Json, &|_| true);
    assert_eq!(&text[found[0].span.clone()], r#"a\"b\\c"#);
    assert_eq!(found[0].value, r#"a"b\c"#);
}

#[test]
fn long_and_broken_text_is_read_in_time() {
    let started = std::time::Instant::now();
    for piece in [
        "a",
        "\"",
        "token=\"",
        "'token': '",
        "://a:b@",
        "<",
        "--token ",
        "(((",
        "\\\"",
        "| ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        for kind in KINDS {
            bindings(&text, kind, &|name| classify(name).is_some());
        }
    }
    assert!(started.elapsed().as_secs() < 60);
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in r#"([a-z=:"'\\<>(){}\[\]|&?@/ \n-]|token|api_key|é|"api_key": "|--token |://|<-){0,80}"#) {
        for kind in KINDS {
            for binding in bindings(&text, kind, &|_| true) {
                prop_assert!(text.get(binding.span).is_some());
            }
        }
    }
}
