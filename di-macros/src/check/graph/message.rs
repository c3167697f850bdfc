//! The layout that the messages of all rules share.

use crate::errors::Code;

/// How many lines of a list are shown.
const LISTED: usize = 10;

/// A message: a headline with its code, paragraphs with details, what comes near, the ways out, and where to read more.
pub(super) struct Message {
    code: Code,
    headline: String,
    paragraphs: Vec<Vec<String>>,
    near: Vec<String>,
    helps: Vec<String>,
}

impl Message {
    pub(super) fn new(code: Code, headline: impl Into<String>) -> Self {
        Self { code, headline: headline.into(), paragraphs: Vec::new(), near: Vec::new(), helps: Vec::new() }
    }

    /// Adds lines of details; none, and there is no paragraph.
    pub(super) fn paragraph(mut self, lines: Vec<String>) -> Self {
        if !lines.is_empty() {
            self.paragraphs.push(lines);
        }
        self
    }

    /// Adds a list under its headline, ten lines at most.
    pub(super) fn list(self, headline: Option<&str>, mut lines: Vec<String>) -> Self {
        let others = lines.len().saturating_sub(LISTED);
        lines.truncate(LISTED);
        match others {
            0 => {}
            1 => lines.push("and 1 other".to_owned()),
            _ => lines.push(format!("and {others} others")),
        }
        self.paragraph(headline.map(str::to_owned).into_iter().chain(lines).collect())
    }

    /// Adds what comes close.
    pub(super) fn near(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.near.extend(lines);
        self
    }

    /// Adds a way out, ready to paste.
    pub(super) fn help(mut self, way_out: impl Into<String>) -> Self {
        self.helps.push(way_out.into());
        self
    }

    pub(super) fn into_text(self) -> String {
        let mut text = self.headline;
        for paragraph in self.paragraphs {
            text += "\n";
            for line in paragraph {
                text += &format!("\n    {line}");
            }
        }
        text += "\n";
        for line in self.near {
            text += &format!("\n  near: {line}");
        }
        for (index, help) in self.helps.into_iter().enumerate() {
            let or = if index == 0 { "" } else { "or " };
            text += &format!("\n  help: {or}{help}");
        }
        // `$crate` is how a `macro_rules` passes on `crate`.
        self.code.message(text).replace("$crate", "crate")
    }
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::errors::Code;

    #[test]
    fn a_message_has_its_parts_in_one_order() {
        let message = Message::new(Code::DI0001, "headline")
            .help("one")
            .near(["close".to_owned()])
            .paragraph(vec!["detail".to_owned()])
            .paragraph(vec!["more".to_owned()])
            .help("another");
        let expected = "[DI0001] headline\n\n    detail\n\n    more\n\n  near: close\n  help: one\n  help: or another\n  see `di_core::diagnostics::DI0001`";
        assert_eq!(message.into_text(), expected);
    }

    #[test]
    fn a_message_without_details_has_one_blank_line() {
        let text = Message::new(Code::DI0003, "headline").paragraph(Vec::new()).help("one").into_text();
        assert_eq!(text, "[DI0003] headline\n\n  help: one\n  see `di_core::diagnostics::DI0003`");
    }

    #[test]
    fn a_list_ends_after_ten_lines() {
        let lines = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        let text = |count| Message::new(Code::DI0001, "").list(None, lines(count)).into_text();
        assert!(!text(10).contains("other"));
        assert!(text(11).contains("\n    9\n    and 1 other\n"));
        assert!(text(210).contains("\n    9\n    and 200 others\n"));
    }
}
