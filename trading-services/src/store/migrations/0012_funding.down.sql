DROP TABLE funding_due;
DROP TABLE funding;
