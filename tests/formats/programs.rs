//! Whole programs: what is looked up does what it did; what cannot be looked
//! up is masked; and the file is the same but for that.

use proptest::prelude::*;

use super::road::{becomes, filled, fixed, other_lines_stay};
use super::running::{does_the_same, is_there, run};

/// Shows that a program was given the value, and not what it is.
const PYTHON_SHOWS: &str = "import hashlib\ndef use(*a, **k):\n    print(hashlib.sha256(repr((a, k)).encode()).hexdigest())\n";

#[test]
fn python_scripts_do_what_they_did() {
    for body in [
        "use(\"§\")\n",
        "TOKEN = '§'\nuse(TOKEN)\n",
        "import os\nuse(token=\"§\")\n",
        "use({'Authorization': 'Bearer §'}, f'{1}§')\n",
        "def f(token: str = \"§\") -> None:\n    use(token)\n\nf()\n",
        "class Config:\n    token = \"§\"\n    url = \"https://u:§@h/\"\n\nuse(Config.token, Config.url)\n",
        "if __name__ == \"__main__\":\n    use(\"§\")\n",
        "use(b\"§\", \"hf\" \"_x\", '''\n§\n''')\n",
        "import subprocess, sys\nuse(subprocess.run([sys.executable, '-c', 'import sys; print(len(sys.argv[1]))', '§'], capture_output=True).stdout)\n",
        "import os\nos.environ['HF_TOKEN'] = '§'\nuse(os.environ['HF_TOKEN'])\n",
        "import os\nuse(os.getenv('HF_TOKEN', '§'))\n",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--token', default='§')\nuse(p.parse_args([]).token)\n",
        "open('token', 'w').write('§'[::-1])\n",
        "async def main():\n    use('§')\n\nimport asyncio\nasyncio.run(main())\n",
    ] {
        does_the_same(&["python3"], "a.py", &format!("{PYTHON_SHOWS}{body}"));
    }
}

#[test]
fn the_import_comes_after_what_must_be_first() {
    becomes(
        "a.py",
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\"\"\"Trains.\"\"\"\nfrom __future__ import annotations\n\nlogin(\"§\")\n",
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\"\"\"Trains.\"\"\"\nfrom __future__ import annotations\n\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n",
    );
    becomes(
        "a.py",
        "import sys\r\nimport os\r\n\r\nlogin('§')",
        "import sys\r\nimport os\r\n\r\nlogin(os.environ['HF_TOKEN'])",
    );
    becomes(
        "a.py",
        "# Copyright 2026 A. Author\n# Licensed under MIT\nlogin('§')\n",
        "# Copyright 2026 A. Author\n# Licensed under MIT\nimport os\nlogin(os.environ['HF_TOKEN'])\n",
    );
    // The last line of a script is not displayed, so nothing silences it.
    becomes(
        "run",
        "#!/usr/bin/python\nimport os\n[login(\"§\"), token := \"§\"]\n",
        "#!/usr/bin/python\nimport os\n[login(os.environ[\"HF_TOKEN\"]), token := os.environ[\"HF_TOKEN\"]]\n",
    );
}

#[test]
fn what_a_program_prints_or_says_is_masked() {
    becomes(
        "a.py",
        "# §\n\"\"\"Use §.\"\"\"\nprint('§')\n",
        "# REDACTED_HF_TOKEN\n\"\"\"Use REDACTED_HF_TOKEN.\"\"\"\nprint('REDACTED_HF_TOKEN')\n",
    );
    becomes(
        "a.py",
        "this is no Python: '§'\n",
        "this is no Python: 'REDACTED_HF_TOKEN'\n",
    );
    becomes(
        "a.cpp",
        "const char *token = \"§\"; // §\n",
        "const char *token = \"REDACTED_HF_TOKEN\"; // REDACTED_HF_TOKEN\n",
    );
    becomes(
        "a.sql",
        "CREATE SECRET s (TYPE huggingface, TOKEN '§');\n",
        "CREATE SECRET s (TYPE huggingface, TOKEN 'REDACTED_HF_TOKEN');\n",
    );
}

#[test]
fn shell_scripts_do_what_they_did() {
    let shows = "use() { printf '%s\\n' \"$@\" | cksum; }\n";
    for body in [
        "use §\n",
        "use --token '§' --url=https://u:§@h/\n",
        "TOKEN=§\nuse \"$TOKEN\"\n",
        "export HF_TOKEN=§\nuse \"$HF_TOKEN\"\n",
        "use -H \"Authorization: Bearer §\" | cat\n",
        "cat > token <<EOF\n§\nEOF\nuse x\n",
        "cat > token <<'EOF'\ntoken: §\nEOF\n",
        "if [ \"${HF_TOKEN:-§}\" != \"\" ]; then use \"${HF_TOKEN:-§}\"; fi\n",
        "for t in § x; do use \"$t\"; done\n",
    ] {
        let script = format!("#!/bin/bash\nset -eu\n{shows}{body}");
        does_the_same(&["bash"], "a.sh", &script);
        does_the_same(&["bash"], "deploy", &script);
        for shell in ["zsh", "ksh"] {
            if is_there(shell, "-c") || is_there(shell, "--version") {
                does_the_same(&[shell], "a.sh", &script);
            }
        }
    }
}

#[test]
fn javascript_does_what_it_did() {
    let shows = "const use = (...a) => require('fs').writeFileSync('used', JSON.stringify(a));\n";
    for body in [
        "use('§');\n",
        "const token = \"§\";\nuse({ headers: { Authorization: `Bearer ${token}` } });\n",
        "use(`https://u:§@h/${1}`, 'a§b');\n",
        "const c = { key: '§', f(t = '§') { return t; } };\nuse(c.f(), c.key === '§' ? '§' : 0);\n",
        "class A { static token = '§' }\nuse(A.token);\n",
    ] {
        does_the_same(&["node"], "a.js", &format!("{shows}{body}"));
        does_the_same(&["node"], "a.cjs", &format!("{shows}{body}"));
    }
}

#[test]
fn a_browser_has_no_environment() {
    becomes(
        "page.js",
        "document.getElementById('t').value = '§'\n",
        "document.getElementById('t').value = 'REDACTED_HF_TOKEN'\n",
    );
    becomes(
        "static/config.js",
        "const token = \"§\"\n",
        "const token = \"REDACTED_HF_TOKEN\"\n",
    );
}

#[test]
fn r_does_what_it_did() {
    let cases = [
        "saveRDS_ <- function(x) writeLines(rev(strsplit(x, '')[[1]]), 'used')\nsaveRDS_('§')\n",
        "token = \"§\"\nwriteLines(toupper(paste0('Bearer ', token)), 'used')\n",
        "f <- function(key = '§') nchar(key)\nwriteLines(as.character(f()), 'used')\n",
        "Sys.setenv(HF_TOKEN = \"§\")\nwriteLines(Sys.getenv('HF_TOKEN'), 'used')\n",
        "x <- list(h = 'Bearer §')\nwriteLines(x$h, 'used')\n",
    ];
    let runs = is_there("Rscript", "--version");
    for body in cases {
        if runs {
            does_the_same(&["Rscript"], "a.R", body);
        } else {
            assert!(fixed("a.R", &filled(body)).look_ups() > 0);
        }
    }
}

#[test]
fn julia_and_scala_look_up() {
    becomes(
        "a.jl",
        "const TOKEN = \"§\"\nheaders = [\"Authorization\" => \"Bearer §\"]\n",
        "const TOKEN = ENV[\"HF_TOKEN\"]\nheaders = [\"Authorization\" => \"Bearer $(ENV[\"HF_TOKEN\"])\"]\n",
    );
    becomes(
        "A.scala",
        "object A { val token = \"§\" }\n",
        "object A { val token = sys.env(\"HF_TOKEN\") }\n",
    );
}

/// Lines of a Python program; `§` is the value.
fn python_lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "# a comment with §",
        "\"\"\"A text.\n\nhttps://u:§@h\n\"\"\"",
        "import sys, os",
        "x = 1",
        "token = '§'",
        "def f(a=\"§\", *b, **c):\n    return [a, '§'[0:3]]",
        "class A:\n    '''§'''\n    token: str = r'§'",
        "f(f\"{x} §\", b'§', 'a' '§' 'b')",
        "if x == '§':\n    pass\nelse:\n    raise ValueError('§')",
        "y = {\"k\": '§', **{}}",
        "try:\n    f(token='§')\nfinally:\n    pass",
        "print('§')",
        "z = '%s §' % x, 'a{}§'.format(x)",
        "@f('§')\ndef g(): ...",
        "lambda: '§'",
        "with open('§') as h: pass",
        "x = ('é§é'\n     '§')",
    ]);
    prop::collection::vec(line, 1..12).prop_map(|lines| lines.join("\n") + "\n")
}

/// Lines of a JavaScript program.
fn javascript_lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "// §",
        "/* § */",
        "let a1 = 1;",
        "f('§');",
        "g({ k: '§', '§': 1, [`§`]: 2 });",
        "console.log('§')",
        "h(`a ${k('§')} §`, \"§\" + 1);",
        "if (x === '§') { y = /§/g; }",
        "const m = () => '§';",
        "switch (x) { case '§': break; }",
        "q`§`;",
        "throw new Error('§');",
        "'§'",
    ]);
    prop::collection::vec(line, 1..12).prop_map(|lines| {
        let numbered = lines.iter().enumerate();
        let line = |(at, line): (usize, &&str)| format!("{{ {line}\n}} // {at}\n");
        numbered.map(line).collect()
    })
}

/// Whether a program that only reads a file accepts it.
fn is_accepted(program: &[&str], name: &str, text: &str) -> bool {
    format!("{:?}", run(program, name, text, &[])).contains("status: Some(0)")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_python_stays_python(template in python_lines()) {
        let before = filled(&template);
        let after = fixed("a.py", &before);
        prop_assert!(other_lines_stay(&before, &after.text), "{}\n---\n{}", before, after.text);
        let check = ["python3", "-m", "py_compile"];
        prop_assert!(!is_accepted(&check, "a.py", &before)
            || is_accepted(&check, "a.py", &after.text), "{}\n---\n{}", before, after.text);
    }

    #[test]
    fn random_javascript_stays_javascript(template in javascript_lines()) {
        let before = filled(&template);
        let after = fixed("a.js", &before);
        prop_assert!(other_lines_stay(&before, &after.text), "{}\n---\n{}", before, after.text);
        let check = ["node", "--check"];
        prop_assert!(!is_accepted(&check, "a.js", &before)
            || is_accepted(&check, "a.js", &after.text), "{}\n---\n{}", before, after.text);
    }
}
