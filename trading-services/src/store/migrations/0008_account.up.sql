-- With what the account was opened: one row.
CREATE TABLE account (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    currency TEXT NOT NULL,
    cash TEXT NOT NULL
);
