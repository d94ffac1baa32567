DROP TRIGGER projects_moved ON projects;
DROP TRIGGER units_moved ON units;
DROP TRIGGER units_changed ON units;
DROP TRIGGER token_units_changed ON token_units;
DROP TRIGGER tokens_changed ON tokens;
DROP FUNCTION change_access();
DROP TABLE access_stamp;
