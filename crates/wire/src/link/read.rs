//! Targeted reads and change notices.

use bytes::Bytes;
use syncline_model::connector::{ChangeNotice, ReadAnswer, ReadRequest};

use super::import::{model_page, page};
use super::{Message, WireError, decode, encode, pb};

impl Message for ReadRequest {
    fn to_wire(&self) -> Bytes {
        encode(&pb::ReadRequest {
            objects: self.objects.iter().map(pb::name).collect(),
            types: pb::selection(&self.types),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let request: pb::ReadRequest = decode(bytes)?;
        Ok(Self {
            objects: request
                .objects
                .iter()
                .map(pb::model_name)
                .collect::<Result<_, _>>()?,
            types: pb::model_selection(request.types),
        })
    }
}

impl Message for ReadAnswer {
    fn to_wire(&self) -> Bytes {
        encode(&match self {
            Self::Found(entry) => pb::ReadAnswer {
                found: Some(page(std::slice::from_ref(entry))),
                missing: None,
            },
            Self::Missing(name) => pb::ReadAnswer {
                found: None,
                missing: Some(pb::name(name)),
            },
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let answer: pb::ReadAnswer = decode(bytes)?;
        match (answer.found, answer.missing) {
            (Some(found), None) => {
                let mut entries = model_page(found)?;
                match (entries.pop(), entries.is_empty()) {
                    (Some(entry), true) => Ok(Self::Found(entry)),
                    _ => Err(WireError::new("a read answer holds not exactly one entry")),
                }
            }
            (None, Some(name)) => Ok(Self::Missing(pb::model_name(&name)?)),
            _ => Err(WireError::missing("a read answer")),
        }
    }
}

impl Message for ChangeNotice {
    fn to_wire(&self) -> Bytes {
        encode(&pb::ChangeNotice {
            objects: self.objects,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let notice: pb::ChangeNotice = decode(bytes)?;
        Ok(Self {
            objects: notice.objects,
        })
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::Anchor;
    use syncline_model::import::{ImportEntry, ObjectName};

    use super::*;

    #[test]
    fn reads_and_notices_read_back() {
        let object = ObjectName::Anchor(Anchor::Guid([4; 16]));
        let request = ReadRequest {
            objects: vec![object.clone(), ObjectName::Dn("CN=a,DC=b".parse().unwrap())],
            types: vec![("group".into(), vec!["member".into()])],
        };
        let found = ReadAnswer::Found(ImportEntry::Deleted(Anchor::Text("x".into())));
        let missing = ReadAnswer::Missing(object);
        let notice = ChangeNotice { objects: 3 };

        assert_eq!(ReadRequest::from_wire(request.to_wire()), Ok(request));
        assert_eq!(ReadAnswer::from_wire(found.to_wire()), Ok(found));
        assert_eq!(ReadAnswer::from_wire(missing.to_wire()), Ok(missing));
        assert_eq!(ChangeNotice::from_wire(notice.to_wire()), Ok(notice));
        assert!(ReadAnswer::from_wire(Bytes::new()).is_err());
    }
}
