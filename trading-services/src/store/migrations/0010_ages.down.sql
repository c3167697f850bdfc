DROP INDEX alerts_by_age;
DROP INDEX signals_by_age;
DROP INDEX opportunities_by_age;
DROP INDEX health_changes_by_age;
DROP INDEX equity_by_age;
DROP INDEX candles_by_age;
