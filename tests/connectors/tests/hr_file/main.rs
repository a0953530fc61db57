//! HR files through the connector contract: a folder, files in it, imports.

mod folder;
mod formats;
mod imports;
mod refusals;
mod rows;
mod world;
