//! Escapes of JSON that stand for plain characters, written as those.

use std::borrow::Cow;

/// The message with each escape that need not be one (`\/`, `\u5e01`) written as the character that it stands for, so that its
/// texts can be borrowed. Quotes, backslashes and control characters stay escaped: no name or number has them.
pub(in crate::venues) fn without_escapes(text: &str) -> Cow<'_, str> {
    let Some((before, mut rest)) = text.split_once('\\') else { return Cow::Borrowed(text) };
    let mut plain = String::with_capacity(text.len());
    plain.push_str(before);
    loop {
        match escaped(rest) {
            Some((character, behind)) => {
                plain.push(character);
                rest = behind;
            }
            None => {
                plain.push('\\');
                // The escaped character is no beginning of another escape.
                let kept = rest.chars().next().map_or(0, char::len_utf8);
                let (kept, behind) = rest.split_at(kept);
                plain.push_str(kept);
                rest = behind;
            }
        }
        let Some((before, behind)) = rest.split_once('\\') else { break };
        plain.push_str(before);
        rest = behind;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The character for which what follows a backslash stands, and what is behind it; none where it has to stay escaped, or is
/// no escape.
fn escaped(text: &str) -> Option<(char, &str)> {
    if let Some(behind) = text.strip_prefix('/') {
        return Some(('/', behind));
    }
    let (first, behind) = unit(text)?;
    let (character, behind) = match char::from_u32(first.into()) {
        Some(character) => (character, behind),
        // One of the two halves that a character beyond the first 65,536 is written in.
        None => {
            let (second, behind) = unit(behind.strip_prefix('\\')?)?;
            (char::decode_utf16([first, second]).next()?.ok()?, behind)
        }
    };
    let is_plain = !character.is_control() && !matches!(character, '"' | '\\');
    is_plain.then_some((character, behind))
}

/// The number of `u` and four hexadecimal digits, and what is behind them.
fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, behind) = text.strip_prefix('u')?.split_at_checked(4)?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = if is_hexadecimal { u16::from_str_radix(digits, 16).ok()? } else { return None };
    Some((number, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_that_need_not_be_one_is_the_character_that_it_stands_for() {
        for (written, plain) in [
            (r#"{"s":"BTC\/USDT"}"#, r#"{"s":"BTC/USDT"}"#),
            (r#"["\u5E01\u5b89","\ud83d\ude00","\u0041"]"#, r#"["币安","😀","A"]"#),
            (r#"["no escape"]"#, r#"["no escape"]"#),
        ] {
            assert_eq!(without_escapes(written), plain);
        }
    }

    #[test]
    fn what_has_to_be_escaped_and_what_is_no_escape_stay_as_they_are() {
        let kept = [r#"["\"","\\","\n","\u0022","\u005c","\u000a","\u0000"]"#, r#"["\\u0041","\\/"]"#];
        let wrong = [r#"["\ud83d"]"#, r#"["\ude00"]"#, r#"["\u12"]"#, r#"["\u+123"]"#, r"\é", "\\"];
        for text in kept.into_iter().chain(wrong) {
            assert_eq!(without_escapes(text), text);
        }
    }

    #[test]
    fn a_message_says_the_same_with_its_escapes_and_without() {
        let text = r#"{"\u0073":"A\/B","note":"a \"quoted\" \\ \u00e9 \u001f","n":[1,"\/"]}"#;
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&without_escapes(text)), read(text));
    }
}
