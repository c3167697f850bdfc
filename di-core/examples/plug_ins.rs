//! Plug-ins as a group: each is listed with its name, and who needs them asks for all.
//!
//! `cargo run -p di-core --example plug_ins -- csv`

use std::io::Write;

use di_core::dependency::Many;
use di_core::{container, interface, service};

/// One way to write a table.
#[interface]
trait IExporter {
    /// The table as text.
    fn export(&self, rows: &[(&str, u32)]) -> String;
}

/// Commas.
#[service]
struct Csv;

impl IExporter for Csv {
    fn export(&self, rows: &[(&str, u32)]) -> String {
        rows.iter().map(|(name, count)| format!("{name},{count}\n")).collect()
    }
}

/// For people.
#[service]
struct Markdown;

impl IExporter for Markdown {
    fn export(&self, rows: &[(&str, u32)]) -> String {
        let rows: String = rows.iter().map(|(name, count)| format!("| {name} | {count} |\n")).collect();
        format!("| name | count |\n| --- | --- |\n{rows}")
    }
}

/// Finds the exporter that is asked for.
#[service]
struct Exports {
    exporters: Many<dyn IExporter>,
}

impl Exports {
    fn export(&self, format: &str, rows: &[(&str, u32)]) -> Result<String, String> {
        let exporter = self.exporters.by_key(format).ok_or_else(|| {
            let known: Vec<&str> = self.exporters.keys().collect();
            format!("`{format}` is no format: expected one of {}", known.join(", "))
        })?;
        Ok(exporter.export(rows))
    }
}

/// A plug-in more is a line more.
#[container]
struct App {
    exports: Exports,
    #[many(dyn IExporter, key = "csv")]
    csv: Csv,
    #[many(dyn IExporter, key = "markdown")]
    markdown: Markdown,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let format = std::env::args().nth(1).unwrap_or_else(|| "markdown".to_owned());
    let app = App::build(AppInputs {});
    let table = app.get::<Exports>().export(&format, &[("apples", 3), ("pears", 5)])?;
    Ok(std::io::stdout().write_all(table.as_bytes())?)
}
