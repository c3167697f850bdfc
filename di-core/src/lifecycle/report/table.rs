//! Rows in columns, for people who read a terminal.

use std::fmt;
use std::time::Duration;

/// Writes a table: the first column to the left, the others to the right.
pub(super) fn write<const N: usize>(f: &mut fmt::Formatter<'_>, head: [&str; N], rows: &[[String; N]]) -> fmt::Result {
    let mut widths = head.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    write_row(f, widths, head.iter().copied())?;
    rows.iter().try_for_each(|row| write_row(f, widths, row.iter().map(String::as_str)))
}

fn write_row<'a, const N: usize>(
    f: &mut fmt::Formatter<'_>,
    widths: [usize; N],
    cells: impl Iterator<Item = &'a str>,
) -> fmt::Result {
    let mut line = String::new();
    for (column, (width, cell)) in widths.into_iter().zip(cells).enumerate() {
        line += &if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
    }
    writeln!(f, "{}", line.trim_end())
}

/// A time in milliseconds.
pub(super) fn millis(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

/// The last line: what decided the total.
pub(super) fn write_path(f: &mut fmt::Formatter<'_>, total: Duration, path: &[&'static str]) -> fmt::Result {
    write!(f, "total {}", millis(total))?;
    if !path.is_empty() {
        write!(f, ", critical path {}", path.join(" -> "))?;
    }
    Ok(())
}
