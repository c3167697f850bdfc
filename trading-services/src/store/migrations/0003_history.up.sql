-- What is kept for people: how services were, and candles.
CREATE TABLE health_changes (
    seq BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    service TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT
);

CREATE TABLE candles (
    instrument TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    open_time BIGINT NOT NULL,
    open TEXT NOT NULL,
    high TEXT NOT NULL,
    low TEXT NOT NULL,
    close TEXT NOT NULL,
    volume TEXT NOT NULL,
    trades BIGINT NOT NULL,
    doubtful BIGINT NOT NULL,
    PRIMARY KEY (instrument, timeframe, open_time)
);
