//! A check of a large bill between two real nodes, by every command of deploy/docs/expense-checks.md as it is typed.

use huitong_tests::bills::inpatient;
use huitong_tests::certificates::officer;
use huitong_tests::executable::{self, run_in, texts};
use huitong_tests::handbook::{Exchange, blocks, exchanges, is_like, page_of, words};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::options;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::World;
use serde_json::Value;

/// A folder with the certificates of an officer of either region, as the page names them.
fn folder_of(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (region, name) in [(&NINGBO, "home"), (&CHENGDU, "treatment")] {
        let from = world.credentials(&officer(region));
        for (file, kind) in [("tls.crt", "crt"), ("tls.key", "key")] {
            let to = folder.path().join(format!("{name}.{kind}"));
            std::fs::copy(from.join(file), to).unwrap();
        }
        std::fs::copy(from.join("root.crt"), folder.path().join("root.crt")).unwrap();
    }
    folder
}

/// Types every command of the page; the id of the check.
async fn type_the_page(world: &World, settlement: &str) -> String {
    let folder = folder_of(world);
    let (page, mut count) = (page_of("expense-checks.md"), 0);
    let (mut check, mut digest) = (String::new(), String::new());
    let typed = blocks(&page).into_iter();
    for block in typed.filter(|block| block.info == "console") {
        for Exchange { typed, shown } in exchanges(&block) {
            let meant = |word: String| match word.as_str() {
                "https://home.example:7443" => world.endpoint(&NINGBO),
                "https://treatment.example:7443" => world.endpoint(&CHENGDU),
                "stl_…" => settlement.to_owned(),
                "chk_…" => check.clone(),
                "…" => digest.clone(),
                _ => word,
            };
            let args: Vec<String> = words(&typed).into_iter().skip(1).map(meant).collect();
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let (printed, said) = texts(&run_in(folder.path(), &args).await);
            assert!(
                is_like(&printed, &shown),
                "{typed}\n{shown}\n{printed}{said}"
            );
            let id = printed.split_once(": ");
            if let Some((id, _)) = id.filter(|(id, _)| id.starts_with("chk_")) {
                check = id.to_owned();
            }
            // The last word of the check that was printed last.
            let last = printed.rsplit_once("末条摘要: ");
            let last = last.and_then(|(_, rest)| rest.lines().next());
            if let Some(last) = last {
                digest = last.to_owned();
            }
            count += 1;
        }
    }
    let typed = page.lines().filter(|line| line.starts_with("$ ")).count();
    assert_eq!(count, typed, "every line that is typed was run");
    check
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_bill_is_checked_by_the_page() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let bill = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 4_000_000)]);
    let settled = hospital.settle_for_sure("s-1", bill).await.unwrap();
    let check = type_the_page(&world, &settled.settlement).await;
    let mut books = Vec::new();
    for region in [&NINGBO, &CHENGDU] {
        let options = options(&world, region);
        let words = ["node", "check", "show", &check, "--json"];
        let words = words.into_iter().chain(options.iter().map(String::as_str));
        let shown: Value = executable::json(&words.collect::<Vec<_>>()).await;
        assert_eq!(shown["state"], "confirmed");
        assert_eq!(shown["finding"]["result"], "verified");
        assert_eq!(shown["to_send"], 0);
        books.push(shown["said"].clone());
    }
    assert_eq!(books[0], books[1]);
}
