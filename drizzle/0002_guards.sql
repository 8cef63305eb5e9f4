-- What the database itself refuses: other tenants' rows, a vanished last owner, a rewritten history.
ALTER TABLE "project" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "task" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "subscription" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "organization_setting" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "user_profile" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_event" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "project", "task", "subscription", "organization_setting", "user_profile" TO gatehouse_app;--> statement-breakpoint
GRANT SELECT, INSERT ON "audit_event" TO gatehouse_app;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "organization", "member", "invitation" TO gatehouse_app;--> statement-breakpoint
GRANT SELECT ("id", "name", "email", "image") ON "user" TO gatehouse_app;--> statement-breakpoint

-- A task's assignee is a member of its organization, or nobody: leaving clears the assignment only.
ALTER TABLE "task" ADD CONSTRAINT "task_assignee_fk" FOREIGN KEY ("organization_id", "assignee_id")
  REFERENCES "member" ("organization_id", "user_id") ON DELETE SET NULL ("assignee_id");--> statement-breakpoint

-- Owners who remove each other at once wait for one another on the organization's row, so one stays.
CREATE FUNCTION gatehouse_keep_an_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT ('owner' = ANY (string_to_array(OLD.role, ','))) THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.organization_id = OLD.organization_id AND 'owner' = ANY (string_to_array(NEW.role, ',')) THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM public.organization WHERE id = OLD.organization_id FOR UPDATE;
  IF FOUND AND NOT EXISTS (
    SELECT 1 FROM public.member
    WHERE organization_id = OLD.organization_id AND id <> OLD.id AND 'owner' = ANY (string_to_array(role, ','))
  ) THEN
    RAISE EXCEPTION 'an organization keeps at least one owner' USING ERRCODE = 'GH001', CONSTRAINT = 'member_keep_an_owner', TABLE = 'member';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;--> statement-breakpoint
CREATE TRIGGER member_keep_an_owner BEFORE DELETE OR UPDATE OF role, organization_id ON "member"
  FOR EACH ROW EXECUTE FUNCTION gatehouse_keep_an_owner();--> statement-breakpoint

-- A session stops claiming an organization the moment its user is no longer in it.
CREATE FUNCTION gatehouse_clear_active_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.session SET active_organization_id = NULL
  WHERE user_id = OLD.user_id AND active_organization_id = OLD.organization_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER member_clear_active_organization AFTER DELETE ON "member"
  FOR EACH ROW EXECUTE FUNCTION gatehouse_clear_active_organization();--> statement-breakpoint

-- History is appended to and never rewritten.
CREATE FUNCTION gatehouse_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'GH002', TABLE = TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION gatehouse_append_only();--> statement-breakpoint
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_append_only();
