-- Modes that an operator has switched while the platform ran. What the settings have switched is in `configurations`.
CREATE TABLE switches (
    seq BIGINT PRIMARY KEY,
    time BIGINT NOT NULL,
    setting TEXT NOT NULL,
    mode_before TEXT NOT NULL,
    mode_after TEXT NOT NULL,
    reason TEXT NOT NULL
);
