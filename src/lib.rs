//! Finds near-duplicate articles. Under construction: the stages arrive in the order data flows.

pub mod article;
pub mod config;
pub mod error;
pub mod read;
pub mod text;

pub use error::{Error, Result};
