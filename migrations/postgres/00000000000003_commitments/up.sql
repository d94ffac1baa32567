-- Money bound but not paid: contracts signed (合同) and amounts applied for (支付申请). Append-only, as the ledger is; a
-- release is an entry of its own, below zero, that names its original and repeats its kind, number and contract.
CREATE TABLE commitments (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  sequence BIGINT NOT NULL,
  kind TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  committed_on DATE NOT NULL,
  reference_no TEXT NOT NULL,
  contract_id TEXT REFERENCES commitments (id),
  payee TEXT NOT NULL,
  memo TEXT NOT NULL,
  releases TEXT REFERENCES commitments (id),
  recorded_at TIMESTAMP(3) NOT NULL,
  recorded_by TEXT NOT NULL,
  UNIQUE (project_id, sequence)
);
CREATE INDEX commitments_by_reference ON commitments (project_id, kind, reference_no);
CREATE INDEX commitments_by_release ON commitments (releases) WHERE releases IS NOT NULL;

CREATE TRIGGER commitments_never_change BEFORE UPDATE OR DELETE ON commitments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commitments_never_empty BEFORE TRUNCATE ON commitments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
