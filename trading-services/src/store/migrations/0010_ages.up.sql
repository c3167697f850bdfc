-- What is forgotten by its age is found by it.
CREATE INDEX candles_by_age ON candles (open_time);
CREATE INDEX equity_by_age ON equity (time);
CREATE INDEX health_changes_by_age ON health_changes (time);
CREATE INDEX opportunities_by_age ON opportunities (time);
CREATE INDEX signals_by_age ON signals (time);
CREATE INDEX alerts_by_age ON alerts (time);
