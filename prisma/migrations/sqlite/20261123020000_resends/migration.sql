ALTER TABLE "outbound_message" ADD COLUMN "resends" TEXT;
