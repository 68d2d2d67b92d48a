//! What a treatment region's node asks another region's about an audit deduction.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{DeductionWord, SignedDeduction};
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_transport::call_within;

use super::super::guard::Purpose;
use super::{HomeFault, Peer, unreadable};

impl Peer {
    /// Asks the other region's word on an order: the word, and the incarnation in which it was said.
    ///
    /// # Errors
    /// [`HomeFault`]: what was decided is not known then.
    pub async fn deduct(
        &self,
        order: &SignedDeduction,
        incarnation: u32,
        within: Duration,
    ) -> Result<(DeductionWord, u32), HomeFault> {
        let attempt = |left| async move {
            let order = order.to_bytes();
            let request = v1::DecideDeductionRequest { order, incarnation };
            let mut client = DeductionServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.decide(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        let path = Path::root("word");
        let word = DeductionWord::from_bytes(&answer.word);
        let word = word.map_err(|error| unreadable(path.wrong(error)))?;
        Ok((word, answer.incarnation))
    }
}
