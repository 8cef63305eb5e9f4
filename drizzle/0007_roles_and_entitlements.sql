CREATE TABLE "entitlement" (
	"organization_id" text NOT NULL,
	"module" text NOT NULL,
	"granted_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "entitlement_organization_id_module_pk" PRIMARY KEY("organization_id","module")
);
--> statement-breakpoint
ALTER TABLE "entitlement" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "organization_role" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"role" text NOT NULL,
	"permission" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone,
	"description" text,
	"rules" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "organization_role_name_unique" UNIQUE("organization_id","role"),
	CONSTRAINT "organization_role_name" CHECK ("organization_role"."role" ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' and length("organization_role"."role") <= 60 and "organization_role"."role" not in ('owner', 'admin', 'member', 'viewer', 'me'))
);
--> statement-breakpoint
ALTER TABLE "organization_role" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "apikey_organization_created_idx";--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "default_role" text DEFAULT 'member' NOT NULL;--> statement-breakpoint
ALTER TABLE "task" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "entitlement" ADD CONSTRAINT "entitlement_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement" ADD CONSTRAINT "entitlement_granted_by_user_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_role" ADD CONSTRAINT "organization_role_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "entitlement_granted_by_idx" ON "entitlement" USING btree ("granted_by");--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_created_by_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "task_created_by_idx" ON "task" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "apikey_organization_created_idx" ON "apikey" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE POLICY "entitlement_organization" ON "entitlement" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("entitlement"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("entitlement"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "organization_role_organization" ON "organization_role" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("organization_role"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("organization_role"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "organization_role", "entitlement" TO gatehouse_app;--> statement-breakpoint

-- Who is a member has roles that there are: the built-in ones, or the organization's own, which stays while it is held.
CREATE FUNCTION gatehouse_roles_exist(organization text, roles text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY string_to_array(roles, ',') LOOP
    CONTINUE WHEN name IN ('owner', 'admin', 'member', 'viewer');
    PERFORM 1 FROM public.organization_role r WHERE r.organization_id = organization AND r.role = name FOR KEY SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the organization has no role %', name USING ERRCODE = 'GH003', CONSTRAINT = 'member_role_exists', TABLE = 'member';
    END IF;
  END LOOP;
END $$;--> statement-breakpoint
CREATE FUNCTION gatehouse_member_roles_exist() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.gatehouse_roles_exist(NEW.organization_id, NEW.role);
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER member_roles_exist BEFORE INSERT OR UPDATE OF role ON "member" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_member_roles_exist();--> statement-breakpoint
CREATE TRIGGER invitation_roles_exist BEFORE INSERT OR UPDATE OF role ON "invitation" FOR EACH ROW
  WHEN (NEW.role IS NOT NULL) EXECUTE FUNCTION gatehouse_member_roles_exist();--> statement-breakpoint
CREATE FUNCTION gatehouse_default_role_exists() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.gatehouse_roles_exist(NEW.id, NEW.default_role);
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER organization_default_role_exists BEFORE UPDATE OF default_role ON "organization" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_default_role_exists();--> statement-breakpoint
CREATE FUNCTION gatehouse_keep_role_in_use() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.organization o WHERE o.id = OLD.organization_id) AND (
    EXISTS (SELECT 1 FROM public.member m WHERE m.organization_id = OLD.organization_id AND OLD.role = ANY (string_to_array(m.role, ',')))
    OR EXISTS (SELECT 1 FROM public.invitation i WHERE i.organization_id = OLD.organization_id AND i.status = 'pending'
      AND OLD.role = ANY (string_to_array(i.role, ',')))
    OR EXISTS (SELECT 1 FROM public.organization o WHERE o.id = OLD.organization_id AND o.default_role = OLD.role)
  ) THEN
    RAISE EXCEPTION 'the role % is in use', OLD.role USING ERRCODE = 'GH004', CONSTRAINT = 'organization_role_in_use', TABLE = 'organization_role';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;--> statement-breakpoint
CREATE TRIGGER organization_role_in_use_delete BEFORE DELETE ON "organization_role" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_keep_role_in_use();--> statement-breakpoint
CREATE TRIGGER organization_role_in_use_rename BEFORE UPDATE OF role, organization_id ON "organization_role" FOR EACH ROW
  WHEN ((NEW.role, NEW.organization_id) IS DISTINCT FROM (OLD.role, OLD.organization_id)) EXECUTE FUNCTION gatehouse_keep_role_in_use();--> statement-breakpoint
CREATE TRIGGER organization_role_announce AFTER INSERT OR UPDATE OR DELETE ON "organization_role" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('organization', 'organization_id');--> statement-breakpoint
CREATE TRIGGER organization_role_announce_truncate AFTER TRUNCATE ON "organization_role" FOR EACH STATEMENT
  EXECUTE FUNCTION gatehouse_announce_all();--> statement-breakpoint
CREATE TRIGGER entitlement_announce AFTER INSERT OR UPDATE OR DELETE ON "entitlement" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('organization', 'organization_id');--> statement-breakpoint
CREATE TRIGGER entitlement_announce_truncate AFTER TRUNCATE ON "entitlement" FOR EACH STATEMENT
  EXECUTE FUNCTION gatehouse_announce_all();
