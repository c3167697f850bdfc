DROP TABLE candles;
DROP TABLE health_changes;
