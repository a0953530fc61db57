//! Compression dictionaries (table `codec`).
//!
//! Invariants: a dictionary is immutable and never deleted while a row may use it; it holds pieces of customer
//! values and is sealed like them.

use sqlx::{PgPool, Row as _};

use super::session::TenantTx;
use crate::seal::{CodecId, Place, Sealer};
use crate::{Result, StoreError};

fn place(row: &[i64]) -> Place<'_> {
    Place {
        table: "codec",
        column: "dictionary",
        row,
    }
}

pub(crate) async fn load(pool: &PgPool, sealer: &mut Sealer) -> Result<()> {
    let rows = sqlx::query(
        "-- codec.list
         select id, dictionary from codec order by id",
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        let id: i16 = row.try_get("id")?;
        let codec = u16::try_from(id).map_err(|_| {
            StoreError::damaged("codec", "id", id, "a codec's number is not negative")
        })?;
        let dictionary = sealer.open(place(&[id.into()]), row.try_get("dictionary")?)?;
        sealer.add_dictionary(CodecId(codec), &dictionary);
    }
    Ok(())
}

impl TenantTx {
    /// Keeps a dictionary. It is used from the next opening of the schema on.
    pub async fn codec_add(
        &mut self,
        codec: CodecId,
        dictionary: &[u8],
        now_ms: i64,
    ) -> Result<()> {
        let id = i16::try_from(codec.0)
            .ok()
            .filter(|_| codec >= CodecId::FIRST_DICTIONARY)
            .ok_or_else(|| StoreError::Refused {
                what: format!("codec {} is not a dictionary's number", codec.0),
            })?;
        let sealed = self.seal("codec", "dictionary", &[id.into()], dictionary);
        sqlx::query(
            "-- codec.add
             insert into codec (id, dictionary, made_ms) values ($1, $2, $3)",
        )
        .bind(id)
        .bind(sealed)
        .bind(now_ms)
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
