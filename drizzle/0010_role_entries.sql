ALTER TABLE "organization_role" ADD CONSTRAINT "organization_role_permission" CHECK (jsonb_typeof("organization_role"."permission"::jsonb) = 'object');--> statement-breakpoint

-- A locked entry is the platform's: whatever path an organization takes, its role keeps it. Who may change it says so by
-- app.role_locks. What stands in `permission` for a locked entry stays likewise, since better-auth's routes write it.
CREATE FUNCTION gatehouse_locked_entries(rules jsonb, permission text) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(jsonb_object_agg(entry.key, jsonb_build_array(entry.value, coalesce((permission::jsonb -> resource.name) ? split_part(entry.key, ':', 2), false))), '{}')
  FROM jsonb_each(rules) AS entry(key, value),
    LATERAL (SELECT CASE split_part(entry.key, ':', 1) WHEN 'role' THEN 'ac' ELSE split_part(entry.key, ':', 1) END) AS resource(name)
  WHERE entry.value -> 'locked' = 'true'
$$;--> statement-breakpoint
CREATE FUNCTION gatehouse_keep_locked_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  locked jsonb := public.gatehouse_locked_entries(OLD.rules, OLD.permission);
BEGIN
  IF locked = '{}' OR current_setting('app.role_locks', true) = 'open' THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF public.gatehouse_locked_entries(NEW.rules, NEW.permission) @> locked THEN
      RETURN NEW;
    END IF;
  ELSIF NOT EXISTS (SELECT 1 FROM public.organization o WHERE o.id = OLD.organization_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the role % has locked entries', OLD.role USING ERRCODE = 'GH005', CONSTRAINT = 'organization_role_locked', TABLE = 'organization_role';
END $$;--> statement-breakpoint
CREATE TRIGGER organization_role_locked BEFORE DELETE OR UPDATE OF permission, rules ON "organization_role" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_keep_locked_entries();
