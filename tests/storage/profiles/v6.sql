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
INSERT INTO "alert_desk" VALUES(1,'0f96e7fb-401a-4895-9577-e30e03a7cbe4','2026-07-10T17:00:00.000000+00:00','0.75','0.85');
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
CREATE TABLE audit (
        number INTEGER NOT NULL PRIMARY KEY, kind VARCHAR(16) NOT NULL, at VARCHAR(32) NOT NULL,
        subject TEXT NOT NULL, who VARCHAR(64) NOT NULL, text TEXT NOT NULL, wire TEXT NOT NULL,
        hash VARCHAR(64) NOT NULL);
INSERT INTO "audit" VALUES(1,'confirmed','2026-07-10T15:00:01.000000+00:00','VD-test-000000000001','user','confirmed: Collar to December','','b5b877d13a3ef200583e8ecc6ab98aff27ee8c0d296447ea234affd44bb7251e');
INSERT INTO "audit" VALUES(2,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000001','desk','confirmed, 0 of 63 filled','["orders",{"ref":"VD-test-000000000001","number":1,"ticket":"0000000000000000000000000000000000000000000000000000000000000001","place":0,"draft":"{\"legs\":[{\"instrument\":{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"332.5\",\"right\":\"P\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"},\"ratio\":1},{\"instrument\":{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"385\",\"right\":\"C\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"},\"ratio\":-1}],\"quantity\":63,\"limit\":\"-1.05\",\"tif\":\"DAY\"}","title":"Collar to December","broker":"desk paper","account":"DUPAPER","mode":"paper","state":"confirmed","confirmed_at":"2026-07-10T15:00:01.000000+00:00","changed_at":"2026-07-10T15:00:01.000000+00:00","filled":"0","average":null,"commission":null,"order_id":0,"perm_id":0,"said":""}]','72470c786f93b471af8c5cc02974c0f454d609ca5d6e85a21107a313f8590edd');
INSERT INTO "audit" VALUES(3,'confirmed','2026-07-10T15:00:02.000000+00:00','VD-test-000000000002','user','confirmed: Collar to December','','f8ed0034adfb49ed1755c6121897711dc5f9af05a0714f335c8c0a66978ce683');
INSERT INTO "audit" VALUES(4,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000002','desk','confirmed, 0 of 63 filled','["orders",{"ref":"VD-test-000000000002","number":2,"ticket":"0000000000000000000000000000000000000000000000000000000000000002","place":0,"draft":"{\"legs\":[{\"instrument\":{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"332.5\",\"right\":\"P\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"},\"ratio\":1},{\"instrument\":{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"385\",\"right\":\"C\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"},\"ratio\":-1}],\"quantity\":63,\"limit\":\"-1.05\",\"tif\":\"DAY\"}","title":"Collar to December","broker":"desk paper","account":"DUPAPER","mode":"paper","state":"confirmed","confirmed_at":"2026-07-10T15:00:02.000000+00:00","changed_at":"2026-07-10T15:00:02.000000+00:00","filled":"0","average":null,"commission":null,"order_id":0,"perm_id":0,"said":""}]','47327f166c298ff4cd84bf914b8099e680304db173a5436cb6e892410d2d12b9');
INSERT INTO "audit" VALUES(5,'note','2026-07-10T15:00:00.000000+00:00','VD-test-000000000001','desk paper','partly filled','4;2;-1;2104;OK','ed5cd4855b859da7c514174f022f80a205740fb0a385b710b2af340aba444d9a');
INSERT INTO "audit" VALUES(6,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000001','desk','partial, 20 of 63 filled','["orders",{"ref":"VD-test-000000000001","state":"partial","filled":"20","average":"-1.05","order_id":11,"perm_id":77,"said":"Twenty of it."}]','d8b729a9a0a36648c869e75a314225789be769f54b8224c43b61f06d553b3c07');
INSERT INTO "audit" VALUES(7,'note','2026-07-10T15:00:00.000000+00:00','VD-test-000000000002','desk paper','cancelled','4;2;-1;2104;OK','830e80ed3a59838abb8cd66c8f9548ee0ea88a738e4c17c2372d092d1850501f');
INSERT INTO "audit" VALUES(8,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000002','desk','cancelled, 0 of 63 filled','["orders",{"ref":"VD-test-000000000002","state":"cancelled","order_id":12,"perm_id":78}]','d356e8ed3c92f6ef4d23e60339d0f4bf53a216720bc3e6c5b2445a5882c3d97b');
INSERT INTO "audit" VALUES(9,'note','2026-07-10T15:00:00.000000+00:00','VD-test-000000000001','desk paper','traded','4;2;-1;2104;OK','04c953da51d2f3bf69a7052ed475c64e19ae9cbafad90319fb8adbc1ea653321');
INSERT INTO "audit" VALUES(10,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000001','desk','63 GLD 332.5 put of 2026-12-18 at 8.20','["order_executions",{"broker":"desk paper","exec_id":"0001f4e8.01","number":1,"revision":1,"ref":"VD-test-000000000001","perm_id":77,"account":"DUPAPER","instrument":"{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"332.5\",\"right\":\"P\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"}","quantity":"63","price":"8.20","at":"2026-07-10T15:00:00.000000+00:00","at_text":"20260710 11:00:00 US/Eastern","commission":null,"currency":"USD"}]','149b1a803c3ad0dcfc937dd2d199b8d69219a89e372d65614fc5487645bb99b0');
INSERT INTO "audit" VALUES(11,'kept','2026-07-10T16:00:00.000000+00:00','VD-test-000000000001','desk','63 GLD 332.5 put of 2026-12-18 at 8.20','["order_executions",{"broker":"desk paper","exec_id":"0001f4e8.01","commission":"40.95"}]','618fdb5b308bb8e6d0ad614468e3a50585708768762a44eb6605fd0375ded9a4');
INSERT INTO "audit" VALUES(12,'kept','2026-07-10T16:00:00.000000+00:00','manual_positions','desk','1 positions held elsewhere','["manual_positions",[[1,"elsewhere","{\"symbol\":\"GLD\",\"expiry\":\"2026-12-18\",\"strike\":\"332.5\",\"right\":\"P\",\"multiplier\":100,\"currency\":\"USD\",\"trading_class\":\"\"}","20","9.10"]]]','31cc652c447d39124156bcc478ff62397f758d76754b7431c9c5b26d32ddd8a2');
INSERT INTO "audit" VALUES(13,'note','2026-07-10T15:00:00.000000+00:00','','desk paper','said “so”
and so','4;2;-1;2104;OK','1fe3f5164ac5cf63ff794b7aee8292c4249d666d02c69daae17a75f3140a8222');
CREATE TABLE audit_head (
        id INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL, hash VARCHAR(64) NOT NULL);
INSERT INTO "audit_head" VALUES(1,13,'1fe3f5164ac5cf63ff794b7aee8292c4249d666d02c69daae17a75f3140a8222');
CREATE TABLE chains (
        symbol VARCHAR(16) NOT NULL, expiry VARCHAR(10) NOT NULL, received VARCHAR(32) NOT NULL,
        payload TEXT NOT NULL, PRIMARY KEY (symbol, expiry));
INSERT INTO "chains" VALUES('GLD','2026-09-18','2026-07-10T15:00:00.000000+00:00','{"symbol":"GLD","expiry":"2026-09-18","rows":[{"contract":"GLD260918C00335000","right":"C","strike":"335","bid":"23.73","ask":"23.75","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null},"bid_size":null,"ask_size":null},{"contract":"GLD260918C00340000","right":"C","strike":"340","bid":"20.46","ask":"20.48","last":null,"volume":null,"open_interest":null,"last_trade":null,"vendor":{"iv":null,"delta":null,"gamma":null,"theta":null,"vega":null,"rho":null},"bid_size":null,"ask_size":null}],"at":"2026-07-10T15:00:00Z","received":"2026-07-10T15:00:00Z","source":"test","quality":"LIVE","spot":"350","multiplier":100,"problems":[]}');
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
CREATE TABLE manual_positions (
        number INTEGER NOT NULL PRIMARY KEY, account VARCHAR(64) NOT NULL,
        instrument TEXT NOT NULL, quantity VARCHAR(64) NOT NULL, average_cost VARCHAR(64));
INSERT INTO "manual_positions" VALUES(1,'elsewhere','{"symbol":"GLD","expiry":"2026-12-18","strike":"332.5","right":"P","multiplier":100,"currency":"USD","trading_class":""}','20','9.10');
CREATE TABLE order_executions (
        number INTEGER NOT NULL PRIMARY KEY, broker VARCHAR(64) NOT NULL,
        exec_id VARCHAR(128) NOT NULL, revision INTEGER NOT NULL, ref VARCHAR(64) NOT NULL,
        perm_id INTEGER NOT NULL, account VARCHAR(64) NOT NULL, instrument TEXT NOT NULL,
        quantity VARCHAR(64) NOT NULL, price VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL,
        at_text TEXT NOT NULL, commission VARCHAR(64), currency VARCHAR(3) NOT NULL,
        CONSTRAINT one_execution UNIQUE (broker, exec_id));
INSERT INTO "order_executions" VALUES(1,'desk paper','0001f4e8.01',1,'VD-test-000000000001',77,'DUPAPER','{"symbol":"GLD","expiry":"2026-12-18","strike":"332.5","right":"P","multiplier":100,"currency":"USD","trading_class":""}','63','8.20','2026-07-10T15:00:00.000000+00:00','20260710 11:00:00 US/Eastern','40.95','USD');
CREATE TABLE orders (
        number INTEGER NOT NULL PRIMARY KEY, ref VARCHAR(64) NOT NULL UNIQUE,
        ticket VARCHAR(64) NOT NULL, place INTEGER NOT NULL, draft TEXT NOT NULL,
        title TEXT NOT NULL, broker VARCHAR(64) NOT NULL, account VARCHAR(64) NOT NULL,
        mode VARCHAR(16) NOT NULL, state VARCHAR(20) NOT NULL, confirmed_at VARCHAR(32) NOT NULL,
        changed_at VARCHAR(32) NOT NULL, filled VARCHAR(64) NOT NULL, average VARCHAR(64),
        commission VARCHAR(64), order_id INTEGER NOT NULL, perm_id INTEGER NOT NULL,
        said TEXT NOT NULL, CONSTRAINT one_order_a_place UNIQUE (ticket, place));
INSERT INTO "orders" VALUES(1,'VD-test-000000000001','0000000000000000000000000000000000000000000000000000000000000001',0,'{"legs":[{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"332.5","right":"P","multiplier":100,"currency":"USD","trading_class":""},"ratio":1},{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"385","right":"C","multiplier":100,"currency":"USD","trading_class":""},"ratio":-1}],"quantity":63,"limit":"-1.05","tif":"DAY"}','Collar to December','desk paper','DUPAPER','paper','partial','2026-07-10T15:00:01.000000+00:00','2026-07-10T15:00:01.000000+00:00','20','-1.05',NULL,11,77,'Twenty of it.');
INSERT INTO "orders" VALUES(2,'VD-test-000000000002','0000000000000000000000000000000000000000000000000000000000000002',0,'{"legs":[{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"332.5","right":"P","multiplier":100,"currency":"USD","trading_class":""},"ratio":1},{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"385","right":"C","multiplier":100,"currency":"USD","trading_class":""},"ratio":-1}],"quantity":63,"limit":"-1.05","tif":"DAY"}','Collar to December','desk paper','DUPAPER','paper','cancelled','2026-07-10T15:00:02.000000+00:00','2026-07-10T15:00:02.000000+00:00','0',NULL,NULL,12,78,'');
CREATE TABLE paper_events (number INTEGER NOT NULL PRIMARY KEY, event TEXT NOT NULL);
INSERT INTO "paper_events" VALUES(1,'{"type":"deposited","at":"2026-07-10T15:00:00Z","amount":"100000"}');
INSERT INTO "paper_events" VALUES(2,'{"type":"received","at":"2026-07-10T15:00:00Z","ref":"VD-test-000000000001","draft":{"legs":[{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"332.5","right":"P","multiplier":100,"currency":"USD","trading_class":""},"ratio":1},{"instrument":{"symbol":"GLD","expiry":"2026-12-18","strike":"385","right":"C","multiplier":100,"currency":"USD","trading_class":""},"ratio":-1}],"quantity":63,"limit":"-1.05","tif":"DAY"}}');
INSERT INTO "paper_events" VALUES(3,'{"type":"accepted","at":"2026-07-10T15:00:00Z","ref":"VD-test-000000000001"}');
CREATE TABLE quotes (
        symbol VARCHAR(16) NOT NULL PRIMARY KEY, bid VARCHAR(64), ask VARCHAR(64),
        last VARCHAR(64), at VARCHAR(32) NOT NULL, received VARCHAR(32) NOT NULL,
        source VARCHAR(64) NOT NULL, quality VARCHAR(16) NOT NULL, previous_close VARCHAR(64),
        volume INTEGER, currency VARCHAR(3) NOT NULL);
INSERT INTO "quotes" VALUES('GLD',NULL,NULL,'350.12','2026-07-10T15:00:00.000000+00:00','2026-07-10T15:00:00.000000+00:00','test','LIVE',NULL,NULL,'USD');
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(6);
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
CREATE INDEX orders_open ON orders (number)
        WHERE state NOT IN ('filled', 'cancelled', 'rejected');
CREATE INDEX order_executions_by_order ON order_executions (broker, ref, at);
CREATE INDEX audit_by_time ON audit (at);
CREATE TRIGGER audit_stays_0 BEFORE DELETE ON audit  BEGIN SELECT RAISE(ABORT, 'audit must stay as they were written'); END;
CREATE TRIGGER audit_stays_1 BEFORE UPDATE ON audit  BEGIN SELECT RAISE(ABORT, 'audit must stay as they were written'); END;
CREATE TRIGGER audit_stays_2 BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'audit must stay as they were written'); END;
CREATE TRIGGER audit_head_stays_3 BEFORE DELETE ON audit_head  BEGIN SELECT RAISE(ABORT, 'audit_head must stay as they were written'); END;
CREATE TRIGGER audit_head_stays_4 BEFORE UPDATE ON audit_head WHEN NEW.count <= OLD.count BEGIN SELECT RAISE(ABORT, 'audit_head must stay as they were written'); END;
CREATE TRIGGER paper_events_stays_5 BEFORE DELETE ON paper_events  BEGIN SELECT RAISE(ABORT, 'paper_events must stay as they were written'); END;
CREATE TRIGGER paper_events_stays_6 BEFORE UPDATE ON paper_events  BEGIN SELECT RAISE(ABORT, 'paper_events must stay as they were written'); END;
CREATE TRIGGER orders_stays_7 BEFORE DELETE ON orders  BEGIN SELECT RAISE(ABORT, 'orders must stay as they were written'); END;
CREATE TRIGGER orders_stays_8 BEFORE UPDATE OF ref, ticket, place, draft, title, broker, account, mode, confirmed_at ON orders  BEGIN SELECT RAISE(ABORT, 'orders must stay as they were written'); END;
CREATE TRIGGER orders_stays_9 BEFORE UPDATE OF state ON orders WHEN OLD.state IN ('filled', 'cancelled', 'rejected') AND NEW.state <> OLD.state BEGIN SELECT RAISE(ABORT, 'orders must stay as they were written'); END;
CREATE TRIGGER order_executions_stays_10 BEFORE DELETE ON order_executions  BEGIN SELECT RAISE(ABORT, 'order_executions must stay as they were written'); END;
COMMIT;
