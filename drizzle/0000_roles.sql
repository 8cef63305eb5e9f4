-- The role that scoped statements run as. Roles belong to the cluster, so another database may have made it.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
    CREATE ROLE gatehouse_app NOLOGIN NOINHERIT;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role gatehouse_app is missing and % may not create roles', current_user
      USING HINT = format('Run as a superuser: CREATE ROLE gatehouse_app NOLOGIN NOINHERIT; GRANT gatehouse_app TO %I;', current_user);
END $$;
--> statement-breakpoint
DO $$ BEGIN
  IF NOT pg_has_role(current_user, 'gatehouse_app', 'MEMBER') THEN
    EXECUTE format('GRANT gatehouse_app TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION '% is not a member of the role gatehouse_app', current_user
    USING HINT = format('Run as a superuser: GRANT gatehouse_app TO %I;', current_user);
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO gatehouse_app;
