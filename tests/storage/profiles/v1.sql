BEGIN TRANSACTION;
CREATE TABLE chains (
        symbol VARCHAR(16) NOT NULL, expiry VARCHAR(10) NOT NULL, received VARCHAR(32) NOT NULL,
        payload TEXT NOT NULL, PRIMARY KEY (symbol, expiry));
INSERT INTO "chains" VALUES('GLD','2026-09-18','2026-07-10T15:00:00.000000+00:00','{"symbol":"GLD","expiry":"2026-09-18","rows":[{"contract":"GLD260918C00335000","right":"C","strike":"335","bid":"23.73","ask":"23.75","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null}},{"contract":"GLD260918C00340000","right":"C","strike":"340","bid":"20.46","ask":"20.48","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null}}],"at":"2026-07-10T15:00:00Z","received":"2026-07-10T15:00:00Z","source":"test","quality":"LIVE","spot":"350","multiplier":100,"problems":[]}');
CREATE TABLE expirations (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, fetched VARCHAR(32) NOT NULL,
        dates TEXT NOT NULL);
INSERT INTO "expirations" VALUES('GLD','2026-07-10T15:00:00.000000+00:00','2026-09-18 2026-12-18');
CREATE TABLE loan_terms (
        id INTEGER NOT NULL PRIMARY KEY, symbol VARCHAR(16) NOT NULL, units VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, currency VARCHAR(3) NOT NULL, call_ltv VARCHAR(64) NOT NULL,
        closeout_ltv VARCHAR(64) NOT NULL, since VARCHAR(32) NOT NULL, who VARCHAR(64) NOT NULL);
INSERT INTO "loan_terms" VALUES(1,'GLD','10000','2100000','USD','0.75','0.85','2026-07-10T15:00:00.000000+00:00','me');
INSERT INTO "loan_terms" VALUES(2,'GLD','12000.50','2100000','USD','0.75','0.85','2026-07-10T16:00:00.000000+00:00','command line');
CREATE TABLE quotes (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, bid VARCHAR(64), ask VARCHAR(64),
        last VARCHAR(64), at VARCHAR(32) NOT NULL, received VARCHAR(32) NOT NULL,
        source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL, previous_close VARCHAR(64),
        volume INTEGER, currency VARCHAR(3) NOT NULL);
INSERT INTO "quotes" VALUES('GLD',NULL,NULL,'350.12','2026-07-10T15:00:00.000000+00:00','2026-07-10T15:00:00.000000+00:00','test','LIVE',NULL,NULL,'USD');
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE snapshots (
        id INTEGER NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, reason VARCHAR(8) NOT NULL,
        symbol VARCHAR(16) NOT NULL, price VARCHAR(64) NOT NULL, value VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, ltv VARCHAR(64) NOT NULL, zone VARCHAR(16) NOT NULL,
        call_ltv VARCHAR(64) NOT NULL, closeout_ltv VARCHAR(64) NOT NULL,
        currency VARCHAR(3) NOT NULL, source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL,
        price_at VARCHAR(32) NOT NULL,
        CONSTRAINT one_snapshot_a_moment UNIQUE (symbol, at, reason));
INSERT INTO "snapshots" VALUES(1,'2026-07-10T15:00:00.000000+00:00','hour','GLD','350.12','3501200.00','2100000.10','0.5997943562207243230892265509','safe','0.75','0.85','USD','Yahoo','DELAYED','2026-07-10T15:00:00.000000+00:00');
INSERT INTO "snapshots" VALUES(2,'2026-07-10T16:30:00.000000+00:00','zone','GLD','290','2900000','2100000.10','0.7241379310344827586206896552','warning','0.75','0.85','USD','Yahoo','DELAYED','2026-07-10T16:30:00.000000+00:00');
CREATE INDEX snapshots_by_time ON snapshots (at);
COMMIT;
