//! The progress of long work, for whoever waits for it at a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over so many steps, on standard error; where that is no terminal, nothing is drawn. It goes away when it is dropped.
pub(crate) fn bar(what: &'static str, steps: usize) -> Shown {
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    styled(bar, what, "{msg} {wide_bar} {human_pos} of {human_len}, {eta} left")
}

/// A count without a known end, drawn as a bar is.
pub(crate) fn count(what: &'static str) -> Shown {
    let count = styled(ProgressBar::no_length(), what, "{msg} {spinner} {human_pos}, {per_sec}");
    count.0.enable_steady_tick(Duration::from_millis(200));
    count
}

/// Progress that is on the terminal until it is dropped.
#[derive(Debug)]
pub(crate) struct Shown(ProgressBar);

impl Shown {
    /// So much is done.
    pub(crate) fn set(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // What is said next stands where it was.
        self.0.finish_and_clear();
    }
}

fn styled(bar: ProgressBar, what: &'static str, template: &str) -> Shown {
    // The templates of this file are valid; the usual style would do, too.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    Shown(bar.with_style(style).with_message(what))
}
