BEGIN TRANSACTION;
CREATE TABLE alert_actions (
        number INTEGER NOT NULL PRIMARY KEY, deed VARCHAR(16) NOT NULL, rule VARCHAR(40) NOT NULL,
        crossing INTEGER NOT NULL, who VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL,
        until VARCHAR(32));
INSERT INTO "alert_actions" VALUES(1,'acknowledged','ltv-75',1,'me','2026-07-10T15:03:00.000000+00:00',NULL);
INSERT INTO "alert_actions" VALUES(2,'snoozed','ltv-75',2,'me','2026-07-10T16:00:00.000000+00:00','2026-07-10T17:00:00.000000+00:00');
CREATE TABLE alert_deliveries (
        alert VARCHAR(80) NOT NULL, channel VARCHAR(16) NOT NULL, state VARCHAR(16) NOT NULL,
        attempts INTEGER NOT NULL, due VARCHAR(32) NOT NULL, made VARCHAR(32) NOT NULL,
        result TEXT NOT NULL, at VARCHAR(32), PRIMARY KEY (alert, channel));
INSERT INTO "alert_deliveries" VALUES('ltv-75.1.crossed','desktop','delivered',1,'2026-07-10T15:00:05.000000+00:00','2026-07-10T15:00:00.000000+00:00','250 OK','2026-07-10T15:00:02.000000+00:00');
INSERT INTO "alert_deliveries" VALUES('ltv-75.1.crossed','mail','delivered',1,'2026-07-10T15:00:05.000000+00:00','2026-07-10T15:00:00.000000+00:00','250 OK','2026-07-10T15:00:02.000000+00:00');
INSERT INTO "alert_deliveries" VALUES('ltv-75.2.crossed','desktop','delivered',1,'2026-07-10T16:00:05.000000+00:00','2026-07-10T16:00:00.000000+00:00','250 OK','2026-07-10T16:00:02.000000+00:00');
INSERT INTO "alert_deliveries" VALUES('ltv-75.2.crossed','mail','pending',0,'2026-07-10T16:00:00.000000+00:00','2026-07-10T16:00:00.000000+00:00','',NULL);
CREATE TABLE alert_desk (
        id INTEGER NOT NULL PRIMARY KEY, profile VARCHAR(36) NOT NULL, watched_at VARCHAR(32),
        call_ltv VARCHAR(64), closeout_ltv VARCHAR(64));
INSERT INTO "alert_desk" VALUES(1,'8480f8fe-7db6-470b-9b6b-2c100c7d4f59','2026-07-10T17:00:00.000000+00:00','0.75','0.85');
CREATE TABLE alert_latches (rule VARCHAR(40) NOT NULL PRIMARY KEY, latch TEXT NOT NULL);
INSERT INTO "alert_latches" VALUES('ltv-75','{"crossings":2,"beyond":true,"owed":false,"told_at":"2026-07-10T16:00:00Z","escalations":0,"reminders":0,"acknowledged":false,"snoozed_until":null}');
CREATE TABLE alert_rules (id VARCHAR(40) NOT NULL PRIMARY KEY, rule TEXT NOT NULL);
INSERT INTO "alert_rules" VALUES('ltv-70','{"id":"ltv-70","metric":"ltv","threshold":"0.70","severity":1,"subject":"","rising":true,"clear_band":"0.005","cooldown":"PT300S","escalate_after":null,"channels":["desktop","mail","sound","webhook"],"enabled":true}');
INSERT INTO "alert_rules" VALUES('ltv-75','{"id":"ltv-75","metric":"ltv","threshold":"0.75","severity":2,"subject":"","rising":true,"clear_band":"0.005","cooldown":"PT300S","escalate_after":"PT900S","channels":["desktop","mail","sound","webhook"],"enabled":true}');
INSERT INTO "alert_rules" VALUES('ltv-85','{"id":"ltv-85","metric":"ltv","threshold":"0.85","severity":3,"subject":"","rising":true,"clear_band":"0.005","cooldown":"PT300S","escalate_after":"PT300S","channels":["desktop","mail","sound","webhook"],"enabled":true}');
INSERT INTO "alert_rules" VALUES('utilisation-100','{"id":"utilisation-100","metric":"utilisation","threshold":"1","severity":2,"subject":"","rising":true,"clear_band":"0.005","cooldown":"PT300S","escalate_after":null,"channels":["desktop","mail","sound","webhook"],"enabled":true}');
INSERT INTO "alert_rules" VALUES('data-300','{"id":"data-300","metric":"data","threshold":"300","severity":1,"subject":"","rising":true,"clear_band":"0","cooldown":"PT900S","escalate_after":null,"channels":["desktop","mail","sound","webhook"],"enabled":true}');
CREATE TABLE alerts (
        number INTEGER NOT NULL PRIMARY KEY, id VARCHAR(80) NOT NULL UNIQUE,
        rule VARCHAR(40) NOT NULL, crossing INTEGER NOT NULL, event VARCHAR(16) NOT NULL,
        severity INTEGER NOT NULL, at VARCHAR(32) NOT NULL, metric VARCHAR(16) NOT NULL,
        subject VARCHAR(16) NOT NULL, value VARCHAR(64) NOT NULL, threshold VARCHAR(64) NOT NULL,
        sentence TEXT NOT NULL, price VARCHAR(64), source VARCHAR(64) NOT NULL,
        quality VARCHAR(16) NOT NULL, age_s FLOAT, channels VARCHAR(64) NOT NULL);
INSERT INTO "alerts" VALUES(1,'ltv-75.1.crossed','ltv-75',1,'crossed',2,'2026-07-10T15:00:00.000000+00:00','ltv','','0.7531','0.75','LTV 75.31 % has reached 75 %: GLD 278.85, margin call at 280.00; repay.','278.85','test','LIVE',2.5,'desktop mail');
INSERT INTO "alerts" VALUES(2,'ltv-75.2.crossed','ltv-75',2,'crossed',2,'2026-07-10T16:00:00.000000+00:00','ltv','','0.7602','0.75','=LTV 76.02 % "again"; repay.','278.85','test','LIVE',2.5,'desktop mail');
CREATE TABLE chains (
        symbol VARCHAR(16) NOT NULL, expiry VARCHAR(10) NOT NULL, received VARCHAR(32) NOT NULL,
        payload TEXT NOT NULL, PRIMARY KEY (symbol, expiry));
INSERT INTO "chains" VALUES('GLD','2026-09-18','2026-07-10T15:00:00.000000+00:00','{"symbol":"GLD","expiry":"2026-09-18","rows":[{"contract":"GLD260918C00335000","right":"C","strike":"335","bid":"23.73","ask":"23.75","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null}},{"contract":"GLD260918C00340000","right":"C","strike":"340","bid":"20.46","ask":"20.48","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null}}],"at":"2026-07-10T15:00:00Z","received":"2026-07-10T15:00:00Z","source":"test","quality":"LIVE","spot":"350","multiplier":100,"problems":[]}');
CREATE TABLE expirations (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, fetched VARCHAR(32) NOT NULL,
        dates TEXT NOT NULL);
INSERT INTO "expirations" VALUES('GLD','2026-07-10T15:00:00.000000+00:00','2026-09-18 2026-12-18');
CREATE TABLE facilities (id INTEGER PRIMARY KEY, since VARCHAR(32) NOT NULL, effective VARCHAR(32), who VARCHAR(64) NOT NULL, terms TEXT NOT NULL);
INSERT INTO "facilities" VALUES(1,'2026-07-10T15:00:00.000000+00:00',NULL,'me','{"lots":[{"asset":"fund","symbol":"GLD","quantity":"10000","advance_rate":"0.70","unit":"share","ounces_each":"1","since":null,"until":null,"name":""}],"tranches":[{"principal":"2100000","currency":"USD","rate":"0","day_count":"act/360","capitalising":false,"period_months":0,"since":null,"until":null,"fees":"0","name":""}],"call_ltv":"0.75","closeout_ltv":"0.85","since":"2026-07-10T15:00:00Z","currency":"USD","reserves":[],"cure":{"count":2,"hours":false,"cut_off":"16:00:00","zone":"Europe/Zurich","calendar":"XSWX"},"gold_from":"GLD","effective":null,"who":"me"}');
INSERT INTO "facilities" VALUES(2,'2026-07-10T16:00:00.000000+00:00','2026-07-11T15:00:00.000000+00:00','command line','{"lots":[{"asset":"fund","symbol":"GLD","quantity":"12000.50","advance_rate":"0.70","unit":"share","ounces_each":"1","since":null,"until":null,"name":""}],"tranches":[{"principal":"2100000","currency":"USD","rate":"0","day_count":"act/360","capitalising":false,"period_months":0,"since":null,"until":null,"fees":"0","name":""}],"call_ltv":"0.75","closeout_ltv":"0.85","since":"2026-07-10T16:00:00Z","currency":"USD","reserves":[],"cure":{"count":2,"hours":false,"cut_off":"16:00:00","zone":"Europe/Zurich","calendar":"XSWX"},"gold_from":"GLD","effective":"2026-07-11T15:00:00Z","who":"command line"}');
CREATE TABLE hedge_templates (name VARCHAR(60) NOT NULL PRIMARY KEY, build TEXT NOT NULL);
INSERT INTO "hedge_templates" VALUES('Winter collar','{"kind":"collar","strikes":[{"how":"moneyness","value":"0.95"},{"how":"moneyness","value":"1.1"}],"weights":[],"near":null,"days":180,"expiry":null,"contracts":null,"legs":[]}');
CREATE TABLE loan_terms (
        id INTEGER NOT NULL PRIMARY KEY, symbol VARCHAR(16) NOT NULL, units VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, currency VARCHAR(3) NOT NULL, call_ltv VARCHAR(64) NOT NULL,
        closeout_ltv VARCHAR(64) NOT NULL, since VARCHAR(32) NOT NULL, who VARCHAR(64) NOT NULL);
CREATE TABLE quotes (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, bid VARCHAR(64), ask VARCHAR(64),
        last VARCHAR(64), at VARCHAR(32) NOT NULL, received VARCHAR(32) NOT NULL,
        source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL, previous_close VARCHAR(64),
        volume INTEGER, currency VARCHAR(3) NOT NULL);
INSERT INTO "quotes" VALUES('GLD',NULL,NULL,'350.12','2026-07-10T15:00:00.000000+00:00','2026-07-10T15:00:00.000000+00:00','test','LIVE',NULL,NULL,'USD');
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(5);
CREATE TABLE snapshots (
        id INTEGER NOT NULL PRIMARY KEY, at VARCHAR(32) NOT NULL, reason VARCHAR(8) NOT NULL,
        symbol VARCHAR(16) NOT NULL, price VARCHAR(64) NOT NULL, value VARCHAR(64) NOT NULL,
        amount VARCHAR(64) NOT NULL, ltv VARCHAR(64) NOT NULL, zone VARCHAR(16) NOT NULL,
        call_ltv VARCHAR(64) NOT NULL, closeout_ltv VARCHAR(64) NOT NULL,
        currency VARCHAR(3) NOT NULL, source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL,
        price_at VARCHAR(32) NOT NULL, lending_value VARCHAR(64),
        CONSTRAINT one_snapshot_a_moment UNIQUE (symbol, at, reason));
INSERT INTO "snapshots" VALUES(1,'2026-07-10T15:00:00.000000+00:00','hour','GLD','350.12','3501200.00','2100000.10','0.5997943562207243230892265509','safe','0.75','0.85','USD','Yahoo','DELAYED','2026-07-10T15:00:00.000000+00:00','2450840.00');
INSERT INTO "snapshots" VALUES(2,'2026-07-10T16:30:00.000000+00:00','zone','GLD','290','2900000','2100000.10','0.7241379310344827586206896552','warning','0.75','0.85','USD','Yahoo','DELAYED','2026-07-10T16:30:00.000000+00:00','2450840.00');
CREATE INDEX snapshots_by_time ON snapshots (at);
CREATE INDEX alerts_by_time ON alerts (at);
CREATE INDEX alert_actions_by_crossing ON alert_actions (rule, crossing);
CREATE INDEX alert_deliveries_by_state ON alert_deliveries (state);
CREATE TRIGGER alerts_update BEFORE UPDATE ON alerts BEGIN SELECT RAISE(ABORT, 'alerts are only ever added to'); END;
CREATE TRIGGER alerts_delete BEFORE DELETE ON alerts BEGIN SELECT RAISE(ABORT, 'alerts are only ever added to'); END;
CREATE TRIGGER alert_actions_update BEFORE UPDATE ON alert_actions BEGIN SELECT RAISE(ABORT, 'alert_actions are only ever added to'); END;
CREATE TRIGGER alert_actions_delete BEFORE DELETE ON alert_actions BEGIN SELECT RAISE(ABORT, 'alert_actions are only ever added to'); END;
CREATE INDEX snapshots_by_hour ON snapshots (substr(at, 1, 13), CAST(ltv AS REAL));
CREATE INDEX snapshots_at_crossings ON snapshots (at) WHERE reason <> 'hour';
COMMIT;
