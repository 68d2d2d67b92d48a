//! The close of a day, as the clearinghouse does it, from its journal to statements on disk. Statements are asked for as
//! members ask: more than one at a time. While one is synced the next is made; all are synced when the close ends.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use huitong_clearinghouse::{Offline, Platform};
use huitong_netting::Member;
use tokio::task::JoinSet;

use crate::day::{FOLDER, day, regions};
use crate::figures::{Figures, highest_memory};
use crate::ground::Ground;

/// Statements that are asked for at once.
const AT_ONCE: usize = 2;

/// Opens, cuts off, nets, proves, and writes every member's statement.
pub(crate) async fn close(ground: &Ground) -> Figures {
    let (config, mut figures) = (ground.clearinghouse(FOLDER, &regions()), Figures::default());
    let members: BTreeSet<Member> = config.members().iter().map(|(_, member)| member).collect();
    let begun = Instant::now();
    let platform = Platform::machine(&config).unwrap();
    let clearing = Offline::open(platform, config).await.unwrap();
    figures.add("read and match", begun);
    let begun = Instant::now();
    clearing.cut_off(day()).await.unwrap();
    let plan = clearing.net(day()).await.unwrap();
    figures.add("net, prove, sign", begun);
    let begun = Instant::now();
    let clearing = Arc::new(clearing);
    let members = Arc::new(Mutex::new(members.into_iter()));
    let mut asking = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (clearing, members) = (Arc::clone(&clearing), Arc::clone(&members));
        let folder = ground.place("");
        asking.spawn(async move {
            let (mut bytes, mut syncing) = (0, JoinSet::new());
            while let Some(member) = next(&members) {
                let (out, of_member) = written(&clearing, member, &folder).await;
                bytes += of_member;
                syncing.spawn_blocking(move || out.sync_data().unwrap());
            }
            syncing.join_all().await;
            bytes
        });
    }
    figures.bytes = asking.join_all().await.iter().sum();
    figures.add("statements", begun);
    figures.legs = plan.legs();
    figures.memory = highest_memory();
    Arc::into_inner(clearing).unwrap().close();
    figures
}

fn next(members: &Mutex<impl Iterator<Item = Member>>) -> Option<Member> {
    members.lock().unwrap().next()
}

/// A member's statement, written and yet to be synced; its bytes, of which none is held any more.
async fn written(clearing: &Offline, member: Member, folder: &Path) -> (File, u64) {
    let file = clearing.statement(day(), member).await.unwrap();
    let mut out = File::create(folder.join(format!("{member}.htst"))).unwrap();
    out.write_all(&file).unwrap();
    (out, file.len() as u64)
}
