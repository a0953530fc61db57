#![no_std]
//! guest
