-- What the state follows from. `seq` is the order in which everything was added, over all tables.
-- Amounts are decimals as text, times are nanoseconds since 1970.
CREATE TABLE orders (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    time BIGINT NOT NULL,
    instrument TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    kind TEXT NOT NULL,
    price TEXT,
    time_in_force TEXT NOT NULL,
    reduce_only BIGINT NOT NULL,
    correlation BIGINT NOT NULL
);

CREATE TABLE order_events (
    seq BIGINT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    time BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT
);

CREATE TABLE fills (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    reported BIGINT NOT NULL,
    time BIGINT NOT NULL,
    instrument TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    price TEXT NOT NULL,
    currency TEXT NOT NULL,
    fee TEXT NOT NULL,
    fee_currency TEXT NOT NULL,
    liquidity TEXT NOT NULL,
    correlation BIGINT NOT NULL,
    UNIQUE (order_id, id)
);

CREATE TABLE signals (
    seq BIGINT PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE,
    time BIGINT NOT NULL,
    correlation BIGINT NOT NULL,
    instrument TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    bar BIGINT NOT NULL,
    direction TEXT NOT NULL,
    price TEXT NOT NULL,
    doubtful BIGINT NOT NULL,
    reasons TEXT NOT NULL
);

-- The limits: days, peaks, the end of all trading and its resumption.
CREATE TABLE limits (
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    time BIGINT,
    equity TEXT,
    reason TEXT
);

CREATE TABLE equity (
    seq BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    equity TEXT NOT NULL
);

-- The last price of each instrument.
CREATE TABLE marks (
    instrument TEXT PRIMARY KEY,
    price TEXT NOT NULL,
    time BIGINT NOT NULL
);

-- Derived from the fills, with each of them; `db check` derives it again.
CREATE TABLE positions (
    instrument TEXT PRIMARY KEY,
    quantity TEXT NOT NULL,
    cost TEXT NOT NULL
);
