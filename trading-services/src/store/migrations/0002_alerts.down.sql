DROP TABLE acknowledgements;
DROP TABLE deliveries;
DROP TABLE alerts;
