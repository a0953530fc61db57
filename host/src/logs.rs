//! What children write on their standard error, line by line onto the host's own.
//!
//! Invariants: nothing is interpreted but the first byte (a JSON line passes as it is); control
//! characters never reach the terminal; a line without end is cut.

use std::io::Write as _;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

/// Longer lines are cut into pieces of this size.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// Copies lines until the other end closes.
pub fn forward(name: String, from: impl AsyncRead + Unpin + Send + 'static) {
    tokio::spawn(async move {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut from)
                .take(LINE_BYTES_MAX)
                .read_until(b'\n', &mut line)
                .await
            {
                Ok(0) | Err(_) => return,
                Ok(_) => write(&name, &line),
            }
        }
    });
}

fn write(name: &str, line: &[u8]) {
    let text = printable(line);
    if text.is_empty() {
        return;
    }
    let line = if text.starts_with('{') {
        format!("{text}\n")
    } else {
        format!("[{name}] {text}\n")
    };
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn printable(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end()
        .chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(
            printable(b"\x1b]0;owned\x07 a\tb\r\n"),
            "\u{fffd}]0;owned\u{fffd} a\tb"
        );
    }
}
