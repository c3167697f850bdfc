//! Escapes of JSON that stand for plain characters, written as those.

use std::borrow::Cow;

/// The message with each escape that need not be one (`\/`, `\u5e01`) written as the character that it stands for, so that its
/// texts can be borrowed. Quotes, backslashes and control characters stay escaped: no name or number has them. Outside of texts
/// nothing is changed: a backslash there is no escape, and the message is no JSON.
///
/// A text that becomes shorter has spaces before it, so that its end and whatever is behind it stand where they stood: what is
/// wrong with a message is told with its place.
pub(in crate::venues) fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let (mut rest, mut is_in_text) = (text, false);
    // Where the text began, and by how much it is shorter now.
    let (mut begin, mut missing) = (0, 0);
    while let Some((before, found)) = rest.find(['"', '\\']).and_then(|at| rest.split_at_checked(at)) {
        plain.push_str(before);
        let escape = found.strip_prefix('\\').filter(|_| is_in_text);
        if let Some((character, behind)) = escape.and_then(escaped) {
            plain.push(character);
            missing += found.len() - behind.len() - character.len_utf8();
            rest = behind;
            continue;
        }
        if found.starts_with('"') {
            pad(&mut plain, begin, &mut missing);
            (begin, is_in_text) = (plain.len(), !is_in_text);
        }
        if escape.is_some_and(|escape| escape.starts_with('u') && unit(escape).is_none()) {
            // The message is no JSON, and digits that are written out behind its `\u` would make it some.
            rest = found;
            break;
        }
        // The escaped character neither ends the text nor begins another escape.
        let kept = if escape.is_some() { 2 } else { 1 };
        let (kept, behind) = found.split_at(found.chars().take(kept).map(char::len_utf8).sum());
        plain.push_str(kept);
        rest = behind;
    }
    plain.push_str(rest);
    pad(&mut plain, begin, &mut missing);
    Cow::Owned(plain)
}

/// Writes the missing spaces before the text that begins there, which is the last one.
fn pad(plain: &mut String, begin: usize, missing: &mut usize) {
    if *missing > 0 {
        plain.insert_str(begin, &" ".repeat(std::mem::take(missing)));
    }
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
    use proptest::prelude::*;
    use proptest::{collection, sample};
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_escape_that_need_not_be_one_is_the_character_that_it_stands_for() {
        for (written, plain) in [
            (r#"{"s":"BTC\/USDT"}"#, r#"{"s": "BTC/USDT"}"#),
            (r#"["\u5E01\u5b89","\ud83d\ude00","\u0041"]"#, r#"[      "币安",        "😀",     "A"]"#),
            (r#"["no escape"]"#, r#"["no escape"]"#),
            (r#"["\u0041"#, r#"[     "A"#),
        ] {
            assert_eq!(without_escapes(written), plain);
            assert_eq!(written.len(), plain.len());
        }
    }

    #[test]
    fn what_has_to_be_escaped_and_what_is_no_escape_stay_as_they_are() {
        let kept = [r#"["\"","\\","\n","\u0022","\u005c","\u000a","\u0000"]"#, r#"["\\u0041","\\/"]"#];
        let wrong =
            [r#"["\ud83d"]"#, r#"["\ude00"]"#, r#"["\u12"]"#, r#"["\u+123"]"#, r"\é", "\\", r#"["\u00\u0041\u0041"]"#];
        for text in kept.into_iter().chain(wrong) {
            assert_eq!(without_escapes(text), text);
        }
    }

    #[test]
    fn a_backslash_outside_of_texts_stays_and_is_no_json() {
        for text in [r#"{"u":40\u0030217,"s":"A\/B"}"#, r#"{\u0022u":1}"#, r#"["\"\/",\/]"#, r#"["\\",1\u0030]"#] {
            assert!(serde_json::from_str::<Value>(&without_escapes(text)).is_err(), "{text}");
        }
    }

    const INSIDE_A_TEXT: [&str; 12] =
        [r"\\", r#"\""#, r"\/", r"\n", r"\u0041", r"\u0022", r"\u5e01", r"\ud83d\uDE00", "\\u00e9", "u", "é", "😀"];
    const INSIDE: [&str; 15] = [
        "\\", "\"", r"\\", r#"\""#, r"\/", r"\n", r"\u0041", r"\u0022", r"\u005C", r"\ud83d", r"\uDE00", r"\u00",
        "u0041", "é", "😀",
    ];
    const OUTSIDE: [&str; 9] =
        ["", "1,", r"4\u00302,", r"\u0031,", r"\", r#""\"","#, r#""\\","#, r#"{"\u0061":"\/"},"#, "[],"];

    proptest! {
        #[test]
        fn what_is_wrong_stands_where_it_stood(
            before in collection::vec(collection::vec(sample::select(&INSIDE_A_TEXT[..]), 0..6), 0..4),
            inside in collection::vec(sample::select(&INSIDE_A_TEXT[..]), 0..6),
            wrong in sample::select(&["", "x]", "}", "1", "tru]", "\n 1 2]"][..]),
        ) {
            let lines: String = before.iter().map(|text| format!("\n\"{}\",", text.concat())).collect();
            let text = format!("[{lines}\"{}\",{wrong}", inside.concat());
            let place = |error: serde_json::Error| (error.line(), error.column());
            let plain = without_escapes(&text);
            prop_assert_eq!(plain.len(), text.len(), "{}", text);
            let syntax = |text: &str| place(serde_json::from_str::<Value>(text).unwrap_err());
            prop_assert_eq!(syntax(&plain), syntax(&text), "{}", text);
            // A text that should be something else is told where it ends.
            let first = |text: &str| place(serde_json::from_str::<Vec<u8>>(text).unwrap_err());
            prop_assert_eq!(first(&plain), first(&text), "{}", text);
        }

        #[test]
        fn a_message_says_the_same_with_its_escapes_and_without(
            before in sample::select(&OUTSIDE[..]),
            inside in collection::vec(sample::select(&INSIDE[..]), 0..6),
            after in sample::select(&OUTSIDE[..]),
        ) {
            let text = format!("[{before}\"{}\",{after}0]", inside.concat());
            let read = |text: &str| serde_json::from_str::<Value>(text).ok();
            prop_assert_eq!(read(&without_escapes(&text)), read(&text), "{}", text);
        }
    }
}
