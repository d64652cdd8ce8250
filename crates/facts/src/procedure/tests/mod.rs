//! The contents load whole; broken ones say where; forms and fees do what the law says.
mod broken;
mod contents;
mod forms;
mod rules;
