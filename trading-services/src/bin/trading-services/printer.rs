//! A thread that writes lines to standard output, so that nobody waits for a reader.

use std::io::{self, ErrorKind, Write, stdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::worker::Worker;

/// Lines that wait for a reader; more are left out, and it is said how many.
const WAITING: usize = 4_096;

/// Lines on their way to standard output.
///
/// A terminal that is stopped with Ctrl-S, a pager that nobody scrolls: the run goes on, and it is said how many lines did
/// not fit.
#[derive(Debug)]
pub(crate) struct Printer {
    /// `None` once it has finished.
    running: Mutex<Option<Worker<String>>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    left_out: AtomicU64,
    /// Why nothing can be written any more.
    failed: OnceLock<ErrorKind>,
}

impl Printer {
    /// Begins to write.
    ///
    /// # Errors
    /// There is no room for another thread.
    pub(crate) fn begin() -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let told = Arc::clone(&shared);
        let running = Worker::begin("console", WAITING, move |waiting| {
            if let Err(error) = write_all(&mut stdout(), &waiting, &told) {
                let _ = told.failed.set(error.kind());
            }
        })?;
        Ok(Self { running: Mutex::new(Some(running)), shared })
    }

    /// Writes the line as soon as somebody reads.
    ///
    /// # Errors
    /// What a line before has met: nobody reads any more.
    pub(crate) fn print(&self, line: String) -> io::Result<()> {
        if let Some(kind) = self.shared.failed.get() {
            return Err((*kind).into());
        }
        if let Some(running) = &*self.running()
            && !running.queue().offer(line)
        {
            self.shared.left_out.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Waits until what was printed is written.
    pub(crate) fn finish(&self) {
        let running = self.running().take();
        if let Some(running) = running {
            running.finish();
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Worker<String>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_all(out: &mut impl Write, lines: &Receiver<String>, shared: &Shared) -> io::Result<()> {
    for line in lines {
        writeln!(out, "{line}")?;
        let left_out = shared.left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            writeln!(out, "-- {left_out} lines are left out: they were not read in time")?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn lines_that_did_not_fit_are_counted() {
        let (sender, lines) = channel();
        let shared = Shared { left_out: AtomicU64::new(3), ..Shared::default() };
        sender.send("one".to_owned()).unwrap();
        sender.send("two".to_owned()).unwrap();
        drop(sender);
        let mut out = Vec::new();
        write_all(&mut out, &lines, &shared).unwrap();
        let said = "one\n-- 3 lines are left out: they were not read in time\ntwo\n";
        assert_eq!(String::from_utf8(out).unwrap(), said);
    }
}
