-- Counts of dossiers by agency, procedure and day, month or year (period.rs), folded from the log by
-- the reader "console"; the empty procedure is the whole agency. Emptied and filled again by a rebuild.
CREATE TABLE console_counts (
  agency TEXT NOT NULL,
  period BIGINT NOT NULL,
  procedure_code TEXT NOT NULL,
  received_online BIGINT NOT NULL,
  received_counter BIGINT NOT NULL,
  received_post BIGINT NOT NULL,
  received_elsewhere BIGINT NOT NULL,
  done_early BIGINT NOT NULL,
  done_on_time BIGINT NOT NULL,
  done_late_sorry BIGINT NOT NULL,
  done_late BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  stopped BIGINT NOT NULL,
  waiting BIGINT NOT NULL,
  waiting_late BIGINT NOT NULL,
  open_in_time BIGINT NOT NULL,
  open_late BIGINT NOT NULL,
  paid_online BIGINT NOT NULL,
  paid_direct BIGINT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (agency, period, procedure_code)
);
