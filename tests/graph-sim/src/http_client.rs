//! As much of an HTTP client as tests need: one request, one connection, one answer.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

/// An answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON, null when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// An answer that takes longer is an error.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends one request to an `http://` address and reads the whole answer.
///
/// # Errors
/// When the connection ends before the answer does, or what comes is no HTTP.
pub fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Reply> {
    let rest = url.strip_prefix("http://");
    let rest = rest.ok_or_else(|| io::Error::other(format!("{url} is no http:// address")))?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    let target = if target.is_empty() { "/" } else { target };
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = format!(
        "{method} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n",
        target.replace(' ', "%20")
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    // In one piece: a handler that reads no body may answer and close before a second piece is there, and what
    // arrives at a closed connection resets it.
    stream.write_all(&[head.as_bytes(), body].concat())?;
    read(BufReader::new(stream))
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP")
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn read(mut reader: impl BufRead) -> io::Result<Reply> {
    let first = line(&mut reader)?;
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let mut reply = Reply {
        status: status.ok_or_else(malformed)?,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let header = line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').ok_or_else(malformed)?;
        let header = (name.to_ascii_lowercase(), value.trim().to_owned());
        reply.headers.push(header);
    }
    if reply.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = line(&mut reader)?;
            let size = usize::from_str_radix(&size, 16).map_err(|_| malformed())?;
            let start = reply.body.len();
            reply.body.resize(start + size, 0);
            reader.read_exact(&mut reply.body[start..])?;
            line(&mut reader)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = reply.header("content-length") {
        let length: usize = length.parse().map_err(|_| malformed())?;
        reply.body.resize(length, 0);
        reader.read_exact(&mut reply.body)?;
    }
    Ok(reply)
}
