//! Exporting spans as OTLP over HTTP, without TLS: to a collector on this machine, by TCP or unix socket.
//!
//! The exporter's thread sends one request at a time and waits for it, so a plain blocking client is enough, and
//! a process that may not open internet sockets can still export. Invariant: nothing waits longer than five seconds.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::log::{Settings, StartError};

const PATIENCE: Duration = Duration::from_secs(5);
/// A collector's answer is a few bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn provider(
    endpoint: &str,
    settings: &Settings,
) -> Result<SdkTracerProvider, StartError> {
    let bad = || StartError::Endpoint(endpoint.into());
    let collector = Collector::parse(endpoint).ok_or_else(bad)?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("http://{}/v1/traces", collector.host()))
        .with_http_client(collector)
        .build()
        .map_err(|_| bad())?;
    let mut attributes = vec![KeyValue::new("service.version", settings.build.clone())];
    if let Some(tenant) = &settings.tenant {
        attributes.push(KeyValue::new("syncline.tenant", tenant.clone()));
    }
    let resource = Resource::builder()
        .with_service_name(settings.service)
        .with_attributes(attributes)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Collector {
    Tcp(String),
    Unix(PathBuf),
}

impl Collector {
    fn parse(endpoint: &str) -> Option<Self> {
        if let Some(path) = endpoint.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Collector::Unix(path.into()));
        }
        let host = endpoint.strip_prefix("http://")?.trim_end_matches('/');
        let plain = !host.is_empty() && !host.contains(['/', '@', ' ', '?', '#']);
        plain.then(|| {
            Collector::Tcp(if host.contains(':') {
                host.into()
            } else {
                format!("{host}:4318")
            })
        })
    }

    fn host(&self) -> &str {
        match self {
            Collector::Tcp(host) => host,
            Collector::Unix(_) => "localhost",
        }
    }

    fn post(&self, request: &Request<Bytes>) -> io::Result<u16> {
        match self {
            Collector::Tcp(host) => {
                let stream = TcpStream::connect(host)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                exchange(stream, self.host(), request)
            }
            #[cfg(unix)]
            Collector::Unix(path) => {
                let stream = std::os::unix::net::UnixStream::connect(path)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                exchange(stream, self.host(), request)
            }
            #[cfg(not(unix))]
            Collector::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

fn exchange(
    mut stream: impl Read + Write,
    host: &str,
    request: &Request<Bytes>,
) -> io::Result<u16> {
    let kind = request
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        request.uri().path(),
        kind.unwrap_or("application/x-protobuf"),
        request.body().len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(request.body())?;
    stream.flush()?;
    let mut line = String::new();
    let mut answer = BufReader::new(stream.take(ANSWER_BYTES_MAX));
    answer.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the collector's answer has no status line",
        )
    })
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let status = self.post(&request)?;
        Ok(Response::builder().status(status).body(Bytes::new())?)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_collector_is_a_plain_host_or_a_socket() {
        assert_eq!(
            Collector::parse("http://127.0.0.1:4318/"),
            Some(Collector::Tcp("127.0.0.1:4318".into()))
        );
        assert_eq!(
            Collector::parse("http://otel"),
            Some(Collector::Tcp("otel:4318".into()))
        );
        assert_eq!(
            Collector::parse("unix:/run/otel.sock"),
            Some(Collector::Unix("/run/otel.sock".into()))
        );
        for bad in [
            "https://otel",
            "otel:4318",
            "unix:otel",
            "http://",
            "http://user@otel",
            "http://otel/path",
        ] {
            assert_eq!(Collector::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn spans_reach_a_collector() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let collector = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            (head, body)
        });
        let settings = Settings {
            service: "syncline-test",
            build: "1".into(),
            format: crate::Format::Text,
            filter: "info".into(),
            otlp_endpoint: None,
            tenant: Some("ten_1".into()),
        };

        let exporting = provider(&endpoint, &settings).unwrap();
        {
            use opentelemetry::trace::{Tracer as _, TracerProvider as _};
            exporting.tracer("test").in_span("what-ifs.create", |_| {});
        }
        exporting.force_flush().unwrap();

        let (head, body) = collector.join().unwrap();
        assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
        let body = String::from_utf8_lossy(&body);
        assert!(
            body.contains("what-ifs.create")
                && body.contains("syncline-test")
                && body.contains("ten_1")
        );
    }
}
