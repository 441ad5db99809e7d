//! Tasks that should not end by themselves.

use std::future::pending;
use std::io;

use tokio::task::JoinSet;

/// Waits until a task ends in another way than by its last line: a panic, which is then what the program ends with.
/// Cancel-safe.
pub(crate) async fn end<T: 'static>(tasks: &mut JoinSet<T>) -> io::Error {
    loop {
        match tasks.join_next().await {
            Some(Err(error)) => return io::Error::other(format!("a task has ended: {error}")),
            Some(Ok(_)) => {}
            None => pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_not_lost() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async {});
        tasks.spawn(async { panic!("a flaw") });
        let error = end(&mut tasks).await.to_string();
        assert!(error.starts_with("a task has ended: "), "{error}");
        assert!(error.contains("a flaw"), "{error}");
    }
}
