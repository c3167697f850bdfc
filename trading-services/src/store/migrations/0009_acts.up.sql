-- What people have done through the page and the API.
CREATE TABLE acts (
    id BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    act TEXT NOT NULL,
    body TEXT NOT NULL,
    status BIGINT NOT NULL
);
