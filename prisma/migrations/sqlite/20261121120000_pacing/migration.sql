-- AlterTable
ALTER TABLE "device_health" ADD COLUMN "account_jid" TEXT;
ALTER TABLE "device_health" ADD COLUMN "cold_strikes" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "device_health" ADD COLUMN "message_cap" TEXT;
ALTER TABLE "device_health" ADD COLUMN "message_cap_until" DATETIME;

-- CreateIndex: what a device sent in the last hour and day, by lane.
CREATE INDEX "outbound_message_device_id_sending_at_lane_idx" ON "outbound_message"("device_id", "sending_at", "lane");
