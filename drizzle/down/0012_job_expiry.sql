ALTER TABLE "job" DROP COLUMN "expires_at";
