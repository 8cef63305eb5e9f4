-- expand
ALTER TABLE "passkey" ADD COLUMN "last_used_at" timestamp (3) with time zone;
