//! Calls to a peer that is gone, busy or slow, on a stopped clock.

use std::sync::atomic::{AtomicUsize, Ordering};

use huitong_transport::with_pushback;

use super::*;
use crate::grpc::status::status;

/// The longest pauses, always.
struct Most;

impl Chance for Most {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(255);
    }
}

const LIMITS: PeerLimits = PeerLimits {
    calls: 4,
    wait: Duration::from_secs(1),
    attempts: 3,
    pause: Duration::from_millis(100),
    breaker: BreakerRule {
        failures: 6,
        open: Duration::from_secs(2),
        open_at_most: Duration::from_secs(4),
    },
    retries: BudgetRule {
        per_cent: 10,
        saved_at_most: 3,
    },
};

const LONG: Duration = Duration::from_secs(60);

fn guard() -> Guard {
    let measures = Arc::new(Measures::new());
    Guard::bounded("330200".parse().unwrap(), LIMITS, Arc::new(Most), measures)
}

fn gone() -> Status {
    let endpoint = "https://node:1".to_owned();
    let detail = "refused".to_owned();
    let error = TransportError::Unreachable { endpoint, detail };
    Status::from_error(Box::new(error))
}

fn refused(code: RefusalCode) -> Status {
    status(&Refusal::new(code, ""))
}

type Answer = fn() -> Result<Response<u8>, Status>;

/// Calls with these answers one after the other, the last one for ever; how many attempts were made, and what
/// came of it.
async fn call(
    guard: &Guard,
    within: Duration,
    answers: &[Answer],
) -> (usize, Result<u8, HomeFault>) {
    let made = AtomicUsize::new(0);
    let attempt = |_| {
        let nth = made.fetch_add(1, Ordering::SeqCst);
        let answer = answers.get(nth).or(answers.last()).unwrap()();
        async { answer }
    };
    let outcome = guard.call(Purpose::Ask, within, attempt).await;
    (made.load(Ordering::SeqCst), outcome)
}

fn is_pushed(fault: &HomeFault, code: RefusalCode, least: Duration) -> bool {
    matches!(fault, HomeFault::Pushed { refusal, after } if refusal.code == code && *after >= least)
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_tried_again_with_growing_pauses_and_a_refusal_is_not() {
    let guard = guard();
    let begun = Instant::now();
    let (made, outcome) = call(
        &guard,
        LONG,
        &[|| Err(gone()), || Err(gone()), || Ok(Response::new(7))],
    )
    .await;
    assert_eq!((made, outcome.unwrap()), (3, 7));
    assert_eq!(begun.elapsed(), Duration::from_millis(300));
    // What was lost moves the next call to another connection, a refusal does not.
    let lost_twice = Load {
        under_way: 0,
        lost: 2,
    };
    assert_eq!(guard.load(), lost_twice);
    let (made, outcome) = call(&guard, LONG, &[|| Err(refused(RefusalCode::UnknownPerson))]).await;
    assert_eq!(made, 1);
    assert!(matches!(outcome, Err(HomeFault::Refused(_))), "{outcome:?}");
    assert_eq!(guard.load(), lost_twice);
}

#[tokio::test(start_paused = true)]
async fn a_busy_peer_is_given_the_time_it_asks_for() {
    let guard = guard();
    let begun = Instant::now();
    let busy = || {
        let after = Duration::from_secs(3);
        Err(with_pushback(refused(RefusalCode::Overloaded), after))
    };
    let (made, outcome) = call(&guard, LONG, &[busy, || Ok(Response::new(7))]).await;
    assert_eq!((made, outcome.unwrap()), (2, 7));
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
    // A caller without that much time is told how long to wait.
    let (made, outcome) = call(&guard, Duration::from_secs(2), &[busy]).await;
    let fault = outcome.unwrap_err();
    assert_eq!(made, 1);
    assert!(is_pushed(
        &fault,
        RefusalCode::Overloaded,
        Duration::from_secs(3)
    ));
}

#[tokio::test(start_paused = true)]
async fn retries_end_with_the_budget_and_calls_with_the_breaker() {
    let guard = guard();
    // Three retries are saved up: two for the first call, one for the second, none for others.
    for (nth, expected) in [3, 2, 1].into_iter().enumerate() {
        let (made, outcome) = call(&guard, LONG, &[|| Err(gone())]).await;
        assert_eq!(made, expected, "call {nth}");
        assert!(
            matches!(outcome, Err(HomeFault::Unreachable(_))),
            "{outcome:?}"
        );
    }
    // Six were lost in a row: the peer is left alone, and whoever asks is told at once.
    let (made, outcome) = call(&guard, LONG, &[|| Ok(Response::new(7))]).await;
    let fault = outcome.unwrap_err();
    assert_eq!(made, 0);
    assert!(is_pushed(
        &fault,
        RefusalCode::HomeUnreachable,
        Duration::from_secs(1)
    ));
    sleep(LIMITS.breaker.open).await;
    let (made, outcome) = call(&guard, LONG, &[|| Ok(Response::new(7))]).await;
    assert_eq!((made, outcome.unwrap()), (1, 7));
}

#[tokio::test(start_paused = true)]
async fn no_refusal_and_no_hasty_caller_opens_the_breaker() {
    let guard = guard();
    for _ in 0..20 {
        call(&guard, LONG, &[|| Err(refused(RefusalCode::StoreBroken))])
            .await
            .1
            .unwrap_err();
        call(&guard, LONG, &[|| Err(TransportError::NotAllowed.status())])
            .await
            .1
            .unwrap_err();
        let hasty = PATIENCE / 2;
        call(&guard, hasty, &[|| Err(TransportError::Deadline.status())])
            .await
            .1
            .unwrap_err();
        call(&guard, LONG, &[|| Err(Status::unavailable("a proxy"))])
            .await
            .1
            .unwrap_err();
    }
    assert_eq!(
        call(&guard, LONG, &[|| Ok(Response::new(7))])
            .await
            .1
            .unwrap(),
        7
    );
    // Silence for as long as a peer may take does.
    for _ in 0..6 {
        call(
            &guard,
            PATIENCE,
            &[|| Err(TransportError::Deadline.status())],
        )
        .await
        .1
        .unwrap_err();
    }
    assert_eq!(call(&guard, LONG, &[|| Ok(Response::new(7))]).await.0, 0);
}

#[tokio::test(start_paused = true)]
async fn questions_leave_a_place_to_what_must_be_finished_and_nobody_waits_for_ever() {
    let guard = Arc::new(guard());
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let guard = guard.clone();
            tokio::spawn(async move {
                let silent = |_| std::future::pending::<Result<Response<u8>, Status>>();
                guard.call(Purpose::Ask, LONG, silent).await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    // All places for questions are taken: one more waits, and is told to come back.
    let begun = Instant::now();
    let (made, outcome) = call(&guard, LONG, &[|| Ok(Response::new(7))]).await;
    let fault = outcome.unwrap_err();
    assert_eq!((made, begun.elapsed()), (0, LIMITS.wait));
    assert!(is_pushed(
        &fault,
        RefusalCode::Overloaded,
        Duration::from_millis(500)
    ));
    // What must be finished has its place.
    let answered = |_| async { Ok(Response::new(8)) };
    let finished = guard.call(Purpose::Finish, LONG, answered).await;
    assert_eq!(finished.unwrap(), 8);
    asking.into_iter().for_each(|call| call.abort());
    sleep(Duration::from_millis(1)).await;
    assert_eq!(
        call(&guard, LONG, &[|| Ok(Response::new(7))])
            .await
            .1
            .unwrap(),
        7
    );
}
