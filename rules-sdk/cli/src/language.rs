//! `language`: what an editor asks, one question and one answer per line.
//!
//! Invariants: a line that cannot be read gets an answer of its own and stops nothing.

use std::io::{BufRead, Write};

use syncline_rules::service::json;

/// Answers every line.
pub fn run(input: impl BufRead, out: &mut impl Write) -> anyhow::Result<()> {
    for line in input.lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", json::line(&line))?;
            out.flush()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn every_line_is_answered_also_one_that_cannot_be_read() {
        let lines = "{\"id\":1,\"ask\":\"hover\",\"text\":\"mail\",\"schema\":{\"mail\":{\"type\":\"string\"}}}\n\nno\n";
        let mut out = Vec::new();

        run(lines.as_bytes(), &mut out).unwrap();

        let answers: Vec<serde_json::Value> = (String::from_utf8(out).unwrap().lines())
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0]["hover"]["type"], "string?");
        assert!(answers[1]["error"].is_string());
    }
}
