//! Scenarios of the law of synchronisation through the public API, against real OpenLDAP servers. Each test is named
//! after its scenario; the same ones are proven on the reference model and the engine in `tests/scenarios`.

mod exporting;
mod gates;
mod joining;
mod leaving;
mod reading;
