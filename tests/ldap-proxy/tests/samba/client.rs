//! A small LDAP client over TLS: it says exactly what a test tells it to, and hides nothing.

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};
use syncline_lab::{Account, LabCa};
use syncline_ldap_proxy::{
    ber::{ENUMERATED, INTEGER, OCTETS, SEQUENCE, Writer, header},
    body::{Entry, SearchRequest},
    message::{Message, oid, op},
};

pub struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    next: i32,
}

/// Everything a search answered.
#[derive(Debug)]
pub struct Found {
    pub entries: Vec<Entry>,
    pub references: usize,
    pub done: Message,
}

impl Found {
    pub fn code(&self) -> i64 {
        self.done.as_result().unwrap().0
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        let pem = LabCa::open().unwrap().pem().unwrap();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let configuration = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::IpAddress(address.ip().into());
        let connection = ClientConnection::new(Arc::new(configuration), name).unwrap();
        let tcp = TcpStream::connect(address)?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: StreamOwned::new(connection, tcp),
            next: 1,
        })
    }

    pub fn bound(address: SocketAddr, account: &Account) -> Self {
        let mut client = Self::connect(address).unwrap();
        let content = Writer::build(|out| {
            out.integer(INTEGER, 3);
            out.element(OCTETS, account.user.as_bytes());
            out.element(0x80, account.password.as_bytes());
        });
        let answer = client.ask(Message::new(op::BIND, content)).unwrap();
        assert_eq!(
            answer.as_result().unwrap().0,
            0,
            "bind failed: {:?}",
            answer.as_result()
        );
        client
    }

    pub fn send(&mut self, request: Message) -> io::Result<i32> {
        self.next += 1;
        self.stream.write_all(
            &Message {
                id: self.next,
                ..request
            }
            .encode(),
        )?;
        self.stream.flush()?;
        Ok(self.next)
    }

    pub fn receive(&mut self) -> io::Result<Message> {
        let mut bytes = vec![0; 2];
        self.stream.read_exact(&mut bytes)?;
        if bytes[1] > 0x80 {
            bytes.resize(2 + usize::from(bytes[1] & 0x7f), 0);
            self.stream.read_exact(&mut bytes[2..])?;
        }
        let (start, length) = header(&bytes).unwrap().unwrap();
        bytes.resize(start + length, 0);
        self.stream.read_exact(&mut bytes[start..])?;
        Ok(Message::decode(&bytes).unwrap())
    }

    pub fn ask(&mut self, request: Message) -> io::Result<Message> {
        let id = self.send(request)?;
        let answer = self.receive()?;
        assert_eq!(answer.id, id);
        Ok(answer)
    }

    /// The result code of a write.
    pub fn write(&mut self, request: Message) -> io::Result<i64> {
        Ok(self.ask(request)?.as_result().unwrap().0)
    }

    pub fn search(&mut self, request: Message) -> io::Result<Found> {
        let id = self.send(request)?;
        let (mut entries, mut references) = (Vec::new(), 0);
        loop {
            let answer = self.receive()?;
            assert_eq!(answer.id, id);
            match answer.tag {
                op::ENTRY => entries.push(Entry::decode(&answer.content).unwrap()),
                op::REFERENCE => references += 1,
                _ => {
                    return Ok(Found {
                        entries,
                        references,
                        done: answer,
                    });
                }
            }
        }
    }

    pub fn abandon(&mut self, id: i32) {
        self.send(Message::new(op::ABANDON, id.to_be_bytes().to_vec()))
            .unwrap();
    }
}

pub fn people(base: &str, attributes: &[&str]) -> SearchRequest {
    let filter = Writer::build(|out| {
        out.nested(0xa3, |out| {
            out.element(OCTETS, b"objectCategory");
            out.element(OCTETS, b"person");
        });
    });
    SearchRequest {
        filter,
        ..SearchRequest::new(base, 2, attributes)
    }
}

/// Size and cookie, as the paged control carries them.
pub fn page(size: i64, cookie: &[u8]) -> Option<Vec<u8>> {
    Some(Writer::build(|out| {
        out.nested(SEQUENCE, |out| {
            out.integer(INTEGER, size);
            out.element(OCTETS, cookie);
        });
    }))
}

/// Flags, size and cookie, as the DirSync control carries them.
pub fn dirsync(cookie: &[u8]) -> Option<Vec<u8>> {
    Some(Writer::build(|out| {
        out.nested(SEQUENCE, |out| {
            out.integer(INTEGER, 0);
            out.integer(INTEGER, 1_000_000);
            out.element(OCTETS, cookie);
        });
    }))
}

/// `more` and cookie of an answer's paged or DirSync control.
pub fn continuation(done: &Message, oid: &str) -> (i64, Vec<u8>) {
    use syncline_ldap_proxy::ber::Reader;
    let control = done.control(oid).expect("the answer carries the control");
    let mut reader = Reader::new(control.value.as_ref().unwrap())
        .enter(SEQUENCE)
        .unwrap();
    let more = reader.integer(INTEGER).unwrap();
    if oid == oid::DIRSYNC {
        reader.integer(INTEGER).unwrap();
    }
    (more, reader.expect(OCTETS).unwrap().to_vec())
}

pub fn modify(dn: &str, changes: &[(i64, &str, &[&str])]) -> Message {
    let content = Writer::build(|out| {
        out.element(OCTETS, dn.as_bytes());
        out.nested(SEQUENCE, |out| {
            for (kind, name, values) in changes {
                out.nested(SEQUENCE, |out| {
                    out.integer(ENUMERATED, *kind);
                    out.nested(SEQUENCE, |out| {
                        out.element(OCTETS, name.as_bytes());
                        out.nested(0x31, |out| {
                            values
                                .iter()
                                .for_each(|value| out.element(OCTETS, value.as_bytes()))
                        });
                    });
                });
            }
        });
    });
    Message::new(op::MODIFY, content)
}

pub fn add(dn: &str, attributes: &[(&str, &str)]) -> Message {
    let attributes = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()]))
        .collect();
    Message::new(
        op::ADD,
        Entry {
            dn: dn.to_owned(),
            attributes,
        }
        .encode(),
    )
}

pub fn rename(dn: &str, new_rdn: &str) -> Message {
    let content = Writer::build(|out| {
        out.element(OCTETS, dn.as_bytes());
        out.element(OCTETS, new_rdn.as_bytes());
        out.boolean(true);
    });
    Message::new(op::MODIFY_DN, content)
}

pub fn delete(dn: &str) -> Message {
    Message::new(op::DELETE, dn.as_bytes().to_vec())
}

pub fn wait_for(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "the condition did not come true within 30 s"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
