//! Sign-ins, sessions and first answers: found by their own secret or owner alone, used up once.

use syncline_store::control::{FirstAnswer, Scope};

use crate::fixture::{NOW, control, person};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_sign_in_is_taken_once_and_not_after_its_time() {
    let control = control().await;
    let (mine, late) = ([1; 32], [2; 32]);
    for secret in [mine, late] {
        let mut tx = control.tx(Scope::secret(secret)).await.unwrap();
        tx.begin_sign_in("/home", NOW, NOW + HOUR).await.unwrap();
        tx.commit().await.unwrap();
    }

    let take = |secret: [u8; 32], at: i64| {
        let control = control.clone();
        async move {
            let mut tx = control.tx(Scope::secret(secret)).await.unwrap();
            let taken = tx.take_sign_in(at).await.unwrap();
            tx.commit().await.unwrap();
            taken.map(|sign_in| sign_in.return_to)
        }
    };
    assert_eq!(take([9; 32], NOW).await, None);
    assert_eq!(take(mine, NOW + 1).await.as_deref(), Some("/home"));
    assert_eq!(take(mine, NOW + 2).await, None);
    assert_eq!(take(late, NOW + HOUR).await, None);
}

#[tokio::test]
async fn a_session_ends_by_sign_out_by_time_by_idleness_and_by_the_provider() {
    let control = control().await;
    let ada = person(&control, 800_001).await;
    let open = |secret: [u8; 32], sid: &'static str| {
        let control = control.clone();
        async move {
            let mut tx = control
                .tx(Scope::secret(secret).and_principal(ada))
                .await
                .unwrap();
            tx.open_session(ada, "directory-1", Some(sid), NOW, NOW + 8 * HOUR)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    };
    let live = |secret: [u8; 32], at: i64| {
        let control = control.clone();
        async move {
            control
                .tx(Scope::secret(secret))
                .await
                .unwrap()
                .session(at, HOUR / 2)
                .await
                .unwrap()
                .is_some()
        }
    };
    open([11; 32], "s-a").await;
    open([12; 32], "s-b").await;

    assert!(live([11; 32], NOW + 1).await && live([12; 32], NOW + 1).await);
    assert!(!live([13; 32], NOW + 1).await);
    assert!(!live([11; 32], NOW + HOUR).await, "idle");
    let mut tx = control.tx(Scope::secret([11; 32])).await.unwrap();
    tx.touch_session(NOW + HOUR).await.unwrap();
    tx.commit().await.unwrap();
    assert!(live([11; 32], NOW + HOUR + 1).await, "used");
    assert!(!live([11; 32], NOW + 9 * HOUR).await, "past its end");
    assert_eq!(control.end_provider_sessions("s-b", NOW).await.unwrap(), 1);
    assert!(live([11; 32], NOW + HOUR + 1).await && !live([12; 32], NOW + 1).await);
    let mut tx = control.tx(Scope::secret([11; 32])).await.unwrap();
    assert!(tx.end_session(NOW + HOUR).await.unwrap());
    assert!(!tx.end_session(NOW + HOUR).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!live([11; 32], NOW + HOUR + 1).await);
}

#[tokio::test]
async fn a_first_answer_belongs_to_its_own_principal() {
    let control = control().await;
    let (ada, ben) = (
        person(&control, 800_002).await,
        person(&control, 800_003).await,
    );
    let answer = FirstAnswer {
        fingerprint: vec![1; 32],
        status: 202,
        body: b"{}".to_vec(),
    };
    let mut tx = control.tx(Scope::principal(ada)).await.unwrap();
    tx.keep_answer(ada, "k", &answer, NOW).await.unwrap();
    tx.commit().await.unwrap();

    let mut mine = control.tx(Scope::principal(ada)).await.unwrap();
    assert_eq!(mine.first_answer(ada, "k").await.unwrap(), Some(answer));
    assert_eq!(mine.first_answer(ada, "other").await.unwrap(), None);
    // The key is held until its transaction ends.
    drop(mine);
    let mut his = control.tx(Scope::principal(ben)).await.unwrap();
    assert_eq!(his.first_answer(ben, "k").await.unwrap(), None);
    assert_eq!(his.first_answer(ada, "other").await.unwrap(), None);
}

#[tokio::test]
async fn the_sweep_removes_what_has_passed_its_time() {
    let control = control().await;
    let mut tx = control.tx(Scope::secret([31; 32])).await.unwrap();
    tx.begin_sign_in("/", 1_000, 2_000).await.unwrap();
    tx.commit().await.unwrap();

    assert!(control.sweep(2_000_000).await.unwrap() >= 1);
}
