//! Bills settled by hand and settlements taken back, by every command of deploy/docs/reversals.md as it is typed.

use huitong_tests::bills::inpatient;
use huitong_tests::certificates::officer;
use huitong_tests::hospital::Hospital;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, type_page};

/// A bill that a person of Ningbo brought home from Chengdu.
fn bill(yuan: u32) -> String {
    let (person, institution) = (NINGBO.psn_no(1), Desk::Three.code(&CHENGDU));
    let (treatment, item) = (CHENGDU.code, Item::Drug.code());
    let of = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 100)]);
    let visit = of.visit.unwrap();
    let (admitted, discharged) = (&visit.admitted, &visit.discharged);
    format!(
        r#"
person = "{person}"
treatment = "{treatment}"
total = "{yuan}.00"

[institution]
code = "{institution}"
type = "general"
grade = "three"
administration = "city"
networked = true

[visit]
number = "v-1"
setting = "inpatient"
admitted = {admitted}
discharged = {discharged}

[[line]]
code = "{item}"
date = {admitted}
quantity = "1"
amount = "{yuan}.00"
"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_settles_by_hand_takes_back_and_settles_anew_as_the_page_shows() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 2, "v-2", &[(Item::Drug, 300_000)]);
    let direct = hospital.settle_for_sure("s-1", stay).await.unwrap();
    let folder = folder_of(&world, &[(officer(&NINGBO), "officer")]);
    for (name, yuan) in [("bill.toml", 3_000), ("corrected.toml", 2_000)] {
        std::fs::write(folder.path().join(name), bill(yuan)).unwrap();
    }
    let meant = [
        ("https://node.example:7443", world.endpoint(&NINGBO)),
        ("DIRECT", direct.settlement),
    ];
    let learn = |printed: &str| {
        let settled = printed.contains("is settled by hand");
        let id = printed.split_whitespace().next().filter(|_| settled);
        id.map(|id| ("BY_HAND", id.to_owned()))
            .into_iter()
            .collect()
    };
    type_page("reversals.md", folder.path(), &meant, learn).await;
    world.stop_all().await;
}
