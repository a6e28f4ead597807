use super::*;
use crate::edit;

fn value() -> String {
    ["q7ZpLw", "2RtX9v", "BnK4mY"].concat()
}

fn targets_in<'t>(text: &str, value: &'t str, variable: &'t str) -> Vec<Target<'t>> {
    text.match_indices(value)
        .map(|(at, _)| Target {
            span: at..at + value.len(),
            value,
            variable,
        })
        .collect()
}

/// Rewrites `§` in the script, which stands for the value.
fn rewritten(script: &str) -> String {
    let value = value();
    let text = script.replace('§', &value);
    let targets = targets_in(&text, &value, "HF_TOKEN");
    edit::apply_str(&text, &rewrite(&text, &targets).edits)
}

#[test]
fn forms_by_quoting() {
    let table = [
        ("hf login --token §", "hf login --token \"$HF_TOKEN\""),
        ("hf login --token=§ -y", "hf login --token=\"$HF_TOKEN\" -y"),
        ("hf login --token \"§\"", "hf login --token \"$HF_TOKEN\""),
        ("hf login --token '§'", "hf login --token \"$HF_TOKEN\""),
        (
            "git clone https://u:§@h/r",
            "git clone https://u:$HF_TOKEN@h/r",
        ),
        ("curl h/?k=§_x", "curl h/?k=${HF_TOKEN}_x"),
        (
            "curl -H \"Authorization: Bearer §\" u",
            "curl -H \"Authorization: Bearer $HF_TOKEN\" u",
        ),
        (
            "curl -d '{\"k\":\"§\"}' u",
            "curl -d '{\"k\":\"'\"$HF_TOKEN\"'\"}' u",
        ),
        ("curl $'a\\n§'", "curl $'a\\n'\"$HF_TOKEN\""),
        ("x \"$(curl -u '§' h)\"", "x \"$(curl -u \"$HF_TOKEN\" h)\""),
        ("x `curl -u § h`", "x `curl -u \"$HF_TOKEN\" h`"),
        ("# was: §", "# was: REDACTED_HF_TOKEN"),
        ("curl x # §", "curl x # REDACTED_HF_TOKEN"),
        ("curl ${T:-§}", "curl ${T:-$HF_TOKEN}"),
        ("ssh h 'T=§ run'", "ssh h 'T='\"$HF_TOKEN\"' run'"),
    ];
    for (script, expected) in table {
        assert_eq!(rewritten(script), expected);
    }
}

#[test]
fn assignments() {
    let table = [
        ("export HF_TOKEN=§", "export HF_TOKEN=\"${HF_TOKEN:?}\""),
        ("HF_TOKEN='§'\n", "HF_TOKEN=\"${HF_TOKEN:?}\"\n"),
        (
            "export A=1 HF_TOKEN=\"§\"",
            "export A=1 HF_TOKEN=\"${HF_TOKEN:?}\"",
        ),
        (
            "HF_TOKEN=§ python a.py",
            "HF_TOKEN=\"$HF_TOKEN\" python a.py",
        ),
        ("export API=§", "export API=\"$HF_TOKEN\""),
        ("API=\"Bearer §\"", "API=\"Bearer $HF_TOKEN\""),
        ("X=$(echo § | base64)", "X=$(echo \"$HF_TOKEN\" | base64)"),
        (
            "docker run -e HF_TOKEN=§ i",
            "docker run -e HF_TOKEN=\"$HF_TOKEN\" i",
        ),
    ];
    for (script, expected) in table {
        assert_eq!(rewritten(script), expected);
    }
}

#[test]
fn what_is_printed_is_masked() {
    let table = [
        ("echo §", "echo REDACTED_HF_TOKEN"),
        ("echo \"t: §\"", "echo \"t: REDACTED_HF_TOKEN\""),
        (
            "printf '%s' § | base64",
            "printf '%s' REDACTED_HF_TOKEN | base64",
        ),
        ("echo § >&2", "echo REDACTED_HF_TOKEN >&2"),
        ("echo § 2> err", "echo REDACTED_HF_TOKEN 2> err"),
        (
            "if true; then echo §; fi",
            "if true; then echo REDACTED_HF_TOKEN; fi",
        ),
        ("cat <<E\n§\nE\n", "cat <<E\nREDACTED_HF_TOKEN\nE\n"),
        ("cat <<< §", "cat <<< REDACTED_HF_TOKEN"),
        ("echo $(echo §)", "echo $(echo REDACTED_HF_TOKEN)"),
        (
            "python3 -c \"print('§')\"",
            "python3 -c \"print('REDACTED_HF_TOKEN')\"",
        ),
        (
            "node -e \"console.log('§')\"",
            "node -e \"console.log('REDACTED_HF_TOKEN')\"",
        ),
        (
            "python3 -c \"login('§')\"",
            "python3 -c \"login('$HF_TOKEN')\"",
        ),
        ("echo § > f", "echo \"$HF_TOKEN\" > f"),
        (
            "echo \"T=§\" >> ~/.bashrc",
            "echo \"T=$HF_TOKEN\" >> ~/.bashrc",
        ),
        ("echo § | hf login", "echo \"$HF_TOKEN\" | hf login"),
        (
            "echo § | tee f > /dev/null",
            "echo \"$HF_TOKEN\" | tee f > /dev/null",
        ),
        ("sed -i \"s/T/§/\" f", "sed -i \"s/T/$HF_TOKEN/\" f"),
    ];
    for (script, expected) in table {
        assert_eq!(rewritten(script), expected);
    }
}

#[test]
fn here_documents() {
    let table = [
        ("cat > f <<E\nT=§\nE\n", "cat > f <<E\nT=$HF_TOKEN\nE\n"),
        (
            "cat <<-'E' > f\n\tT=§\n\tE\n",
            "cat <<-E > f\n\tT=$HF_TOKEN\n\tE\n",
        ),
        (
            "cat <<'E' > f\n$X §\nE\n",
            "cat <<'E' > f\n$X REDACTED_HF_TOKEN\nE\n",
        ),
        (
            "cat <<E >f; hf --token §\n§\nE\n",
            "cat <<E >f; hf --token \"$HF_TOKEN\"\n$HF_TOKEN\nE\n",
        ),
    ];
    for (script, expected) in table {
        assert_eq!(rewritten(script), expected);
    }
}

#[test]
fn what_a_text_tells_people_to_type() {
    let value = value();
    let told = |script: &str| {
        let text = script.replace('§', &value);
        let targets = targets_in(&text, &value, "HF_TOKEN");
        edit::apply_str(&text, &rewrite_told(&text, &targets).edits)
    };
    let table = [
        ("curl -u a:§ h", "curl -u a:$HF_TOKEN h"),
        ("export HF_TOKEN=§", "export HF_TOKEN=REDACTED_HF_TOKEN"),
        (
            "A=1 HF_TOKEN=\"§\" run",
            "A=1 HF_TOKEN=\"REDACTED_HF_TOKEN\" run",
        ),
        ("docker run -e T=§ i", "docker run -e T=\"$HF_TOKEN\" i"),
        (
            "$ hf login --token §\nok",
            "$ hf login --token REDACTED_HF_TOKEN\nok",
        ),
        ("T=§\ncurl h/§", "T=REDACTED_HF_TOKEN\ncurl h/$HF_TOKEN"),
    ];
    for (script, expected) in table {
        assert_eq!(told(script), expected);
    }
}
