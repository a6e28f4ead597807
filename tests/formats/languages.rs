//! Languages that are not parsed: by tables of what must come out, and run
//! where the language is there.

use super::road::{becomes, filled, fixed};
use super::running::{does_the_same, is_there, run};

/// Programs of one language: each must do what it did, if it can be run.
fn run_all(program: &[&str], version: &str, name: &str, bodies: &[String]) {
    let runs = is_there(program[0], version);
    for body in bodies {
        if runs {
            does_the_same(program, name, body);
        } else {
            let fixed = fixed(name, &filled(body));
            assert_eq!(fixed.look_ups(), fixed.found.len(), "{}", fixed.text);
        }
    }
}

#[test]
fn java() {
    let bodies = [
        "use(\"§\");",
        "String t = \"Bearer §\"; use(t + 'x' + \"\\\"\" + \"§:a\");",
        "use(java.util.Map.of(\"k\", \"§\").get(\"k\"));",
        "final String k = \"https://u:§@h/\"; use(k);",
    ];
    let bodies = bodies.map(|body| {
        format!(
            "public class Main {{\n  static void use(String s) {{ System.out.println(s.hashCode()); }}\n  public static void main(String[] a) {{\n    {body}\n  }}\n}}\n"
        )
    });
    run_all(&["java"], "-version", "Main.java", &bodies);
    for (before, after) in [
        (
            "@Value(\"§\") String t;\n",
            "@Value(\"REDACTED_HF_TOKEN\") String t;\n",
        ),
        (
            "switch (x) { case \"§\": f(); }\n",
            "switch (x) { case \"REDACTED_HF_TOKEN\": f(); }\n",
        ),
        (
            "String t = \"\"\"\n  § a\n  \"\"\"; // §\n",
            "String t = \"\"\"\n  REDACTED_HF_TOKEN a\n  \"\"\"; // REDACTED_HF_TOKEN\n",
        ),
        (
            "System.out.println(\"§\");\n",
            "System.out.println(\"REDACTED_HF_TOKEN\");\n",
        ),
    ] {
        becomes("A.java", before, after);
    }
}

#[test]
fn kotlin() {
    for (before, after) in [
        (
            "val t = \"Bearer §\"\n",
            "val t = \"Bearer ${System.getenv(\"HF_TOKEN\")}\"\n",
        ),
        (
            "fun f(t: String = \"§\") = t\n",
            "fun f(t: String = System.getenv(\"HF_TOKEN\")) = t\n",
        ),
        (
            "const val T = \"§\"\n",
            "const val T = \"REDACTED_HF_TOKEN\"\n",
        ),
        (
            "@Key(\"§\") class A\n",
            "@Key(\"REDACTED_HF_TOKEN\") class A\n",
        ),
    ] {
        becomes("a.kt", before, after);
    }
}

#[test]
fn csharp() {
    if is_there("mcs", "--version") && is_there("mono", "--version") {
        let body = "using System;\nclass A {\n  static void Use(string s) { Console.WriteLine(s.Length * 7 + s[3]); }\n  static void Main() {\n    Use(\"§\"); Use(\"Bearer §\"); Use(@\"a\\§\"); Use($\"{1}§\");\n    string t = \"§\"; Use(t);\n  }\n}\n";
        does_the_same(
            &[
                "sh",
                "-c",
                "mcs -out:/tmp/unspill-$$.exe $0 && mono /tmp/unspill-$$.exe; s=$?; rm -f /tmp/unspill-$$.exe; exit $s",
            ],
            "A.cs",
            body,
        );
    }
    let look_up = "System.Environment.GetEnvironmentVariable(\"HF_TOKEN\")";
    becomes("a.cs", "var t = \"§\";\n", &format!("var t = {look_up};\n"));
    becomes(
        "a.cs",
        "var t = $\"Bearer §\";\n",
        &format!("var t = $\"Bearer {{{look_up}}}\";\n"),
    );
    for before in [
        "const string T = \"§\";\n",
        "void F(string t = \"§\") { }\n",
        "[Key(\"§\")]\nclass A { }\n",
        "Console.WriteLine(\"§\");\n",
        "switch (x) { case \"§\": break; }\n",
    ] {
        becomes("a.cs", before, &before.replace('§', "REDACTED_HF_TOKEN"));
    }
}

#[test]
fn go() {
    let bodies = [
        "use(\"§\")",
        "t := \"Bearer §\"\n\tuse(t, `a\\§`)",
        "use(map[string]string{\"k\": \"§\"}[\"k\"])",
    ];
    let imports = [
        "import \"crypto/md5\"\nimport \"fmt\"\n",
        "import (\n\t\"crypto/md5\"\n\t\"fmt\"\n)\n",
    ];
    let mut all = Vec::new();
    for imports in imports {
        for body in bodies {
            all.push(format!("package main\n\n{imports}\nfunc use(a ...string) {{\n\tfor _, s := range a {{\n\t\tfmt.Printf(\"%x\\n\", md5.Sum([]byte(s)))\n\t}}\n}}\n\nfunc main() {{\n\t{body}\n}}\n"));
        }
    }
    if std::env::var_os("HOME").is_some() {
        run_all(&["go", "run"], "version", "main.go", &all[1..4]);
    }
    becomes(
        "a.go",
        "package a\n\nimport \"os\"\n\nvar t = \"§\"\n",
        "package a\n\nimport \"os\"\n\nvar t = os.Getenv(\"HF_TOKEN\")\n",
    );
    becomes(
        "a.go",
        "package a\n\nvar t = \"§\"\n",
        "package a\n\nimport \"os\"\n\nvar t = os.Getenv(\"HF_TOKEN\")\n",
    );
    for before in [
        "package a\n\nconst t = \"§\"\n",
        "package a\n\nconst (\n\tt = \"§\"\n)\n",
        "package a\n\ntype A struct {\n\tB string `json:\"§\"`\n}\n",
        "package a\n\nfunc f() { fmt.Println(\"§\") }\n",
    ] {
        becomes("a.go", before, &before.replace('§', "REDACTED_HF_TOKEN"));
    }
}

#[test]
fn rust() {
    // A fresh compiler reads the variable when it builds.
    let build = &[
        "sh",
        "-c",
        "rustc -A warnings --edition 2021 -o main $0 && ./main; s=$?; rm -f main; exit $s",
    ];
    let body = "const T: &str = \"§\";\nstatic H: [&str; 2] = [r\"a\\§\", r#\"§\"#];\nfn u(s: &str) { println!(\"{}\", s.bytes().map(u64::from).sum::<u64>()); }\nfn main() {\n    u(T); u(H[0]); u(H[1]); u(\"Bearer §\"); u(&String::from(\"§\"));\n    let s: String = \"§\".into(); u(&s);\n}\n";
    does_the_same(build, "main.rs", body);
    for before in [
        "fn f(s: &str) { match s { \"§\" => {} _ => {} } }\n",
        "fn f() { println!(\"§\"); }\n",
        "fn f() -> String { format!(\"{x} §\") }\n",
        "#[doc = \"§\"]\nfn f() {}\n",
        "const T: &[u8] = b\"§\"; // §\n",
    ] {
        becomes("a.rs", before, &before.replace('§', "REDACTED_HF_TOKEN"));
    }
}

#[test]
fn ruby() {
    let bodies = [
        "use '§'\n",
        "use \"Bearer §\", 'a§b', { k: '§' }[:k]\n",
        "T = '§'.freeze\nuse T\n",
        "ENV['HF_TOKEN'] = '§'\nuse ENV['HF_TOKEN']\n",
        "def f(t = \"§\") = t\nuse f\n",
    ];
    let bodies = bodies.map(|body| {
        format!("require 'digest'\ndef use(*a) = puts(Digest::MD5.hexdigest(a.inspect))\n{body}")
    });
    run_all(&["ruby"], "--version", "a.rb", &bodies);
    for before in [
        "puts \"§\"\n",
        "x = :\"§\"\n",
        "raise 'no §'\n",
        "x = <<~T\n  §\nT\n",
    ] {
        becomes("a.rb", before, &before.replace('§', "REDACTED_HF_TOKEN"));
    }
}

#[test]
fn php() {
    let bodies = [
        "use_('§');",
        "$t = \"Bearer §\"; use_($t, 'a' . '§');",
        "define('T', '§'); use_(T);",
        "use_(['k' => '§', 'u' => \"https://u:§@{$h}/\"]);",
    ];
    let bodies = bodies.map(|body| {
        format!("<b>it's</b>\n<?php\n$h = 'h';\nfunction use_(...$a) {{ echo md5(serialize($a)), \"\\n\"; }}\n{body}\n?>\n<i>don't</i>\n")
    });
    run_all(&["php"], "--version", "a.php", &bodies);
    for before in [
        "<?php\nclass A {\n    const T = '§';\n    private $t = '§';\n}\n",
        "<?php\nfunction f($t = '§') {}\n",
        "<?php echo '§';\n",
        "<p>§</p><?= '§' ?>\n",
        "<?php\n$x = <<<T\n§\nT;\n",
    ] {
        becomes("a.php", before, &before.replace('§', "REDACTED_HF_TOKEN"));
    }
}

#[test]
fn elixir_and_powershell() {
    for (name, before, after) in [
        (
            "a.exs",
            "token = \"§\"\nReq.get!(url, headers: [{\"Authorization\", \"Bearer §\"}])\n",
            "token = System.fetch_env!(\"HF_TOKEN\")\nReq.get!(url, headers: [{\"Authorization\", \"Bearer #{System.fetch_env!(\"HF_TOKEN\")}\"}])\n",
        ),
        (
            "a.exs",
            "IO.puts(\"§\") # §\n",
            "IO.puts(\"REDACTED_HF_TOKEN\") # REDACTED_HF_TOKEN\n",
        ),
        (
            "a.ps1",
            "$t = \"§\"\n$h = @{ Authorization = \"Bearer §\" }\nhf auth login --token § # §\n",
            "$t = $env:HF_TOKEN\n$h = @{ Authorization = \"Bearer $($env:HF_TOKEN)\" }\nhf auth login --token $env:HF_TOKEN # REDACTED_HF_TOKEN\n",
        ),
        (
            "a.ps1",
            "curl.exe -H 'Authorization: Bearer §'\nWrite-Host '§'\n",
            "curl.exe -H ('Authorization: Bearer ' + $env:HF_TOKEN)\nWrite-Host 'REDACTED_HF_TOKEN'\n",
        ),
        (
            "a.ps1",
            "$env:HF_TOKEN = '§'\n",
            "$env:HF_TOKEN = $env:HF_TOKEN\n",
        ),
    ] {
        becomes(name, before, after);
    }
}

#[test]
fn make() {
    let shows = "SHELL := /bin/bash\nURL = https://h\n\n";
    for body in [
        "all:\n\t@printf '%s' --token § | cksum\n",
        "all:\n\t@printf '%s' \"Bearer §\" $$HOME '$(URL)' | \\\n\t  cksum\n\t-@printf '%s' '§' | cksum > used\n",
        "TOKEN = §\nall:\n\t@printf '%s' \"$(TOKEN)\" | cksum\n",
        "HF_TOKEN = §\nall:\n\t@printf '%s' \"$(HF_TOKEN)\" | cksum\n",
        "export HF_TOKEN := §\nall:\n\t@printf '%s' \"$$HF_TOKEN\" | cksum\n",
        "HF_TOKEN ?= §\nall:\n\t@printf '%s' $(HF_TOKEN) | cksum\n",
        "all: T = https://u:§@h\nall:\n\t@printf '%s' $(T) | cksum\n",
        "all:\n\t@for i in a b; do printf '%s' $$i '§' | cksum; done\n",
    ] {
        does_the_same(&["make", "-sf"], "Makefile", &format!("{shows}{body}"));
    }
    for before in [
        "# §\nall:\n\t@echo §\n",
        "ifeq ($(X),§)\nendif\n",
        "define cmd\ncurl §\nendef\n",
        "HF_TOKEN += §\n",
    ] {
        becomes(
            "Makefile",
            before,
            &before.replace('§', "REDACTED_HF_TOKEN"),
        );
    }
}

#[test]
fn dockerfile() {
    let mount = "--mount=type=secret,id=HF_TOKEN,mode=0444,required=true ";
    let read = "HF_TOKEN=\"$(cat /run/secrets/HF_TOKEN)\"";
    for (before, after) in [
        (
            "FROM python:3\nRUN huggingface-cli login --token §\n".to_owned(),
            format!("FROM python:3\nRUN {mount}{read} && huggingface-cli login --token \"$HF_TOKEN\"\n"),
        ),
        (
            "FROM a\nRUN --mount=type=cache,target=/c pip install \\\n  # private\n  'git+https://u:§@h/p'\n".to_owned(),
            format!("FROM a\nRUN {mount}--mount=type=cache,target=/c {read} && pip install \\\n  # private\n  'git+https://u:'\"$HF_TOKEN\"'@h/p'\n"),
        ),
        (
            "FROM a\nRUN <<EOF\nset -e\ncurl -H \"Authorization: Bearer §\" h\nEOF\n".to_owned(),
            format!("FROM a\nRUN {mount}<<EOF\n{read}\nset -e\ncurl -H \"Authorization: Bearer $HF_TOKEN\" h\nEOF\n"),
        ),
        (
            "FROM a\nCMD python app.py --token §\n".to_owned(),
            "FROM a\nCMD python app.py --token \"$HF_TOKEN\"\n".to_owned(),
        ),
    ] {
        becomes("Dockerfile", &before, &after);
    }
    for before in [
        "FROM a\nENV HF_TOKEN=§\nENV HF_TOKEN §\nARG HF_TOKEN=§\n",
        "FROM a\nRUN [\"hf\", \"login\", \"§\"]\nCMD [\"a\", \"§\"]\n",
        "# §\nFROM a\nLABEL t=\"§\"\n",
        "FROM a\nSHELL [\"powershell\", \"-Command\"]\nRUN hf login --token §\n",
        "FROM a\nRUN <<EOF\n#!/usr/bin/env python\nx = '§'\nEOF\n",
    ] {
        becomes(
            "docker/Dockerfile.gpu",
            before,
            &before.replace('§', "REDACTED_HF_TOKEN"),
        );
    }
}

/// What `RUN` hands to its shell does there what it did, where the secret is
/// mounted.
#[test]
fn what_a_recipe_runs_gets_the_value() {
    let before = filled("RUN printf '%s' --token § \"a §\" | cksum\n");
    let after = fixed("Dockerfile", &before);
    let shell = |text: &str| {
        let command = text.trim_start_matches("RUN ");
        let command = match command.strip_prefix("--mount") {
            Some(rest) => rest.split_once(' ').expect("a command").1,
            None => command,
        };
        command.replace("/run/secrets/HF_TOKEN", "secret")
    };
    let script = |text: &str| {
        let value = filled("§");
        format!("printf '%s' '{value}' > secret\n{}", shell(text))
    };
    let ran = |text: &str| run(&["sh"], "a.sh", &script(text), &[]);
    assert_eq!(ran(&before), ran(&after.text), "{}", after.text);
}
