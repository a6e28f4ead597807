//! Which language a program is in: told by the name of its file, by the
//! program that runs it, by the name of a kernel or of an interpreter.
//!
//! Names only: what a text says of itself is for its format to ask.

use crate::region::Language;

/// Endings of file names, without their dot.
const ENDINGS: &[(Language, &[&str])] = &[
    (Language::Python, &["py", "pyi", "pyw", "ipy"]),
    (
        Language::Shell,
        &["sh", "bash", "zsh", "ksh", "bashrc", "zshrc", "profile"],
    ),
    (Language::R, &["r"]),
    (Language::Julia, &["jl"]),
    (
        Language::JavaScript,
        &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
    ),
    (Language::Scala, &["scala", "sc", "sbt"]),
    (Language::Java, &["java"]),
    (Language::Kotlin, &["kt", "kts"]),
    (Language::CSharp, &["cs", "csx"]),
    (Language::Go, &["go"]),
    (Language::Rust, &["rs"]),
    (Language::Ruby, &["rb", "rake", "gemspec"]),
    (Language::Php, &["php"]),
    (Language::Elixir, &["ex", "exs"]),
    (Language::PowerShell, &["ps1", "psm1", "psd1"]),
    (Language::Makefile, &["mk", "mak"]),
    (Language::Dockerfile, &["dockerfile", "containerfile"]),
    (Language::Json, &["json", "jsonc", "json5", "ipynb"]),
    (Language::Yaml, &["yaml", "yml"]),
    (Language::Toml, &["toml"]),
    (Language::Ini, &["ini", "cfg", "conf", "properties"]),
    (Language::Html, &["html", "htm", "svg", "xml", "vue"]),
    (Language::Sql, &["sql", "ddl", "hql"]),
    // Values stand there without quotes, and look-ups between percent signs.
    (Language::Other, &["bat", "cmd"]),
    (Language::Markdown, &["md", "markdown", "qmd", "rst", "txt"]),
    (
        Language::AnyCode,
        &[
            "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "cu", "cuh", "m", "mm", "swift",
            "dart", "lua", "pl", "pm", "t", "groovy", "gradle", "clj", "cljs", "hs", "ml", "fs",
            "fsx", "vb", "vba", "bas", "fish", "nu", "erl", "nim", "zig", "pas", "f90", "proto",
            "thrift", "graphql", "gql", "prisma", "tf", "hcl", "nix", "vim", "el", "lisp",
            "coffee", "svelte", "ino", "pyx", "pxd", "ojs",
        ],
    ),
];

/// Names of files without a telling end, in small letters.
const NAMES: &[(Language, &[&str])] = &[
    (
        Language::Shell,
        &[
            ".bashrc",
            ".bash_profile",
            ".bash_login",
            ".bash_aliases",
            ".profile",
            ".zshrc",
            ".zprofile",
            ".zshenv",
            ".kshrc",
            ".envrc",
            "pkgbuild",
        ],
    ),
    (Language::R, &[".rprofile", "rprofile.site"]),
    (Language::Makefile, &["makefile", "gnumakefile"]),
    (Language::Dockerfile, &["dockerfile", "containerfile"]),
    (Language::Ruby, &["rakefile", "gemfile", "vagrantfile"]),
    (Language::AnyCode, &["jenkinsfile", "cmakelists.txt"]),
];

/// The language of a file, by its name.
pub fn of_file(path: &str) -> Language {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    if let Some(language) = listed(NAMES, &lower) {
        return language;
    }
    if lower == ".env" || lower.starts_with(".env.") || lower.ends_with(".env") {
        return Language::Dotenv;
    }
    // `Dockerfile.gpu`, `Dockerfile-dev`, `Makefile.local`.
    let (stem, ending) = lower.split_once(['.', '-']).unwrap_or((&lower, ""));
    match listed(NAMES, stem) {
        Some(language @ (Language::Dockerfile | Language::Makefile))
            if !is_listed(ENDINGS, ending) =>
        {
            return language;
        }
        _ => {}
    }
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    listed(ENDINGS, ending).unwrap_or(Language::Other)
}

fn listed(table: &[(Language, &[&str])], name: &str) -> Option<Language> {
    let holds = |(_, names): &&(Language, &[&str])| names.contains(&name);
    table.iter().find(holds).map(|(language, _)| *language)
}

fn is_listed(table: &[(Language, &[&str])], name: &str) -> bool {
    listed(table, name).is_some()
}

/// The language of what a program runs, by the program's name.
pub fn of_program(program: &str) -> Language {
    let name = program.rsplit('/').next().unwrap_or(program);
    match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "bash" | "sh" | "zsh" | "ksh" | "dash" | "ash" => Language::Shell,
        "python" | "pypy" | "ipython" => Language::Python,
        "Rscript" | "R" => Language::R,
        "julia" => Language::Julia,
        "node" | "deno" | "bun" | "ts-node" | "tsx" => Language::JavaScript,
        "scala" | "amm" => Language::Scala,
        "ruby" => Language::Ruby,
        "php" => Language::Php,
        "pwsh" | "powershell" => Language::PowerShell,
        "make" => Language::Makefile,
        "elixir" => Language::Elixir,
        "perl" | "lua" | "fish" | "tclsh" | "awk" => Language::AnyCode,
        _ => Language::Other,
    }
}

/// The language of a kernel: a kernelspec's name or language, the name in
/// `language_info`, or a cell's own `vscode.languageId`.
pub fn of_kernel(name: &str) -> Language {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "r" | "ir" | "xr" | "ark" => return Language::R,
        "sql" | "tsql" | "postgresql" | "sqlite" | "xsqlite" | "spark-sql" => return Language::Sql,
        "sh" | "shellscript" | "zsh" => return Language::Shell,
        "js" | "ts" | "jslab" | "tslab" | "deno" | "bun" | "nodejs" => return Language::JavaScript,
        "markdown" | "md" => return Language::Markdown,
        "html" => return Language::Html,
        "json" => return Language::Json,
        "yaml" => return Language::Yaml,
        "toml" => return Language::Toml,
        "ini" | "properties" => return Language::Ini,
        "dotenv" => return Language::Dotenv,
        "ipython" | "xpython" | "pyspark" | "conda_env" | "" => return Language::Python,
        "java" | "ijava" => return Language::Java,
        "kotlin" => return Language::Kotlin,
        "csharp" | "cs" | "c#" | ".net-csharp" => return Language::CSharp,
        "powershell" | "pwsh" | "ps1" | ".net-powershell" => return Language::PowerShell,
        "go" | "golang" | "gonb" | "gophernotes" => return Language::Go,
        "rust" | "rs" | "evcxr" => return Language::Rust,
        "ruby" | "rb" => return Language::Ruby,
        "php" => return Language::Php,
        "elixir" => return Language::Elixir,
        "dockerfile" | "docker" => return Language::Dockerfile,
        "makefile" | "make" => return Language::Makefile,
        "c" | "cpp" | "c++" | "swift" | "perl" | "lua" => return Language::AnyCode,
        _ => {}
    }
    // Kernels carry versions and environments in their names: `julia-1.9`,
    // `python3`, `scala212`, `conda-env-x-py`.
    let begins = |prefix: &str| name.starts_with(prefix);
    if begins("python") || begins("pyodide") || name.ends_with("-py") {
        Language::Python
    } else if begins("julia") {
        Language::Julia
    } else if begins("javascript") || begins("typescript") {
        Language::JavaScript
    } else if begins("scala") || begins("almond") || begins("spylon") {
        Language::Scala
    } else if begins("bash") || begins("calysto_bash") {
        Language::Shell
    } else if name.ends_with("-r") {
        Language::R
    } else {
        Language::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_name() {
        for (path, language) in [
            ("a/Train.PY", Language::Python),
            ("Dockerfile", Language::Dockerfile),
            ("docker/Dockerfile.gpu", Language::Dockerfile),
            ("Dockerfile-dev", Language::Dockerfile),
            ("gpu.Dockerfile", Language::Dockerfile),
            ("makefile.py", Language::Python),
            ("GNUmakefile", Language::Makefile),
            ("Makefile.local", Language::Makefile),
            (".envrc", Language::Shell),
            (".env.local", Language::Dotenv),
            (".Rprofile", Language::R),
            ("a.tsx", Language::JavaScript),
            ("kernel.cu", Language::AnyCode),
            ("CMakeLists.txt", Language::AnyCode),
            ("notes.txt", Language::Markdown),
            ("weights", Language::Other),
        ] {
            assert_eq!(of_file(path), language, "{path}");
        }
    }

    #[test]
    fn kernels() {
        let table = [
            ("python3", Language::Python),
            ("conda-env-tf-py", Language::Python),
            ("ir", Language::R),
            ("R", Language::R),
            ("julia-1.10", Language::Julia),
            ("typescript", Language::JavaScript),
            ("tslab", Language::JavaScript),
            ("scala212", Language::Scala),
            ("almond", Language::Scala),
            ("bash", Language::Shell),
            ("SQL", Language::Sql),
            ("csharp", Language::CSharp),
            ("octave", Language::Other),
        ];
        for (name, language) in table {
            assert_eq!(of_kernel(name), language, "{name}");
        }
    }
}
