-- Settlements of funding: cash follows from them, as it does from fills. A payment that is not known has no rate, mark and amount.
CREATE TABLE funding (
    seq BIGINT PRIMARY KEY,
    instrument TEXT NOT NULL,
    due BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    held TEXT NOT NULL,
    currency TEXT NOT NULL,
    rate TEXT,
    mark TEXT,
    amount TEXT,
    UNIQUE (instrument, due)
);

-- When the funding of each instrument is due next, as its venue has told last.
CREATE TABLE funding_due (
    instrument TEXT PRIMARY KEY,
    due BIGINT NOT NULL
);
