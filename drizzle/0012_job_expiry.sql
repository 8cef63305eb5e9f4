-- expand
ALTER TABLE "job" ADD COLUMN "expires_at" timestamp (3) with time zone;
