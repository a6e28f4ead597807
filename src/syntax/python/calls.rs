//! What a call binds: its arguments by position and keyword, and what some
//! calls are known to set (`os.putenv`, `add_argument`, `option`).

use ruff_python_ast::{Expr, ExprCall};

use super::bindings::{Binder, Value, is_environ, string};
use super::{dotted, magic, pairs};
use crate::syntax::{Via, text};

/// Widgets that somebody types into.
const FIELDS: [&str; 11] = [
    "text_input",
    "text_area",
    "Textbox",
    "Text",
    "Textarea",
    "Password",
    "PasswordInput",
    "TextInput",
    "TextField",
    "input",
    "Input",
];

/// Methods that define a flag with a default.
const DEFINING: [&str; 4] = ["add_argument", "add_option", "option", "Option"];

/// Modules whose functions give a line to a shell.
const RUNNING: [&str; 4] = ["os", "subprocess", "commands", "get_ipython"];

/// Functions that say what they are given: no argument names the next.
const SPEAKING: [&str; 4] = ["replace", "sub", "startswith", "endswith"];

impl Binder<'_> {
    pub(super) fn call(&mut self, call: &ExprCall) {
        if let Some((argument, set)) = magic::set_env_call(call) {
            for mut binding in self.values(argument) {
                binding.span = binding.map.hull(set.value.clone());
                binding.value = binding
                    .value
                    .get(set.value.clone())
                    .unwrap_or("")
                    .to_owned();
                self.push(&set.name, Via::Environment, binding);
            }
            return;
        }
        if let Some(password) = pairs::formatted(call) {
            self.bind("password", Via::Keyword, password);
        }
        let Some(callee) = dotted(&call.func) else {
            return;
        };
        self.set_by(call, &callee);
        self.labelled(call, &callee);
        self.arguments(call, &callee);
    }

    /// What the call sets to a value, by what its method is.
    fn set_by(&mut self, call: &ExprCall, callee: &str) {
        let arguments = &*call.arguments.args;
        let (object, method) = callee.rsplit_once('.').unwrap_or(("", callee));
        let on_environ = is_environ(object);
        match (method, arguments) {
            ("getenv" | "putenv", [name, value])
            | ("get" | "setdefault" | "pop", [name, value])
                if on_environ || method.ends_with("env") =>
            {
                if let Some(name) = string(name) {
                    self.bind(&name, Via::Environment, value);
                }
            }
            // So do decouple and django-environ.
            ("getenv" | "get" | "config" | "env" | "str", [name])
                if keyword(call, "default").is_some()
                    && (on_environ || method != "get")
                    && (method != "str" || object.ends_with("env")) =>
            {
                if let (Some(name), Some(value)) = (string(name), keyword(call, "default")) {
                    self.bind(&name, Via::Environment, value);
                }
            }
            ("update", [Expr::Dict(dict)]) if on_environ => {
                for item in &dict.items {
                    if let Some(name) = item.key.as_ref().and_then(string) {
                        self.bind(&name, Via::Environment, &item.value);
                    }
                }
            }
            ("login", [user, password]) if !object.is_empty() && is_user(user) => {
                self.bind("password", Via::Keyword, password);
            }
            (
                "system" | "popen" | "getoutput" | "run" | "call" | "check_output" | "Popen",
                [line, ..],
            ) if RUNNING.contains(&object.rsplit('.').next().unwrap_or(object)) => {
                self.command(line);
            }
            ("username_pw_set", [_, password]) => {
                self.bind("password", Via::Keyword, password);
            }
            // A page that is filled in by Selenium.
            ("send_keys", [value, ..]) if types_password(call) => {
                self.bind("password", Via::Keyword, value);
            }
            ("compare_digest", [one, other]) => {
                self.compare(one, other);
                self.compare(other, one);
            }
            ("connect", [login, ..]) if object.to_lowercase().contains("oracle") => {
                self.oracle(login);
            }
            ("set" | "set_cookie", [_, value, ..])
                if object.to_lowercase().ends_with("cookies") =>
            {
                self.bind("cookie", Via::Header, value);
            }
            ("update", [value]) => self.parts(object, value),
            _ if DEFINING.contains(&method) => self.flag(call),
            _ if !SPEAKING.contains(&method) => self.next_to_names(arguments),
            _ => {}
        }
    }

    /// What only a command tells, in the line that is given to a shell.
    fn command(&mut self, line: &Expr) {
        for value in self.values(line) {
            for binding in text::commands(&value.value) {
                self.push(
                    &binding.name,
                    binding.via,
                    Value {
                        span: value.map.hull(binding.span),
                        value: binding.value,
                        map: value.map.clone(),
                    },
                );
            }
        }
    }

    /// `connect("user/password@host:1521/service")`.
    fn oracle(&mut self, login: &Expr) {
        for mut value in self.values(login) {
            let Some((user, rest)) = value.value.split_once('/') else {
                continue;
            };
            let Some((password, _)) = rest.rsplit_once('@') else {
                continue;
            };
            let span = user.len() + 1..user.len() + 1 + password.len();
            let password = password.to_owned();
            value.span = value.map.hull(span);
            value.value = password;
            self.push("password", Via::Keyword, value);
        }
    }

    /// A field with a label and what stands in it at first:
    /// `text_input("API key", value="…")`.
    fn labelled(&mut self, call: &ExprCall, callee: &str) {
        let widget = callee.rsplit('.').next().unwrap_or(callee);
        if !FIELDS.contains(&widget) {
            return;
        }
        let label = ["label", "description", "placeholder"]
            .into_iter()
            .find_map(|name| string(keyword(call, name)?))
            .or_else(|| string(call.arguments.args.first()?));
        let value = ["value", "default"]
            .into_iter()
            .find_map(|name| keyword(call, name));
        if let (Some(label), Some(value)) = (label, value)
            && label.len() <= LONGEST_NAME
        {
            self.bind(label.trim_end_matches([':', ' ']), Via::Default, value);
        }
    }

    /// `add_argument("--token", default="…")`.
    fn flag(&mut self, call: &ExprCall) {
        let names = call.arguments.args.iter().filter_map(string);
        let Some(name) = names.max_by_key(String::len) else {
            return;
        };
        if let Some(default) = keyword(call, "default") {
            self.bind(name.trim_start_matches('-'), Via::Default, default);
        } else {
            self.next_to_names(&call.arguments.args);
        }
    }

    /// `option("password", "…")`, `add_header("X-Api-Key", "…")`: an argument
    /// that is a name, and the one behind it.
    fn next_to_names(&mut self, arguments: &[Expr]) {
        for pair in arguments.windows(2) {
            let Some(name) = string(&pair[0]) else {
                continue;
            };
            let name = name.trim_end_matches([':', '=', ' ']);
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-. ".contains(c);
            if !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_name) {
                self.bind(name, Via::Key, &pair[1]);
            }
        }
    }

    fn arguments(&mut self, call: &ExprCall, callee: &str) {
        for (index, argument) in call.arguments.args.iter().enumerate() {
            self.bind(&format!("{callee}:{index}"), Via::Position, argument);
        }
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.bind(&format!("{callee}:{name}"), Via::Position, &keyword.value);
            }
        }
    }
}

/// Longer strings are texts.
const LONGEST_NAME: usize = 60;

/// Whether an argument of a login is a person, and not a host or a realm: an
/// address, a plain name, a variable that is called so.
fn is_user(argument: &Expr) -> bool {
    if let Some(user) = string(argument) {
        return user.contains('@') || !user.is_empty() && !user.contains([' ', '.', ':', '/']);
    }
    let name = dotted(argument).unwrap_or_default().to_lowercase();
    ["user", "mail", "sender", "login", "account", "from", "who"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether keys are sent to the field of a password, by how it was found or by
/// its variable.
fn types_password(call: &ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let says = |text: &str| {
        let text = text.to_lowercase();
        ["passw", "pwd"].iter().any(|part| text.contains(part)) || text == "pass" || text == "pw"
    };
    match &*method.value {
        Expr::Call(found) => found
            .arguments
            .args
            .iter()
            .filter_map(string)
            .any(|text| says(&text)),
        field => dotted(field).is_some_and(|name| says(name.rsplit('.').next().unwrap_or(&name))),
    }
}

/// The variable that `os.getenv("NAME")` and its kin read.
pub(super) fn environment_name(expr: &Expr) -> Option<String> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let callee = dotted(&call.func)?;
    let (object, method) = callee.rsplit_once('.').unwrap_or(("", &callee));
    let reads = method == "getenv" || method == "get" && is_environ(object);
    reads.then(|| string(call.arguments.args.first()?))?
}

/// The value of a keyword argument.
pub(super) fn keyword<'c>(call: &'c ExprCall, name: &str) -> Option<&'c Expr> {
    let mut keywords = call.arguments.keywords.iter();
    let keyword = keywords.find(|keyword| {
        keyword
            .arg
            .as_ref()
            .is_some_and(|keyword| keyword.as_str() == name)
    })?;
    Some(&keyword.value)
}

/// What a call wraps whose value is still, or still holds, the literal.
pub(super) enum Wrapped<'e> {
    Receiver(&'e Expr),
    Argument(&'e Expr),
}

/// Looks through a call that only wraps a value.
pub(super) fn wrapped(call: &ExprCall) -> Option<Wrapped<'_>> {
    const METHODS: [&str; 7] = [
        "strip", "lstrip", "rstrip", "encode", "decode", "lower", "upper",
    ];
    const WRAPPERS: [&str; 8] = [
        "SecretStr",
        "SecretBytes",
        "Secret",
        "str",
        "bytes",
        "repr",
        "quote",
        "quote_plus",
    ];
    if let Expr::Attribute(method) = &*call.func
        && METHODS.contains(&method.attr.as_str())
    {
        return Some(Wrapped::Receiver(&method.value));
    }
    let callee = dotted(&call.func)?;
    let last = callee.rsplit('.').next().unwrap_or(&callee);
    if WRAPPERS.contains(&last) {
        return call.arguments.args.first().map(Wrapped::Argument);
    }
    if callee.ends_with("Secret.from_token") || matches!(last, "field" | "Field") {
        return keyword(call, "default")
            .or_else(|| call.arguments.args.first())
            .map(Wrapped::Argument);
    }
    None
}
