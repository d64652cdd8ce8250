//! The desk over HTTP on both databases, with real officers and real procedures.
mod journeys;
mod rules;
mod ward;
