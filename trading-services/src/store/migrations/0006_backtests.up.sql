-- Back-tests as jobs. `request`, `figures` and `result` are JSON; a result is kept as the page shows it.
CREATE TABLE backtests (
    id BIGINT PRIMARY KEY,
    created BIGINT NOT NULL,
    ended BIGINT,
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    error TEXT,
    figures TEXT,
    result TEXT
);
