//! The desk over HTTP on both databases, with real officers and real procedures.
mod journeys;
mod need;
mod numbers;
mod rules;
mod ward;
