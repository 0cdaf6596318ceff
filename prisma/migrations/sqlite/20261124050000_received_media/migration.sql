ALTER TABLE "received_message" ADD COLUMN "media" JSONB;
