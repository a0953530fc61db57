//! Usage meters: what is counted, and which of it is billed.
//!
//! Invariants: a usage row is written in the transaction of its effect and derives its identity from it;
//! quantities are integers; console calls, what-ifs, retries and our own errors are counted, never billed.

use serde::{Deserialize, Serialize};

macro_rules! meters {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $billed:literal;)*) => {
        /// A usage meter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Meter {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Meter {
            /// Every meter.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The meter of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|meter| meter.code() == code)
            }

            /// Whether it appears on an invoice.
            pub fn billed(self) -> bool {
                match self { $(Self::$name => $billed,)* }
            }
        }
    };
}

meters! {
    /// Objects read by imports.
    ObjectsImported = "objects_imported", false;
    /// Operations acknowledged by a directory.
    OperationsExported = "operations_exported", true;
    /// Operations confirmed by an import.
    OperationsConfirmed = "operations_confirmed", false;
    /// Most metaverse objects linked to a source on a day.
    ObjectsManaged = "objects_managed", true;
    /// API calls with a bearer token or key.
    ApiCalls = "api_calls", true;
    /// API calls of the console.
    ConsoleCalls = "console_calls", false;
    /// What-ifs computed.
    WhatIfs = "what_ifs", false;
}
