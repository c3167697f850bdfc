-- Every configuration that was accepted, with when and why.
CREATE TABLE configurations (
    version BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    reason TEXT NOT NULL,
    settings TEXT NOT NULL,
    text TEXT
);
