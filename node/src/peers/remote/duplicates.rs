//! What a node asks another region's about people whom both insure.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{STRETCHES_AT_MOST, Tag, ToldCover};
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::duplicate_service_client::DuplicateServiceClient;
use huitong_transport::call_within;

use super::super::guard::Purpose;
use super::{HomeFault, Peer, unreadable};

impl Peer {
    /// Asks on which days the other region insures people, by their tags: for each what is told, or nothing.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn compare_cover(
        &self,
        tags: &[Tag],
        incarnation: u32,
        within: Duration,
    ) -> Result<Vec<Option<ToldCover>>, HomeFault> {
        let attempt = |left| async move {
            let tags = tags.iter().map(|tag| tag.expose().to_vec()).collect();
            let request = v1::CompareCoverRequest { tags, incarnation };
            let mut client = DuplicateServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.compare_cover(request)).await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let path = Path::root("told");
        if answer.told.len() != tags.len() {
            return Err(unreadable(path.wrong("expected one for each tag")));
        }
        let told = answer.told.iter().map(|bytes| {
            if bytes.is_empty() {
                return Ok(None);
            }
            let told = ToldCover::from_bytes(bytes);
            let told = told.map_err(|error| unreadable(path.wrong(error)))?;
            if told.cover.len() > STRETCHES_AT_MOST {
                let limit = format_args!("at most {STRETCHES_AT_MOST} stretches of cover");
                return Err(unreadable(path.wrong(limit)));
            }
            Ok(Some(told))
        });
        told.collect()
    }
}
