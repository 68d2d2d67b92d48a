//! A check of a large bill between two real nodes, by every command of deploy/docs/expense-checks.md as it is typed.

use huitong_tests::bills::inpatient;
use huitong_tests::certificates::officer;
use huitong_tests::executable;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::options;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, id_of, type_page};
use huitong_tests::world::World;
use serde_json::Value;

/// Types every command of the page; the id of the check.
async fn type_the_page(world: &World, settlement: &str) -> String {
    let parties = [(officer(&NINGBO), "home"), (officer(&CHENGDU), "treatment")];
    let folder = folder_of(world, &parties);
    let meant = [
        ("https://home.example:7443", world.endpoint(&NINGBO)),
        ("https://treatment.example:7443", world.endpoint(&CHENGDU)),
        ("stl_…", settlement.to_owned()),
    ];
    let meant = type_page("expense-checks.md", folder.path(), &meant, |printed| {
        let mut learned = id_of(printed, "chk_", "chk_…");
        // The last word of the check that was printed last.
        let last = printed.rsplit_once("末条摘要: ");
        let last = last.and_then(|(_, rest)| rest.lines().next());
        learned.extend(last.map(|last| ("…", last.to_owned())));
        learned
    });
    meant.await["chk_…"].clone()
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
