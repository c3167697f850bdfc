-- What people have chosen on the page.
CREATE TABLE preferences (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
