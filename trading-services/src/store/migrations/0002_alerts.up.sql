-- Alerts, and what became of each: the last word of every channel, and who has seen it.
CREATE TABLE alerts (
    seq BIGINT PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE,
    time BIGINT NOT NULL,
    level TEXT NOT NULL,
    rule TEXT NOT NULL,
    instrument TEXT,
    service TEXT,
    message TEXT NOT NULL
);

CREATE TABLE deliveries (
    alert BIGINT NOT NULL,
    channel TEXT NOT NULL,
    time BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (alert, channel)
);

CREATE TABLE acknowledgements (
    alert BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    acknowledged_by TEXT NOT NULL
);
