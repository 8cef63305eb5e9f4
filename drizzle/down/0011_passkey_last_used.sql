ALTER TABLE "passkey" DROP COLUMN "last_used_at";
