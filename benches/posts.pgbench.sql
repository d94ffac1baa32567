-- The statements of one post, for pgbench beside `cargo bench --bench posts -- --postgres URL`:
--   pgbench -n -c 16 -j 2 -T 10 -M prepared -f benches/posts.pgbench.sql URL
\set p random(0, 14)
\set day random(0, 196)
BEGIN;
SELECT gen_random_uuid()::text AS key, gen_random_uuid()::text AS entry \gset
SELECT stamp FROM access_stamp;
SELECT pg_advisory_xact_lock(hashtextextended('answer|' || :key::text, 0));
SELECT body_sha256, status, body, location FROM answers
  WHERE token_id = 'pgbench' AND method = 'POST' AND path = '/' AND idempotency_key = :key;
SELECT pg_advisory_xact_lock(hashtextextended('project|2024|' || :p::text, 0));
SELECT id AS project, code FROM projects WHERE fiscal_year = 2024 ORDER BY code OFFSET :p::int LIMIT 1 \gset
SELECT COALESCE((SELECT MAX(sequence) FROM disbursements WHERE project_id = :project), 0) + 1 AS place,
  EXISTS (SELECT 1 FROM disbursements WHERE project_id = :project AND voucher_no = :key AND voucher_line = 1
    AND reverses IS NULL) AS taken \gset
INSERT INTO disbursements (id, project_id, sequence, kind, amount_fen, counted, paid_on, voucher_no, voucher_line, source,
    payee, memo, reverses, recorded_at, recorded_by)
  VALUES (:entry, :project, :place, 'payment', 100, TRUE, DATE '2024-01-01' + :day::int, :key, 1, 'fiscal_own', '', '',
    NULL, now(), 'pgbench');
INSERT INTO spend_month (project_id, month, source, amount_fen)
  VALUES (:project, date_trunc('month', DATE '2024-01-01' + :day::int)::date, 'fiscal_own', 100)
  ON CONFLICT (project_id, month, source) DO UPDATE SET amount_fen = spend_month.amount_fen + excluded.amount_fen;
INSERT INTO audit (id, at, actor, action, entity, entity_id, before_json, after_json, request_id)
  VALUES (gen_random_uuid()::text, now(), 'pgbench', 'record_disbursement', 'disbursement', :entry, NULL,
    repeat('x', 300), :key);
SELECT version, effective_on, recorded_at FROM rule_sets ORDER BY version;
SELECT (SELECT id FROM plan_versions WHERE project_id = :project ORDER BY version DESC LIMIT 1),
  EXISTS (SELECT 1 FROM readings WHERE project_id = :project);
SELECT (SELECT COALESCE(SUM(amount_fen), 0) FROM spend_month WHERE project_id = :project AND month <= '2024-07-01'),
  (SELECT COALESCE(SUM(amount_fen), 0) FROM disbursements WHERE project_id = :project AND counted
    AND paid_on > '2024-07-16' AND paid_on <= '2024-07-31');
SELECT * FROM alerts WHERE project_id = :project ORDER BY id;
INSERT INTO answers (token_id, method, path, idempotency_key, body_sha256, status, body, location, recorded_at)
  VALUES ('pgbench', 'POST', '/', :key, '', 201, repeat('x', 2500), '/', now());
COMMIT;
