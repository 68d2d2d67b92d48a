//! Pages under `deploy/docs/` as somebody works through them: every command is typed as it stands, in a folder with the
//! certificates that the page names, and what is printed is held against what the page shows.
//!
//! Deliberately absent: how a page is read, which is [`handbook`](crate::handbook)'s.

use std::collections::BTreeMap;
use std::fs::copy;
use std::path::Path;

use huitong_certs::Identity;

use crate::executable::{run_in, texts};
use crate::handbook::{Exchange, blocks, exchanges, is_like, page_of, words};
use crate::world::World;

/// A folder with the certificates of these parties, each under the name that a page has for it.
#[must_use]
pub fn folder_of(world: &World, parties: &[(Identity, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (party, name) in parties {
        let from = world.credentials(party);
        for kind in ["crt", "key"] {
            let to = folder.path().join(format!("{name}.{kind}"));
            copy(from.join(format!("tls.{kind}")), to).unwrap();
        }
        copy(from.join("root.crt"), folder.path().join("root.crt")).unwrap();
    }
    folder
}

/// Types every command of a page in a folder. `meant` says what words of the page stand for here, days and months also in
/// what it shows; `learn` reads off what is printed what further words stand for from then on. Gives all of them.
pub async fn type_page(
    name: &str,
    folder: &Path,
    meant: &[(&str, String)],
    learn: impl Fn(&str) -> Vec<(&'static str, String)>,
) -> BTreeMap<String, String> {
    let meant = meant.iter();
    let meant = meant.map(|(word, means)| ((*word).to_owned(), means.clone()));
    let mut meant: BTreeMap<String, String> = meant.collect();
    let (page, mut count) = (page_of(name), 0);
    for Exchange { typed, shown } in blocks(&page).iter().flat_map(exchanges_at_a_node) {
        let words = words(&typed).into_iter().skip(1);
        let words = words.map(|word| meant.get(&word).cloned().unwrap_or(word));
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (printed, said) = texts(&run_in(folder, &words).await);
        let shown = as_dated(shown, &meant);
        assert!(
            is_like(&printed, &shown),
            "{typed}\n{shown}\n{printed}{said}"
        );
        let learned = learn(&printed).into_iter();
        meant.extend(learned.map(|(word, means)| (word.to_owned(), means)));
        count += 1;
    }
    let typed = page.lines().filter(|line| line.starts_with("$ ")).count();
    assert_eq!(count, typed, "every line that is typed was run");
    meant
}

/// The id that a text begins with, as `ded_…: `, under the word that a page has for it.
#[must_use]
pub fn id_of(printed: &str, begins: &str, word: &'static str) -> Vec<(&'static str, String)> {
    let first = printed.split_once(": ").map(|(id, _)| id);
    let first = first.filter(|id| id.starts_with(begins));
    first.map(|id| (word, id.to_owned())).into_iter().collect()
}

fn exchanges_at_a_node(block: &crate::handbook::Block) -> Vec<Exchange> {
    if block.info.starts_with("console") {
        exchanges(block)
    } else {
        Vec::new()
    }
}

/// What a page shows, with the days and months of now: the longer first, since a day begins with its month.
fn as_dated(shown: String, meant: &BTreeMap<String, String>) -> String {
    let days = meant.iter().rev();
    let days = days.filter(|(word, _)| word.starts_with(|first: char| first.is_ascii_digit()));
    days.fold(shown, |shown, (word, means)| shown.replace(word, means))
}
