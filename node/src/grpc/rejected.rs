//! The leg that the clearinghouse does not take, as a node's status tells of it.

use huitong_proto::settlement::v1;

/// Its number, the code, and what is wrong; none when all are taken. There is one when there is a code: what cannot be read
/// may have any number, none as well.
pub(super) fn rejected(status: &v1::NodeStatusResponse) -> Option<(u64, String, String)> {
    (!status.rejected_code.is_empty()).then(|| {
        let code = status.rejected_code.clone();
        (status.rejected_leg, code, status.rejected_detail.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_that_cannot_be_read_is_told_of_whatever_its_number() {
        let told = |number| {
            rejected(&v1::NodeStatusResponse {
                rejected_leg: number,
                rejected_code: "request.malformed".to_owned(),
                ..v1::NodeStatusResponse::default()
            })
        };
        for number in [0, 7] {
            let expected = (number, "request.malformed".to_owned(), String::new());
            assert_eq!(told(number), Some(expected));
        }
        assert_eq!(rejected(&v1::NodeStatusResponse::default()), None);
    }
}
