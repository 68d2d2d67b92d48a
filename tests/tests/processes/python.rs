//! A client in another language, which was given no .proto file: Python reads the services by reflection,
//! estimates, settles, and reads a refusal. What it does is in tests/python/settle.py.

use huitong_tests::certificates::institution;
use huitong_tests::python::run;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, STRANGER};
use huitong_tests::start;
use serde_json::{Value, json};

/// The bill of a person, in the JSON form of the message.
fn bill(person: u32, visit: &str) -> Value {
    let days = ("2024-05-06", "2024-05-16");
    json!({
        "person": {"home_region": NINGBO.code, "psn_no": NINGBO.psn_no(person)},
        "credential": {"e_voucher": NINGBO.voucher(person)},
        "visit": {
            "number": visit, "episode": visit, "setting": "SETTING_INPATIENT",
            "admitted": days.0, "discharged": days.1, "arrival": "ARRIVAL_DIRECT", "sessions": 1,
        },
        "total_fen": "2000000",
        "lines": [{
            "number": 1, "code": Item::Drug.code(), "date": days.1, "quantity": "1", "amount_fen": "2000000",
        }],
    })
}

#[tokio::test]
async fn a_client_in_python_estimates_settles_and_reads_a_refusal() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let credentials = world.credentials(&institution(&CHENGDU, Desk::Three));
    let said = run("settle.py", &json!({
        "address": format!("localhost:{}", world.address(&CHENGDU).port()),
        "credentials": credentials.display().to_string(),
        "calls": [
            {"method": "Estimate", "request": {"bill": bill(0, "v-1")}},
            {"method": "Settle", "request": {"request_id": "py-1", "bill": bill(0, "v-1")}},
            {"method": "GetSettlement", "request": {"request_id": "py-1"}},
            {"method": "Settle", "request": {"request_id": "py-2", "bill": bill(STRANGER, "v-2")}},
        ],
    }))
    .await;

    let services: Vec<&str> = said["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for served in [
        "InstitutionService",
        "HomeService",
        "TreatmentService",
        "RegistryService",
    ] {
        assert!(
            services.contains(&format!("huitong.settlement.v1.{served}").as_str()),
            "{services:?}"
        );
    }
    let response = |number: usize| &said["answers"][number]["response"];
    let settled = &response(1)["settlement"];
    assert_eq!(settled["state"], "STATE_SETTLED", "{said}");
    assert_eq!(settled["decision"]["fund_total_fen"], "1316000");
    assert_eq!(settled["decision"], response(0)["decision"]);
    assert_eq!(&response(2)["settlement"], settled);
    assert!(
        settled["explanation"][0]["zh"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );

    let refused = &said["answers"][3];
    assert_eq!(refused["status"], "NOT_FOUND", "{refused}");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .starts_with("person.unknown: ")
    );
    let refusal = &refused["refusal"];
    assert_eq!(
        (&refusal["code"], &refusal["retry"]),
        (&json!("person.unknown"), &json!("RETRY_NO"))
    );
    assert!(refusal["advice_zh"].as_str().unwrap().contains("人员"));
    world.stop_all().await;
}
