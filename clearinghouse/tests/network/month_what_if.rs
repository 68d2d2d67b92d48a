//! What a month would come to, with the running server, as an officer types it.

use serde_json::json as to_json;

use crate::commands::{clearing, json};
use crate::month_paid::{DAYS, MONTH, netted, start_again};
use crate::months::asked;
use crate::world::{World, debt};

const PREFUND: &str = "330000-510100-resident_pool";

fn what_if<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["what-if", MONTH], words].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_looks_at_what_a_month_would_come_to_and_nothing_of_it_stays() {
    let mut world = World::begin().await;
    start_again(&mut world, "monthly").await;
    let none = asked(&world, &what_if(&[])).await.unwrap_err();
    assert!(none.starts_with("month.no_cycles [2026-03]"), "{none}");
    assert!(none.contains("该月没有已轧差的清算期"), "{none}");
    let legs = [debt(1, 1_316_000), debt(2, 50_000)];
    netted(&world, &legs.map(|leg| vec![leg])).await;
    let of_prefund =
        |action, more: &[&'static str]| [&["prefund", action, "--prefund", PREFUND], more].concat();
    let set = of_prefund("set", &["--year", "2026", "--amount", "14000.00"]);
    json(&world, &set).await;

    let late = ["--late", "330000", "--days-late", "2"];
    let found = asked(&world, &what_if(&late)).await.unwrap();
    assert_eq!(found["business_days"], to_json!(DAYS));
    assert_eq!(
        found["shortfalls"],
        to_json!([{
            "fund": "resident_pool",
            "owed": "13660.00",
            "missing": "13660.00",
            "still_missing": "0.00",
            "paid_in": "0.00",
        }])
    );
    assert_eq!(found["order"]["ordered"], false);
    assert!(found["order"]["late_until"].as_str() > found["order"]["due"].as_str());
    let paid_in = &found["payments"][0];
    assert_eq!(paid_in["reference"], "M202603-330000-resident_pool");
    assert_eq!(paid_in["supposed"], "-13660.00");
    assert_eq!([&paid_in["moved"], &paid_in["left"]], ["0.00", "-13660.00"]);
    let prefund = &found["prefunds"][0];
    assert_eq!(prefund["prefund"], PREFUND);
    // Nothing is held, so that whatever is used is too much.
    let red = to_json!({ "used": "13660.00", "level": "red" });
    assert_eq!([&prefund["now"], &prefund["on_due"]], [&red, &red]);
    let free = to_json!({ "used": "0.00", "level": "normal" });
    assert_eq!(prefund["in_the_end"], free);

    let words = [&["month"], &what_if(&["--leave-out", DAYS[1]])[..]].concat();
    let said = clearing(&world, &words).await.unwrap();
    for part in [
        "2026-03: 1 cycles / 清算期数",
        "M202603-510100-resident_pool",
        "13160.00",
        "not ordered yet / 尚未下达",
        "on due",
    ] {
        assert!(said.contains(part), "{said} lacks {part}");
    }
    let refused = asked(&world, &what_if(&["--unpaid", "440000"])).await;
    let refused = refused.unwrap_err();
    assert!(
        refused.starts_with("cycle.unknown_member [440000]"),
        "{refused}"
    );
    // No payment is ordered, and the month is not drawn up.
    let payments = json(&world, &["payments", "--open"]).await;
    assert_eq!(payments["payments"], to_json!([]));
    let listed = asked(&world, &["list"]).await.unwrap();
    assert_eq!(listed["months"], to_json!([]));
}
