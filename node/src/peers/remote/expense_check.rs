//! What a node tells another region's about an expense check, and has given back after a restore.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::expense_check::SignedCheckWord;
use huitong_core::id::CheckId;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use huitong_transport::{MAX_MESSAGE_BYTES, call_within};

use super::super::guard::Purpose;
use super::{HomeFault, Peer, unreadable};

impl Peer {
    /// Puts a word of a check: with an answer it is booked there.
    ///
    /// # Errors
    /// [`HomeFault`]: whether it is booked is not known then, unless it was refused.
    pub async fn put_check_word(
        &self,
        signed: &SignedCheckWord,
        within: Duration,
    ) -> Result<(), HomeFault> {
        let attempt = |left| async move {
            let word = signed.to_bytes();
            let request = v1::PutCheckWordRequest { word };
            let mut client = ExpenseCheckServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.put_word(request)).await
        };
        self.guard.call(Purpose::Finish, within, attempt).await?;
        Ok(())
    }

    /// The words of checks between the two regions, a page of them, and after which check the next begins.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn collect_check_words(
        &self,
        after: Option<CheckId>,
        within: Duration,
    ) -> Result<(Vec<SignedCheckWord>, Option<CheckId>), HomeFault> {
        let attempt = |left| async move {
            let after = after.map(|after| after.to_string()).unwrap_or_default();
            let request = v1::CollectCheckWordsRequest { after };
            let client = ExpenseCheckServiceClient::new(self.channel()?);
            let mut client = client.max_decoding_message_size(MAX_MESSAGE_BYTES);
            call_within(left, request, |request| client.collect_words(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        let read = |bytes: &Vec<u8>| SignedCheckWord::from_bytes(bytes);
        let words: Result<Vec<_>, _> = answer.words.iter().map(read).collect();
        let words = words.map_err(|error| unreadable(Path::root("words").wrong(error)))?;
        let next = Path::root("next").optional(&answer.next, CheckId::parse);
        Ok((words, next.map_err(unreadable)?))
    }
}
