//! What regions put to each other of expense checks, and what officers say in them.

use huitong_transport::{Caller, Row};

pub(super) fn rows(node: &[Caller], officer: &[Caller]) -> Vec<Row> {
    let words = [
        "/huitong.settlement.v1.ExpenseCheckService/PutWord",
        "/huitong.settlement.v1.ExpenseCheckService/CollectWords",
    ];
    let own = [
        "/huitong.settlement.v1.ExpenseCheckService/Ask",
        "/huitong.settlement.v1.ExpenseCheckService/Answer",
        "/huitong.settlement.v1.ExpenseCheckService/Confirm",
        "/huitong.settlement.v1.ExpenseCheckService/SendBack",
        "/huitong.settlement.v1.ExpenseCheckService/Show",
        "/huitong.settlement.v1.ExpenseCheckService/List",
    ];
    let of_nodes = words.into_iter().map(|path| Row::method(path, node));
    let of_officers = own.into_iter().map(|path| Row::method(path, officer));
    of_nodes.chain(of_officers).collect()
}
