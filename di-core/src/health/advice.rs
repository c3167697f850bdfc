//! Advice for an operator, where the service itself suggests nothing.

use crate::lifecycle::failure::Cause;

/// General advice for a cause.
pub(super) fn advice(cause: Cause) -> Vec<String> {
    let actions: &[&str] = match cause {
        Cause::TimedOut => &[
            "see whether what it waits for answers, and how fast",
            "see whether it blocks its thread or waits for a lock",
            "give it more time, if it needs it: a longer time-out or budget",
        ],
        Cause::Panicked => &["read the panic's message and place in the log: it is a fault in the code"],
        Cause::Error => &["read the error, and see whether what it names can be reached"],
        Cause::TaskDied => &[
            "read why its background task died, in the log",
            "let the task be restarted, if its fault can pass: `Restart::OnFailure`",
        ],
    };
    actions.iter().map(|action| (*action).to_owned()).collect()
}
