//! deploy/docs/policy-authors.md does what it says: its documents and snippets are sound, and what it calls
//! broken is not. Its commands are run by the room `processes`. No block is passed over: one that is of no
//! kind in [`huitong_tests::handbook`] fails.

use huitong_authoring::PolicyCommand;
use huitong_tests::handbook::{Block, handbook};

/// Checks a document in the folder where the process stands: the exit code, and all that was said.
fn check(name: &str) -> (u8, String) {
    let command = PolicyCommand::Check {
        files: vec![name.into()],
        bounds: Vec::new(),
        json: false,
    };
    let (mut out, mut said) = (Vec::new(), Vec::new());
    let code = command.run_into(&mut out, &mut said).unwrap();
    said.extend(out);
    (code, String::from_utf8(said).unwrap())
}

/// Stands in a fresh folder; each test is a process of its own under nextest, and holds the folder else.
fn in_a_folder<T>(act: impl FnOnce() -> T) -> T {
    static FOLDER: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _held = FOLDER.lock().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = std::env::current_dir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    let done = act();
    std::env::set_current_dir(before).unwrap();
    done
}

fn must_pass(what: &str, name: &str, text: &str) {
    std::fs::write(name, text).unwrap();
    let (code, said) = check(name);
    assert_eq!(code, 0, "{what}\n{text}\n{said}");
}

#[test]
fn every_document_is_as_it_says() {
    in_a_folder(|| {
        let mut documents = 0;
        for Block { info, text, line } in handbook() {
            let place = format!("policy-authors.md:{line}");
            match info.as_str() {
                "toml host" | "toml in a layer" | "toml in a document" => {}
                "console" | "console exits 1" | "console node" => {}
                other if other.starts_with("toml bill ") => {}
                other if other.starts_with("toml part ") => {
                    std::fs::write(other.trim_start_matches("toml part "), &text).unwrap();
                }
                other => {
                    if let Some(name) = other.strip_prefix("toml document ") {
                        must_pass(&place, name, &text);
                    } else if let Some(name) = other.strip_prefix("toml broken ") {
                        std::fs::write(name, &text).unwrap();
                        let (code, said) = check(name);
                        assert_eq!(code, 1, "{place}\n{said}");
                    } else {
                        panic!("{place}: nobody reads a block of `{other}`");
                    }
                    documents += 1;
                }
            }
        }
        assert!(documents >= 7, "{documents}");
    });
}

#[test]
fn every_snippet_of_the_cookbook_is_sound_in_its_host() {
    let blocks = handbook();
    let host = blocks
        .iter()
        .find(|block| block.info == "toml host")
        .unwrap();
    in_a_folder(|| {
        let mut snippets = 0;
        for Block { info, text, line } in &blocks {
            let place = format!("policy-authors.md:{line}");
            let document = match info.as_str() {
                "toml in a layer" => in_a_layer(text),
                "toml in a document" => text.clone(),
                _ => continue,
            };
            must_pass(&place, "host.toml", &with_admissions(&host.text, &document));
            snippets += 1;
        }
        assert!(snippets >= 30, "{snippets}");
    });
}

/// The host's layer with the keys of a snippet; what it does not say is said for it.
fn in_a_layer(snippet: &str) -> String {
    let (mut keys, mut tables) = (String::new(), String::new());
    for line in snippet.lines() {
        let is_table = line.starts_with("[totals") || !tables.is_empty();
        let to = if is_table { &mut tables } else { &mut keys };
        to.push_str(line);
        to.push('\n');
    }
    let says = |key: &str| {
        keys.lines()
            .any(|line| line.starts_with(&format!("{key} =")))
    };
    let mut layer = "[[layer]]\nname = \"basic\"\npayer = \"resident_pool\"\n".to_owned();
    if !says("take") {
        layer.push_str("take = [\"in\"]\n");
    }
    if !says("ratio") && !says("segments") {
        layer.push_str("ratio = \"0.70\"\n");
    }
    if says("start") && keys.contains("scope =") {
        layer.push_str("measure = \"absolute\"\n");
    }
    format!("{layer}{keys}\n{tables}")
}

/// A policy that asks for the nth admission declares that total; the host does so where a snippet asks.
fn with_admissions(host: &str, document: &str) -> String {
    let asks = document.contains("ordinal");
    let total = "\n[totals.admissions]\nadds = \"admission\"\nperiod = \"year\"\n";
    format!("{host}{}\n{document}", if asks { total } else { "" })
}
