-- What trading modules have seen, whether or not they traded it. `confidence` is a number as text, so that it reads the same.
CREATE TABLE opportunities (
    seq BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    module TEXT NOT NULL,
    instrument TEXT NOT NULL,
    direction TEXT NOT NULL,
    confidence TEXT NOT NULL,
    price TEXT NOT NULL,
    reason TEXT NOT NULL
);
