//! Benches of the rule language: our compiled rules beside native code and, with the feature `peers`, other interpreters.
//!
//! Invariants: everything that is measured gives the same answers, and is compared before it is timed; data come from one
//! stored seed; times are the thread's own.

pub mod around;
pub mod boxed;
pub mod clock;
pub mod editor;
pub mod native;
pub mod ours;
#[cfg(feature = "peers")]
pub mod peers;
pub mod profile;
pub mod report;
pub mod rules;
pub mod stored;
pub mod users;

#[cfg(test)]
mod tests {
    use syncline_model::flat;
    use syncline_rules::RUNTIME_WASM;
    use syncline_sandbox::Compiler;

    use super::*;

    #[test]
    fn compiled_rules_native_code_and_closures_agree() {
        let compiler = Compiler::new(RUNTIME_WASM).unwrap();
        let artifact = ours::artifact(&compiler, &profile::twelve()).unwrap();
        let mut program = ours::load(&artifact, &compiler.runtime().unwrap()).unwrap();
        let mut native = native::Native::new(program.manifest());
        let boxed = boxed::Boxed::default();
        let users = users::users(4_096);

        for batch in users.chunks(1_024) {
            let input = ours::columns(program.manifest(), batch);
            native.load(&program.image(&input).unwrap(), batch.len());
            native.run();
            let answers = program.run(&input).unwrap();
            let bodies: Vec<Vec<u8>> = batch.iter().map(body).collect();
            let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
            let from_bodies = stored::answers(&mut program, &bodies).unwrap();

            for (row, user) in batch.iter().enumerate() {
                let expected = boxed.evaluate(user);
                assert_eq!(ours::answer(&answers.rows[row]), expected, "{user:?}");
                assert_eq!(native.answer(row), expected, "{user:?}");
                assert_eq!(from_bodies[row], expected, "{user:?}");
            }
        }
    }

    fn body(user: &users::User) -> Vec<u8> {
        let mut body = Vec::new();
        flat::encode(&user.attrs(), &mut body);
        body
    }

    #[test]
    fn a_damaged_body_is_refused_with_its_row() {
        let compiler = Compiler::new(RUNTIME_WASM).unwrap();
        let artifact = ours::artifact(&compiler, &profile::twelve()).unwrap();
        let mut program = ours::load(&artifact, &compiler.runtime().unwrap()).unwrap();
        let good = body(&users::user(0));
        let not_text = {
            let mut body = good.clone();
            let at = body.windows(4).position(|four| four == b"@Con").unwrap();
            body[at] = 0xff;
            body
        };

        for bad in [&good[..good.len() - 1], &good[1..], &not_text[..]] {
            let refused = stored::answers(&mut program, &[&good[..], bad]).unwrap_err();

            assert!(refused.to_string().contains("row 1"), "{refused}");
        }
        assert!(stored::answers(&mut program, &[&good[..]]).is_ok());
    }

    #[test]
    fn about_two_thirds_are_in_scope_and_every_awkward_value_occurs() {
        let boxed = boxed::Boxed::default();
        let users = users::users(2_000);

        let answers: Vec<_> = users
            .iter()
            .filter_map(|user| boxed.evaluate(user))
            .collect();

        assert!((1_200..1_500).contains(&answers.len()), "{}", answers.len());
        for output in [0, 1, 5, 6, 8, 10] {
            let absent = |answer: &Vec<users::Field>| answer[output] == users::Field::Absent;
            assert!(
                answers.iter().any(absent),
                "output {output} is never absent"
            );
            assert!(
                !answers.iter().all(absent),
                "output {output} is never present"
            );
        }
        assert!(
            users
                .iter()
                .any(|user| !user.text(users::at::GIVEN).unwrap().is_ascii())
        );
    }

    #[test]
    fn the_same_number_is_the_same_person() {
        assert_eq!(users::user(7), users::user(7));
        assert_ne!(users::user(7), users::user(8));
    }
}
