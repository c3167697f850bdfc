DROP TABLE positions;
DROP TABLE marks;
DROP TABLE equity;
DROP TABLE limits;
DROP TABLE signals;
DROP TABLE fills;
DROP TABLE order_events;
DROP TABLE orders;
